#include "edgewise/estimate/raters/poisson.hpp"

#include <cmath>

#include "edgewise/base/distributions.hpp"

namespace edgewise::estimate {

std::uint32_t next_poisson(Rng& rng, double mean) {
    if (mean < 10.0) {
        double u = rng.next_unit();
        double p = std::exp(-mean);
        std::uint32_t k = 0;
        while (u >= p && k < 200) {
            u -= p;
            p *= mean / static_cast<double>(++k);
        }
        return k;
    }
    const double log_mean = std::log(mean);
    const double b = 0.931 + 2.53 * std::sqrt(mean);
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double fast = 0.9277 - 3.6224 / (b - 2.0);
    while (true) {
        const double u = rng.next_unit() - 0.5;
        const double v = rng.next_unit();
        const double edge = 0.5 - std::fabs(u);
        const double k = std::floor((2.0 * a / edge + b) * u + mean + 0.43);
        if (k < 0.0 || (edge < 0.013 && v > edge)) continue;
        if (edge >= 0.07 && v <= fast) return static_cast<std::uint32_t>(k);
        if (std::log(v * inverse_alpha / (a / (edge * edge) + b)) <=
            k * log_mean - mean - log_gamma(k + 1.0)) {
            return static_cast<std::uint32_t>(k);
        }
    }
}

}  // namespace edgewise::estimate
