#include "edgewise/estimate/comparisons/group_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace edgewise::estimate {

PairChances chances(PairKernel kernel, double d, double tie_parameter) noexcept {
    // exp(-|d|) never overflows.
    const double e = std::exp(-std::abs(d));
    double better = 1.0, worse = 1.0, tie = 0.0;
    if (kernel == PairKernel::rao_kupper) {
        better = 1.0 / (1.0 + tie_parameter * e);
        worse = e / (e + tie_parameter);
        tie = std::max(0.0, 1.0 - better - worse);
    } else {
        const double nu = kernel == PairKernel::davidson ? tie_parameter : 0.0;
        const double between = nu * std::sqrt(e);
        const double z = 1.0 + e + between;
        better = 1.0 / z;
        worse = e / z;
        tie = between / z;
    }
    return {.first = d >= 0.0 ? better : worse, .second = d >= 0.0 ? worse : better, .tie = tie};
}

double utility_slope(PairKernel kernel, const PairChances& p) noexcept {
    if (kernel == PairKernel::rao_kupper) {
        return 0.5 * (p.first * (1.0 - p.first) + p.second * (1.0 - p.second));
    }
    const double mean = p.utility();
    return p.first + 0.25 * p.tie - mean * mean;
}

PairSlopes pair_slopes(PairKernel kernel, Outcome outcome, double d,
                       double tie_parameter) noexcept {
    const PairChances p = chances(kernel, d, tie_parameter);
    const bool tied = outcome == Outcome::tie || outcome == Outcome::both_bad;
    if (kernel == PairKernel::rao_kupper) {
        const double win = outcome == Outcome::first || tied ? 1.0 : 0.0;
        const double loss = outcome == Outcome::second || tied ? 1.0 : 0.0;
        const double cu = win * p.first * (1.0 - p.first);
        const double cv = loss * p.second * (1.0 - p.second);
        const double square = tie_parameter * tie_parameter, less = square - 1.0;
        PairSlopes out{.log_p = win * std::log(p.first) + loss * std::log(p.second),
                       .slope = win * (1.0 - p.first) - loss * (1.0 - p.second),
                       .curvature = cu + cv,
                       .tie = -win * (1.0 - p.first) - loss * (1.0 - p.second),
                       .tie_tie = cu + cv,
                       .tie_d = cv - cu};
        if (tied) {
            out.log_p += std::log(less);
            out.tie += 2.0 * square / less;
            out.tie_tie += 4.0 * square / (less * less);
        }
        return out;
    }
    const double seen = outcome == Outcome::first ? 1.0 : tied ? 0.5 : 0.0;
    PairSlopes out{.slope = seen - p.utility(), .curvature = utility_slope(kernel, p)};
    if (tied && kernel == PairKernel::plain) {  // half a win each
        out.log_p = 0.5 * (std::log(p.first) + std::log(p.second));
    } else {
        const double of = outcome == Outcome::first ? p.first : tied ? p.tie : p.second;
        out.log_p = std::log(of);
    }
    if (kernel == PairKernel::davidson) {
        out.tie = (tied ? 1.0 : 0.0) - p.tie;
        out.tie_tie = p.tie * (1.0 - p.tie);
        out.tie_d = p.tie * (0.5 - p.utility());
    }
    return out;
}

GroupModel::GroupModel(const GroupCells& cells, PairKernel kernel, double tau,
                       std::span<const double> precision, double further_precision)
    : cells_(cells),
      kernel_(kernel),
      further_precision_(further_precision),
      theta_precision_(precision.begin(), precision.end()),
      strengths_((std::size_t{cells.groups} + 1) * cells.contenders),
      root_(strengths_),
      linear_(strengths_, 0.0),
      curvature_(cells.size()),
      information_(strengths_) {
    theta_precision_.resize(cells.contenders, 0.0);
    set_tau(tau);
    if (has_tie()) cross_tie_.resize(strengths_);
    if (cells.position) cross_position_.resize(strengths_);
    for (std::size_t b = 0; b + 1 < cells.begin.size(); ++b) {
        double* linear = linear_.data() + offset(b);
        for (std::size_t c = cells.begin[b]; c < cells.begin[b + 1]; ++c) {
            const double ties = cells.ties[c];
            // Of ln P(tie): half of each numerator (Davidson), or the whole of both (Rao-Kupper).
            const double share = kernel == PairKernel::rao_kupper ? ties : 0.5 * ties;
            linear[cells.first[c]] += cells.wins[c] + share;
            linear[cells.second[c]] += cells.losses[c] + share;
            all_ties_ += ties;
        }
    }
}

void GroupModel::set_tau(double tau) { tau_precision_ = tau > 0.0 ? 1.0 / (tau * tau) : 0.0; }

