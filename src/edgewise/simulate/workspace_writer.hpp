#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "edgewise/base/job.hpp"
#include "edgewise/simulate/world.hpp"

namespace edgewise::simulate {

// Makes a world and writes it as a workspace folder (docs/format.md) with truth.json beside the
// judgments. `compress` is "", ".gz" or ".zst" and applies to the workspace's files. Errors: those
// of validate() and of judgment::write_workspace().
void write_world(const WorldOptions& options, const std::filesystem::path& folder,
                 std::string_view compress, const Job& job);

// The same for the bundled sample (sample.hpp), with a README.txt that says what it is.
void write_sample(const std::filesystem::path& folder, std::uint64_t seed, const Job& job);

}  // namespace edgewise::simulate
