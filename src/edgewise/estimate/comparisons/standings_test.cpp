#include "edgewise/estimate/comparisons/standings.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/random.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

std::vector<double> noisy(const std::vector<double>& strength, double sd, std::size_t replicates,
                          std::uint64_t seed) {
    std::vector<double> out;
    for (std::size_t r = 0; r < replicates; ++r) {
        Rng rng(seed, r);
        for (const double s : strength) out.push_back(s + sd * next_normal(rng));
    }
    return out;
}

}  // namespace

TEST_SUITE("estimate/standings") {
    TEST_CASE("those far apart are told apart and those close together are not") {
        const std::vector<double> strength{0.0, 5.0, 5.1, -5.0};
        const auto got = standings(strength, noisy(strength, 0.3, 2000, 1), {}, 0.95);
        CHECK(got[2].rank == 1);
        CHECK(got[1].rank == 2);
        CHECK(got[0].rank == 3);
        CHECK(got[3].rank == 4);
        CHECK(got[2].rank_low == 1);
        CHECK(got[2].rank_high == 2);
        CHECK(got[1].rank_low == 1);
        CHECK(got[1].rank_high == 2);
        CHECK(got[0].rank_low == 3);
        CHECK(got[0].rank_high == 3);
        CHECK_FALSE(got[2].apart_from_next);
        CHECK(got[1].apart_from_next);
        CHECK(got[0].apart_from_next);
        CHECK_FALSE(got[3].apart_from_next);
        CHECK(got[2].p_above_next ==
              doctest::Approx(0.593).epsilon(0.08));  // Phi(0.1 / 0.3 sqrt 2)
        CHECK(got[1].p_above_next == 1.0);
        CHECK(got[1].p_best + got[2].p_best == doctest::Approx(1.0));
        CHECK(got[0].p_best == 0.0);
        CHECK(got[0].interval.low == doctest::Approx(-1.96 * 0.3).epsilon(0.1));
        CHECK(got[0].interval.high == doctest::Approx(1.96 * 0.3).epsilon(0.1));
    }

    TEST_CASE("places are taken within a component") {
        const std::vector<double> strength{9.0, -1.0, 8.0, 1.0};
        const std::vector<std::uint32_t> component{0, 1, 0, 1};
        const auto got = standings(strength, noisy(strength, 0.01, 100, 2), component, 0.9);
        CHECK(got[0].rank == 1);
        CHECK(got[2].rank == 2);
        CHECK(got[3].rank == 1);
        CHECK(got[1].rank == 2);
        for (const Standing& s : got) {
            CHECK(s.rank_low == s.rank);
            CHECK(s.rank_high == s.rank);
        }
        CHECK(got[3].p_best == 1.0);
    }

    TEST_CASE("equals share the best place and nobody is surely above them") {
        const std::vector<double> strength{1.0, 1.0, 0.0};
        const auto got = standings(strength, noisy(strength, 1.0, 500, 3), {}, 0.9);
        CHECK(got[0].rank == 1);
        CHECK(got[1].rank == 1);
        CHECK(got[2].rank == 3);
        for (const Standing& s : got) {
            CHECK(s.rank_low == 1);
            CHECK(s.rank_high == 3);
        }
    }

    TEST_CASE("draws without spread leave no doubt and no division by nothing") {
        const std::vector<double> strength{1.0, 1.0, 0.0};
        std::vector<double> draws;
        for (int r = 0; r < 5; ++r) draws.insert(draws.end(), strength.begin(), strength.end());
        const auto got = standings(strength, draws, {}, 0.9);
        CHECK(got[0].rank_low == 1);
        CHECK(got[0].rank_high == 2);
        CHECK(got[0].p_best == 1.0);
        CHECK(got[0].p_above_next == 0.5);
        CHECK_FALSE(got[0].apart_from_next);
        CHECK(got[1].apart_from_next);
        CHECK(got[2].rank_low == 3);
        const auto one = standings(std::vector{2.0}, std::vector{2.0, 2.5}, {}, 0.9);
        CHECK(one[0].rank_low == 1);
        CHECK(one[0].rank_high == 1);
        CHECK(one[0].p_best == 1.0);
        CHECK(standings({}, {}, {}, 0.9).empty());
    }

    TEST_CASE("rank intervals hold all true ranks together at their level") {
        // Ten contenders, some equal: true ranks of equals are any of their block's places.
        const std::vector<double> truth{0, 0, 0.4, 0.4, 0.8, 1.2, 1.2, 2.0, 2.0, 3.0};
        constexpr std::size_t kWorlds = 400;
        std::size_t held = 0;
        for (std::size_t w = 0; w < kWorlds; ++w) {
            const std::vector<double> seen = noisy(truth, 0.3, 1, 1000 + w);
            const auto got = standings(seen, noisy(seen, 0.3, 300, 9000 + w), {}, 0.9);
            bool all = true;
            for (std::size_t i = 0; i < truth.size(); ++i) {
                std::uint32_t above = 0, below = 0;
                for (const double t : truth) {
                    above += t > truth[i] ? 1U : 0U;
                    below += t < truth[i] ? 1U : 0U;
                }
                all = all && got[i].rank_low <= 1 + above && got[i].rank_high >= 10 - below;
            }
            held += all ? 1U : 0U;
        }
        CHECK(static_cast<double>(held) / kWorlds > 0.87);
    }

    TEST_CASE("draws of another shape, NaN and levels out of range are refused") {
        const std::vector<double> strength{1.0, 0.0};
        const std::vector<double> draws{1.0, 0.0, 1.1, 0.1}, odd{1.0, 0.0, 1.0}, one{1.0, 0.0};
        const std::vector<double> broken{1.0, 0.0, std::nan(""), 0.1};
        CHECK_THROWS_AS(standings(strength, draws, {}, 1.0), Error);
        CHECK_THROWS_AS(standings(strength, odd, {}, 0.9), Error);
        CHECK_THROWS_AS(standings(strength, one, {}, 0.9), Error);
        CHECK_THROWS_AS(standings(strength, broken, {}, 0.9), Error);
        CHECK_THROWS_AS(standings(strength, draws, std::vector<std::uint32_t>{0}, 0.9), Error);
    }
}
