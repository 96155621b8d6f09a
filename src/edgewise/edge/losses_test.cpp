#include "edgewise/edge/losses.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/rng.hpp"
#include "edgewise/edge/representation_null.hpp"
#include "support/worlds.hpp"

using namespace edgewise;
using namespace edgewise::edge;
using estimate::Cell;

namespace {

using Matrix = std::vector<std::vector<double>>;  // [dimension][option]

Cell cell_of(double mean, double sd) {
    Cell cell;
    cell.mean = mean;
    cell.sd = sd;
    cell.n = 5;
    return cell;
}

Tensor tensor_of(const std::vector<Matrix>& groups, const Matrix& pooled, double sd) {
    Tensor out;
    out.groups = groups.size();
    out.dimensions = pooled.size();
    out.options = pooled.front().size();
    out.judged.assign(out.dimensions, 1);
    for (const auto& group : groups) {
        for (const auto& row : group) {
            for (const double x : row) out.cells.push_back(cell_of(x, sd));
        }
    }
    for (const auto& row : pooled) {
        for (const double x : row) out.pooled.push_back(cell_of(x, sd));
    }
    return out;
}

Scalar equal(std::size_t dimensions) {
    Scalar out;
    out.weight.assign(dimensions, 1.0);
    out.value.assign(dimensions, 1);
    return out;
}

UnitLosses everyone(const Matrix& pooled, double sd, std::uint64_t draws = 200) {
    std::vector<double> sums(draws);
    return everyone_losses(tensor_of({}, pooled, sd), equal(pooled.size()), draws, 0.05, Rng(1, 1),
                           sums);
}

UnitLoss people(const std::vector<Matrix>& groups, std::size_t pick, double sd) {
    std::vector<double> sums(200);
    return representation_loss(tensor_of(groups, groups.front(), sd), equal(groups.front().size()),
                               pick, 200, 0.05, Rng(1, 2), sums);
}

}  // namespace

