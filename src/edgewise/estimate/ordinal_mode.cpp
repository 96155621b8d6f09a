#include "edgewise/estimate/ordinal_mode.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <Eigen/Dense>

#include "edgewise/base/parallel.hpp"

namespace edgewise::estimate {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kMostSweeps = 300;
constexpr double kTolerance = 1e-6;  // logits
constexpr double kLongestStep = 4.0;
constexpr double kFarthest = 40.0;

Index at(std::size_t i) { return static_cast<Index>(i); }

// The quadratic that one level's judgments of an item make of mu + item + cell.
struct Quadratic {
    double n = 0.0;    // curvature
    double sum = 0.0;  // curvature times where its top would be
};

struct Fixed {
    MatrixXd matrix;
    VectorXd right;
};

struct ByRater {
    std::vector<double> slope, curvature;
    double change = 0.0;
};

class Climber {
public:
    Climber(const OrdinalDesign& design, const OrdinalComponents& components, const Job& job);
    OrdinalMode run();

private:
    double ratio(std::size_t level) const {
        return level == crossed_.groups ? 0.0 : components_.item_by_group;
    }
    void linearise(std::size_t item);
    void add_fixed(std::size_t item, Fixed& part) const;
    double solve_fixed();
    double update_item(std::size_t item);
    void add_raters(std::size_t item, ByRater& part) const;
    double update_raters(const ByRater& sums);
    std::span<OrdinalMode::Cell> cells(std::size_t item) {
        return std::span(mode_.cell)
            .subspan(mode_.begin[item], mode_.begin[item + 1] - mode_.begin[item]);
    }
    OrdinalSlope slope(std::size_t k, double exp_base) const {
        const std::uint8_t c = design_.category[k];
        return ordinal_slope(exp_cut_[c + std::size_t{1}], exp_cut_[c],
                             exp_base * exp_severity_[crossed_.view->rater[k]]);
    }

