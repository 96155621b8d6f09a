#include "edgewise/norms/welfare.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"

using namespace edgewise;
using namespace edgewise::norms;

namespace {
using Row = std::vector<double>;
using Counts = std::vector<std::uint64_t>;
}  // namespace

TEST_SUITE("norms/welfare") {
    TEST_CASE("the worst-off group is found among those that are large enough") {
        const Row satisfaction{0.7, 0.1, 0.4, 0.4};
        const auto found = min_group_satisfaction(satisfaction, Counts{9, 2, 8, 8}, 5);
        CHECK(*found.least == 0.4);
        CHECK(found.group == 2);
        CHECK(found.insufficient == 1);
        CHECK(*found.gap == doctest::Approx(0.3));
    }

    TEST_CASE("small groups alone are unknown, not zero, and their numbers are not read") {
        const Row satisfaction{std::nan(""), 0.3};
        CHECK(!min_group_satisfaction(satisfaction, Counts{1, 2}, 5).least);
        const auto one = min_group_satisfaction(satisfaction, Counts{1, 9}, 5);
        CHECK(*one.least == 0.3);
        CHECK(!one.gap);
        CHECK(!min_group_satisfaction(Row{}, Counts{}, 5).least);
        CHECK_THROWS_AS(min_group_satisfaction(satisfaction, Counts{9, 9}, 5), Error);
        CHECK_THROWS_AS(min_group_satisfaction(satisfaction, Counts{9}, 5), Error);
    }

    TEST_CASE("kidney stones: better for small and for large stones, worse in the pool") {
        // Charig et al. 1986: open surgery against percutaneous nephrolithotomy.
        const std::vector<Arms> stones{{81, 87, 234, 270}, {192, 263, 55, 80}};
        const auto found = simpson_reversal(stones);
        CHECK(found.reversal);
        CHECK(found.pooled_sign == -1);
        CHECK(found.pooled_difference == doctest::Approx(273.0 / 350.0 - 289.0 / 350.0));
        CHECK(found.comparable == 2);
    }

    TEST_CASE("swapping the options swaps the sign and keeps the reversal") {
        Rng rng(8, 1);
        int reversals = 0;
        for (int i = 0; i < 5000; ++i) {
            std::vector<Arms> groups(2 + rng.next_below(2));
            std::vector<Arms> swapped;
            for (Arms& g : groups) {
                g.trials_a = rng.next_below(12);
                g.trials_b = rng.next_below(12);
                g.successes_a = rng.next_below(g.trials_a + 1);
                g.successes_b = rng.next_below(g.trials_b + 1);
                swapped.push_back({g.successes_b, g.trials_b, g.successes_a, g.trials_a});
            }
            const auto one = simpson_reversal(groups);
            const auto other = simpson_reversal(swapped);
            CHECK(one.reversal == other.reversal);
            CHECK(one.pooled_sign == -other.pooled_sign);
            reversals += one.reversal;
        }
        CHECK(reversals > 0);
    }

    TEST_CASE("equal group sizes on both sides never reverse") {
        Rng rng(8, 2);
        for (int i = 0; i < 2000; ++i) {
            std::vector<Arms> groups(3);
            for (Arms& g : groups) {
                g.trials_a = g.trials_b = 1 + rng.next_below(9);
                g.successes_a = rng.next_below(g.trials_a + 1);
                g.successes_b = rng.next_below(g.trials_b + 1);
            }
            CHECK(!simpson_reversal(groups).reversal);
        }
    }

    TEST_CASE("one comparable group or a group that ties is no reversal") {
        CHECK(!simpson_reversal(std::vector<Arms>{{9, 10, 1, 10}, {5, 5, 0, 0}}).reversal);
        CHECK(!simpson_reversal(
                   std::vector<Arms>{{81, 87, 234, 270}, {192, 263, 55, 80}, {1, 2, 1, 2}})
                   .reversal);
        CHECK(simpson_reversal({}).comparable == 0);
        CHECK_THROWS_AS(simpson_reversal(std::vector<Arms>{{2, 1, 0, 0}}), Error);
    }

    TEST_CASE("reversals are counted over comparisons") {
        const std::vector<Arms> two{
            {81, 87, 234, 270}, {192, 263, 55, 80}, {1, 10, 9, 10}, {1, 10, 9, 10}};
        CHECK(simpson_reversals(two, 2) == 1);
        CHECK_THROWS_AS(simpson_reversals(two, 3), Error);
        CHECK_THROWS_AS(simpson_reversals(two, 0), Error);
    }

    TEST_CASE("Kish's effective n is n for equal weights, 1 for one rater, and has no scale") {
        CHECK(kish_n_eff(Row(7, 0.3)) == doctest::Approx(7.0).epsilon(1e-14));
        CHECK(kish_n_eff(Row{0, 5, 0}) == 1.0);
        CHECK(kish_n_eff(Row{1, 2, 3}) == doctest::Approx(36.0 / 14.0).epsilon(1e-14));
        CHECK(kish_n_eff(Row{1e200, 2e200, 3e200}) == doctest::Approx(36.0 / 14.0));
        CHECK(kish_n_eff(Row{}) == 0.0);
        CHECK(kish_n_eff(Row{0, 0}) == 0.0);
        CHECK_THROWS_AS(kish_n_eff(Row{1, -1}), Error);
        CHECK_THROWS_AS(kish_n_eff(Row{std::numeric_limits<double>::infinity()}), Error);
    }

    TEST_CASE("the sampling gap is 0 for a mirror of the population and 1 for its opposite") {
        CHECK(*sampling_gap(Counts{30, 70}, Row{3, 7}) == doctest::Approx(0.0));
        CHECK(*sampling_gap(Counts{0, 9}, Row{1, 0}) == 1.0);
        CHECK(*sampling_gap(Counts{8, 2}, Row{0.5, 0.5}) == doctest::Approx(0.3));
        CHECK(!sampling_gap(Counts{0, 0}, Row{1, 1}));
        CHECK_THROWS_AS(sampling_gap(Counts{1}, Row{0}), Error);
        CHECK_THROWS_AS(sampling_gap(Counts{1, 2}, Row{1}), Error);
        CHECK_THROWS_AS(sampling_gap(Counts{1}, Row{std::nan("")}), Error);
    }
}
