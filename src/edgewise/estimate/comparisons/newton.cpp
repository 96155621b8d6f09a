#include "edgewise/estimate/comparisons/newton.hpp"

#include <algorithm>
#include <cmath>

namespace edgewise::estimate::comparisons {
namespace {

constexpr double kFarthest = 14.0;   // of the tie coordinate and the position, in logits
constexpr double kLeastStep = 1e-9;  // of the Newton step; shorter ones change nothing any more

double dot(std::span<const double> a, std::span<const double> b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

double norm(std::span<const double> a) { return std::sqrt(dot(a, a)); }

// Solves curvature * step = gradient to a residual of `enough`. The curvature is singular along
// constants within a component, to which the gradient is orthogonal: conjugate gradients stay in
// the space where it is not (Kaasschieter 1988).
class Solver {
public:
    explicit Solver(std::size_t size)
        : step_(size), rest_(size), scaled_(size), p_(size), q_(size) {}

    std::span<const double> solve(const Objective& objective, double enough, const Job& job) {
        const auto gradient = objective.gradient();
        const auto diagonal = objective.diagonal();
        const std::size_t n = gradient.size();
        std::ranges::fill(step_, 0.0);
        std::ranges::copy(gradient, rest_.begin());
        double along = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            p_[i] = diagonal[i] > 0.0 ? rest_[i] / diagonal[i] : 0.0;
            along += rest_[i] * p_[i];
        }
        // Rounding can cost a few rounds beyond the n that exact arithmetic needs.
        const std::size_t most = 2 * n + 50;
        for (std::size_t round = 0; round < most && along > 0.0; ++round) {
            if (round % 64 == 63) job.check();
            objective.multiply(p_, q_);
            const double curved = dot(p_, q_);
            if (!(curved > 0.0)) break;
            const double length = along / curved;
            double size = 0.0, next = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                step_[i] += length * p_[i];
                rest_[i] -= length * q_[i];
                scaled_[i] = diagonal[i] > 0.0 ? rest_[i] / diagonal[i] : 0.0;
                size += rest_[i] * rest_[i];
                next += rest_[i] * scaled_[i];
            }
            if (size <= enough * enough) break;
            const double turn = next / along;
            along = next;
            for (std::size_t i = 0; i < n; ++i) p_[i] = scaled_[i] + turn * p_[i];
        }
        return step_;
    }

private:
    std::vector<double> step_, rest_, scaled_, p_, q_;
};

}  // namespace

NewtonResult maximise(Objective& objective, std::vector<double> start, const NewtonOptions& options,
                      bool rao_kupper, const Job& job) {
    NewtonResult out;
    out.x = std::move(start);
    Solver solver(out.x.size());
    std::vector<double> trial(out.x.size()), before(out.x.size());
    const std::size_t further = out.x.size() - objective.further();

    objective.evaluate(out.x);
    out.gradient_norm = norm(objective.gradient());
    const double first = out.gradient_norm;
    while (out.iterations < options.most_iterations && !(out.gradient_norm <= options.tolerance)) {
        job.check();
        ++out.iterations;
        // Loose while far away, tight enough near the end that the last step is the last.
        const double forcing = std::clamp(out.gradient_norm / first, 1e-5, 0.05);
        const double enough = std::max(0.1 * options.tolerance, forcing * out.gradient_norm);
        const auto step = solver.solve(objective, enough, job);
        const double slope = dot(objective.gradient(), step);
        if (!(slope > 0.0)) break;

        double length = 1.0;
        if (rao_kupper) {  // lambda stays above 0
            const double at = out.x[objective.tie_at()], change = step[objective.tie_at()];
            if (at + change < 0.1 * at) length = std::min(1.0, -0.9 * at / change);
        }
        double here = 0.0;
        bool known = false, moved = false;
        const double norm_before = out.gradient_norm;
        while (length >= kLeastStep) {
            for (std::size_t i = 0; i < trial.size(); ++i) trial[i] = out.x[i] + length * step[i];
            objective.evaluate(trial);
            const double after = norm(objective.gradient());
            const double slope_there = dot(objective.gradient(), step);
            // On a concave line a slope that is still upward, or nearly level, is progress; so is a
            // gradient half as long. Otherwise the values themselves must say so.
            moved =
                std::isfinite(after) && (slope_there >= -0.1 * slope || after <= 0.5 * norm_before);
            if (!moved && std::isfinite(after)) {
                if (!known) {
                    here = objective.log_likelihood(out.x) - objective.penalty(out.x);
                    known = true;
                }
                const double there = objective.log_likelihood(trial) - objective.penalty(trial);
                moved = there >= here + 1e-4 * length * slope;
            }
            if (moved) {
                out.x.swap(trial);
                out.gradient_norm = after;
                break;
            }
            const double cut = std::isfinite(slope_there) ? slope / (slope - slope_there) : 0.1;
            length *= std::clamp(cut, 0.1, 0.5);
        }
        if (!moved) {
            objective.evaluate(out.x);
            break;
        }
        for (std::size_t i = further; i < out.x.size(); ++i) {
            if (std::abs(out.x[i]) > kFarthest &&
                (i != objective.tie_at() || out.x[i] > 0.0 || !objective.has_tie())) {
                out.diverged = true;
                return out;
            }
        }
    }
    out.converged = out.gradient_norm <= options.tolerance;
    return out;
}

}  // namespace edgewise::estimate::comparisons
