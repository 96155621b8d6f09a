#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace edgewise::norms {

// Utilities of options as seen from each place along one axis (dimensions, or groups): a view of a
// row-major axis x option matrix, larger is better.
struct AxisUtilities {
    std::span<const double> values;
    std::size_t axis = 0;
    std::size_t options = 0;

    double at(std::size_t x, std::size_t option) const { return values[x * options + option]; }
};

struct RegretExcess {
    double excess = 0.0;       // worst - least, >= 0, in utility units
    double worst = 0.0;        // max_x R_x(pick)
    std::size_t worst_at = 0;  // the first x that attains it: who, or which value, pays most
    double least = 0.0;        // min_o max_x R_x(o)
    std::size_t least_by = 0;  // the first option that attains it (Savage's minimax-regret option)
};

// max_x R_x(pick) - min_o max_x R_x(o) with R_x(a) = max_o v_x(o) - v_x(a): how much worse off than
// unavoidable the pick leaves the place that likes it least (Savage 1951; DESIGN section 6, ours).
// 0 exactly when the pick is a minimax-regret option; unchanged, up to rounding, by adding a
// constant to all utilities of one x. Throws Error(invalid_argument) for an empty or non-finite
// matrix, sizes that disagree, or an unknown pick. O(axis x options), no allocation.
RegretExcess worst_regret_excess(const AxisUtilities& utilities, std::size_t pick);

}  // namespace edgewise::norms
