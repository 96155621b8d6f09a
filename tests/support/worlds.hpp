#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "edgewise/base/random.hpp"
#include "edgewise/estimate/estimator.hpp"

// Small worlds to estimate from, for tests and benchmarks: views and partitions made by hand.

namespace edgewise::estimate {

struct World {
    DimensionView view;
    judgment::Partition partition;
    // The truth, where the world was simulated: what a group's raters at large would say.
    std::vector<std::vector<double>> truth;  // item -> group
};

struct Judged {
    std::uint32_t item = 0;
    Id rater = 0;
    double utility = 0.0;
};

struct Recipe {
    std::size_t items = 30, raters = 60, groups = 3;
    double density = 1.0;              // share of items a rater judges, each item by chance
    std::vector<double> group_mean{};  // of each group; empty: all 1/2
    Components sd{};                   // standard deviations, not variances
    double ungrouped = 0.0;            // share of the raters without a group
};

// Judgments in any order; a rater judges an item at most once.
inline World world_of(std::vector<Judged> judged, std::size_t items,
                      std::vector<std::uint16_t> group_of, std::size_t groups) {
    std::ranges::sort(judged, {}, [](const Judged& j) { return std::pair{j.item, j.rater}; });
    World world;
    world.view.begin.assign(items + 1, 0);
    for (const Judged& j : judged) {
        ++world.view.begin[j.item + 1];
        world.view.rater.push_back(j.rater);
        world.view.utility.push_back(static_cast<float>(j.utility));
    }
    for (std::size_t i = 0; i < items; ++i) world.view.begin[i + 1] += world.view.begin[i];
    world.view.cuts = {0.5F};
    world.partition.attribute = "test";
    world.partition.group_of = std::move(group_of);
    world.partition.raters_in.assign(groups, 0);
    for (std::size_t g = 0; g < groups; ++g) {
        world.partition.groups.push_back("group " + std::to_string(g));
    }
    for (const std::uint16_t g : world.partition.group_of) {
        if (g != judgment::kNoGroup) ++world.partition.raters_in[g];
    }
    return world;
}

inline std::vector<std::uint16_t> random_groups(const Recipe& recipe, Rng& rng) {
    std::vector<std::uint16_t> group_of(recipe.raters);
    for (std::size_t r = 0; r < recipe.raters; ++r) {
        const bool none = recipe.groups == 0 || rng.next_unit() < recipe.ungrouped;
        group_of[r] = none ? judgment::kNoGroup : static_cast<std::uint16_t>(r % recipe.groups);
    }
    return group_of;
}

// Normal ratings; not cut to [0, 1], so that the model holds exactly. Group means near 1/2 and sds
// of about 0.1 stay inside anyway.
inline World simulate_ratings(const Recipe& recipe, std::uint64_t seed) {
    Rng rng(seed, 71);
    std::vector<std::uint16_t> group_of = random_groups(recipe, rng);
    std::vector<double> severity(recipe.raters);
    for (double& s : severity) s = recipe.sd.rater * next_normal(rng);
    std::vector<std::vector<double>> truth;
    std::vector<Judged> judged;
    for (std::size_t o = 0; o < recipe.items; ++o) {
        const double item = recipe.sd.item * next_normal(rng);
        std::vector<double>& cells = truth.emplace_back();
        for (std::size_t g = 0; g < recipe.groups; ++g) {
            const double mean = recipe.group_mean.empty() ? 0.5 : recipe.group_mean[g];
            cells.push_back(mean + item + recipe.sd.item_by_group * next_normal(rng));
        }
        for (std::size_t r = 0; r < recipe.raters; ++r) {
            if (rng.next_unit() >= recipe.density) continue;
            const std::uint16_t g = group_of[r];
            const double expected = g == judgment::kNoGroup ? 0.5 + item : cells[g];
            judged.push_back({static_cast<std::uint32_t>(o), static_cast<Id>(r),
                              expected + severity[r] + recipe.sd.residual * next_normal(rng)});
        }
    }
    World world = world_of(std::move(judged), recipe.items, std::move(group_of), recipe.groups);
    world.truth = std::move(truth);
    return world;
}

// Votes: p_o ~ Beta(a, b), theta ~ Beta(s p, s (1 - p)); density and sizes as in the recipe.
inline World simulate_votes(const Recipe& recipe, double a, double b, double strength,
                            std::uint64_t seed) {
    Rng rng(seed, 72);
    std::vector<std::uint16_t> group_of = random_groups(recipe, rng);
    std::vector<std::vector<double>> truth;
    std::vector<Judged> judged;
    for (std::size_t o = 0; o < recipe.items; ++o) {
        const double p = next_beta(rng, a, b);
        std::vector<double>& cells = truth.emplace_back();
        for (std::size_t g = 0; g < recipe.groups; ++g) {
            cells.push_back(next_beta(rng, strength * p, strength * (1.0 - p)));
        }
        for (std::size_t r = 0; r < recipe.raters; ++r) {
            if (rng.next_unit() >= recipe.density) continue;
            const std::uint16_t g = group_of[r];
            const double share = g == judgment::kNoGroup ? p : cells[g];
            judged.push_back({static_cast<std::uint32_t>(o), static_cast<Id>(r),
                              rng.next_unit() < share ? 1.0 : 0.0});
        }
    }
    World world = world_of(std::move(judged), recipe.items, std::move(group_of), recipe.groups);
    world.view.binary = true;
    world.truth = std::move(truth);
    return world;
}

}  // namespace edgewise::estimate