template <PairKernel K>
void GroupModel::pass(std::span<double> gradient) {
    double logs = 0.0, by_tie = 0.0, by_position = 0.0;
    tie_tie_ = tie_position_ = position_position_ = 0.0;
    const double tie = tie_, bonus = first_bonus_;
    const bool position = cells_.position;
    for (std::size_t b = 0; b + 1 < cells_.begin.size(); ++b) {
        const std::size_t from = offset(b);
        const double* root = root_.data() + from;
        double* slope = gradient.data() + from;
        double* information = information_.data() + from;
        for (std::size_t c = cells_.begin[b]; c < cells_.begin[b + 1]; ++c) {
            const std::uint32_t i = cells_.first[c], j = cells_.second[c];
            const double wins = cells_.wins[c], losses = cells_.losses[c], ties = cells_.ties[c];
            const double ri = root[i] * bonus, rj = root[j];
            const double pi = ri * ri, pj = rj * rj;
            double expected, curve;  // of what linear_ counts; minus the second derivative
            if constexpr (K == PairKernel::rao_kupper) {
                const double zi = pi + tie * pj, zj = pj + tie * pi;
                const double above = wins + ties, below = losses + ties;
                const double u = pi / zi, v = pj / zj;
                logs += above * std::log(zi) + below * std::log(zj);
                const double cu = above * u * (1.0 - u), cv = below * v * (1.0 - v);
                // Slope in d, from which what is linear (above) is taken.
                const double push = above * (1.0 - u) - below * (1.0 - v);
                expected = above - push;
                curve = cu + cv;
                slope[i] += expected;
                slope[j] += below + push;
                by_tie += above * (1.0 - u) + below * (1.0 - v);
                tie_tie_ += cu + cv;
                cross_tie_[from + i] += cv - cu;
                cross_tie_[from + j] -= cv - cu;
                if (position) {
                    by_position -= push;
                    tie_position_ += cv - cu;
                }
            } else {
                const double n = wins + losses + ties;
                const double middle = K == PairKernel::davidson ? tie * ri * rj : 0.0;
                const double z = pi + pj + middle;
                const double inverse = 1.0 / z;
                logs += n * std::log(z);
                const double p = pi * inverse, t = middle * inverse;
                const double mean = p + 0.5 * t;
                expected = n * mean;
                curve = n * (p + 0.25 * t - mean * mean);
                slope[i] += expected;
                slope[j] += n - expected;
                if constexpr (K == PairKernel::davidson) {
                    by_tie += n * t;
                    tie_tie_ += n * t * (1.0 - t);
                    const double cross = n * t * (0.5 - mean);
                    cross_tie_[from + i] += cross;
                    cross_tie_[from + j] -= cross;
                    if (position) tie_position_ += cross;
                }
                if (position) by_position += expected - wins - 0.5 * ties;
            }
            curvature_[c] = curve;
            information[i] += curve;
            information[j] += curve;
            if (position) {
                position_position_ += curve;
                cross_position_[from + i] += curve;
                cross_position_[from + j] -= curve;
            }
        }
    }
    log_likelihood_ -= logs;
    std::size_t at = strengths_;
    if constexpr (K == PairKernel::davidson) {
        log_likelihood_ += all_ties_ * std::log(tie);
        gradient[at++] = by_tie - all_ties_;
    }
    if constexpr (K == PairKernel::rao_kupper) {
        const double square = tie * tie, less = square - 1.0;
        log_likelihood_ += all_ties_ * std::log(less);
        gradient[at++] = by_tie - all_ties_ * 2.0 * square / less;
        tie_tie_ += all_ties_ * 4.0 * square / (less * less);
    }
    if (position) gradient[at] = by_position;
}

