#include "edgewise/estimate/comparisons/group_utilities.hpp"

#include <algorithm>
#include <cmath>

namespace edgewise::estimate {
namespace {

// Variances that, were strengths independent, would be `centred` against the component's mean.
std::vector<double> uncentred(std::span<const double> centred,
                              std::span<const std::uint32_t> component,
                              std::span<const double> size) {
    std::vector<double> sum(size.size(), 0.0), out(centred.size());
    for (std::size_t i = 0; i < centred.size(); ++i) sum[component[i]] += centred[i];
    for (std::size_t i = 0; i < centred.size(); ++i) {
        const double m = size[component[i]];
        const double all = m > 1.0 ? sum[component[i]] / (1.0 - 1.0 / m) : 0.0;
        out[i] = m > 2.0 ? std::max(0.0, (centred[i] - all / (m * m)) / (1.0 - 2.0 / m))
                         : 2.0 * centred[i];
    }
    return out;
}

}  // namespace

Utilities utilities_of(std::span<const double> strength, std::span<const double> variance,
                       std::span<const double> covariance, PairKernel kernel, double tie_parameter,
                       std::span<const std::uint32_t> component, std::span<const double> size) {
    const std::size_t n = strength.size();
    Utilities out{.mean = std::vector<double>(n, 0.0), .sd = std::vector<double>(n, 0.0)};
    const std::vector<double> alone = uncentred(variance, component, size);
    std::vector<double> slope(n, 0.0), square(n, 0.0);
    std::vector<double> by(covariance.empty() ? 0 : n * n, 0.0);  // utility i by strength j
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            if (component[i] != component[j]) continue;
            const PairChances p = chances(kernel, strength[i] - strength[j], tie_parameter);
            const double w = utility_slope(kernel, p);
            out.mean[i] += p.utility();
            out.mean[j] += 1.0 - p.utility();
            slope[i] += w;
            slope[j] += w;
            square[i] += w * w * alone[j];
            square[j] += w * w * alone[i];
            if (!by.empty()) by[i * n + j] = by[j * n + i] = -w;
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        const double others = size[component[i]] - 1.0;
        if (others == 0.0) {
            out.mean[i] = 0.5;
            continue;
        }
        double sum = square[i] + slope[i] * slope[i] * alone[i];
        if (!by.empty()) {
            by[i * n + i] = slope[i];
            sum = 0.0;
            for (std::size_t j = 0; j < n; ++j) {
                double row = 0.0;
                for (std::size_t k = 0; k < n; ++k) row += by[i * n + k] * covariance[j * n + k];
                sum += by[i * n + j] * row;
            }
        }
        out.mean[i] /= others;
        out.sd[i] = std::sqrt(std::max(0.0, sum)) / others;
    }
    return out;
}

}  // namespace edgewise::estimate
