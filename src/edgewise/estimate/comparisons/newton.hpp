#pragma once

#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/estimate/comparisons/likelihood.hpp"

namespace edgewise::estimate::comparisons {

struct NewtonOptions {
    double tolerance = 1e-7;  // on the Euclidean norm of the gradient
    int most_iterations = 500;
};

struct NewtonResult {
    std::vector<double> x;
    double gradient_norm = 0.0;
    int iterations = 0;
    bool converged = false;
    // The tie coordinate or the position ran off beyond 14 logits, a million to one: there is no
    // finite maximum in it. What stands in x means nothing.
    bool diverged = false;
};

// The maximum of a concave objective by Newton steps, each solved by conjugate gradients with the
// diagonal as preconditioner to a residual that shrinks with the gradient (Dembo, Eisenstat and
// Steihaug 1982), and a line search on the slope: near the solution no logarithm is computed.
// O(pairs) for every step and for every conjugate gradient. Same bits for the same input.
NewtonResult maximise(Objective& objective, std::vector<double> start, const NewtonOptions& options,
                      bool rao_kupper, const Job& job);

}  // namespace edgewise::estimate::comparisons
