#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace edgewise::cli {

// Turns the first SIGINT or SIGTERM into a request to stop, so that temporary files are removed on
// the way out; the second one ends the program at once. Make it before any other thread: threads
// inherit its signal mask.
class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    std::stop_token token() const noexcept { return source_.get_token(); }
    // The signal that came, or 0.
    int signal() const noexcept { return signal_; }

private:
    std::stop_source source_;
    std::atomic<int> signal_ = 0;
    std::thread watcher_;
};

}  // namespace edgewise::cli
