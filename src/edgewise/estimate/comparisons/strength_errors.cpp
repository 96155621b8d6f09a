#include "edgewise/estimate/comparisons/strength_errors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include "edgewise/base/require.hpp"
#include "edgewise/estimate/comparisons/model.hpp"

// Bread is the pseudo-inverse of the curvature in all coordinates (strengths, tie, position), so
// that not knowing the tie parameter and the position widens what is said of strengths. A component
// has no scale of its own: adding J / m, the mean of its strengths, to the curvature makes it
// regular there, and centring takes it off again.

namespace edgewise::estimate {
namespace {

using comparisons::Kernel;
using comparisons::Objective;
using comparisons::PairRows;
using Matrix = Eigen::MatrixXd;

Kernel kernel_that_was_fitted(const BradleyTerryFit& fit) {
    const Kernel kernel = comparisons::kernel_of(fit.ties);
    const double plain = kernel == Kernel::rao_kupper ? 1.0 : 0.0;
    return fit.tie_parameter == plain ? Kernel::plain : kernel;
}

// The curvature at the fit, regular where components leave a direction free.
Matrix regular_curvature(const PairRows& rows, const BradleyTerryFit& fit, Kernel kernel) {
    Objective objective(rows, kernel, fit.precision, fit.further_precision);
    const std::size_t n = fit.theta.size();
    std::vector<double> x(fit.theta);
    x.resize(objective.size());
    if (objective.has_tie()) {
        x[objective.tie_at()] = comparisons::tie_coordinate(kernel, fit.tie_parameter);
    }
    if (rows.position) x[objective.position_at()] = fit.position;
    objective.evaluate(x);

    const auto size = static_cast<Eigen::Index>(objective.size());
    Matrix out = Matrix::Zero(size, size);
    for (std::size_t i = 0; i < objective.size(); ++i) {
        const auto at = static_cast<Eigen::Index>(i);
        out(at, at) = objective.diagonal()[i];
    }
    const auto curvature = objective.pair_curvature();
    for (std::uint32_t a = 0; a < n; ++a) {
        for (std::uint32_t k = rows.begin[a]; k < rows.begin[a + std::size_t{1}]; ++k) {
            out(a, rows.other[k]) -= curvature[k];
            out(rows.other[k], a) -= curvature[k];
        }
    }
    for (std::size_t k = 0; k < objective.further(); ++k) {
        const auto row = static_cast<Eigen::Index>(n + k);
        for (std::size_t i = 0; i < n; ++i) {
            const auto column = static_cast<Eigen::Index>(i);
            out(row, column) = out(column, row) = objective.cross(k)[i];
        }
        for (std::size_t l = 0; l < objective.further(); ++l) {
            out(row, static_cast<Eigen::Index>(n + l)) = objective.corner(k, l);
        }
    }
    // J / m, scaled to the size of what is there.
    std::vector<std::vector<Eigen::Index>> members(fit.components);
    for (std::size_t i = 0; i < n; ++i) {
        members[fit.component[i]].push_back(static_cast<Eigen::Index>(i));
    }
    for (const auto& component : members) {
        double scale = 0.0;
        for (const auto i : component) scale += out(i, i);
        const auto m = static_cast<double>(component.size());
        const double part = scale > 0.0 ? scale / (m * m) : 1.0;
        for (const auto i : component) {
            for (const auto j : component) out(i, j) += part;
        }
    }
    return out;
}

// Takes the mean over each component off every column of the first n rows.
void centre_rows(Matrix& values, const BradleyTerryFit& fit) {
    std::vector<double> column(fit.theta.size());
    for (Eigen::Index c = 0; c < values.cols(); ++c) {
        const std::span<double> strengths(values.col(c).data(), fit.theta.size());
        comparisons::centre(strengths, fit.component, fit.components);
    }
}

// Contests in runs of equal cluster.
struct Clusters {
    std::vector<std::uint32_t> order;  // rows
    std::vector<std::uint32_t> begin;  // of each cluster in `order`, and the end
    std::size_t count() const noexcept { return begin.size() - 1; }
};

std::vector<std::uint32_t> sorted_by(std::span<const Id> key, std::span<const std::uint32_t> rows) {
    const Id most = key.empty() ? 0 : *std::ranges::max_element(key);
    std::vector<std::uint32_t> next(std::size_t{most} + 2, 0), out(rows.size());
    for (const std::uint32_t row : rows) ++next[key[row] + std::size_t{1}];
    for (std::size_t k = 1; k < next.size(); ++k) next[k] += next[k - 1];
    for (const std::uint32_t row : rows) out[next[key[row]]++] = row;
    return out;
}

Clusters clusters_of(const Contests& contests, bool by_rater, bool by_case,
                     std::span<const std::uint32_t> rows) {
    Clusters out{.order = {rows.begin(), rows.end()}, .begin = {}};
    if (by_case) out.order = sorted_by(contests.case_, out.order);
    if (by_rater) out.order = sorted_by(contests.rater, out.order);
    const auto same = [&](std::uint32_t a, std::uint32_t b) {
        return (!by_rater || contests.rater[a] == contests.rater[b]) &&
               (!by_case || contests.case_[a] == contests.case_[b]);
    };
    for (std::uint32_t k = 0; k < out.order.size(); ++k) {
        if (k == 0 || !same(out.order[k - 1], out.order[k])) out.begin.push_back(k);
    }
    out.begin.push_back(static_cast<std::uint32_t>(out.order.size()));
    return out;
}

// Scores of single comparisons at the fit.
class Scores {
public:
    Scores(const Contests& contests, const BradleyTerryFit& fit, Kernel kernel)
        : contests_(contests), fit_(fit), kernel_(kernel) {
        if (kernel == Kernel::rao_kupper) {
            const double rest = 1.0 - 1.0 / (fit.tie_parameter * fit.tie_parameter);
            tied_ = 2.0 / rest;
        }
    }
    std::size_t size() const noexcept {
        return fit_.theta.size() + (kernel_ == Kernel::plain ? 0U : 1U) +
               (fit_.position_fitted ? 1U : 0U);
    }
    double weight(std::uint32_t row) const {
        return contests_.weight.empty() ? 1.0 : double{contests_.weight[row]};
    }
    // The slope in d and that in the tie coordinate.
    std::pair<double, double> of(std::uint32_t row) const {
        const double d =
            fit_.theta[contests_.first[row]] - fit_.theta[contests_.second[row]] + fit_.position;
        const Outcome outcome = contests_.outcome[row];
        const auto s = comparisons::slopes_of(kernel_, outcome, std::exp(std::min(0.0, d)),
                                              std::exp(std::min(0.0, -d)), fit_.tie_parameter);
        const bool tie = outcome == Outcome::tie || outcome == Outcome::both_bad;
        return {weight(row) * s.d, weight(row) * (s.tie + (tie ? tied_ : 0.0))};
    }
    bool has_tie() const noexcept { return kernel_ != Kernel::plain; }

private:
    const Contests& contests_;
    const BradleyTerryFit& fit_;
    Kernel kernel_;
    double tied_ = 0.0;  // what only lambda decides of a tie
};

// Sums of outer products of scores, sign x G / (G - 1) times, lower triangle. A cluster that
// touches few coordinates is added where it stands; the others wait until there are enough for a
// product of matrices, which reads the sum once for all of them.
class Meat {
public:
    Meat(const Contests& contests, const BradleyTerryFit& fit, const Scores& scores)
        : contests_(contests),
          fit_(fit),
          scores_(scores),
          size_(static_cast<Eigen::Index>(scores.size())),
          total_(Matrix::Zero(size_, size_)),
          waiting_(Matrix::Zero(size_, kBlock)),
          sum_(scores.size(), 0.0),
          known_(scores.size(), 0) {}

