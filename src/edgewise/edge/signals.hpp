#pragma once

#include <cstddef>
#include <string>

#include "edgewise/edge/report_types.hpp"
#include "edgewise/edge/tensor.hpp"

namespace edgewise::edge {

// V, value conflict: the largest trade-off between two options of a unit,
//   V = max over pairs (i, j) of min(max_a [s_ia - s_ja], max_b [s_jb - s_ib])_+   (ours)
// with an intersection-union p-value (Berger 1982): option i must beat j on some dimension AND j
// beat i on another. Each "some" is Bonferroni-corrected for the dimensions, the unit for its
// pairs: p = dimensions x pairs x the larger of the two least one-sided p. Normal approximation to
// the pooled posterior cells. Unknown with fewer than two judged dimensions. O(options^2 x
// dimensions).
struct ValueConflict {
    bool known = false;
    double v = 0.0;
    double upper = 0.0;  // a 95 % upper bound of V, from the pair that allows the largest
    double p = 1.0;
    std::size_t first = 0;   // option that wins on `on_first`
    std::size_t second = 0;  // option that wins on `on_second`
    std::size_t on_first = 0;
    std::size_t on_second = 0;
};
ValueConflict value_conflict(const Tensor& tensor, const Scalar& scalar);

// What to do with a case by its three signals, one of answer < options < ask < abstain < escalate
// (the words of CaseRow::outcome). Monotone: raising a signal never gives a less protective
// outcome. Without a charter this is a suggestion. Only "on" raises; unknown is not on.
std::string suggested_outcome(const CaseRow& row);

}  // namespace edgewise::edge
