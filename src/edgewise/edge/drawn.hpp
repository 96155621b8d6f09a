#pragma once

#include <cstddef>
#include <vector>

#include "edgewise/edge/losses.hpp"
#include "edgewise/edge/signals.hpp"
#include "edgewise/edge/study.hpp"
#include "edgewise/edge/study_structure.hpp"

namespace edgewise::edge {

// Everything drawn for one unit.
struct UnitStudy {
    std::size_t unit = 0;
    UnitLosses losses;
    std::vector<UnitLoss> people;  // one a partition
    ValueConflict conflict;
    StructureSums structure;
    double epistemic = 0.0;  // variance of the mean over that of one more judgment
    double cells = 0.0;
    double judgments = 0.0;
    bool groups_deep = true;  // every partition has least_cell judgments in every group
};

struct Sums {
    std::vector<double> flattening;
    std::vector<std::vector<double>> people;  // one a partition
};

// The units whose losses were drawn, and the sums over them, draw by draw.
struct Drawn {
    std::vector<UnitStudy> units;
    Sums sums;
};

// Ranks the units (signals first, then the lower ends of the losses), and writes the first into the
// edge map and heat maps. `only` restricts them to one case (kNone: all).
void list_cases(const Study& study, const Drawn& drawn, judgment::Id only, AuditReport& report);

}  // namespace edgewise::edge
