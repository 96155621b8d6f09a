// What one case costs in an audit: few options, few dimensions, called once a case or a draw; and
// how the front and the support programs grow.

#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "edgewise/base/rng.hpp"
#include "edgewise/cognition/value_of_information.hpp"
#include "edgewise/norms/disagreement.hpp"
#include "edgewise/norms/regret.hpp"
#include "edgewise/structure/pareto.hpp"
#include "edgewise/structure/sensitivity.hpp"
#include "edgewise/structure/support.hpp"

using namespace edgewise;

namespace {

std::vector<double> uniform(std::size_t n) {
    std::vector<double> out(n);
    Rng rng(1, n);
    for (double& x : out) x = rng.next_unit();
    return out;
}

std::size_t arg(const benchmark::State& state, std::size_t i) {
    return static_cast<std::size_t>(state.range(i));
}

void pareto_front(benchmark::State& state) {
    const auto values = uniform(arg(state, 0) * arg(state, 1));
    for (auto _ : state) {
        benchmark::DoNotOptimize(structure::pareto_front({values, arg(state, 0), arg(state, 1)}));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(pareto_front)->Args({6, 4})->Args({1000, 2})->Args({1000, 4})->Args({100'000, 2});

void unsupported(benchmark::State& state) {
    const auto values = uniform(arg(state, 0) * arg(state, 1));
    for (auto _ : state) {
        benchmark::DoNotOptimize(structure::unsupported({values, arg(state, 0), arg(state, 1)}));
    }
}
BENCHMARK(unsupported)->Args({6, 4})->Args({50, 5})->Args({500, 5});

void support_margin(benchmark::State& state) {
    const auto values = uniform(arg(state, 0) * arg(state, 1));
    for (auto _ : state) {
        benchmark::DoNotOptimize(structure::support({values, arg(state, 0), arg(state, 1)}, 0));
    }
}
BENCHMARK(support_margin)->Args({6, 4})->Args({100, 5})->Args({1000, 10});

// Three dimensions are exact; four draw 10,000 weights.
void weight_sensitivity(benchmark::State& state) {
    const auto values = uniform(arg(state, 0) * arg(state, 1));
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            structure::weight_sensitivity({values, arg(state, 0), arg(state, 1)}, 0, Rng(1, 1)));
    }
}
BENCHMARK(weight_sensitivity)->Args({6, 2})->Args({6, 3})->Args({6, 4});

void worst_regret_excess(benchmark::State& state) {
    const auto values = uniform(arg(state, 0) * arg(state, 1));
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            norms::worst_regret_excess({values, arg(state, 0), arg(state, 1)}, 0));
    }
}
BENCHMARK(worst_regret_excess)->Args({4, 4})->Args({20, 10});

// Raters a cell: 2 is listed or drawn, 20 is chi-squared.
void jsd_test(benchmark::State& state) {
    std::vector<std::uint64_t> counts(arg(state, 0) * arg(state, 1));
    Rng rng(2, 2);
    for (auto& x : counts) x = 1 + rng.next_below(2 * arg(state, 2) - 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            norms::jsd_test({counts, arg(state, 0), arg(state, 1)}, Rng(1, 1), 999));
    }
}
BENCHMARK(jsd_test)->Args({2, 2, 2})->Args({2, 5, 2})->Args({4, 5, 2})->Args({4, 5, 20});

void perfect_information(benchmark::State& state) {
    const auto values = uniform(arg(state, 0) * arg(state, 1));
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            cognition::perfect_information({values, arg(state, 0), arg(state, 1)}));
    }
}
BENCHMARK(perfect_information)->Args({200, 4});

}  // namespace
