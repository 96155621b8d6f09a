#include "edgewise/base/divergence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/base/stats.hpp"

namespace edgewise {
namespace {

[[noreturn]] void mistake(const char* parameter, const char* expected) {
    throw Error(ErrorCode::invalid_argument, std::string("expected ") + expected, parameter);
}

// The mass of a distribution, after checking that it is one.
double mass(std::span<const double> p, const char* parameter) {
    for (const double x : p) {
        if (!(x >= 0.0 && x <= std::numeric_limits<double>::max())) {
            mistake(parameter, "finite numbers from 0");
        }
    }
    const double total = pairwise_sum(p);
    if (!(total > 0.0 && total <= std::numeric_limits<double>::max())) {
        mistake(parameter, "a positive, finite sum");
    }
    return total;
}

// p ln p with its limit at 0.
double p_log_p(double p) { return p > 0.0 ? p * std::log(p) : 0.0; }

void same_length(std::span<const double> p, std::span<const double> q) {
    if (p.size() != q.size()) mistake("q", "as many categories as p has");
}

}  // namespace

double relative_entropy_term(double p, double m) noexcept {
    if (p == 0.0) return m;
    const double ratio = p / m;
    const double excess = p - m;
    // log1p near 1; log elsewhere, since excess / m rounds to -1 for p far below m.
    return ratio > 0.5 && ratio < 2.0 ? p * std::log1p(excess / m) - excess
                                      : p * std::log(ratio) - excess;
}

double entropy(std::span<const double> p) {
    const double total = mass(p, "p");
    CompensatedSum sum;
    for (const double x : p) sum.add(p_log_p(x / total));
    return std::max(0.0, -sum.value());
}

EntropySplit entropy_split(std::span<const double> weights, std::span<const double> distributions) {
    const double weight_mass = mass(weights, "weights");
    const std::size_t groups = weights.size();
    const std::size_t categories = distributions.size() / groups;
    if (categories == 0 || distributions.size() % groups != 0) {
        mistake("distributions", "one row of equally many categories for each weight");
    }
    const auto row = [&](std::size_t g) {
        return distributions.subspan(g * categories, categories);
    };

    std::vector<double> row_mass(groups, 1.0);
    std::vector<CompensatedSum> pooled(categories);
    for (std::size_t g = 0; g < groups; ++g) {
        if (weights[g] == 0.0) continue;
        row_mass[g] = mass(row(g), "distributions");
        const double weight = weights[g] / weight_mass;
        for (std::size_t c = 0; c < categories; ++c) {
            pooled[c].add(weight * (row(g)[c] / row_mass[g]));
        }
    }

    // Between is the mean divergence of a row from the pool; as a difference of two entropies it
    // would lose all digits where groups hardly differ.
    CompensatedSum pooled_sum;
    CompensatedSum within;
    CompensatedSum between;
    for (const CompensatedSum& m : pooled) pooled_sum.add(p_log_p(m.value()));
    for (std::size_t g = 0; g < groups; ++g) {
        if (weights[g] == 0.0) continue;
        const double weight = weights[g] / weight_mass;
        for (std::size_t c = 0; c < categories; ++c) {
            const double p = row(g)[c] / row_mass[g];
            within.add(-weight * p_log_p(p));
            between.add(weight * relative_entropy_term(p, pooled[c].value()));
        }
    }
    return {.pooled = std::max(0.0, -pooled_sum.value()),
            .within = std::max(0.0, within.value()),
            .between = std::max(0.0, between.value())};
}

double jensen_shannon(std::span<const double> weights, std::span<const double> distributions) {
    return entropy_split(weights, distributions).between;
}

double total_variation(std::span<const double> p, std::span<const double> q) {
    same_length(p, q);
    const double p_mass = mass(p, "p");
    const double q_mass = mass(q, "q");
    CompensatedSum sum;
    for (std::size_t c = 0; c < p.size(); ++c) sum.add(std::abs(p[c] / p_mass - q[c] / q_mass));
    return std::min(1.0, sum.value() / 2.0);
}

double wasserstein_ordinal(std::span<const double> p, std::span<const double> q) {
    same_length(p, q);
    const double p_mass = mass(p, "p");
    const double q_mass = mass(q, "q");
    CompensatedSum distance;
    CompensatedSum lead;  // how much mass has still to be carried to the right
    for (std::size_t c = 0; c + 1 < p.size(); ++c) {
        lead.add(p[c] / p_mass - q[c] / q_mass);
        distance.add(std::abs(lead.value()));
    }
    return distance.value();
}

}  // namespace edgewise
