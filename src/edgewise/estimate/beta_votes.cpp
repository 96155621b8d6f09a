#include "edgewise/estimate/beta_votes.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "edgewise/base/parallel.hpp"
#include "edgewise/estimate/crossed.hpp"
#include "edgewise/estimate/log_gamma.hpp"
#include "edgewise/estimate/minimise.hpp"

// Empirical Bayes in three steps, each a maximum of a marginal likelihood (Gelman et al., Bayesian
// Data Analysis, 3rd ed., chapter 5; the beta-binomial is Griffiths 1973, Biometrics 29):
//  1. a, b: item shares p_o ~ Beta(a, b), all votes on an item pooled.
//  2. s: theta_{o,g} ~ Beta(s p_o, s (1 - p_o)), with p_o integrated out rather than plugged in.
//     With the plug-in an item's votes are used twice, for p_o and for the distance from it, and s
//     is overstated where cells are small, which is everywhere.
//  3. Cells (closed form, ours): n votes of one group tell of p_o like n (s + 1) / (s + n)
//     independent ones (Kish's design effect with intraclass correlation 1 / (s + 1)), so that
//     p_o ~ Beta(a + sum of effective agreements, b + ...); then theta given p_o is conjugate, with
//     the variance of p_o carried over.
// One rater judges many items. That does not bias a cell's posterior, in which each rater counts
// once; it does make the cells of a group depend on each other, which whoever adds cells up has to
// account for by resampling raters.

namespace edgewise::estimate {
namespace {

constexpr double kCeiling = 2000.0;
constexpr double kFloor = 0.5;
constexpr std::size_t kMostItems = 20'000;  // that a, b and s are estimated from
constexpr std::size_t kCoarsest = 32;       // nodes of the coarsest grid for p_o
constexpr std::size_t kGrids = 7;           // each twice as fine as the last: up to 2,048 nodes
constexpr std::size_t kMostTable = 257;     // counts up to 128 come from a table

struct Count {
    double agree = 0.0;
    double n = 0.0;
};

struct ItemCounts {
    Count all;
    std::vector<Count> groups;  // with at least one vote; raters without a group: one each
};

// log of Gamma(x + k) / Gamma(x)
double log_rise(double x, double k) noexcept { return log_gamma(x + k) - log_gamma(x); }

double log_beta_binomial(const Count& c, double a, double b) noexcept {
    return log_rise(a, c.agree) + log_rise(b, c.n - c.agree) - log_rise(a + b, c.n);
}

std::vector<ItemCounts> sample_counts(const Crossed& design) {
    const DimensionView& view = *design.view;
    const std::size_t stride =
        std::max<std::size_t>(1, (design.items + kMostItems - 1) / kMostItems);
    std::vector<ItemCounts> sample;
    std::size_t seen = 0;
    for (std::size_t item = 0; item < view.items(); ++item) {
        const auto raters = view.raters(item);
        const auto utilities = view.utilities(item);
        if (raters.empty() || seen++ % stride != 0) continue;
        ItemCounts counts;
        std::array<Count, kMostLevels> levels{};
        for (std::size_t k = 0; k < raters.size(); ++k) {
            const auto u = static_cast<double>(utilities[k]);
            Count& c = levels[design.level_of[raters[k]]];
            c.agree += u;
            c.n += 1.0;
            counts.all.agree += u;
            counts.all.n += 1.0;
        }
        for (std::size_t g = 0; g < design.groups; ++g) {
            if (levels[g].n > 0.0) counts.groups.push_back(levels[g]);
        }
        // Votes from nobody's group are a sample of everybody: a plain binomial of p_o, which we
        // keep as the last count if there are any.
        counts.groups.push_back(levels[design.groups]);
        sample.push_back(std::move(counts));
    }
    return sample;
}

struct ItemPrior {
    double a = 1.0, b = 1.0;
    bool converged = true;
};

double bounded_exp(double log_x) noexcept { return std::exp(std::clamp(log_x, -2.3, 6.9)); }

ItemPrior fit_item_prior(const std::vector<ItemCounts>& sample, const Job& job) {
    if (sample.empty()) return {};
    double agree = 0.0, n = 0.0;
    for (const ItemCounts& item : sample) {
        agree += item.all.agree;
        n += item.all.n;
    }
    const double share = std::clamp(agree / n, 0.02, 0.98);
    const Minimum best = minimise(
        [&](std::span<const double> x) {
            const double a = bounded_exp(x[0]), b = bounded_exp(x[1]);
            double sum = 0.0;
            for (const ItemCounts& item : sample) sum -= log_beta_binomial(item.all, a, b);
            // Data that say nothing of a and b (one item; all alike) leave them where the uniform
            // prior on their logarithms, faintly curved, does.
            return sum + 0.005 * (x[0] * x[0] + x[1] * x[1]);
        },
        {std::log(4.0 * share), std::log(4.0 * (1.0 - share))}, job);
    return {bounded_exp(best.x[0]), bounded_exp(best.x[1]), best.converged};
}

// The marginal likelihood of s, by the midpoint rule over p = sin(angle)^2: in the angle a
// posterior of p is about 1 / (2 sqrt(n)) wide wherever it lies, so that a grid twice as fine as
// that is exact to rounding. Grids of 32, 64, ... nodes; an item takes the coarsest that will do,
// and of that the nodes within six widths.
class StrengthLikelihood {
public:
    StrengthLikelihood(const std::vector<ItemCounts>& sample, const ItemPrior& prior);
    double operator()(double strength, const Job& job) const;

private:
    struct Grid {
        std::vector<double> share, prior;  // p, and the log prior with the width of a node
        bool used = false;
    };
    using Rises = std::vector<std::vector<double>>;  // by grid: node, then twice the count

