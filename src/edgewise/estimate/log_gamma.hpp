#pragma once

#include <cmath>

namespace edgewise::estimate {

// log Gamma(x) for x > 0, absolute error below 1e-12 for x <= 1e3 and relative error below 1e-14
// above: Stirling's series (Abramowitz & Stegun 6.1.41) after a shift to x >= 10. std::lgamma
// writes the global `signgam`, which is a race, and differs between libraries.
inline double log_gamma(double x) noexcept {
    double product = 1.0;
    while (x < 10.0) {
        product *= x;
        x += 1.0;
    }
    const double inverse = 1.0 / x, square = inverse * inverse;
    const double series =
        inverse *
        (1.0 / 12.0 -
         square * (1.0 / 360.0 -
                   square * (1.0 / 1260.0 - square * (1.0 / 1680.0 - square * (1.0 / 1188.0)))));
    constexpr double kHalfLog2Pi = 0.91893853320467274178;
    return (x - 0.5) * std::log(x) - x + kHalfLog2Pi + series - std::log(product);
}

// Derivative of log_gamma for x > 0 (Abramowitz & Stegun 6.3.18 after the same shift).
inline double digamma(double x) noexcept {
    double sum = 0.0;
    while (x < 10.0) {
        sum -= 1.0 / x;
        x += 1.0;
    }
    const double inverse = 1.0 / x, square = inverse * inverse;
    return sum + std::log(x) - 0.5 * inverse -
           square * (1.0 / 12.0 -
                     square * (1.0 / 120.0 - square * (1.0 / 252.0 - square * (1.0 / 240.0))));
}

}  // namespace edgewise::estimate
