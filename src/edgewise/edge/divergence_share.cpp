#include "edgewise/edge/divergence_share.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace edgewise::edge {
namespace {

double n_log_n(double n) { return n > 0.0 ? n * std::log(n) : 0.0; }

}  // namespace

std::optional<DivergenceShare> divergence_share(const estimate::DimensionView& levels,
                                                const GroupedView& view, const Labels& labels) {
    const std::size_t categories = levels.levels();
    const auto label = labels.row(0);
    std::vector<double> count(labels.groups * categories);
    std::vector<double> pooled(categories);
    std::vector<double> group(labels.groups);
    double entropy = 0.0;
    double between = 0.0;
    double corrected = 0.0;
    for (std::size_t r = 0; r < view.item.size(); ++r) {
        std::ranges::fill(count, 0.0);
        std::ranges::fill(pooled, 0.0);
        std::ranges::fill(group, 0.0);
        for (std::size_t i = view.begin[r]; i < view.begin[r + 1]; ++i) {
            const std::size_t g = label[view.rater[i]];
            const std::size_t c = levels.level(view.utility[i]);
            count[g * categories + c] += 1.0;
            pooled[c] += 1.0;
            group[g] += 1.0;
        }
        const double n = static_cast<double>(view.begin[r + 1] - view.begin[r]);
        // N H = N ln N - sum n_c ln n_c, and the same within groups.
        double total = n_log_n(n);
        double within = 0.0;
        double filled_groups = 0.0;
        double filled_levels = 0.0;
        for (const double c : pooled) {
            total -= n_log_n(c);
            filled_levels += c > 0.0 ? 1.0 : 0.0;
        }
        for (const double g : group) {
            within += n_log_n(g);
            filled_groups += g > 0.0 ? 1.0 : 0.0;
        }
        for (const double c : count) within -= n_log_n(c);
        entropy += total;
        const double jsd = std::max(0.0, total - within);
        between += jsd;
        corrected += jsd - 0.5 * (filled_groups - 1.0) * (filled_levels - 1.0);
    }
    if (entropy <= 1e-12) return std::nullopt;
    return DivergenceShare{between / entropy, std::max(0.0, corrected) / entropy};
}

}  // namespace edgewise::edge
