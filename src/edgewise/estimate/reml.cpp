#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include <Eigen/Dense>

#include "edgewise/estimate/minimise.hpp"
#include "edgewise/estimate/variance_components.hpp"

// With H = I + sum of ratio_k Z_k Z_k' (ratio: variance over the residual's), X the levels'
// indicators and r2 the generalised residual sum of squares,
//     -2 log REML = log|H| + log|X'H^-1 X| + (n - p) (1 + log(2 pi r2 / (n - p))).
// One side of the crossing is integrated out in closed form (H1, block diagonal), the other is kept
// in a dense matrix M = I + S K S with K = Z'H1^-1 Z and S the kept ratios' square roots:
//     log|H| = log|H1| + log|M|,    Q'H^-1 Q = Q'H1^-1 Q - T' S M^-1 S T,    T = Z'H1^-1 Q,
// for Q = [X y]. The full likelihood lacks log|X'H^-1 X| and has n for n - p.

namespace edgewise::estimate {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

constexpr std::size_t kMostKept = 600;
constexpr double kMostRatio = 300.0;  // of standard deviations: beyond, the residual is nothing

Index at(std::size_t i) { return static_cast<Index>(i); }

struct Judgment {
    std::uint32_t other;  // the rater where judgments lie by item; the item where by rater
    std::uint32_t cell;   // by rater only
    std::uint8_t level;
    double y;  // centred
};

struct Ratios {
    double item, rater, cell;  // variances
};

// What is left of the problem once the closed-form side is out.
struct Reduced {
    MatrixXd inner;  // K, lower triangle
    MatrixXd cross;  // T, with y in the last column
    MatrixXd outer;  // Q'H1^-1 Q
    double log_det = 0.0;
};

class Problem {
public:
    explicit Problem(const Crossed& design);
    // The criterion; `residual` receives r2 / (n - p).
    double criterion(const Ratios& ratios, Likelihood likelihood, double* residual = nullptr) const;

private:
    Reduced keep_raters(const Ratios& ratios) const;
    Reduced keep_items(const Ratios& ratios) const;
    std::size_t columns() const { return levels_ + 1; }

