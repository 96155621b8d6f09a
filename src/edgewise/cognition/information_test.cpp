#include "edgewise/cognition/information.hpp"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"

using namespace edgewise;
using namespace edgewise::cognition;

namespace {
using Row = std::vector<double>;
}

TEST_SUITE("cognition/information") {
    TEST_CASE("total = aleatoric + epistemic, none negative") {
        Rng rng(10, 1);
        for (int i = 0; i < 1000; ++i) {
            Row alpha(1 + rng.next_below(6));
            for (double& a : alpha) a = std::exp(16.0 * rng.next_unit() - 6.0);
            const auto split = dirichlet_split(alpha);
            CHECK(std::abs(split.total - split.aleatoric - split.epistemic) < 1e-12);
            CHECK(split.aleatoric >= 0.0);
            CHECK(split.epistemic >= 0.0);
            CHECK(split.total <= std::log(static_cast<double>(alpha.size())) + 1e-12);
            CHECK(split.epistemic_share() <= 1.0);
        }
    }

    TEST_CASE("more judgments of the same kind leave only what people differ in") {
        double before = beta_split(2, 1).epistemic;
        for (const double k : {4.0, 16.0, 64.0, 1024.0, 1e6}) {
            const auto split = beta_split(2 * k, k);
            CHECK(split.epistemic < before);
            before = split.epistemic;
        }
        // (C - 1) / (2 n) to first order.
        CHECK(before == doctest::Approx(0.5 / 3e6).epsilon(1e-3));
    }

    TEST_CASE("categories can be permuted, and one category is certain") {
        const auto a = dirichlet_split(Row{1, 2, 5});
        const auto b = dirichlet_split(Row{5, 1, 2});
        CHECK(std::abs(a.aleatoric - b.aleatoric) < 1e-14);
        const auto sure = dirichlet_split(Row{3});
        CHECK(sure.total == 0.0);
        CHECK(sure.epistemic_share() == 0.0);
    }

    TEST_CASE("draws from a Beta recover its split") {
        // Beta(1, 1) on an even grid: the expected entropy is exactly 1/2.
        Row draws;
        for (int i = 0; i < 2000; ++i) {
            const double p = (i + 0.5) / 2000.0;
            draws.push_back(p);
            draws.push_back(1.0 - p);
        }
        const auto split = draws_split(draws, 2);
        CHECK(split.total == doctest::Approx(std::log(2.0)).epsilon(1e-9));
        CHECK(split.aleatoric == doctest::Approx(0.5).epsilon(1e-4));
        CHECK(std::abs(split.total - split.aleatoric - split.epistemic) < 1e-12);
    }

    TEST_CASE("draws that agree leave nothing epistemic, draws that are sure nothing aleatoric") {
        CHECK(draws_split(Row{.3, .7, .3, .7}, 2).epistemic == doctest::Approx(0.0));
        const auto sure = draws_split(Row{1, 0, 0, 1}, 2);
        CHECK(sure.aleatoric == 0.0);
        CHECK(sure.epistemic_share() == doctest::Approx(1.0));
        CHECK(draws_split(Row{.3, .7}, 2).epistemic == doctest::Approx(0.0));
    }

    TEST_CASE("an empty, zero, negative or infinite alpha is refused") {
        CHECK_THROWS_AS(dirichlet_split(Row{}), Error);
        CHECK_THROWS_AS(beta_split(0, 1), Error);
        CHECK_THROWS_AS(beta_split(-1, 1), Error);
        CHECK_THROWS_AS(beta_split(INFINITY, 1), Error);
        CHECK_THROWS_AS(draws_split(Row{1, 2, 3}, 2), Error);
        CHECK_THROWS_AS(draws_split(Row{}, 2), Error);
    }
}
