#pragma once

#include <algorithm>

#include "edgewise/estimate/ordinal_components.hpp"

namespace edgewise::estimate {

// Effects of a cumulative-logit hierarchy, on the logit scale: where the posterior's expected slope
// vanishes, to second order,
//
//     l'(eta) + l'''(eta) Var(eta) / 2  =  effect / variance,
//
// which is nearer the posterior mean than the mode is: where most answers stand at one end of the
// scale, the posterior is skew, and cells at the mode erred by a sixth of their standard deviation
// (the Gaussian variational condition of Ormerod & Wand 2012, J. Comput. Graph. Statist. 21, by its
// expansion). Var(eta) is that of the cell and of the rater's severity.
struct OrdinalMode {
    PerLevel mean{};                   // mu of each level; 0 where it has no judgments
    std::vector<double> severity;      // rater: negative where the rater says less
    std::vector<double> item;          // item effects
    std::vector<std::uint32_t> begin;  // items + 1: the levels that judged each item, in `cell`
    struct Cell {
        double effect = 0.0;    // 0 at the level without a group
        double variance = 0.0;  // posterior, of item + cell effect
        std::uint32_t level = 0;
    };
    std::vector<Cell> cell;
    std::vector<double> information;  // rater: sum of the curvatures of his judgments
    std::vector<double> doubt;        // rater: posterior variance of his severity
    int sweeps = 0;
    bool converged = false;  // the last sweep moved nothing by 1e-6
};

// Slope and curvature (negative second derivative) of the log-probability of a category in the
// linear predictor eta, P(y <= c) = logistic(cut_c - eta): with F the logistic function at the
// upper and lower cut less eta, F_u + F_l - 1 and F_u (1 - F_u) + F_l (1 - F_l) (McCullagh 1980,
// JRSS B 42, section 2; the log-probability is concave, Pratt 1981). Cuts come as exp(-cut):
// infinite below the lowest category and 0 above the highest.
struct OrdinalSlope {
    double slope, curvature, third;  // third: derivative of minus the curvature

    // To second order, where eta varies; beyond a variance of 1 the expansion has no more to say.
    double expected(double variance) const noexcept {
        return slope + 0.5 * std::min(variance, 1.0) * third;
    }
};
inline OrdinalSlope ordinal_slope(double exp_upper, double exp_lower, double exp_eta) noexcept {
    const double upper = 1.0 / (1.0 + exp_upper * exp_eta);
    const double lower = 1.0 / (1.0 + exp_lower * exp_eta);
    const double by_upper = upper * (1.0 - upper), by_lower = lower * (1.0 - lower);
    return {upper + lower - 1.0, by_upper + by_lower,
            by_upper * (1.0 - 2.0 * upper) + by_lower * (1.0 - 2.0 * lower)};
}
// categories + 1 of them: exp_cut[c] is the lower, exp_cut[c + 1] the upper of category c.
std::vector<double> exp_cuts(const std::vector<double>& cuts);

// Given variances and cuts: Newton steps in blocks, {mu, items and their cells} and {mu,
// raters}, each exact for the quadratic at hand, as backfit.hpp does for a normal residual. Two
// passes over the judgments a sweep, at most 300 sweeps; the same bits for any number of threads.
OrdinalMode ordinal_mode(const OrdinalDesign& design, const OrdinalComponents& components,
                         const Job& job);

}  // namespace edgewise::estimate
