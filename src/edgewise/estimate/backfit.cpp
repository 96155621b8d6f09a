#include "edgewise/estimate/backfit.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "edgewise/base/parallel.hpp"

namespace edgewise::estimate {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kMostSweeps = 200;
constexpr double kTolerance = 1e-8;

Index at(std::size_t i) { return static_cast<Index>(i); }

// What an item's judgments, severities taken off, say in sum.
struct ItemSums {
    PerLevel n{}, sum{}, weight{};  // weight: 1 / (1 + cell ratio n)
    double pull = 0.0;              // item ratio / (1 + item ratio sum n weight)
};

class Sweeper {
public:
    Sweeper(const Crossed& design, const Components& c, const Job& job)
        : design_(design),
          job_(job),
          item_(c.item / c.residual),
          rater_(c.rater / c.residual),
          cell_(c.item_by_group / c.residual),
          sd_(std::sqrt(c.rater)),
          severity_(design.level_of.size(), 0.0) {}

    Backfit run();

private:
    ItemSums sums(std::size_t item) const;
    MatrixXd normal_matrix() const;
    PerLevel fixed_given_severities(const Eigen::LDLT<MatrixXd>& factor) const;
    std::vector<double> rater_residuals(const PerLevel& mean) const;
    double update_raters(const std::vector<double>& residuals);

    template <class T, class Map, class Combine>
    T over_items(T initial, Map map, Combine combine) const {
        return parallel_reduce(job_, design_.view->items(), design_.grain(), std::move(initial),
                               map, combine);
    }

