#include "edgewise/estimate/comparisons/comparison_graph.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "../../../../tests/support/contests.hpp"

using namespace edgewise;
using namespace edgewise::estimate;
using namespace edgewise::test;

namespace {

using Numbers = std::vector<std::uint32_t>;

// Blocks and components by reachability, written out (Warshall 1962).
ComparisonGraph by_closure(const PairCounts& pairs) {
    const std::size_t n = pairs.contenders;
    std::vector<std::vector<bool>> to(n, std::vector<bool>(n, false)), near = to;
    for (std::size_t i = 0; i < n; ++i) to[i][i] = near[i][i] = true;
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        const std::uint32_t a = pairs.first[k], b = pairs.second[k];
        const bool tie = pairs.ties[k] + pairs.both_bad[k] > 0.0;
        if (tie || pairs.first_wins[k] > 0.0) to[a][b] = near[a][b] = near[b][a] = true;
        if (tie || pairs.second_wins[k] > 0.0) to[b][a] = near[a][b] = near[b][a] = true;
    }
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                if (to[i][k] && to[k][j]) to[i][j] = true;
                if (near[i][k] && near[k][j]) near[i][j] = true;
            }
        }
    }
    ComparisonGraph out;
    out.component.assign(n, 0);
    out.block.assign(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
        std::size_t j = 0;
        while (!near[i][j]) ++j;
        out.component[i] = j == i ? out.components++ : out.component[j];
        j = 0;
        while (!(to[i][j] && to[j][i])) ++j;
        out.block[i] = j == i ? out.blocks++ : out.block[j];
    }
    return out;
}

}  // namespace

TEST_SUITE("estimate/comparison_graph") {
    TEST_CASE("blocks and components are those of the transitive closure") {
        for (std::uint64_t seed = 1; seed <= 200; ++seed) {
            Rng rng(seed, 1);
            const std::size_t n = 1 + rng.next_below(12);
            Counts wins(n, std::vector<double>(n, 0.0)), ties = wins;
            for (std::uint64_t k = rng.next_below(2 * n); k > 0; --k) {
                const std::size_t i = rng.next_below(n), j = rng.next_below(n);
                if (i == j) continue;
                if (rng.next_below(5) == 0) {
                    ties[i][j] = ties[j][i] = 1.0;
                } else {
                    wins[i][j] += 1.0;
                }
            }
            const PairCounts pairs = pairs_of(wins, ties);
            const ComparisonGraph graph = comparison_graph(pairs), expected = by_closure(pairs);
            CHECK(graph.component == expected.component);
            CHECK(graph.components == expected.components);
            CHECK(graph.block == expected.block);
            CHECK(graph.blocks == expected.blocks);
            CHECK(graph.separable() == (graph.blocks > graph.components));
            CHECK(strongly_connected(pairs) == (graph.blocks == 1));
            for (const auto& separation : graph.separations) {
                CHECK_FALSE(separation.above.empty());
                CHECK_FALSE(separation.below.empty());
                for (const std::uint32_t a : separation.above) {
                    for (const std::uint32_t b : separation.below) {
                        CHECK(wins[b][a] == 0.0);
                        CHECK(ties[b][a] == 0.0);
                    }
                }
            }
        }
    }

    TEST_CASE("an item that only won is named, and so is one that only lost") {
        // 0 won all; 1, 2, 3 in a circle; 4 lost all.
        const PairCounts pairs = pairs_of(
            {{0, 2, 1, 0, 0}, {0, 0, 1, 0, 1}, {0, 0, 0, 1, 0}, {0, 1, 0, 0, 0}, {0, 0, 0, 0, 0}});
        const ComparisonGraph graph = comparison_graph(pairs);
        CHECK(graph.components == 1);
        CHECK(graph.blocks == 3);
        REQUIRE(graph.separations.size() == 2);
        CHECK(graph.separations[0].above == Numbers{0});
        CHECK(graph.separations[0].below == Numbers{1, 2});
        CHECK(graph.separations[1].above == Numbers{1});
        CHECK(graph.separations[1].below == Numbers{4});
    }

    TEST_CASE("two sides that met each other only are said once") {
        const ComparisonGraph graph = comparison_graph(pairs_of({{0.0, 3.0}, {0.0, 0.0}}));
        REQUIRE(graph.separations.size() == 1);
        CHECK(graph.separations[0].above == Numbers{0});
    }

    TEST_CASE("a chain of a million needs no recursion") {
        constexpr std::uint32_t kMany = 1'000'000;
        PairCounts pairs;
        pairs.contenders = kMany;
        for (std::uint32_t i = 0; i + 1 < kMany; ++i) {
            pairs.first.push_back(i);
            pairs.second.push_back(i + 1);
        }
        pairs.first_wins.assign(pairs.size(), 1.0);
        pairs.second_wins.assign(pairs.size(), 0.0);
        pairs.ties.assign(pairs.size(), 0.0);
        pairs.both_bad.assign(pairs.size(), 0.0);
        CHECK(comparison_graph(pairs).blocks == kMany);
        CHECK_FALSE(strongly_connected(pairs));
        pairs.first.push_back(kMany - 1);
        pairs.second.push_back(0);
        pairs.first_wins.push_back(0.0);
        pairs.second_wins.push_back(0.0);
        pairs.ties.push_back(0.0);
        pairs.both_bad.push_back(1.0);
        CHECK(comparison_graph(pairs).blocks == 1);
        CHECK(strongly_connected(pairs));
    }

    TEST_CASE("pairs that hold nothing did not meet") {
        PairCounts pairs = pairs_of({{0, 1}, {1, 0}});
        pairs.first_wins[0] = pairs.second_wins[0] = 0.0;
        CHECK(comparison_graph(pairs).components == 2);
        CHECK_FALSE(strongly_connected(pairs));
        CHECK(comparison_graph({}).components == 0);
        CHECK(strongly_connected({}));
    }

    TEST_CASE("a position is identified once a circle of placements does not close") {
        const auto shown = [](std::uint32_t n, std::vector<std::pair<int, int>> order) {
            PairCounts out;
            out.contenders = n;
            for (const auto& [a, b] : order) {
                out.first.push_back(static_cast<std::uint32_t>(a));
                out.second.push_back(static_cast<std::uint32_t>(b));
            }
            out.first_wins.assign(order.size(), 1.0);
            out.second_wins.assign(order.size(), 1.0);
            out.ties.assign(order.size(), 0.0);
            out.both_bad.assign(order.size(), 0.0);
            return out;
        };
        CHECK_FALSE(position_identified(shown(2, {{0, 1}})));
        CHECK(position_identified(shown(2, {{0, 1}, {1, 0}})));
        CHECK_FALSE(position_identified(shown(4, {{0, 1}, {1, 2}, {3, 2}})));
        CHECK(position_identified(shown(3, {{0, 1}, {1, 2}, {2, 0}})));
        CHECK(position_identified(shown(3, {{0, 1}, {1, 2}, {0, 2}})));
        // A square walked evenly: 0 over 1, 3 over 2, with 0 over 3 and 1 over 2.
        CHECK_FALSE(position_identified(shown(4, {{0, 1}, {3, 2}, {0, 3}, {1, 2}})));
        CHECK_FALSE(position_identified({}));
    }
}
