#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/estimate/opinions/vote_matrix.hpp"

namespace edgewise::estimate {

using Point = std::array<double, 2>;

// Where raters stand in two dimensions, in the manner of Polis (Small, Bjorkegren, Erkkila, Shaw
// and Megill 2021, "Polis: scaling deliberation by mapping high dimensional opinion spaces",
// Recerca 26(2)): principal components of the votes, missing ones at the mean of their statement.
struct OpinionSpace {
    std::vector<double> centre;  // statement -> mean vote; 0 where left out or nobody voted
    std::array<std::vector<double>, 2> component;  // statement -> loading; unit length, or all 0
    std::array<double, 2> eigenvalue{};            // of X'X: variance along it times raters
    double total = 0.0;                            // trace of X'X
    // sqrt(statements / votes) times the centred votes along the components: without the factor
    // those who voted little would all stand near the middle.
    std::vector<Point> rater;
    std::vector<Point> statement;   // where somebody would stand who only agreed with it
    std::vector<double> extremity;  // its length
    int steps = 0;                  // of the Lanczos iteration
    bool converged = true;

    // Share of the variance of votes along both components; 0 where there is none.
    double explained() const noexcept {
        return total > 0.0 ? (eigenvalue[0] + eigenvalue[1]) / total : 0.0;
    }
};

struct SpaceOptions {
    double tolerance = 1e-11;  // residual of an eigenpair over the largest eigenvalue
    int most_steps = 300;
    // Whether unused statements count in the scale of a rater's position as if everybody had voted
    // on them, as those that were moderated out do in Polis. False: as if they were not there.
    bool unused_count = true;
};

// `used[s]`: false takes every vote on s for 0 with mean 0, so that it moves nobody. The sign of a
// component is such that its loading of largest size is positive.
//
// Components by Lanczos iteration on X'X with full reorthogonalisation from a fixed start (Golub
// and Van Loan, Matrix Computations, 4th ed., section 10.1; restarted where the Krylov space is
// exhausted, so that repeated eigenvalues are found): O(votes + steps * statements) a step, 20 to
// 80 steps. Not converged within most_steps: says so. No variance: components are all 0.
OpinionSpace opinion_space(const VoteMatrix& votes, const std::vector<bool>& used,
                           const SpaceOptions& options = {});

}  // namespace edgewise::estimate
