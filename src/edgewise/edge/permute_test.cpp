#include "edgewise/edge/permute.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/random.hpp"
#include "edgewise/base/stats.hpp"
#include "support/worlds.hpp"

using namespace edgewise;
using namespace edgewise::edge;
using estimate::Components;
using estimate::Recipe;
using estimate::World;

namespace {

struct Prepared {
    std::vector<std::int8_t> side;
    Labels labels;
    GroupedView view;
};

Prepared prepare(const World& world, std::uint64_t permutations, std::uint64_t seed = 1) {
    Prepared out;
    out.side = sides(world.view, judgment::Kind::rating);
    out.labels = shuffled_labels(world.partition, permutations, seed, 7);
    out.view = grouped(world.view, out.side, world.partition, out.labels);
    return out;
}

bool same(const ShuffleSums& a, const ShuffleSums& b) {
    return a.within == b.within && a.across == b.across && a.within_pairs == b.within_pairs &&
           a.matched_within == b.matched_within && a.matched_across == b.matched_across &&
           a.across_pairs == b.across_pairs && a.flips == b.flips && a.eligible == b.eligible;
}

// Everything counted pair by pair, as the definitions say.
ShuffleSums brute(const Prepared& p, std::size_t b, std::uint32_t least_cell) {
    const auto label = p.labels.row(b);
    ShuffleSums out;
    for (std::size_t r = 0; r < p.view.item.size(); ++r) {
        double within = 0.0, across = 0.0, within_pairs = 0.0, across_pairs = 0.0;
        std::vector<std::uint32_t> n(p.labels.groups);
        std::vector<int> side(p.labels.groups);
        for (std::size_t i = p.view.begin[r]; i < p.view.begin[r + 1]; ++i) {
            ++n[label[p.view.rater[i]]];
            side[label[p.view.rater[i]]] += p.view.side[i];
            for (std::size_t j = i + 1; j < p.view.begin[r + 1]; ++j) {
                const double gap = double{p.view.utility[i]} - double{p.view.utility[j]};
                const bool own = label[p.view.rater[i]] == label[p.view.rater[j]];
                (own ? within : across) += gap * gap;
                (own ? within_pairs : across_pairs) += 1.0;
            }
        }
        out.within += within;
        out.across += across;
        out.within_pairs += within_pairs;
        out.across_pairs += across_pairs;
        const double pairs = within_pairs + across_pairs;
        out.matched_within += within * across_pairs / pairs;
        out.matched_across += across * within_pairs / pairs;
        out.matched_weight += within_pairs * across_pairs / pairs;
        const std::array<std::uint32_t, 5> least{1, 3, 5, 10, least_cell};
        for (std::size_t k = 0; p.view.majority[r] != 0 && k < least.size(); ++k) {
            bool deep = false, flips = false;
            for (std::size_t g = 0; g < n.size(); ++g) {
                deep = deep || n[g] >= least[k];
                flips = flips || (n[g] >= least[k] && side[g] * p.view.majority[r] < 0);
            }
            out.eligible[k] += deep ? 1U : 0U;
            out.flips[k] += flips ? 1U : 0U;
        }
    }
    return out;
}

double ratio_p(const Nulls& nulls) {
    std::vector<double> null;
    for (std::size_t b = 1; b < nulls.sums.size(); ++b) null.push_back(nulls.sums[b].ratio());
    return permutation_p_value(nulls.sums[0].ratio(), null);
}

// Largest distance between the distribution of `p` and the uniform one on the grid of 1/(B+1).
double distance_from_uniform(std::vector<double> p, double step) {
    std::ranges::sort(p);
    const auto n = static_cast<double>(p.size());
    double out = 0.0;
    for (double x = step; x <= 1.0; x += step) {
        const auto below = std::ranges::upper_bound(p, x + 1e-9) - p.begin();
        out = std::max(out, std::abs(static_cast<double>(below) / n - x));
    }
    return out;
}

constexpr Components kSevere{.item = 0.1, .rater = 0.15, .item_by_group = 0.0, .residual = 0.1};

}  // namespace

