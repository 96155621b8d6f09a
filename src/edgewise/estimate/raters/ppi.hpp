#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "edgewise/base/stats.hpp"

namespace edgewise::estimate {

// A mean of people's answers with the help of machine answers (Angelopoulos et al. 2023,
// "Prediction-powered inference"; power tuning: Angelopoulos, Duchi and Zrnic 2023, "PPI++").
struct PredictionPowered {
    std::uint64_t labelled = 0;    // items with answers of people and of the machine: n
    std::uint64_t unlabelled = 0;  // items with the machine's alone: N
    std::optional<double> people;  // mean of people's answers on the n items
    std::optional<Interval> people_interval;
    std::optional<double> machine;    // mean of the machine's answers on all n + N, uncorrected
    std::optional<double> corrected;  // lambda mean_N f + mean_n (y - lambda f)
    std::optional<Interval> corrected_interval;
    std::optional<double> power;  // lambda, 0: the machine tells nothing, 1: all it says is used
    // Items that people would have to judge beyond the n for an interval as short; 0 if it is not.
    std::optional<double> saved;
    std::string why;  // where there is no correction: why
};

// `people` and `machine` on the labelled items, `machine_only` on the others. All intervals 95 %,
// normal, items independent. lambda = cov(y, f) / ((1 + n / N) var f), cut to [0, 1], var f over
// all items. At least `least` labelled items and one other are needed. Throws
// Error(invalid_argument) for numbers that are not finite and for lengths that differ. O(n + N).
PredictionPowered prediction_powered_mean(std::span<const double> people,
                                          std::span<const double> machine,
                                          std::span<const double> machine_only,
                                          std::uint64_t least = 20);

}  // namespace edgewise::estimate
