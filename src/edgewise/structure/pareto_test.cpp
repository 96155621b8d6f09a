#include "edgewise/structure/pareto.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/rng.hpp"

using namespace edgewise;
using namespace edgewise::structure;

namespace {

using Mask = std::vector<std::uint8_t>;

struct World {
    std::vector<double> values;
    std::size_t options;
    std::size_t dimensions;
    Scores scores() const { return {values, options, dimensions}; }
};

// Small whole numbers in half of the worlds, so that ties and duplicates are common.
World random_world(Rng& rng) {
    World world{
        .values = {}, .options = 1 + rng.next_below(12), .dimensions = 1 + rng.next_below(5)};
    const bool coarse = rng.next_below(2) == 0;
    for (std::size_t i = 0; i < world.options * world.dimensions; ++i) {
        world.values.push_back(coarse ? static_cast<double>(rng.next_below(4)) : rng.next_unit());
    }
    return world;
}

Mask front_by_definition(const Scores& scores) {
    Mask mask(scores.options, 1);
    for (std::size_t i = 0; i < scores.options; ++i) {
        for (std::size_t j = 0; j < scores.options; ++j) {
            if (dominates(scores.row(j), scores.row(i))) mask[i] = 0;
        }
    }
    return mask;
}

std::vector<std::size_t> shuffled(std::size_t n, Rng& rng) {
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[rng.next_below(i)]);
    return order;
}

World permuted(const World& world, const std::vector<std::size_t>& options,
               const std::vector<std::size_t>& dimensions) {
    World out = world;
    for (std::size_t o = 0; o < world.options; ++o) {
        for (std::size_t d = 0; d < world.dimensions; ++d) {
            out.values[o * world.dimensions + d] = world.scores().at(options[o], dimensions[d]);
        }
    }
    return out;
}

}  // namespace

TEST_SUITE("structure/pareto") {
    TEST_CASE("the front holds exactly the options that nothing dominates") {
        Rng rng(1, 1);
        for (int i = 0; i < 2000; ++i) {
            const World world = random_world(rng);
            const Mask front = pareto_front(world.scores());
            REQUIRE(front == front_by_definition(world.scores()));
            REQUIRE(std::ranges::count(front, 1) >= 1);
        }
    }

    TEST_CASE("the front of the front is the front") {
        Rng rng(1, 2);
        for (int i = 0; i < 500; ++i) {
            const World world = random_world(rng);
            const Mask front = pareto_front(world.scores());
            World kept{.values = {}, .options = 0, .dimensions = world.dimensions};
            for (std::size_t o = 0; o < world.options; ++o) {
                if (front[o] == 0) continue;
                const auto row = world.scores().row(o);
                kept.values.insert(kept.values.end(), row.begin(), row.end());
                ++kept.options;
            }
            CHECK(std::ranges::count(pareto_front(kept.scores()), 0) == 0);
        }
    }

    TEST_CASE("permuting options and dimensions permutes the front and leaves the shares") {
        Rng rng(1, 3);
        for (int i = 0; i < 500; ++i) {
            const World world = random_world(rng);
            const auto options = shuffled(world.options, rng);
            const World other = permuted(world, options, shuffled(world.dimensions, rng));
            const Mask before = pareto_front(world.scores());
            const Mask after = pareto_front(other.scores());
            for (std::size_t o = 0; o < world.options; ++o) CHECK(after[o] == before[options[o]]);
            CHECK(incomparable_share(other.scores()) == incomparable_share(world.scores()));
        }
    }

    TEST_CASE("increasing maps of each dimension change neither front nor incomparability") {
        Rng rng(1, 4);
        for (int i = 0; i < 500; ++i) {
            const World world = random_world(rng);
            World other = world;
            for (std::size_t k = 0; k < other.values.size(); ++k) {
                const double x = world.values[k];
                const std::size_t d = k % world.dimensions;
                other.values[k] = d % 3 == 0 ? std::exp(x) : d % 3 == 1 ? x * x * x : 7.0 * x - 3.0;
            }
            CHECK(pareto_front(other.scores()) == pareto_front(world.scores()));
            CHECK(incomparable_share(other.scores()) == incomparable_share(world.scores()));
        }
    }

    TEST_CASE("a scalar that increases in every dimension never violates dominance") {
        Rng rng(1, 5);
        for (int i = 0; i < 500; ++i) {
            const World world = random_world(rng);
            std::vector<double> sum(world.options, 0.0);
            std::vector<double> reversed(world.options, 0.0);
            for (std::size_t o = 0; o < world.options; ++o) {
                for (const double x : world.scores().row(o)) sum[o] += x;
                reversed[o] = -sum[o];
            }
            const auto agrees = pareto_violations(world.scores(), sum);
            CHECK(agrees.violated == 0);
            CHECK(agrees.rate() == 0.0);
            const auto contradicts = pareto_violations(world.scores(), reversed);
            CHECK(contradicts.violated == contradicts.dominance);
            CHECK(contradicts.pairs == world.options * (world.options - 1) / 2);
        }
    }

    TEST_CASE("one dimension leaves nothing incomparable, one option nothing to compare") {
        const std::vector<double> line{3, 1, 2, 3};
        CHECK(incomparable_share({line, 4, 1}) == 0.0);
        CHECK(pareto_front({line, 4, 1}) == Mask{1, 0, 0, 1});
        CHECK(incomparable_share({line, 1, 4}) == 0.0);
        CHECK(pareto_front({line, 1, 4}) == Mask{1});
        CHECK(pareto_violations({line, 1, 4}, std::vector{1.0}).rate() == 0.0);
    }

    TEST_CASE("equal options are all kept and are not incomparable") {
        const std::vector<double> same(12, 0.5);
        CHECK(pareto_front({same, 4, 3}) == Mask{1, 1, 1, 1});
        CHECK(pareto_front({same, 6, 2}) == Mask(6, 1));
        CHECK(incomparable_share({same, 4, 3}) == 0.0);
    }

    TEST_CASE("a dominator whose sum rounds to that of the dominated still comes first") {
        const std::vector<double> values{1e17, 1.0, 1.0, 1e17, 2.0, 1.0};
        CHECK(pareto_front({values, 2, 3}) == Mask{0, 1});
    }

    TEST_CASE("an empty matrix, a wrong size and a number that is not finite are refused by name") {
        const std::vector<double> values{1, 2, std::numeric_limits<double>::quiet_NaN(), 4};
        CHECK_THROWS_WITH_AS(pareto_front({values, 2, 2}),
                             "field \"scores\": expected a finite number in row 2, column 1",
                             Error);
        CHECK_THROWS_AS(pareto_front({values, 0, 2}), Error);
        CHECK_THROWS_AS(incomparable_share({values, 3, 2}), Error);
        const std::vector<double> good{1, 2, 3, 4};
        CHECK_THROWS_AS(pareto_violations({good, 2, 2}, std::vector{1.0}), Error);
    }
}
