#pragma once

#include <cstdint>

#include "edgewise/base/rng.hpp"

namespace edgewise::estimate {

// One draw from the Poisson distribution with this mean, 0 to 4e9. By inversion below 10, else by
// transformed rejection with squeeze (Hoermann 1993, algorithm PTRS). Constant expected time.
std::uint32_t next_poisson(Rng& rng, double mean);

}  // namespace edgewise::estimate
