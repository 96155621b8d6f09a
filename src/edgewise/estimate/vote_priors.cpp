#include "edgewise/estimate/vote_priors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include "edgewise/base/parallel.hpp"
#include "edgewise/estimate/log_gamma.hpp"
#include "edgewise/estimate/minimise.hpp"
#include "edgewise/estimate/plausible.hpp"

namespace edgewise::estimate {
namespace {

using Count = VoteCount;

struct ItemCounts {
    Count all;
    std::vector<Count> groups;  // with at least one vote; raters without a group: one each
};

struct ItemPrior {
    double a = 1.0, b = 1.0;
    bool converged = true;
};

struct Strength {
    double value = kMostStrength;
    double log_likelihood = 0.0;
    int iterations = 0;
};

constexpr double kFloor = 0.5;
constexpr double kLeastSize = 0.2, kMostSize = 2000.0;  // of a + b
constexpr std::size_t kMostItems = 20'000;              // that a, b and s are estimated from
constexpr std::size_t kCoarsest = 32;                   // nodes of the coarsest grid for p_o
constexpr std::size_t kGrids = 7;        // each twice as fine as the last: up to 2,048 nodes
constexpr std::size_t kMostTable = 257;  // counts up to 128 come from a table

// log of Gamma(x + k) / Gamma(x)
double log_rise(double x, double k) noexcept { return log_gamma(x + k) - log_gamma(x); }

double log_beta_binomial(const Count& c, double a, double b) noexcept {
    return log_rise(a, c.agree) + log_rise(b, c.n - c.agree) - log_rise(a + b, c.n);
}

std::vector<ItemCounts> sample_counts(const Crossed& design, double worth) {
    const DimensionView& view = *design.view;
    const std::size_t stride =
        std::max<std::size_t>(1, (design.items + kMostItems - 1) / kMostItems);
    std::vector<ItemCounts> sample;
    std::size_t seen = 0;
    for (std::size_t item = 0; item < view.items(); ++item) {
        if (view.raters(item).empty() || seen++ % stride != 0) continue;
        ItemCounts counts;
        const auto levels = count_votes(design, item, worth);
        counts.all = levels.back();
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
    StrengthLikelihood(const std::vector<ItemCounts>& sample, const ItemPrior& prior, double worth);
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
    double worth_;
    std::array<Grid, kGrids> grids_;
    std::size_t table_ = 1;  // counts 0, 1/2, 1, ... that are tabulated
};

StrengthLikelihood::StrengthLikelihood(const std::vector<ItemCounts>& sample,
                                       const ItemPrior& prior, double worth)
    : sample_(sample), prior_(prior), worth_(worth) {
    for (const ItemCounts& counts : sample) {
        grids_[grid_for(counts)].used = true;
        for (const Count& c : counts.groups) {
            table_ =
                std::max(table_, static_cast<std::size_t>(std::llround(2.0 * c.n / worth_)) + 1);
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
    const double twice = 2.0 * k / worth_, whole = std::round(twice);
    if (whole < static_cast<double>(table_) && std::abs(whole - twice) < 1e-9) {
        return table[node * table_ + static_cast<std::size_t>(whole)];
    }
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
            const double from = log_gamma(x);
            for (std::size_t twice = 1; twice < table_; ++twice) {
                // rise(x, k) = rise(x, k - 1) + log(x + k - 1)
                const double count = 0.5 * worth_ * static_cast<double>(twice);
                row[twice] = twice == 1 || worth_ != 1.0
                                 ? log_gamma(x + count) - from
                                 : row[twice - 2] + std::log(x + count - 1.0);
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

// A grid of octaves finds the right hill, golden section its top to half a percent.
Strength fit_strength(const StrengthLikelihood& likelihood, const Job& job) {
    Strength best{.value = kMostStrength, .log_likelihood = likelihood(kMostStrength, job)};
    const double from = std::log(kFloor), to = std::log(kMostStrength);
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

// Var(u) = U (1 - U) - E[u (1 - u)]: a pass, at 1/2, scatters less than the coin that it stands
// for. Counts are weighed by U (1 - U) / Var(u), the inverse of the dispersion in a
// quasi-likelihood (McCullagh & Nelder 1989, section 4.5), pooled over items.
double worth_of(const DimensionView& view) {
    double inside = 0.0, binomial = 0.0;
    for (std::size_t item = 0; item < view.items(); ++item) {
        const auto utilities = view.utilities(item);
        const auto weights = view.weights(item);
        auto n = static_cast<double>(utilities.size());
        if (n < 2.0) continue;
        double agree = 0.0, within = 0.0, total = 0.0;
        for (std::size_t k = 0; k < utilities.size(); ++k) {
            const auto u = static_cast<double>(utilities[k]);
            const double w = weights.empty() ? 1.0 : static_cast<double>(weights[k]);
            agree += w * u;
            within += w * (u * (1.0 - u));
            total += w;
        }
        if (!weights.empty()) {
            n = effective_number(weights, weights.size());
            if (n < 1.0 + 1e-6) continue;
            agree *= n / total;
            within *= n / total;
        }
        inside += within;
        // Unbiased for n U (1 - U): the sample's own variance, and what is inside the votes.
        binomial += (agree - agree * agree / n - within) * n / (n - 1.0) + within;
    }
    // Where nearly all pass, four times as much is as far as we go.
    return inside <= 0.0 || binomial <= 0.0 ? 1.0
                                            : 1.0 / std::clamp(1.0 - inside / binomial, 0.25, 1.0);
}

// Of a share relative to the widest possible, where a beta distribution is worth `size` votes.
double sd_at(double size) noexcept { return 1.0 / std::sqrt(size + 1.0); }
double size_at(double sd) noexcept { return 1.0 / (sd * sd) - 1.0; }

}  // namespace

std::array<VoteCount, kMostLevels + 1> count_votes(const Crossed& design, std::size_t item,
                                                   double worth) {
    std::array<VoteCount, kMostLevels + 1> counts{};
    const auto raters = design.view->raters(item);
    const auto utilities = design.view->utilities(item);
    VoteCount& all = counts.back();
    if (!design.weighted()) {
        for (std::size_t k = 0; k < raters.size(); ++k) {
            const double u = worth * static_cast<double>(utilities[k]);
            VoteCount& c = counts[design.level_of[raters[k]]];
            c.agree += u;
            c.n += worth;
            all.agree += u;
            all.n += worth;
        }
        return counts;
    }
    const auto weights = design.view->weights(item);
    std::array<double, kMostLevels + 1> squares{};
    for (std::size_t k = 0; k < raters.size(); ++k) {
        const auto w = static_cast<double>(weights[k]);
        for (const std::size_t l : {std::size_t{design.level_of[raters[k]]}, kMostLevels}) {
            counts[l].agree += w * static_cast<double>(utilities[k]);
            counts[l].n += w;
            squares[l] += w * w;
        }
    }
    for (std::size_t l = 0; l <= kMostLevels; ++l) {
        if (counts[l].n <= 0.0) continue;
        const double scale = worth * counts[l].n / squares[l];
        counts[l].agree *= scale;
        counts[l].n *= scale;
    }
    return counts;
}

VotePriors fit_vote_priors(const Crossed& design, const Job& job) {
    VotePriors out;
    out.worth = worth_of(*design.view);
    const std::vector<ItemCounts> sample = sample_counts(design, out.worth);
    const ItemPrior prior = fit_item_prior(sample, job);
    out.best = {prior.a, prior.b, kMostStrength, 1.0};
    out.converged = prior.converged;
    out.items_used = sample.size();
    const auto pooled = [&](double a, double b) {
        double sum = 0.0;
        for (const ItemCounts& item : sample) sum += log_beta_binomial(item.all, a, b);
        return sum;
    };
    out.log_likelihood_without_groups = pooled(prior.a, prior.b);
    out.log_likelihood = out.log_likelihood_without_groups;

    std::vector<Plausible> strengths{{sd_at(kMostStrength), 1.0}};
    if (design.most_per_cell >=
        2) {  // one vote a cell says nothing of how alike a cell's votes are
        const StrengthLikelihood likelihood(sample, prior, out.worth);
        const Strength best = fit_strength(likelihood, job);
        out.iterations = best.iterations;
        if (best.log_likelihood > out.log_likelihood_without_groups) {
            out.best.strength = best.value;
            out.log_likelihood = best.log_likelihood;
        }
        strengths = plausible([&](double sd) { return likelihood(size_at(sd), job); },
                              sd_at(best.value), sd_at(kMostStrength), sd_at(kFloor), 7);
    }
    const double size = prior.a + prior.b, share = prior.a / size;
    std::vector<Plausible> sizes{{sd_at(size), 1.0}};
    if (!sample.empty()) {
        const auto likelihood = [&](double sd) {
            return pooled(size_at(sd) * share, size_at(sd) * (1.0 - share));
        };
        sizes = plausible(likelihood, sd_at(std::clamp(size, kLeastSize, kMostSize)),
                          sd_at(kMostSize), sd_at(kLeastSize), 5);
    }
    for (const Plausible& item : sizes) {
        const double a = size_at(item.sd) * share, b = size_at(item.sd) * (1.0 - share);
        for (const Plausible& group : strengths) {
            out.posterior.push_back({a, b, size_at(group.sd), item.weight * group.weight});
        }
    }
    return out;
}

}  // namespace edgewise::estimate
