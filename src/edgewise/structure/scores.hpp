#pragma once

#include <cstddef>
#include <span>

#include "edgewise/base/require.hpp"

namespace edgewise::structure {

// How options score on dimensions: a view of a row-major options x dimensions matrix in which
// larger is better everywhere. The values must outlive the view.
struct Scores {
    std::span<const double> values;
    std::size_t options = 0;
    std::size_t dimensions = 0;

    std::span<const double> row(std::size_t option) const {
        return values.subspan(option * dimensions, dimensions);
    }
    double at(std::size_t option, std::size_t dimension) const {
        return values[option * dimensions + dimension];
    }
};

// Throws Error(invalid_argument) unless there is at least one option and one dimension, the sizes
// agree and every score is finite. Every function of this layer that takes Scores checks first.
inline void check(const Scores& scores) {
    require(scores.options > 0 && scores.dimensions > 0, "scores",
            "at least one option and one dimension");
    require(scores.values.size() == scores.options * scores.dimensions, "scores",
            "options x dimensions values");
    require_finite(scores.values, scores.dimensions, "scores");
}

}  // namespace edgewise::structure
