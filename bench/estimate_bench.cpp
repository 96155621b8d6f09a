#include <benchmark/benchmark.h>

#include "../tests/support/worlds.hpp"
#include "edgewise/estimate/crossed.hpp"
#include "edgewise/estimate/variance_components.hpp"

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

}  // namespace
