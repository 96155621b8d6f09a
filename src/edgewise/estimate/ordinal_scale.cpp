#include "edgewise/estimate/ordinal_scale.hpp"

#include <algorithm>
#include <cmath>

namespace edgewise::estimate {

std::optional<OrdinalScale> ordinal_scale(const DimensionView& view) {
    if (view.utility.empty()) return std::nullopt;
    std::vector<float> levels;
    bool few = true;
    for (const float u : view.utility) {
        const auto at = std::ranges::lower_bound(levels, u);
        if (at != levels.end() && *at == u) continue;
        few = levels.size() < kMostCategories;
        if (!few) break;
        levels.insert(at, u);
    }
    if (!few) {
        // Judged on few levels all the same, if what lies between them is averages of repeats.
        levels = view.cuts;
        const float least = *std::ranges::min_element(view.utility);
        if (levels.empty() || least < levels.front()) levels.insert(levels.begin(), least);
        std::uint64_t between = 0;
        for (const float u : view.utility) between += !std::ranges::binary_search(levels, u);
        if (between > view.repeated || levels.size() > kMostCategories) return std::nullopt;
    }
    return OrdinalScale{{levels.begin(), levels.end()}};
}

OrdinalDesign ordinal_design(const Crossed& design, OrdinalScale scale) {
    OrdinalDesign out{&design, std::move(scale), {}};
    out.category.reserve(design.view->utility.size());
    for (const float u : design.view->utility) {
        out.category.push_back(
            static_cast<std::uint8_t>(out.scale.category(static_cast<double>(u))));
    }
    return out;
}

const NormalNodes& normal_nodes() noexcept {
    static const NormalNodes nodes = [] {
        NormalNodes made{};
        double sum = 0.0;
        for (std::size_t k = 0; k < made.z.size(); ++k) {
            made.z[k] = 0.45 * (static_cast<double>(k) - 10.0);
            made.weight[k] = std::exp(-0.5 * made.z[k] * made.z[k]);
            sum += made.weight[k];
        }
        for (double& w : made.weight) w /= sum;
        return made;
    }();
    return nodes;
}

double logistic(double x) noexcept { return 1.0 / (1.0 + std::exp(-x)); }

double mixed_logistic(double x, double sd) noexcept {
    if (sd <= 0.0) return logistic(x);
    const NormalNodes& nodes = normal_nodes();
    double sum = 0.0;
    for (std::size_t k = 0; k < nodes.z.size(); ++k) {
        sum += nodes.weight[k] * logistic(x - sd * nodes.z[k]);
    }
    return sum;
}

}  // namespace edgewise::estimate
