#include "edgewise/estimate/comparisons/likelihood.hpp"

#include <algorithm>
#include <cmath>

#include "edgewise/base/error.hpp"
#include "edgewise/base/stats.hpp"

namespace edgewise::estimate::comparisons {
namespace {

// Products of two strengths and their squares stay within doubles.
constexpr double kWidestSpread = 600.0;

// `a` and `b` are the strengths; only their ratio matters.
template <Kernel K>
inline Slopes slopes(double a, double b, double wins, double losses, double ties, double tie) {
    if constexpr (K == Kernel::plain) {
        const double n = wins + losses;
        const double p = a / (a + b);
        return {.d = wins - n * p, .dd = n * p * (b / (a + b))};
    } else if constexpr (K == Kernel::davidson) {
        const double n = wins + losses + ties;
        const double equal = tie * std::sqrt(a * b);
        const double scale = 1.0 / (a + b + equal);
        const double p = a * scale, q = b * scale, t = equal * scale;
        const double lead = p - q;
        return {.d = 0.5 * (wins - losses - n * lead),
                .dd = 0.25 * n * ((p + q) - lead * lead),
                .tie = ties - n * t,
                .tie_tie = n * t * (p + q),
                .tie_d = -0.5 * n * t * lead};
    } else {
        const double for_a = wins + ties, for_b = losses + ties;
        const double u = a / (a + tie * b), v = b / (b + tie * a);
        const double not_u = tie * b / (a + tie * b), not_v = tie * a / (b + tie * a);
        const double at_a = for_a * u * not_u, at_b = for_b * v * not_v;
        return {.d = for_a * not_u - for_b * not_v,
                .dd = at_a + at_b,
                .tie = -(for_a * not_u + for_b * not_v),
                .tie_tie = at_a + at_b,
                .tie_d = at_b - at_a};
    }
}

// `log_a` and `log_b` are the logarithms of `a` and `b`.
template <Kernel K>
inline double value(double a, double b, double log_a, double log_b, double wins, double losses,
                    double ties, double tie, double log_tie) {
    if constexpr (K == Kernel::plain) {
        return wins * log_a + losses * log_b - (wins + losses) * std::log(a + b);
    } else if constexpr (K == Kernel::davidson) {
        const double tied = ties > 0.0 ? ties * (log_tie + 0.5 * (log_a + log_b)) : 0.0;
        return wins * log_a + losses * log_b + tied -
               (wins + losses + ties) * std::log(a + b + tie * std::sqrt(a * b));
    } else {
        const double for_a = wins + ties, for_b = losses + ties;
        return for_a * (log_a - std::log(a + tie * b)) + for_b * (log_b - std::log(b + tie * a));
    }
}

}  // namespace

Slopes slopes_of(Kernel kernel, Outcome outcome, double first, double second, double tie) {
    const bool tied = outcome == Outcome::tie || outcome == Outcome::both_bad;
    const double wins = outcome == Outcome::first ? 1.0 : 0.0;
    const double losses = outcome == Outcome::second ? 1.0 : 0.0;
    switch (kernel) {
        case Kernel::plain:
            return tied ? slopes<Kernel::plain>(first, second, 0.5, 0.5, 0.0, 0.0)
                        : slopes<Kernel::plain>(first, second, wins, losses, 0.0, 0.0);
        case Kernel::davidson:
            return slopes<Kernel::davidson>(first, second, wins, losses, tied ? 1.0 : 0.0, tie);
        case Kernel::rao_kupper:
            break;
    }
    return slopes<Kernel::rao_kupper>(first, second, wins, losses, tied ? 1.0 : 0.0, tie);
}

Objective::Objective(const PairRows& pairs, Kernel kernel, std::span<const double> precision,
                     double further_precision)
    : pairs_(pairs),
      kernel_(kernel),
      precision_(precision),
      further_precision_(further_precision),
      theta_(pairs.contenders),
      strength_(pairs.contenders),
      gradient_(size()),
      diagonal_(size()),
      curvature_(pairs.size()) {
    ensure(precision.empty() || precision.size() == pairs.contenders, "one precision a contender");
    for (std::size_t k = 0; k < further(); ++k) cross_[k].resize(pairs.contenders);
    for (const double t : pairs.ties) total_ties_ += t;
}

bool Objective::set_strengths(std::span<const double> x) {
    const std::size_t n = pairs_.contenders;
    position_ = pairs_.position ? x[position_at()] : 0.0;
    tie_ = has_tie() ? x[tie_at()] : 0.0;
    tie_value_ = has_tie() ? std::exp(tie_) : 0.0;
    if (n == 0) return false;
    const auto [low, high] = std::ranges::minmax_element(x.first(n));
    const double middle = 0.5 * (*low + *high);
    const bool wide = !(*high - *low <= kWidestSpread);
    for (std::size_t i = 0; i < n; ++i) {
        theta_[i] = x[i] - middle;
        if (!wide) strength_[i] = std::exp(theta_[i]);
    }
    return wide;
}

template <Kernel K, bool Wide>
void Objective::pass() {
    const double* theta = theta_.data();
    const double* strength = strength_.data();
    double* gradient = gradient_.data();
    double* diagonal = diagonal_.data();
    double* curvature = curvature_.data();
    const std::uint32_t* other = pairs_.other.data();
    const double* wins = pairs_.wins.data();
    const double* losses = pairs_.losses.data();
    const double* ties = pairs_.ties.data();
    constexpr bool kTie = K != Kernel::plain;
    double* cross_tie = kTie ? cross_[0].data() : nullptr;
    double* cross_position = pairs_.position ? cross_[kTie ? 1 : 0].data() : nullptr;
    const double lead = std::exp(position_);
    double sum_tie = 0.0, sum_tie_tie = 0.0;
    double sum_d = 0.0, sum_dd = 0.0, sum_tie_d = 0.0;
    for (std::uint32_t a = 0; a < pairs_.contenders; ++a) {
        const double own = strength[a] * lead;
        Slopes row;
        const std::uint32_t end = pairs_.begin[a + std::size_t{1}];
        for (std::uint32_t k = pairs_.begin[a]; k < end; ++k) {
            const std::uint32_t b = other[k];
            Slopes s;
            if constexpr (Wide) {
                const double d = theta[a] - theta[b] + position_;
                s = slopes<K>(std::exp(std::min(0.0, d)), std::exp(std::min(0.0, -d)), wins[k],
                              losses[k], ties[k], tie_value_);
            } else {
                s = slopes<K>(own, strength[b], wins[k], losses[k], ties[k], tie_value_);
            }
            curvature[k] = s.dd;
            row.d += s.d;
            row.dd += s.dd;
            gradient[b] -= s.d;
            diagonal[b] += s.dd;
            if constexpr (kTie) {
                row.tie += s.tie;
                row.tie_tie += s.tie_tie;
                row.tie_d += s.tie_d;
                cross_tie[b] -= s.tie_d;
            }
            if (cross_position != nullptr) cross_position[b] -= s.dd;
        }
        gradient[a] += row.d;
        diagonal[a] += row.dd;
        sum_d += row.d;
        sum_dd += row.dd;
        if constexpr (kTie) {
            cross_tie[a] += row.tie_d;
            sum_tie += row.tie;
            sum_tie_tie += row.tie_tie;
            sum_tie_d += row.tie_d;
        }
        if (cross_position != nullptr) cross_position[a] += row.dd;
    }
    if constexpr (K == Kernel::rao_kupper) {  // total_ties log(kappa^2 - 1)
        const double rest = -std::expm1(-2.0 * tie_);
        sum_tie += 2.0 * total_ties_ / rest;
        sum_tie_tie += 4.0 * total_ties_ * std::exp(-2.0 * tie_) / (rest * rest);
    }
    if constexpr (kTie) {
        gradient[tie_at()] = sum_tie;
        diagonal[tie_at()] = corner_[0][0] = sum_tie_tie;
    }
    if (pairs_.position) {
        const std::size_t own = kTie ? 1 : 0;
        gradient[position_at()] = sum_d;
        diagonal[position_at()] = corner_[own][own] = sum_dd;
        if (kTie) corner_[0][1] = corner_[1][0] = sum_tie_d;
    }
}

void Objective::evaluate(std::span<const double> x) {
    const bool wide = set_strengths(x);
    std::ranges::fill(gradient_, 0.0);
    std::ranges::fill(diagonal_, 0.0);
    for (std::size_t k = 0; k < further(); ++k) std::ranges::fill(cross_[k], 0.0);
    switch (kernel_) {
        case Kernel::plain:
            wide ? pass<Kernel::plain, true>() : pass<Kernel::plain, false>();
            break;
        case Kernel::davidson:
            wide ? pass<Kernel::davidson, true>() : pass<Kernel::davidson, false>();
            break;
        case Kernel::rao_kupper:
            wide ? pass<Kernel::rao_kupper, true>() : pass<Kernel::rao_kupper, false>();
            break;
    }
    const std::size_t n = pairs_.contenders;
    for (std::size_t i = 0; i < precision_.size(); ++i) {
        gradient_[i] -= precision_[i] * x[i];
        diagonal_[i] += precision_[i];
    }
    for (std::size_t k = 0; k < further(); ++k) {
        gradient_[n + k] -= further_precision_ * x[n + k];
        diagonal_[n + k] += further_precision_;
        corner_[k][k] += further_precision_;
    }
}

void Objective::multiply(std::span<const double> v, std::span<double> out) const {
    const std::size_t n = pairs_.contenders;
    const std::uint32_t* other = pairs_.other.data();
    const double* curvature = curvature_.data();
    const double* in = v.data();
    double* to = out.data();
    for (std::size_t i = 0; i < n; ++i) to[i] = precision_.empty() ? 0.0 : precision_[i] * in[i];
    for (std::size_t a = 0; a < n; ++a) {
        const double own = in[a];
        double sum = 0.0;
        const std::uint32_t end = pairs_.begin[a + 1];
        for (std::uint32_t k = pairs_.begin[a]; k < end; ++k) {
            const std::uint32_t b = other[k];
            const double part = curvature[k] * (own - in[b]);
            sum += part;
            to[b] -= part;
        }
        to[a] += sum;
    }
    for (std::size_t k = 0; k < further(); ++k) {
        const double* cross = cross_[k].data();
        double sum = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            sum += cross[i] * in[i];
            to[i] += cross[i] * in[n + k];
        }
        for (std::size_t l = 0; l < further(); ++l) sum += corner_[k][l] * in[n + l];
        to[n + k] = sum;
    }
}

