#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/base/stats.hpp"

namespace edgewise::estimate {

// What draws of strengths say about places, for any model of strengths (Bradley-Terry,
// Plackett-Luce). Rank 1 is best.
struct Standing {
    double strength = 0.0;
    Interval interval;            // central, of the draws around the estimate
    std::uint32_t rank = 0;       // of the estimate within its component; ties share the best place
    std::uint32_t rank_low = 0;   // simultaneous: 1 + contenders surely above
    std::uint32_t rank_high = 0;  // contenders of the component - those surely below
    double p_best = 0.0;          // share of draws in which nobody is above
    double p_above_next = 0.5;    // share of draws in which it is above the next in rank
    bool surely_above_next = false;  // as in rank intervals: for all pairs at once
    bool apart_from_next = false;    // shown: the pair's difference excludes 0 at the level below,
                                     // corrected for the neighbours compared (Holm)
};

// `draws` is replicates x contenders, row-major; `component` may be empty (all in one). `level` is
// that of intervals, strictly between 0 and 1. Rank intervals: i is surely above j if the
// simultaneous interval of theta_i - theta_j lies above 0, simultaneous by the largest studentised
// difference over draws (Mogstad, Romano, Shaikh and Wilhelm 2024). Neighbours are told apart by
// the difference over its standard deviation, taken as normal, so that few draws do not forbid it.
// Throws Error(invalid_argument) for fewer than two replicates, numbers that are not finite, and
// shapes that do not fit. O(replicates x contenders^2).
std::vector<Standing> standings(std::span<const double> strength, std::span<const double> draws,
                                std::span<const std::uint32_t> component, double level);

}  // namespace edgewise::estimate
