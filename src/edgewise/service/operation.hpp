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
    std::string_view page;        // the report page that can show the response; empty: none
    std::string_view positional;  // request members that may come without a flag, space-separated
    std::string_view examples;    // command lines for --help, one a line, "command  # meaning"
    std::string_view outcome;     // what comes out, in a sentence
    Json (*run)(const Json& request, const Job& job);
    Json (*request_schema)();
    Json (*response_schema)();
};

// "0.1.0"
std::string_view version() noexcept;

// Sorted by name.
std::span<const Operation> operations() noexcept;

// Throws Error(not_found) that names the known ones.
const Operation& operation(std::string_view name);

// Everything a client needs to know: each operation with the JSON Schemas of its request and its
// response, and the schema of the error body. docs/schema/operations.json is this, written out.
Json operations_schema();
Json operation_schema(const Operation& op);

// The error body every shell sends: {"error": {code, message, file, line, field, expected, found}};
// what is not known is null.
Json error_body(const Error& error);

}  // namespace edgewise::service