    void add(const Clusters& clusters, double sign, const Job& job) {
        const auto groups = static_cast<double>(clusters.count());
        const double factor = sign * groups / (groups - 1.0);
        for (std::size_t c = 0; c < clusters.count(); ++c) {
            if (c % 1024 == 0) job.check();
            for (std::uint32_t k = clusters.begin[c]; k < clusters.begin[c + 1]; ++k) {
                add_score(clusters.order[k]);
            }
            if (static_cast<Eigen::Index>(touched_.size()) * 8 > size_) {
                for (const auto i : touched_) waiting_(i, filled_) = sum_[place(i)];
                if (++filled_ == kBlock) flush(factor);
            } else {
                for (const auto j : touched_) {
                    double* column = total_.col(j).data();
                    const double own = factor * sum_[place(j)];
                    for (const auto i : touched_) {
                        if (i >= j) column[i] += own * sum_[place(i)];
                    }
                }
            }
            for (const auto i : touched_) {
                sum_[place(i)] = 0.0;
                known_[place(i)] = 0;
            }
            touched_.clear();
        }
        flush(factor);
    }
    Matrix whole() const { return total_.selfadjointView<Eigen::Lower>(); }

private:
    static constexpr Eigen::Index kBlock = 64;
    static std::size_t place(Eigen::Index i) { return static_cast<std::size_t>(i); }