    static double spacing(std::size_t nodes) {
        return std::numbers::pi / 2.0 / static_cast<double>(nodes);
    }
    std::size_t grid_for(const ItemCounts& counts) const;
    double item(const ItemCounts& counts, double strength, const Rises& rises) const;
    double rise(const std::vector<double>& table, std::size_t node, double x, double k) const;

    const std::vector<ItemCounts>& sample_;
    ItemPrior prior_;
    std::array<Grid, kGrids> grids_;
    std::size_t table_ = 1;  // counts 0, 1/2, 1, ... that are tabulated
};

StrengthLikelihood::StrengthLikelihood(const std::vector<ItemCounts>& sample,
                                       const ItemPrior& prior)
    : sample_(sample), prior_(prior) {
    for (const ItemCounts& counts : sample) {
        grids_[grid_for(counts)].used = true;
        for (const Count& c : counts.groups) {
            table_ = std::max(table_, static_cast<std::size_t>(2.0 * c.n) + 1);
        }
    }
    table_ = std::min(table_, kMostTable);
    const double constant = log_gamma(prior.a + prior.b) - log_gamma(prior.a) - log_gamma(prior.b);
    for (std::size_t j = 0; j < kGrids; ++j) {
        if (!grids_[j].used) continue;
        const std::size_t nodes = kCoarsest << j;
        for (std::size_t k = 0; k < nodes; ++k) {
            const double p = std::pow(std::sin(spacing(nodes) * (static_cast<double>(k) + 0.5)), 2);
            const double q = std::pow(std::cos(spacing(nodes) * (static_cast<double>(k) + 0.5)), 2);
            grids_[j].share.push_back(p);
            // dp = 2 sqrt(p q) d angle
            grids_[j].prior.push_back(constant + (prior.a - 0.5) * std::log(p) +
                                      (prior.b - 0.5) * std::log(q) +
                                      std::log(2.0 * spacing(nodes)));
        }
    }
}

std::size_t StrengthLikelihood::grid_for(const ItemCounts& counts) const {
    const double width = 0.5 / std::sqrt(prior_.a + prior_.b + counts.all.n);
    std::size_t j = 0;
    while (j + 1 < kGrids && spacing(kCoarsest << j) > 0.5 * width) ++j;
    return j;
}

double StrengthLikelihood::rise(const std::vector<double>& table, std::size_t node, double x,
                                double k) const {
    const double twice = 2.0 * k;
    const auto index = static_cast<std::size_t>(twice);
    if (index < table_ && static_cast<double>(index) == twice) return table[node * table_ + index];
    return log_rise(x, k);
}

double StrengthLikelihood::item(const ItemCounts& counts, double strength,
                                const Rises& rises) const {
    const Count& single = counts.groups.back();
    double agree = prior_.a + single.agree, size = prior_.a + prior_.b + single.n;
    for (std::size_t g = 0; g + 1 < counts.groups.size(); ++g) {
        const Count& c = counts.groups[g];
        const double effective = (strength + 1.0) / (strength + c.n);
        agree += effective * c.agree;
        size += effective * c.n;
    }
    const double centre = std::asin(std::sqrt(agree / size));
    const double reach = 3.0 / std::sqrt(size);
    const std::size_t j = grid_for(counts), nodes = kCoarsest << j;
    const Grid& grid = grids_[j];
    const auto low = static_cast<std::size_t>(std::max(0.0, (centre - reach) / spacing(nodes)));
    const auto high =
        std::min(nodes, static_cast<std::size_t>((centre + reach) / spacing(nodes)) + 1);

    double top = -1e300;
    std::array<double, (kCoarsest << (kGrids - 1))> terms;
    for (std::size_t k = low; k < high; ++k) {
        const double p = grid.share[k], q = grid.share[nodes - 1 - k];
        double term = grid.prior[k];
        for (std::size_t g = 0; g + 1 < counts.groups.size(); ++g) {
            const Count& c = counts.groups[g];
            // Nodes are symmetric about one half: one table serves both sides.
            term += rise(rises[j], k, strength * p, c.agree) +
                    rise(rises[j], nodes - 1 - k, strength * q, c.n - c.agree);
        }
        if (single.n > 0.0) {
            term += single.agree * std::log(p) + (single.n - single.agree) * std::log(q);
        }
        terms[k] = term;
        top = std::max(top, term);
    }
    double sum = 0.0;
    for (std::size_t k = low; k < high; ++k) sum += std::exp(terms[k] - top);
    double log_likelihood = top + std::log(sum);
    for (std::size_t g = 0; g + 1 < counts.groups.size(); ++g) {
        log_likelihood -= log_rise(strength, counts.groups[g].n);
    }
    return log_likelihood;
}

double StrengthLikelihood::operator()(double strength, const Job& job) const {
    Rises rises(kGrids);
    for (std::size_t j = 0; j < kGrids; ++j) {
        if (!grids_[j].used) continue;
        rises[j].resize(grids_[j].share.size() * table_);
        for (std::size_t k = 0; k < grids_[j].share.size(); ++k) {
            const double x = strength * grids_[j].share[k];
            double* row = &rises[j][k * table_];
            for (std::size_t twice = 0; twice < table_; ++twice) {
                // rise(x, k) = rise(x, k - 1) + log(x + k - 1)
                row[twice] =
                    twice == 0 ? 0.0
                    : twice == 1
                        ? log_rise(x, 0.5)
                        : row[twice - 2] + std::log(x + 0.5 * static_cast<double>(twice) - 1.0);
            }
        }
    }
    return parallel_reduce(
        job, sample_.size(), 256, 0.0,
        [&](std::size_t begin, std::size_t end) {
            double sum = 0.0;
            for (std::size_t i = begin; i < end; ++i) sum += item(sample_[i], strength, rises);
            return sum;
        },
        std::plus<>{});
}

struct Strength {
    double value = kCeiling;
    double log_likelihood = 0.0;
    int iterations = 0;
};

// A grid of octaves finds the right hill, golden section its top to half a percent.
Strength fit_strength(const StrengthLikelihood& likelihood, const Job& job) {
    Strength best{.value = kCeiling, .log_likelihood = likelihood(kCeiling, job)};
    const double from = std::log(kFloor), to = std::log(kCeiling);
    constexpr int kOctaves = 12;
    const double step = (to - from) / kOctaves;
    double centre = to;
    for (int k = 0; k < kOctaves; ++k, ++best.iterations) {
        const double value = likelihood(std::exp(from + step * k), job);
        if (value > best.log_likelihood) {
            best.log_likelihood = value;
            centre = from + step * k;
            best.value = std::exp(centre);
        }
    }
    constexpr double kGolden = 0.61803398874989485;
    double low = std::max(from, centre - step), high = std::min(to, centre + step);
    double left = high - kGolden * (high - low), right = low + kGolden * (high - low);
    double at_left = likelihood(std::exp(left), job), at_right = likelihood(std::exp(right), job);
    while (high - low > 5e-3) {
        ++best.iterations;
        const bool lower = at_left >= at_right;
        if (std::max(at_left, at_right) > best.log_likelihood) {
            best.log_likelihood = std::max(at_left, at_right);
            best.value = std::exp(lower ? left : right);
        }
        if (lower) {
            high = right;
            right = left;
            at_right = at_left;
            left = high - kGolden * (high - low);
            at_left = likelihood(std::exp(left), job);
        } else {
            low = left;
            left = right;
            at_left = at_right;
            right = low + kGolden * (high - low);
            at_right = likelihood(std::exp(right), job);
        }
    }
    return best;
}

class VotesFit final : public Fit {
public:
    VotesFit(Crossed design, const FitOptions& options, FitSummary summary, const ItemPrior& prior,
             const Job& job)
        : design_(std::move(design)),
          least_cell_(options.least_cell),
          summary_(std::move(summary)),
          prior_(prior) {
        double raters = 0.0;
        for (const std::uint64_t n : design_.raters) raters += static_cast<double>(n);
        for (std::size_t l = 0; l < design_.levels() && raters > 0.0; ++l) {
            share_[l] = static_cast<double>(design_.raters[l]) / raters;
        }
        find_group_effects(job);
    }

