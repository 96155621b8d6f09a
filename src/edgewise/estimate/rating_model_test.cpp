#include "edgewise/estimate/rating_model.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "../../../tests/support/ordinal_worlds.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

ModelChoice choice(const World& world, const RatingModelOptions& options = {}) {
    return choose_rating_model(world.view, world.partition, options, {});
}

// Ratings that are normal, rounded to seven levels in the middle of the scale.
World rounded(std::uint64_t seed) {
    Recipe recipe{.items = 60, .raters = 60, .groups = 3, .density = 0.3};
    recipe.sd = {.item = 0.08, .rater = 0.03, .item_by_group = 0.03, .residual = 0.12};
    World world = simulate_ratings(recipe, seed);
    world.view.cuts.clear();
    for (int k = 1; k < 7; ++k) world.view.cuts.push_back(static_cast<float>(k) / 6.0F);
    for (float& u : world.view.utility) {
        u = static_cast<float>(std::clamp(std::lround(u * 6.0F), 0L, 6L)) / 6.0F;
    }
    return world;
}

}  // namespace

TEST_SUITE("estimate/rating_model") {
    TEST_CASE("skewed answers on five levels take the cumulative logit, and it is said why") {
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            const ModelChoice found = choice(simulate_ordinal(skewed(60, 80, 0.3), seed));
            CHECK(found.estimator == "cumulative_logit");
            CHECK(found.difference.value() > found.standard_error);
            CHECK(found.ordinal->log_score > found.normal->log_score);
            CHECK(found.why.find("5 levels") != std::string::npos);
            CHECK(found.why.find("better predicted") != std::string::npos);
            CHECK(found.raters == 80);
        }
    }

    TEST_CASE("rounded normal ratings are not said to need the cumulative logit by much") {
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            const ModelChoice found = choice(rounded(seed));
            REQUIRE(found.difference.has_value());
            CHECK(std::abs(*found.difference) < 0.05);
        }
    }

    TEST_CASE("what there is no choice about is settled without scores") {
        World votes = simulate_votes({.items = 10, .raters = 20, .groups = 2}, 2, 2, 5, 1);
        CHECK(choice(votes).estimator == "beta_votes");
        CHECK_FALSE(choice(votes).difference.has_value());
        const World numbers = simulate_ratings(
            {.items = 10, .raters = 20, .groups = 2, .group_mean = {}, .sd = {.residual = 0.1}}, 1);
        CHECK(choice(numbers).estimator == "hierarchical_ratings");
        CHECK(choice(numbers).why.find("more than 7 levels") != std::string::npos);
        CHECK(choice(World{}).why.find("no judgments") != std::string::npos);
        const World few = simulate_ordinal(skewed(3, 4, 1.0), 1);
        CHECK(choice(few).estimator == "hierarchical_ratings");
        CHECK_FALSE(choice(few).difference.has_value());
    }

    TEST_CASE("a choice on a sample of items says so and repeats itself") {
        const World world = simulate_ordinal(skewed(400, 80, 0.2), 4);
        const ModelChoice all = choice(world), some = choice(world, {.most_judgments = 2000});
        CHECK(some.used < all.used);
        CHECK(some.used <= 2400);
        CHECK(some.why.find("evenly spaced items") != std::string::npos);
        CHECK(some.estimator == all.estimator);
        const ModelChoice again = choice(world, {.most_judgments = 2000});
        CHECK(again.difference == some.difference);
        CHECK(again.why == some.why);
    }

    TEST_CASE("fewer than two folds are refused") {
        CHECK_THROWS_AS(choice(rounded(1), {.folds = 1}), Error);
    }
}