TEST_SUITE("edge/permute") {
    TEST_CASE("sums of every shuffle are those counted pair by pair") {
        for (std::uint64_t seed = 1; seed <= 8; ++seed) {
            Recipe recipe{.items = 25, .raters = 20, .groups = 2 + seed % 3, .density = 0.5};
            recipe.sd = {.item = 0.1, .rater = 0.1, .item_by_group = 0.1, .residual = 0.1};
            recipe.ungrouped = 0.2;
            const auto world = estimate::simulate_ratings(recipe, seed);
            const auto p = prepare(world, 6);
            const auto nulls = permute(p.view, p.labels, 4, Job());
            REQUIRE(nulls.sums.size() == 7);
            for (std::size_t b = 0; b < nulls.sums.size(); ++b) {
                const auto expected = brute(p, b, 4);
                const auto& got = nulls.sums[b];
                CHECK(got.within == doctest::Approx(expected.within).epsilon(1e-9));
                CHECK(got.across == doctest::Approx(expected.across).epsilon(1e-9));
                CHECK(got.within_pairs == doctest::Approx(expected.within_pairs));
                CHECK(got.across_pairs == doctest::Approx(expected.across_pairs));
                CHECK(got.ratio() == doctest::Approx(expected.ratio()).epsilon(1e-9));
                CHECK(got.flips == expected.flips);
                CHECK(got.eligible == expected.eligible);
            }
        }
    }

    TEST_CASE("a shuffle keeps the size of every group and the first row is as observed") {
        const auto world = estimate::simulate_ratings(
            {.items = 3, .raters = 37, .groups = 4, .ungrouped = 0.3}, 3);
        const auto labels = shuffled_labels(world.partition, 50, 9, 0);
        REQUIRE(labels.shuffles() == 51);
        std::size_t moved = 0;
        for (std::size_t b = 0; b < labels.shuffles(); ++b) {
            std::vector<std::uint32_t> sizes(labels.groups);
            for (const auto g : labels.row(b)) ++sizes[g];
            CHECK(sizes == world.partition.raters_in);
            moved += std::ranges::equal(labels.row(b), labels.row(0)) ? 0U : 1U;
        }
        for (std::size_t i = 0; i < labels.raters; ++i) {
            CHECK(labels.row(0)[i] == world.partition.group_of[labels.rater_of[i]]);
        }
        CHECK(moved >= 49);
    }

    TEST_CASE("shuffles are the same whatever the number of threads") {
        Recipe recipe{.items = 900, .raters = 80, .groups = 3, .density = 0.8};
        recipe.sd = kSevere;
        const auto p = prepare(estimate::simulate_ratings(recipe, 4), 9);
        const auto one = permute(p.view, p.labels, 10, Job());
        for (const unsigned threads : {2U, 3U, 5U}) {
            const auto more = permute(p.view, p.labels, 10, Job({}, {}, threads));
            for (std::size_t b = 0; b < one.sums.size(); ++b)
                CHECK(same(one.sums[b], more.sums[b]));
            CHECK(one.scores == more.scores);
        }
    }

    TEST_CASE("under no effect the global p is uniform although raters differ in severity") {
        std::vector<double> p;
        for (std::uint64_t seed = 1; seed <= 300; ++seed) {
            Recipe recipe{.items = 12, .raters = 24, .groups = 2 + seed % 2, .density = 0.6};
            recipe.sd = kSevere;
            const auto x = prepare(estimate::simulate_ratings(recipe, seed), 39, seed);
            p.push_back(ratio_p(permute(x.view, x.labels, 10, Job())));
        }
        CHECK(distance_from_uniform(p, 0.025) < 1.63 / std::sqrt(300.0));  // 1 % of Kolmogorov's
        const auto rejected = std::ranges::count_if(p, [](double x) { return x <= 0.05; });
        CHECK(rejected >= 5);
        CHECK(rejected <= 27);  // 15 expected, three standard deviations
    }

    TEST_CASE("a group effect on items is found") {
        std::size_t found = 0;
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            Recipe recipe{.items = 20, .raters = 30, .groups = 2, .density = 0.6};
            recipe.sd = kSevere;
            recipe.sd.item_by_group = 0.15;
            const auto x = prepare(estimate::simulate_ratings(recipe, seed), 39, seed);
            found += ratio_p(permute(x.view, x.labels, 10, Job())) <= 0.05 ? 1U : 0U;
        }
        CHECK(found >= 18);
    }

    TEST_CASE("under no effect the p of single cells is uniform on average") {
        std::vector<double> p;
        for (std::uint64_t seed = 1; seed <= 80; ++seed) {
            Recipe recipe{.items = 15, .raters = 30, .groups = 3, .density = 0.7};
            recipe.sd = kSevere;
            const auto x = prepare(estimate::simulate_ratings(recipe, seed), 60, seed);
            const auto nulls = permute(x.view, x.labels, 10, Job());
            for (const auto& cell : cell_scores(x.view, x.labels, nulls)) {
                CHECK(cell.p > 0.0F);
                p.push_back(double{cell.p});
            }
        }
        REQUIRE(p.size() > 2500);
        // Cells of one world move together, so the effective number is nearer that of raters.
        CHECK(distance_from_uniform(p, 0.05) < 0.05);
    }

    TEST_CASE("a planted cell has the smallest p of its item and opposes the majority") {
        Recipe recipe{.items = 10, .raters = 40, .groups = 4};
        recipe.sd = {.item = 0.0, .rater = 0.02, .item_by_group = 0.0, .residual = 0.05};
        recipe.group_mean = {0.7, 0.7, 0.7, 0.7};
        auto world = estimate::simulate_ratings(recipe, 5);
        for (std::size_t i = world.view.begin[4]; i < world.view.begin[5]; ++i) {
            if (world.partition.group_of[world.view.rater[i]] == 2) world.view.utility[i] = 0.2F;
        }
        const auto x = prepare(world, 200);
        const auto nulls = permute(x.view, x.labels, 10, Job());
        const auto cells = cell_scores(x.view, x.labels, nulls);
        REQUIRE(cells.size() == 40);
        const auto least = std::ranges::min_element(cells, {}, &CellScore::p);
        CHECK(least->item == 4);
        CHECK(least->group == 2);
        CHECK(least->opposes);
        CHECK(std::ranges::count_if(cells, &CellScore::opposes) == 1);
    }

    TEST_CASE("batches of items that differ in noise make no group effect of themselves") {
        // Half the raters, most of group 0, share quiet items among themselves; the noisy items
        // are judged by both groups alike. Nobody's group matters on any item.
        std::size_t rejected = 0;
        constexpr std::size_t kWorlds = 100;
        for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
            Rng rng(seed, 3);
            std::vector<std::uint16_t> group_of;
            for (std::size_t r = 0; r < 40; ++r) {
                group_of.push_back(r < 20 ? (r % 10 == 0 ? 1 : 0) : r % 2);
            }
            std::vector<estimate::Judged> judged;
            for (std::uint32_t item = 0; item < 20; ++item) {
                const bool quiet = item < 10;
                for (std::uint32_t r = quiet ? 0 : 20; r < (quiet ? 20U : 40U); ++r) {
                    const double noise = quiet ? 0.05 : 0.2;
                    judged.push_back({item, r, 0.5 + noise * next_normal(rng)});
                }
            }
            const auto world = estimate::world_of(judged, 20, group_of, 2);
            const auto x = prepare(world, 39, seed);
            rejected += ratio_p(permute(x.view, x.labels, 10, Job())) <= 0.05 ? 1U : 0U;
        }
        CHECK(rejected <= 12);  // 5 expected
    }

    TEST_CASE("nothing to compare makes no ratio and no cell") {
        const auto p = [](std::vector<estimate::Judged> judged, std::vector<std::uint16_t> groups,
                          std::size_t count) {
            const auto x = prepare(estimate::world_of(std::move(judged), 2, groups, count), 5);
            const auto nulls = permute(x.view, x.labels, 10, Job());
            CHECK(cell_scores(x.view, x.labels, nulls).empty());
            return nulls.sums[0].ratio();
        };
        CHECK(std::isnan(p({}, {0, 0, 1, 1}, 2)));
        CHECK(std::isnan(p({{0, 0, 0.5}}, {0, 0, 1, 1}, 2)));               // one judgment
        CHECK(std::isnan(p({{0, 0, 0.1}, {0, 1, 0.9}}, {0, 0, 1, 1}, 2)));  // one group
        CHECK(std::isnan(p({{0, 0, 0.1}, {0, 2, 0.9}}, {0, 0, 1, 1}, 2)));  // no pair within
        CHECK(std::isnan(p({{0, 0, 0.3}, {0, 1, 0.3}, {0, 2, 0.3}}, {0, 0, 1}, 2)));  // no variance
    }

    TEST_CASE("raters who never differ make no ratio out of rounding") {
        std::vector<estimate::Judged> judged;
        for (std::uint32_t item = 0; item < 50; ++item) {
            for (std::uint32_t r = 0; r < 45; ++r) judged.push_back({item, r, 0.01 * item + 0.003});
        }
        std::vector<std::uint16_t> group_of;
        for (std::uint16_t r = 0; r < 45; ++r) group_of.push_back(r % 3);
        const auto x = prepare(estimate::world_of(judged, 50, group_of, 3), 5);
        for (const auto& sums : permute(x.view, x.labels, 10, Job()).sums) {
            CHECK(std::isnan(sums.ratio()));
            CHECK(sums.between_variance() < 1e-12);
        }
    }

    TEST_CASE("a pass counts as not agreeing and a tie between options takes no side") {
        World world = estimate::world_of({{0, 0, 1.0}, {0, 1, 0.5}, {0, 2, 0.0}}, 1, {0, 0, 0}, 1);
        using Sides = std::vector<std::int8_t>;
        CHECK(sides(world.view, judgment::Kind::vote) == Sides{1, -1, -1});
        CHECK(sides(world.view, judgment::Kind::comparison) == Sides{1, 0, -1});
        CHECK(sides(world.view, judgment::Kind::rating) == Sides{1, 1, -1});
        world.view.high_is_present = false;  // the unwanted thing is present at low utility
        CHECK(sides(world.view, judgment::Kind::rating) == Sides{-1, 1, 1});
        CHECK(sides(world.view, judgment::Kind::vote) == Sides{-1, -1, 1});
    }
}
