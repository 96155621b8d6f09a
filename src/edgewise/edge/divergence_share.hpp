#pragma once

#include <optional>

#include "edgewise/edge/permute.hpp"

namespace edgewise::edge {

// Share of the pooled entropy of judgments that lies between groups, over all items of a view:
//   sum_i N_i JSD_i / sum_i N_i H_i,  H(pooled) = sum_g w_g H(p_g) + JSD (exact),  w_g = n_g / N
// and the same with each item's plug-in bias df / (2 N) taken off (Miller 1955), not below 0.
// Empty where nobody differs. O(judgments + items x groups x levels).
struct DivergenceShare {
    double raw = 0.0;
    double corrected = 0.0;
};
std::optional<DivergenceShare> divergence_share(const estimate::DimensionView& levels,
                                                const GroupedView& view, const Labels& labels);

}  // namespace edgewise::edge
