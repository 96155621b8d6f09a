#include "edgewise/cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "edgewise/cli/text.hpp"

namespace edgewise::cli {
namespace {

constexpr double kSilent = 1.0;
constexpr double kBarEvery = 0.1;
constexpr double kLineEvery = 5.0;

void say(const std::string& text) {
    // A progress report that cannot be written is no reason to stop.
    static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
    static_cast<void>(std::fflush(stderr));
}

}  // namespace

std::string time_left(double seconds_so_far, double fraction) {
    if (fraction < 0.03 || fraction >= 1.0) return {};
    const double left = seconds_so_far * (1.0 - fraction) / fraction;
    if (left < 90.0) return fmt::format("about {:.0f} s left", std::max(1.0, left));
    return fmt::format("about {:.0f} min left", left / 60.0);
}

Progress::Progress(Verbosity verbosity) : verbosity_(verbosity) {}

void Progress::report(double fraction, std::string_view stage) {
    if (verbosity_ == Verbosity::quiet) return;
    const std::scoped_lock lock(mutex_);
    const Clock::time_point now = Clock::now();
    const double elapsed = std::chrono::duration<double>(now - started_).count();
    const double since = std::chrono::duration<double>(now - shown_).count();
    fraction_ = std::clamp(std::max(fraction, fraction_), 0.0, 1.0);
    const double every = verbosity_ == Verbosity::bar ? kBarEvery : kLineEvery;
    if (elapsed < kSilent || since < every) return;
    stage_ = cut(one_line(stage), 28);
    shown_ = now;
    const std::string left = time_left(elapsed, fraction_);
    if (verbosity_ == Verbosity::lines) {
        say(fmt::format("edgewise: {}, {:.0f} %{}{}\n", stage_, fraction_ * 100.0,
                        left.empty() ? "" : ", ", left));
        return;
    }
    constexpr int kCells = 20;
    const int full = static_cast<int>(std::floor(fraction_ * kCells));
    std::string bar;
    for (int i = 0; i < kCells; ++i) bar += i < full ? "█" : "░";
    say(fmt::format("\r\x1b[K{} {:3.0f} %  {}{}{}", bar, fraction_ * 100.0, stage_,
                    left.empty() ? "" : "  ", left));
    visible_ = true;
}

void Progress::clear() {
    const std::scoped_lock lock(mutex_);
    if (visible_) say("\r\x1b[K");
    visible_ = false;
}

}  // namespace edgewise::cli
