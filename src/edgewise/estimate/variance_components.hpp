#pragma once

#include "edgewise/estimate/crossed.hpp"

namespace edgewise::estimate {

// Components by U-statistics over pairs of judgments that share an item, a group or a rater, after
// centring by level means: pooled sums of squares within item x group, between the groups of an
// item, within rater, and over pairs that share neither, each an unbiased mixture of components,
// solved and floored at zero. In the spirit of Gao & Owen (2017, Electronic J. Statist. 11), whose
// design has no groups. Two passes over the judgments, linear, any number of threads to the same
// bits.
Components moment_components(const Crossed& design, const Job& job);

// Restricted: of the contrasts that are free of fixed effects; its variances are not biased by the
// degrees of freedom these use up. Full: of all judgments, for comparison with programs that report
// it.
enum class Likelihood : std::uint8_t { restricted, full };

struct Reml {
    Components components{};
    double log_likelihood = 0.0;  // on the utility scale
    int iterations = 0;
    bool converged = false;
};

// True where reml() would keep at most 2,500 unknowns in its dense factor.
bool reml_is_affordable(const Crossed& design);

// Restricted maximum likelihood, as lme4 does (Bates et al. 2015, section 3.4): the profiled
// criterion over relative standard deviations, minimised from the moment estimates; a component
// ends at exactly zero where the criterion is no worse there. Item and cell effects are integrated
// out item by item, or rater effects rater by rater, in closed form, whichever leaves the smaller
// dense matrix. `cells` false holds the item-by-group component at zero. Needs design.total >
// number of levels and utilities that are not all equal (variance 0 has no likelihood).
Reml reml(const Crossed& design, bool cells, const Job& job,
          Likelihood likelihood = Likelihood::restricted);

// The profiled REML criterion, -2 log likelihood, at given ratios of standard deviation to the
// residual's, for tests of optimality. `residual` if given receives the residual variance.
double reml_criterion(const Crossed& design, double item, double rater, double item_by_group,
                      double* residual = nullptr);

}  // namespace edgewise::estimate