    const Crossed& design_;
    const Job& job_;
    double item_, rater_, cell_, sd_;
    std::vector<double> severity_;
};

ItemSums Sweeper::sums(std::size_t item) const {
    ItemSums s;
    const auto raters = design_.view->raters(item);
    const auto utilities = design_.view->utilities(item);
    for (std::size_t k = 0; k < raters.size(); ++k) {
        const std::size_t l = design_.level_of[raters[k]];
        s.n[l] += 1.0;
        s.sum[l] += static_cast<double>(utilities[k]) - severity_[raters[k]];
    }
    double precision = 0.0;
    for (std::size_t l = 0; l < design_.levels(); ++l) {
        s.weight[l] = l == design_.groups ? 1.0 : 1.0 / (1.0 + cell_ * s.n[l]);
        precision += s.n[l] * s.weight[l];
    }
    s.pull = item_ / (1.0 + item_ * precision);
    return s;
}

MatrixXd Sweeper::normal_matrix() const {
    const std::size_t levels = design_.levels();
    MatrixXd zero = MatrixXd::Zero(at(levels), at(levels));
    MatrixXd total = over_items(
        zero,
        [&](std::size_t begin, std::size_t end) {
            MatrixXd part = zero;
            for (std::size_t item = begin; item < end; ++item) {
                if (design_.view->raters(item).empty()) continue;
                const ItemSums s = sums(item);
                for (std::size_t l = 0; l < levels; ++l) {
                    const double nw = s.n[l] * s.weight[l];
                    if (nw == 0.0) continue;
                    part(at(l), at(l)) += nw;
                    for (std::size_t h = 0; h < levels; ++h) {
                        part(at(l), at(h)) -= s.pull * nw * s.n[h] * s.weight[h];
                    }
                }
            }
            return part;
        },
        [](MatrixXd a, const MatrixXd& b) { return MatrixXd(a + b); });
    for (std::size_t l = 0; l < levels; ++l) {
        if (design_.judgments[l] == 0) total(at(l), at(l)) = 1.0;  // an empty level stands alone
    }
    return total;
}

PerLevel Sweeper::fixed_given_severities(const Eigen::LDLT<MatrixXd>& factor) const {
    const std::size_t levels = design_.levels();
    const PerLevel sums_by_level = over_items(
        PerLevel{},
        [&](std::size_t begin, std::size_t end) {
            PerLevel part{};
            for (std::size_t item = begin; item < end; ++item) {
                if (design_.view->raters(item).empty()) continue;
                const ItemSums s = sums(item);
                double weighted = 0.0;
                for (std::size_t l = 0; l < levels; ++l) weighted += s.weight[l] * s.sum[l];
                for (std::size_t l = 0; l < levels; ++l) {
                    part[l] += s.weight[l] * (s.sum[l] - s.pull * s.n[l] * weighted);
                }
            }
            return part;
        },
        [](PerLevel a, const PerLevel& b) {
            for (std::size_t l = 0; l < kMostLevels; ++l) a[l] += b[l];
            return a;
        });
    VectorXd right(at(levels));
    for (std::size_t l = 0; l < levels; ++l) right(at(l)) = sums_by_level[l];
    const VectorXd solved = factor.solve(right);
    PerLevel mean{};
    for (std::size_t l = 0; l < levels; ++l) {
        mean[l] = design_.judgments[l] > 0 ? solved(at(l)) : design_.mean;
    }
    return mean;
}

// Each rater's sum of judgments less item and cell predictions given these fixed effects.
std::vector<double> Sweeper::rater_residuals(const PerLevel& mean) const {
    return over_items(
        std::vector<double>{},
        [&](std::size_t begin, std::size_t end) {
            std::vector<double> part(severity_.size(), 0.0);
            for (std::size_t item = begin; item < end; ++item) {
                const auto raters = design_.view->raters(item);
                const auto utilities = design_.view->utilities(item);
                if (raters.empty()) continue;
                const ItemSums s = sums(item);
                PerLevel predicted{};
                double pulled = 0.0;
                for (std::size_t l = 0; l < design_.levels(); ++l) {
                    predicted[l] = s.sum[l] - s.n[l] * mean[l];
                    pulled += s.weight[l] * predicted[l];
                }
                const double effect = s.pull * pulled;
                for (std::size_t l = 0; l < design_.levels(); ++l) {
                    const double ratio = l == design_.groups ? 0.0 : cell_ * s.weight[l];
                    predicted[l] = effect + ratio * (predicted[l] - s.n[l] * effect);
                }
                for (std::size_t k = 0; k < raters.size(); ++k) {
                    part[raters[k]] +=
                        static_cast<double>(utilities[k]) - predicted[design_.level_of[raters[k]]];
                }
            }
            return part;
        },
        [](std::vector<double> a, const std::vector<double>& b) {
            if (a.empty()) return b;
            for (std::size_t r = 0; r < b.size(); ++r) a[r] += b[r];
            return a;
        });
}

// Fixed effects and severities given items: a one-way layout in each level. Returns the largest
// change.
double Sweeper::update_raters(const std::vector<double>& residuals) {
    PerLevel weights{}, weighted{};
    for (std::size_t r = 0; r < severity_.size(); ++r) {
        const double n = design_.judgments_of[r];
        if (n == 0.0) continue;
        const std::size_t l = design_.level_of[r];
        weights[l] += n / (1.0 + rater_ * n);
        weighted[l] += residuals[r] / (1.0 + rater_ * n);
    }
    double change = 0.0;
    for (std::size_t r = 0; r < severity_.size(); ++r) {
        const double n = design_.judgments_of[r];
        if (n == 0.0) continue;
        const std::size_t l = design_.level_of[r];
        const double fresh =
            rater_ / (1.0 + rater_ * n) * (residuals[r] - n * weighted[l] / weights[l]);
        change = std::max(change, std::abs(fresh - severity_[r]));
        severity_[r] = fresh;
    }
    return change;
}

Backfit Sweeper::run() {
    Backfit out;
    const Eigen::LDLT<MatrixXd> factor(normal_matrix());
    out.mean = fixed_given_severities(factor);
    out.converged = rater_ <= 0.0;
    while (!out.converged && out.iterations < kMostSweeps) {
        const double change = update_raters(rater_residuals(out.mean));
        out.mean = fixed_given_severities(factor);
        out.converged = change <= kTolerance * sd_;
        ++out.iterations;
    }
    out.severity = std::move(severity_);
    return out;
}

}  // namespace

Backfit backfit(const Crossed& design, const Components& components, const Job& job) {
    return Sweeper(design, components, job).run();
}

}  // namespace edgewise::estimate
