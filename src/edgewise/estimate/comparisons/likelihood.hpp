#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/estimate/comparisons/contests.hpp"

// The log-likelihood of strengths, its gradient and its curvature, pair by pair. Shared by the fit,
// its standard errors and its bootstrap; no part of the public interface.

namespace edgewise::estimate::comparisons {

// What a pair's likelihood depends on, with d = theta_a - theta_b (+ position):
//   plain       log P(a) = log sigma(d)
//   davidson    P(a) : P(tie) : P(b) = e^(d/2) : nu : e^(-d/2),         tie coordinate log nu
//   rao_kupper  P(a) = sigma(d - lambda), P(b) = sigma(-d - lambda),    lambda = log kappa >= 0
// Each is concave in all its coordinates together.
enum class Kernel : std::uint8_t { plain, davidson, rao_kupper };

// Counts by pair as compressed rows: pair k of row a is a against other[k]. Without a position
// effect a < other[k] and both ways of showing are added up.
struct PairRows {
    std::uint32_t contenders = 0;
    bool position = false;
    std::vector<std::uint32_t> begin;  // contender -> its first pair; contenders + 1
    std::vector<std::uint32_t> other;
    std::vector<double> wins, losses, ties;  // of the row's contender

    std::size_t size() const noexcept { return other.size(); }
};

enum class Ties : std::uint8_t { kept, dropped, halved };
PairRows pair_rows(const PairCounts& pairs, bool position, Ties ties, bool drop_both_bad);

// Derivatives of one pair's log-likelihood. Curvatures are negated second derivatives.
struct Slopes {
    double d = 0.0, dd = 0.0;
    double tie = 0.0, tie_tie = 0.0, tie_d = 0.0;
};

// One comparison: its derivatives at strengths `first` and `second` = exp(theta), the position
// effect in `first` already. `outcome` both_bad counts as a tie; ties of Kernel::plain are half a
// win each. `tie` is nu or kappa. Without the part of rao_kupper that only lambda decides.
Slopes slopes_of(Kernel kernel, Outcome outcome, double first, double second, double tie);

// The log-likelihood less the penalty of the prior, its gradient and Hessian-vector products.
// Coordinates: theta of each contender, then the tie coordinate where the kernel has one, then
// position where it is asked for.
class Objective {
public:
    // `precision` of the normal prior on each theta (empty: 0) and on each further coordinate.
    Objective(const PairRows& pairs, Kernel kernel, std::span<const double> precision,
              double further_precision);

    std::size_t size() const noexcept { return pairs_.contenders + further(); }
    std::size_t further() const noexcept {
        return (has_tie() ? 1U : 0U) + (pairs_.position ? 1U : 0U);
    }
    bool has_tie() const noexcept { return kernel_ != Kernel::plain; }
    std::size_t tie_at() const noexcept { return pairs_.contenders; }
    std::size_t position_at() const noexcept { return pairs_.contenders + (has_tie() ? 1U : 0U); }

    // Gradient of the penalised log-likelihood (upward) and the curvature at x. O(pairs).
    void evaluate(std::span<const double> x);
    std::span<const double> gradient() const noexcept { return gradient_; }
    std::span<const double> diagonal() const noexcept { return diagonal_; }
    std::span<const double> pair_curvature() const noexcept { return curvature_; }
    // Row k of the curvature between further coordinate k and every theta; then between the further
    // coordinates themselves.
    std::span<const double> cross(std::size_t k) const noexcept { return cross_[k]; }
    double corner(std::size_t k, std::size_t l) const noexcept { return corner_[k][l]; }

    // out = curvature times v. O(pairs).
    void multiply(std::span<const double> v, std::span<double> out) const;

    double log_likelihood(std::span<const double> x);  // without the penalty
    double penalty(std::span<const double> x) const;

private:
    template <Kernel K, bool Wide>
    void pass();
    template <Kernel K, bool Wide>
    double sum() const;
    // exp(theta) once per contender instead of once per pair; where the strengths lie too far apart
    // for that, pairs take the slow way (true).
    bool set_strengths(std::span<const double> x);

    const PairRows& pairs_;
    Kernel kernel_;
    std::span<const double> precision_;
    double further_precision_;
    double total_ties_ = 0.0;

    std::vector<double> theta_, strength_;
    double tie_ = 0.0;        // the coordinate
    double tie_value_ = 0.0;  // nu or kappa
    double position_ = 0.0;
    std::vector<double> gradient_, diagonal_, curvature_;
    std::vector<double> cross_[2];
    double corner_[2][2] = {};
};

}  // namespace edgewise::estimate::comparisons
