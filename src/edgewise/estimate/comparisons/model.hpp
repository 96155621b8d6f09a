#pragma once

#include <span>
#include <vector>

#include "edgewise/estimate/comparisons/bradley_terry.hpp"
#include "edgewise/estimate/comparisons/likelihood.hpp"
#include "edgewise/estimate/comparisons/newton.hpp"

// What a fit and each replicate of its bootstrap have in common.

namespace edgewise::estimate::comparisons {

// How counts enter under a tie model that is no longer `automatic`.
Ties ties_of(TieModel model) noexcept;
Kernel kernel_of(TieModel model) noexcept;

// A tie parameter as the coordinate it is fitted in (log nu, log kappa), and back.
double tie_coordinate(Kernel kernel, double parameter);
// The coordinate that would give `share` of ties among equals.
double tie_start(Kernel kernel, double share);

// The tolerance for so many comparisons, weights counted.
NewtonOptions newton_options(const BradleyTerryOptions& options, double comparisons);

struct Prior {
    std::vector<double> precision;  // empty: none
    double further = 0.0;
};

struct Estimate {
    std::vector<double> theta;
    Kernel kernel = Kernel::plain;  // plain where there are no ties, whatever was asked for
    double tie = 0.0;               // its coordinate, where the kernel has one
    double position = 0.0;
    double log_likelihood = 0.0;
    double penalty = 0.0;
    NewtonResult newton;  // its x has moved into the members above
};

// Fits one model from a start. Without ties every model is the plain one.
struct Start {
    std::span<const double> theta;  // empty: 0
    double tie = 0.0;
    bool has_tie = false;  // false: from the share of ties
    double position = 0.0;
};
Estimate fit_model(const PairRows& pairs, Kernel kernel, const Prior& prior, const Start& start,
                   const NewtonOptions& options, bool with_likelihood, const Job& job);

// Takes each component's mean off.
void centre(std::span<double> theta, std::span<const std::uint32_t> component,
            std::uint32_t components);

}  // namespace edgewise::estimate::comparisons
