#pragma once

#include <cstdint>

#include "edgewise/judgment/import.hpp"

namespace edgewise::judgment {

// How often a rater judged the same option (or the same pair, either way round) on the same
// dimension again, and the earliest such judgment. Rankings and approvals are not counted: there
// one ballot is the unit. O(n log m) for n judgments, m on one option; deterministic.
struct Repeats {
    std::uint64_t count = 0;
    std::uint64_t first = 0;  // index of the judgment; means nothing if count is 0
};
Repeats count_repeats(const JudgmentTable& table, const Job& job);

// The common end of every import: refuses a table without judgments, applies machines, negative,
// scales and the pseudonyms that `options` asks for, and notes what was assumed or looks odd.
// Throws Error(invalid_data) for a judgment outside a declared scale (with file and line),
// Error(not_found) for a dimension or machine that is not there, Error(invalid_argument) for a
// scale that cannot be read. Ids that are to be replaced appear in no note and no error.
void settle(Imported& imported, const ImportOptions& options, const Job& job);

}  // namespace edgewise::judgment
