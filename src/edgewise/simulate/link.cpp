#include "edgewise/simulate/link.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

namespace edgewise::simulate {
namespace {

constexpr double kNoNoise = 1e-9;
constexpr std::size_t kTable = 4096;

double normal_cdf(double z) noexcept { return 0.5 * std::erfc(-z * std::numbers::sqrt2 / 2.0); }

// The integral of the normal distribution function up to z.
double integrated_cdf(double z) noexcept {
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
    return z * normal_cdf(z) + density;
}

}  // namespace

Scale Scale::equal_levels(int count) {
    std::vector<double> cuts;
    for (int k = 0; k + 1 < count; ++k) cuts.push_back((k + 0.5) / (count - 1));
    return Scale(std::move(cuts));
}

double Scale::answer(double x) const noexcept {
    if (cuts_.empty()) return std::clamp(x, 0.0, 1.0);
    std::size_t level = 0;
    while (level < cuts_.size() && x >= cuts_[level]) ++level;
    return static_cast<double>(level) / static_cast<double>(cuts_.size());
}

double mean_answer(const Scale& scale, double x, double sd) noexcept {
    if (sd < kNoNoise) return scale.answer(x);
    const auto cuts = scale.cuts();
    if (cuts.empty()) return sd * (integrated_cdf(x / sd) - integrated_cdf((x - 1.0) / sd));
    double sum = 0.0;
    for (const double cut : cuts) sum += normal_cdf((x - cut) / sd);
    return sum / static_cast<double>(cuts.size());
}

// E y^2 is the integral of 2 t P(y > t) over [0, 1].
double variance_of_answer(const Scale& scale, double x, double sd) noexcept {
    if (sd < kNoNoise) return 0.0;
    const double mean = mean_answer(scale, x, sd);
    const auto cuts = scale.cuts();
    double square = 0.0;
    if (cuts.empty()) {
        constexpr int kPoints = 400;
        for (int i = 0; i < kPoints; ++i) {
            const double t = (i + 0.5) / kPoints;
            square += 2.0 * t * normal_cdf((x - t) / sd) / kPoints;
        }
    } else {
        const auto top = static_cast<double>(cuts.size());
        for (std::size_t k = 0; k < cuts.size(); ++k) {
            const double rise = (2.0 * static_cast<double>(k) + 1.0) / (top * top);
            square += rise * normal_cdf((x - cuts[k]) / sd);
        }
    }
    return std::max(0.0, square - mean * mean);
}

Link::Link(Scale scale, double sd) : scale_(std::move(scale)), sd_(sd) {
    if (sd_ < kNoNoise) return;
    first_ = -5.0 * sd_;
    step_ = (1.0 + 10.0 * sd_) / static_cast<double>(kTable - 1);
    table_.reserve(kTable);
    for (std::size_t i = 0; i < kTable; ++i) {
        table_.push_back(mean(first_ + step_ * static_cast<double>(i)));
    }
}

double Link::latent(double utility) const noexcept {
    if (table_.empty()) return utility;
    const auto above = std::upper_bound(table_.begin(), table_.end(), utility);
    if (above == table_.begin()) return first_;
    if (above == table_.end()) return first_ + step_ * static_cast<double>(kTable - 1);
    const double lower = *(above - 1);
    const double within = (utility - lower) / (*above - lower);
    return first_ + step_ * (static_cast<double>(above - 1 - table_.begin()) + within);
}

}  // namespace edgewise::simulate
