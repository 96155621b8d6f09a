#pragma once

#include <filesystem>
#include <string>

namespace edgewise::service {

// Whether judgments may be written to `folder`: it does not exist yet and can be made, or it is an
// empty folder, or it holds a workspace or a simulated table, which would be replaced. Asked before
// the long work starts. Throws Error(unavailable) when the system would refuse, Error(conflict)
// when the folder holds something else, and Error(invalid_argument) when no folder is named.
void check_workspace_folder(const std::filesystem::path& folder);

// The ending for a request's `compress`: "", ".gz" or ".zst"; Error(invalid_argument) otherwise.
std::string compression_ending(const std::string& compress);

}  // namespace edgewise::service
