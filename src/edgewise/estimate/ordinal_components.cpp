#include "edgewise/estimate/ordinal_components.hpp"

#include <algorithm>
#include <cmath>

#include "edgewise/base/parallel.hpp"
#include "edgewise/estimate/minimise.hpp"

namespace edgewise::estimate {
namespace {

constexpr std::size_t kCells = kMostCategories * kMostCategories;

using Shares = std::array<double, kMostCategories>;
using Table = std::array<double, kCells>;  // first category by second

std::size_t place(std::size_t a, std::size_t b) { return a * kMostCategories + b; }

// Ordered pairs by their categories.
struct Pairs {
    std::array<Table, kMostLevels> cell{};   // level: same item, same level
    std::array<Table, kMostLevels> rater{};  // level: same rater
    std::vector<Table> item;                 // lower level by higher: same item, two levels
    std::array<Shares, kMostLevels> margin{};
    std::vector<double> of_rater, squares_of;      // rater by category
    std::array<PerLevel, kMostLevels> together{};  // sum over items of n_l n_h
    double cell_weight = 0.0, item_weight = 0.0, rater_weight = 0.0;

    Pairs& operator+=(const Pairs& o) {
        const auto add = [](auto& to, const auto& from) {
            for (std::size_t k = 0; k < from.size(); ++k) to[k] += from[k];
        };
        for (std::size_t l = 0; l < kMostLevels; ++l) {
            add(cell[l], o.cell[l]);
            add(rater[l], o.rater[l]);
            add(margin[l], o.margin[l]);
            add(together[l], o.together[l]);
        }
        for (std::size_t k = 0; k < item.size(); ++k) add(item[k], o.item[k]);
        add(of_rater, o.of_rater);
        add(squares_of, o.squares_of);
        return *this;
    }
};

std::size_t two_levels(std::size_t low, std::size_t high) { return low * kMostLevels + high; }

void add_pairs(Table& table, const Shares& counts, const Shares& squares, std::size_t categories,
               double by) {
    for (std::size_t a = 0; a < categories; ++a) {
        if (counts[a] == 0.0) continue;
        for (std::size_t b = 0; b < categories; ++b)
            table[place(a, b)] += by * counts[a] * counts[b];
        table[place(a, a)] -= by * squares[a];
    }
}

double total(const Table& table) {
    double sum = 0.0;
    for (const double x : table) sum += x;
    return sum;
}

Pairs count_items(const OrdinalDesign& design, bool ungrouped, std::size_t begin, std::size_t end) {
    const Crossed& crossed = *design.crossed;
    const std::size_t levels = crossed.levels(), categories = design.scale.categories();
    Pairs out;
    out.item.assign(kMostLevels * levels, Table{});
    out.of_rater.assign(crossed.level_of.size() * categories, 0.0);
    if (crossed.weighted()) out.squares_of = out.of_rater;
    std::array<Shares, kMostLevels> counts, squares;
    for (std::size_t item = begin; item < end; ++item) {
        PerLevel n{};
        double in_item = 0.0;
        for (std::size_t k = crossed.view->begin[item]; k < crossed.view->begin[item + 1]; ++k) {
            const Id r = crossed.view->rater[k];
            const std::size_t l = crossed.level_of[r];
            const std::uint8_t c = design.category[k];
            const double w = design.weight(k);
            if (n[l] == 0.0) {
                counts[l].fill(0.0);
                squares[l].fill(0.0);
            }
            counts[l][c] += w;
            squares[l][c] += w * w;
            n[l] += w;
            if (l < crossed.groups || ungrouped) in_item += w;
            out.of_rater[r * categories + c] += w;
            if (crossed.weighted()) out.squares_of[r * categories + c] += w * w;
        }
        for (std::size_t l = 0; l < levels; ++l) {
            if (n[l] == 0.0) continue;
            for (std::size_t c = 0; c < categories; ++c) out.margin[l][c] += counts[l][c];
            for (std::size_t h = 0; h < levels; ++h) out.together[l][h] += n[l] * n[h];
            if (l == crossed.groups && !ungrouped) continue;
            add_pairs(out.cell[l], counts[l], squares[l], categories, 1.0 / n[l]);
            for (std::size_t h = l + 1; h < crossed.groups; ++h) {
                if (n[h] == 0.0) continue;
                Table& table = out.item[two_levels(l, h)];
                for (std::size_t a = 0; a < categories; ++a) {
                    const double twice = 2.0 * counts[l][a] / in_item;
                    for (std::size_t b = 0; b < categories; ++b) {
                        table[place(a, b)] += twice * counts[h][b];
                    }
                }
            }
        }
    }
    return out;
}

Pairs count_pairs(const OrdinalDesign& design, bool ungrouped, const Job& job) {
    const Crossed& crossed = *design.crossed;
    const std::size_t categories = design.scale.categories();
    Pairs all = parallel_reduce(
        job, crossed.view->items(), crossed.grain(), Pairs{},
        [&](std::size_t begin, std::size_t end) {
            return count_items(design, ungrouped, begin, end);
        },
        [](Pairs a, Pairs b) {
            if (a.item.empty()) return b;
            if (!b.item.empty()) a += b;
            return a;
        });
    if (all.item.empty()) return all;
    for (std::size_t r = 0; r < crossed.level_of.size(); ++r) {
        const std::size_t l = crossed.level_of[r];
        const double n = crossed.amount_by(r);
        if (n == 0.0 || (l == crossed.groups && !ungrouped)) continue;
        Shares counts{}, squares{};
        for (std::size_t c = 0; c < categories; ++c) {
            counts[c] = all.of_rater[r * categories + c];
            squares[c] = crossed.weighted() ? all.squares_of[r * categories + c] : counts[c];
        }
        add_pairs(all.rater[l], counts, squares, categories, 1.0 / n);
    }
    for (std::size_t l = 0; l < crossed.levels(); ++l) {
        all.cell_weight += total(all.cell[l]);
        all.rater_weight += total(all.rater[l]);
    }
    for (const Table& table : all.item) all.item_weight += total(table);
    return all;
}

struct Thresholds {
    std::vector<double> cut;
    PerLevel mean{};
};

// Marginal shares and the integrals over pairs.
class PairLikelihood {
public:
    PairLikelihood(const OrdinalDesign& design, const Pairs& pairs);

