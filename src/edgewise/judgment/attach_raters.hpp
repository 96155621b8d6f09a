#pragma once

#include "edgewise/judgment/import.hpp"

namespace edgewise::judgment {

// Reads --raters where the format itself has no use for a table of raters (a Polis export, a
// workspace): the columns become attributes, in place of one of the same name. Does nothing if no
// table was given or the adapter has read it. Throws Error(invalid_data) for a table without a
// column of raters' ids, an id that stands twice, and a rater who is not in it, as the other
// formats do; rows of people who judged nothing are counted as left out. O(raters).
void attach_raters(Imported& imported, const ImportOptions& options);

}  // namespace edgewise::judgment
