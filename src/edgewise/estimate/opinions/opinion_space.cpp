#include "edgewise/estimate/opinions/opinion_space.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "edgewise/base/require.hpp"
#include "edgewise/base/rng.hpp"

namespace edgewise::estimate {
namespace {

constexpr double kNothing = 1e-13;  // of the trace: an eigenvalue below it is rounding

// The centred votes X as an operator; nothing is ever filled in.
class Centred {
public:
    Centred(const VoteMatrix& votes, const std::vector<bool>& used, std::span<const double> centre)
        : votes_(votes),
          used_(used),
          centre_(centre),
          shift_(centre.size()),
          row_(votes.raters()) {}

    // out = X'X in
    void times(std::span<const double> in, std::span<double> out) {
        rows(in, row_);
        for (std::size_t s = 0; s < centre_.size(); ++s) {
            out[s] = 0.0;
            if (!used_[s]) continue;
            const auto line = votes_.on_statement(s);
            double sum = 0.0, plain = 0.0;
            for (std::size_t k = 0; k < line.index.size(); ++k) {
                const double y = row_[line.index[k]];
                sum += static_cast<double>(line.value[k]) * y;
                plain += y;
            }
            out[s] = sum - centre_[s] * plain;
        }
    }

    // out = X in; `in` is 0 on statements that are not used
    void rows(std::span<const double> in, std::span<double> out) {
        for (std::size_t s = 0; s < centre_.size(); ++s) shift_[s] = centre_[s] * in[s];
        for (std::size_t r = 0; r < out.size(); ++r) {
            const auto line = votes_.of_rater(r);
            double sum = 0.0;
            for (std::size_t k = 0; k < line.index.size(); ++k) {
                const std::uint32_t s = line.index[k];
                sum += static_cast<double>(line.value[k]) * in[s] - shift_[s];
            }
            out[r] = sum;
        }
    }

private:
    const VoteMatrix& votes_;
    const std::vector<bool>& used_;
    std::span<const double> centre_;
    std::vector<double> shift_, row_;
};

// Krylov basis of X'X, orthonormal to rounding, with its tridiagonal matrix.
class Lanczos {
public:
    Lanczos(Centred& matrix, const std::vector<bool>& used, double trace)
        : matrix_(matrix), used_(used), trace_(trace), work_(used.size()) {}

    // One more vector; false when the whole space is spanned.
    bool step() {
        if (basis_.empty() && !restart()) return false;
        const std::vector<double>& last = basis_.back();
        matrix_.times(last, work_);
        diagonal_.push_back(dot(work_, last));
        orthogonalise();
        const double size = std::sqrt(dot(work_, work_));
        if (size <= kNothing * trace_) {  // invariant: go on in what is left
            beside_.push_back(0.0);
            return restart();
        }
        beside_.push_back(size);
        for (double& x : work_) x /= size;
        basis_.push_back(work_);
        return true;
    }

    std::size_t steps() const noexcept { return diagonal_.size(); }

    struct Ritz {
        std::array<double, 2> value{};
        std::array<double, 2> residual{};
        std::array<Eigen::VectorXd, 2> vector;
    };
    Ritz ritz() const {
        const auto m = static_cast<Eigen::Index>(diagonal_.size());
        Eigen::VectorXd diagonal(m), beside(std::max<Eigen::Index>(m - 1, 0));
        for (Eigen::Index i = 0; i < m; ++i) diagonal[i] = diagonal_[static_cast<std::size_t>(i)];
        for (Eigen::Index i = 0; i + 1 < m; ++i) beside[i] = beside_[static_cast<std::size_t>(i)];
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
        solver.computeFromTridiagonal(diagonal, beside);
        Ritz out;
        for (Eigen::Index c = 0; c < std::min<Eigen::Index>(2, m); ++c) {
            const auto at = static_cast<std::size_t>(c);
            out.value[at] = std::max(0.0, solver.eigenvalues()[m - 1 - c]);
            out.vector[at] = solver.eigenvectors().col(m - 1 - c);
            out.residual[at] = std::abs(beside_.back() * out.vector[at][m - 1]);
        }
        return out;
    }

