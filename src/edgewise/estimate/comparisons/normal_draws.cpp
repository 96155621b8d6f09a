#include <cmath>

#include <Eigen/Eigenvalues>

#include "edgewise/base/parallel.hpp"
#include "edgewise/base/random.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/estimate/comparisons/strength_errors.hpp"

namespace edgewise::estimate {

StrengthDraws normal_draws(std::span<const double> theta, const Covariance& covariance,
                           std::size_t replicates, std::uint64_t seed, const Job& job) {
    StrengthDraws out;
    out.contenders = theta.size();
    if (!covariance.defined) {
        out.why = covariance.why;
        return out;
    }
    require(covariance.values.size() == theta.size() * theta.size(), "covariance",
            "one row and one column a strength");
    out.replicates = replicates;
    out.theta.resize(replicates * theta.size());
    if (theta.empty()) return out;
    const auto n = static_cast<Eigen::Index>(theta.size());
    const Eigen::Map<const Eigen::MatrixXd> values(covariance.values.data(), n, n);
    // Not Cholesky's factor: the covariance is singular, at least along the sum of a component.
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> parts(values);
    const Eigen::MatrixXd root =
        parts.eigenvectors() * parts.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal();
    job.check();
    constexpr std::size_t kGrain = 64;
    parallel_blocks(job, replicates, kGrain, [&](std::size_t begin, std::size_t end) {
        const auto rows = static_cast<Eigen::Index>(end - begin);
        Eigen::MatrixXd z(n, rows);
        for (Eigen::Index r = 0; r < rows; ++r) {
            Rng rng(seed, begin + static_cast<std::size_t>(r));
            for (Eigen::Index i = 0; i < n; ++i) z(i, r) = next_normal(rng);
        }
        const Eigen::MatrixXd drawn = root * z;  // a column a replicate: rows of the result
        double* to = out.theta.data() + begin * theta.size();
        for (Eigen::Index r = 0; r < rows; ++r) {
            for (std::size_t i = 0; i < theta.size(); ++i) {
                *to++ = theta[i] + drawn(static_cast<Eigen::Index>(i), r);
            }
        }
    });
    return out;
}

}  // namespace edgewise::estimate
