#include "edgewise/estimate/newton_cg.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace edgewise::estimate {
namespace {

double dot(std::span<const double> a, std::span<const double> b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

double norm(std::span<const double> a) { return std::sqrt(dot(a, a)); }

struct Solver {
    Convex& f;
    std::vector<double> direction, residual, preconditioned, search, product;
    int products = 0;

    Solver(Convex& function, std::size_t n)
        : f(function), direction(n), residual(n), preconditioned(n), search(n), product(n) {}

    // Conjugate gradients on H d = -g until the residual is below `target`.
    void solve(std::span<const double> gradient, double target) {
        const std::size_t n = gradient.size();
        std::ranges::fill(direction, 0.0);
        for (std::size_t i = 0; i < n; ++i) residual[i] = -gradient[i];
        f.precondition(residual, preconditioned);
        search = preconditioned;
        double rz = dot(residual, preconditioned);
        const std::size_t most = std::min<std::size_t>(2 * n + 10, 2000);
        for (std::size_t k = 0; k < most; ++k) {
            f.times_hessian(search, product);
            ++products;
            const double curvature = dot(search, product);
            if (!(curvature > 0.0)) {
                // Flat along this direction (a level nobody pinned down): take what there is, or
                // the preconditioned gradient where there is nothing yet.
                if (k == 0) direction = search;
                return;
            }
            const double step = rz / curvature;
            for (std::size_t i = 0; i < n; ++i) {
                direction[i] += step * search[i];
                residual[i] -= step * product[i];
            }
            if (norm(residual) <= target) return;
            f.precondition(residual, preconditioned);
            const double next = dot(residual, preconditioned);
            const double keep = next / rz;
            rz = next;
            for (std::size_t i = 0; i < n; ++i) {
                search[i] = preconditioned[i] + keep * search[i];
            }
        }
    }
};

}  // namespace

NewtonOutcome newton_cg(Convex& f, std::vector<double>& x, const NewtonOptions& options,
                        const Job& job) {
    const std::size_t n = x.size();
    NewtonOutcome out;
    std::vector<double> gradient(n), next(n), next_gradient(n);
    out.value = f.evaluate(x, gradient);
    out.gradient_norm = norm(gradient);
    Solver solver(f, n);
    double before = out.gradient_norm;
    double forcing = 0.1;
    while (out.gradient_norm > options.tolerance && out.iterations < options.most_iterations) {
        job.check();
        // Never solve further than half the tolerance: the rest would be thrown away.
        solver.solve(gradient, std::max(forcing * out.gradient_norm, 0.3 * options.tolerance));
        const double slope = dot(gradient, solver.direction);
        const double slack = 1e-13 * (1.0 + std::abs(out.value));
        double step = 1.0;
        bool better = false;
        double value = out.value, length = out.gradient_norm;
        for (int halvings = 0; halvings < 40 && !better; ++halvings, step *= 0.5) {
            for (std::size_t i = 0; i < n; ++i) next[i] = x[i] + step * solver.direction[i];
            value = f.evaluate(next, next_gradient);
            length = norm(next_gradient);
            if (!std::isfinite(value) || !std::isfinite(length)) continue;
            better = value <= out.value + 1e-4 * step * slope ||
                     (value <= out.value + slack && length < out.gradient_norm);
        }
        if (!better) {
            f.evaluate(x, gradient);
            break;
        }
        x.swap(next);
        gradient.swap(next_gradient);
        out.value = value;
        before = std::exchange(out.gradient_norm, length);
        const double fall = before > 0.0 ? out.gradient_norm / before : 0.0;
        forcing = std::clamp(0.9 * fall * fall, 1e-4, 0.1);
        ++out.iterations;
    }
    out.products = solver.products;
    out.converged = out.gradient_norm <= options.tolerance;
    return out;
}

}  // namespace edgewise::estimate
