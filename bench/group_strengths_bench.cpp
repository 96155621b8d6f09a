#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>

#include "edgewise/base/random.hpp"
#include "edgewise/estimate/comparisons/group_model.hpp"
#include "edgewise/estimate/comparisons/group_strengths.hpp"

// Twenty groups, two hundred items, a million comparisons: the input of bench/peers/rankings.py,
// which reads it from the file named by EDGEWISE_COMPARISONS.

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

struct World {
    Contests contests;
    Grouping grouping;
};

World make(std::size_t items, std::size_t groups, std::size_t comparisons, double tau, double nu) {
    Rng rng(3, 0);
    World out;
    std::vector<double> theta(items), strength;
    for (std::size_t i = 0; i < items; ++i) {
        out.contests.contender.push_back(std::to_string(i));
        theta[i] = next_normal(rng);
    }
    for (std::size_t g = 0; g < groups; ++g) {
        out.grouping.groups.push_back(std::to_string(g));
        for (const double t : theta) strength.push_back(t + tau * next_normal(rng));
    }
    for (std::size_t k = 0; k < comparisons; ++k) {
        const auto rater = static_cast<Id>(rng.next_below(50 * groups));
        const std::size_t g = rater % groups;
        const std::size_t i = rng.next_below(items);
        const std::size_t j = (i + 1 + rng.next_below(items - 1)) % items;
        const PairChances p =
            chances(PairKernel::davidson, strength[g * items + i] - strength[g * items + j], nu);
        const double u = rng.next_unit();
        out.contests.first.push_back(static_cast<std::uint32_t>(i));
        out.contests.second.push_back(static_cast<std::uint32_t>(j));
        out.contests.outcome.push_back(u < p.first           ? Outcome::first
                                       : u < p.first + p.tie ? Outcome::tie
                                                             : Outcome::second);
        out.contests.rater.push_back(rater);
        out.contests.case_.push_back(0);
        out.grouping.group.push_back(static_cast<std::uint16_t>(g));
        out.grouping.unit.push_back(rater);
    }
    return out;
}

const World& million() {
    static const World out = [] {
        World w = make(200, 20, 1'000'000, 0.4, 0.0);
        if (const char* path = std::getenv("EDGEWISE_COMPARISONS"); path != nullptr) {
            if (std::FILE* file = std::fopen(path, "w"); file != nullptr) {
                for (std::size_t k = 0; k < w.contests.size(); ++k) {
                    const bool won = w.contests.outcome[k] == Outcome::first;
                    const auto a = w.contests.first[k], b = w.contests.second[k];
                    std::fprintf(file, "%u %u %u\n", w.grouping.group[k], won ? a : b, won ? b : a);
                }
                std::fclose(file);
            }
        }
        return w;
    }();
    return out;
}

void report(benchmark::State& state, const GroupStrengths& s) {
    state.counters["tau"] = s.tau;
    state.counters["steps"] = s.iterations;
    state.counters["gradient"] = s.gradient_norm;
    state.counters["log_likelihood"] = s.log_likelihood;
}

void group_strengths_20_x_200_of_a_million(benchmark::State& state) {
    const World& w = million();
    GroupStrengths s;
    for (auto _ : state) s = group_strengths(w.contests, w.grouping, {}, Job{});
    report(state, s);
}
BENCHMARK(group_strengths_20_x_200_of_a_million)->Unit(benchmark::kMillisecond);

// What the peers do: the mode at a tau that is given, without errors.
void group_strengths_at_a_given_tau(benchmark::State& state) {
    const World& w = million();
    GroupStrengths s;
    for (auto _ : state) {
        s = group_strengths(w.contests, w.grouping, {.tau = 0.4, .exact_limit = 0.0}, Job{});
    }
    report(state, s);
}
BENCHMARK(group_strengths_at_a_given_tau)->Unit(benchmark::kMillisecond);

void group_strengths_with_ties(benchmark::State& state) {
    static const World w = make(200, 20, 1'000'000, 0.4, 0.7);
    GroupStrengths s;
    for (auto _ : state) s = group_strengths(w.contests, w.grouping, {}, Job{});
    report(state, s);
}
BENCHMARK(group_strengths_with_ties)->Unit(benchmark::kMillisecond);

}  // namespace
