#include "edgewise/structure/support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/rng.hpp"
#include "edgewise/structure/pareto.hpp"
#include "edgewise/structure/sensitivity.hpp"

using namespace edgewise;
using namespace edgewise::structure;

namespace {

using Row = std::vector<double>;

Row random_values(Rng& rng, std::size_t options, std::size_t dimensions) {
    const bool coarse = rng.next_below(2) == 0;
    Row out(options * dimensions);
    for (double& x : out) {
        x = coarse ? static_cast<double>(rng.next_below(5)) : 2.0 * rng.next_unit() - 1.0;
    }
    return out;
}

double weighted(const Scores& scores, std::size_t option, const Row& weights) {
    const auto row = scores.row(option);
    return std::inner_product(row.begin(), row.end(), weights.begin(), 0.0);
}

double lead_at(const Scores& scores, std::size_t option, const Row& weights) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < scores.options; ++j) {
        if (j == option) continue;
        least = std::min(least, weighted(scores, option, weights) - weighted(scores, j, weights));
    }
    return least;
}

}  // namespace

TEST_SUITE("structure/support") {
    TEST_CASE("the attained margin meets the rivals' bound, so no weights do better") {
        Rng rng(2, 1);
        for (int i = 0; i < 1500; ++i) {
            const std::size_t options = 2 + rng.next_below(14);
            const std::size_t dimensions = 1 + rng.next_below(7);
            const Row values = random_values(rng, options, dimensions);
            const Scores scores{values, options, dimensions};
            for (std::size_t k = 0; k < options; ++k) {
                const Support found = support(scores, k);
                REQUIRE(std::abs(found.bound - found.margin) <= 1e-11);
                REQUIRE(std::abs(lead_at(scores, k, found.weights) - found.margin) <= 1e-12);
                REQUIRE(std::abs(std::accumulate(found.weights.begin(), found.weights.end(), 0.0) -
                                 1.0) <= 1e-12);
                REQUIRE(std::ranges::all_of(found.weights, [](double w) { return w >= 0.0; }));
            }
        }
    }

    TEST_CASE("in two dimensions the margin is the best over a fine grid of weights") {
        Rng rng(2, 2);
        for (int i = 0; i < 50; ++i) {
            const Row values = random_values(rng, 6, 2);
            const Scores scores{values, 6, 2};
            for (std::size_t k = 0; k < 6; ++k) {
                double best = -std::numeric_limits<double>::infinity();
                for (int step = 0; step <= 2000; ++step) {
                    const double x = step / 2000.0;
                    best = std::max(best, lead_at(scores, k, {x, 1.0 - x}));
                }
                const double margin = support(scores, k).margin;
                CHECK(margin >= best - 1e-12);
                CHECK(margin <= best + 8.0 / 2000.0);
            }
        }
    }

    TEST_CASE("the winner under positive weights is on the front and supported") {
        Rng rng(2, 3);
        for (int i = 0; i < 500; ++i) {
            const std::size_t options = 1 + rng.next_below(12);
            const std::size_t dimensions = 1 + rng.next_below(5);
            const Row values = random_values(rng, options, dimensions);
            const Scores scores{values, options, dimensions};
            Row weights(dimensions);
            draw_weights(rng, weights);
            std::size_t winner = 0;
            for (std::size_t o = 1; o < options; ++o) {
                if (weighted(scores, o, weights) > weighted(scores, winner, weights)) winner = o;
            }
            CHECK(pareto_front(scores)[winner] == 1);
            CHECK(unsupported(scores)[winner] == 0);
        }
    }

    TEST_CASE("an unsupported option wins for none of 10,000 random weights") {
        Rng rng(2, 4);
        int seen = 0;
        for (int i = 0; seen < 5 && i < 1000; ++i) {
            const Row values = random_values(rng, 10, 3);
            const Scores scores{values, 10, 3};
            const auto mask = unsupported(scores);
            const auto at = std::ranges::find(mask, 1);
            if (at == mask.end()) continue;
            ++seen;
            const auto k = static_cast<std::size_t>(at - mask.begin());
            CHECK(support(scores, k).margin < 0.0);
            Row weights(3);
            for (int draw = 0; draw < 10'000; ++draw) {
                draw_weights(rng, weights);
                REQUIRE(lead_at(scores, k, weights) < 0.0);
            }
        }
        CHECK(seen == 5);
    }

    TEST_CASE("unsupported marks are those of the full margins on the front") {
        Rng rng(2, 5);
        for (int i = 0; i < 300; ++i) {
            const std::size_t options = 1 + rng.next_below(12);
            const std::size_t dimensions = 1 + rng.next_below(4);
            const Row values = random_values(rng, options, dimensions);
            const Scores scores{values, options, dimensions};
            const auto margins = support_margins(scores);
            const auto front = pareto_front(scores);
            const auto mask = unsupported(scores);
            for (std::size_t k = 0; k < options; ++k) {
                REQUIRE((mask[k] == 1) == (front[k] == 1 && margins[k].margin < -1e-9 * 4));
            }
        }
    }

    TEST_CASE("margins move with the options, not with a constant added to a dimension") {
        Rng rng(2, 6);
        const Row values = random_values(rng, 5, 3);
        Row moved = values;
        for (std::size_t o = 0; o < 5; ++o) {
            moved[o * 3] += 4.0;
            moved[o * 3 + 2] -= 1.0;
        }
        Row reversed;
        for (std::size_t o = 5; o-- > 0;) {
            for (std::size_t d = 0; d < 3; ++d) reversed.push_back(values[o * 3 + d]);
        }
        const auto before = support_margins({values, 5, 3});
        const auto after = support_margins({moved, 5, 3});
        const auto back = support_margins({reversed, 5, 3});
        for (std::size_t k = 0; k < 5; ++k) {
            CHECK(std::abs(before[k].margin - after[k].margin) <= 1e-12);
            CHECK(std::abs(before[k].margin - back[4 - k].margin) <= 1e-12);
        }
    }

    TEST_CASE("a duplicate caps the margin at zero and leaves who is unsupported") {
        const Row values{3, 1, 1, 3, 1.8, 1.8};
        const Row doubled{3, 1, 1, 3, 1.8, 1.8, 1.8, 1.8, 3, 1};
        CHECK(unsupported({values, 3, 2}) == std::vector<std::uint8_t>{0, 0, 1});
        CHECK(unsupported({doubled, 5, 2}) == std::vector<std::uint8_t>{0, 0, 1, 1, 0});
        CHECK(std::abs(support({doubled, 5, 2}, 0).margin) <= 1e-12);
    }

    TEST_CASE("one option has no rival, one dimension no unsupported option") {
        const Row values{3, 1, 2};
        const Support alone = support({values, 1, 3}, 0);
        CHECK(std::isinf(alone.margin));
        CHECK(alone.weights == Row(3, 1.0 / 3.0));
        CHECK(unsupported_share({values, 1, 3}) == 0.0);
        CHECK(unsupported_share({values, 3, 1}) == 0.0);
        CHECK(support({values, 3, 1}, 0).margin == doctest::Approx(1.0).epsilon(1e-12));
        CHECK(support({values, 3, 1}, 1).margin == doctest::Approx(-2.0).epsilon(1e-12));
    }

    TEST_CASE("ties everywhere give margin zero and nothing unsupported") {
        const Row same(12, 0.3);
        for (const auto& found : support_margins({same, 4, 3})) CHECK(found.margin == 0.0);
        CHECK(unsupported_share({same, 4, 3}) == 0.0);
        CHECK_THROWS_AS(support({same, 4, 3}, 4), Error);
    }

    TEST_CASE("scores of very different size are told apart") {
        const Row values{3e9, 1e9, 1e9, 3e9, 1.8e9, 1.8e9};
        CHECK(std::abs(support({values, 3, 2}, 2).margin + 0.2e9) <= 1.0);
        const Row tiny{3e-9, 1e-9, 1e-9, 3e-9, 1.8e-9, 1.8e-9};
        CHECK(std::abs(support({tiny, 3, 2}, 2).margin + 0.2e-9) <= 1e-18);
        CHECK(unsupported({tiny, 3, 2})[2] == 1);
    }
}
