#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/estimate/comparisons/group_cells.hpp"
#include "edgewise/estimate/comparisons/group_model.hpp"

namespace edgewise::estimate {

// What the curvature at a mode says, theta and deviations integrated out as normal (Laplace), the
// tie parameter and the position held where they are.
struct Curvature {
    // Half the log-determinant of the posterior precision of (theta, deviations), less what the
    // normal priors of the deviations take: the Laplace evidence is
    // log-likelihood - penalty - half_log_determinant, up to a constant that is the same for every
    // tau and for none.
    double half_log_determinant = 0.0;
    // Deviations that the data speak about: groups x contenders - trace(posterior covariance)
    // / tau^2 (MacKay 1992; effective number of parameters). 0 without groups.
    double deviations_known = 0.0;
    // Posterior variances of log-strengths against the mean of their component: of theta, then of
    // each group's, group by group.
    std::vector<double> variance;
    // Whole posterior covariances in the same order, each contenders x contenders, row-major, of
    // use for differences only (their level is arbitrary); empty unless asked for and exact.
    std::vector<double> covariance;
};

enum class Detail : std::uint8_t { variance, covariance };

// The model has to have been evaluated at the mode. `precision` of the prior on each theta, the
// same within a component (empty: none); `component` numbers connected contenders. O(groups x
// contenders^3) time and contenders^2 memory, exact; with `diagonal` the curvature between
// contenders is left out, O(groups x contenders).
Curvature curvature_at(const GroupCells& cells, const GroupModel& model, double tau,
                       std::span<const double> precision, std::span<const std::uint32_t> component,
                       bool diagonal, Detail detail = Detail::variance);

}  // namespace edgewise::estimate
