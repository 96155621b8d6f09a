#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../../../tests/support/worlds.hpp"
#include "edgewise/estimate/crossed.hpp"
#include "edgewise/estimate/variance_components.hpp"
#include "edgewise/judgment/builder.hpp"

// The laws of weights: alike is none; only ratios matter; uneven weights tell less; and what is
// over-represented among the raters is not over-represented in the answer.

using namespace edgewise;
using namespace edgewise::estimate;
using judgment::Kind;
using judgment::Row;
using judgment::TableBuilder;

namespace {

struct Said {
    std::string rater;
    float value = 0.0F;
    float weight = 1.0F;
    std::string item = "c";
};

judgment::JudgmentTable table_of(const std::vector<Said>& said, Kind kind = Kind::rating) {
    TableBuilder builder;
    for (const Said& one : said) {
        Row row;
        row.option = builder.option_id(builder.case_id(one.item), "o");
        row.rater = builder.rater_id(one.rater);
        row.dimension = builder.dimension_id("d", kind);
        row.value = one.value;
        row.weight = one.weight;
        builder.add(row);
    }
    return std::move(builder).finish();
}

// One weight a rater, brought to a mean of 1 over the judgments, as observe() does.
void weigh(World& world, const std::vector<double>& of_rater) {
    double sum = 0.0;
    for (const Id r : world.view.rater) sum += of_rater[r];
    const double mean = sum / static_cast<double>(world.view.rater.size());
    world.view.weight.clear();
    for (const Id r : world.view.rater) {
        world.view.weight.push_back(static_cast<float>(of_rater[r] / mean));
    }
}

std::vector<Cell> cells_of(const World& world, const Fit& fit) {
    const std::size_t groups = world.partition.groups.size();
    std::vector<Cell> cells;
    for (std::size_t item = 0; item < world.view.items(); ++item) {
        cells.resize(cells.size() + groups);
        cells.push_back(fit.cells(item, std::span(cells).last(groups)));
    }
    return cells;
}

bool same(const std::vector<Cell>& a, const std::vector<Cell>& b) {
    return std::ranges::equal(a, b, [](const Cell& x, const Cell& y) {
        return x.mean == y.mean && x.sd == y.sd && x.n_eff == y.n_eff && x.n == y.n &&
               x.state == y.state;
    });
}

double furthest(const std::vector<Cell>& a, const std::vector<Cell>& b) {
    double most = 0.0;
    for (std::size_t k = 0; k < a.size(); ++k) {
        most = std::max({most, std::abs(a[k].mean - b[k].mean), std::abs(a[k].sd - b[k].sd)});
    }
    return most;
}

Recipe ratings() {
    Recipe recipe{.items = 25, .raters = 60, .groups = 3, .density = 0.4};
    recipe.group_mean = {0.4, 0.5, 0.58};
    recipe.sd = {.item = 0.1, .rater = 0.05, .item_by_group = 0.06, .residual = 0.1};
    recipe.ungrouped = 0.1;
    return recipe;
}

World world_for(const Estimator& e, std::uint64_t seed) {
    if (e.id == "beta_votes") return simulate_votes(ratings(), 2.0, 1.5, 8.0, seed);
    World world = simulate_ratings(ratings(), seed);
    // On the seven levels that every estimator of ratings takes.
    for (float& u : world.view.utility) u = std::clamp(std::round(u * 6.0F) / 6.0F, 0.0F, 1.0F);
    world.view.cuts.clear();
    for (int k = 1; k < 7; ++k) world.view.cuts.push_back(static_cast<float>(k) / 6.0F);
    return world;
}

std::vector<double> uneven(std::size_t raters, std::uint64_t seed) {
    Rng rng(seed, 31);
    std::vector<double> weights(raters);
    for (double& w : weights) w = 0.3 + 2.7 * rng.next_unit();
    return weights;
}

}  // namespace

