#include "edgewise/edge/resolvability.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/random.hpp"
#include "edgewise/base/stats.hpp"
#include "support/worlds.hpp"

using namespace edgewise;
using namespace edgewise::edge;

namespace {

double least_p(std::vector<std::uint64_t> sizes) { return smallest_attainable_p(sizes); }

// One over the number of ways to split labelled raters into unnamed groups, by going through all.
double enumerated(const std::vector<std::uint64_t>& sizes) {
    std::vector<int> label;
    for (std::size_t g = 0; g < sizes.size(); ++g) {
        label.insert(label.end(), sizes[g], static_cast<int>(g));
    }
    std::set<std::vector<int>> splits;
    do {
        std::vector<int> name(sizes.size(), -1), split;
        int next = 0;
        for (const int g : label) {
            int& as = name[static_cast<std::size_t>(g)];
            if (as < 0) as = next++;
            split.push_back(as);
        }
        splits.insert(split);
    } while (std::next_permutation(label.begin(), label.end()));
    return 1.0 / static_cast<double>(splits.size());
}

Resolvability of(const estimate::World& world, std::uint64_t permutations = 199) {
    const std::vector<std::int8_t> side(world.view.utility.size(), 1);
    const auto labels = shuffled_labels(world.partition, permutations, 1, 1);
    const auto view = grouped(world.view, side, world.partition, labels);
    const auto nulls = permute(view, labels, 10, Job());
    return resolvability(world.partition, "d", view, labels, nulls, {}, 0.25, 0.1);
}

}  // namespace

