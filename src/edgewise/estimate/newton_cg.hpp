#pragma once

#include <span>
#include <vector>

#include "edgewise/base/job.hpp"

namespace edgewise::estimate {

// A smooth convex function of many variables, as newton_cg() meets it.
class Convex {
public:
    virtual ~Convex() = default;
    // The value at x; fills the gradient and keeps what times_hessian() needs at x. Not finite: x
    // is too far out, and the step is shortened.
    virtual double evaluate(std::span<const double> x, std::span<double> gradient) = 0;
    // The Hessian at the x last evaluated, times v.
    virtual void times_hessian(std::span<const double> v, std::span<double> out) = 0;
    // A symmetric positive definite approximation of the inverse Hessian there, times r.
    virtual void precondition(std::span<const double> r, std::span<double> out) = 0;
};

struct NewtonOptions {
    double tolerance = 1e-7;  // on the Euclidean norm of the gradient
    int most_iterations = 500;
};

struct NewtonOutcome {
    double value = 0.0;
    double gradient_norm = 0.0;
    int iterations = 0;  // Newton steps
    int products = 0;    // with the Hessian
    bool converged = false;
};

// Truncated Newton: each step is solved by preconditioned conjugate gradients as far as the
// gradient's fall so far deserves (Nocedal and Wright 2006, algorithm 7.1; forcing terms of
// Eisenstat and Walker 1996), then shortened until the function falls (or, within rounding of the
// minimum, until the gradient does). Stops at the tolerance, at most_iterations, or where no step
// helps any more; the last two say converged = false. Leaves `f` evaluated at the final x.
// Deterministic; the cost is that of the products.
NewtonOutcome newton_cg(Convex& f, std::vector<double>& x, const NewtonOptions& options,
                        const Job& job);

}  // namespace edgewise::estimate
