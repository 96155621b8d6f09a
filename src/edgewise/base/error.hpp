#pragma once

#include <cstdint>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>

namespace edgewise {

// The kinds of failure every shell understands. error.cpp maps each one, in a single table, to its
// wire name, HTTP status and process exit status.
enum class ErrorCode {
    invalid_argument,  // a request or a flag makes no sense
    invalid_data,      // a file does not hold what it should
    not_found,
    conflict,
    unsupported,
    cancelled,
    unavailable,  // the machine refuses: an unwritable folder, a full disk, no memory
    corruption,
    internal,
};

struct ErrorKind {
    ErrorCode code;
    std::string_view name;
    int http_status;
    int exit_status;  // 2 for everything that the person who called can mend
};

const ErrorKind& kind_of(ErrorCode code) noexcept;

// Where a mistake is and what it consists of. Empty members are not known or do not apply.
struct Place {
    std::string file;        // as the caller named it
    std::uint64_t line = 0;  // 1-based; 0: the file as a whole
    std::string field;       // a column, a JSON pointer, a flag
    std::string expected;    // "a number from 1 to 5"
    std::string found;       // the text itself, cut to a line's length
};

// Thrown at the boundary of a public call when it gives up. Outcomes that belong to the domain (a
// tie, an abstention, a rejected line, insufficient data) are return values, never exceptions.
//
// what() is one sentence for people: "ratings.csv:12: field \"value\": expected a number, found
// \"abc\"". The parts stay available for programs.
class Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& message, Place place = {});
    // `where` is a JSON pointer into a request or a flag's name.
    Error(ErrorCode code, const std::string& message, std::string where);

    ErrorCode code() const noexcept { return code_; }
    const Place& place() const noexcept { return place_; }
    // "file:line" or the field, for short reports; empty when neither is known.
    std::string where() const;
    // The message without the place.
    const std::string& message() const noexcept { return message_; }

private:
    ErrorCode code_;
    std::string message_;
    Place place_;
};

// A file that does not hold what it should: code invalid_data, message made from `place`.
// `remedy`, if given, says what to do about it and ends the message.
[[noreturn]] void refuse(Place place, std::string_view remedy = {});

// States an invariant. A failure is our bug, never the user's, and is reported as `internal`.
inline void ensure(bool holds, std::string_view invariant,
                   std::source_location at = std::source_location::current()) {
    if (!holds) [[unlikely]] {
        throw Error(ErrorCode::internal, std::string(invariant),
                    Place{.file = at.file_name(),
                          .line = at.line(),
                          .field = {},
                          .expected = {},
                          .found = {}});
    }
}

}  // namespace edgewise