TEST_SUITE("edge/losses") {
    TEST_CASE("flattening is the pick's worst regret above the least possible") {
        // Means .55, .5, .525: pick 0, whose worst regret is .6 - 0 on the second dimension; the
        // third option's is .35 on both.
        const auto got = everyone({{1.0, 0.3, 0.65}, {0.1, 0.7, 0.4}}, 0.0);
        CHECK(got.pick == 0);
        CHECK(got.scalar == doctest::Approx(0.55));
        CHECK(got.flattening.plug_in == doctest::Approx(0.6 - 0.35));
        CHECK(got.flattening.mean == doctest::Approx(0.25));
        CHECK(got.flattening.worst == 1);
        CHECK(got.flattening.material == 1.0);
        CHECK(got.blindness == 0.0);
        CHECK(got.pick_support == 1.0);
    }

    TEST_CASE("representation is the pick's worst regret of a group above the least possible") {
        // Group 0 loves option 0, group 1 hates it; option 1 costs group 0 only .2.
        const std::vector<Matrix> groups{{{0.9, 0.7}}, {{0.2, 0.6}}};
        const auto got = people(groups, 0, 0.0);
        CHECK(got.known);
        CHECK(got.plug_in == doctest::Approx(0.4 - 0.2));
        CHECK(got.worst == 1);
        CHECK(people(groups, 1, 0.0).plug_in == doctest::Approx(0.0));
    }

    TEST_CASE("nothing is lost with one dimension, equal dimensions or equal groups") {
        CHECK_FALSE(everyone({{0.2, 0.9}}, 0.1).flattening.known);
        const auto twins = everyone({{0.2, 0.9, 0.5}, {0.2, 0.9, 0.5}}, 0.0);
        CHECK(twins.flattening.known);
        CHECK(twins.flattening.mean == doctest::Approx(0.0));
        CHECK_FALSE(people({{{0.2, 0.9}}}, 1, 0.1).known);
        CHECK(people({{{0.2, 0.9}}, {{0.2, 0.9}}}, 1, 0.0).mean == doctest::Approx(0.0));
    }

    TEST_CASE("losses are never negative and their mean lies between the draws") {
        Rng rng(3, 1);
        for (int k = 0; k < 60; ++k) {
            Matrix pooled(3, std::vector<double>(4));
            std::vector<Matrix> groups(2, pooled);
            for (auto* m : {&pooled, &groups[0], &groups[1]}) {
                for (auto& row : *m) {
                    for (double& x : row) x = rng.next_unit();
                }
            }
            const auto all = everyone(pooled, 0.15, 60);
            const auto some = people(groups, all.pick, 0.15);
            for (const UnitLoss& loss : {all.flattening, some}) {
                CHECK(loss.low >= 0.0);
                CHECK(loss.plug_in >= 0.0);
                CHECK(loss.high <= 1.0);
                CHECK(loss.low <= loss.high);
                CHECK(loss.mean >= 0.0);
                CHECK(loss.mean <= 1.0);
                CHECK(loss.material >= 0.0);
                CHECK(loss.material <= 1.0);
            }
            CHECK(all.blindness >= 0.0);
            CHECK(all.pick_support <= 1.0);
        }
    }

    TEST_CASE("the sums over draws are those of the unit's mean") {
        std::vector<double> sums(50, 1.0);
        const auto got = everyone_losses(tensor_of({}, {{1.0, 0.3, 0.65}, {0.1, 0.7, 0.4}}, 0.1),
                                         equal(2), 50, 0.05, Rng(1, 1), sums);
        double total = 0.0;
        for (const double x : sums) total += x - 1.0;
        CHECK(total / 50.0 == doctest::Approx(got.flattening.mean));
    }

    TEST_CASE("blindness is the value of perfect information of two equal normal options") {
        // E max of two N(m, s^2) is m + s / sqrt(pi).
        const auto got = everyone({{0.5, 0.5}}, 0.05, 4000);
        CHECK(got.blindness == doctest::Approx(0.05 / std::sqrt(3.14159265)).epsilon(0.08));
        CHECK(got.pick_support == doctest::Approx(0.5).epsilon(0.06));
        CHECK(everyone({{0.9, 0.1}}, 0.02).blindness == doctest::Approx(0.0));
        CHECK(everyone({{0.5, 0.5}}, 0.0).pick_support == 1.0);  // a tie is no doubt
    }

    TEST_CASE("swapping acceptance and rejection changes nothing but the names") {
        Rng rng(7, 1);
        for (int k = 0; k < 50; ++k) {
            Matrix there(3), back(3);
            for (std::size_t d = 0; d < 3; ++d) {
                const double u = rng.next_unit();
                there[d] = {u, 1.0 - u};
                back[d] = {1.0 - u, u};
            }
            std::vector<double> sums(20);
            auto a = tensor_of({}, there, 0.0);
            auto b = tensor_of({}, back, 0.0);
            a.mirrored = b.mirrored = true;
            const auto x = everyone_losses(a, equal(3), 20, 0.05, Rng(1, 1), sums);
            const auto y = everyone_losses(b, equal(3), 20, 0.05, Rng(1, 1), sums);
            CHECK(x.pick == 1 - y.pick);
            CHECK(x.scalar == doctest::Approx(y.scalar));
            CHECK(x.flattening.plug_in == doctest::Approx(y.flattening.plug_in));
        }
    }

    TEST_CASE("weights fall on the dimensions judged here and on all where none is") {
        Tensor tensor = tensor_of({}, {{0.1, 0.2}, {0.3, 0.4}, {0.5, 0.6}}, 0.1);
        Scalar scalar{.weight = {2.0, 1.0, 0.0}, .value = {1, 1, 1}};
        std::vector<double> w(3);
        scalar.normalised(tensor, w);
        CHECK(w[0] == doctest::Approx(2.0 / 3.0));
        CHECK(w[2] == 0.0);
        tensor.judged = {0, 1, 1};
        scalar.normalised(tensor, w);
        CHECK(w == std::vector<double>{0.0, 1.0, 0.0});
        tensor.judged = {0, 0, 1};  // all declared weight falls on what nobody judged
        scalar.normalised(tensor, w);
        CHECK(w == std::vector<double>{0.0, 0.0, 1.0});
    }

    TEST_CASE("the share of surely material losses grows with the error allowed") {
        CHECK(surely_material({}, 0.1) == 0);
        CHECK(surely_material({0.2, 0.5}, 0.1) == 0);
        CHECK(surely_material({1.0, 1.0, 1.0}, 0.01) == 3);
        CHECK(surely_material({0.8, 1.0, 0.95}, 0.1) == 3);  // wrong .25 of 3
        CHECK(surely_material({0.6, 1.0, 0.95}, 0.1) == 2);  // .45 of 3 is too much
        CHECK(surely_material({0.95, 0.0, 1.0}, 0.03) == 2);
        Rng rng(5, 1);
        for (int k = 0; k < 50; ++k) {
            std::vector<double> m(20);
            for (double& x : m) x = rng.next_unit();
            std::size_t last = 0;
            for (const double fdr : {0.01, 0.05, 0.1, 0.3, 0.6}) {
                const std::size_t sure = surely_material(m, fdr);
                CHECK(sure >= last);
                last = sure;
            }
            auto more = m;
            for (double& x : more) x = std::min(1.0, x + 0.1);
            CHECK(surely_material(more, 0.1) >= surely_material(m, 0.1));
        }
    }

    TEST_CASE("the null of the representation loss holds its level and is the same by threads") {
        std::size_t rejected = 0;
        constexpr std::size_t kWorlds = 100;
        for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
            estimate::Recipe recipe{.items = 16, .raters = 24, .groups = 2, .density = 0.7};
            recipe.sd = {.item = 0.1, .rater = 0.1, .item_by_group = 0.0, .residual = 0.15};
            const auto world = estimate::simulate_ratings(recipe, seed);
            estimate::Observations observations;
            observations.dimensions.push_back(world.view);
            for (std::uint32_t i = 0; i < 16; ++i) {
                observations.items.push_back({i / 4, i, judgment::kNone});
                if (i % 4 == 0) observations.case_begin.push_back(i);
            }
            observations.case_begin.push_back(16);
            const auto all = units(observations);
            REQUIRE(all.size() == 4);
            const std::vector<std::int8_t> side(world.view.utility.size(), 1);
            const auto labels = shuffled_labels(world.partition, 19, seed, 1);
            const auto view = grouped(world.view, side, world.partition, labels);
            const std::vector<Nulls> nulls{permute(view, labels, 10, Job())};
            const auto loss =
                representation_null(observations, all, equal(1), labels, 24, nulls, Job());
            REQUIRE(loss.size() == 20);
            const auto least = *std::ranges::min_element(loss);
            CHECK(least >= 0.0);
            rejected += loss[0] > *std::ranges::max_element(loss.begin() + 1, loss.end()) ? 1U : 0U;
            if (seed > 5) continue;
            CHECK(loss == representation_null(observations, all, equal(1), labels, 24, nulls,
                                              Job({}, {}, 3)));
        }
        CHECK(rejected <= 12);  // 5 expected
    }
}