TEST_SUITE("estimate/weights") {
    TEST_CASE("a judgment weighs its own weight times its rater's, to a mean of 1") {
        const auto table = table_of({{"a", 1, 1.0F}, {"b", 2, 3.0F}, {"c", 5, 2.0F}});
        const std::vector<double> raters{2.0, 1.0, 0.5};
        const auto seen = observe(table, {}, false, raters);
        const DimensionView& view = seen.dimensions.at(0);
        REQUIRE(view.weight.size() == 3);
        CHECK(view.weight[0] == doctest::Approx(1.0));
        CHECK(view.weight[1] == doctest::Approx(1.5));
        CHECK(view.weight[2] == doctest::Approx(0.5));
        CHECK(effective_number(view.weight, 3) == doctest::Approx(9.0 / 3.5));
    }

    TEST_CASE("weights that are all alike leave no trace") {
        const auto view = observe(table_of({{"a", 1, 0.7F}, {"b", 2, 0.7F}}), {}).dimensions.at(0);
        CHECK(view.weight.empty());
        const auto by_rater =
            observe(table_of({{"a", 1}, {"b", 2}}), {}, false, std::vector<double>{4.0, 4.0});
        CHECK(by_rater.dimensions.at(0).weight.empty());
    }

    TEST_CASE("a judgment of weight 0 has no say and is counted") {
        const auto seen = observe(table_of({{"a", 1}, {"b", 5, 0.0F}, {"c", 2}}), {});
        CHECK(seen.weightless == 1);
        CHECK(seen.dimensions.at(0).rater.size() == 2);
        CHECK(seen.dimensions.at(0).weight.empty());
        const auto none = observe(table_of({{"a", 1, 0.0F}, {"b", 5, 0.0F}}), {});
        CHECK(none.dimensions.empty());
        CHECK(none.left_out.at(0) == "d: every judgment has weight 0");
    }

    TEST_CASE("repeated judgments are averaged by weight and are no second vote") {
        const auto view =
            observe(table_of({{"a", 1, 3.0F}, {"a", 5, 1.0F}, {"b", 5, 6.0F}, {"z", 1}}), {})
                .dimensions.at(0);
        REQUIRE(view.rater.size() == 3);
        CHECK(view.repeated == 1);
        CHECK(view.utility[0] == doctest::Approx(0.25));
        CHECK(view.weight[0] / view.weight[1] == doctest::Approx(2.0 / 6.0));
        const auto votes =
            observe(table_of({{"a", 1, 3.0F}, {"a", -1, 1.0F}, {"b", 1, 5.0F}}, Kind::vote), {})
                .dimensions.at(0);
        CHECK(votes.utility[0] == 0.0F);
        CHECK(votes.weight[0] / votes.weight[1] == doctest::Approx(0.2));
    }

    TEST_CASE("rater weights that are negative, not finite, too few or all 0 are refused") {
        const auto table = table_of({{"a", 1}, {"b", 2}});
        const auto refusal = [&](const std::vector<double>& weights) {
            try {
                observe(table, {}, false, weights);
            } catch (const Error& e) {
                return std::string(e.what());
            }
            return std::string("no error");
        };
        CHECK(refusal({1.0, -1.0}) ==
              "field \"rater_weight\": expected a finite weight, 0 or more, for "
              "rater \"b\", found -1");
        CHECK(refusal({1.0, std::numeric_limits<double>::quiet_NaN()}).find("\"b\"") !=
              std::string::npos);
        CHECK(refusal({1.0}) ==
              "field \"rater_weight\": expected a weight for each of 2 raters, found 1");
        CHECK(refusal({0.0, 0.0}) ==
              "field \"rater_weight\": expected a rater that weighs more than 0, found none");
    }

    TEST_CASE("scaling every weight by one number changes nothing") {
        for (const Estimator& e : estimators()) {
            CAPTURE(e.id);
            World world = world_for(e, 3);
            std::vector<double> weights = uneven(60, 3);
            weigh(world, weights);
            const auto before = cells_of(world, *e.fit(world.view, world.partition, {}, {}));
            for (float& w : world.view.weight) w *= 8.0F;  // exact, and not normalised again
            const auto after = cells_of(world, *e.fit(world.view, world.partition, {}, {}));
            CHECK(furthest(before, after) < 1e-6);
            for (double& w : weights) w *= 3.7;
            weigh(world, weights);
            const auto again = cells_of(world, *e.fit(world.view, world.partition, {}, {}));
            CHECK(furthest(before, again) < 1e-5);
        }
    }

    TEST_CASE("weights of 1 written out fit like no weights") {
        for (const Estimator& e : estimators()) {
            CAPTURE(e.id);
            World world = world_for(e, 4);
            // By moments, which is what weighted ratings take.
            const FitOptions options{.exact_limit = 0};
            const auto plain = cells_of(world, *e.fit(world.view, world.partition, options, {}));
            world.view.weight.assign(world.view.rater.size(), 1.0F);
            const auto ones = cells_of(world, *e.fit(world.view, world.partition, options, {}));
            CHECK(furthest(plain, ones) < 1e-6);
        }
    }

    TEST_CASE("weighted fits are the same bits for any number of threads") {
        for (const Estimator& e : estimators()) {
            CAPTURE(e.id);
            World world = world_for(e, 5);
            weigh(world, uneven(60, 5));
            const auto one = e.fit(world.view, world.partition, {}, Job({}, {}, 1));
            const auto three = e.fit(world.view, world.partition, {}, Job({}, {}, 3));
            CHECK(same(cells_of(world, *one), cells_of(world, *three)));
        }
    }

    TEST_CASE("a weighted cell rests on Kish's number of judgments, never more") {
        for (const Estimator& e : estimators()) {
            CAPTURE(e.id);
            World world = world_for(e, 6);
            weigh(world, uneven(60, 6));
            const auto fit = e.fit(world.view, world.partition, {}, {});
            CHECK(fit->summary().effective < static_cast<double>(fit->summary().judgments));
            std::vector<Cell> groups(3);
            for (std::size_t item = 0; item < world.view.items(); ++item) {
                fit->cells(item, groups);
                std::array<std::vector<float>, 3> weights;
                for (std::size_t k = 0; k < world.view.raters(item).size(); ++k) {
                    const std::uint16_t g = world.partition.group_of[world.view.raters(item)[k]];
                    if (g < 3) weights.at(g).push_back(world.view.weights(item)[k]);
                }
                for (std::size_t g = 0; g < 3; ++g) {
                    CHECK(groups[g].n == weights.at(g).size());
                    const double kish = effective_number(weights.at(g), groups[g].n);
                    CHECK(groups[g].n_eff <= kish * (1.0 + 1e-6) + 1e-9);
                }
            }
        }
    }

    TEST_CASE("weights undo what over-represents a part of a group") {
        // Half of each group's people are 0.15 higher than the other half, and three times as many
        // of them were asked. What the group at large would say is the middle.
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            Recipe recipe = ratings();
            recipe.raters = 240;
            recipe.ungrouped = 0.0;
            World world = simulate_ratings(recipe, seed);
            std::vector<double> weights(recipe.raters);
            for (std::size_t r = 0; r < recipe.raters; ++r) weights[r] = r / 3 % 4 == 0 ? 3.0 : 1.0;
            for (std::size_t k = 0; k < world.view.rater.size(); ++k) {
                const bool rare = world.view.rater[k] / 3 % 4 == 0;
                world.view.utility[k] += rare ? -0.075F : 0.075F;
            }
            const Estimator& e = estimator("hierarchical_ratings");
            const auto bias = [&](const World& w) {
                const auto fit = e.fit(w.view, w.partition, {}, {});
                std::vector<Cell> cells(3);
                double sum = 0.0;
                for (std::size_t o = 0; o < w.view.items(); ++o) {
                    fit->cells(o, cells);
                    for (std::size_t g = 0; g < 3; ++g) sum += cells[g].mean - w.truth[o][g];
                }
                return sum / static_cast<double>(3 * w.view.items());
            };
            CHECK(bias(world) > 0.02);
            weigh(world, weights);
            CHECK(std::abs(bias(world)) < 0.02);
        }
    }

    TEST_CASE("weighted 90 % intervals hold the truth nine times in ten") {
        double inside = 0.0, count = 0.0;
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            World world = simulate_ratings(ratings(), 900 + seed);
            weigh(world, uneven(60, seed));
            const auto fit =
                estimator("hierarchical_ratings").fit(world.view, world.partition, {}, {});
            std::vector<Cell> cells(3);
            for (std::size_t o = 0; o < world.view.items(); ++o) {
                fit->cells(o, cells);
                for (std::size_t g = 0; g < 3; ++g) {
                    inside += std::abs(cells[g].mean - world.truth[o][g]) < 1.6448536 * cells[g].sd;
                    count += 1.0;
                }
            }
        }
        MESSAGE("weighted coverage " << inside / count << " of " << count);
        CHECK(inside / count > 0.86);
        CHECK(inside / count < 0.94);
    }

    TEST_CASE("weighted pairs give the components that the world has") {
        Recipe recipe = ratings();
        recipe.items = 300;
        recipe.raters = 300;
        recipe.density = 0.2;
        World world = simulate_ratings(recipe, 12);
        weigh(world, uneven(recipe.raters, 12));
        const Components c = moment_components(cross(world.view, world.partition, {}), {});
        CHECK(std::sqrt(c.item) == doctest::Approx(0.1).epsilon(0.15));
        CHECK(std::sqrt(c.rater) == doctest::Approx(0.05).epsilon(0.15));
        CHECK(std::sqrt(c.item_by_group) == doctest::Approx(0.06).epsilon(0.15));
        CHECK(std::sqrt(c.residual) == doctest::Approx(0.1).epsilon(0.15));
    }
}
