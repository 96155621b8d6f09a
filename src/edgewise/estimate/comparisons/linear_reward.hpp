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
#include "edgewise/estimate/comparisons/features.hpp"

namespace edgewise::estimate {

struct LinearRewardOptions {
    // Standard deviation of the normal prior on each coefficient, in logits per standard deviation
    // of its feature; 0: maximum likelihood, or the fallback where that is not finite or not
    // unique (features that follow from each other).
    double prior_sd = 2.0;
    double fallback_prior_sd = 2.0;
    BothBad both_bad = BothBad::as_tie;
    double tolerance = 1e-7;  // on the gradient in coefficients of standardised features
    int most_iterations = 200;
};

struct Coefficient {
    std::string feature;
    double value = 0.0;  // logits per unit of the feature
    double se = 0.0;     // inverse information; 0 for a feature that is the same everywhere
    std::optional<double> se_rater;  // clustered by rater; not known with fewer than two
    double per_sd = 0.0;             // logits per standard deviation over the options compared
    bool constant = false;           // the same for all options compared: says nothing, value 0
};

// A reward for options by their features: theta = X beta in the Bradley-Terry model with the tie
// model of the tabular fit.
struct LinearReward {
    std::vector<Coefficient> coefficients;
    std::vector<double> mean;  // of each feature over the options compared: reward 0
    // Covariances of the coefficients per unit, row-major; that by rater empty where not known.
    std::vector<double> covariance, covariance_rater;
    std::vector<double> theta;                  // contender -> reward; 0 where it has no features
    std::vector<bool> has_features;             // contender
    std::vector<std::string> without_features;  // contenders that were compared but have none
    double left_out = 0.0;                      // weighted comparisons with one of those
    double comparisons = 0.0;                   // weighted, that entered
    std::uint64_t raters = 0;
    TieModel ties = TieModel::none;
    double tie_parameter = 0.0;
    double position = 0.0;
    double prior_sd = 0.0;  // that was used
    bool prior_was_needed = false;
    double log_likelihood = 0.0;  // without the prior's term
    // Of the tabular strengths, on the same comparisons: what the features leave unsaid.
    double log_likelihood_tabular = 0.0;
    double gradient_norm = 0.0;
    int iterations = 0;
    bool converged = false;
    std::string note;
};

// Newton on the penalised log-likelihood. `tabular` is the Bradley-Terry fit of the same contests:
// its tie model and whether there is a position effect are taken over, both estimated anew.
// O(comparisons + steps x (pairs x features + features^3)). No comparison between options with
// features: a fit with coefficients 0 whose note says so. Throws Error(invalid_argument).
LinearReward fit_linear_reward(const Contests& contests, const Features& features,
                               const BradleyTerryFit& tabular, const LinearRewardOptions& options,
                               const Job& job);

struct Prediction {
    double reward = 0.0;  // logits above the average of the options compared
    double se = 0.0;
    std::optional<double> se_rater;
};
// For an option that nobody compared, from its features in the order of `coefficients`.
Prediction predict(const LinearReward& fit, std::span<const double> features);

// A pair on which every rater who compared it agreed, and which the linear reward turns round
// though the strengths option by option keep it (Ge et al. 2024, arXiv 2405.14758: no linear reward
// head fitted by maximum likelihood is safe from that).
struct Reversal {
    std::uint32_t winner = 0;  // contender
    std::uint32_t loser = 0;
    std::uint32_t raters = 0;
    std::uint64_t comparisons = 0;
    double reward_margin = 0.0;  // of the winner over the loser by the head; 0 or below
    double reward_se = 0.0;
    double tabular_margin = 0.0;  // above 0
};
struct UnanimityCheck {
    std::uint32_t least_raters = 2;
    std::uint64_t pairs = 0;             // compared by so many raters, both with features
    std::uint64_t unanimous = 0;         // of them: no tie, no vote the other way
    std::uint64_t reversed_by_both = 0;  // unanimous, and lost by the tabular strengths too
    std::vector<Reversal> reversals;     // by raters, then by margin
};
// `least_raters` is 1 or more. O(n log n).
UnanimityCheck check_unanimity(const Contests& contests, const Features& features,
                               const LinearReward& fit, std::span<const double> tabular,
                               std::uint32_t least_raters);

}  // namespace edgewise::estimate
