#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "worlds.hpp"

// Worlds of ordinal answers made by the cumulative-logit model itself.

namespace edgewise::estimate {

struct OrdinalRecipe {
    Recipe crossed{};          // sds and group means on the logit scale; residual unused
    std::vector<double> cuts;  // ascending
};

inline double level_value(std::size_t k, std::size_t cuts) {
    return static_cast<double>(k) / static_cast<double>(cuts);
}

// What raters of all severities answer on average at eta, by a fine midpoint rule.
inline double mean_answer(const std::vector<double>& cuts, double eta, double severity_sd) {
    double sum = 0.0, total = 0.0;
    for (int k = -80; k <= 80; ++k) {
        const double z = 0.05 * k, weight = std::exp(-0.5 * z * z);
        total += weight;
        for (const double cut : cuts) {
            sum += weight / (1.0 + std::exp(cut - eta - severity_sd * z)) /
                   static_cast<double>(cuts.size());
        }
    }
    return sum / total;
}

inline World simulate_ordinal(const OrdinalRecipe& recipe, std::uint64_t seed) {
    const Recipe& r = recipe.crossed;
    Rng rng(seed, 73);
    std::vector<std::uint16_t> group_of = random_groups(r, rng);
    std::vector<double> severity(r.raters);
    for (double& s : severity) s = r.sd.rater * next_normal(rng);
    std::vector<std::vector<double>> truth;
    std::vector<Judged> judged;
    for (std::size_t o = 0; o < r.items; ++o) {
        const double item = r.sd.item * next_normal(rng);
        std::vector<double> eta;
        std::vector<double>& cells = truth.emplace_back();
        for (std::size_t g = 0; g < r.groups; ++g) {
            eta.push_back((r.group_mean.empty() ? 0.0 : r.group_mean[g]) + item +
                          r.sd.item_by_group * next_normal(rng));
            cells.push_back(mean_answer(recipe.cuts, eta.back(), r.sd.rater));
        }
        for (std::size_t who = 0; who < r.raters; ++who) {
            if (rng.next_unit() >= r.density) continue;
            const std::uint16_t g = group_of[who];
            const double at = (g == judgment::kNoGroup ? item : eta[g]) + severity[who];
            const double u = rng.next_unit();
            std::size_t level = 0;
            for (const double cut : recipe.cuts) level += u > 1.0 / (1.0 + std::exp(at - cut));
            judged.push_back({static_cast<std::uint32_t>(o), static_cast<Id>(who),
                              level_value(level, recipe.cuts.size())});
        }
    }
    World world = world_of(std::move(judged), r.items, std::move(group_of), r.groups);
    world.view.cuts.clear();
    for (std::size_t k = 1; k <= recipe.cuts.size(); ++k) {
        world.view.cuts.push_back(static_cast<float>(level_value(k, recipe.cuts.size())));
    }
    world.truth = std::move(truth);
    return world;
}

// Five levels, most answers at the top.
inline OrdinalRecipe skewed(std::size_t items, std::size_t raters, double density) {
    OrdinalRecipe recipe;
    recipe.crossed = {.items = items, .raters = raters, .groups = 3, .density = density};
    recipe.crossed.sd = {.item = 1.0, .rater = 0.7, .item_by_group = 0.6, .residual = 0.0};
    recipe.crossed.group_mean = {-0.3, 0.0, 0.3};
    recipe.cuts = {-4.0, -3.0, -2.0, -0.5};
    return recipe;
}

}  // namespace edgewise::estimate
