#pragma once

#include <filesystem>

#include "edgewise/base/job.hpp"
#include "edgewise/simulate/world.hpp"

namespace edgewise::simulate {

class Blueprint;

// Writes what is true of a world as truth.json (docs/simulate.md), drawing it case by case: memory
// does not grow with the number of cases. The file appears whole or not at all. Errors: those of
// validate() and Error(unavailable). O(cases x options x groups x dimensions).
void write_truth(const Blueprint& blueprint, const std::filesystem::path& path, const Job& job);

}  // namespace edgewise::simulate
