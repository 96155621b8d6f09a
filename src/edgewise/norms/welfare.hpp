#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace edgewise::norms {

struct GroupSatisfaction {
    std::optional<double> least;   // of the worst-off group; empty where every group is too small
    std::optional<double> gap;     // best-off minus worst-off; empty with fewer than two groups
    std::size_t group = 0;         // the first that attains `least`
    std::size_t insufficient = 0;  // groups left out, with fewer than `least_n`: unknown, not zero
};

// How the worst-off group fares under one decision (Rawls's maximin). `satisfaction`: one utility
// or share a group; `n`: judgments behind it. A group with fewer than `least_n` is left out and its
// number may then be anything. O(G). Throws Error(invalid_argument) for unequal lengths or a number
// that is read and not finite.
GroupSatisfaction min_group_satisfaction(std::span<const double> satisfaction,
                                         std::span<const std::uint64_t> n, std::uint64_t least_n);

// Two options compared in one group: successes out of trials under each.
struct Arms {
    std::uint64_t successes_a = 0;
    std::uint64_t trials_a = 0;
    std::uint64_t successes_b = 0;
    std::uint64_t trials_b = 0;
};

struct Simpson {
    bool reversal = false;         // every comparable group says the opposite of the pool
    int pooled_sign = 0;           // of rate(a) - rate(b): 1, 0 or -1; exact
    double pooled_difference = 0;  // rate(a) - rate(b)
    std::size_t comparable = 0;    // groups with trials on both sides
};

// Simpson's paradox (Simpson 1951): a is ahead in the pool and behind in each group, or the other
// way round. Needs two comparable groups; the pool is over comparable groups alone, so that no
// reversal comes from a group that saw one option only. Signs are compared in whole numbers. O(G).
// Throws Error(invalid_argument) where successes exceed trials, or trials exceed 2^40.
Simpson simpson_reversal(std::span<const Arms> groups);

// Comparisons, each over the same `groups` groups (row-major comparison x group), that reverse.
std::size_t simpson_reversals(std::span<const Arms> comparisons, std::size_t groups);

// (sum w)^2 / sum w^2, the number of equally weighted raters with the same variance (Kish 1965). In
// [1, n]; 0 where all weights are 0 or there are none. Unchanged by scaling. Throws
// Error(invalid_argument) for a negative or non-finite weight. O(n).
double kish_n_eff(std::span<const double> weights);

// Half the summed difference between the sample's shares n_g / N and the population's: the share of
// raters who would have to be from another group. In [0, 1]. `population` is divided by its sum.
// Empty without raters. Throws Error(invalid_argument) for unequal lengths or a population that is
// negative, not finite or sums to 0. O(G).
std::optional<double> sampling_gap(std::span<const std::uint64_t> sample,
                                   std::span<const double> population);

}  // namespace edgewise::norms
