#pragma once

#include <memory>

#include "edgewise/estimate/estimator.hpp"

namespace edgewise::estimate {

// True for binary views and votes.
bool handles_votes(const DimensionView& view);

// Shares of agreement: u is 1, 0, or 1/2 (a pass, which counts half on either side). Item shares
// p_o ~ Beta(a, b); group shares theta_{o,g} ~ Beta(s p_o, s (1 - p_o)). See beta_votes.cpp for the
// steps. The strength s is how many judgments the pooled share is worth to a group; at its ceiling
// of 2,000 no group effect is resolvable.
//
// Keeps a reference to `view`, which has to outlive the fit. At most 24 groups. a, b and s come
// from at most 20,000 items, evenly spaced; one pass over all judgments for the group effects.
std::unique_ptr<Fit> fit_beta_votes(const DimensionView& view, const judgment::Partition& partition,
                                    const FitOptions& options, const Job& job);

}  // namespace edgewise::estimate
