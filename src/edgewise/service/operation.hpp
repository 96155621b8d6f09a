#pragma once

#include <span>
#include <string_view>

#include "edgewise/base/job.hpp"
#include "edgewise/base/json.hpp"

namespace edgewise::service {

enum class Effect { reads, writes };

// One entry of the service layer. Every shell (command line, HTTP, Python) is a loop over
// operations().
struct Operation {
    std::string_view name;  // "audit": CLI `edgewise audit`, later HTTP and Python `audit`
    std::string_view path;  // "/v1/audit"
    std::string_view summary;
    Effect effect;
    std::string_view positional;  // request members that may come without a flag, space-separated
    std::string_view examples;    // command lines for --help, one a line, "command  # meaning"
    Json (*run)(const Json& request, const Job& job);
    Json (*request_schema)();
    Json (*response_schema)();
};

// Sorted by name.
std::span<const Operation> operations() noexcept;

// Throws Error(not_found) that names the known ones.
const Operation& operation(std::string_view name);

}  // namespace edgewise::service
