#pragma once

#include <cstddef>
#include <span>

namespace edgewise::estimate {

// The ordinal variant of Dawid and Skene's model, one rater: sees the true class k as k + bias +
// logistic noise, and says the nearest class. One answer in ten thousand is a slip, alike on every
// class, so that nothing is impossible.
struct RoundingRater {
    double bias = 0.0;
    double log_noise = -0.5;

    // ln of the prior density, up to a constant: bias ~ N(0, 2^2), log_noise ~ N(-1/2, 1).
    double log_prior() const noexcept;
    // ln P(said | true), said x true.
    void log_table(std::span<double> table, std::size_t classes) const;
    // Moves to where these expected answers (said x true) and the prior are no less likely, by
    // Fisher scoring with step halving. O(classes^2).
    void improve(std::span<const double> counts, std::size_t classes);
};

}  // namespace edgewise::estimate
