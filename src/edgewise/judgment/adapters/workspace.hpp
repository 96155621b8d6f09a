#pragma once

#include <filesystem>
#include <string>

#include "edgewise/judgment/import.hpp"

namespace edgewise::judgment::formats {

// The native folder, or its file of judgments: see docs/format.md. The contract is that of the
// members of Adapter.
double recognise_workspace(const std::filesystem::path& path, std::string& why);
Imported read_workspace(const ImportOptions& options, const Job& job);

}  // namespace edgewise::judgment::formats
