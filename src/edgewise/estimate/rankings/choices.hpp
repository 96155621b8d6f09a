#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/estimate/newton_cg.hpp"
#include "edgewise/estimate/rankings/ballots.hpp"

namespace edgewise::estimate {

// Minus the log-likelihood of ballots taken as repeated choices (Plackett-Luce, with the ties of
// Davidson-Luce: see plackett_luce.hpp), plus the normal prior's term, as a function of
// x = (theta of each contender, ln delta of each order of ties above one). Convex.
//
// Without ties a pass costs O(rows of ballots); with ties of orders k1 < k2 < ... it costs
// O(rows x sum of orders), by elementary symmetric polynomials of exp(theta / k) that grow from the
// back of a ballot to its front, and their derivatives backwards.
class Choices final : public Convex {
public:
    struct Setup {
        bool last_place_unordered = false;
        double prior_sd = 0.0;              // on each theta; 0: none
        double tie_prior_sd = 0.0;          // on each ln delta; 0: none
        std::span<const float> weight;      // ballot -> weight; empty: the ballots' own
        std::vector<std::uint32_t> orders;  // of ties; empty: those seen, told by tie_orders()
    };
    Choices(const Ballots& ballots, const Setup& setup);

    double evaluate(std::span<const double> x, std::span<double> gradient) override;
    void times_hessian(std::span<const double> v, std::span<double> out) override;
    void precondition(std::span<const double> r, std::span<double> out) override;

    std::size_t parameters() const noexcept { return contenders_ + orders_.size() - 1; }
    std::span<const std::uint32_t> orders() const noexcept { return orders_; }   // 1 first
    std::span<const double> order_seen() const noexcept { return order_seen_; }  // weighted choices
    double weighted_ballots() const noexcept { return weighted_ballots_; }
    double log_likelihood() const noexcept { return log_likelihood_; }  // where last evaluated

    // Of one ballot, where last evaluated: the contribution to the gradient of the log-likelihood
    // and to the Hessian of its negative (row-major), over its options in their order and then
    // ln delta.
    void local_score(std::size_t ballot, std::vector<double>& score) const;
    void local_information(std::size_t ballot, std::vector<double>& information) const;

    // A spread of theta beyond which choice probabilities underflow: evaluate() says infinity.
    static constexpr double kWidest = 600.0;

private:
    struct Shares {
        double expected = 0.0;  // sum over choices of weight / normaliser
        double squared = 0.0;   // of weight / normaliser^2
    };
    double weight(std::size_t ballot) const noexcept {
        return weight_.empty() ? 1.0 : double{weight_[ballot]};
    }
    double evaluate_strict();
    double evaluate_tied(std::span<double> gradient);

    std::uint32_t contenders_ = 0;
    std::span<const std::uint32_t> begin_, option_, level_;
    std::span<const float> weight_;
    bool last_place_unordered_ = false;
    double theta_precision_ = 0.0, tie_precision_ = 0.0;
    std::vector<std::uint32_t> orders_{1};
    std::vector<double> order_seen_;
    std::vector<std::uint32_t> strict_;  // ballot -> choices of one; without ties only
    std::vector<double> linear_;         // what the log-likelihood's linear part takes of x
    double weighted_ballots_ = 0.0;
    double log_likelihood_ = 0.0;

    std::vector<double> strength_;  // exp((theta - greatest) / order), order by order
    std::vector<double> delta_;     // of each order; 1 for order 1
    std::vector<Shares> shares_;
    std::vector<double> curve_;  // row -> weight / normaliser^2 of the choice that starts there
    std::vector<double> diagonal_;
    std::vector<double> scratch_;
    std::vector<double> tail_;  // of the longest ballot
};

// The orders of ties seen (1 first) in ballots that weigh something: places that hold so many, the
// last ones too unless they are unordered.
std::vector<std::uint32_t> tie_orders(const Ballots& ballots, bool last_place_unordered,
                                      std::span<const float> weight);

}  // namespace edgewise::estimate
