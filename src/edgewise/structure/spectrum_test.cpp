#include "edgewise/structure/spectrum.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/rng.hpp"

using namespace edgewise;
using namespace edgewise::structure;

namespace {
using Row = std::vector<double>;
}

TEST_SUITE("structure/spectrum") {
    TEST_CASE("effective dimensions of the worked correlation matrix") {
        const Row s{1, .9, 0, .9, 1, 0, 0, 0, 1};
        CHECK(std::abs(*effective_dimensions(s, 3) - 9.0 / 4.62) < 1e-12);  // 1.948052
    }

    TEST_CASE("the identity has all its dimensions, rank one has one, zero has none to count") {
        Row identity(25, 0.0);
        for (std::size_t i = 0; i < 5; ++i) identity[i * 6] = 3.0;
        CHECK(*effective_dimensions(identity, 5) == doctest::Approx(5.0).epsilon(1e-14));
        CHECK(*effective_dimensions(Row(16, 2.0), 4) == doctest::Approx(1.0).epsilon(1e-14));
        CHECK(!effective_dimensions(Row(16, 0.0), 4));
        CHECK(*effective_dimensions(Row{1e-300}, 1) == 1.0);
    }

    TEST_CASE("a matrix that is no covariance is refused") {
        CHECK_THROWS_AS(effective_dimensions(Row{1, 2, 0, 1}, 2), Error);
        CHECK_THROWS_AS(effective_dimensions(Row{-1, 0, 0, 1}, 2), Error);
        CHECK_THROWS_AS(effective_dimensions(Row{1, 0, 0}, 2), Error);
        CHECK_THROWS_AS(effective_dimensions(Row{std::nan(""), 0, 0, 1}, 2), Error);
        CHECK_THROWS_AS(effective_dimensions(Row{}, 0), Error);
    }

    TEST_CASE("effective dimensions of scores are those of their correlation matrix") {
        Rng rng(4, 1);
        for (int i = 0; i < 100; ++i) {
            Row values(30);
            for (double& x : values) x = rng.next_unit();
            Row s(9);
            for (std::size_t a = 0; a < 3; ++a) {
                for (std::size_t b = 0; b < 3; ++b) {
                    double ma = 0.0, mb = 0.0, ab = 0.0, aa = 0.0, bb = 0.0;
                    for (std::size_t o = 0; o < 10; ++o) {
                        ma += values[o * 3 + a] / 10;
                        mb += values[o * 3 + b] / 10;
                    }
                    for (std::size_t o = 0; o < 10; ++o) {
                        const double x = values[o * 3 + a] - ma;
                        const double y = values[o * 3 + b] - mb;
                        ab += x * y;
                        aa += x * x;
                        bb += y * y;
                    }
                    s[a * 3 + b] = ab / std::sqrt(aa * bb);
                }
            }
            const double found = *effective_dimensions(Scores{values, 10, 3});
            CHECK(std::abs(found - *effective_dimensions(s, 3)) < 1e-10);
            CHECK(found >= 1.0);
            CHECK(found <= 3.0);
        }
    }

    TEST_CASE("scale and shift of a dimension change nothing, a constant one is left out") {
        const Row values{1, 2, 2, 1, 3, 5, 4, 4};
        const Row other{1e6 + 1e3, 2e-8, 1e6 + 2e3, 1e-8, 1e6 + 3e3, 5e-8, 1e6 + 4e3, 4e-8};
        const Row padded{1, 2, 7, 2, 1, 7, 3, 5, 7, 4, 4, 7};
        const double expected = *effective_dimensions(Scores{values, 4, 2});
        CHECK(std::abs(*effective_dimensions(Scores{other, 4, 2}) - expected) < 1e-9);
        CHECK(std::abs(*effective_dimensions(Scores{padded, 4, 3}) - expected) < 1e-12);
        const Row r{1, 3, 2, 5};
        CHECK(std::abs(*scalar_r2({padded, 4, 3}, r) - *scalar_r2({values, 4, 2}, r)) < 1e-12);
    }

    TEST_CASE("a scalar that is the only dimension explains all of it, a constant one nothing") {
        const Row values{1, 2, 4, 8};
        CHECK(*scalar_r2({values, 4, 1}, Row{-2, -4, -8, -16}) ==
              doctest::Approx(1.0).epsilon(1e-12));
        CHECK(*scalar_r2({values, 4, 1}, Row{3, 3, 3, 3}) == 0.0);
    }

    TEST_CASE("one of two uncorrelated dimensions explains half") {
        const Row values{1, 1, 1, -1, -1, 1, -1, -1};
        CHECK(*scalar_r2({values, 4, 2}, Row{1, 1, -1, -1}) == doctest::Approx(0.5));
        CHECK(*effective_dimensions(Scores{values, 4, 2}) == doctest::Approx(2.0));
    }

    TEST_CASE("without variation nothing is known: one option, or all alike up to rounding") {
        const Row one{1, 2, 3};
        CHECK(!effective_dimensions(Scores{one, 1, 3}));
        CHECK(!scalar_r2({one, 1, 3}, Row{1}));
        const Row alike{0.3, 0.1 + 0.2, 0.3};
        CHECK(!effective_dimensions(Scores{alike, 3, 1}));
        CHECK_THROWS_AS(scalar_r2({alike, 3, 1}, Row{1}), Error);
    }
}
