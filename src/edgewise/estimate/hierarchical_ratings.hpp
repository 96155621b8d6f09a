#pragma once

#include <memory>

#include "edgewise/estimate/estimator.hpp"

namespace edgewise::estimate {

// True: utilities of any kind are numbers.
bool handles_ratings(const DimensionView& view);

// Utilities as  y = mu + group_g + item_o + cell_{o,g} + severity_r + e  with fixed group effects
// and normal item, cell (item by group), severity and residual terms. A rater without a group has
// neither group effect nor cell and still informs items, severities and the residual. Variances by
// REML (Bates et al. 2015) while there are at most options.exact_limit judgments and the smaller
// of {raters} and {items + cells} is at most 2,500; by moments (Gao & Owen 2017) above. Severities
// by backfitting (Ghosh, Hastie & Owen 2022).
//
// A cell is mu + group_g + item_o + cell_{o,g}: what the group's raters on average would say, with
// the severity of those who happened to judge taken out. The pooled cell is the mean of the levels'
// cells, weighted by how many raters each has on this dimension (raters without a group are one
// level), so that it does not depend on who judged the item.
//
// Weighted judgments (crossed.hpp) move the fixed effects, the severities and the cells; components
// then come from moments over pairs weighted by the product of their weights (Korn & Graubard 2003,
// JRSS B 65), since a weighted likelihood has no residual of its own. Within a cell a rater of
// weight w and variance v speaks with w / v, and what the cell tells is worth (sum w / v)^2 / sum
// (w^2 / v), Kish's number where all v are alike. The pooled cell weighs levels by their raters'
// mean weights.
//
// Keeps a reference to `view`, which has to outlive the fit. At most 24 groups. Moments: linear in
// judgments; REML: cubic in the smaller side, some 40 times.
std::unique_ptr<Fit> fit_hierarchical_ratings(const DimensionView& view,
                                              const judgment::Partition& partition,
                                              const FitOptions& options, const Job& job);

}  // namespace edgewise::estimate
