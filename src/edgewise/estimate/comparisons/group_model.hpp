#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/estimate/comparisons/group_cells.hpp"
#include "edgewise/estimate/newton_cg.hpp"

namespace edgewise::estimate {

// How one comparison depends on d = strength of the first - strength of the second (+ position).
enum class PairKernel : std::uint8_t { plain, davidson, rao_kupper };

// P(first), P(second) and P(tie) at d, with nu or kappa.
struct PairChances {
    double first = 0.5, second = 0.5, tie = 0.0;
    double utility() const noexcept { return first + 0.5 * tie; }
};
PairChances chances(PairKernel kernel, double d, double tie_parameter) noexcept;
// The slope of utility() in d.
double utility_slope(PairKernel kernel, const PairChances& p) noexcept;
// ln P(outcome) and its derivatives in d and in the tie coordinate, ln nu or ln kappa: the first,
// and minus the second.
struct PairSlopes {
    double log_p = 0.0;
    double slope = 0.0, curvature = 0.0;
    double tie = 0.0, tie_tie = 0.0, tie_d = 0.0;
};
PairSlopes pair_slopes(PairKernel kernel, Outcome outcome, double d, double tie_parameter) noexcept;

// Minus the penalised log-likelihood of strengths with group deviations,
//   sum over g of log L_g(phi_g) - |phi_g - theta|^2 / (2 tau^2) - prior on theta,
// as a function of x = (theta, phi_1 ... phi_G, ln nu or ln kappa where the kernel has one,
// position where the cells have it). Comparisons of no group are at theta. Convex where the kernel
// is (all three are). A pass costs O(cells + groups x contenders).
class GroupModel final : public Convex {
public:
    // `precision` of the prior on each theta (empty: none), `further_precision` of that on what
    // comes after the strengths.
    GroupModel(const GroupCells& cells, PairKernel kernel, double tau,
               std::span<const double> precision, double further_precision);

    void set_tau(double tau);
    double evaluate(std::span<const double> x, std::span<double> gradient) override;
    void times_hessian(std::span<const double> v, std::span<double> out) override;
    void precondition(std::span<const double> r, std::span<double> out) override;

    std::size_t size() const noexcept { return strengths_ + globals(); }
    std::size_t strengths() const noexcept { return strengths_; }  // theta and phi
    bool has_tie() const noexcept { return kernel_ != PairKernel::plain; }
    std::size_t globals() const noexcept {
        return (has_tie() ? 1U : 0U) + (cells_.position ? 1U : 0U);
    }
    double log_likelihood() const noexcept { return log_likelihood_; }  // where last evaluated
    double penalty() const noexcept { return penalty_; }
    // Where last evaluated: of each cell, minus the second derivative in d; of each strength, its
    // sum over cells.
    std::span<const double> curvature() const noexcept { return curvature_; }
    std::span<const double> information() const noexcept { return information_; }
    // Offset of a block's strengths in x: group g, or theta for cells of no group.
    std::size_t offset(std::size_t block) const noexcept {
        return block < cells_.groups ? (block + 1) * cells_.contenders : 0;
    }

    static constexpr double kWidest = 600.0;  // spread of strengths; evaluate() says infinity

private:
    template <PairKernel K>
    void pass(std::span<double> gradient);

    const GroupCells& cells_;
    PairKernel kernel_;
    double tau_precision_ = 0.0, further_precision_ = 0.0;
    std::vector<double> theta_precision_;
    std::size_t strengths_;
    double all_ties_ = 0.0;
    double tie_ = 0.0, first_bonus_ = 1.0;  // nu or kappa; exp(position / 2)
    double log_likelihood_ = 0.0, penalty_ = 0.0;
    std::vector<double> root_;  // exp((strength - greatest) / 2)
    std::vector<double> linear_;
    std::vector<double> curvature_, information_;
    std::vector<double> cross_tie_, cross_position_;  // strength x further coordinate
    double tie_tie_ = 0.0, tie_position_ = 0.0, position_position_ = 0.0;
};

}  // namespace edgewise::estimate
