#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/base/job.hpp"

namespace edgewise::estimate {

// Counts of nominal labels: counts[(item * groups + group) * categories + category], >= 0. A group
// here may stand for the raters without one.
struct LabelCounts {
    std::span<const std::uint32_t> counts;
    std::size_t items = 0;
    std::size_t groups = 0;
    std::size_t categories = 0;
};

struct DirichletLabels {
    std::vector<double> prior;  // Dirichlet of an item's pooled shares, one a category
    double strength = 0.0;      // labels that the pooled shares are worth to a group, at most 2,000
    bool strength_at_ceiling = false;            // no group effect is resolvable
    double log_likelihood = 0.0;                 // of the group counts given the pooled shares
    double log_likelihood_without_groups = 0.0;  // the same with every group at the pooled shares
    int iterations = 0;
    bool converged = true;
};

// Dirichlet-multinomial, by empirical Bayes: pooled shares p_o ~ Dirichlet(prior), prior by Minka's
// fixed point (2000, "Estimating a Dirichlet distribution", eq. 55); group shares ~ Dirichlet(s
// p_o) with s by maximum marginal likelihood at the posterior mean of p_o. That uses an item's
// labels twice, so that s errs towards the ceiling, towards saying nothing: see beta_votes.cpp for
// the integral that does not, which has no cheap form for many categories. Empty counts give a
// uniform prior and s at the ceiling. Throws Error(invalid_argument) unless counts.size() is items
// * groups * categories and there are two categories or more. Linear, some 200 passes.
DirichletLabels fit_dirichlet_labels(const LabelCounts& labels, const Job& job);

// Posterior shares of one group on one item, with their standard deviations (both of `categories`
// elements): the group's counts and `strength` pooled labels. The pooled shares' own uncertainty is
// in the sd.
void label_shares(const LabelCounts& labels, const DirichletLabels& fit, std::size_t item,
                  std::size_t group, std::span<double> mean, std::span<double> sd);

}  // namespace edgewise::estimate
