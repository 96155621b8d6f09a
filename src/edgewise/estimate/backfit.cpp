#include "edgewise/estimate/backfit.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <type_traits>

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

// What an item's judgments by raters of one level say in sum, severities taken off.
struct LevelSums {
    std::size_t level;
    double n, sum;
    double weight;  // 1 / (1 + cell ratio n)
};

// One item's, with the levels that judged it, ascending. Most items have judgments of few levels,
// so that nothing is done for the others; not initialised, since it is filled for every item.
struct ItemSums {
    std::array<LevelSums, kMostLevels> all;
    std::size_t count;
    double pull;  // item ratio / (1 + item ratio sum n weight)

    std::span<const LevelSums> levels() const noexcept { return {all.data(), count}; }
};

template <bool kWeighted>
class Sweeper {
    // Counts as whole numbers where they are, which is faster.
    using Amount = std::conditional_t<kWeighted, double, std::uint32_t>;

public:
    Sweeper(const Crossed& design, const Components& c, const Job& job)
        : design_(design),
          job_(job),
          item_(c.item / c.residual),
          rater_(c.rater / c.residual),
          cell_(c.item_by_group / c.residual),
          sd_(std::sqrt(c.rater)),
          severity_(design.level_of.size(), 0.0) {
        if constexpr (kWeighted) return;
        weight_.reserve(design.most_per_cell + 1);
        for (std::uint64_t n = 0; n <= design.most_per_cell; ++n) {
            weight_.push_back(1.0 / (1.0 + cell_ * static_cast<double>(n)));
        }
    }

    Backfit run();

private:
    double weight(std::size_t level, Amount n) const;
    // Of the judgment at a place of the view.
    double counts(std::size_t at) const {
        return kWeighted ? static_cast<double>(design_.weight[at]) : 1.0;
    }
    void sums(std::size_t item, ItemSums& s) const;
    void sums_of_several(std::size_t item, ItemSums& s) const;
    MatrixXd normal_matrix() const;
    PerLevel fixed_given_severities(const Eigen::LDLT<MatrixXd>& factor) const;
    std::vector<double> rater_residuals(const PerLevel& mean) const;
    // What the rater's prior is held against: the sum of weights over their mean. That is the
    // count, however uneven they are, so that the two halves of a sweep descend on one objective.
    double prior_counts(std::size_t rater) const {
        return static_cast<double>(design_.judgments_of[rater]);
    }
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
    std::vector<double> weight_;  // 1 / (1 + cell ratio n), by n where that is a count
};

template <bool kWeighted>
double Sweeper<kWeighted>::weight(std::size_t level, Amount n) const {
    if (level == design_.groups) return 1.0;
    if constexpr (kWeighted)
        return 1.0 / (1.0 + cell_ * n);
    else
        return weight_[n];
}

// An item of one judgment, the usual one where ratings are sparse, takes no accumulators.
template <bool kWeighted>
void Sweeper<kWeighted>::sums(std::size_t item, ItemSums& s) const {
    const std::size_t begin = design_.view->begin[item];
    if (design_.view->begin[item + 1] - begin != 1) {
        sums_of_several(item, s);
    } else {
        const Id rater = design_.view->rater[begin];
        const std::size_t level = design_.level_of[rater];
        const double value = static_cast<double>(design_.view->utility[begin]) - severity_[rater];
        const double n = counts(begin);
        s.all[0] = {level, n, n * value, weight(level, static_cast<Amount>(n))};
        s.count = 1;
    }
    double precision = 0.0;
    for (const LevelSums& l : s.levels()) precision += l.n * l.weight;
    s.pull = item_ / (1.0 + item_ * precision);
}

template <bool kWeighted>
void Sweeper<kWeighted>::sums_of_several(std::size_t item, ItemSums& s) const {
    const auto raters = design_.view->raters(item);
    const auto utilities = design_.view->utilities(item);
    const std::size_t levels = design_.levels();
    std::array<Amount, kMostLevels> n;
    PerLevel sum;
    std::fill_n(n.begin(), levels, Amount{});
    std::fill_n(sum.begin(), levels, 0.0);
    for (std::size_t k = 0; k < raters.size(); ++k) {
        const std::size_t level = design_.level_of[raters[k]];
        const double w = counts(design_.view->begin[item] + k);
        n[level] += static_cast<Amount>(w);
        sum[level] += w * (static_cast<double>(utilities[k]) - severity_[raters[k]]);
    }
    s.count = 0;
    for (std::size_t level = 0; level < levels; ++level) {
        if (n[level] == Amount{}) continue;
        s.all[s.count++] = {level, static_cast<double>(n[level]), sum[level],
                            weight(level, n[level])};
    }
}

