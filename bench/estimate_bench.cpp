#include <benchmark/benchmark.h>

#include <cmath>
#include <string>

#include "../tests/support/worlds.hpp"
#include "edgewise/estimate/crossed.hpp"
#include "edgewise/estimate/population/raking.hpp"
#include "edgewise/estimate/rating_model.hpp"
#include "edgewise/estimate/variance_components.hpp"
#include "edgewise/judgment/builder.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

const Job kJob({}, {}, 2);

// A table too large for the normal recipe, which tosses a coin for every item and rater: each item
// is judged by `per_item` raters, evenly spread from a random start.
World wide(std::size_t items, std::size_t raters, std::size_t per_item, bool binary) {
    Rng rng(1, 1);
    World world;
    world.partition.attribute = "bench";
    world.partition.groups.assign(5, "group");
    world.partition.raters_in.assign(5, static_cast<std::uint32_t>(raters / 5));
    for (std::size_t r = 0; r < raters; ++r) {
        world.partition.group_of.push_back(static_cast<std::uint16_t>(r % 5));
    }
    world.view.begin.push_back(0);
    world.view.binary = binary;
    const std::size_t step = raters / per_item;
    for (std::size_t o = 0; o < items; ++o) {
        const std::size_t start = rng.next_below(step);
        const double item = 0.3 + 0.4 * rng.next_unit();
        for (std::size_t k = 0; k < per_item; ++k) {
            world.view.rater.push_back(static_cast<Id>(start + k * step));
            const double u = rng.next_unit();
            world.view.utility.push_back(binary ? (u < item ? 1.0F : 0.0F)
                                                : static_cast<float>(item + 0.3 * (u - 0.5)));
        }
        world.view.begin.push_back(static_cast<std::uint32_t>(world.view.rater.size()));
    }
    return world;
}

const World& ratings() {
    static const World world = wide(1'000'000, 50'003, 10, false);
    return world;
}

void moments_of_ten_million(benchmark::State& state) {
    const World& world = ratings();
    const Crossed design = cross(world.view, world.partition, kJob);
    for (auto _ : state) benchmark::DoNotOptimize(moment_components(design, kJob));
    state.SetItemsProcessed(state.iterations() * 10'000'000);
}
BENCHMARK(moments_of_ten_million)->Unit(benchmark::kMillisecond)->UseRealTime();

void fit_ratings_of_ten_million(benchmark::State& state) {
    const World& world = ratings();
    int sweeps = 0;
    for (auto _ : state) {
        const auto fit =
            estimator("hierarchical_ratings").fit(world.view, world.partition, {}, kJob);
        sweeps = fit->summary().iterations;
    }
    state.counters["sweeps"] = sweeps;
}
BENCHMARK(fit_ratings_of_ten_million)->Unit(benchmark::kMillisecond)->UseRealTime();

void cells_of_a_million_items(benchmark::State& state) {
    const World& world = ratings();
    const auto fit = estimator("hierarchical_ratings").fit(world.view, world.partition, {}, kJob);
    std::array<Cell, 5> cells;
    for (auto _ : state) {
        for (std::size_t o = 0; o < world.view.items(); ++o) {
            benchmark::DoNotOptimize(fit->cells(o, cells));
        }
    }
    state.SetItemsProcessed(state.iterations() * 1'000'000);
}
BENCHMARK(cells_of_a_million_items)->Unit(benchmark::kMillisecond);

void fit_votes_of_ten_million(benchmark::State& state) {
    static const World world = wide(1'000'000, 50'003, 10, true);
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            estimator("beta_votes").fit(world.view, world.partition, {}, kJob));
    }
}
BENCHMARK(fit_votes_of_ten_million)->Unit(benchmark::kMillisecond)->UseRealTime();

// items x raters, dense enough that the exact likelihood is chosen.
void exact_reml(benchmark::State& state) {
    const auto raters = static_cast<std::size_t>(state.range(0));
    const World world = wide(6'000, raters, 10, false);
    const Crossed design = cross(world.view, world.partition, kJob);
    for (auto _ : state) benchmark::DoNotOptimize(reml(design, true, kJob));
}
BENCHMARK(exact_reml)->Arg(200)->Arg(600)->Arg(1200)->Unit(benchmark::kMillisecond)->UseRealTime();

// A million ratings on five levels, ten an item.
const World& levels() {
    static const World world = [] {
        World made = wide(100'000, 5'003, 10, false);
        for (float& u : made.view.utility) {
            u = std::min(std::round(u * 2.6F * 4.0F) / 4.0F, 1.0F);
        }
        made.view.cuts = {0.25F, 0.5F, 0.75F, 1.0F};
        return made;
    }();
    return world;
}

void fit_levels_of_a_million(benchmark::State& state) {
    const World& world = levels();
    int rounds = 0;
    for (auto _ : state) {
        rounds = estimator("cumulative_logit")
                     .fit(world.view, world.partition, {}, kJob)
                     ->summary()
                     .iterations;
    }
    state.counters["rounds"] = rounds;
}
BENCHMARK(fit_levels_of_a_million)->Unit(benchmark::kMillisecond)->UseRealTime();

void cells_of_a_hundred_thousand_items_on_levels(benchmark::State& state) {
    const World& world = levels();
    const auto fit = estimator("cumulative_logit").fit(world.view, world.partition, {}, kJob);
    std::array<Cell, 5> cells;
    for (auto _ : state) {
        for (std::size_t o = 0; o < world.view.items(); ++o) {
            benchmark::DoNotOptimize(fit->cells(o, cells));
        }
    }
    state.SetItemsProcessed(state.iterations() * 100'000);
}
BENCHMARK(cells_of_a_hundred_thousand_items_on_levels)->Unit(benchmark::kMillisecond);

void choose_a_rating_model(benchmark::State& state) {
    const World& world = levels();
    for (auto _ : state) {
        benchmark::DoNotOptimize(choose_rating_model(world.view, world.partition, {}, kJob));
    }
}
BENCHMARK(choose_a_rating_model)->Unit(benchmark::kMillisecond)->UseRealTime();

// 100,000 raters to four margins of five categories.
void rake_a_hundred_thousand(benchmark::State& state) {
    judgment::TableBuilder builder;
    const auto option = builder.option_id(builder.case_id("c"), "o");
    const auto dimension = builder.dimension_id("d", judgment::Kind::rating);
    Rng rng(1, 2);
    Margins margins;
    for (int a = 0; a < 4; ++a) {
        Margin& margin = margins.all.emplace_back();
        margin.attribute = "a" + std::to_string(a);
        for (int v = 0; v < 5; ++v) margin.shares.push_back({std::to_string(v), 0.2, 0});
    }
    for (int r = 0; r < 100'000; ++r) {
        judgment::Row row;
        row.option = option;
        row.rater = builder.rater_id(std::to_string(r));
        row.dimension = dimension;
        row.value = static_cast<float>(r % 5);
        builder.add(row);
        for (const Margin& margin : margins.all) {
            const double u = rng.next_unit();
            builder.set_attribute(row.rater, margin.attribute,
                                  std::to_string(static_cast<int>(5.0 * u * u)));
        }
    }
    const judgment::JudgmentTable table = std::move(builder).finish();
    for (auto _ : state) benchmark::DoNotOptimize(rake(table, margins, {}, kJob));
}
BENCHMARK(rake_a_hundred_thousand)->Unit(benchmark::kMillisecond);

}  // namespace