    void add_score(std::uint32_t row) {
        const auto [d, tie] = scores_.of(row);
        add_to(contests_.first[row], d);
        add_to(contests_.second[row], -d);
        if (scores_.has_tie()) add_to(static_cast<Eigen::Index>(fit_.theta.size()), tie);
        if (fit_.position_fitted) add_to(size_ - 1, d);
    }
    void add_to(Eigen::Index i, double part) {
        sum_[place(i)] += part;
        if (known_[place(i)] == 0) touched_.push_back(i);
        known_[place(i)] = 1;
    }
    void flush(double factor) {
        if (filled_ == 0) return;
        total_.selfadjointView<Eigen::Lower>().rankUpdate(waiting_.leftCols(filled_), factor);
        waiting_.setZero();
        filled_ = 0;
    }

    const Contests& contests_;
    const BradleyTerryFit& fit_;
    const Scores& scores_;
    Eigen::Index size_;
    Matrix total_, waiting_;
    Eigen::Index filled_ = 0;
    std::vector<double> sum_;
    std::vector<std::uint8_t> known_;
    std::vector<Eigen::Index> touched_;
};

Covariance undefined(ErrorKind kind, std::uint64_t clusters, std::string why) {
    Covariance out;
    out.kind = kind;
    out.clusters = clusters;
    out.why = std::move(why);
    return out;
}

// Negative eigenvalues, which a difference of matrices may have, become 0. Whether there are any is
// told by Cholesky's factor, at a thirtieth of the cost.
bool make_positive(Matrix& values) {
    const double scale = values.diagonal().cwiseAbs().maxCoeff();
    Matrix lifted = values;
    lifted.diagonal().array() += 1e-9 * scale;
    if (Eigen::LLT<Matrix>(lifted).info() == Eigen::Success) return false;
    const Eigen::SelfAdjointEigenSolver<Matrix> parts(values);
    const Eigen::VectorXd kept = parts.eigenvalues().cwiseMax(0.0);
    values = parts.eigenvectors() * kept.asDiagonal() * parts.eigenvectors().transpose();
    return true;
}

Covariance finish(ErrorKind kind, const Matrix& values, std::uint64_t clusters, std::string why) {
    Covariance out;
    out.kind = kind;
    out.defined = true;
    out.clusters = clusters;
    out.why = std::move(why);
    const Matrix even = 0.5 * (values + values.transpose());
    out.values.assign(even.data(), even.data() + even.size());
    for (Eigen::Index i = 0; i < even.rows(); ++i) {
        out.se.push_back(std::sqrt(std::max(0.0, even(i, i))));
    }
    return out;
}

}  // namespace

std::string_view name_of(ErrorKind kind) noexcept {
    switch (kind) {
        case ErrorKind::fisher:
            return "fisher";
        case ErrorKind::sandwich_rater:
            return "sandwich_rater";
        case ErrorKind::sandwich_case:
            return "sandwich_case";
        case ErrorKind::sandwich_two_way:
            return "sandwich_two_way";
    }
    return "";
}

Covariance covariance(const Contests& contests, const PairCounts& pairs, const BradleyTerryFit& fit,
                      const BradleyTerryOptions& options, ErrorKind kind, const Job& job) {
    require(fit.theta.size() == pairs.contenders, "fit", "a fit of these pairs");
    require(fit.theta.size() == contests.contenders(), "contests", "those of the fit");
    if (fit.comparisons <= 0.0) return undefined(kind, 0, "nothing was compared");

    // Rows that entered the fit.
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < contests.size(); ++row) {
        const Outcome outcome = contests.outcome[row];
        const bool tie = outcome == Outcome::tie || outcome == Outcome::both_bad;
        if (tie && fit.ties == TieModel::none) continue;
        if (outcome == Outcome::both_bad && options.both_bad == BothBad::left_out) continue;
        if (!contests.weight.empty() && contests.weight[row] == 0.0F) continue;
        rows.push_back(row);
    }
    struct Part {
        bool by_rater, by_case;
        double sign;
    };
    std::vector<Part> parts;
    const bool two_way = kind == ErrorKind::sandwich_two_way;
    if (kind == ErrorKind::sandwich_rater || two_way) parts.push_back({true, false, 1.0});
    if (kind == ErrorKind::sandwich_case || two_way) parts.push_back({false, true, 1.0});
    if (two_way) parts.push_back({true, true, -1.0});