    Thresholds thresholds(double variance) const;
    // Per pair.
    double operator()(double item, double rater, double cell) const;
    double pairs() const noexcept { return weight_; }

private:
    using AtNodes = std::array<Shares, 21>;

    double passed(double cut, double sd, const PerLevel& mean, double* slope) const;
    AtNodes shares(const Thresholds& t, std::size_t level, double shared, double apart) const;
    double within(const Table& table, const AtNodes& one, const AtNodes& two) const;

    const Pairs& pairs_;
    std::size_t levels_, categories_;
    std::vector<double> above_;  // cut: share of judgments at or below
    PerLevel share_{};           // level: of the judgments
    PerLevel steps_{};           // level: share of the cuts that lie at or above a judgment, mean
    double weight_ = 0.0;
};

PairLikelihood::PairLikelihood(const OrdinalDesign& design, const Pairs& pairs)
    : pairs_(pairs),
      levels_(design.crossed->levels()),
      categories_(design.scale.categories()),
      above_(categories_ - 1, 0.0),
      weight_(pairs.cell_weight + pairs.item_weight + pairs.rater_weight) {
    double all = 0.0;
    for (std::size_t l = 0; l < levels_; ++l) {
        double n = 0.0, sum = 0.0;
        for (std::size_t c = 0; c < categories_; ++c) {
            n += pairs.margin[l][c];
            sum += pairs.margin[l][c] * static_cast<double>(categories_ - 1 - c);
            for (std::size_t k = c; k + 1 < categories_; ++k) above_[k] += pairs.margin[l][c];
        }
        share_[l] = n;
        all += n;
        // A level of one voice is kept at a finite place.
        const double ends = static_cast<double>(categories_ - 1);
        if (n > 0.0)
            steps_[l] = std::clamp(sum / (n * ends), 0.25 / (n + 1.0), 1.0 - 0.25 / (n + 1.0));
    }
    for (double& a : above_) a = std::clamp(a / all, 0.25 / all, 1.0 - 0.25 / all);
    for (double& s : share_) s /= all;
}

// Share of judgments at or below a cut, and its derivative by the cut.
double PairLikelihood::passed(double cut, double sd, const PerLevel& mean, double* slope) const {
    const NormalNodes& nodes = normal_nodes();
    double sum = 0.0;
    *slope = 0.0;
    for (std::size_t l = 0; l < levels_; ++l) {
        if (share_[l] == 0.0) continue;
        for (std::size_t k = 0; k < nodes.z.size(); ++k) {
            const double f = logistic(cut - mean[l] - sd * nodes.z[k]);
            sum += share_[l] * nodes.weight[k] * f;
            *slope += share_[l] * nodes.weight[k] * f * (1.0 - f);
        }
    }
    return sum;
}

Thresholds PairLikelihood::thresholds(double variance) const {
    const double sd = std::sqrt(variance);
    Thresholds t{.cut = above_};
    const double wider = std::sqrt(1.0 + 0.35 * variance);
    for (double& c : t.cut) c = wider * std::log(c / (1.0 - c));
    // Newton on an increasing function, on the logit scale of what it should be, where it is nearly
    // straight.
    const auto solve = [](double x, double target, auto&& f) {
        for (int turn = 0; turn < 30; ++turn) {
            double slope = 0.0;
            const double p = std::clamp(f(x, &slope), 1e-12, 1.0 - 1e-12);
            const double step = (std::log(target / (1.0 - target)) - std::log(p / (1.0 - p))) * p *
                                (1.0 - p) / std::max(slope, 1e-14);
            x += std::clamp(step, -4.0, 4.0);
            if (std::abs(step) < 1e-12) break;
        }
        return x;
    };
    const double ends = static_cast<double>(categories_ - 1);
    const auto at_level = [&](double x, double* slope) {
        const NormalNodes& nodes = normal_nodes();
        double sum = 0.0;
        for (const double cut : t.cut) {
            for (std::size_t k = 0; k < nodes.z.size(); ++k) {
                const double f = logistic(cut + x - sd * nodes.z[k]);
                sum += nodes.weight[k] * f;
                *slope += nodes.weight[k] * f * (1.0 - f) / ends;
            }
        }
        return sum / ends;
    };
    const auto used = std::ranges::count_if(share_, [](double s) { return s > 0.0; });
    for (int turn = 0; turn < 60; ++turn) {
        const Thresholds before = t;
        for (std::size_t c = 0; c < t.cut.size(); ++c) {
            t.cut[c] = solve(t.cut[c], above_[c],
                             [&](double x, double* slope) { return passed(x, sd, t.mean, slope); });
        }
        if (used < 2) break;
        double centre = 0.0;
        for (std::size_t l = 0; l < levels_; ++l) {
            if (share_[l] == 0.0) continue;
            t.mean[l] = -solve(-t.mean[l], steps_[l], at_level);
            centre += share_[l] * t.mean[l];
        }
        double change = 0.0;
        for (std::size_t l = 0; l < levels_; ++l) {
            if (share_[l] == 0.0) continue;
            t.mean[l] -= centre;
            change = std::max(change, std::abs(t.mean[l] - before.mean[l]));
        }
        for (std::size_t c = 0; c < t.cut.size(); ++c) {
            t.cut[c] -= centre;
            change = std::max(change, std::abs(t.cut[c] - before.cut[c]));
        }
        if (change < 1e-11) break;
    }
    std::ranges::sort(t.cut);
    return t;
}

// Shares of the categories given what is shared, at each of its nodes.
PairLikelihood::AtNodes PairLikelihood::shares(const Thresholds& t, std::size_t level,
                                               double shared, double apart) const {
    const NormalNodes& nodes = normal_nodes();
    AtNodes out{};
    const double sd = std::sqrt(shared), rest = std::sqrt(apart);
    for (std::size_t k = 0; k < nodes.z.size(); ++k) {
        double below = 0.0;
        for (std::size_t c = 0; c < categories_; ++c) {
            const double up =
                c + 1 == categories_
                    ? 1.0
                    : mixed_logistic(t.cut[c] - t.mean[level] - sd * nodes.z[k], rest);
            out[k][c] = std::max(up - below, 0.0);
            below = up;
        }
    }
    return out;
}

double PairLikelihood::within(const Table& table, const AtNodes& one, const AtNodes& two) const {
    const NormalNodes& nodes = normal_nodes();
    double sum = 0.0;
    for (std::size_t a = 0; a < categories_; ++a) {
        for (std::size_t b = 0; b < categories_; ++b) {
            const double pairs = table[place(a, b)];
            if (pairs <= 0.0) continue;
            double p = 0.0;
            for (std::size_t k = 0; k < nodes.z.size(); ++k) {
                p += nodes.weight[k] * one[k][a] * two[k][b];
            }
            sum += pairs * std::log(std::max(p, 1e-300));
        }
    }
    return sum;
}

double PairLikelihood::operator()(double item, double rater, double cell) const {
    const Thresholds t = thresholds(item + rater + cell);
    std::vector<AtNodes> by_item(levels_);
    double sum = 0.0;
    for (std::size_t l = 0; l < levels_; ++l) {
        if (share_[l] == 0.0) continue;
        if (pairs_.cell_weight > 0.0) {
            const AtNodes at = shares(t, l, item + cell, rater);
            sum += within(pairs_.cell[l], at, at);
        }
        if (pairs_.rater_weight > 0.0) {
            const AtNodes at = shares(t, l, rater, item + cell);
            sum += within(pairs_.rater[l], at, at);
        }
        if (pairs_.item_weight > 0.0) by_item[l] = shares(t, l, item, cell + rater);
    }
    for (std::size_t l = 0; l < levels_ && pairs_.item_weight > 0.0; ++l) {
        for (std::size_t h = l + 1; h < levels_; ++h) {
            if (share_[l] == 0.0 || share_[h] == 0.0) continue;
            sum += within(pairs_.item[two_levels(l, h)], by_item[l], by_item[h]);
        }
    }
    return weight_ > 0.0 ? sum / weight_ : 0.0;
}

// The free standard deviations, in the order item, rater, cell.
struct Free {
    std::array<bool, 3> is{};

