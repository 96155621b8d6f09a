#include "edgewise/norms/disagreement.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/base/stats.hpp"

using namespace edgewise;
using namespace edgewise::norms;

namespace {

using Counts = std::vector<std::uint64_t>;
const Rng kRng(7, 7);

struct Item {
    Counts counts;
    std::size_t groups;
    std::size_t categories;
    GroupCounts view() const { return {counts, groups, categories}; }
};

Item random_item(Rng& rng, std::uint64_t most) {
    Item item{.counts = {}, .groups = 1 + rng.next_below(4), .categories = 1 + rng.next_below(4)};
    for (std::size_t i = 0; i < item.groups * item.categories; ++i) {
        item.counts.push_back(rng.next_below(3) == 0 ? 0 : rng.next_below(most));
    }
    return item;
}

std::uint64_t total(const Counts& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

// Judgments written out one by one, categories shuffled over them, G by the textbook's formula.
double relabelled_p(const Counts& counts, std::size_t categories, int shuffles, Rng& rng) {
    std::vector<std::size_t> group;
    std::vector<std::size_t> category;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        group.insert(group.end(), counts[i], i / categories);
        category.insert(category.end(), counts[i], i % categories);
    }
    const auto statistic = [&] {
        std::vector<double> table(counts.size(), 0.0);
        for (std::size_t k = 0; k < group.size(); ++k) {
            table[group[k] * categories + category[k]] += 1.0;
        }
        return g_test(table, categories).statistic;
    };
    const double observed = statistic();
    int hits = 0;
    for (int shuffle = 0; shuffle < shuffles; ++shuffle) {
        for (std::size_t k = category.size(); k > 1; --k) {
            std::swap(category[k - 1], category[rng.next_below(k)]);
        }
        hits += statistic() >= observed - 1e-9;
    }
    return static_cast<double>(hits) / shuffles;
}

}  // namespace

