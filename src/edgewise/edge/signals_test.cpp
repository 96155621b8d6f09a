#include "edgewise/edge/signals.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/rng.hpp"
#include "edgewise/base/stats.hpp"

using namespace edgewise;
using namespace edgewise::edge;

namespace {

// mean[dimension][option], all with one standard deviation.
Tensor tensor_of(const std::vector<std::vector<double>>& mean, double sd) {
    Tensor out;
    out.dimensions = mean.size();
    out.options = mean.front().size();
    for (const auto& row : mean) {
        for (const double x : row) {
            estimate::Cell cell;
            cell.mean = x;
            cell.sd = sd;
            cell.n = 5;
            out.pooled.push_back(cell);
        }
    }
    out.judged.assign(out.dimensions, 1);
    return out;
}

ValueConflict conflict(const std::vector<std::vector<double>>& mean, double sd) {
    Scalar scalar;
    scalar.weight.assign(mean.size(), 1.0);
    scalar.value.assign(mean.size(), 1);
    return value_conflict(tensor_of(mean, sd), scalar);
}

ValueConflict accept_or_reject(const std::vector<double>& utility, double sd) {
    std::vector<std::vector<double>> mean;
    for (const double u : utility) mean.push_back({u, 1.0 - u});
    Tensor tensor = tensor_of(mean, sd);
    tensor.mirrored = true;
    Scalar scalar;
    scalar.weight.assign(mean.size(), 1.0);
    scalar.value.assign(mean.size(), 1);
    return value_conflict(tensor, scalar);
}

}  // namespace

TEST_SUITE("edge/signals") {
    TEST_CASE("the worked example has V of 0.5 and its p times the number of dimensions") {
        const auto c = conflict({{0.9, 0.4}, {0.2, 0.8}}, 0.1);
        CHECK(c.known);
        CHECK(c.v == doctest::Approx(0.5));
        CHECK(c.p / 2.0 == doctest::Approx(2.035e-4).epsilon(1e-3));  // two dimensions, one pair
        CHECK(c.p == doctest::Approx(2.0 * normal_cdf(-0.5 / std::hypot(0.1, 0.1))));
        CHECK(c.first == 0);
        CHECK(c.second == 1);
        CHECK(c.on_first == 0);
        CHECK(c.on_second == 1);
        CHECK(c.upper > c.v);
    }

    TEST_CASE("an option that is better in everything is no conflict") {
        const auto c = conflict({{0.9, 0.4}, {0.8, 0.2}}, 0.1);
        CHECK(c.v == 0.0);
        CHECK(c.p > 0.5);
        const auto sure = conflict({{0.9, 0.4}, {0.8, 0.2}}, 0.0);
        CHECK(sure.p == 1.0);
        CHECK(sure.upper == 0.0);
        CHECK(conflict({{0.9, 0.4}, {0.2, 0.8}}, 0.0).p == 0.0);
    }

    TEST_CASE("V and p do not depend on the order of options and dimensions") {
        Rng rng(4, 1);
        for (int k = 0; k < 200; ++k) {
            std::vector<std::vector<double>> mean(3, std::vector<double>(4));
            for (auto& row : mean) {
                for (double& x : row) x = rng.next_unit();
            }
            const auto a = conflict(mean, 0.1);
            auto turned = mean;
            std::ranges::reverse(turned);
            for (auto& row : turned) std::ranges::rotate(row, row.begin() + 1);
            const auto b = conflict(turned, 0.1);
            CHECK(a.v == doctest::Approx(b.v));
            CHECK(a.p == doctest::Approx(b.p));
            CHECK(a.upper == doctest::Approx(b.upper));
            CHECK(a.v >= 0.0);
            CHECK(a.p <= 1.0);
        }
    }

    TEST_CASE("a deeper trade-off is never less sure and less noise never less") {
        double last_v = -1.0, last_p = 2.0;
        for (double gap = 0.05; gap < 0.45; gap += 0.05) {
            const auto c = conflict({{0.5 + gap, 0.5 - gap}, {0.5 - gap, 0.5 + gap}}, 0.1);
            CHECK(c.v > last_v);
            CHECK(c.p < last_p);
            CHECK(conflict({{0.5 + gap, 0.5 - gap}, {0.5 - gap, 0.5 + gap}}, 0.05).p < c.p);
            last_v = c.v;
            last_p = c.p;
        }
    }

    TEST_CASE("accepting against rejecting is symmetric and counts its one error twice") {
        const auto c = accept_or_reject({0.8, 0.3}, 0.1);
        const auto mirrored = accept_or_reject({0.2, 0.7}, 0.1);
        CHECK(c.v == doctest::Approx(0.4));
        CHECK(c.v == doctest::Approx(mirrored.v));
        CHECK(c.p == doctest::Approx(mirrored.p));
        CHECK(c.p == doctest::Approx(2.0 * normal_cdf(-(0.4 / 0.2))));
    }

    TEST_CASE("under no trade-off p is small no oftener than it says") {
        // Option 0 beats 1 on both dimensions, barely on the second: the least favourable null.
        std::size_t rejected = 0;
        constexpr int kWorlds = 4000;
        Rng rng(6, 1);
        const auto noise = [&] { return 0.1 * normal_quantile(rng.next_unit() * 0.9999 + 5e-5); };
        for (int k = 0; k < kWorlds; ++k) {
            const auto c =
                conflict({{0.9 + noise(), 0.1 + noise()}, {0.5 + noise(), 0.5 + noise()}}, 0.1);
            rejected += c.p <= 0.1 ? 1U : 0U;
        }
        CHECK(static_cast<double>(rejected) / kWorlds < 0.115);
    }

    TEST_CASE("raising a signal never gives a less protective outcome") {
        const std::vector<std::string> order{"answer", "options", "ask", "abstain", "escalate"};
        const auto rank = [&](unsigned bits) {
            CaseRow row;
            row.value_conflict.state = (bits & 1U) != 0 ? "on" : "off";
            row.disagreement.state = (bits & 2U) != 0 ? "on" : "unknown";
            row.ambiguity.state = (bits & 4U) != 0 ? "on" : "off";
            const auto at = std::ranges::find(order, suggested_outcome(row));
            REQUIRE(at != order.end());
            return at - order.begin();
        };
        for (unsigned bits = 0; bits < 8; ++bits) {
            for (unsigned more = 0; more < 8; ++more) {
                if ((bits & more) == bits) CHECK(rank(bits) <= rank(more));
            }
        }
        CHECK(rank(0) == 0);
        CHECK(rank(7) == 4);
    }

    TEST_CASE("fewer than two judged dimensions leave V unknown") {
        CHECK_FALSE(conflict({{0.9, 0.1}}, 0.1).known);
        Tensor tensor = tensor_of({{0.9, 0.4}, {0.2, 0.8}}, 0.1);
        Scalar scalar{.weight = {1.0, 1.0}, .value = {1, 1}};
        tensor.judged[1] = 0;
        CHECK_FALSE(value_conflict(tensor, scalar).known);
        tensor.judged[1] = 1;
        scalar.value[0] = 0;  // the overall dimension is no value of its own
        CHECK_FALSE(value_conflict(tensor, scalar).known);
    }
}