    std::array<double, 3> variances(std::span<const double> x) const {
        std::array<double, 3> out{};
        std::size_t next = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            if (!is[k]) continue;
            const double sd = std::min(std::abs(x[next++]), kMostLatentSd);
            out[k] = sd * sd;
        }
        return out;
    }
};

constexpr double kScale = 100.0;  // of the criterion, so that minimise() ends where it matters

struct Best {
    std::array<double, 3> variance{};
    double log_likelihood = 0.0;
    int iterations = 0;
    bool converged = true;
};

Best maximise(const PairLikelihood& likelihood, const Free& free, const Job& job) {
    const auto criterion = [&](std::span<const double> x) {
        const auto [item, rater, cell] = free.variances(x);
        return -kScale * likelihood(item, rater, cell);
    };
    constexpr std::array kStart{0.8, 0.5, 0.4};
    std::vector<double> start;
    for (std::size_t k = 0; k < 3; ++k) {
        if (free.is[k]) start.push_back(kStart[k]);
    }
    Minimum best = minimise(criterion, start, job);
    int iterations = best.iterations;
    // As in reml.cpp: zero exactly where that is no worse, and no false rest there.
    for (std::size_t k = 0; k < best.x.size(); ++k) {
        if (std::abs(best.x[k]) > 0.1) continue;
        std::vector<double> zero = best.x, away = best.x;
        zero[k] = 0.0;
        away[k] = 0.25;
        if (const double value = criterion(zero); value <= best.value + 1e-9) {
            best.x = zero;
            best.value = value;
        }
        if (criterion(away) < best.value - 1e-9) {
            best = minimise(criterion, away, job);
            iterations += best.iterations;
        }
    }
    return {free.variances(best.x), -best.value / kScale, iterations, best.converged};
}

// Margins that are matched to the sample take with them what all its judgments have in common by
// chance: to first order a covariance of two judgments is short by the variance of their levels'
// means, as a sample variance that divides by n is. Three covariances, three components: solved for
// what they would be without (ours; the recovery tests measure what is left). A component at zero
// stays there.
void undo_centring(const Crossed& crossed, const Pairs& pairs, OrdinalComponents& out) {
    PerLevel raters{};  // level: sum of squared amounts of its raters over its squared amount
    for (std::size_t r = 0; r < crossed.level_of.size(); ++r) {
        const double n = crossed.amount_by(r);
        raters[crossed.level_of[r]] += n * n;
    }
    const auto common = [&](std::size_t l, std::size_t h) {
        return pairs.together[l][h] / (crossed.amount[l] * crossed.amount[h]);
    };
    // Shares of each component, averaged by how many pairs speak of it.
    double cell_items = 0.0, cell_raters = 0.0, cell_noise = 0.0;
    double rater_items = 0.0, rater_raters = 0.0, rater_noise = 0.0, item_items = 0.0;
    constexpr double kNoise = 4.0;  // of a judgment, about: 1 over the largest curvature
    for (std::size_t l = 0; l < crossed.levels(); ++l) {
        const double n = crossed.amount[l];
        if (n <= 0.0) continue;
        const double by_raters = raters[l] / (n * n);
        if (pairs.cell_weight > 0.0) {
            const double share = total(pairs.cell[l]) / pairs.cell_weight;
            cell_items += share * common(l, l);
            cell_raters += share * by_raters;
            cell_noise += share * kNoise / n;
        }
        if (pairs.rater_weight > 0.0) {
            const double share = total(pairs.rater[l]) / pairs.rater_weight;
            rater_items += share * common(l, l);
            rater_raters += share * by_raters;
            rater_noise += share * kNoise / n;
        }
        for (std::size_t h = l + 1; h < crossed.groups && pairs.item_weight > 0.0; ++h) {
            if (crossed.amount[h] <= 0.0) continue;
            item_items += total(pairs.item[two_levels(l, h)]) / pairs.item_weight * common(l, h);
        }
    }
    // Two fixed-point turns are exact to the order of the correction. With a single item or rater
    // in all there is nothing to correct by.
    const OrdinalComponents seen = out;
    const double within = seen.item + seen.item_by_group;
    const bool cells = seen.item_by_group > 0.0;
    for (int turn = 0; turn < 20; ++turn) {
        const double both = out.item + out.item_by_group;
        const double in_cell = cell_items * both + cell_raters * out.rater + cell_noise;
        const double by_rater = rater_items * both + rater_raters * out.rater + rater_noise;
        const double across = cells && pairs.item_weight > 0.0 ? item_items * out.item : in_cell;
        if (seen.item > 0.0) out.item = seen.item + across;
        if (cells) out.item_by_group = within + in_cell - out.item;
        if (seen.rater > 0.0) out.rater = seen.rater + by_rater;
        // Never more than half as much again: where that much is missing, the sample is too small
        // to tell.
        out.item = std::min(out.item, 1.5 * seen.item);
        out.rater = std::min(out.rater, 1.5 * seen.rater);
        out.item_by_group =
            std::clamp(out.item_by_group, seen.item_by_group, 2.0 * seen.item_by_group);
    }
}

bool ungrouped(const Crossed& design) { return design.judgments[design.groups] == design.total; }

}  // namespace

