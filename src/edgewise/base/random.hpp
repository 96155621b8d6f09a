#pragma once

#include "edgewise/base/rng.hpp"

namespace edgewise {

// One draw from the standard normal distribution (Marsaglia & Bray 1964, the polar method; the
// second value of the pair is thrown away, so that a draw leaves no state behind but the stream's).
double next_normal(Rng& rng) noexcept;

// One draw from the gamma distribution with `shape` > 0 and scale 1 (Marsaglia & Tsang 2000; below
// shape 1 by their boost, U^(1/shape)). Constant expected time for every shape.
double next_gamma(Rng& rng, double shape) noexcept;

// One draw from Beta(a, b), a and b > 0, as the share of two gammas. In [0, 1].
double next_beta(Rng& rng, double a, double b) noexcept;

}  // namespace edgewise