    std::vector<std::size_t> begin_;  // of each item's, or each rater's, judgments
    std::vector<Judgment> judgments_;
    std::size_t items_ = 0, raters_ = 0, cells_ = 0, levels_ = 0;
    std::size_t no_group_ = 0;  // column of the level without a group; levels_ if there is none
    bool raters_kept_ = true;
};

Problem::Problem(const Crossed& design) {
    std::array<std::uint8_t, kMostLevels> column{};
    for (std::size_t l = 0; l < design.levels(); ++l) {
        column[l] = static_cast<std::uint8_t>(levels_);
        levels_ += design.judgments[l] > 0;
    }
    no_group_ = design.judgments[design.groups] > 0 ? levels_ - 1 : levels_;
    std::vector<std::uint32_t> rater_index(design.judgments_of.size());
    for (std::size_t r = 0; r < rater_index.size(); ++r) {
        rater_index[r] = static_cast<std::uint32_t>(raters_);
        raters_ += design.judgments_of[r] > 0;
    }
    items_ = design.items;
    cells_ = design.cells;
    raters_kept_ = raters_ <= items_ + cells_;

    std::vector<std::vector<Judgment>> rows(raters_kept_ ? items_ : raters_);
    std::uint32_t item_index = 0, cell_index = 0;
    for (std::size_t item = 0; item < design.view->items(); ++item) {
        const auto raters = design.view->raters(item);
        const auto utilities = design.view->utilities(item);
        if (raters.empty()) continue;
        std::array<std::uint32_t, kMostLevels> cell{};
        for (const Id r : raters) cell[design.level_of[r]] = 1;
        for (std::size_t g = 0; g < design.groups; ++g) {
            if (cell[g] != 0) cell[g] = cell_index++;
        }
        for (std::size_t k = 0; k < raters.size(); ++k) {
            const std::size_t l = design.level_of[raters[k]];
            const std::uint32_t r = rater_index[raters[k]];
            const double y = static_cast<double>(utilities[k]) - design.mean;
            rows[raters_kept_ ? item_index : r].push_back(
                {raters_kept_ ? r : item_index, cell[l], column[l], y});
        }
        ++item_index;
    }
    begin_.push_back(0);
    for (const auto& row : rows) {
        judgments_.insert(judgments_.end(), row.begin(), row.end());
        begin_.push_back(judgments_.size());
    }
}

// Items and cells out. An item's H1 is I + cell J within groups + item J; its inverse is
// A - k (A1)(A1)', A = I - c_g J within groups, A1 = w_g = 1 / (1 + cell n_g).
Reduced Problem::keep_raters(const Ratios& ratios) const {
    Reduced out{MatrixXd::Zero(at(raters_), at(raters_)),
                MatrixXd::Zero(at(raters_), at(columns())),
                MatrixXd::Zero(at(columns()), at(columns()))};
    const std::size_t y_column = levels_;
    for (std::size_t item = 0; item < items_; ++item) {
        PerLevel n{}, sum{}, weight{}, shrink{};
        double squares = 0.0;
        for (std::size_t k = begin_[item]; k < begin_[item + 1]; ++k) {
            n[judgments_[k].level] += 1.0;
            sum[judgments_[k].level] += judgments_[k].y;
            squares += judgments_[k].y * judgments_[k].y;
        }
        double precision = 0.0, weighted = 0.0;
        for (std::size_t l = 0; l < levels_; ++l) {
            const double ratio = l == no_group_ ? 0.0 : ratios.cell;
            weight[l] = 1.0 / (1.0 + ratio * n[l]);
            shrink[l] = ratio * weight[l];
            precision += n[l] * weight[l];
            weighted += weight[l] * sum[l];
            squares -= shrink[l] * sum[l] * sum[l];
            out.log_det -= std::log(weight[l]);
        }
        const double pull = ratios.item / (1.0 + ratios.item * precision);
        out.log_det += std::log1p(ratios.item * precision);
        for (std::size_t l = 0; l < levels_; ++l) {
            if (n[l] == 0.0) continue;
            const double nw = n[l] * weight[l];
            out.outer(at(l), at(l)) += nw;
            for (std::size_t h = 0; h < levels_; ++h) {
                out.outer(at(l), at(h)) -= pull * nw * n[h] * weight[h];
            }
            out.outer(at(l), at(y_column)) += weight[l] * sum[l] - pull * nw * weighted;
        }
        out.outer(at(y_column), at(y_column)) += squares - pull * weighted * weighted;
        for (std::size_t k = begin_[item]; k < begin_[item + 1]; ++k) {
            const Judgment& one = judgments_[k];
            const double w = weight[one.level];
            const Index row = at(one.other);
            out.inner(row, row) += 1.0;
            for (std::size_t j = k; j < begin_[item + 1]; ++j) {  // raters ascend: lower triangle
                const Judgment& two = judgments_[j];
                const double same = one.level == two.level ? shrink[one.level] : 0.0;
                out.inner(at(two.other), row) -= same + pull * w * weight[two.level];
            }
            // A rater's second judgment of the item, if any, stands on both sides of the diagonal.
            for (std::size_t j = k + 1; j < begin_[item + 1] && judgments_[j].other == one.other;
                 ++j) {
                out.inner(row, row) -= shrink[one.level] + pull * w * w;
            }
            out.cross(row, at(one.level)) += w;
            for (std::size_t h = 0; h < levels_; ++h) {
                out.cross(row, at(h)) -= pull * w * n[h] * weight[h];
            }
            out.cross(row, at(y_column)) +=
                one.y - shrink[one.level] * sum[one.level] - pull * w * weighted;
        }
    }
    for (std::size_t l = 0; l < levels_; ++l) {
        out.outer(at(y_column), at(l)) = out.outer(at(l), at(y_column));
    }
    return out;
}

// Raters out: H1 is I + rater J for each, with inverse I - d J. Kept: items, then cells.
Reduced Problem::keep_items(const Ratios& ratios) const {
    const std::size_t kept = items_ + (ratios.cell > 0.0 ? cells_ : 0);
    Reduced out{MatrixXd::Zero(at(kept), at(kept)), MatrixXd::Zero(at(kept), at(columns())),
                MatrixXd::Zero(at(columns()), at(columns()))};
    const std::size_t y_column = levels_;
    const auto cell_row = [&](const Judgment& j) { return at(items_ + j.cell); };
    for (std::size_t rater = 0; rater < raters_; ++rater) {
        const std::size_t begin = begin_[rater], end = begin_[rater + 1];
        const auto n = static_cast<double>(end - begin);
        double sum = 0.0, squares = 0.0;
        for (std::size_t k = begin; k < end; ++k) {
            sum += judgments_[k].y;
            squares += judgments_[k].y * judgments_[k].y;
        }
        const double weight = 1.0 / (1.0 + ratios.rater * n);
        const double shrink = ratios.rater * weight;
        const std::size_t level = judgments_[begin].level;
        const bool with_cells = ratios.cell > 0.0 && level != no_group_;
        out.log_det -= std::log(weight);
        out.outer(at(level), at(level)) += n * weight;
        out.outer(at(level), at(y_column)) += sum * weight;
        out.outer(at(y_column), at(y_column)) += squares - shrink * sum * sum;
        for (std::size_t k = begin; k < end; ++k) {
            const Judgment& one = judgments_[k];
            const Index row = at(one.other);
            const double y = one.y - shrink * sum;
            out.cross(row, at(level)) += weight;
            out.cross(row, at(y_column)) += y;
            out.inner(row, row) += 1.0;
            if (with_cells) {
                const Index cell = cell_row(one);
                out.cross(cell, at(level)) += weight;
                out.cross(cell, at(y_column)) += y;
                out.inner(cell, cell) += 1.0;
                out.inner(cell, row) += 1.0;
            }
            for (std::size_t j = begin; j < end; ++j) {
                const Judgment& two = judgments_[j];
                if (two.other >= one.other) out.inner(at(two.other), row) -= shrink;
                if (!with_cells) continue;
                out.inner(cell_row(two), row) -= shrink;
                if (two.cell >= one.cell) out.inner(cell_row(two), cell_row(one)) -= shrink;
            }
        }
    }
    for (std::size_t l = 0; l < levels_; ++l) {
        out.outer(at(y_column), at(l)) = out.outer(at(l), at(y_column));
    }
    return out;
}

double Problem::criterion(const Ratios& ratios, Likelihood likelihood, double* residual) const {
    Reduced part = raters_kept_ ? keep_raters(ratios) : keep_items(ratios);
    const Index kept = part.inner.rows();
    const Index split = raters_kept_ ? kept : at(items_);
    const double first = std::sqrt(raters_kept_ ? ratios.rater : ratios.item);
    const double second = std::sqrt(ratios.cell);
    const auto scale = [&](Index i) { return i < split ? first : second; };
    for (Index j = 0; j < kept; ++j) {
        for (Index i = j; i < kept; ++i) part.inner(i, j) *= scale(i) * scale(j);
        part.inner(j, j) += 1.0;
        part.cross.row(j) *= scale(j);
    }
    const Eigen::LLT<Eigen::Ref<MatrixXd>, Eigen::Lower> factor(part.inner);
    double log_det = part.log_det;
    for (Index j = 0; j < kept; ++j) log_det += 2.0 * std::log(part.inner(j, j));
    factor.matrixL().solveInPlace(part.cross);
    part.outer -= part.cross.transpose() * part.cross;

    const Index p = at(levels_);
    const MatrixXd fixed = part.outer.topLeftCorner(p, p);
    const Eigen::LLT<MatrixXd> fixed_factor(fixed);
    Eigen::VectorXd projected = part.outer.col(p).head(p);
    fixed_factor.matrixL().solveInPlace(projected);
    const bool restricted = likelihood == Likelihood::restricted;
    for (Index l = 0; l < p && restricted; ++l) {
        log_det += 2.0 * std::log(fixed_factor.matrixLLT()(l, l));
    }
    const auto freedom = static_cast<double>(judgments_.size() - (restricted ? levels_ : 0));
    const double squares = std::max(part.outer(p, p) - projected.squaredNorm(), 1e-300);
    if (residual != nullptr) *residual = squares / freedom;
    return log_det + freedom * (1.0 + std::log(2.0 * std::numbers::pi * squares / freedom));
}

// The free relative standard deviations, in the order item, rater, cell.
struct Free {
    std::array<bool, 3> is{};

