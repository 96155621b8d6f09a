#pragma once

#include <cstddef>
#include <vector>

#include "edgewise/estimate/crossed.hpp"

namespace edgewise::estimate {

// Item shares p_o ~ Beta(a, b); group shares theta_{o,g} ~ Beta(strength p_o, strength (1 - p_o)).
struct VotePrior {
    double a = 1.0;
    double b = 1.0;
    double strength = 0.0;
    double weight = 1.0;
};

// From 1/2 to the ceiling, at which no group effect is resolvable.
inline constexpr double kMostStrength = 2000.0;

// Votes on one item by raters of one level. Weighted votes count as Kish's number of equal ones at
// their weighted mean.
struct VoteCount {
    double agree = 0.0;
    double n = 0.0;
};
// Of an item, by level, a vote counting `worth`; the last element is of all levels together.
std::array<VoteCount, kMostLevels + 1> count_votes(const Crossed& design, std::size_t item,
                                                   double worth);

struct VotePriors {
    VotePrior best;  // maximum marginal likelihood; weight 1
    // What else is as good as likely: at most 35 priors whose weights sum to 1, for averaging over.
    // One only, the best, where the data leave no doubt.
    std::vector<VotePrior> posterior;
    // What one vote counts for: 1 where nobody passes, up to 4. Passes scatter less than a coin,
    // and a model that expects the coin's scatter takes the groups' differences for part of it.
    double worth = 1.0;
    double log_likelihood = 0.0;
    double log_likelihood_without_groups = 0.0;
    int iterations = 0;
    bool converged = true;
    std::size_t items_used = 0;  // at most 20,000, evenly spaced
};

// Empirical Bayes by marginal likelihood, and the doubt about it. Plugging in the best prior alone
// leaves that doubt out, and nominal 90 % intervals of groups' cells held the truth 81 to 89 % of
// the time (docs/calibration.md), since the strength of groups that do differ is often estimated at
// its ceiling. So cells are averaged over a grid of a + b (at the best a / b) and of the strength,
// each with a uniform prior on 1 / sqrt(size + 1), the standard deviation of shares relative to the
// widest possible (as Gelman 2006, Bayesian Analysis 1, section 3, for the standard deviation
// between groups). The two are taken as independent given the data (ours): a + b from votes pooled
// by item, the strength at the best a and b. Some 45 passes over the sampled counts.
VotePriors fit_vote_priors(const Crossed& design, const Job& job);

}  // namespace edgewise::estimate
