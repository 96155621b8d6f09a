#include "edgewise/norms/welfare.hpp"

#include <algorithm>
#include <cmath>

#include "edgewise/base/require.hpp"
#include "edgewise/base/rng.hpp"

namespace edgewise::norms {
namespace {

constexpr std::uint64_t kMostTrials = 1ULL << 40;  // products of sums then fit in 128 bits

// Sign of rate(a) - rate(b) where both have trials, without rounding.
int sign(const Arms& arms) {
    const auto left = static_cast<Uint128>(arms.successes_a) * arms.trials_b;
    const auto right = static_cast<Uint128>(arms.successes_b) * arms.trials_a;
    return left > right ? 1 : left < right ? -1 : 0;
}

double rate(std::uint64_t successes, std::uint64_t trials) {
    return static_cast<double>(successes) / static_cast<double>(trials);
}

}  // namespace

GroupSatisfaction min_group_satisfaction(std::span<const double> satisfaction,
                                         std::span<const std::uint64_t> n, std::uint64_t least_n) {
    require(satisfaction.size() == n.size(), "n", "one count a group");
    GroupSatisfaction out;
    double best = 0.0;
    std::size_t heard = 0;
    for (std::size_t g = 0; g < n.size(); ++g) {
        if (n[g] < least_n) {
            ++out.insufficient;
            continue;
        }
        require(std::isfinite(satisfaction[g]), "satisfaction", "finite numbers");
        ++heard;
        if (!out.least || satisfaction[g] < *out.least) {
            out.least = satisfaction[g];
            out.group = g;
        }
        best = heard == 1 ? satisfaction[g] : std::max(best, satisfaction[g]);
    }
    if (heard >= 2) out.gap = best - *out.least;
    return out;
}

Simpson simpson_reversal(std::span<const Arms> groups) {
    Simpson out;
    Arms pool;
    std::size_t ahead = 0;
    std::size_t behind = 0;
    for (const Arms& g : groups) {
        require(g.successes_a <= g.trials_a && g.successes_b <= g.trials_b, "successes",
                "at most as many as trials");
        require(g.trials_a <= kMostTrials && g.trials_b <= kMostTrials, "trials", "at most 2^40");
        if (g.trials_a == 0 || g.trials_b == 0) continue;
        ++out.comparable;
        ahead += sign(g) > 0;
        behind += sign(g) < 0;
        pool.successes_a += g.successes_a;
        pool.trials_a += g.trials_a;
        pool.successes_b += g.successes_b;
        pool.trials_b += g.trials_b;
    }
    if (out.comparable == 0) return out;
    out.pooled_sign = sign(pool);
    out.pooled_difference =
        rate(pool.successes_a, pool.trials_a) - rate(pool.successes_b, pool.trials_b);
    out.reversal = out.comparable >= 2 && ((out.pooled_sign > 0 && behind == out.comparable) ||
                                           (out.pooled_sign < 0 && ahead == out.comparable));
    return out;
}

std::size_t simpson_reversals(std::span<const Arms> comparisons, std::size_t groups) {
    require(groups > 0 && comparisons.size() % groups == 0, "comparisons",
            "one entry a group in every comparison");
    std::size_t count = 0;
    for (std::size_t i = 0; i < comparisons.size(); i += groups) {
        count += simpson_reversal(comparisons.subspan(i, groups)).reversal;
    }
    return count;
}

double kish_n_eff(std::span<const double> weights) {
    double largest = 0.0;
    for (const double w : weights) {
        require(std::isfinite(w) && w >= 0.0, "weights", "finite numbers from 0");
        largest = std::max(largest, w);
    }
    if (largest == 0.0) return 0.0;
    double sum = 0.0;
    double squares = 0.0;
    for (const double w : weights) {
        sum += w / largest;
        squares += (w / largest) * (w / largest);
    }
    return std::clamp(sum * sum / squares, 1.0, static_cast<double>(weights.size()));
}

std::optional<double> sampling_gap(std::span<const std::uint64_t> sample,
                                   std::span<const double> population) {
    require(sample.size() == population.size(), "population", "one share a group");
    double people = 0.0;
    double raters = 0.0;
    for (std::size_t g = 0; g < sample.size(); ++g) {
        require(population[g] >= 0.0, "population", "finite numbers from 0");
        people += population[g];
        raters += static_cast<double>(sample[g]);
    }
    require(people > 0.0 && std::isfinite(people), "population", "a positive, finite sum");
    if (raters == 0.0) return std::nullopt;
    double gap = 0.0;
    for (std::size_t g = 0; g < sample.size(); ++g) {
        gap += std::abs(static_cast<double>(sample[g]) / raters - population[g] / people);
    }
    return std::min(1.0, gap / 2.0);
}

}  // namespace edgewise::norms