    Ratios ratios(std::span<const double> x) const {
        std::array<double, 3> variance{};
        std::size_t next = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            if (!is[k]) continue;
            // The criterion is even in each: a step across zero is a step back up the other side.
            const double sd = std::min(std::abs(x[next++]), kMostRatio);
            variance[k] = sd * sd;
        }
        return {variance[0], variance[1], variance[2]};
    }
};

}  // namespace

bool reml_is_affordable(const Crossed& design) {
    std::uint64_t raters = 0;
    for (const std::uint64_t n : design.raters) raters += n;
    return std::min(raters, design.items + design.cells) <= kMostKept;
}

double reml_criterion(const Crossed& design, double item, double rater, double item_by_group,
                      double* residual) {
    return Problem(design).criterion({item * item, rater * rater, item_by_group * item_by_group},
                                     Likelihood::restricted, residual);
}

Reml reml(const Crossed& design, bool cells, const Job& job, Likelihood likelihood) {
    const Problem problem(design);
    const Estimable can = estimable(design);
    Free free{{can.item, can.rater, cells && can.item_by_group}};
    const Components start = moment_components(design, job);
    const std::array<double, 3> guess = {start.item, start.rater, start.item_by_group};
    std::vector<double> x;
    for (std::size_t k = 0; k < 3; ++k) {
        if (free.is[k]) {
            x.push_back(std::clamp(std::sqrt(guess[k] / start.residual), 0.1, 30.0));
        }
    }
    const auto criterion = [&](std::span<const double> sd) {
        return problem.criterion(free.ratios(sd), likelihood);
    };
    Minimum best = minimise(criterion, x, job);
    int iterations = best.iterations;
    // Zero is where half of all real components lie. Newton comes near it; this makes it exact, and
    // leaves a false rest at zero (the slope there is always nought) if there is a way down.
    for (std::size_t k = 0; k < best.x.size(); ++k) {
        if (std::abs(best.x[k]) > 0.05) continue;
        std::vector<double> zero = best.x, away = best.x;
        zero[k] = 0.0;
        away[k] = 0.1;
        if (const double value = criterion(zero); value <= best.value + 1e-7) {
            best.x = zero;
            best.value = value;
        }
        if (criterion(away) < best.value - 1e-7) {
            best = minimise(criterion, away, job);
            iterations += best.iterations;
        }
    }
    Reml out{.iterations = iterations, .converged = best.converged};
    const Ratios ratios = free.ratios(best.x);
    out.log_likelihood = -0.5 * problem.criterion(ratios, likelihood, &out.components.residual);
    out.components.item = ratios.item * out.components.residual;
    out.components.rater = ratios.rater * out.components.residual;
    out.components.item_by_group = ratios.cell * out.components.residual;
    return out;
}

}  // namespace edgewise::estimate
