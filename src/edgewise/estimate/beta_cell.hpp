#pragma once

#include <cstdint>

#include "edgewise/estimate/estimator.hpp"

namespace edgewise::estimate {

// A cell whose posterior is a beta distribution with this mean (cut to [0, 1]) and variance; the
// variance is cut to what a beta distribution of that mean can have, short of it by enough that
// draw() can make one. Fewer than `least` judgments: insufficient; none: pooled.
Cell beta_cell(double mean, double variance, std::uint32_t n, double n_eff, std::uint32_t least);

}  // namespace edgewise::estimate
