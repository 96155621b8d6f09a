#pragma once

#include <filesystem>

#include "edgewise/base/job.hpp"
#include "edgewise/simulate/world.hpp"

namespace edgewise::simulate {

// Writes a world as three CSV files in `folder`, which is made if need be, case by case: memory
// does not grow with the number of cases, so that worlds of any size can be written.
//
//     ratings.csv      item_id,annotator_id,dim,value
//     annotators.csv   annotator_id, then one column an attribute; empty: not known
//     items.csv        item_id,source
//
// ratings.csv has a column option_id after item_id if cases have more than one option, and a column
// underspecified (0 or 1) at the end if ambiguous cases are planted; annotators.csv has a column
// kind (person, machine) if there are machines. `with_truth` adds truth.json. Each file appears
// whole or not at all. Errors: those of validate() and Error(unavailable). O(judgments).
void write_long_table(const WorldOptions& options, const std::filesystem::path& folder,
                      bool with_truth, const Job& job);

}  // namespace edgewise::simulate
