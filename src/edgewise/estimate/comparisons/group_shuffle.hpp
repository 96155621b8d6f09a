#pragma once

#include <cstddef>
#include <cstdint>

#include "edgewise/base/job.hpp"
#include "edgewise/estimate/comparisons/bradley_terry.hpp"
#include "edgewise/estimate/comparisons/group_model.hpp"
#include "edgewise/estimate/comparisons/group_strengths.hpp"

namespace edgewise::estimate {

// How often groups whose labels are shuffled between units (raters or cases; those without a label
// stay out) differ as much as the groups seen, in (0, 1]. The statistic is the score of tau^2 at 0
// (Lin 1997), but for a part that is the same whatever the labels: the sum over groups of |r_g|^2,
// where r_g is the slope of the group's log-likelihood in its strengths at those fitted to all.
// Shuffle p draws
// from Rng(seed, p): the same for any number of threads.
// O(comparisons + shuffles x (units x contenders that each met)).
double shuffle_p(const Contests& contests, const Grouping& grouping, const BradleyTerryFit& fit,
                 PairKernel kernel, const BradleyTerryOptions& model, std::size_t shuffles,
                 std::uint64_t seed, const Job& job);

}  // namespace edgewise::estimate
