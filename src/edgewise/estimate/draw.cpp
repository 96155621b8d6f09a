#include <algorithm>

#include "edgewise/base/random.hpp"
#include "edgewise/estimate/estimator.hpp"

namespace edgewise::estimate {

double draw(const Cell& cell, Rng& rng) {
    if (cell.sd <= 0.0) return std::clamp(cell.mean, 0.0, 1.0);
    if (cell.family == Family::normal) {
        return std::clamp(cell.mean + cell.sd * next_normal(rng), 0.0, 1.0);
    }
    // A beta distribution has a variance below mean (1 - mean); what cannot be one is a constant
    // (mean 0 or 1) or as wide as a beta can be.
    const double widest = cell.mean * (1.0 - cell.mean);
    if (widest <= 0.0) return std::clamp(cell.mean, 0.0, 1.0);
    const double size = std::max(widest / (cell.sd * cell.sd) - 1.0, 1e-6);
    return next_beta(rng, cell.mean * size, (1.0 - cell.mean) * size);
}

}  // namespace edgewise::estimate
