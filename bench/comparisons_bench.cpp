#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "../tests/support/contests.hpp"
#include "edgewise/estimate/comparisons/standings.hpp"
#include "edgewise/estimate/comparisons/strength_errors.hpp"

// bench/peers/comparisons.py times other programs on the file that this writes where
// EDGEWISE_BENCH_COMPARISONS names one: contenders and comparisons, then first and second, the
// first one the winner, as 32-bit numbers, and our strengths as doubles. CPU seconds are what
// counts.

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

// Strengths of standard deviation 1, pairs at random, no ties: what peers take.
const Contests& columns(std::uint32_t contenders, std::size_t comparisons, double kappa) {
    static std::vector<std::pair<std::size_t, Contests>> known;
    const std::size_t key =
        (comparisons << 12) + contenders + (kappa > 1.0 ? std::size_t{1} << 50 : 0);
    for (const auto& [k, contests] : known) {
        if (k == key) return contests;
    }
    known.emplace_back(key, test::drawn_contests({.contenders = contenders,
                                                  .raters = 1'000,
                                                  .cases = 1'000,
                                                  .comparisons = comparisons,
                                                  .kappa = kappa},
                                                 1)
                                .contests);
    return known.back().second;
}

const Contests& columns(const benchmark::State& state, double kappa = 1.0) {
    return columns(static_cast<std::uint32_t>(state.range(0)),
                   static_cast<std::size_t>(state.range(1)), kappa);
}

void write_for_peers(const Contests& contests, const BradleyTerryFit& fit) {
    const char* name = std::getenv("EDGEWISE_BENCH_COMPARISONS");
    if (name == nullptr || contests.size() != 1'000'000) return;
    std::FILE* file = std::fopen(name, "wb");
    if (file == nullptr) return;
    const auto put = [&](const auto& values) {
        std::fwrite(values.data(), sizeof(values[0]), values.size(), file);
    };
    std::vector<std::uint32_t> winner(contests.first), loser(contests.second);
    for (std::size_t i = 0; i < winner.size(); ++i) {
        if (contests.outcome[i] == Outcome::second) std::swap(winner[i], loser[i]);
    }
    put(std::vector{static_cast<std::uint32_t>(contests.contenders()),
                    static_cast<std::uint32_t>(contests.size())});
    put(winner);
    put(loser);
    put(fit.theta);
    std::fclose(file);
}

void count(benchmark::State& state) {
    const Contests& contests = columns(state);
    for (auto _ : state) benchmark::DoNotOptimize(count_pairs(contests, {}, Job()));
}
BENCHMARK(count)
    ->Args({1'000, 1'000'000})
    ->Args({100, 1'000'000})
    ->Args({100'000, 1'000'000})
    ->Unit(benchmark::kMillisecond);

// From raw columns to strengths with a gradient below 1e-7.
void fit_columns(benchmark::State& state) {
    const Contests& contests = columns(state);
    BradleyTerryFit fit;
    for (auto _ : state) {
        const PairCounts pairs = count_pairs(contests, {}, Job());
        fit = fit_bradley_terry(pairs, {}, Job());
    }
    state.counters["gradient"] = fit.gradient_norm;
    state.counters["steps"] = fit.iterations;
    if (!fit.converged) state.SkipWithError("did not converge");
    write_for_peers(contests, fit);
}
BENCHMARK(fit_columns)
    ->Args({1'000, 1'000'000})
    ->Args({1'000, 100'000})
    ->Args({100, 20'000})
    ->Args({100'000, 1'000'000})
    ->Unit(benchmark::kMillisecond);

// The same with ties, both models fitted and the likelier kept.
void fit_with_ties(benchmark::State& state) {
    const Contests& contests = columns(state, 2.0);
    for (auto _ : state) {
        const PairCounts pairs = count_pairs(contests, {}, Job());
        benchmark::DoNotOptimize(fit_bradley_terry(pairs, {}, Job()));
    }
}
BENCHMARK(fit_with_ties)->Args({1'000, 1'000'000})->Unit(benchmark::kMillisecond);

void fit_and_bootstrap(benchmark::State& state) {
    const Contests& contests = columns(state);
    for (auto _ : state) {
        const PairCounts pairs = count_pairs(contests, {}, Job());
        const BradleyTerryFit fit = fit_bradley_terry(pairs, {}, Job());
        const StrengthDraws draws =
            bootstrap(contests, fit, {}, static_cast<Resample>(state.range(2)), 100, 1, Job());
        if (draws.not_converged > 0) state.SkipWithError("did not converge");
    }
}
BENCHMARK(fit_and_bootstrap)
    ->Args({1'000, 1'000'000, static_cast<int>(Resample::comparison)})
    ->Args({1'000, 1'000'000, static_cast<int>(Resample::rater_and_case)})
    ->Args({1'000, 100'000, static_cast<int>(Resample::comparison)})
    ->Args({100, 20'000, static_cast<int>(Resample::comparison)})
    ->Unit(benchmark::kMillisecond);

void sandwich(benchmark::State& state) {
    const Contests& contests = columns(state);
    const PairCounts pairs = count_pairs(contests, {}, Job());
    const BradleyTerryFit fit = fit_bradley_terry(pairs, {}, Job());
    const auto kind = static_cast<estimate::ErrorKind>(state.range(2));
    for (auto _ : state) {
        benchmark::DoNotOptimize(covariance(contests, pairs, fit, {}, kind, Job()));
    }
}
BENCHMARK(sandwich)
    ->Args({1'000, 1'000'000, static_cast<int>(estimate::ErrorKind::fisher)})
    ->Args({1'000, 1'000'000, static_cast<int>(estimate::ErrorKind::sandwich_two_way)})
    ->Args({100, 1'000'000, static_cast<int>(estimate::ErrorKind::sandwich_two_way)})
    ->Unit(benchmark::kMillisecond);

void rank_intervals(benchmark::State& state) {
    const auto n = static_cast<std::size_t>(state.range(0));
    std::vector<double> strength(n), draws;
    Rng rng(1, 1);
    for (double& s : strength) s = next_normal(rng);
    for (int r = 0; r < 1'000; ++r) {
        for (const double s : strength) draws.push_back(s + 0.1 * next_normal(rng));
    }
    for (auto _ : state) benchmark::DoNotOptimize(standings(strength, draws, {}, 0.9));
}
BENCHMARK(rank_intervals)->Arg(60)->Arg(1'000)->Unit(benchmark::kMillisecond);

}  // namespace
