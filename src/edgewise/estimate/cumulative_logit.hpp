#pragma once

#include <memory>
#include <span>

#include "edgewise/estimate/estimator.hpp"

namespace edgewise::estimate {

// True for judgments on 2 to 7 levels (ordinal_scale.hpp).
bool handles_ordinal(const DimensionView& view);

// A fit that also says how a group's answers spread over the levels.
class OrdinalFit : public Fit {
public:
    // Utilities of the levels, ascending.
    virtual std::span<const double> levels() const noexcept = 0;
    // What share of each group's raters at large would answer each level, for one item: posterior
    // means and standard deviations, (groups + 1) x levels, the last row of all raters together
    // (whose sd takes the groups' as fully correlated, at most too wide). Rows of means sum to 1.
    virtual void shares(std::size_t item, std::span<double> mean, std::span<double> sd) const = 0;
};

// Ordinal ratings as a proportional-odds hierarchy (McCullagh 1980, JRSS B 42; with crossed normal
// effects Tutz & Hennevogl 1996, Comput. Statist. Data Anal. 22):
//
//     P(y <= c) = logistic(cut_c - eta),   eta = group_g + item_o + cell_{o,g} + severity_r
//
// with common cuts, fixed group effects and normal item, cell and severity terms. A rater without a
// group has neither cell nor group effect of his own. Variances and cuts by pairwise likelihood
// (ordinal_components.hpp), effects at their joint mode (ordinal_mode.hpp), cells by the normal
// approximation there: each judgment is a working response of precision 1 / (1 / W + v), W its
// curvature and v the posterior variance of its rater's severity, and cell_posterior.hpp does the
// rest. A cell is then brought to utilities: the expected utility of the answers of the group's
// raters at large, U(eta) = E[sum_k u_k P(y = k | eta + severity)], its mean and sd by quadrature
// over the posterior of eta; the pooled cell's sd by the delta method. So cells stay within the
// scale and know floors and ceilings. Draws from them are beta.
//
// summary.components are on the utility scale (variance of U explained by item, item and group, and
// rater, the rest being residual) and summary.latent on the logit scale. summary.strength is how
// many judgments of mean curvature the item's value is worth to a group. The doubt about the cuts
// and the variances themselves is not in the cells. log_likelihood is that of pairs, per pair: no
// likelihood ratio can be made of it, and so it stays 0 in the summary.
//
// Judgments of one level only, fewer than two, or no more than there are groups give the normal
// model's fit, which says so. Throws Error(invalid_argument) for more than 7 levels or 24 groups.
// Linear in judgments: some 20 to 60 passes. Keeps a reference to `view`, which has to outlive it.
std::unique_ptr<Fit> fit_cumulative_logit(const DimensionView& view,
                                          const judgment::Partition& partition,
                                          const FitOptions& options, const Job& job);

// The same, or nothing where the normal model stands in.
std::unique_ptr<OrdinalFit> fit_ordinal(const DimensionView& view,
                                        const judgment::Partition& partition,
                                        const FitOptions& options, const Job& job);

}  // namespace edgewise::estimate
