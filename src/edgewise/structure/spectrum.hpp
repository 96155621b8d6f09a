#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "edgewise/structure/scores.hpp"

namespace edgewise::structure {

// (tr S)^2 / tr(S^2) of a symmetric positive semi-definite matrix, the number of equal eigenvalues
// with the same spread (participation ratio; Kish-type count, Bretherton et al. 1999). In
// [1, size]; empty for the zero matrix, which has no direction at all. `matrix` is row-major,
// size x size. Throws Error(invalid_argument) unless it is finite, symmetric to 1e-9 of its largest
// entry and its diagonal is not negative. O(size^2).
std::optional<double> effective_dimensions(std::span<const double> matrix, std::size_t size);

// The same of the correlation matrix of the dimensions over the options. Dimensions on which all
// options score the same carry no information and are left out; empty if none is left. O(n m^2).
std::optional<double> effective_dimensions(const Scores& scores);

// Share of the options' standardised variation on all dimensions that one number explains: the mean
// over dimensions of the squared correlation with `scalar`. In [0, 1]; one minus it is lost.
// Constant dimensions are left out; empty if none is left; 0 for a constant scalar. O(n m).
std::optional<double> scalar_r2(const Scores& scores, std::span<const double> scalar);

}  // namespace edgewise::structure
