#include "edgewise/estimate/beta_cell.hpp"

#include <algorithm>
#include <cmath>

namespace edgewise::estimate {

Cell beta_cell(double mean, double variance, std::uint32_t n, double n_eff, std::uint32_t least) {
    mean = std::clamp(mean, 0.0, 1.0);
    const double widest = 0.999 * mean * (1.0 - mean);
    return {.mean = mean,
            .sd = std::sqrt(std::clamp(variance, 0.0, widest)),
            .n_eff = n_eff,
            .n = n,
            .state = n == 0      ? CellState::pooled
                     : n < least ? CellState::insufficient
                                 : CellState::observed,
            .family = Family::beta};
}

}  // namespace edgewise::estimate
