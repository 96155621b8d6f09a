#include "edgewise/norms/regret.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "edgewise/base/require.hpp"

namespace edgewise::norms {

RegretExcess worst_regret_excess(const AxisUtilities& utilities, std::size_t pick) {
    require(utilities.axis > 0 && utilities.options > 0, "utilities",
            "at least one place on the axis and one option");
    require(utilities.values.size() == utilities.axis * utilities.options, "utilities",
            "axis x options values");
    require(pick < utilities.options, "pick", "the index of an option");
    require_finite(utilities.values, utilities.options, "utilities");

    // Called once a posterior draw and case: no allocation for the usual number of options.
    std::array<double, 64> few{};
    std::vector<double> many;
    if (utilities.options > few.size()) many.resize(utilities.options, 0.0);
    const std::span<double> worst = many.empty() ? std::span(few).first(utilities.options) : many;

    RegretExcess out;
    for (std::size_t x = 0; x < utilities.axis; ++x) {
        const auto row = utilities.values.subspan(x * utilities.options, utilities.options);
        const double best = *std::ranges::max_element(row);
        if (best - row[pick] > worst[pick]) out.worst_at = x;
        for (std::size_t o = 0; o < row.size(); ++o) {
            worst[o] = std::max(worst[o], best - row[o]);
        }
    }
    const auto least = std::ranges::min_element(worst);
    out.worst = worst[pick];
    out.least = *least;
    out.least_by = static_cast<std::size_t>(least - worst.begin());
    out.excess = out.worst - out.least;
    return out;
}

}  // namespace edgewise::norms
