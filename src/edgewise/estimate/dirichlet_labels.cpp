#include "edgewise/estimate/dirichlet_labels.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "edgewise/base/parallel.hpp"
#include "edgewise/estimate/log_gamma.hpp"
#include "edgewise/estimate/plausible.hpp"

namespace edgewise::estimate {
namespace {

constexpr double kCeiling = 2000.0;
constexpr double kFloor = 0.5;
constexpr int kMostIterations = 500;
constexpr double kLeastPrior = 1e-3;  // a category nobody used keeps a little
constexpr double kMostPrior = 1e3;
constexpr std::size_t kGrain = 1024;

// Item by category, all groups together.
std::vector<double> pool(const LabelCounts& labels) {
    std::vector<double> pooled(labels.items * labels.categories, 0.0);
    for (std::size_t item = 0; item < labels.items; ++item) {
        for (std::size_t g = 0; g < labels.groups; ++g) {
            for (std::size_t k = 0; k < labels.categories; ++k) {
                pooled[item * labels.categories + k] += labels.at(item, g, k);
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

// Of each group's labels given the other groups' of the item: these make the item's shares a
// Dirichlet of size A and mean p, and a group's own, of strength s about them, have by the law of
// total variance the spread of a Dirichlet of 1 / (t + 1) = 1 / (A + 1) + A / (A + 1) / (s + 1).
// Groups that label alone say nothing of s. Of G terms G - 1 are free: hence the factor.
double log_likelihood(const LabelCounts& labels, std::span<const double> prior, double strength,
                      const Job& job) {
    const double size = sum(prior), spread = 1.0 / (strength + 1.0);
    return parallel_reduce(
        job, labels.items, kGrain, 0.0,
        [&](std::size_t begin, std::size_t end) {
            double total = 0.0;
            std::vector<double> all(labels.categories), n(labels.groups), effective(labels.groups);
            for (std::size_t item = begin; item < end; ++item) {
                std::copy(prior.begin(), prior.end(), all.begin());
                double everything = size, judging = 0.0, here = 0.0;
                for (std::size_t g = 0; g < labels.groups; ++g) {
                    n[g] = 0.0;
                    for (std::size_t k = 0; k < labels.categories; ++k) {
                        n[g] += labels.at(item, g, k);
                    }
                    if (n[g] <= 0.0) continue;
                    judging += 1.0;
                    effective[g] = 1.0 / (1.0 + (n[g] - 1.0) * spread);  // (s + 1) / (s + n)
                    everything += effective[g] * n[g];
                    for (std::size_t k = 0; k < labels.categories; ++k) {
                        all[k] += effective[g] * labels.at(item, g, k);
                    }
                }
                if (judging < 2.0) continue;
                for (std::size_t g = 0; g < labels.groups; ++g) {
                    if (n[g] <= 0.0) continue;
                    const double others = everything - effective[g] * n[g];
                    const double wide = 1.0 / (others + 1.0) + others / (others + 1.0) * spread;
                    const double t = 1.0 / wide - 1.0;
                    here += log_gamma(t) - log_gamma(t + n[g]);
                    for (std::size_t k = 0; k < labels.categories; ++k) {
                        const double c = labels.at(item, g, k);
                        if (c <= 0.0) continue;
                        const double x = t * std::max((all[k] - effective[g] * c) / others, 1e-12);
                        here += log_gamma(x + c) - log_gamma(x);
                    }
                }
                total += here * (judging - 1.0) / judging;
                here = 0.0;
            }
            return total;
        },
        std::plus<>{});
}

// Of shares relative to the widest possible, where a Dirichlet is worth `size` labels.
double sd_at(double size) noexcept { return 1.0 / std::sqrt(size + 1.0); }
double size_at(double sd) noexcept { return 1.0 / (sd * sd) - 1.0; }

}  // namespace

DirichletLabels fit_dirichlet_labels(const LabelCounts& labels, const Job& job) {
    const std::size_t expected = labels.items * labels.groups * labels.categories;
    if (labels.categories < 2 || labels.size() != expected) {
        throw Error(ErrorCode::invalid_argument,
                    "label counts need two categories or more and one count for every item, group "
                    "and category: expected " +
                        std::to_string(expected) + ", found " + std::to_string(labels.size()));
    }
    DirichletLabels fit;
    const std::vector<double> pooled = pool(labels);
    fit_prior(labels, pooled, job, fit);
    fit.log_likelihood_without_groups = log_likelihood(labels, fit.prior, 1e12, job);
    fit.strength = kCeiling;
    fit.log_likelihood = fit.log_likelihood_without_groups;
    const auto at = [&](double log_strength) {
        ++fit.iterations;
        return log_likelihood(labels, fit.prior, std::exp(log_strength), job);
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
    for (const Plausible& one :
         plausible([&](double sd) { return log_likelihood(labels, fit.prior, size_at(sd), job); },
                   sd_at(fit.strength), sd_at(kCeiling), sd_at(kFloor), 7)) {
        fit.posterior.push_back({size_at(one.sd), one.weight});
    }
    return fit;
}

void label_shares(const LabelCounts& labels, const DirichletLabels& fit, std::size_t item,
                  std::size_t group, std::span<double> mean, std::span<double> sd) {
    ensure(mean.size() == labels.categories && sd.size() == labels.categories,
           "one share for every category");
    ensure(item < labels.items && group < labels.groups, "the item and the group exist");
    std::vector<double> none(labels.groups, 0.0);
    none[group] = 1.0;
    label_shares(labels, fit, item, std::span<const double>(none), mean, sd);
}

void label_shares(const LabelCounts& labels, const DirichletLabels& fit, std::size_t item,
                  std::span<const double> weight, std::span<double> mean, std::span<double> sd) {
    ensure(mean.size() == labels.categories && sd.size() == labels.categories,
           "one share for every category");
    ensure(item < labels.items && weight.size() == labels.groups, "one weight for every group");
    std::ranges::fill(mean, 0.0);
    std::ranges::fill(sd, 0.0);  // first the mean square
    const double prior = sum(fit.prior);
    std::vector<double> p(labels.categories), n(labels.groups, 0.0);
    for (std::size_t g = 0; g < labels.groups; ++g) {
        for (std::size_t k = 0; k < labels.categories; ++k) n[g] += labels.at(item, g, k);
    }
    // A mixture over the strengths: mean and variance by the laws of total mean and variance.
    for (const LabelStrength& one : fit.posterior) {
        const double s = one.strength;
        std::copy(fit.prior.begin(), fit.prior.end(), p.begin());
        double size = prior;
        for (std::size_t g = 0; g < labels.groups; ++g) {
            if (n[g] <= 0.0) continue;
            // Labels of one group are alike: they count as fewer (as in beta_votes.cpp).
            const double effective = (s + 1.0) / (s + n[g]);
            size += effective * n[g];
            for (std::size_t k = 0; k < labels.categories; ++k) {
                p[k] += effective * labels.at(item, g, k);
            }
        }
        for (std::size_t k = 0; k < labels.categories; ++k) {
            const double pooled = p[k] / size;
            double expected = 0.0, own = 0.0, follows = 0.0;
            for (std::size_t g = 0; g < labels.groups; ++g) {
                if (weight[g] == 0.0) continue;
                const double theta = (s * pooled + labels.at(item, g, k)) / (s + n[g]);
                expected += weight[g] * theta;
                own += weight[g] * weight[g] * theta * (1.0 - theta) / (s + n[g] + 1.0);
                follows += weight[g] * s / (s + n[g]);
            }
            const double variance =
                own + follows * follows * pooled * (1.0 - pooled) / (size + 1.0);
            mean[k] += one.weight * expected;
            sd[k] += one.weight * (expected * expected + variance);
        }
    }
    for (std::size_t k = 0; k < labels.categories; ++k) {
        sd[k] = std::sqrt(std::max(sd[k] - mean[k] * mean[k], 0.0));
    }
}

}  // namespace edgewise::estimate
