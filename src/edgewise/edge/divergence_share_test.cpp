#include "edgewise/edge/divergence_share.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/stats.hpp"
#include "support/worlds.hpp"

using namespace edgewise;
using namespace edgewise::edge;
using estimate::World;

namespace {

World votes(std::uint64_t seed, std::size_t items, double strength, std::size_t levels) {
    World world = estimate::simulate_votes(
        {.items = items, .raters = 40, .groups = 3, .density = 0.8}, 2, 2, strength, seed);
    if (levels == 3) {
        Rng rng(seed, 5);
        for (float& u : world.view.utility) u = rng.next_unit() < 0.2 ? 0.5F : u;
        world.view.cuts = {0.5F, 1.0F};
    } else {
        world.view.cuts = {1.0F};
    }
    return world;
}

struct Shares {
    std::optional<DivergenceShare> share;
    GroupedView view;
    Labels labels;
};

Shares shares(const World& world) {
    const std::vector<std::int8_t> side(world.view.utility.size(), 1);
    Shares out;
    out.labels = shuffled_labels(world.partition, 0, 1, 1);
    out.view = grouped(world.view, side, world.partition, out.labels);
    out.share = divergence_share(world.view, out.view, out.labels);
    return out;
}

}  // namespace

TEST_SUITE("edge/divergence_share") {
    TEST_CASE("an item's share is that of the exact entropy split and of the G test") {
        for (const std::size_t levels : {std::size_t{2}, std::size_t{3}}) {
            for (std::uint64_t seed = 1; seed <= 20; ++seed) {
                const World world = votes(seed, 1, 4.0, levels);
                const auto got = shares(world);
                std::vector<double> counts(3 * levels);
                double n = 0.0;
                for (std::size_t i = 0; i < got.view.utility.size(); ++i) {
                    const std::size_t g = got.labels.row(0)[got.view.rater[i]];
                    counts[g * levels + world.view.level(got.view.utility[i])] += 1.0;
                    n += 1.0;
                }
                std::vector<double> pooled(levels), weight(3);
                double total = 0.0, within = 0.0;
                const auto entropy = [](double p) { return p > 0.0 ? -p * std::log(p) : 0.0; };
                for (std::size_t g = 0; g < 3; ++g) {
                    for (std::size_t c = 0; c < levels; ++c) {
                        pooled[c] += counts[g * levels + c] / n;
                        weight[g] += counts[g * levels + c] / n;
                    }
                }
                for (const double p : pooled) total += entropy(p);
                for (std::size_t g = 0; g < 3; ++g) {
                    for (std::size_t c = 0; c < levels; ++c) {
                        within += weight[g] * entropy(counts[g * levels + c] / n / weight[g]);
                    }
                }
                if (total == 0.0) continue;  // nobody differs
                REQUIRE(got.share);
                CHECK(std::abs(got.share->raw - (total - within) / total) < 1e-12);
                const auto g_table = g_test(counts, levels);  // G = 2 N JSD
                CHECK(std::abs(2.0 * n * got.share->raw * total - g_table.statistic) < 1e-9);
                const double bias = g_table.df / (2.0 * n) / total;
                CHECK(got.share->corrected ==
                      doctest::Approx(std::max(0.0, got.share->raw - bias)).epsilon(1e-9));
            }
        }
    }

    TEST_CASE("the corrected share is never above the raw and about 0 without an effect") {
        const auto none = shares(votes(3, 400, 1e7, 2)).share;
        const auto some = shares(votes(3, 400, 4.0, 2)).share;
        REQUIRE((none && some));
        CHECK(none->corrected <= none->raw);
        CHECK(none->raw > 0.04);  // the plug-in sees a share where there is none
        CHECK(none->corrected < 0.012);
        CHECK(some->corrected > 0.05);
        CHECK(some->raw <= 1.0);
    }

    TEST_CASE("where nobody differs there is no share and full separation is all of it") {
        auto world = votes(1, 3, 4.0, 2);
        for (float& u : world.view.utility) u = 1.0F;
        CHECK_FALSE(shares(world).share);
        for (std::size_t i = 0; i < world.view.utility.size(); ++i) {
            world.view.utility[i] =
                world.partition.group_of[world.view.rater[i]] == 0 ? 1.0F : 0.0F;
        }
        CHECK(shares(world).share->raw == doctest::Approx(1.0).epsilon(1e-12));
        const auto empty = estimate::world_of({}, 2, {0, 1}, 2);
        CHECK_FALSE(shares(empty).share);
    }
}
