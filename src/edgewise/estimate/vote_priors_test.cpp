#include "edgewise/estimate/vote_priors.hpp"

#include <doctest/doctest.h>

#include "edgewise/base/rng.hpp"
#include "support/worlds.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

// Every rater passes with probability `pass` and else agrees with probability 1/2.
World votes(std::size_t items, std::size_t raters, double pass, std::uint64_t seed) {
    Rng rng(seed, 1);
    std::vector<Judged> judged;
    std::vector<std::uint16_t> group(raters);
    for (std::size_t r = 0; r < raters; ++r) group[r] = static_cast<std::uint16_t>(r % 2);
    for (std::uint32_t o = 0; o < items; ++o) {
        for (std::uint32_t r = 0; r < raters; ++r) {
            const double u = static_cast<double>(rng.next_below(1000)) / 1000.0;
            judged.push_back({o, r, u < pass ? 0.5 : u < 0.5 + 0.5 * pass ? 0.0 : 1.0});
        }
    }
    World world = world_of(judged, items, group, 2);
    world.view.votes = true;
    return world;
}

VotePriors priors(const World& world) {
    return fit_vote_priors(cross(world.view, world.partition, Job{}), Job{});
}

double weights(const VotePriors& p) {
    double sum = 0.0;
    for (const VotePrior& each : p.posterior) sum += each.weight;
    return sum;
}

}  // namespace

TEST_SUITE("estimate/vote_priors") {
    TEST_CASE("a vote counts for one where nobody passes") {
        CHECK(priors(votes(20, 12, 0.0, 1)).worth == 1.0);
    }
    TEST_CASE("where a share passes a vote counts for as much more as it scatters less") {
        // Var(u) = (1 - pass) / 4 against 1 / 4.
        for (const double pass : {0.2, 0.5}) {
            const double worth = priors(votes(200, 20, pass, 2)).worth;
            CHECK(worth == doctest::Approx(1.0 / (1.0 - pass)).epsilon(0.05));
        }
    }
    TEST_CASE("where all pass a vote counts for four, and no more") {
        CHECK(priors(votes(5, 6, 1.0, 3)).worth == 4.0);
    }
    TEST_CASE("weights of the priors sum to one, empty data included") {
        for (const std::size_t items : {0U, 1U, 2U, 40U}) {
            const VotePriors p = priors(votes(items, 6, 0.1, 4));
            CHECK(weights(p) == doctest::Approx(1.0));
            CHECK(p.posterior.size() <= 35);
            for (const VotePrior& each : p.posterior) {
                CHECK((each.a > 0.0 && each.b > 0.0 && each.strength >= 0.49));
                CHECK(each.strength < 1.001 * kMostStrength);
            }
        }
    }
    TEST_CASE("few votes leave the strength in doubt") {
        CHECK(priors(votes(12, 8, 0.0, 5)).posterior.size() > 5);
    }
}
