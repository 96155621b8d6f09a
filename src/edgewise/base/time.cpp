#include "edgewise/base/time.hpp"

#include <fmt/format.h>

#include <chrono>

namespace edgewise {
namespace {

constexpr std::int64_t kDay = 86'400'000;

bool take(std::string_view& text, char c) noexcept {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

// Exactly `count` digits.
bool digits(std::string_view& text, std::size_t count, int& out) noexcept {
    if (text.size() < count) return false;
    out = 0;
    for (const char c : text.substr(0, count)) {
        if (c < '0' || c > '9') return false;
        out = out * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return true;
}

bool clock(std::string_view& text, std::int64_t& out) noexcept {
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    if (!digits(text, 2, hours) || !take(text, ':') || !digits(text, 2, minutes)) return false;
    if (take(text, ':') && !digits(text, 2, seconds)) return false;
    if (hours > 23 || minutes > 59 || seconds > 59) return false;
    out = (hours * 60LL + minutes) * 60'000 + seconds * 1000LL;
    if (!take(text, '.') && !take(text, ',')) return true;
    int digit = 0;
    if (!digits(text, 1, digit)) return false;
    int unit = 100;
    do {
        out += std::int64_t{digit} * unit;
        unit /= 10;
    } while (digits(text, 1, digit));
    return true;
}

bool zone(std::string_view text, std::int64_t& out) noexcept {
    out = 0;
    if (text.empty() || text == "Z") return true;
    const bool ahead = text.front() == '+';
    if (!take(text, '+') && !take(text, '-')) return false;
    int hours = 0;
    int minutes = 0;
    if (!digits(text, 2, hours)) return false;
    if (!text.empty()) {
        take(text, ':');
        if (!digits(text, 2, minutes)) return false;
    }
    if (!text.empty() || hours > 23 || minutes > 59) return false;
    out = (hours * 60LL + minutes) * (ahead ? 60'000 : -60'000);
    return true;
}

}  // namespace

bool parse_iso_time(std::string_view text, std::int64_t& out) noexcept {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!digits(text, 4, year) || !take(text, '-') || !digits(text, 2, month) || !take(text, '-') ||
        !digits(text, 2, day)) {
        return false;
    }
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return false;
    std::int64_t of_day = 0;
    std::int64_t ahead = 0;
    if (!text.empty()) {
        if (!take(text, 'T') && !take(text, ' ')) return false;
        if (!clock(text, of_day) || !zone(text, ahead)) return false;
    }
    out = std::chrono::sys_days(date).time_since_epoch().count() * kDay + of_day - ahead;
    return true;
}

std::string iso_time(std::int64_t milliseconds) {
    const std::int64_t days = milliseconds / kDay - (milliseconds % kDay < 0 ? 1 : 0);
    constexpr std::int64_t kMostDays = 4'000'000;  // about 11,000 years
    if (days < -kMostDays || days > kMostDays) return {};
    const std::chrono::year_month_day date(
        std::chrono::sys_days(std::chrono::days(static_cast<int>(days))));
    const int year = static_cast<int>(date.year());
    if (year < 0 || year > 9999) return {};
    const std::int64_t of_day = milliseconds - days * kDay;
    std::string out =
        fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", year,
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    of_day / 3'600'000, of_day / 60'000 % 60, of_day / 1000 % 60);
    if (of_day % 1000 != 0) out += fmt::format(".{:03}", of_day % 1000);
    return out + "Z";
}

}  // namespace edgewise
