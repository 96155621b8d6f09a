#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/base/json.hpp"
#include "edgewise/service/operation.hpp"

namespace edgewise::cli {

enum class FlagKind { text, number, whole, yes, list };

// A flag derived from a member of a request's schema.
struct Flag {
    std::string name;    // "--least-cell"
    std::string member;  // "least_cell"
    FlagKind kind = FlagKind::text;
    std::string description;
    std::string fallback;  // "" where there is none worth telling
    bool required = false;
};

// In the order of the request's members.
std::vector<Flag> flags_of(const service::Operation& op);

// A flag that every command has, whatever its request.
struct CommonFlag {
    std::string_view name;
    std::string_view value;  // what it takes; empty: nothing
    std::string_view description;
};
std::vector<CommonFlag> common_flags(const service::Operation& op);

// What was asked for on the command line.
struct CommandLine {
    Json request = Json::object();
    std::optional<std::string> html;
    unsigned threads = 1;
    bool json = false;
    bool help = false;
    bool quiet = false;
    bool no_color = false;
};

// Reads the arguments after the command's name. A list is comma separated or the flag is repeated;
// in "--cuts age=30,50" what follows the comma belongs to age. Throws Error(invalid_argument) whose
// place is the flag; an unknown flag is answered with the nearest known one.
CommandLine parse(const service::Operation& op, std::vector<std::string> arguments);

// What a request lacks, in the words of the command line: "audit needs PATH".
void check_complete(const service::Operation& op, const CommandLine& line);

// The elements of one value of a list flag.
std::vector<std::string> elements_of(std::string_view value);

// The candidate closest to `word`; empty when none is close.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace edgewise::cli