    std::vector<double> back(const Eigen::VectorXd& small) const {
        std::vector<double> out(used_.size(), 0.0);
        for (std::size_t j = 0; j < static_cast<std::size_t>(small.size()); ++j) {
            const double weight = small[static_cast<Eigen::Index>(j)];
            for (std::size_t s = 0; s < out.size(); ++s) out[s] += weight * basis_[j][s];
        }
        const double size = std::sqrt(dot(out, out));
        for (double& x : out) x /= size;
        return out;
    }

private:
    static double dot(std::span<const double> a, std::span<const double> b) {
        double sum = 0.0;
        for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
        return sum;
    }
    void orthogonalise() {  // twice is enough (Kahan and Parlett)
        for (int pass = 0; pass < 2; ++pass) {
            for (const auto& q : basis_) {
                const double along = dot(work_, q);
                for (std::size_t s = 0; s < work_.size(); ++s) work_[s] -= along * q[s];
            }
        }
    }
    bool restart() {
        const auto free = static_cast<std::size_t>(std::ranges::count(used_, true));
        if (basis_.size() >= free) return false;
        Rng rng(0, basis_.size());
        for (std::size_t s = 0; s < work_.size(); ++s) {
            work_[s] = used_[s] ? rng.next_unit() - 0.5 : 0.0;
        }
        orthogonalise();
        const double size = std::sqrt(dot(work_, work_));
        if (size < 1e-8) return false;
        for (double& x : work_) x /= size;
        basis_.push_back(work_);
        return true;
    }

    Centred& matrix_;
    const std::vector<bool>& used_;
    double trace_;
    std::vector<double> work_;
    std::vector<std::vector<double>> basis_;
    std::vector<double> diagonal_, beside_;
};

void find_components(Centred& matrix, const std::vector<bool>& used, const SpaceOptions& options,
                     OpinionSpace& space) {
    constexpr std::size_t kFirstLook = 12, kLookEvery = 6;
    Lanczos lanczos(matrix, used, space.total);
    bool more = true;
    Lanczos::Ritz ritz;
    while (true) {
        more = lanczos.step();
        const std::size_t steps = lanczos.steps();
        const bool last = !more || steps >= static_cast<std::size_t>(options.most_steps);
        if (!last && (steps < kFirstLook || (steps - kFirstLook) % kLookEvery != 0)) continue;
        if (steps == 0) return;
        ritz = lanczos.ritz();
        const double enough = options.tolerance * ritz.value[0];
        space.converged = !more || (ritz.residual[0] <= enough && ritz.residual[1] <= enough);
        if (last || space.converged) break;
    }
    space.steps = static_cast<int>(lanczos.steps());
    for (std::size_t c = 0; c < 2; ++c) {
        if (!(ritz.value[c] > kNothing * space.total)) continue;
        space.eigenvalue[c] = ritz.value[c];
        std::vector<double> loading = lanczos.back(ritz.vector[c]);
        const auto largest = std::ranges::max_element(
            loading, [](double a, double b) { return std::abs(a) < std::abs(b); });
        if (*largest < 0.0) {
            for (double& x : loading) x = -x;
        }
        space.component[c] = std::move(loading);
    }
}

}  // namespace

OpinionSpace opinion_space(const VoteMatrix& votes, const std::vector<bool>& used,
                           const SpaceOptions& options) {
    const std::size_t statements = votes.statements();
    require(used.size() == statements, "used", "one entry for each statement");
    OpinionSpace space;
    space.centre.assign(statements, 0.0);
    for (auto& component : space.component) component.assign(statements, 0.0);
    for (std::size_t s = 0; s < statements; ++s) {
        const auto line = votes.on_statement(s);
        if (!used[s] || line.index.empty()) continue;
        int sum = 0, squares = 0;
        for (const std::int8_t value : line.value) {
            sum += value;
            squares += value * value;
        }
        const auto n = static_cast<double>(line.index.size());
        space.centre[s] = sum / n;
        space.total += squares - sum * space.centre[s];
    }
    Centred matrix(votes, used, space.centre);
    if (space.total > 0.0) find_components(matrix, used, options, space);

    const auto all = static_cast<double>(
        options.unused_count ? used.size()
                             : static_cast<std::size_t>(std::ranges::count(used, true)));
    const double unused = all - static_cast<double>(std::ranges::count(used, true));
    const auto votes_of = [&](std::size_t r) {
        const auto line = votes.of_rater(r);
        const auto given =
            std::ranges::count_if(line.index, [&](std::uint32_t s) { return used[s]; });
        return static_cast<double>(given) + unused;
    };
    space.rater.assign(votes.raters(), Point{});
    std::vector<double> row(votes.raters());
    for (std::size_t c = 0; c < 2; ++c) {
        matrix.rows(space.component[c], row);
        for (std::size_t r = 0; r < row.size(); ++r) {
            const double n = votes_of(r);
            space.rater[r][c] = n > 0.0 ? std::sqrt(all / n) * row[r] : 0.0;
        }
    }
    space.statement.resize(statements);
    space.extremity.resize(statements);
    for (std::size_t s = 0; s < statements; ++s) {
        const double away = std::sqrt(all) * (1.0 - space.centre[s]);
        space.statement[s] = {away * space.component[0][s], away * space.component[1][s]};
        space.extremity[s] = std::hypot(space.statement[s][0], space.statement[s][1]);
    }
    return space;
}

}  // namespace edgewise::estimate
