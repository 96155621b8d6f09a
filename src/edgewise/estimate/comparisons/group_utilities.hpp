#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/estimate/comparisons/group_model.hpp"

namespace edgewise::estimate {

// Utilities of strengths and their errors by the delta method.
struct Utilities {
    std::vector<double> mean, sd;
};

// The mean over the other contenders of the component of P(beats) + P(tie) / 2, and its error.
// `variance` of the strengths against their component's mean. `covariance`, contenders x
// contenders, may be empty: then strengths count as independent, with those variances. `size` of
// components; the utility of one alone is 0.5 with error 0. O(contenders^2), or contenders^3.
Utilities utilities_of(std::span<const double> strength, std::span<const double> variance,
                       std::span<const double> covariance, PairKernel kernel, double tie_parameter,
                       std::span<const std::uint32_t> component, std::span<const double> size);

}  // namespace edgewise::estimate