TEST_SUITE("edge/resolvability") {
    TEST_CASE("the least p is one over the number of ways to deal the raters") {
        CHECK(least_p({3, 3}) == doctest::Approx(0.1));
        CHECK(least_p({2, 2}) == doctest::Approx(1.0 / 3.0));
        CHECK(least_p({5, 1}) == doctest::Approx(1.0 / 6.0));
        CHECK(least_p({1, 1}) == doctest::Approx(1.0));
        CHECK(least_p({4}) == doctest::Approx(1.0));
        CHECK(least_p({}) == doctest::Approx(1.0));
        CHECK(least_p({3, 0, 3}) == doctest::Approx(0.1));
        CHECK(least_p({500'000, 500'000}) == 0.0);
        for (const auto& sizes : std::vector<std::vector<std::uint64_t>>{
                 {3, 3}, {4, 2}, {2, 2, 2}, {3, 2, 2}, {3, 3, 2}, {4, 3, 1}}) {
            CHECK(least_p(sizes) == doctest::Approx(enumerated(sizes)).epsilon(1e-9));
        }
    }

    TEST_CASE("the raters said to be needed find the shift in about 80 % of simulated cells") {
        for (const std::size_t groups : {std::size_t{2}, std::size_t{4}}) {
            const double variance = 0.04;
            const double n = raters_needed(variance, 0.2, groups, 0.1);
            const double rest = n * static_cast<double>(groups - 1);
            const double sd = std::sqrt(variance * (1.0 / n + 1.0 / rest));
            const double critical = normal_quantile(1.0 - 0.1 / 40.0);  // fdr / 20, two-sided
            Rng rng(groups, 1);
            std::size_t found = 0;
            constexpr std::size_t kCells = 4000;
            for (std::size_t k = 0; k < kCells; ++k) {
                double own = 0.0, others = 0.0;
                for (std::size_t r = 0; r < static_cast<std::size_t>(n); ++r) {
                    own += (0.2 + std::sqrt(variance) * next_normal(rng)) / n;
                }
                for (std::size_t r = 0; r < static_cast<std::size_t>(rest); ++r) {
                    others += std::sqrt(variance) * next_normal(rng) / rest;
                }
                found += std::abs(own - others) / sd >= critical ? 1U : 0U;
            }
            const double power = static_cast<double>(found) / kCells;
            CHECK(power > 0.77);
            CHECK(power < 0.87);  // whole raters: a little more than asked for
        }
    }

    TEST_CASE("with one true cell in twenty the procedure finds four in five") {
        // 400 cells, 20 of them shifted, Benjamini-Hochberg at 0.1: the assumption behind fdr / 20.
        Rng rng(9, 2);
        const double variance = 0.04, shift = 0.3;
        const double n = raters_needed(variance, shift, 2, 0.1);
        const double z_shift = shift / std::sqrt(2.0 * variance / n);
        double found = 0.0, tested = 0.0;
        for (int world = 0; world < 40; ++world) {
            std::vector<double> p;
            for (int k = 0; k < 400; ++k) {
                const double z = next_normal(rng) + (k < 20 ? z_shift : 0.0);
                p.push_back(std::min(1.0, 2.0 * normal_cdf(-std::abs(z))));
            }
            const auto q = benjamini_hochberg(p);
            for (int k = 0; k < 20; ++k) found += q[static_cast<std::size_t>(k)] <= 0.1 ? 1.0 : 0.0;
            tested += 20.0;
        }
        CHECK(found / tested > 0.75);
        CHECK(found / tested < 0.90);
    }

    TEST_CASE("the detectable shift is the inverse of the raters needed") {
        for (const double variance : {0.02, 0.08}) {
            for (const std::size_t groups : {std::size_t{2}, std::size_t{3}, std::size_t{12}}) {
                const double n = raters_needed(variance, 0.1, groups, 0.1);
                CHECK(detectable_shift(variance, n, groups, 0.1) <= 0.1 + 1e-12);
                CHECK(detectable_shift(variance, n - 1.0, groups, 0.1) > 0.1);
            }
        }
        CHECK(detectable_shift(0.1, 0.0, 2, 0.1) == 1.0);
        CHECK(detectable_shift(0.25, 1.0, 2, 0.1) == 1.0);
        CHECK(raters_needed(0.0, 0.25, 2, 0.1) == 3.0);
        CHECK(raters_needed(0.08, 0.1, 2, 0.01) > raters_needed(0.08, 0.1, 2, 0.1));
    }

    TEST_CASE("cells, medians and shares are those of the table") {
        // Item 0: three of group 0 and one of group 1; item 1: one of each; item 2: one alone.
        const auto r = of(estimate::world_of({{0, 0, 0.1},
                                              {0, 1, 0.2},
                                              {0, 2, 0.4},
                                              {0, 3, 0.9},
                                              {1, 0, 0.3},
                                              {1, 4, 0.5},
                                              {2, 1, 0.5}},
                                             3, {0, 0, 0, 1, 1}, 2));
        CHECK(r.items == 2);
        CHECK(r.raters == 5);
        CHECK(r.smallest_group == 2);
        CHECK(r.cells == 4);
        CHECK(r.cell_median == 1.0);
        CHECK(r.cells_from_5 == 0.0);
        CHECK(r.smallest_p == doctest::Approx(0.1));
        CHECK(r.global.can == "no");
    }

    TEST_CASE("what cannot be shown is said and what can is not denied") {
        const auto split = of(estimate::world_of(
            {{0, 0, 0.1}, {0, 1, 0.9}, {1, 2, 0.1}, {1, 3, 0.9}}, 2, {0, 0, 1, 1}, 2));
        CHECK(split.global.can == "no");  // no item has both kinds of pairs
        CHECK(split.items_answer.can == "no");
        estimate::Recipe recipe{.items = 20, .raters = 60, .groups = 2};
        recipe.sd = {.item = 0.1, .rater = 0.1, .item_by_group = 0.1, .residual = 0.1};
        const auto deep = of(estimate::simulate_ratings(recipe, 1));
        CHECK(deep.global.can == "yes");
        CHECK(deep.items_answer.can == "yes");
        CHECK(deep.further_raters == 0);
        CHECK(deep.smallest_p == doctest::Approx(1.0 / 200.0));
        recipe.density = 0.1;
        const auto thin = of(estimate::simulate_ratings(recipe, 1));
        CHECK(thin.items_answer.can == "no");
        CHECK(thin.further_raters > 0);
        CHECK(thin.detectable_shift > deep.detectable_shift);
    }
}
