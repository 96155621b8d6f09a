#include "edgewise/edge/few_raters.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "edgewise/base/rng.hpp"

using namespace edgewise;
using namespace edgewise::edge;

namespace {

struct World {
    GroupedView view;
    Labels labels;
};

// Items of `least` to `most` raters. With `levels` 0, utilities are any number.
World world(std::uint64_t seed, std::size_t items, std::uint32_t least, std::uint32_t most,
            std::size_t groups, std::size_t shuffles, std::uint64_t levels) {
    Rng rng(seed, 0);
    World out;
    out.labels.raters = 40;
    out.labels.groups = groups;
    for (std::size_t i = 0; i < out.labels.raters * shuffles; ++i) {
        out.labels.label.push_back(static_cast<std::uint8_t>(rng.next_below(groups)));
    }
    out.view.begin.push_back(0);
    for (std::uint32_t item = 0; item < items; ++item) {
        const auto count = least + static_cast<std::uint32_t>(rng.next_below(most - least + 1));
        const auto from = static_cast<std::uint32_t>(rng.next_below(out.labels.raters - count));
        std::int32_t pooled = static_cast<std::int32_t>(rng.next_below(3)) - 1;  // the ungrouped
        for (std::uint32_t k = 0; k < count; ++k) {
            const double u = levels == 0 ? rng.next_unit()
                                         : static_cast<double>(rng.next_below(levels)) /
                                               static_cast<double>(levels - 1);
            out.view.rater.push_back(from + k);
            out.view.utility.push_back(static_cast<float>(u));
            out.view.side.push_back(u >= 0.5 ? std::int8_t{1} : std::int8_t{-1});
            pooled += out.view.side.back();
        }
        out.view.item.push_back(item);
        out.view.begin.push_back(static_cast<std::uint32_t>(out.view.rater.size()));
        out.view.majority.push_back(static_cast<std::int8_t>((pooled > 0) - (pooled < 0)));
        out.view.inverse_sd.push_back(1.0F);
    }
    return out;
}

// By the definition: every pair of judgments, every group.
ShuffleSums plain(const World& world, std::size_t shuffle, std::uint32_t least_cell) {
    const auto& view = world.view;
    const auto label = world.labels.row(shuffle);
    ShuffleSums out;
    for (std::size_t r = 0; r < view.item.size(); ++r) {
        for (std::size_t i = view.begin[r]; i < view.begin[r + 1]; ++i) {
            for (std::size_t j = i + 1; j < view.begin[r + 1]; ++j) {
                const double d = double{view.utility[i]} - double{view.utility[j]};
                const bool one = label[view.rater[i]] == label[view.rater[j]];
                (one ? out.within : out.across) += d * d;
                (one ? out.within_pairs : out.across_pairs) += 1.0;
            }
        }
        if (view.majority[r] == 0) continue;
        for (std::size_t k = 0; k <= kFlipLeast.size(); ++k) {
            const std::uint32_t least = k < kFlipLeast.size() ? kFlipLeast[k] : least_cell;
            bool eligible = false;
            bool flips = false;
            for (std::size_t g = 0; g < world.labels.groups; ++g) {
                std::uint32_t n = 0;
                int side = 0;
                for (std::size_t i = view.begin[r]; i < view.begin[r + 1]; ++i) {
                    if (label[view.rater[i]] != g) continue;
                    ++n;
                    side += view.side[i];
                }
                eligible = eligible || n >= least;
                flips = flips || (n >= least && side * view.majority[r] < 0);
            }
            out.eligible[k] += eligible ? 1U : 0U;
            out.flips[k] += flips ? 1U : 0U;
        }
    }
    return out;
}

void check_against_definition(const World& world, std::uint32_t least_cell, double tolerance) {
    const Nulls nulls = permute(world.view, world.labels, least_cell, Job({}, {}, 2));
    REQUIRE(nulls.sums.size() == world.labels.shuffles());
    for (std::size_t b = 0; b < nulls.sums.size(); ++b) {
        const ShuffleSums expected = plain(world, b, least_cell);
        CAPTURE(b);
        CHECK(std::abs(nulls.sums[b].within - expected.within) <= tolerance);
        CHECK(std::abs(nulls.sums[b].across - expected.across) <= tolerance);
        CHECK(nulls.sums[b].within_pairs == expected.within_pairs);
        CHECK(nulls.sums[b].across_pairs == expected.across_pairs);
        CHECK(nulls.sums[b].flips == expected.flips);
        CHECK(nulls.sums[b].eligible == expected.eligible);
    }
}

}  // namespace

TEST_CASE("items of few raters are counted as the definition says") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        Rng rng(seed, 9);
        const std::size_t groups = 1 + rng.next_below(6);
        const auto least_cell = static_cast<std::uint32_t>(1 + rng.next_below(6));
        // Around the number of shuffles that are worked on together; levels of 1/4 are exact.
        const std::size_t shuffles = 1 + rng.next_below(140);
        check_against_definition(world(seed, rng.next_below(60), 2, 5, groups, shuffles, 5),
                                 least_cell, 0.0);
    }
}

TEST_CASE("items of few and of many raters add up") {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        CAPTURE(seed);
        check_against_definition(world(seed, 50, 2, 12, 3, 20, 5), 2, 0.0);
        check_against_definition(world(seed, 50, 2, 12, 3, 20, 0), 4, 1e-10);
    }
}

TEST_CASE("counters of bytes do not overflow on items that all count alike") {
    World all = world(3, 3000, 2, 5, 1, 3, 2);  // one group: every pair and every item counts
    check_against_definition(all, 1, 0.0);
    std::ranges::fill(all.view.side, std::int8_t{-1});
    std::ranges::fill(all.view.majority, std::int8_t{1});
    check_against_definition(all, 1, 0.0);
}

TEST_CASE("sums over items of few raters do not depend on the number of threads") {
    const World many = world(5, 20'000, 2, 5, 4, 5, 0);
    const Nulls one = permute(many.view, many.labels, 3, Job({}, {}, 1));
    const Nulls four = permute(many.view, many.labels, 3, Job({}, {}, 4));
    for (std::size_t b = 0; b < one.sums.size(); ++b) {
        CHECK(one.sums[b].within == four.sums[b].within);
        CHECK(one.sums[b].across == four.sums[b].across);
        CHECK(one.sums[b].flips == four.sums[b].flips);
    }
}

TEST_CASE("no item and no pair that differs give sums of zero") {
    const World none = world(1, 0, 2, 5, 2, 70, 5);
    for (const ShuffleSums& sums : permute(none.view, none.labels, 1, Job()).sums) {
        CHECK(sums.within_pairs + sums.across_pairs == 0.0);
    }
    World same = world(1, 100, 2, 5, 2, 70, 5);
    std::ranges::fill(same.view.utility, 0.25F);
    for (const ShuffleSums& sums : permute(same.view, same.labels, 1, Job()).sums) {
        CHECK(sums.within == 0.0);
        CHECK(sums.across == 0.0);
        CHECK(std::isnan(sums.ratio()));
    }
}
