#include "edgewise/structure/masking.hpp"

#include <algorithm>
#include <cmath>

namespace edgewise::structure {

Masking masking(const Scores& scores, std::size_t pick, std::span<const double> thresholds) {
    check(scores);
    require(pick < scores.options, "pick", "the index of an option");
    require(thresholds.size() == scores.dimensions, "thresholds", "one number a dimension");
    for (const double t : thresholds) require(!std::isnan(t), "thresholds", "numbers");
    Masking out;
    for (std::size_t d = 0; d < scores.dimensions; ++d) {
        if (scores.at(pick, d) < thresholds[d]) out.broken.push_back(d);
    }
    for (std::size_t o = 0; o < scores.options; ++o) {
        if (std::ranges::equal(scores.row(o), thresholds, std::ranges::greater_equal{})) {
            out.kept_by.push_back(o);
        }
    }
    return out;
}

std::vector<std::size_t> scalar_picks(std::span<const double> scalar) {
    require(!scalar.empty(), "scalar", "at least one option");
    require_finite(scalar, 1, "scalar");
    const double best = *std::ranges::max_element(scalar);
    std::vector<std::size_t> out;
    for (std::size_t o = 0; o < scalar.size(); ++o) {
        if (scalar[o] == best) out.push_back(o);
    }
    return out;
}

}  // namespace edgewise::structure
