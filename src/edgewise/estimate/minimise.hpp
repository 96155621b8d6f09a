#pragma once

#include <functional>
#include <span>
#include <vector>

#include "edgewise/base/job.hpp"

namespace edgewise::estimate {

struct Minimum {
    std::vector<double> x;
    double value = 0.0;
    int iterations = 0;
    bool converged = false;  // the next step promised less than 1e-8
};

// A local minimum of a smooth function of a few variables (at most about five), each evaluation
// dear: Newton steps on a finite-difference Hessian whose eigenvalues are taken absolute and
// floored, so that saddles repel, with a step limit and halving (Nocedal & Wright 2006, sections
// 3.4 and 8.1). Costs 1 + 2d + d(d-1)/2 evaluations a step, made on job's threads: `f` must stand
// being called from several. Same bits for any number of threads.
Minimum minimise(const std::function<double(std::span<const double>)>& f, std::vector<double> start,
                 const Job& job, int most_iterations = 60);

}  // namespace edgewise::estimate
