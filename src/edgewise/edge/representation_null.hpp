#pragma once

#include <span>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/edge/permute.hpp"
#include "edgewise/edge/tensor.hpp"

namespace edgewise::edge {

// The mean representation loss over `units` at plug-in estimates, for the labels as observed ([0])
// and for every shuffle ([b]): the permutation null that keeps the plug-in maximum's upward bias.
//
// The same function of data and labels is computed for every row: variances by moments from that
// row's own pair sums (`nulls`, one a dimension), cell means shrunk towards the item's mean by
// B = tau^2 / (tau^2 + sigma^2 / n), then max_g R_g(a*) - min_o max_g R_g(o). Where a shuffle's
// between-group variance is 0 on every dimension its loss is 0. NaN without units.
// O(judgments of the units x shuffles).
std::vector<double> representation_null(const estimate::Observations& observations,
                                        std::span<const Unit> units, const Scalar& scalar,
                                        const Labels& labels, std::size_t raters,
                                        std::span<const Nulls> nulls, const Job& job);

}  // namespace edgewise::edge
