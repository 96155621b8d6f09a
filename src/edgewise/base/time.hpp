#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace edgewise {

// Milliseconds since 1970 of an ISO 8601 date ("2024-05-01") or time ("2024-05-01T12:30:00.125Z",
// "2024-05-01 12:30+02:00"; seconds and fraction may be left out, no zone is UTC, digits beyond
// milliseconds are cut). False if `text` is anything else or a date that does not exist.
bool parse_iso_time(std::string_view text, std::int64_t& out) noexcept;

// The shortest of "2024-05-01T12:30:00Z" and "2024-05-01T12:30:00.125Z" that is exact. Empty for
// times outside the years 0 to 9999, which ISO 8601 leaves to agreement.
std::string iso_time(std::int64_t milliseconds);

}  // namespace edgewise
