#include "edgewise/estimate/minimise.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "edgewise/base/parallel.hpp"

namespace edgewise::estimate {
namespace {

constexpr double kTolerance = 1e-8;
constexpr double kStep = 3e-4;  // error of the slope ~ step^2, of the curvature ~ 1e-10 / step^2

using Index = Eigen::Index;

Index at(std::size_t i) { return static_cast<Index>(i); }

struct Local {
    Eigen::VectorXd slope;
    Eigen::MatrixXd curvature;
};

Local differences(const std::function<double(std::span<const double>)>& f,
                  const std::vector<double>& x, double value, const Job& job) {
    const std::size_t d = x.size();
    std::vector<double> step(d);
    std::vector<std::vector<double>> points;
    const auto point = [&](std::size_t i, double by_i, std::size_t j, double by_j) {
        points.push_back(x);
        points.back()[i] += by_i;
        points.back()[j] += by_j;
    };
    for (std::size_t i = 0; i < d; ++i) {
        step[i] = kStep * std::max(std::abs(x[i]), 0.1);
        point(i, step[i], i, 0.0);
        point(i, -step[i], i, 0.0);
    }
    for (std::size_t i = 0; i < d; ++i) {
        for (std::size_t j = 0; j < i; ++j) point(i, step[i], j, step[j]);
    }
    std::vector<double> values(points.size());
    parallel_blocks(job, points.size(), 1,
                    [&](std::size_t k, std::size_t) { values[k] = f(points[k]); });

    Local local{Eigen::VectorXd(at(d)), Eigen::MatrixXd(at(d), at(d))};
    for (std::size_t i = 0; i < d; ++i) {
        const double up = values[2 * i], down = values[2 * i + 1];
        local.slope(at(i)) = (up - down) / (2.0 * step[i]);
        local.curvature(at(i), at(i)) = (up - 2.0 * value + down) / (step[i] * step[i]);
    }
    std::size_t k = 2 * d;
    for (std::size_t i = 0; i < d; ++i) {
        for (std::size_t j = 0; j < i; ++j, ++k) {
            const double mixed =
                (values[k] - values[2 * i] - values[2 * j] + value) / (step[i] * step[j]);
            // The forward corner also holds half of each pure curvature's third-order error; the
            // step is small enough for that not to matter to a Newton direction.
            local.curvature(at(i), at(j)) = local.curvature(at(j), at(i)) = mixed;
        }
    }
    return local;
}

}  // namespace

Minimum minimise(const std::function<double(std::span<const double>)>& f, std::vector<double> start,
                 const Job& job, int most_iterations) {
    Minimum best{.x = std::move(start)};
    best.value = f(best.x);
    const std::size_t d = best.x.size();
    if (d == 0) {
        best.converged = true;
        return best;
    }
    for (; best.iterations < most_iterations && !best.converged; ++best.iterations) {
        job.check();
        const Local local = differences(f, best.x, best.value, job);
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(local.curvature);
        const Eigen::VectorXd along = eigen.eigenvectors().transpose() * local.slope;
        const double floor = 1e-6 * std::max(1.0, eigen.eigenvalues().cwiseAbs().maxCoeff());
        Eigen::VectorXd move(at(d));
        for (Index i = 0; i < at(d); ++i) {
            move(i) = -along(i) / std::max(std::abs(eigen.eigenvalues()(i)), floor);
        }
        const double promised = -0.5 * along.dot(move);
        move = eigen.eigenvectors() * move;
        double scale = 1.0;
        for (std::size_t i = 0; i < d; ++i) {
            const double limit = 0.5 * std::abs(best.x[i]) + 0.5;
            scale = std::min(scale, limit / std::max(std::abs(move(at(i))), 1e-300));
        }
        best.converged = promised < kTolerance;
        bool moved = false;
        for (int halving = 0; halving < 30 && !moved; ++halving, scale *= 0.5) {
            std::vector<double> x = best.x;
            for (std::size_t i = 0; i < d; ++i) x[i] += scale * move(at(i));
            const double value = f(x);
            if (value < best.value) {
                best.x = std::move(x);
                best.value = value;
                moved = true;
            } else if (best.converged) {
                break;
            }
        }
        // No step along a promising direction goes down: the differences are at their noise.
        if (!moved) {
            best.converged = best.converged || promised < 1e-5;
            break;
        }
    }
    return best;
}

}  // namespace edgewise::estimate
