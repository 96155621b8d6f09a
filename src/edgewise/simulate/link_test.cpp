#include "edgewise/simulate/link.hpp"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/rng.hpp"
#include "edgewise/simulate/gaussian.hpp"

using namespace edgewise;
using namespace edgewise::simulate;

namespace {

std::vector<Scale> scales() {
    return {Scale::equal_levels(2), Scale::equal_levels(5), Scale::equal_levels(7),
            Scale::levels({0.45, 0.55}), Scale::continuous()};
}

}  // namespace

TEST_SUITE("simulate/link") {
    TEST_CASE("standard normal draws have mean 0, variance 1 and no skew") {
        Rng rng(3, 4);
        Gaussian normal(rng);
        constexpr int kDraws = 200'000;
        double first = 0.0;
        double second = 0.0;
        double third = 0.0;
        int beyond_two = 0;
        for (int i = 0; i < kDraws; ++i) {
            const double z = normal();
            first += z / kDraws;
            second += z * z / kDraws;
            third += z * z * z / kDraws;
            beyond_two += z > 2.0 ? 1 : 0;
        }
        CHECK(std::abs(first) < 0.01);
        CHECK(std::abs(second - 1.0) < 0.015);
        CHECK(std::abs(third) < 0.04);
        CHECK(std::abs(beyond_two / double{kDraws} - 0.02275) < 0.0015);
    }
    TEST_CASE("an answer is the nearest level, or the opinion cut to the scale") {
        const Scale five = Scale::equal_levels(5);
        CHECK(five.answer(-3.0) == 0.0);
        CHECK(five.answer(0.124) == 0.0);
        CHECK(five.answer(0.126) == 0.25);
        CHECK(five.answer(0.5) == 0.5);
        CHECK(five.answer(9.0) == 1.0);
        CHECK(Scale::continuous().answer(0.371) == 0.371);
        CHECK(Scale::continuous().answer(1.2) == 1.0);
    }
    TEST_CASE("mean and variance of answers are those of draws") {
        for (const Scale& scale : scales()) {
            for (const double x : {-0.1, 0.3, 0.5, 0.85}) {
                Rng rng(1, 2);
                Gaussian normal(rng);
                constexpr int kDraws = 100'000;
                double sum = 0.0;
                double squares = 0.0;
                for (int i = 0; i < kDraws; ++i) {
                    const double y = scale.answer(x + 0.25 * normal());
                    sum += y / kDraws;
                    squares += y * y / kDraws;
                }
                CHECK(std::abs(mean_answer(scale, x, 0.25) - sum) < 0.006);
                CHECK(std::abs(variance_of_answer(scale, x, 0.25) - (squares - sum * sum)) < 0.003);
            }
        }
    }
    TEST_CASE("the latent opinion for a utility has that utility as its mean answer") {
        for (const Scale& scale : scales()) {
            for (const double sd : {0.01, 0.05, 0.2, 1.0}) {
                const Link link(scale, sd);
                double before = -1e9;
                for (double u = 0.01; u < 0.995; u += 0.01) {
                    const double x = link.latent(u);
                    // Between two levels the mean answer stands still when there is little noise:
                    // utilities there are still met to the table's precision.
                    CHECK(std::abs(link.mean(x) - u) < 1e-4);
                    CHECK(x >= before);
                    before = x;
                }
            }
        }
    }
    TEST_CASE("without noise the opinion is the utility, and its answer is exact") {
        const Link link(Scale::equal_levels(5), 0.0);
        CHECK(link.latent(0.3) == 0.3);
        CHECK(link.mean(link.latent(0.3)) == 0.25);
        CHECK(variance_of_answer(link.scale(), 0.3, 0.0) == 0.0);
    }
}