template <bool kWeighted>
MatrixXd Sweeper<kWeighted>::normal_matrix() const {
    const std::size_t levels = design_.levels();
    MatrixXd zero = MatrixXd::Zero(at(levels), at(levels));
    MatrixXd total = over_items(
        zero,
        [&](std::size_t begin, std::size_t end) {
            MatrixXd part = zero;
            ItemSums s;
            for (std::size_t item = begin; item < end; ++item) {
                sums(item, s);
                for (const LevelSums& l : s.levels()) {
                    const double nw = l.n * l.weight;
                    part(at(l.level), at(l.level)) += nw;
                    for (const LevelSums& h : s.levels()) {
                        part(at(l.level), at(h.level)) -= s.pull * nw * h.n * h.weight;
                    }
                }
            }
            return part;
        },
        [](const MatrixXd& a, const MatrixXd& b) { return MatrixXd(a + b); });
    for (std::size_t l = 0; l < levels; ++l) {
        if (design_.judgments[l] == 0) total(at(l), at(l)) = 1.0;  // an empty level stands alone
    }
    return total;
}

template <bool kWeighted>
PerLevel Sweeper<kWeighted>::fixed_given_severities(const Eigen::LDLT<MatrixXd>& factor) const {
    const std::size_t levels = design_.levels();
    const PerLevel sums_by_level = over_items(
        PerLevel{},
        [&](std::size_t begin, std::size_t end) {
            PerLevel part{};
            ItemSums s;
            for (std::size_t item = begin; item < end; ++item) {
                sums(item, s);
                double weighted = 0.0;
                for (const LevelSums& l : s.levels()) weighted += l.weight * l.sum;
                for (const LevelSums& l : s.levels()) {
                    part[l.level] += l.weight * (l.sum - s.pull * l.n * weighted);
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
template <bool kWeighted>
std::vector<double> Sweeper<kWeighted>::rater_residuals(const PerLevel& mean) const {
    return over_items(
        std::vector<double>{},
        [&](std::size_t begin, std::size_t end) {
            std::vector<double> part(severity_.size(), 0.0);
            ItemSums s;
            PerLevel predicted{};  // the item's and the cell's effect
            for (std::size_t item = begin; item < end; ++item) {
                const auto raters = design_.view->raters(item);
                const auto utilities = design_.view->utilities(item);
                sums(item, s);
                double pulled = 0.0;
                for (const LevelSums& l : s.levels()) {
                    predicted[l.level] = l.sum - l.n * mean[l.level];
                    pulled += l.weight * predicted[l.level];
                }
                const double effect = s.pull * pulled;
                for (const LevelSums& l : s.levels()) {
                    const double ratio = l.level == design_.groups ? 0.0 : cell_ * l.weight;
                    predicted[l.level] = effect + ratio * (predicted[l.level] - l.n * effect);
                }
                for (std::size_t k = 0; k < raters.size(); ++k) {
                    part[raters[k]] += counts(design_.view->begin[item] + k) *
                                       (static_cast<double>(utilities[k]) -
                                        predicted[design_.level_of[raters[k]]]);
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
template <bool kWeighted>
double Sweeper<kWeighted>::update_raters(const std::vector<double>& residuals) {
    PerLevel weights{}, weighted{};
    for (std::size_t r = 0; r < severity_.size(); ++r) {
        const double n = prior_counts(r);
        if (n == 0.0) continue;
        const std::size_t l = design_.level_of[r];
        weights[l] += design_.amount_by(r) / (1.0 + rater_ * n);
        weighted[l] += residuals[r] / (1.0 + rater_ * n);
    }
    double change = 0.0;
    for (std::size_t r = 0; r < severity_.size(); ++r) {
        const double n = prior_counts(r);
        if (n == 0.0) continue;
        const std::size_t l = design_.level_of[r];
        const double fresh = rater_ / (1.0 + rater_ * n) *
                             (residuals[r] / design_.mean_weight(r) - n * weighted[l] / weights[l]);
        change = std::max(change, std::abs(fresh - severity_[r]));
        severity_[r] = fresh;
    }
    return change;
}

template <bool kWeighted>
Backfit Sweeper<kWeighted>::run() {
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
    return design.weighted() ? Sweeper<true>(design, components, job).run()
                             : Sweeper<false>(design, components, job).run();
}

}  // namespace edgewise::estimate