TEST_SUITE("norms/disagreement") {
    TEST_CASE("nine of ten against two of ten is the published example") {
        const Counts counts{9, 1, 2, 8};
        const auto test = jsd_test({counts, 2, 2}, kRng);
        CHECK(std::abs(test.jsd - 0.2753961) < 1e-7);
        CHECK(std::abs(test.g - 11.0158446) < 1e-7);
        CHECK(test.df == 1.0);
        CHECK(std::abs(test.p_chi_squared - 9.03e-4) < 1e-6);
        // The least expected count is 4.5; with balanced margins the exact p is Fisher's.
        CHECK(test.least_expected == doctest::Approx(4.5));
        CHECK(test.method == JsdMethod::exact_permutation);
        CHECK(std::abs(test.p - fisher_exact(9, 1, 2, 8)) < 1e-12);
        CHECK(std::abs(test.p - 0.0054775) < 1e-7);
    }

    TEST_CASE("JSD is at most the entropy of sizes, the split is exact and G = 2 N JSD") {
        Rng rng(7, 1);
        for (int i = 0; i < 1000; ++i) {
            const Item item = random_item(rng, 40);
            const auto split = entropy_split(item.view());
            const double n = static_cast<double>(total(item.counts));
            REQUIRE(split.has_value() == (n > 0));
            if (!split) continue;
            CHECK(std::abs(split->pooled - split->within - split->between) < 1e-12);
            std::vector<double> sizes(item.groups, 0.0);
            for (std::size_t k = 0; k < item.counts.size(); ++k) {
                sizes[k / item.categories] += static_cast<double>(item.counts[k]);
            }
            CHECK(split->between >= 0.0);
            CHECK(split->between <= entropy(sizes) + 1e-12);
            const auto test = jsd_test(item.view(), kRng, 19);
            CHECK(test.g == 2.0 * n * test.jsd);
            const std::vector<double> table(item.counts.begin(), item.counts.end());
            const TableTest peer = g_test(table, item.categories);
            CHECK(std::abs(test.g - peer.statistic) < 1e-9);
            CHECK(test.df == peer.df);
            if (test.df > 0) CHECK(std::abs(test.p_chi_squared - peer.p) < 1e-9);
            CHECK(test.corrected <= test.jsd);
            if (test.share) CHECK((*test.share >= 0.0 && *test.share <= 1.0));
        }
    }

    TEST_CASE("from five expected judgments a cell on, p is the chi-squared one") {
        const Counts counts{9, 3, 2, 8};
        const auto test = jsd_test({counts, 2, 2}, kRng);
        CHECK(test.least_expected == doctest::Approx(5.0));
        CHECK(test.method == JsdMethod::chi_squared);
        CHECK(test.p == test.p_chi_squared);
    }

    TEST_CASE("splitting a group in two equal halves leaves the JSD") {
        Rng rng(7, 2);
        for (int i = 0; i < 300; ++i) {
            Item item = random_item(rng, 20);
            for (auto& x : item.counts) x *= 2;
            if (total(item.counts) == 0) continue;
            Item halves = item;
            ++halves.groups;
            for (std::size_t c = 0; c < item.categories; ++c) {
                halves.counts[c] /= 2;
                halves.counts.push_back(halves.counts[c]);
            }
            CHECK(std::abs(entropy_split(item.view())->between -
                           entropy_split(halves.view())->between) < 1e-12);
        }
    }

    TEST_CASE("repeating every rater k times leaves the JSD and multiplies G by k") {
        const Counts once{4, 1, 2, 2, 3, 5};
        Counts thrice = once;
        for (auto& x : thrice) x *= 3;
        const auto a = jsd_test({once, 2, 3}, kRng);
        const auto b = jsd_test({thrice, 2, 3}, kRng);
        CHECK(std::abs(a.jsd - b.jsd) < 1e-14);
        CHECK(std::abs(b.g - 3.0 * a.g) < 1e-12);
        CHECK(*a.share == doctest::Approx(*b.share));
    }

    TEST_CASE("permuting groups or categories changes no exact result") {
        const Counts counts{3, 0, 1, 1, 2, 4, 0, 1, 2};
        const Counts other{2, 4, 1, 1, 2, 0, 0, 1, 3};  // groups 1 2 0, categories 1 2 0
        const auto a = jsd_test({counts, 3, 3}, kRng);
        const auto b = jsd_test({other, 3, 3}, kRng);
        CHECK(a.method == JsdMethod::exact_permutation);
        CHECK(std::abs(a.jsd - b.jsd) < 1e-14);
        CHECK(std::abs(a.p - b.p) < 1e-12);
    }

    TEST_CASE("p is the share of relabellings with at least this G, listed or drawn") {
        Rng rng(7, 3);
        int exact = 0;
        int simulated = 0;
        for (int i = 0; i < 24; ++i) {
            Counts counts(i % 2 == 0 ? 6 : 12);
            for (auto& x : counts) x = i % 2 == 0 ? rng.next_below(5) : 1 + rng.next_below(7);
            const std::size_t categories = counts.size() / 3;
            const auto test = jsd_test({counts, 3, categories}, kRng, 1999);
            exact += test.method == JsdMethod::exact_permutation;
            simulated += test.method == JsdMethod::simulated_permutation;
            const double by_hand = relabelled_p(counts, categories, 2000, rng);
            const double error = std::sqrt(0.25 / 2000.0) * std::sqrt(2.0);
            CHECK(std::abs(test.p - by_hand) <= 4.5 * error);
        }
        CHECK(exact >= 8);
        CHECK(simulated >= 8);
    }

    TEST_CASE("the exact p is the chance of its table or a more extreme one") {
        // Two raters of three in one category, groups of one and two: all tables by hand.
        // Category 0 has 1, 1 has 2; group 0 has 1 rater, group 1 has 2.
        const Counts seen{1, 0, 0, 2};  // probability 1/3, the larger G of the two tables
        CHECK(std::abs(jsd_test({seen, 2, 2}, kRng).p - 1.0 / 3.0) < 1e-12);
        const Counts other{0, 1, 1, 1};
        CHECK(std::abs(jsd_test({other, 2, 2}, kRng).p - 1.0) < 1e-12);
    }

    TEST_CASE("under random labels p is at most alpha about as often as alpha says") {
        Rng rng(7, 4);
        int rejected = 0;
        constexpr int kItems = 2000;
        for (int i = 0; i < kItems; ++i) {
            Counts counts(6, 0);
            for (std::size_t rater = 0; rater < 18; ++rater) {
                const double u = rng.next_unit();
                ++counts[(rater % 2) * 3 + (u < 0.6 ? 0 : u < 0.9 ? 1 : 2)];
            }
            rejected += jsd_test({counts, 2, 3}, kRng).p <= 0.05;
        }
        CHECK(rejected <= 0.05 * kItems + 3.0 * std::sqrt(0.0475 * kItems));
        CHECK(rejected > 0);
    }

    TEST_CASE("the same generator gives the same simulated p") {
        const Counts counts(20, 4);
        Counts other = counts;
        other[3] = 12;
        const auto a = jsd_test({other, 4, 5}, Rng(1, 2), 199);
        const auto b = jsd_test({other, 4, 5}, Rng(1, 2), 199);
        CHECK(a.method == JsdMethod::simulated_permutation);
        CHECK(a.p == b.p);
        CHECK(a.p >= 1.0 / 200.0);
    }

    TEST_CASE("no judgments, one group, one category and agreement leave nothing to test") {
        const Counts none(4, 0);
        CHECK(jsd_test({none, 2, 2}, kRng).method == JsdMethod::none);
        CHECK(!entropy_split(GroupCounts{none, 2, 2}));
        const Counts some{3, 4};
        const auto one_group = jsd_test({some, 1, 2}, kRng);
        CHECK(one_group.p == 1.0);
        CHECK(one_group.jsd == doctest::Approx(0.0));
        CHECK(*one_group.share == doctest::Approx(0.0));
        const auto one_category = jsd_test({some, 2, 1}, kRng);
        CHECK(one_category.p == 1.0);
        CHECK(!one_category.share);  // everybody agrees: no entropy to share out
        const Counts empty_group{3, 4, 0, 0};
        CHECK(jsd_test({empty_group, 2, 2}, kRng).df == 0.0);
    }

    TEST_CASE("sizes that disagree and no shuffles are refused") {
        const Counts counts{1, 2, 3};
        CHECK_THROWS_AS(jsd_test({counts, 2, 2}, kRng), Error);
        CHECK_THROWS_AS(jsd_test({counts, 0, 3}, kRng), Error);
        CHECK_THROWS_AS(jsd_test({counts, 1, 3}, kRng, 0), Error);
    }

    TEST_CASE("a majority needs more than any other category, not a tie") {
        CHECK(*majority(Counts{1, 5, 2}) == 1);
        CHECK(!majority(Counts{5, 5, 2}));
        CHECK(!majority(Counts{0, 0}));
        CHECK(!majority(Counts{}));
    }

    TEST_CASE("overrides count where the pool decides against a group's own majority") {
        const Counts split{9, 1, 2, 8};   // pool 11:9 for 0; group 1 is overridden
        const Counts agreed{9, 1, 8, 2};  // nobody
        const Counts tied{6, 4, 4, 6};    // the pool ties: not an item
        const Counts small{9, 1, 0, 2};   // group 1 too small to speak
        const std::vector<GroupCounts> items{
            {split, 2, 2}, {agreed, 2, 2}, {tied, 2, 2}, {small, 2, 2}};
        const auto found = majority_override(items, 5);
        CHECK(found.by_group[0] == Proportion{0, 3});
        CHECK(found.by_group[1] == Proportion{1, 2});
        CHECK(found.any == Proportion{1, 3});
        CHECK(majority_override(items, 1).by_group[1] == Proportion{2, 3});
        CHECK(!majority_override({}, 5).any.value());
    }
}
