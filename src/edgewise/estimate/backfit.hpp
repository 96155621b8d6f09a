#pragma once

#include <vector>

#include "edgewise/estimate/crossed.hpp"

namespace edgewise::estimate {

// Best linear unbiased predictions given the components.
struct Backfit {
    PerLevel mean{};               // mu + group effect of each level; the overall mean where empty
    std::vector<double> severity;  // rater -> effect; 0 for raters without judgments
    int iterations = 0;
    bool converged = false;  // the last sweep moved no severity by 1e-8 rater standard deviations
};

// Block Gauss-Seidel over {fixed effects, items and their cells} and {fixed effects, raters}, each
// block solved exactly. That the fixed effects are in both is what keeps the number of sweeps small
// (Ghosh, Hastie & Owen 2022, "clubbed" backfitting). Two passes over the judgments a sweep, at
// most 200 sweeps; the same bits for any number of threads. components.residual > 0.
Backfit backfit(const Crossed& design, const Components& components, const Job& job);

}  // namespace edgewise::estimate
