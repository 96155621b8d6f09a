#include "edgewise/base/divergence.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/base/stats.hpp"

using namespace edgewise;

namespace {

using Row = std::vector<double>;

Row random_row(Rng& rng, std::size_t n) {
    Row out(n);
    // A quarter of the categories are empty, and masses span six orders of magnitude.
    for (double& x : out) x = rng.next_below(4) == 0 ? 0.0 : std::exp(14.0 * rng.next_unit());
    out[rng.next_below(n)] += 1.0;
    return out;
}

}  // namespace

TEST_SUITE("base/divergence") {
    TEST_CASE("divergences agree with scipy") {
        const auto path = std::filesystem::path(EDGEWISE_SHARED) / "oracles/prefmodels/stats.json";
        if (!std::filesystem::exists(path)) {
            MESSAGE("skipped: no ", path.string());
            return;
        }
        std::ifstream in(path);
        bool found = false;
        for (const auto& entry : nlohmann::json::parse(in)) {
            if (entry["id"] != "divergences") continue;
            found = true;
            const Row p = entry["input"]["p"];
            const Row q = entry["input"]["q"];
            Row both = p;
            both.insert(both.end(), q.begin(), q.end());
            const auto& expected = entry["output"];
            const auto near = [](double value) { return doctest::Approx(value).epsilon(1e-12); };
            CHECK(jensen_shannon(Row{1, 1}, both) == near(expected["js_div_nat"]));
            CHECK(std::sqrt(jensen_shannon(Row{1, 1}, both) / std::log(2.0)) ==
                  near(expected["js_distance_base2"]));
            CHECK(wasserstein_ordinal(p, q) == near(expected["wasserstein_ordinal"]));
            CHECK(total_variation(p, q) == near(expected["tvd"]));
            CHECK(entropy(p) == near(expected["entropy_p"]));
        }
        CHECK(found);
    }
    TEST_CASE("the pooled entropy splits into within and between to 1e-12") {
        Rng rng(21, 0);
        for (int round = 0; round < 2000; ++round) {
            const std::size_t groups = 1 + rng.next_below(6);
            const std::size_t categories = 1 + rng.next_below(8);
            const Row weights = random_row(rng, groups);
            Row rows;
            Row pooled(categories);
            const double weight_mass = pairwise_sum(weights);
            for (std::size_t g = 0; g < groups; ++g) {
                const Row row = random_row(rng, categories);
                const double row_mass = pairwise_sum(row);
                for (std::size_t c = 0; c < categories; ++c) {
                    rows.push_back(row[c]);
                    pooled[c] += weights[g] / weight_mass * row[c] / row_mass;
                }
            }
            const EntropySplit split = entropy_split(weights, rows);
            REQUIRE(std::abs(split.pooled - (split.within + split.between)) < 1e-12);
            REQUIRE(std::abs(split.pooled - entropy(pooled)) < 1e-12);
            REQUIRE(split.between >= 0.0);
            REQUIRE(split.between <= entropy(weights) + 1e-12);
            REQUIRE(split.pooled <= std::log(static_cast<double>(categories)) + 1e-12);
        }
    }
    TEST_CASE("groups that agree have no divergence, groups that share nothing have H(weights)") {
        CHECK(jensen_shannon(Row{1, 2, 4}, Row{3, 1, 3, 1, 3, 1}) < 1e-30);
        CHECK(jensen_shannon(Row{3, 1}, Row{1, 0, 0, 1}) ==
              doctest::Approx(entropy(Row{3, 1})).epsilon(1e-14));
        // Nearly equal groups: the difference of entropies would leave no correct digit here.
        const double tiny = 1e-9;
        CHECK(jensen_shannon(Row{1, 1}, Row{0.5 + tiny, 0.5 - tiny, 0.5 - tiny, 0.5 + tiny}) ==
              doctest::Approx(2.0 * tiny * tiny).epsilon(1e-6));
        // A share far below the pool's, where (p - m) / m rounds to -1.
        CHECK(std::isfinite(jensen_shannon(Row{1, 1}, Row{1, 1e-30, 1e-30, 1})));
        // A group of weight 0 is not read.
        CHECK(jensen_shannon(Row{1, 0}, Row{1, 2, 0, 0}) < 1e-30);
    }
    TEST_CASE("distances are symmetric, zero for equals, and obey the triangle inequality") {
        Rng rng(22, 0);
        for (int round = 0; round < 1000; ++round) {
            const std::size_t n = 1 + rng.next_below(7);
            const Row p = random_row(rng, n), q = random_row(rng, n), r = random_row(rng, n);
            for (const auto distance : {total_variation, wasserstein_ordinal}) {
                REQUIRE(distance(p, p) == 0.0);
                REQUIRE(distance(p, q) == doctest::Approx(distance(q, p)).epsilon(1e-12));
                REQUIRE(distance(p, r) <= distance(p, q) + distance(q, r) + 1e-12);
            }
            REQUIRE(total_variation(p, q) <= wasserstein_ordinal(p, q) + 1e-12);
            REQUIRE(wasserstein_ordinal(p, q) <=
                    static_cast<double>(n - 1) * total_variation(p, q) + 1e-12);
        }
        CHECK(wasserstein_ordinal(Row{1, 0, 0, 0}, Row{0, 0, 0, 1}) == 3.0);
        CHECK(total_variation(Row{1, 0}, Row{0, 5}) == 1.0);
    }
    TEST_CASE("what is no distribution is refused by name") {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        for (const Row& bad : {Row{}, Row{0, 0}, Row{1, nan}, Row{1, -1}}) {
            CHECK_THROWS_AS(entropy(bad), Error);
            CHECK_THROWS_AS(entropy_split(bad, Row{1, 2, 3, 4}), Error);
            CHECK_THROWS_AS(total_variation(bad, Row{1, 2}), Error);
            CHECK_THROWS_AS(wasserstein_ordinal(Row{1, 2}, bad), Error);
        }
        CHECK_THROWS_WITH_AS(total_variation(Row{1}, Row{1, 2}),
                             "field \"q\": expected as many categories as p has", Error);
        CHECK_THROWS_AS(entropy_split(Row{1, 1}, Row{1, 2, 3}), Error);
        CHECK(entropy(Row{5}) == 0.0);
        CHECK(total_variation(Row{5}, Row{2}) == 0.0);
        CHECK(wasserstein_ordinal(Row{5}, Row{2}) == 0.0);
    }
}
