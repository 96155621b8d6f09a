#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/estimate/comparisons/bradley_terry.hpp"
#include "edgewise/estimate/comparisons/contests.hpp"
#include "edgewise/estimate/comparisons/grouping.hpp"
#include "edgewise/estimate/estimator.hpp"

namespace edgewise::estimate {

struct GroupStrengthOptions {
    BradleyTerryOptions model;  // ties, position and prior_sd (of the centre theta), shared by all
    std::optional<double> tau;  // given: not estimated; 0: groups do not differ
    std::uint32_t least_cell = 1;  // fewer comparisons: CellState::insufficient
    std::size_t permutations = 0;  // shuffles of the labels between units; 0: no such test
    std::uint64_t seed = 0;
    // Above this many groups x contenders^3 posterior variances and tau come from the diagonal of
    // the curvature, and `method` says so.
    double exact_limit = 3e10;
};

// Bradley-Terry strengths of every group, pulled towards each other: that of contender i in group g
// is theta_i + deviation_gi, deviation_gi ~ N(0, tau^2). Ties and position as in bradley_terry.hpp,
// their parameters shared. Comparisons of no group are taken at theta.
struct GroupStrengths {
    std::uint32_t contenders = 0;
    std::uint32_t groups = 0;
    // Utilities in [0, 1], group by group: the mean over the other contenders of the component of
    // P(beats) + P(tie) / 2, not shown first. The sd is by the delta method, from the covariance of
    // all strengths of the group where groups x contenders^3 is at most 1e8, else as if strengths
    // were independent. A contender that never met anybody is `insufficient`, uniform on [0, 1].
    std::vector<Cell> cells;
    std::vector<Cell> pooled;  // at the centre theta
    // Log-strengths and posterior standard deviations against the mean of the component, group by
    // group; and those of the centre.
    std::vector<double> strength, sd;
    std::vector<double> theta, theta_sd;

    double tau = 0.0;                // sd of deviations, in logits
    bool tau_at_zero = false;        // the likelihood is greatest without deviations
    std::string method;              // how tau and the errors were found
    double deviations_known = 0.0;   // effective number of deviations the data speak about
    TieModel ties = TieModel::none;  // as in BradleyTerryFit
    double tie_parameter = 0.0;
    double position = 0.0;
    double prior_sd = 0.0;  // on theta
    bool prior_was_needed = false;

    double log_likelihood = 0.0;                 // of the comparisons, at the strengths of groups
    double log_likelihood_without_groups = 0.0;  // at those of Bradley-Terry on all together
    double evidence = 0.0;                       // Laplace, strengths integrated out
    double evidence_without_groups = 0.0;
    // Likelihood ratio of tau = 0 by the two evidences against half a chi-squared with one degree
    // of freedom (Self and Liang 1987). Takes comparisons as independent: a rater who judges much
    // makes it too sure. 1 where tau was not estimated from two groups.
    double p_value = 1.0;
    // Labels shuffled between raters (or cases): valid whatever a rater's own taste. The statistic
    // is the score for tau^2 at 0.
    std::optional<double> permutation_p;

    double gradient_norm = 0.0;
    int iterations = 0;
    bool converged = false;
    double comparisons = 0.0;  // weighted
    double ungrouped = 0.0;    // of them in no group
    std::vector<std::uint32_t> component;
    std::uint32_t components = 0;
    std::string note;

    const Cell& cell(std::size_t group, std::size_t contender) const noexcept {
        return cells[group * contenders + contender];
    }
};

// Strengths at the joint mode, by truncated Newton to a gradient norm of model.tolerance. tau is
// where the Laplace evidence is greatest, by the fixed point tau^2 = sum of deviation^2 /
// deviations known (MacKay 1992; Schall 1991); theta is integrated out, so that few groups do not
// pull it down. Where the data leave tau open its nodes (plausible.hpp) are mixed. Fewer
// than two groups with comparisons: tau = 0. O(n + steps x cells + groups x contenders^3). Throws
// Error(invalid_argument) for options out of range and columns of different lengths.
GroupStrengths group_strengths(const Contests& contests, const Grouping& grouping,
                               const GroupStrengthOptions& options, const Job& job);

}  // namespace edgewise::estimate
