#include "edgewise/base/random.hpp"

#include <cmath>

#include <doctest/doctest.h>

using namespace edgewise;

namespace {

struct Sample {
    double mean = 0.0;
    double variance = 0.0;
};

template <class Draw>
Sample sample(std::uint64_t seed, Draw draw) {
    constexpr int kDraws = 200'000;
    Rng rng(seed, 0);
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < kDraws; ++i) {
        const double x = draw(rng);
        sum += x;
        squares += x * x;
    }
    const double mean = sum / kDraws;
    return {mean, squares / kDraws - mean * mean};
}

}  // namespace

TEST_SUITE("base/random") {
    TEST_CASE("normal draws have mean 0, variance 1 and normal tails") {
        const Sample s = sample(1, [](Rng& rng) { return next_normal(rng); });
        CHECK(std::abs(s.mean) < 0.01);
        CHECK(std::abs(s.variance - 1.0) < 0.02);
        const Sample tail =
            sample(2, [](Rng& r) { return next_normal(r) > 1.6448536 ? 1.0 : 0.0; });
        CHECK(std::abs(tail.mean - 0.05) < 0.002);
    }
    TEST_CASE("gamma draws have mean and variance equal to the shape") {
        for (const double shape : {0.05, 0.5, 1.0, 3.7, 250.0}) {
            CAPTURE(shape);
            const Sample s = sample(3, [&](Rng& rng) { return next_gamma(rng, shape); });
            CHECK(std::abs(s.mean - shape) < 5.0 * std::sqrt(shape / 200'000.0));
            CHECK(std::abs(s.variance / shape - 1.0) < 0.1);
        }
    }
    TEST_CASE("beta draws stay in range and have the beta's moments") {
        for (const auto& [a, b] : {std::pair{0.01, 0.02}, {0.5, 0.5}, {2.0, 5.0}, {900.0, 100.0}}) {
            CAPTURE(a);
            bool inside = true;
            const Sample s = sample(4, [&](Rng& rng) {
                const double x = next_beta(rng, a, b);
                inside = inside && x >= 0.0 && x <= 1.0;
                return x;
            });
            const double mean = a / (a + b);
            const double variance = mean * (1.0 - mean) / (a + b + 1.0);
            CHECK(inside);
            CHECK(std::abs(s.mean - mean) < 5.0 * std::sqrt(variance / 200'000.0));
            CHECK(std::abs(s.variance / variance - 1.0) < 0.03);
        }
    }
    TEST_CASE("the same stream gives the same draws") {
        Rng one(5, 6), two(5, 6);
        for (int i = 0; i < 100; ++i) CHECK(next_gamma(one, 0.3) == next_gamma(two, 0.3));
    }
}
