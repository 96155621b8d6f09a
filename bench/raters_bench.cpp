#include <benchmark/benchmark.h>

#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/raters/alpha.hpp"
#include "edgewise/estimate/raters/dawid_skene.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

// One million answers in four or five classes: 200,000 items by five of 1,000 raters, of whom each
// is right four times of five. bench/peers/raters.py makes the same by the same recipe.
CodedRatings labels(std::uint64_t classes) {
    Rng rng(1, 1);
    std::vector<std::uint32_t> begin{0};
    std::vector<std::uint32_t> rater;
    std::vector<double> values;
    for (std::uint32_t u = 0; u < 200'000; ++u) {
        const std::uint64_t truth = rng.next_below(classes);
        const auto start = static_cast<std::uint32_t>(rng.next_below(200));
        for (std::uint32_t i = 0; i < 5; ++i) {
            rater.push_back(start + 200 * i);
            const bool right = rng.next_unit() < 0.8;
            values.push_back(static_cast<double>(right ? truth : rng.next_below(classes)));
        }
        begin.push_back(static_cast<std::uint32_t>(values.size()));
    }
    return code_ratings(begin, rater, values);
}

void dawid_skene_twenty_rounds(benchmark::State& state) {
    const CodedRatings ratings = labels(4);
    DawidSkeneOptions options;
    options.most_iterations = 20;
    options.tolerance = 0.0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(dawid_skene(ratings, options).log_likelihood);
    }
}
BENCHMARK(dawid_skene_twenty_rounds)->Unit(benchmark::kMillisecond);

void coding(benchmark::State& state) {
    const CodedRatings ratings = labels(5);
    std::vector<double> values;
    for (const auto c : ratings.code) values.push_back(ratings.levels[c]);
    for (auto _ : state) {
        benchmark::DoNotOptimize(code_ratings(ratings.begin, ratings.rater, values).size());
    }
}
BENCHMARK(coding)->Unit(benchmark::kMillisecond);

// Ordinal alpha, then with 1,000 resamples of units and both jackknives.
void alpha(benchmark::State& state) {
    const CodedRatings ratings = labels(5);
    for (auto _ : state) {
        benchmark::DoNotOptimize(krippendorff_alpha(ratings, Metric::ordinal).value);
    }
}
BENCHMARK(alpha)->Unit(benchmark::kMillisecond);

void alpha_with_errors(benchmark::State& state) {
    const CodedRatings ratings = labels(5);
    for (auto _ : state) {
        benchmark::DoNotOptimize(alpha_errors(ratings, Metric::ordinal, {}).se_rater);
    }
}
BENCHMARK(alpha_with_errors)->Unit(benchmark::kMillisecond);

void alpha_bootstrap_alone(benchmark::State& state) {
    const CodedRatings ratings = labels(5);
    for (auto _ : state) {
        benchmark::DoNotOptimize(alpha_unit_bootstrap(ratings, Metric::ordinal, {}).replicates);
    }
}
BENCHMARK(alpha_bootstrap_alone)->Unit(benchmark::kMillisecond);

// 100,000 units of two, every number different.
void alpha_of_distinct(benchmark::State& state) {
    Rng rng(2, 2);
    std::vector<std::uint32_t> begin{0};
    std::vector<std::uint32_t> rater;
    std::vector<double> values;
    for (std::uint32_t u = 0; u < 100'000; ++u) {
        const double centre = rng.next_unit();
        for (std::uint32_t r = 0; r < 2; ++r) {
            rater.push_back(r);
            values.push_back(centre + 0.1 * rng.next_unit());
        }
        begin.push_back(static_cast<std::uint32_t>(values.size()));
    }
    const CodedRatings ratings = code_ratings(begin, rater, values);
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            krippendorff_alpha(ratings, static_cast<Metric>(state.range(0))).value);
    }
}
BENCHMARK(alpha_of_distinct)->DenseRange(0, 3)->Unit(benchmark::kMillisecond);

}  // namespace
