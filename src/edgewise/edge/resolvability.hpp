#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "edgewise/edge/permute.hpp"
#include "edgewise/edge/report_types.hpp"
#include "edgewise/estimate/estimator.hpp"
#include "edgewise/judgment/partition.hpp"

namespace edgewise::edge {

// Least p that shuffling labels between raters can ever give: one over the number of ways to deal
// groups of these sizes that differ (equal groups may trade names, since no statistic here looks at
// names): prod n_g! x prod multiplicities! / N!. With six raters in two threes: 0.1.
double smallest_attainable_p(std::span<const std::uint64_t> group_sizes);

// Raters per group and item that find a shift of `shift` (utility) of one group against the rest on
// one item with 80 % power, two-sided, when one cell in twenty truly differs and the false
// discovery rate is `fdr`: then Benjamini-Hochberg rejects at about fdr / 20.
//   n = (z_{1 - fdr/40} + z_0.8)^2 sigma^2 (1 + 1 / (groups - 1)) / shift^2
// `variance` is the variance of raters within a group on one item. At least kFlagLeast.
double raters_needed(double variance, double shift, std::size_t groups, double fdr);

// The shift that `n` raters per group and item find under the same terms; at most 1.
double detectable_shift(double variance, double n, std::size_t groups, double fdr);

// What one partition's labels can show on one dimension, before anything is claimed.
Resolvability resolvability(const judgment::Partition& partition, const std::string& dimension,
                            const GroupedView& view, const Labels& labels, const Nulls& nulls,
                            const estimate::FitSummary& fit, double target_shift, double fdr);

}  // namespace edgewise::edge
