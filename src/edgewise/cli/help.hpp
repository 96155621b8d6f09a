#pragma once

#include <string>
#include <string_view>

#include "edgewise/service/operation.hpp"

namespace edgewise::cli {

// What `edgewise --help` says: the commands, and where to start.
std::string overview(bool colour);

// What `edgewise audit --help` says: usage, what comes out, examples, flags.
std::string help(const service::Operation& op, bool colour);

// A completion script, generated from the operations. Throws Error(invalid_argument) for a shell
// other than bash, zsh and fish.
std::string completion(std::string_view shell);

}  // namespace edgewise::cli