OrdinalComponents ordinal_components(const OrdinalDesign& design, const Job& job) {
    const Crossed& crossed = *design.crossed;
    const Pairs pairs = count_pairs(design, ungrouped(crossed), job);
    const PairLikelihood likelihood(design, pairs);
    const Estimable can = estimable(crossed);
    Free free;
    free.is[0] = can.item && pairs.cell_weight + pairs.item_weight > 0.0;
    free.is[1] = can.rater && pairs.rater_weight > 0.0;
    free.is[2] = can.item_by_group && pairs.item_weight > 0.0 && pairs.cell_weight > 0.0;
    const Best best = maximise(likelihood, free, job);
    OrdinalComponents out;
    out.item = best.variance[0];
    out.rater = best.variance[1];
    out.item_by_group = best.variance[2];
    out.log_likelihood = best.log_likelihood;
    out.log_likelihood_without_groups = best.log_likelihood;
    out.iterations = best.iterations;
    out.converged = best.converged;
    if (out.item_by_group > 0.0) {
        Free without = free;
        without.is[2] = false;
        const Best less = maximise(likelihood, without, job);
        out.log_likelihood_without_groups = less.log_likelihood;
        out.converged = out.converged && less.converged;
    }
    const double most = kMostLatentSd * kMostLatentSd * 0.999;
    undo_centring(crossed, pairs, out);
    out.at_bound = out.item >= most || out.rater >= most || out.item_by_group >= most;
    out.pairs = likelihood.pairs();
    Thresholds t = likelihood.thresholds(out.item + out.rater + out.item_by_group);
    out.cuts = std::move(t.cut);
    out.mean = t.mean;
    return out;
}

double pair_log_likelihood(const OrdinalDesign& design, double item, double rater,
                           double item_by_group, const Job& job) {
    const Pairs pairs = count_pairs(design, ungrouped(*design.crossed), job);
    return PairLikelihood(design, pairs)(item * item, rater * rater, item_by_group * item_by_group);
}

}  // namespace edgewise::estimate