    std::vector<Clusters> clusters;
    std::uint64_t least =
        kind == ErrorKind::fisher ? rows.size() : std::numeric_limits<std::uint64_t>::max();
    for (const Part& part : parts) {
        const bool known = (!part.by_rater || contests.rater.size() == contests.size()) &&
                           (!part.by_case || contests.case_.size() == contests.size());
        require(known, "contests", "a rater and a case for each comparison");
        clusters.push_back(clusters_of(contests, part.by_rater, part.by_case, rows));
        least = std::min<std::uint64_t>(least, clusters.back().count());
        if (clusters.back().count() >= 2) continue;
        return undefined(
            kind, least,
            fmt::format("all comparisons are of one {}: nothing tells how much {}s "
                        "differ",
                        part.by_rater ? "rater" : "case", part.by_rater ? "rater" : "case"));
    }
    const Kernel kernel = kernel_that_was_fitted(fit);
    const PairRows counted =
        comparisons::pair_rows(pairs, fit.position_fitted, comparisons::ties_of(fit.ties),
                               options.both_bad == BothBad::left_out);
    job.check();
    const Eigen::LDLT<Matrix> factors(regular_curvature(counted, fit, kernel));
    const auto n = static_cast<Eigen::Index>(fit.theta.size());
    const auto size = static_cast<Eigen::Index>(Scores(contests, fit, kernel).size());
    Matrix bread = factors.solve(Matrix::Identity(size, size));
    if (!bread.allFinite()) {
        return undefined(kind, least, "the information is singular at the fit");
    }
    centre_rows(bread, fit);
    Matrix values;
    std::string why;
    if (kind == ErrorKind::fisher) {
        values = bread.topLeftCorner(n, n).transpose();
        centre_rows(values, fit);
    } else {
        const Scores scores(contests, fit, kernel);
        Meat meat(contests, fit, scores);
        for (std::size_t k = 0; k < parts.size(); ++k) meat.add(clusters[k], parts[k].sign, job);
        job.check();
        values = bread.topRows(n) * meat.whole() * bread.topRows(n).transpose();
        if (two_way && make_positive(values)) {
            why =
                "raters and cases together gave negative variances in some directions; they "
                "were set to 0";
        }
    }
    return finish(kind, values, least, std::move(why));
}

}  // namespace edgewise::estimate
