#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "edgewise/base/proportion.hpp"

namespace edgewise::cognition {

// Parts of the Brier score, all >= 0: brier = reliability - resolution + uncertainty, to rounding.
struct MurphySplit {
    double brier = 0.0;        // mean (forecast - outcome)^2, in [0, 1]
    double reliability = 0.0;  // mean (f_k - o_k)^2: miscalibration, 0 is best
    double resolution = 0.0;   // mean (o_k - o)^2: what the forecasts tell apart
    double uncertainty = 0.0;  // o (1 - o): of the world, not of the forecaster
    std::size_t bins = 0;      // distinct forecasts
    std::uint64_t n = 0;
};

// Murphy's split (Murphy 1973), with the distinct forecasts as bins, which makes it an identity.
// Forecasts that differ in all cases put each case in a bin of its own, and the split then says
// little: round them first. A constant forecast at the base rate has reliability = resolution = 0.
// `forecasts` in [0, 1], `outcomes` 0 or 1, equally many and at least one; else
// Error(invalid_argument). O(n log n).
MurphySplit murphy_split(std::span<const double> forecasts, std::span<const std::uint8_t> outcomes);

struct CalibrationError {
    double expected = 0.0;   // sum_b n_b / n |mean outcome - mean forecast|, in [0, 1]
    double largest = 0.0;    // over filled bins
    std::size_t bins = 0;    // asked for
    std::size_t filled = 0;  // with at least one case
    std::uint64_t n = 0;
};

// ECE over `bins` bins of equal width, (lo, hi] with 0 in the first (Guo et al. 2017). It depends
// on the bins and is biased up when cases are few: always say both. Input as above. O(n + bins).
CalibrationError expected_calibration_error(std::span<const double> forecasts,
                                            std::span<const std::uint8_t> outcomes,
                                            std::size_t bins);

// Cases answered wrongly with a confidence of at least `threshold`, out of all cases.
// `confidence` finite, `wrong` 0 or 1. O(n).
Proportion overconfident_wrong(std::span<const double> confidence,
                               std::span<const std::uint8_t> wrong, double threshold);

struct SelectiveRisk {
    double aurc = 0.0;    // 1/n sum_k (mean loss of the k most confident) (Geifman et al. 2019)
    double e_aurc = 0.0;  // aurc above that of the best possible order, >= 0
    double augrc = 0.0;   // 1/n sum_k (summed loss of the k most confident) / n (Traub et al. 2024)
    double risk = 0.0;    // mean loss when everything is answered
    std::uint64_t n = 0;
};

// How well confidence says which answers to withhold. Ties in confidence are averaged over all
// orders of the tied cases, so the result depends on the order of confidences alone: invariant to
// increasing maps and to the order of the cases. `loss` finite and >= 0 (0 and 1 for errors),
// confidence without NaN, equally many and at least one; else Error(invalid_argument). O(n log n).
SelectiveRisk selective_risk(std::span<const double> confidence, std::span<const double> loss);

}  // namespace edgewise::cognition
