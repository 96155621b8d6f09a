#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "edgewise/base/rng.hpp"
#include "edgewise/structure/scores.hpp"

namespace edgewise::structure {

// Fills `weights` uniformly on the simplex: exponentials over their sum (Devroye 1986, V.2).
void draw_weights(Rng& rng, std::span<double> weights);

struct WeightSensitivity {
    double share = 0.0;           // in [0, 1]
    double standard_error = 0.0;  // 0 where exact
    std::uint64_t draws = 0;      // 0 where exact
};

// Share of the weight simplex on which `declared`, the option that the stated weights chose, is no
// longer among the best. 0: every weighing agrees; 1: no weighing chooses it (up to ties). Ties
// count as agreement. Exact for one to three dimensions: the weights that keep the declared option
// are a convex set (an interval, a polygon), cut by one line a rival. Above, `draws` uniform
// weights from `rng`, with standard error sqrt(share (1 - share) / draws).
// O(n) for one and two dimensions, O(n^2) at worst for three, O(draws n m) above. Throws
// Error(invalid_argument) for an unknown option, and for no draws where draws are needed.
WeightSensitivity weight_sensitivity(const Scores& scores, std::size_t declared, Rng rng,
                                     std::uint64_t draws = 10'000);

}  // namespace edgewise::structure
