#include "edgewise/cli/interrupt.hpp"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace edgewise::cli {
namespace {

constexpr int kEnd = SIGUSR2;  // wakes the watcher when there is nothing left to watch

sigset_t watched() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, kEnd);
    return set;
}

}  // namespace

Interrupt::Interrupt() {
    const sigset_t set = watched();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    watcher_ = std::thread([this] {
        const sigset_t all = watched();
        for (int came = 0; sigwait(&all, &came) == 0 && came != kEnd;) {
            if (signal_ != 0) ::_exit(128 + came);
            signal_ = came;
            source_.request_stop();
        }
    });
}

Interrupt::~Interrupt() {
    pthread_kill(watcher_.native_handle(), kEnd);
    watcher_.join();
}

}  // namespace edgewise::cli
