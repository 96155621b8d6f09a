// How fast shuffled labels pass over the judgments of one dimension; an "item" here is one judgment
// under one shuffle. Run: build/release/bench/edgewise_bench --benchmark_filter=permute

#include <benchmark/benchmark.h>

#include <vector>

#include "edgewise/base/rng.hpp"
#include "edgewise/edge/permute.hpp"

namespace {

using namespace edgewise;
using namespace edgewise::edge;

constexpr std::size_t kJudgments = 1'000'000;
constexpr std::uint32_t kRaters = 10'000;
constexpr std::uint64_t kPermutations = 200;

struct Input {
    GroupedView view;
    Labels labels;
};

// Items that `per_item` raters judged on 5 levels, or on so many that no two differ alike.
Input input(std::size_t per_item, std::size_t groups, bool continuous) {
    Rng rng(1, 0);
    judgment::Partition partition;
    partition.groups.assign(groups, "group");
    for (std::uint32_t r = 0; r < kRaters; ++r) {
        partition.group_of.push_back(static_cast<std::uint16_t>(rng.next_below(groups)));
    }
    Input out;
    out.labels = shuffled_labels(partition, kPermutations, 1, 0);
    out.view.begin.push_back(0);
    for (std::uint32_t item = 0; item < kJudgments / per_item; ++item) {
        int pooled = 0;
        for (std::size_t k = 0; k < per_item; ++k) {
            const auto u = static_cast<float>(
                continuous ? rng.next_unit() : 0.25 * static_cast<double>(rng.next_below(5)));
            out.view.rater.push_back(static_cast<std::uint32_t>(rng.next_below(kRaters)));
            out.view.utility.push_back(u);
            out.view.side.push_back(u >= 0.5F ? std::int8_t{1} : std::int8_t{-1});
            pooled += out.view.side.back();
        }
        out.view.item.push_back(item);
        out.view.begin.push_back(static_cast<std::uint32_t>(out.view.rater.size()));
        out.view.majority.push_back(static_cast<std::int8_t>((pooled > 0) - (pooled < 0)));
        out.view.inverse_sd.push_back(1.0F);
    }
    return out;
}

void run(benchmark::State& state, bool continuous) {
    const Input in = input(static_cast<std::size_t>(state.range(0)),
                           static_cast<std::size_t>(state.range(1)), continuous);
    const Job job({}, {}, 2);
    for (auto _ : state) benchmark::DoNotOptimize(permute(in.view, in.labels, 3, job));
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(in.view.rater.size() * in.labels.shuffles()));
}

// Raters an item, groups. Pairs of raters take the way that works on many shuffles at a time.
void permute_ordinal(benchmark::State& state) { run(state, false); }
BENCHMARK(permute_ordinal)
    ->Args({2, 4})
    ->Args({3, 4})
    ->Args({5, 4})
    ->Args({5, 12})
    ->Args({10, 4})
    ->Args({50, 4})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void permute_continuous(benchmark::State& state) { run(state, true); }
BENCHMARK(permute_continuous)
    ->Args({2, 4})
    ->Args({5, 4})
    ->Args({50, 4})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
