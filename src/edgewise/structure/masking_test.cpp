#include "edgewise/structure/masking.hpp"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

using namespace edgewise;
using namespace edgewise::structure;

namespace {
using Row = std::vector<double>;
using Indices = std::vector<std::size_t>;
}  // namespace

TEST_SUITE("structure/masking") {
    // helpfulness, safety
    const Row kValues{0.9, 0.2, 0.6, 0.7, 0.5, 0.5};
    const Scores kScores{kValues, 3, 2};

    TEST_CASE("a pick below a floor that another option keeps is masked") {
        const auto found = masking(kScores, 0, Row{kNoThreshold, 0.5});
        CHECK(found.broken == Indices{1});
        CHECK(found.kept_by == Indices{1, 2});
        CHECK(found.masked());
    }

    TEST_CASE("a pick at the threshold keeps it") {
        CHECK(!masking(kScores, 2, Row{kNoThreshold, 0.5}).masked());
        CHECK(masking(kScores, 2, Row{0.5, 0.5}).kept_by == Indices{1, 2});
    }

    TEST_CASE("where no option keeps the floors the case is infeasible, not masked") {
        const auto found = masking(kScores, 0, Row{0.8, 0.5});
        CHECK(found.broken == Indices{1});
        CHECK(found.kept_by.empty());
        CHECK(!found.masked());
    }

    TEST_CASE("without thresholds nothing can be broken") {
        const auto found = masking(kScores, 0, Row{kNoThreshold, kNoThreshold});
        CHECK(found.broken.empty());
        CHECK(found.kept_by.size() == 3);
    }

    TEST_CASE("unknown picks, missing thresholds and NaN are refused") {
        CHECK_THROWS_AS(masking(kScores, 3, Row{0, 0}), Error);
        CHECK_THROWS_AS(masking(kScores, 0, Row{0}), Error);
        CHECK_THROWS_AS(masking(kScores, 0, Row{0, std::nan("")}), Error);
    }

    TEST_CASE("tied picks are returned as a set") {
        CHECK(scalar_picks(Row{1, 3, 2, 3}) == Indices{1, 3});
        CHECK(scalar_picks(Row{2}) == Indices{0});
        CHECK_THROWS_AS(scalar_picks(Row{}), Error);
    }
}
