#pragma once

#include <span>
#include <vector>

#include "edgewise/judgment/table.hpp"

namespace edgewise::estimate {

// What the rows of a table weigh: each its own weight times its rater's. Refers to the table and to
// `rater_weight` (one a rater; empty: all alike). Throws Error(invalid_argument) that names the
// rater for a weight that is not finite or negative, and where they are not one a rater or all 0.
class RowWeights {
public:
    RowWeights(const judgment::JudgmentTable& table, std::span<const double> rater_weight);
    bool any() const noexcept { return !own_.empty() || !of_rater_.empty(); }
    double operator()(std::size_t row) const noexcept {
        return (own_.empty() ? 1.0 : static_cast<double>(own_[row])) *
               (of_rater_.empty() ? 1.0 : of_rater_[rater_[row]]);
    }

private:
    std::span<const float> own_;
    std::span<const judgment::Id> rater_;
    std::span<const double> of_rater_;
};

// To a mean of 1; empty where they do not differ, which is what views take for no weights. Weights
// above 0.
std::vector<float> normalised_weights(std::span<const double> weight);

}  // namespace edgewise::estimate