template <Kernel K, bool Wide>
double Objective::sum() const {
    CompensatedSum total;
    for (std::uint32_t a = 0; a < pairs_.contenders; ++a) {
        double row = 0.0;
        const std::uint32_t end = pairs_.begin[a + std::size_t{1}];
        for (std::uint32_t k = pairs_.begin[a]; k < end; ++k) {
            const std::uint32_t b = pairs_.other[k];
            double log_a = theta_[a] + position_, log_b = theta_[b];
            double x = 0.0, y = 0.0;
            if constexpr (Wide) {
                const double d = log_a - log_b;
                log_a = std::min(0.0, d);
                log_b = std::min(0.0, -d);
                x = std::exp(log_a);
                y = std::exp(log_b);
            } else {
                x = strength_[a] * std::exp(position_);
                y = strength_[b];
            }
            row += value<K>(x, y, log_a, log_b, pairs_.wins[k], pairs_.losses[k], pairs_.ties[k],
                            tie_value_, tie_);
        }
        total.add(row);
    }
    if (K == Kernel::rao_kupper && total_ties_ > 0.0) {
        total.add(total_ties_ * (2.0 * tie_ + std::log(-std::expm1(-2.0 * tie_))));
    }
    return total.value();
}

double Objective::log_likelihood(std::span<const double> x) {
    const bool wide = set_strengths(x);
    switch (kernel_) {
        case Kernel::plain:
            return wide ? sum<Kernel::plain, true>() : sum<Kernel::plain, false>();
        case Kernel::davidson:
            return wide ? sum<Kernel::davidson, true>() : sum<Kernel::davidson, false>();
        case Kernel::rao_kupper:
            break;
    }
    return wide ? sum<Kernel::rao_kupper, true>() : sum<Kernel::rao_kupper, false>();
}

double Objective::penalty(std::span<const double> x) const {
    double out = 0.0;
    for (std::size_t i = 0; i < precision_.size(); ++i) out += 0.5 * precision_[i] * x[i] * x[i];
    for (std::size_t k = pairs_.contenders; k < size(); ++k) {
        out += 0.5 * further_precision_ * x[k] * x[k];
    }
    return out;
}

}  // namespace edgewise::estimate::comparisons
