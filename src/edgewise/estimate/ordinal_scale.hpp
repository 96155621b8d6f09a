#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "edgewise/estimate/crossed.hpp"

namespace edgewise::estimate {

inline constexpr std::size_t kMostCategories = 7;

// The levels that judgments of a view stand on: at most 7 distinct utilities, ascending. A repeated
// judgment, averaged, may lie between two; it counts as the nearer one, or the lower at a tie.
struct OrdinalScale {
    std::vector<double> value;

    std::size_t categories() const noexcept { return value.size(); }
    std::size_t category(double utility) const noexcept {
        std::size_t k = 0;
        while (k + 1 < value.size() && utility > 0.5 * (value[k] + value[k + 1])) ++k;
        return k;
    }
};

// Nothing where judgments stand on more than 7 levels, or on none. O(judgments).
std::optional<OrdinalScale> ordinal_scale(const DimensionView& view);

// A crossed design whose judgments are categories of a scale. Refers to the design.
struct OrdinalDesign {
    const Crossed* crossed = nullptr;
    OrdinalScale scale;
    std::vector<std::uint8_t> category;  // of each judgment of the view

    // What the judgment at a place of the view counts for.
    double weight(std::size_t at) const noexcept {
        return crossed->weighted() ? static_cast<double>(crossed->weight[at]) : 1.0;
    }
};
OrdinalDesign ordinal_design(const Crossed& design, OrdinalScale scale);

// A standard normal variable by 21 equally spaced points: the trapezoid rule, whose error for an
// integrand analytic in a strip falls exponentially in the strip's width over the spacing. For the
// logistic function of up to 3 standard deviations below 1e-6, of 6 below 1e-3.
struct NormalNodes {
    std::array<double, 21> z, weight;
};
const NormalNodes& normal_nodes() noexcept;

// The logistic function 1 / (1 + exp(-x)).
double logistic(double x) noexcept;
// E[logistic(x - sd z)], z standard normal.
double mixed_logistic(double x, double sd) noexcept;

}  // namespace edgewise::estimate
