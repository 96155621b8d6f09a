#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

#include "edgewise/base/job.hpp"

namespace edgewise::cli {

enum class Verbosity { quiet, lines, bar };

// Tells how a long piece of work is getting on, on standard error: a bar on a terminal, a line
// every few seconds elsewhere, nothing when quiet and nothing in the first second. Safe to call
// from any thread.
class Progress {
public:
    explicit Progress(Verbosity verbosity);
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void report(double fraction, std::string_view stage);
    // Takes the bar away, so that what follows starts on a clean line.
    void clear();

private:
    using Clock = std::chrono::steady_clock;

    std::mutex mutex_;
    Verbosity verbosity_;
    Clock::time_point started_ = Clock::now();
    Clock::time_point shown_{};
    std::string stage_;
    double fraction_ = 0.0;
    bool visible_ = false;
};

// "about 12 s left"; empty where it is too early to say.
std::string time_left(double seconds_so_far, double fraction);

}  // namespace edgewise::cli