double GroupModel::evaluate(std::span<const double> x, std::span<double> gradient) {
    const auto strengths = x.first(strengths_);
    double high = 0.0, low = 0.0;
    if (!strengths.empty()) {
        const auto [least, most] = std::ranges::minmax_element(strengths);
        low = *least, high = *most;
    }
    std::size_t at = strengths_;
    if (has_tie()) tie_ = std::exp(x[at]);
    // Rao-Kupper's kappa is above 1.
    const bool outside = kernel_ == PairKernel::rao_kupper && !(x[at] > 1e-12);
    if (has_tie()) ++at;
    const double position = cells_.position ? x[at] : 0.0;
    if (!(high - low < kWidest) || outside || !(std::abs(position) < 100.0)) {
        return std::numeric_limits<double>::infinity();
    }
    first_bonus_ = std::exp(0.5 * position);
    log_likelihood_ = 0.0;
    for (std::size_t k = 0; k < strengths_; ++k) {
        root_[k] = std::exp(0.5 * (strengths[k] - high));
        log_likelihood_ += linear_[k] * (strengths[k] - high);
    }
    std::ranges::fill(gradient, 0.0);
    std::ranges::fill(information_, 0.0);
    std::ranges::fill(cross_tie_, 0.0);
    std::ranges::fill(cross_position_, 0.0);
    if (cells_.position) {
        // Numerators hold the position of those shown first.
        for (std::size_t c = 0; c < cells_.size(); ++c) {
            const double share = kernel_ == PairKernel::rao_kupper ? 1.0 : 0.5;
            log_likelihood_ += position * (cells_.wins[c] + share * cells_.ties[c]);
        }
    }
    if (kernel_ == PairKernel::plain) pass<PairKernel::plain>(gradient);
    if (kernel_ == PairKernel::davidson) pass<PairKernel::davidson>(gradient);
    if (kernel_ == PairKernel::rao_kupper) pass<PairKernel::rao_kupper>(gradient);
    penalty_ = 0.0;
    const std::size_t n = cells_.contenders;
    for (std::size_t k = 0; k < strengths_; ++k) gradient[k] -= linear_[k];
    for (std::size_t i = 0; i < n; ++i) {
        penalty_ += 0.5 * theta_precision_[i] * x[i] * x[i];
        gradient[i] += theta_precision_[i] * x[i];
    }
    for (std::size_t k = n; k < strengths_; ++k) {
        const double deviation = x[k] - x[k % n];
        penalty_ += 0.5 * tau_precision_ * deviation * deviation;
        gradient[k] += tau_precision_ * deviation;
        gradient[k % n] -= tau_precision_ * deviation;
    }
    for (std::size_t k = strengths_; k < size(); ++k) {
        penalty_ += 0.5 * further_precision_ * x[k] * x[k];
        gradient[k] += further_precision_ * x[k];
    }
    return penalty_ - log_likelihood_;
}

void GroupModel::times_hessian(std::span<const double> v, std::span<double> out) {
    std::ranges::fill(out, 0.0);
    for (std::size_t b = 0; b + 1 < cells_.begin.size(); ++b) {
        const double* in = v.data() + offset(b);
        double* to = out.data() + offset(b);
        std::size_t c = cells_.begin[b];
        const std::size_t end = cells_.begin[b + 1];
        while (c < end) {  // the cells of one first contender
            const std::uint32_t i = cells_.first[c];
            const double own = in[i];
            double sum = 0.0;
            for (; c < end && cells_.first[c] == i; ++c) {
                const std::uint32_t j = cells_.second[c];
                const double flow = curvature_[c] * (own - in[j]);
                sum += flow;
                to[j] -= flow;
            }
            to[i] += sum;
        }
    }
    const std::size_t n = cells_.contenders;
    for (std::size_t i = 0; i < n; ++i) out[i] += theta_precision_[i] * v[i];
    for (std::size_t g = 1; g <= cells_.groups; ++g) {
        for (std::size_t i = 0; i < n; ++i) {
            const double pull = tau_precision_ * (v[g * n + i] - v[i]);
            out[g * n + i] += pull;
            out[i] -= pull;
        }
    }
    std::size_t at = strengths_;
    const auto couple = [&](const std::vector<double>& cross, std::size_t where) {
        double sum = 0.0;
        for (std::size_t k = 0; k < strengths_; ++k) {
            out[k] += cross[k] * v[where];
            sum += cross[k] * v[k];
        }
        out[where] += sum;
    };
    const std::size_t tie_at = strengths_;
    if (has_tie()) {
        couple(cross_tie_, at);
        out[at] += (tie_tie_ + further_precision_) * v[at];
        ++at;
    }
    if (cells_.position) {
        couple(cross_position_, at);
        out[at] += (position_position_ + further_precision_) * v[at];
        if (has_tie()) {
            out[at] += tie_position_ * v[tie_at];
            out[tie_at] += tie_position_ * v[at];
        }
    }
}

// Exact but for the links between contenders: for each of them its arrow of theta and phi_g.
void GroupModel::precondition(std::span<const double> r, std::span<double> out) {
    const std::size_t n = cells_.contenders;
    for (std::size_t i = 0; i < n; ++i) {
        // Sum of a / (1 + tau^2 a) is what is left of G / tau^2 without its cancellation.
        double schur = theta_precision_[i] + information_[i];
        double right = r[i];
        for (std::size_t g = 1; g <= cells_.groups; ++g) {
            const double a = information_[g * n + i];
            const double keep = tau_precision_ / (a + tau_precision_);
            schur += a * keep;
            right += keep * r[g * n + i];
        }
        out[i] = right / std::max(schur, 1e-8);
        for (std::size_t g = 1; g <= cells_.groups; ++g) {
            const double b = information_[g * n + i] + tau_precision_;
            out[g * n + i] = (r[g * n + i] + tau_precision_ * out[i]) / b;
        }
    }
    std::size_t at = strengths_;
    if (has_tie()) {
        out[at] = r[at] / std::max(tie_tie_ + further_precision_, 1e-8);
        ++at;
    }
    if (cells_.position) out[at] = r[at] / std::max(position_position_ + further_precision_, 1e-8);
}

}  // namespace edgewise::estimate
