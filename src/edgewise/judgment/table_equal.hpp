#pragma once

#include <string>

#include "edgewise/judgment/table.hpp"

namespace edgewise::judgment {

// The first thing in which two tables differ, in words ("value of judgment 17"); empty if they are
// the same in every column, name, text, attribute and dimension. For tests. O(size of the tables).
std::string difference(const JudgmentTable& a, const JudgmentTable& b);

}  // namespace edgewise::judgment