    const FitSummary& summary() const noexcept override { return summary_; }
    Cell cells(std::size_t item, std::span<Cell> groups) const override;

private:
    void find_group_effects(const Job& job);
    Cell finish(double mean, double variance, double n) const;

    Crossed design_;
    std::uint32_t least_cell_;
    FitSummary summary_;
    ItemPrior prior_;
    PerLevel share_{};  // of the raters
};

Cell VotesFit::finish(double mean, double variance, double n) const {
    return {.mean = mean,
            // No beta distribution is wider; short of it by enough that draw() can make one.
            .sd = std::sqrt(std::min(variance, 0.999 * mean * (1.0 - mean))),
            .n_eff = n,
            .n = static_cast<std::uint32_t>(n),
            .state = n == 0.0                               ? CellState::pooled
                     : n < static_cast<double>(least_cell_) ? CellState::insufficient
                                                            : CellState::observed,
            .family = Family::beta};
}

Cell VotesFit::cells(std::size_t item, std::span<Cell> groups) const {
    ensure(groups.size() == design_.groups, "one cell for every group");
    const double s = summary_.strength;
    std::array<Count, kMostLevels> counts{};
    const auto raters = design_.view->raters(item);
    const auto utilities = design_.view->utilities(item);
    for (std::size_t k = 0; k < raters.size(); ++k) {
        Count& c = counts[design_.level_of[raters[k]]];
        c.agree += static_cast<double>(utilities[k]);
        c.n += 1.0;
    }
    double agree = prior_.a + counts[design_.groups].agree;
    double size = prior_.a + prior_.b + counts[design_.groups].n;
    for (std::size_t g = 0; g < design_.groups; ++g) {
        if (counts[g].n == 0.0) continue;
        const double effective = (s + 1.0) / (s + counts[g].n);
        agree += effective * counts[g].agree;
        size += effective * counts[g].n;
    }
    const double p = agree / size;
    const double p_variance = p * (1.0 - p) / (size + 1.0);

    double mean = share_[design_.groups] * p, follows = share_[design_.groups], own = 0.0;
    for (std::size_t g = 0; g < design_.groups; ++g) {
        const Count& c = counts[g];
        const double follow = s / (s + c.n);  // how much of an error in p the cell shares
        const double theta = (s * p + c.agree) / (s + c.n);
        const double given_p = theta * (1.0 - theta) / (s + c.n + 1.0);
        groups[g] = finish(theta, given_p + follow * follow * p_variance, c.n);
        mean += share_[g] * theta;
        follows += share_[g] * follow;
        own += share_[g] * share_[g] * given_p;
    }
    if (design_.total == 0) {
        mean = p;
        follows = 1.0;
    }
    return finish(mean, own + follows * follows * p_variance, static_cast<double>(raters.size()));
}

// Mean over a group's judged items of its cell less the item's pooled cell.
void VotesFit::find_group_effects(const Job& job) {
    struct Sum {
        PerLevel difference{}, items{};
    };
    const std::size_t groups = design_.groups;
    const Sum sum = parallel_reduce(
        job, design_.view->items(), design_.grain(), Sum{},
        [&](std::size_t begin, std::size_t end) {
            Sum part;
            std::array<Cell, kMostGroups> cell;
            for (std::size_t item = begin; item < end; ++item) {
                const Cell pooled = cells(item, std::span(cell).first(groups));
                for (std::size_t g = 0; g < groups; ++g) {
                    if (cell[g].n == 0) continue;
                    part.difference[g] += cell[g].mean - pooled.mean;
                    part.items[g] += 1.0;
                }
            }
            return part;
        },
        [](Sum a, const Sum& b) {
            for (std::size_t g = 0; g < kMostGroups; ++g) {
                a.difference[g] += b.difference[g];
                a.items[g] += b.items[g];
            }
            return a;
        });
    summary_.group_effect.assign(groups, 0.0);
    for (std::size_t g = 0; g < groups; ++g) {
        if (sum.items[g] > 0.0) summary_.group_effect[g] = sum.difference[g] / sum.items[g];
    }
}

}  // namespace

bool handles_votes(const DimensionView& view) { return view.binary || view.votes; }

std::unique_ptr<Fit> fit_beta_votes(const DimensionView& view, const judgment::Partition& partition,
                                    const FitOptions& options, const Job& job) {
    job.progress(0.0, "prior strength");
    Crossed design = cross(view, partition, job);
    const std::vector<ItemCounts> sample = sample_counts(design);
    const ItemPrior prior = fit_item_prior(sample, job);

    FitSummary summary;
    summary.estimator = "beta_votes";
    summary.method = "marginal_likelihood";
    summary.judgments = design.total;
    summary.converged = prior.converged;
    summary.why = view.votes ? "votes are agreement or not: a beta-binomial model of shares"
                             : "every judgment is 0 or 1: a beta-binomial model of shares";
    if (design.items > sample.size()) {
        summary.why +=
            fmt::format("; prior from {} of {} items, evenly spaced", sample.size(), design.items);
    }
    for (const ItemCounts& item : sample) {
        summary.log_likelihood_without_groups += log_beta_binomial(item.all, prior.a, prior.b);
    }
    summary.strength = kCeiling;
    summary.log_likelihood = summary.log_likelihood_without_groups;
    if (design.most_per_cell >=
        2) {  // one vote a cell says nothing of how alike a cell's votes are
        const StrengthLikelihood likelihood(sample, prior);
        const Strength best = fit_strength(likelihood, job);
        summary.iterations = best.iterations;
        if (best.log_likelihood > summary.log_likelihood_without_groups) {
            summary.strength = best.value;
            summary.log_likelihood = best.log_likelihood;
        }
    }
    summary.strength_at_ceiling = summary.strength >= 0.999 * kCeiling;
    return std::make_unique<VotesFit>(std::move(design), options, std::move(summary), prior, job);
}

}  // namespace edgewise::estimate
