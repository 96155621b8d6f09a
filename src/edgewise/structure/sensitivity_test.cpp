#include "edgewise/structure/sensitivity.hpp"

#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/structure/support.hpp"

using namespace edgewise;
using namespace edgewise::structure;

namespace {

using Row = std::vector<double>;

// By simulation, whatever the number of dimensions.
double simulated(const Scores& scores, std::size_t declared, int draws) {
    Rng rng(99, declared);
    Row weights(scores.dimensions);
    int changed = 0;
    for (int i = 0; i < draws; ++i) {
        draw_weights(rng, weights);
        bool beaten = false;
        for (std::size_t j = 0; j < scores.options; ++j) {
            double lead = 0.0;
            for (std::size_t d = 0; d < scores.dimensions; ++d) {
                lead += weights[d] * (scores.at(declared, d) - scores.at(j, d));
            }
            beaten |= lead < 0.0;
        }
        changed += beaten;
    }
    return static_cast<double>(changed) / draws;
}

}  // namespace

TEST_SUITE("structure/sensitivity") {
    TEST_CASE("weights drawn are on the simplex, with the uniform law's mean and variance") {
        Rng rng(3, 1);
        Row weights(4);
        double mean = 0.0;
        double square = 0.0;
        constexpr int kDraws = 20'000;
        for (int i = 0; i < kDraws; ++i) {
            draw_weights(rng, weights);
            REQUIRE(std::abs(std::accumulate(weights.begin(), weights.end(), 0.0) - 1.0) < 1e-12);
            mean += weights[0] / kDraws;
            square += weights[0] * weights[0] / kDraws;
        }
        // Dirichlet(1, 1, 1, 1): mean 1/4, variance 3/80.
        CHECK(std::abs(mean - 0.25) < 0.006);
        CHECK(std::abs(square - mean * mean - 3.0 / 80.0) < 0.002);
    }

    TEST_CASE("two dimensions break at the crossing weight") {
        // x against 1 - x: the first option wins for x > 1/4.
        const Row values{3, 0, 2, 1.0 / 3.0};
        const auto first = weight_sensitivity({values, 2, 2}, 0, Rng(1, 1));
        CHECK(std::abs(first.share - 0.25) < 1e-12);
        CHECK(first.draws == 0);
        CHECK(first.standard_error == 0.0);
        CHECK(std::abs(weight_sensitivity({values, 2, 2}, 1, Rng(1, 1)).share - 0.75) < 1e-12);
    }

    TEST_CASE("the unit vectors share the simplex evenly") {
        for (std::size_t m = 2; m <= 6; ++m) {
            Row values(m * m, 0.0);
            for (std::size_t d = 0; d < m; ++d) values[d * m + d] = 1.0;
            const double expected = 1.0 - 1.0 / static_cast<double>(m);
            const auto found = weight_sensitivity({values, m, m}, 0, Rng(1, m), 20'000);
            CHECK(std::abs(found.share - expected) <= 4.0 * found.standard_error + 1e-12);
            CHECK((found.draws == 0) == (m <= 3));
        }
    }

    TEST_CASE("exact shares agree with simulation in two and three dimensions") {
        Rng rng(3, 2);
        for (int i = 0; i < 40; ++i) {
            const std::size_t m = 2 + rng.next_below(2);
            const std::size_t n = 2 + rng.next_below(8);
            Row values(n * m);
            for (double& x : values) x = rng.next_unit();
            const Scores scores{values, n, m};
            for (std::size_t k = 0; k < n; ++k) {
                const double share = weight_sensitivity(scores, k, Rng(1, 1)).share;
                CHECK(std::abs(share - simulated(scores, k, 4000)) <=
                      4.5 * std::sqrt(0.25 / 4000.0));
            }
        }
    }

    TEST_CASE("without ties the regions of all options fill the simplex once") {
        Rng rng(3, 3);
        for (int i = 0; i < 200; ++i) {
            const std::size_t m = 2 + rng.next_below(2);
            Row values(7 * m);
            for (double& x : values) x = rng.next_unit();
            double kept = 0.0;
            for (std::size_t k = 0; k < 7; ++k) {
                kept += 1.0 - weight_sensitivity({values, 7, m}, k, Rng(1, 1)).share;
            }
            CHECK(std::abs(kept - 1.0) < 1e-10);
        }
    }

    TEST_CASE("an unsupported option is chosen nowhere, a dominating one everywhere") {
        const Row values{3, 1, 1, 3, 1.8, 1.8};
        CHECK(weight_sensitivity({values, 3, 2}, 2, Rng(1, 1)).share == 1.0);
        const Row led{2, 2, 2, 2, 1, 2, 2, 2, 0, 0, 0, 0};
        CHECK(weight_sensitivity({led, 3, 4}, 0, Rng(1, 1)).share == 0.0);
        CHECK(weight_sensitivity({led, 3, 4}, 2, Rng(1, 1), 100).share == 1.0);
    }

    TEST_CASE("one option, one dimension, ties and missing draws") {
        const Row values{2, 2, 1};
        CHECK(weight_sensitivity({values, 1, 3}, 0, Rng(1, 1)).share == 0.0);
        CHECK(weight_sensitivity({values, 3, 1}, 1, Rng(1, 1)).share == 0.0);
        CHECK(weight_sensitivity({values, 3, 1}, 2, Rng(1, 1)).share == 1.0);
        const Row four{1, 0, 0, 0, 0, 1, 0, 0};
        CHECK_THROWS_AS(weight_sensitivity({four, 2, 4}, 0, Rng(1, 1), 0), Error);
        CHECK_THROWS_AS(weight_sensitivity({four, 2, 4}, 2, Rng(1, 1)), Error);
    }
}