    const OrdinalDesign& design_;
    const Crossed& crossed_;
    const OrdinalComponents& components_;
    const Job& job_;
    std::vector<double> exp_cut_, exp_severity_;
    std::vector<Quadratic> quadratic_;  // beside mode_.cell
    double caution_ = 1.0;              // at least 1
    OrdinalMode mode_;
};

Climber::Climber(const OrdinalDesign& design, const OrdinalComponents& components, const Job& job)
    : design_(design),
      crossed_(*design.crossed),
      components_(components),
      job_(job),
      exp_cut_(exp_cuts(components.cuts)),
      exp_severity_(crossed_.level_of.size(), 1.0) {
    mode_.mean = components.mean;
    mode_.severity.assign(crossed_.level_of.size(), 0.0);
    mode_.information.assign(crossed_.level_of.size(), 0.0);
    mode_.doubt.assign(crossed_.level_of.size(), components.rater);
    mode_.item.assign(crossed_.view->items(), 0.0);
    mode_.begin.assign(1, 0);
    mode_.begin.reserve(crossed_.view->items() + 1);
    for (std::size_t item = 0; item < crossed_.view->items(); ++item) {
        std::array<bool, kMostLevels> here{};
        for (const Id r : crossed_.view->raters(item)) here[crossed_.level_of[r]] = true;
        for (std::uint32_t l = 0; l < crossed_.levels(); ++l) {
            if (here[l]) mode_.cell.push_back({0.0, 0.0, l});
        }
        mode_.begin.push_back(static_cast<std::uint32_t>(mode_.cell.size()));
    }
    quadratic_.resize(mode_.cell.size());
}

// Quadratics of an item's levels at the present effects.
void Climber::linearise(std::size_t item) {
    PerLevel exp_base, variance, n, slope_sum;
    for (const OrdinalMode::Cell& c : cells(item)) {
        exp_base[c.level] = std::exp(mode_.mean[c.level] + mode_.item[item] + c.effect);
        variance[c.level] = c.variance;
        n[c.level] = slope_sum[c.level] = 0.0;
    }
    for (std::size_t k = crossed_.view->begin[item]; k < crossed_.view->begin[item + 1]; ++k) {
        const Id r = crossed_.view->rater[k];
        const std::size_t l = crossed_.level_of[r];
        const OrdinalSlope s = slope(k, exp_base[l]);
        const double w = design_.weight(k);
        n[l] += w * s.curvature;
        slope_sum[l] += w * s.expected(variance[l] + mode_.doubt[r]);
    }
    for (std::size_t c = mode_.begin[item]; c < mode_.begin[item + 1]; ++c) {
        const std::size_t l = mode_.cell[c].level;
        const double here = mode_.mean[l] + mode_.item[item] + mode_.cell[c].effect;
        // Far from the cuts the curvature vanishes faster than the slope, and a Newton step goes
        // too far; where steps do not die down, more curvature shortens them and moves no rest.
        n[l] *= caution_;
        quadratic_[c] = {n[l], n[l] * here + slope_sum[l]};
    }
}

// As backfit.cpp: what is left of mu's normal equations when the item and its cells are out.
void Climber::add_fixed(std::size_t item, Fixed& part) const {
    const std::size_t begin = mode_.begin[item], end = mode_.begin[item + 1];
    PerLevel weight;
    double precision = 0.0, weighted = 0.0;
    for (std::size_t c = begin; c < end; ++c) {
        const std::size_t l = mode_.cell[c].level;
        weight[l] = 1.0 / (1.0 + ratio(l) * quadratic_[c].n);
        precision += quadratic_[c].n * weight[l];
        weighted += weight[l] * quadratic_[c].sum;
    }
    const double pull = components_.item / (1.0 + components_.item * precision);
    for (std::size_t c = begin; c < end; ++c) {
        const std::size_t l = mode_.cell[c].level;
        const double nw = quadratic_[c].n * weight[l];
        part.matrix(at(l), at(l)) += nw;
        part.right(at(l)) += weight[l] * quadratic_[c].sum - pull * nw * weighted;
        for (std::size_t d = begin; d < end; ++d) {
            const std::size_t h = mode_.cell[d].level;
            part.matrix(at(l), at(h)) -= pull * nw * quadratic_[d].n * weight[h];
        }
    }
}

double Climber::solve_fixed() {
    const std::size_t levels = crossed_.levels();
    const Fixed zero{MatrixXd::Zero(at(levels), at(levels)), VectorXd::Zero(at(levels))};
    Fixed sums = parallel_reduce(
        job_, crossed_.view->items(), crossed_.grain(), zero,
        [&](std::size_t begin, std::size_t end) {
            Fixed part = zero;
            for (std::size_t item = begin; item < end; ++item) {
                linearise(item);
                add_fixed(item, part);
            }
            return part;
        },
        [](Fixed a, const Fixed& b) {
            a.matrix += b.matrix;
            a.right += b.right;
            return a;
        });
    for (std::size_t l = 0; l < levels; ++l) {
        // An empty level stands alone; a faint pull to where the margins put it keeps one whose
        // judgments are all alike at a finite place.
        const double faint = crossed_.judgments[l] == 0 ? 1.0 : 1e-6;
        sums.matrix(at(l), at(l)) += faint;
        sums.right(at(l)) += faint * components_.mean[l];
    }
    const VectorXd solved = Eigen::LDLT<MatrixXd>(sums.matrix).solve(sums.right);
    double change = 0.0;
    for (std::size_t l = 0; l < levels; ++l) {
        const double step = std::clamp(solved(at(l)) - mode_.mean[l], -kLongestStep, kLongestStep);
        mode_.mean[l] = std::clamp(mode_.mean[l] + step, -kFarthest, kFarthest);
        change = std::max(change, std::abs(step));
    }
    return change;
}

double Climber::update_item(std::size_t item) {
    double precision = 0.0, pulled = 0.0;
    for (std::size_t c = mode_.begin[item]; c < mode_.begin[item + 1]; ++c) {
        const std::size_t l = mode_.cell[c].level;
        const double weight = 1.0 / (1.0 + ratio(l) * quadratic_[c].n);
        precision += quadratic_[c].n * weight;
        pulled += weight * (quadratic_[c].sum - quadratic_[c].n * mode_.mean[l]);
    }
    const double item_variance = components_.item / (1.0 + components_.item * precision);
    const double target = item_variance * pulled;
    const double doubt = components_.item / (1.0 + components_.item * precision / caution_);
    const double move = std::clamp(target - mode_.item[item], -kLongestStep, kLongestStep);
    mode_.item[item] = std::clamp(mode_.item[item] + move, -kFarthest, kFarthest);
    double change = std::abs(move);
    for (std::size_t c = mode_.begin[item]; c < mode_.begin[item + 1]; ++c) {
        OrdinalMode::Cell& cell = mode_.cell[c];
        const double n = quadratic_[c].n, prior = ratio(cell.level);
        const double left = quadratic_[c].sum - n * (mode_.mean[cell.level] + mode_.item[item]);
        const double effect = std::clamp(prior / (1.0 + prior * n) * left,
                                         cell.effect - kLongestStep, cell.effect + kLongestStep);
        change = std::max(change, std::abs(effect - cell.effect));
        cell.effect = std::clamp(effect, -kFarthest, kFarthest);
        const double free = 1.0 / (1.0 + prior * n / caution_);
        cell.variance = prior * free + free * free * doubt;
    }
    return change;
}

void Climber::add_raters(std::size_t item, ByRater& part) const {
    PerLevel exp_base, variance;
    for (std::size_t c = mode_.begin[item]; c < mode_.begin[item + 1]; ++c) {
        const OrdinalMode::Cell& cell = mode_.cell[c];
        exp_base[cell.level] = std::exp(mode_.mean[cell.level] + mode_.item[item] + cell.effect);
        variance[cell.level] = cell.variance;
    }
    for (std::size_t k = crossed_.view->begin[item]; k < crossed_.view->begin[item + 1]; ++k) {
        const Id r = crossed_.view->rater[k];
        const std::size_t l = crossed_.level_of[r];
        const OrdinalSlope s = slope(k, exp_base[l]);
        const double w = design_.weight(k);
        part.slope[r] += w * s.expected(variance[l] + mode_.doubt[r]);
        part.curvature[r] += w * s.curvature;
    }
}

// Severities and means given items: a one-way layout in each level.
double Climber::update_raters(const ByRater& sums) {
    const double tau = components_.rater;
    PerLevel weights{}, weighted{};
    for (std::size_t r = 0; r < mode_.severity.size(); ++r) {
        if (crossed_.judgments_of[r] == 0) continue;
        const std::size_t l = crossed_.level_of[r];
        const double n = sums.curvature[r], shrunk = 1.0 + tau * n / crossed_.mean_weight(r);
        mode_.information[r] = n;
        weights[l] += n / shrunk;
        weighted[l] += (n * (mode_.severity[r] + mode_.mean[l]) + sums.slope[r]) / shrunk;
    }
    PerLevel fresh = mode_.mean;
    double change = sums.change;
    for (std::size_t l = 0; l < crossed_.levels(); ++l) {
        if (weights[l] <= 0.0 || tau <= 0.0) continue;
        const double step = weighted[l] / weights[l] - mode_.mean[l];
        fresh[l] += std::clamp(step, -kLongestStep, kLongestStep);
    }
    if (tau > 0.0) {
        for (std::size_t r = 0; r < mode_.severity.size(); ++r) {
            if (crossed_.judgments_of[r] == 0) continue;
            const std::size_t l = crossed_.level_of[r];
            const double n = sums.curvature[r];
            const double left = n * (mode_.severity[r] + mode_.mean[l] - fresh[l]) + sums.slope[r];
            const double severity =
                std::clamp(tau * left / (crossed_.mean_weight(r) + tau * n),
                           mode_.severity[r] - kLongestStep, mode_.severity[r] + kLongestStep);
            change = std::max(change, std::abs(severity - mode_.severity[r]));
            mode_.severity[r] = std::clamp(severity, -kFarthest, kFarthest);
            exp_severity_[r] = std::exp(mode_.severity[r]);
            mode_.doubt[r] = tau / (1.0 + tau * n / crossed_.mean_weight(r));
        }
    }
    mode_.mean = fresh;
    return change;
}

OrdinalMode Climber::run() {
    const std::size_t raters = mode_.severity.size();
    double last = std::numeric_limits<double>::infinity();
    while (!mode_.converged && mode_.sweeps < kMostSweeps) {
        double change = solve_fixed();
        const ByRater sums = parallel_reduce(
            job_, crossed_.view->items(), crossed_.grain(), ByRater{},
            [&](std::size_t begin, std::size_t end) {
                ByRater part{std::vector<double>(raters, 0.0), std::vector<double>(raters, 0.0)};
                for (std::size_t item = begin; item < end; ++item) {
                    part.change = std::max(part.change, update_item(item));
                    add_raters(item, part);
                }
                return part;
            },
            [](ByRater a, ByRater b) {
                if (a.slope.empty()) return b;
                if (b.slope.empty()) return a;
                for (std::size_t r = 0; r < b.slope.size(); ++r) {
                    a.slope[r] += b.slope[r];
                    a.curvature[r] += b.curvature[r];
                }
                a.change = std::max(a.change, b.change);
                return a;
            });
        change = std::max(change, update_raters(sums));
        ++mode_.sweeps;
        if (mode_.sweeps > 8 && change > 0.7 * last) caution_ = std::min(caution_ * 1.3, 8.0);
        last = change;
        mode_.converged = change < kTolerance;
    }
    return std::move(mode_);
}

}  // namespace

std::vector<double> exp_cuts(const std::vector<double>& cuts) {
    std::vector<double> out{std::numeric_limits<double>::infinity()};
    for (const double cut : cuts) out.push_back(std::exp(-cut));
    out.push_back(0.0);
    return out;
}

OrdinalMode ordinal_mode(const OrdinalDesign& design, const OrdinalComponents& components,
                         const Job& job) {
    return Climber(design, components, job).run();
}

}  // namespace edgewise::estimate
