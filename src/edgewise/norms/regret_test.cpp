#include "edgewise/norms/regret.hpp"

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

double worst_regret(const AxisUtilities& v, std::size_t option) {
    double worst = 0.0;
    for (std::size_t x = 0; x < v.axis; ++x) {
        for (std::size_t o = 0; o < v.options; ++o) {
            worst = std::max(worst, v.at(x, o) - v.at(x, option));
        }
    }
    return worst;
}

}  // namespace

TEST_SUITE("norms/regret") {
    TEST_CASE("a compromise that the mean overlooks shows as the pick's excess") {
        // Two groups; the mean picks option 0 (0.55) over the compromise 2 (0.5).
        const Row v{1.0, 0.0, 0.5, 0.1, 0.9, 0.5};
        const auto found = worst_regret_excess({v, 2, 3}, 0);
        CHECK(found.worst == doctest::Approx(0.8));
        CHECK(found.worst_at == 1);
        CHECK(found.least == doctest::Approx(0.5));
        CHECK(found.least_by == 2);
        CHECK(found.excess == doctest::Approx(0.3));
    }

    TEST_CASE("the excess is never negative, follows its definition and is 0 for some option") {
        Rng rng(5, 1);
        for (int i = 0; i < 1000; ++i) {
            const std::size_t axis = 1 + rng.next_below(6);
            const std::size_t options = 1 + rng.next_below(i % 10 == 0 ? 100 : 6);
            Row values(axis * options);
            for (double& x : values) x = rng.next_unit();
            const AxisUtilities v{values, axis, options};
            double least = std::numeric_limits<double>::infinity();
            for (std::size_t o = 0; o < options; ++o) least = std::min(least, worst_regret(v, o));
            int zeros = 0;
            for (std::size_t o = 0; o < options; ++o) {
                const auto found = worst_regret_excess(v, o);
                CHECK(found.worst == worst_regret(v, o));
                CHECK(found.least == least);
                CHECK(found.excess == found.worst - least);
                CHECK(found.excess >= 0.0);
                CHECK(worst_regret(v, found.least_by) == least);
                CHECK(found.worst ==
                      *std::ranges::max_element(
                          values.begin() + static_cast<long>(found.worst_at * options),
                          values.begin() + static_cast<long>((found.worst_at + 1) * options)) -
                          v.at(found.worst_at, o));
                zeros += found.excess == 0.0;
            }
            CHECK(zeros >= 1);
        }
    }

    TEST_CASE("a constant added to all utilities of one place changes nothing") {
        Rng rng(5, 2);
        for (int i = 0; i < 300; ++i) {
            Row values(12);
            for (double& x : values) x = rng.next_unit();
            Row moved = values;
            for (std::size_t x = 0; x < 3; ++x) {
                const double by = 8.0 * rng.next_unit() - 4.0;
                for (std::size_t o = 0; o < 4; ++o) moved[x * 4 + o] += by;
            }
            for (std::size_t o = 0; o < 4; ++o) {
                const auto before = worst_regret_excess({values, 3, 4}, o);
                const auto after = worst_regret_excess({moved, 3, 4}, o);
                CHECK(std::abs(before.excess - after.excess) < 1e-12);
                CHECK(before.worst_at == after.worst_at);
            }
        }
    }

    TEST_CASE("one place, one option and equal options leave no excess for the best") {
        const Row line{0.2, 0.7, 0.4};
        CHECK(worst_regret_excess({line, 1, 3}, 1).excess == 0.0);
        CHECK(worst_regret_excess({line, 1, 3}, 0).excess == doctest::Approx(0.5));
        CHECK(worst_regret_excess({line, 3, 1}, 0).excess == 0.0);
        const Row same(6, 0.4);
        CHECK(worst_regret_excess({same, 2, 3}, 2).excess == 0.0);
        CHECK(worst_regret_excess({same, 2, 3}, 2).worst == 0.0);
    }

    TEST_CASE("an empty matrix, NaN and an unknown pick are refused") {
        const Row values{1, 2, 3, std::nan("")};
        CHECK_THROWS_AS(worst_regret_excess({values, 2, 2}, 0), Error);
        CHECK_THROWS_AS(worst_regret_excess({{}, 0, 0}, 0), Error);
        CHECK_THROWS_AS(worst_regret_excess({std::span(values).first(2), 1, 2}, 2), Error);
        CHECK_THROWS_AS(worst_regret_excess({std::span(values).first(3), 2, 2}, 0), Error);
    }
}
