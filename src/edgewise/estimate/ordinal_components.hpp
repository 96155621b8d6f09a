#pragma once

#include "edgewise/estimate/ordinal_scale.hpp"

namespace edgewise::estimate {

// Where the cuts of a cumulative-logit hierarchy lie and what varies, on the logit scale.
struct OrdinalComponents {
    double item = 0.0, rater = 0.0, item_by_group = 0.0;  // variances
    std::vector<double> cuts;                             // categories - 1, ascending
    PerLevel mean{};              // of the levels; their mean by amount of judgments is 0
    double log_likelihood = 0.0;  // of pairs, per pair; without cells below
    double log_likelihood_without_groups = 0.0;
    double pairs = 0.0;  // effective, that inform the variances
    int iterations = 0;
    bool converged = true;
    bool at_bound = false;  // a standard deviation stands at kMostLatentSd: the data are separable
};

inline constexpr double kMostLatentSd = 6.0;

// Variances by maximum pairwise likelihood (Renard, Molenberghs & Geys 2004, Comput. Statist. Data
// Anal. 44; for crossed random effects Bellio & Varin 2005, Statistical Modelling 5): of two
// judgments that share an item and a group, an item only, or a rater only, the joint distribution
// of their categories is a one-dimensional integral over what they share of products of integrals
// over what they do not. All pairs of a kind enter through one table of categories by categories,
// so that the cost of an evaluation does not depend on the number of judgments and one pass over
// them, and one over raters, is all. Unlike a Laplace approximation or penalised quasi-likelihood
// it is consistent where cells hold one or two judgments. A pair in a cell, item or rater of n
// judgments counts 1 / n, as in moment_components.cpp; weighted judgments as there.
//
// Cuts and means are those at which the marginal shares of all and the mean cut passed by each
// level are what was seen (they have closed sums, given the variances). A variance that the design
// cannot tell from another (estimable()) is 0. Same bits for any number of threads.
OrdinalComponents ordinal_components(const OrdinalDesign& design, const Job& job);

// For tests: the criterion's log-likelihood per pair at given standard deviations.
double pair_log_likelihood(const OrdinalDesign& design, double item, double rater,
                           double item_by_group, const Job& job);

}  // namespace edgewise::estimate
