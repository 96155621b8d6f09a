#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "edgewise/estimate/estimator.hpp"

namespace edgewise::estimate {

struct ModelScore {
    std::string estimator;   // registry id
    double log_score = 0.0;  // mean log-probability of a held-out rater's answer; at most 0
    bool converged = true;   // of every fit behind it
};

// Which estimator suits a dimension, and why, in one sentence for people.
struct ModelChoice {
    std::string estimator;  // registry id: what to hand to estimator()
    std::string why;
    // Empty where there was nothing to choose between.
    std::optional<ModelScore> normal, ordinal;
    std::optional<double> difference;  // ordinal less normal, a judgment
    double standard_error = 0.0;       // of the difference, clustered by rater
    std::uint64_t scored = 0;          // judgments
    std::uint32_t raters = 0;          // who were held out
    std::uint64_t used = 0;            // judgments that took part, training ones too
};

struct RatingModelOptions {
    FitOptions fit{};
    std::uint32_t folds = 5;                // raters are held out a fold at a time
    std::uint64_t most_judgments = 50'000;  // above: evenly spaced items of about so many
};

// Normal or cumulative logit, by the logarithmic score of raters who were held out (Good 1952, JRSS
// B 14; Gneiting & Raftery 2007, JASA 102): what an unseen rater of the group answers to an item is
// predicted by both models from the other raters, as probabilities of the scale's levels. The
// normal model's are those of a normal variable of the cell's mean, with the doubt about it, rater
// and residual variances, cut half-way between levels; the cumulative logit's are its category
// shares. The cumulative logit is taken where it is better by more than one standard error,
// clustered by rater; else the normal model, which needs no scale. Both get their variances from
// pairs (moments, not REML), so that both are fitted by the same kind of means.
//
// No comparison is made, and choose()'s estimator taken, for votes and binary judgments, for more
// than 7 levels, for one level, and where fewer than 20 judgments or 5 raters could be scored.
// Deterministic. Costs `folds` fits of each model on at most `most_judgments` judgments.
ModelChoice choose_rating_model(const DimensionView& view, const judgment::Partition& partition,
                                const RatingModelOptions& options, const Job& job);

}  // namespace edgewise::estimate
