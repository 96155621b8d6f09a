#include "edgewise/estimate/comparisons/group_laplace.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

namespace edgewise::estimate {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Curvature of one block's likelihood: a weighted Laplacian of who met whom.
void fill(MatrixXd& out, const GroupCells& cells, const GroupModel& model, std::size_t block) {
    out.setZero();
    const auto curvature = model.curvature();
    for (std::size_t c = cells.begin[block]; c < cells.begin[block + 1]; ++c) {
        const Index i = cells.first[c], j = cells.second[c];
        out(i, i) += curvature[c];
        out(j, j) += curvature[c];
        out(i, j) -= curvature[c];
        out(j, i) -= curvature[c];
    }
}

double half_log_det(const Eigen::LLT<MatrixXd>& factor) {
    return factor.matrixLLT().diagonal().array().log().sum();
}

struct Sizes {
    std::vector<double> of;  // contender -> contenders in its component
};

Sizes sizes(std::span<const std::uint32_t> component) {
    std::vector<double> count;
    for (const std::uint32_t c : component) {
        if (c >= count.size()) count.resize(c + std::size_t{1}, 0.0);
        count[c] += 1.0;
    }
    Sizes out;
    for (const std::uint32_t c : component) out.of.push_back(count[c]);
    return out;
}

// With B_g = A_g + I / tau^2 and C_g = B_g^-1 / tau^2, the precision of theta once deviations are
// integrated out is S = A_0 + prior + sum of A_g C_g, the covariance of phi_g = theta + deviation
// is B_g^-1 + C_g S^-1 C_g, and that of the deviation B_g^-1 + (C_g - 1) S^-1 (C_g - 1). A
// component's level is in no A: there S gets 1, so that it has an inverse, and variances lose what
// that adds, (tau^2 + 1 / (1 + prior)) / contenders.
Curvature dense(const GroupCells& cells, const GroupModel& model, double tau,
                std::span<const double> precision, std::span<const std::uint32_t> component,
                const Sizes& size, Detail detail) {
    const Index n = cells.contenders;
    const std::size_t groups = tau > 0.0 ? cells.groups : 0;
    const double square = tau * tau;
    Curvature out;
    out.variance.resize((groups + 1) * cells.contenders);
    MatrixXd s(n, n), a(n, n);
    fill(s, cells, model, cells.groups);
    for (Index i = 0; i < n; ++i) {
        s(i, i) += precision[static_cast<std::size_t>(i)];
        for (Index j = 0; j < n; ++j) {
            const auto u = static_cast<std::size_t>(i), v = static_cast<std::size_t>(j);
            if (component[u] == component[v]) s(i, j) += 1.0 / size.of[u];
        }
    }
    std::vector<MatrixXd> c(groups);
    const MatrixXd identity = MatrixXd::Identity(n, n);
    for (std::size_t g = 0; g < groups; ++g) {
        fill(a, cells, model, g);
        a *= square;
        a.diagonal().array() += 1.0;  // tau^2 B
        const Eigen::LLT<MatrixXd> factor(a);
        out.half_log_determinant += half_log_det(factor);
        // C = L^-T L^-1, from the triangle alone.
        MatrixXd inverse = identity;
        factor.matrixL().solveInPlace(inverse);
        c[g].setZero(n, n);
        c[g].selfadjointView<Eigen::Lower>().rankUpdate(inverse.transpose());
        c[g].triangularView<Eigen::StrictlyUpper>() = c[g].transpose();
        // A C = (1 - C) / tau^2.
        s -= c[g] / square;
        s.diagonal().array() += 1.0 / square;
    }
    const Eigen::LLT<MatrixXd> factor(s);
    out.half_log_determinant += half_log_det(factor);
    MatrixXd root = identity;
    factor.matrixL().solveInPlace(root);  // S^-1 = root' root
    // What the 1 adds to the variance of the level.
    const auto level = [&](std::size_t u) { return 1.0 / (1.0 + precision[u]); };
    for (Index i = 0; i < n; ++i) {
        const auto u = static_cast<std::size_t>(i);
        out.variance[u] = root.col(i).squaredNorm() - level(u) / size.of[u];
    }
    const auto keep = [&](const MatrixXd& v) {
        if (detail == Detail::covariance) {
            out.covariance.insert(out.covariance.end(), v.data(), v.data() + v.size());
        }
    };
    if (detail == Detail::covariance) keep(root.transpose() * root);
    for (std::size_t g = 0; g < groups; ++g) {
        const MatrixXd product = root.triangularView<Eigen::Lower>() * c[g];
        double known = 0.0;
        for (Index i = 0; i < n; ++i) {
            const auto u = static_cast<std::size_t>(i);
            const double own = square * c[g](i, i);
            out.variance[(g + 1) * cells.contenders + u] =
                own + product.col(i).squaredNorm() - (square + level(u)) / size.of[u];
            known += 1.0 - (own + (product.col(i) - root.col(i)).squaredNorm()) / square;
        }
        out.deviations_known += known;
        if (detail == Detail::covariance) keep(square * c[g] + product.transpose() * product);
    }
    return out;
}

// The same with every matrix cut to its diagonal.
Curvature cut(const GroupCells& cells, const GroupModel& model, double tau,
              std::span<const double> precision, const Sizes& size) {
    const std::size_t n = cells.contenders;
    const std::size_t groups = tau > 0.0 ? cells.groups : 0;
    const double square = tau * tau;
    const auto information = model.information();
    Curvature out;
    out.variance.resize((groups + 1) * n);
    for (std::size_t i = 0; i < n; ++i) {
        const double level = 1.0 / (1.0 + precision[i]);
        double s = information[i] + precision[i] + 1.0 / size.of[i];
        for (std::size_t g = 1; g <= groups; ++g) {
            const double a = information[g * n + i];
            out.half_log_determinant += 0.5 * std::log1p(square * a);
            s += a / (1.0 + square * a);
        }
        out.half_log_determinant += 0.5 * std::log(s);
        out.variance[i] = 1.0 / s - level / size.of[i];
        for (std::size_t g = 1; g <= groups; ++g) {
            const double a = information[g * n + i];
            const double c = 1.0 / (1.0 + square * a);
            out.variance[g * n + i] = square * c + c * c / s - (square + level) / size.of[i];
            out.deviations_known += 1.0 - c - (1.0 - c) * (1.0 - c) / (square * s);
        }
    }
    return out;
}

}  // namespace

Curvature curvature_at(const GroupCells& cells, const GroupModel& model, double tau,
                       std::span<const double> given, std::span<const std::uint32_t> component,
                       bool diagonal, Detail detail) {
    std::vector<double> precision(given.begin(), given.end());
    precision.resize(cells.contenders, 0.0);
    const Sizes size = sizes(component);
    Curvature out = diagonal ? cut(cells, model, tau, precision, size)
                             : dense(cells, model, tau, precision, component, size, detail);
    for (double& v : out.variance) v = std::max(v, 0.0);
    return out;
}

}  // namespace edgewise::estimate
