#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/observations.hpp"
#include "edgewise/estimate/opinions/bridging.hpp"
#include "edgewise/estimate/opinions/consensus.hpp"
#include "edgewise/estimate/opinions/opinion_groups.hpp"
#include "edgewise/estimate/opinions/representative.hpp"
#include "edgewise/judgment/import.hpp"

// bench/peers/opinions.py does the same with red-dwarf and numpy, on the same input. Conversations
// are read from EDGEWISE_DATA (a folder with ccai and polis_open); without it they are skipped.

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

// Ratings of a world with two sides: bench/peers/opinions.py draws the same from the same
// generator, so that both see the same bytes.
std::vector<NoteRating> two_sides(std::uint32_t raters, std::uint32_t notes, std::size_t ratings) {
    std::uint64_t state = 20260725;
    const auto next = [&] {  // xorshift64* (Vigna 2016), easily written in any language
        state ^= state >> 12U;
        state ^= state << 25U;
        state ^= state >> 27U;
        return static_cast<double>((state * 0x2545F4914F6CDD1DU) >> 11U) * 0x1.0p-53;
    };
    std::vector<double> rater_side(raters), note_side(notes), note_appeal(notes);
    for (double& x : rater_side) x = next() < 0.5 ? -1.0 : 1.0;
    for (double& x : note_side) x = 2.0 * next() - 1.0;
    for (double& x : note_appeal) x = next();
    std::vector<NoteRating> out;
    out.reserve(ratings);
    for (std::size_t i = 0; i < ratings; ++i) {
        const auto u = static_cast<std::uint32_t>(next() * raters);
        const auto n = static_cast<std::uint32_t>(next() * notes);
        const double p = 0.5 * note_appeal[n] + 0.25 + 0.3 * rater_side[u] * note_side[n];
        const double x = next();
        out.push_back({.rater = u, .note = n, .value = x < p - 0.1 ? 1.0F : x < p ? 0.5F : 0.0F});
    }
    return out;
}

const RatingMatrix& million() {
    static const RatingMatrix ratings(two_sides(50'000, 50'000, 1'000'000), 50'000, 50'000);
    return ratings;
}

void bridging_twenty_sweeps(benchmark::State& state) {
    BridgingOptions options;
    options.tolerance = 0.0;
    options.most_sweeps = 20;
    const RatingMatrix& ratings = million();
    for (auto _ : state) benchmark::DoNotOptimize(factorise(ratings, options, 0, Job{}));
}
BENCHMARK(bridging_twenty_sweeps)->Unit(benchmark::kMillisecond);

void bridging_to_convergence(benchmark::State& state) {
    const RatingMatrix& ratings = million();
    Factorisation fit;
    for (auto _ : state) fit = factorise(ratings, {}, 0, Job{});
    state.counters["objective"] = fit.objective;
    state.counters["sweeps"] = fit.sweeps;
    state.counters["converged"] = fit.converged;
}
BENCHMARK(bridging_to_convergence)->Unit(benchmark::kMillisecond);

// From the sparse matrix to groups, group votes, consensus and representative statements.
void polis(benchmark::State& state, const std::string& name) {
    const char* data = std::getenv("EDGEWISE_DATA");
    const std::filesystem::path folder = data == nullptr ? "" : std::filesystem::path(data) / name;
    if (data == nullptr || !std::filesystem::exists(folder)) {
        state.SkipWithError("set EDGEWISE_DATA to the folder of real data");
        return;
    }
    judgment::ImportOptions options;
    options.path = folder.string();
    const judgment::Imported in = judgment::import(options, Job{});
    const Observations seen = observe(in.table, Job{});
    const VoteMatrix votes = vote_matrix(seen.dimensions.front(), in.table.raters().ids.size());
    const std::vector<bool> used(votes.statements(), true);
    for (auto _ : state) {
        const OpinionGroups groups = find_opinion_groups(votes, used);
        const GroupVotes tallies(votes, groups.of, groups.groups());
        double sum = 0.0;
        for (std::size_t s = 0; s < votes.statements(); ++s) {
            sum += group_informed_consensus(tallies, s);
        }
        for (std::size_t g = 0; g < groups.groups(); ++g) {
            sum += static_cast<double>(representative_statements(tallies, g, used).size());
        }
        benchmark::DoNotOptimize(sum);
        state.counters["steps"] = groups.space.steps;
        state.counters["groups"] = static_cast<double>(groups.groups());
    }
    state.counters["votes"] = static_cast<double>(votes.votes());
}
BENCHMARK_CAPTURE(polis, bowling_green, "polis_open/american-assembly.bowling-green")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(polis, ccai, "ccai")->Unit(benchmark::kMillisecond);

}  // namespace
