#include "edgewise/estimate/dirichlet_labels.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "edgewise/base/parallel.hpp"
#include "edgewise/estimate/log_gamma.hpp"

namespace edgewise::estimate {
namespace {

constexpr double kCeiling = 2000.0;
constexpr double kFloor = 0.5;
constexpr int kMostIterations = 500;
constexpr double kLeastPrior = 1e-3;  // a category nobody used keeps a little
constexpr double kMostPrior = 1e3;
constexpr std::size_t kGrain = 1024;

std::span<const std::uint32_t> cell(const LabelCounts& labels, std::size_t item,
                                    std::size_t group) {
    return labels.counts.subspan((item * labels.groups + group) * labels.categories,
                                 labels.categories);
}

// Item by category, all groups together.
std::vector<double> pool(const LabelCounts& labels) {
    std::vector<double> pooled(labels.items * labels.categories, 0.0);
    for (std::size_t item = 0; item < labels.items; ++item) {
        for (std::size_t g = 0; g < labels.groups; ++g) {
            const auto counts = cell(labels, item, g);
            for (std::size_t k = 0; k < labels.categories; ++k) {
                pooled[item * labels.categories + k] += counts[k];
            }
        }
    }
    return pooled;
}

double sum(std::span<const double> numbers) {
    double total = 0.0;
    for (const double x : numbers) total += x;
    return total;
}

void fit_prior(const LabelCounts& labels, std::span<const double> pooled, const Job& job,
               DirichletLabels& fit) {
    const std::size_t categories = labels.categories;
    fit.prior.assign(categories, 1.0);
    if (sum(pooled) == 0.0) return;
    fit.converged = false;
    while (!fit.converged && fit.iterations < kMostIterations) {
        ++fit.iterations;
        const double size = sum(fit.prior);
        std::vector<double> above = parallel_reduce(
            job, labels.items, kGrain, std::vector<double>(categories + 1, 0.0),
            [&](std::size_t begin, std::size_t end) {
                std::vector<double> part(categories + 1, 0.0);
                for (std::size_t item = begin; item < end; ++item) {
                    const auto counts = pooled.subspan(item * categories, categories);
                    double n = 0.0;
                    for (std::size_t k = 0; k < categories; ++k) {
                        if (counts[k] == 0.0) continue;
                        n += counts[k];
                        part[k] += digamma(counts[k] + fit.prior[k]) - digamma(fit.prior[k]);
                    }
                    if (n > 0.0) part[categories] += digamma(n + size) - digamma(size);
                }
                return part;
            },
            [](std::vector<double> a, const std::vector<double>& b) {
                for (std::size_t k = 0; k < b.size(); ++k) a[k] += b[k];
                return a;
            });
        double change = 0.0;
        for (std::size_t k = 0; k < categories; ++k) {
            const double fresh =
                std::clamp(fit.prior[k] * above[k] / above[categories], kLeastPrior, kMostPrior);
            change = std::max(change, std::abs(std::log(fresh / fit.prior[k])));
            fit.prior[k] = fresh;
        }
        fit.converged = change < 1e-6;
    }
}

// Of the cells given the items' shares; without = every cell at those shares.
double log_likelihood(const LabelCounts& labels, std::span<const double> shares, double strength,
                      bool without, const Job& job) {
    return parallel_reduce(
        job, labels.items, kGrain, 0.0,
        [&](std::size_t begin, std::size_t end) {
            double total = 0.0;
            for (std::size_t item = begin; item < end; ++item) {
                const auto p = shares.subspan(item * labels.categories, labels.categories);
                for (std::size_t g = 0; g < labels.groups; ++g) {
                    const auto counts = cell(labels, item, g);
                    double n = 0.0;
                    for (std::size_t k = 0; k < labels.categories; ++k) {
                        const double c = counts[k];
                        if (c == 0.0) continue;
                        n += c;
                        const double a = strength * p[k];
                        total += without ? c * std::log(p[k]) : log_gamma(a + c) - log_gamma(a);
                    }
                    if (!without && n > 0.0) {
                        total -= log_gamma(strength + n) - log_gamma(strength);
                    }
                }
            }
            return total;
        },
        std::plus<>{});
}

}  // namespace

DirichletLabels fit_dirichlet_labels(const LabelCounts& labels, const Job& job) {
    const std::size_t expected = labels.items * labels.groups * labels.categories;
    if (labels.categories < 2 || labels.counts.size() != expected) {
        throw Error(ErrorCode::invalid_argument,
                    "label counts need two categories or more and one count for every item, group "
                    "and category: expected " +
                        std::to_string(expected) + ", found " +
                        std::to_string(labels.counts.size()));
    }
    DirichletLabels fit;
    const std::vector<double> pooled = pool(labels);
    fit_prior(labels, pooled, job, fit);
    std::vector<double> shares = pooled;
    const double prior_size = sum(fit.prior);
    for (std::size_t item = 0; item < labels.items; ++item) {
        const auto p = std::span(shares).subspan(item * labels.categories, labels.categories);
        const double size = prior_size + sum(p);
        for (std::size_t k = 0; k < labels.categories; ++k) p[k] = (p[k] + fit.prior[k]) / size;
    }

    fit.log_likelihood_without_groups = log_likelihood(labels, shares, kCeiling, true, job);
    fit.strength = kCeiling;
    fit.log_likelihood = fit.log_likelihood_without_groups;
    const auto at = [&](double log_strength) {
        ++fit.iterations;
        return log_likelihood(labels, shares, std::exp(log_strength), false, job);
    };
    // Golden section on log s after a coarse grid, which finds the hill if there are two.
    constexpr int kGrid = 12;
    constexpr double kGolden = 0.61803398874989485;
    const double from = std::log(kFloor), to = std::log(kCeiling), step = (to - from) / kGrid;
    double centre = to, highest = at(to);
    for (int k = 0; k < kGrid; ++k) {
        if (const double value = at(from + step * k); value > highest) {
            highest = value;
            centre = from + step * k;
        }
    }
    double low = std::max(from, centre - step), high = std::min(to, centre + step);
    while (high - low > 1e-3) {
        const double left = high - kGolden * (high - low), right = low + kGolden * (high - low);
        if (at(left) >= at(right)) {
            high = right;
        } else {
            low = left;
        }
    }
    const double top = at(0.5 * (low + high));
    if (top > highest) {
        highest = top;
        centre = 0.5 * (low + high);
    }
    if (highest > fit.log_likelihood_without_groups) {
        fit.strength = std::exp(centre);
        fit.log_likelihood = highest;
    }
    fit.strength_at_ceiling = fit.strength >= 0.999 * kCeiling;
    return fit;
}

void label_shares(const LabelCounts& labels, const DirichletLabels& fit, std::size_t item,
                  std::size_t group, std::span<double> mean, std::span<double> sd) {
    ensure(mean.size() == labels.categories && sd.size() == labels.categories,
           "one share for every category");
    ensure(item < labels.items && group < labels.groups, "the item and the group exist");
    const double s = fit.strength;
    std::copy(fit.prior.begin(), fit.prior.end(), mean.begin());
    double size = sum(fit.prior), n = 0.0;
    for (std::size_t g = 0; g < labels.groups; ++g) {
        const auto counts = cell(labels, item, g);
        double in_group = 0.0;
        for (const std::uint32_t c : counts) in_group += c;
        if (g == group) n = in_group;
        if (in_group == 0.0) continue;
        // Labels of one group are alike: they count as fewer (as in beta_votes.cpp).
        const double effective = (s + 1.0) / (s + in_group);
        size += effective * in_group;
        for (std::size_t k = 0; k < labels.categories; ++k) mean[k] += effective * counts[k];
    }
    const auto own = cell(labels, item, group);
    const double follow = s / (s + n);
    for (std::size_t k = 0; k < labels.categories; ++k) {
        const double p = mean[k] / size;
        mean[k] = (s * p + own[k]) / (s + n);
        sd[k] = std::sqrt(mean[k] * (1.0 - mean[k]) / (s + n + 1.0) +
                          follow * follow * p * (1.0 - p) / (size + 1.0));
    }
}

}  // namespace edgewise::estimate
