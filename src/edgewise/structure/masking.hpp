#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "edgewise/structure/scores.hpp"

namespace edgewise::structure {

// In place of a threshold, for a dimension that has none.
inline constexpr double kNoThreshold = -std::numeric_limits<double>::infinity();

// Does a pick break a floor that another option keeps?
struct Masking {
    std::vector<std::size_t> broken;   // dimensions on which the pick scores below its threshold
    std::vector<std::size_t> kept_by;  // options that meet every threshold, in their order

    // One number hid a violation that could have been avoided. Over cases, the share of these is
    // the masking rate; with nothing feasible the case is infeasible, not masked.
    bool masked() const noexcept { return !broken.empty() && !kept_by.empty(); }
};

// `thresholds`: one a dimension, met by scores >= it; kNoThreshold for none. Throws
// Error(invalid_argument) for an unknown pick, NaN or another number of thresholds. O(n m).
Masking masking(const Scores& scores, std::size_t pick, std::span<const double> thresholds);

// All options with the largest scalar, in their order. Never empty. O(n).
std::vector<std::size_t> scalar_picks(std::span<const double> scalar);

}  // namespace edgewise::structure
