#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/edge/tensor.hpp"

namespace edgewise::edge {

// A loss of one unit under posterior draws.
struct UnitLoss {
    bool known = false;  // false: the axis has fewer than two places here
    double mean = 0.0;   // posterior mean
    double low = 0.0;    // 5 % and 95 % of the draws
    double high = 0.0;
    double plug_in = 0.0;   // at the posterior means
    double material = 0.0;  // share of draws above the material threshold
    std::size_t worst = 0;  // dimension or group that pays most for the pick, at the means
};

struct UnitLosses {
    std::size_t pick = 0;       // argmax of the scalar at the posterior means, first if tied
    double pick_support = 1.0;  // share of draws in which it is the best
    double scalar = 0.0;        // its expected scalar utility
    UnitLoss flattening;
    double blindness = 0.0;  // EVPI of the scalar utility
};

// The scalar's pick, value flattening and uncertainty blindness (DESIGN.md section 6, ours), from
// the pooled cells; see docs/method.md. With v_d(o) one dimension's utility and a* the pick,
//   flattening = max_d R_d(a*) - min_o max_d R_d(o),  R_d(a) = max_o v_d(o) - v_d(a)
//   blindness  = E_s[max_o v_s(o)] - max_o E_s v_s(o),  v_s the scalar in draw s
// `sums`, one a draw, takes the flattening of every draw on top of what is there: the distribution
// of the mean over units. O(draws x dimensions x options).
UnitLosses everyone_losses(const Tensor& tensor, const Scalar& scalar, std::uint64_t draws,
                           double material, Rng rng, std::span<double> sums);

// representation = max_g R_g(a*) - min_o max_g R_g(o) with v_g(o) the scalar within group g; groups
// without a judgment in the unit take part with what pooling lends them. Unknown unless two groups
// judged something here.
UnitLoss representation_loss(const Tensor& tensor, const Scalar& scalar, std::size_t pick,
                             std::uint64_t draws, double material, Rng rng, std::span<double> sums);

// Largest k such that the mean probability of being wrong among the k surest units stays within
// `fdr` (Bayesian false discovery rate; Newton et al. 2004). `material` holds P(loss > threshold).
std::size_t surely_material(std::vector<double> material, double fdr);

}  // namespace edgewise::edge
