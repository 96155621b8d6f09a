#include "edgewise/base/random.hpp"

#include <algorithm>
#include <cmath>

namespace edgewise {
namespace {

// The logarithm of a gamma draw: for a shape near zero the draw itself underflows.
double next_log_gamma(Rng& rng, double shape) noexcept {
    if (shape < 1.0) {
        const double unit = 1.0 - rng.next_unit();  // in (0, 1]: its logarithm is finite
        return next_log_gamma(rng, shape + 1.0) + std::log(unit) / shape;
    }
    const double d = shape - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    while (true) {
        const double x = next_normal(rng);
        const double root = 1.0 + c * x;
        if (root <= 0.0) continue;
        const double v = root * root * root;
        const double unit = 1.0 - rng.next_unit();
        if (std::log(unit) < 0.5 * x * x + d - d * v + d * std::log(v)) return std::log(d * v);
    }
}

}  // namespace

double next_normal(Rng& rng) noexcept {
    while (true) {
        const double u = 2.0 * rng.next_unit() - 1.0;
        const double v = 2.0 * rng.next_unit() - 1.0;
        const double square = u * u + v * v;
        if (square < 1.0 && square > 0.0) return u * std::sqrt(-2.0 * std::log(square) / square);
    }
}

double next_gamma(Rng& rng, double shape) noexcept { return std::exp(next_log_gamma(rng, shape)); }

double next_beta(Rng& rng, double a, double b) noexcept {
    const double x = next_log_gamma(rng, a);
    const double y = next_log_gamma(rng, b);
    return std::clamp(1.0 / (1.0 + std::exp(y - x)), 0.0, 1.0);
}

}  // namespace edgewise
