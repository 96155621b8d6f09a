#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/rankings/plackett_luce.hpp"

// Rankings of five among a thousand by the exponential race, strengths normal with sd 1: the input
// of bench/peers/rankings.py, which reads it from the file named by EDGEWISE_RANKINGS.

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

Ballots world(std::size_t options, std::size_t count, std::size_t length, double ties) {
    Rng rng(7, 0);
    std::vector<double> rate(options);
    for (double& one : rate) {
        one = std::exp(std::sqrt(-2.0 * std::log(1.0 - rng.next_unit())) *
                       std::cos(6.283185307179586 * rng.next_unit()));
    }
    std::vector<std::string> names(options);
    for (std::size_t i = 0; i < options; ++i) names[i] = std::to_string(i);
    std::vector<std::uint32_t> begin{0}, option;
    std::vector<double> rank;
    std::vector<std::pair<double, std::uint32_t>> race;
    for (std::size_t b = 0; b < count; ++b) {
        race.clear();
        while (race.size() < length) {
            const auto o = static_cast<std::uint32_t>(rng.next_below(options));
            bool known = false;
            for (const auto& [time, other] : race) known = known || other == o;
            if (!known) race.emplace_back(-std::log(1.0 - rng.next_unit()) / rate[o], o);
        }
        std::sort(race.begin(), race.end());
        double place = 0.0;
        for (const auto& [time, o] : race) {
            if (place == 0.0 || !(rng.next_unit() < ties)) place += 1.0;
            option.push_back(o);
            rank.push_back(place);
        }
        begin.push_back(static_cast<std::uint32_t>(option.size()));
    }
    return ballots(std::move(names), begin, option, rank);
}

const Ballots& thousand() {
    static const Ballots out = [] {
        Ballots b = world(1000, 100'000, 5, 0.0);
        if (const char* path = std::getenv("EDGEWISE_RANKINGS"); path != nullptr) {
            if (std::FILE* file = std::fopen(path, "w"); file != nullptr) {
                for (std::size_t k = 0; k < b.size(); ++k) {
                    for (const std::uint32_t o : b.options(k)) std::fprintf(file, "%u ", o);
                    std::fputc('\n', file);
                }
                std::fclose(file);
            }
        }
        return b;
    }();
    return out;
}

void report(benchmark::State& state, const PlackettLuceFit& fit) {
    state.counters["steps"] = fit.iterations;
    state.counters["gradient"] = fit.gradient_norm;
    state.counters["log_likelihood"] = fit.log_likelihood;
}

void plackett_luce_100k_of_5_among_1000(benchmark::State& state) {
    const Ballots& b = thousand();
    PlackettLuceFit fit;
    for (auto _ : state) fit = fit_plackett_luce(b, {}, Job{});
    report(state, fit);
}
BENCHMARK(plackett_luce_100k_of_5_among_1000)->Unit(benchmark::kMillisecond);

void plackett_luce_with_ties(benchmark::State& state) {
    static const Ballots b = world(1000, 100'000, 5, 0.1);
    PlackettLuceFit fit;
    for (auto _ : state) fit = fit_plackett_luce(b, {}, Job{});
    report(state, fit);
}
BENCHMARK(plackett_luce_with_ties)->Unit(benchmark::kMillisecond);

void plackett_luce_20_bootstraps(benchmark::State& state) {
    const Ballots& b = thousand();
    const PlackettLuceFit fit = fit_plackett_luce(b, {}, Job{});
    for (auto _ : state) {
        benchmark::DoNotOptimize(bootstrap(b, fit, {}, Resample::comparison, 20, 1, Job{}));
    }
}
BENCHMARK(plackett_luce_20_bootstraps)->Unit(benchmark::kMillisecond);

void plackett_luce_covariance(benchmark::State& state) {
    const Ballots& b = thousand();
    const PlackettLuceFit fit = fit_plackett_luce(b, {}, Job{});
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            covariance(b, fit, {}, estimate::ErrorKind::sandwich_rater, Job{}));
    }
}
BENCHMARK(plackett_luce_covariance)->Unit(benchmark::kMillisecond);

}  // namespace
