#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/estimate/comparisons/contests.hpp"

namespace edgewise::estimate {

// How ties enter the likelihood, pi = exp(theta):
//   none        there are none, or they were left out
//   half        a tie is half a win each (no likelihood of its own; for comparison with others)
//   davidson    P(i) : P(tie) : P(j) = pi_i : nu sqrt(pi_i pi_j) : pi_j      (Davidson 1970)
//   rao_kupper  P(i beats j) = pi_i / (pi_i + kappa pi_j), kappa >= 1        (Rao and Kupper 1967)
//   automatic   the likelier of davidson and rao_kupper, none where there are no ties
enum class TieModel : std::uint8_t { automatic, none, half, davidson, rao_kupper };
std::string_view name_of(TieModel model) noexcept;

// A tie in which neither will do says nothing about which is stronger but that the two are alike;
// it counts as a tie unless it is left out. Their share is always reported.
enum class BothBad : std::uint8_t { as_tie, left_out };

struct BradleyTerryOptions {
    TieModel ties = TieModel::automatic;
    BothBad both_bad = BothBad::as_tie;
    // Standard deviation of the normal prior on each theta, in logits; 0: maximum likelihood. Where
    // no finite maximum exists (see Separation) and this is 0, `fallback_prior_sd` is used and
    // said.
    double prior_sd = 0.0;
    double fallback_prior_sd = 2.0;
    bool position = false;  // estimate an advantage, in logits, of being shown first
    // On the Euclidean norm of the gradient. Times the weighted number of comparisons where that is
    // below 1; no less than 1e-14 of that number, which is what rounding leaves.
    double tolerance = 1e-7;
    int most_iterations = 500;
};

struct BradleyTerryFit {
    std::vector<double> theta;  // log-strengths; mean 0 over each connected component
    TieModel ties = TieModel::none;
    double tie_parameter = 0.0;    // nu of davidson or kappa of rao_kupper; 0 where there is none
    double position = 0.0;         // logits in favour of the one shown first
    bool position_fitted = false;  // false also where it was asked for and cannot be told
    double prior_sd = 0.0;         // the prior that was used; 0: none
    bool prior_was_needed = false;
    // 1 / variance of the prior on each theta: that of the options, or the fallback on the
    // components whose maximum does not exist. Empty: none.
    std::vector<double> precision;
    double further_precision = 0.0;  // the same on the tie parameter's logarithm and the position
    double log_likelihood = 0.0;     // without the prior's term
    // NaN where the model was not fitted.
    double log_likelihood_davidson = std::numeric_limits<double>::quiet_NaN();
    double log_likelihood_rao_kupper = std::numeric_limits<double>::quiet_NaN();
    double gradient_norm = 0.0;
    int iterations = 0;
    bool converged = false;                // gradient_norm <= tolerance; if not, `note` says so
    double comparisons = 0.0;              // weighted number that entered
    std::vector<std::uint32_t> component;  // contender -> component of the comparison graph
    std::uint32_t components = 0;
    std::string note;  // what a reader has to know, in plain words; empty: nothing
};

// Strengths by Newton-CG on the (penalised) log-likelihood, from `start` (log-strengths) where
// given. Contenders that never met anybody are components of their own with theta 0. Empty counts
// give an empty fit that converged. Where all comparisons are ties no tie parameter is finite: they
// count as half a win each (`ties` is half), all strengths are 0. `names` of contenders, for
// `note`; without them it says numbers. O(iterations x pairs). Throws Error(invalid_argument) for
// options out of range.
// A tie parameter or a position beyond 14 logits is taken as infinite, which calls for the prior.
// Source: Bradley and Terry 1952; Hunter 2004 (existence, MM); Davidson 1970; Rao and Kupper 1967.
BradleyTerryFit fit_bradley_terry(const PairCounts& pairs, const BradleyTerryOptions& options,
                                  const Job& job, std::span<const double> start = {},
                                  std::span<const std::string> names = {});

// P(first beats second), P(tie), P(second beats first) under a fit. Sums to 1. For models without
// ties the middle is 0.
struct PairProbability {
    double first = 0.5;
    double tie = 0.0;
    double second = 0.5;
};
PairProbability probability(const BradleyTerryFit& fit, double theta_first, double theta_second);

// Strengths as utilities in [0, 1]: the mean over the other contenders of the same component of
// P(beats) + P(tie) / 2. A component of one is 0.5. `theta` as fit.theta or a draw of it.
// O(contenders^2) within a component; above 2,000 contenders by cubic interpolation between values
// on a grid of 1/20 logit, which is right to 1e-8.
std::vector<double> utilities(const BradleyTerryFit& fit, std::span<const double> theta);

}  // namespace edgewise::estimate
