#include "edgewise/estimate/rater_weights.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/observations.hpp"

namespace edgewise::estimate {

RowWeights::RowWeights(const judgment::JudgmentTable& table, std::span<const double> rater_weight)
    : own_(table.weight()), rater_(table.rater()), of_rater_(rater_weight) {
    if (rater_weight.empty()) return;
    const std::size_t raters = table.raters().ids.size();
    if (rater_weight.size() != raters) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("expected a weight for each of {} raters, found {}", raters,
                                rater_weight.size()),
                    "rater_weight");
    }
    for (std::size_t r = 0; r < raters; ++r) {
        if (std::isfinite(rater_weight[r]) && rater_weight[r] >= 0.0) continue;
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("expected a finite weight, 0 or more, for rater \"{}\", found {}",
                                table.raters().ids[r], rater_weight[r]),
                    "rater_weight");
    }
    if (std::ranges::all_of(rater_weight, [](double w) { return w == 0.0; })) {
        throw Error(ErrorCode::invalid_argument,
                    "expected a rater that weighs more than 0, found none", "rater_weight");
    }
}

std::vector<float> normalised_weights(std::span<const double> weight) {
    if (weight.empty()) return {};
    const auto [least, most] = std::ranges::minmax_element(weight);
    if (*least == *most) return {};
    const double mean = pairwise_sum(weight) / static_cast<double>(weight.size());
    std::vector<float> out;
    out.reserve(weight.size());
    // A weight that is nothing beside the others is still above 0.
    for (const double w : weight) out.push_back(std::max(static_cast<float>(w / mean), 1e-30F));
    return out;
}

double effective_number(std::span<const float> weights, std::size_t count) noexcept {
    if (weights.empty()) return static_cast<double>(count);
    double sum = 0.0, squares = 0.0;
    for (const float each : weights) {
        const auto w = static_cast<double>(each);
        sum += w;
        squares += w * w;
    }
    return squares > 0.0 ? sum * sum / squares : 0.0;
}

}  // namespace edgewise::estimate
