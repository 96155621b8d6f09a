#pragma once

#include <cstdint>

#include "edgewise/base/rng.hpp"
#include "edgewise/edge/report_types.hpp"
#include "edgewise/edge/study.hpp"

namespace edgewise::edge {

// Multi-objective measures of one unit at the posterior means, and their sums over units.
struct StructureSums {
    double pairs = 0.0;
    double incomparable = 0.0;
    double dominance = 0.0;
    double violated = 0.0;
    double fronts = 0.0;  // units with three options or more and two dimensions or more
    double unsupported = 0.0;
    double sensitivities = 0.0;
    double sensitivity = 0.0;

    StructureSums& operator+=(const StructureSums& other) noexcept;
};

StructureSums structure_of(const Tensor& tensor, const Scalar& scalar, std::size_t pick, Rng rng);

// Turns the sums into rates; adds the effective number of dimensions over all items.
void describe_structure(const Study& study, const StructureSums& sums, ConflictReport& out);

}  // namespace edgewise::edge
