#include "edgewise/estimate/beta_votes.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "../../../tests/support/worlds.hpp"
#include "edgewise/estimate/log_gamma.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

std::unique_ptr<Fit> fit(const World& world, unsigned threads = 1, FitOptions options = {}) {
    return fit_beta_votes(world.view, world.partition, options, Job({}, {}, threads));
}

Recipe recipe(std::size_t items, std::size_t raters, double density) {
    return {.items = items, .raters = raters, .groups = 3, .density = density};
}

double coverage(const Recipe& r, double strength, std::uint64_t worlds) {
    double inside = 0.0, count = 0.0;
    for (std::uint64_t seed = 0; seed < worlds; ++seed) {
        const World world = simulate_votes(r, 2.0, 1.5, strength, 500 + seed);
        const auto fitted = fit(world);
        std::vector<Cell> cells(r.groups);
        Rng rng(seed, 5);
        for (std::size_t o = 0; o < r.items; ++o) {
            fitted->cells(o, cells);
            for (std::size_t g = 0; g < r.groups; ++g) {
                // Rank of the truth among 19 draws: 90 % of the time not the lowest nor highest.
                int below = 0;
                for (int k = 0; k < 19; ++k) below += draw(cells[g], rng) < world.truth[o][g];
                inside += below > 0 && below < 19;
                count += 1.0;
            }
        }
    }
    return inside / count;
}

}  // namespace

TEST_SUITE("estimate/beta_votes") {
    TEST_CASE("log gamma and its derivative agree with known values and each other") {
        CHECK(std::abs(log_gamma(1.0)) < 1e-13);
        CHECK(std::abs(log_gamma(0.5) - 0.57236494292470008707) < 1e-13);
        CHECK(log_gamma(171.0) == doctest::Approx(706.57306224578734715).epsilon(1e-14));
        CHECK(std::abs(digamma(1.0) + 0.57721566490153286061) < 1e-12);
        for (double x = 0.01; x < 1e4; x *= 1.7) {
            CHECK(std::abs(log_gamma(x + 1.0) - log_gamma(x) - std::log(x)) <
                  1e-12 * std::max(1.0, log_gamma(x + 1.0)));
            CHECK(std::abs(digamma(x + 1.0) - digamma(x) - 1.0 / x) < 1e-11 / x);
            const double h = 1e-4 * x;
            CHECK(digamma(x) ==
                  doctest::Approx((log_gamma(x + h) - log_gamma(x - h)) / (2.0 * h)).epsilon(1e-5));
        }
    }

    TEST_CASE("90 % intervals hold the truth nine times in ten, sparse and dense votes") {
        for (const double strength : {4.0, 20.0}) {
            const double sparse = coverage(recipe(60, 45, 0.15), strength, 200);
            const double dense = coverage(recipe(15, 45, 1.0), strength, 200);
            MESSAGE("strength " << strength << ": sparse " << sparse << ", dense " << dense);
            CHECK(sparse > 0.86);
            CHECK(sparse < 0.94);
            CHECK(dense > 0.86);
            CHECK(dense < 0.94);
        }
    }

    TEST_CASE("the strength that the groups were made with is found again") {
        for (const double strength : {2.0, 10.0, 40.0}) {
            // The median: where the likelihood is flat towards large strengths, one world in a few
            // has its maximum at the ceiling.
            std::vector<double> found;
            for (std::uint64_t seed = 0; seed < 9; ++seed) {
                const World world = simulate_votes(recipe(250, 90, 0.5), 2.0, 2.0, strength, seed);
                found.push_back(fit(world)->summary().strength);
            }
            std::ranges::sort(found);
            CHECK(found[4] == doctest::Approx(strength).epsilon(0.25));
        }
    }

    TEST_CASE("groups that do not differ leave the strength at its ceiling more often than not") {
        int ceilings = 0;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const World world = simulate_votes(recipe(60, 30, 0.3), 2.0, 2.0, 1e6, 300 + seed);
            ceilings += fit(world)->summary().strength > 100.0;
        }
        CHECK(ceilings >= 8);
    }

    TEST_CASE("the likelihood with groups is never below that without") {
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const World world = simulate_votes(recipe(20, 20, 0.4), 1.0, 3.0, 5.0, seed);
            const FitSummary s = fit(world)->summary();
            CHECK(s.log_likelihood >= s.log_likelihood_without_groups);
        }
    }

    TEST_CASE("a cell leans from the item's share to its own, further the more votes") {
        double last = 0.0;
        for (const std::size_t n : {1U, 3U, 10U, 30U}) {
            World base = simulate_votes(recipe(40, 90, 0.5), 2.0, 2.0, 6.0, 77);
            std::vector<Judged> votes;
            for (std::size_t o = 1; o < base.view.items(); ++o) {
                for (std::size_t k = 0; k < base.view.raters(o).size(); ++k) {
                    votes.push_back({static_cast<std::uint32_t>(o), base.view.raters(o)[k],
                                     static_cast<double>(base.view.utilities(o)[k])});
                }
            }
            for (std::size_t k = 0; k < n; ++k) votes.push_back({0, static_cast<Id>(3 * k), 1.0});
            for (std::size_t k = 0; k < 15; ++k)
                votes.push_back({0, static_cast<Id>(3 * k + 1), 0.0});
            World world = world_of(votes, 40, base.partition.group_of, 3);
            world.view.binary = true;
            const auto fitted = fit(world);
            std::vector<Cell> cells(3);
            const Cell pooled = fitted->cells(0, cells);
            CHECK(cells[0].mean > last);
            CHECK(cells[0].mean < 1.0);
            CHECK(cells[1].mean < pooled.mean);
            CHECK(cells[2].state == CellState::pooled);
            CHECK(cells[2].sd > cells[1].sd);
            last = cells[0].mean;
        }
    }

    TEST_CASE("swapping agreement for disagreement mirrors every cell") {
        const World world = simulate_votes(recipe(25, 30, 0.4), 2.0, 1.0, 5.0, 6);
        World mirrored = world;
        for (float& u : mirrored.view.utility) u = 1.0F - u;
        const auto one = fit(world), two = fit(mirrored);
        for (std::size_t o = 0; o < 25; ++o) {
            std::vector<Cell> a(3), b(3);
            const Cell p = one->cells(o, a), q = two->cells(o, b);
            CHECK(std::abs(p.mean + q.mean - 1.0) < 1e-4);
            for (std::size_t g = 0; g < 3; ++g) {
                CHECK(std::abs(a[g].mean + b[g].mean - 1.0) < 1e-4);
                CHECK(std::abs(a[g].sd - b[g].sd) < 1e-4);
            }
        }
    }

    TEST_CASE("a pass counts half on either side") {
        World world =
            world_of({{0, 0, 0.5}, {0, 1, 0.5}, {1, 0, 0.5}, {1, 2, 0.5}}, 2, {0, 0, 1}, 2);
        world.view.votes = true;
        std::vector<Cell> cells(2);
        const Cell pooled = fit(world)->cells(0, cells);
        CHECK(pooled.mean == doctest::Approx(0.5));
        CHECK(cells[0].mean == doctest::Approx(0.5));
    }

    TEST_CASE("the fit has the same bits for any number of threads") {
        const World world = simulate_votes(recipe(1500, 40, 0.2), 2.0, 2.0, 8.0, 12);
        const auto one = fit(world, 1);
        for (const unsigned threads : {2U, 3U}) {
            const auto more = fit(world, threads);
            CHECK(more->summary().strength == one->summary().strength);
            CHECK(more->summary().log_likelihood == one->summary().log_likelihood);
            CHECK(more->summary().group_effect == one->summary().group_effect);
        }
    }

    TEST_CASE("degenerate votes give cells that are in range and not certain") {
        const std::vector<World> worlds = {
            world_of({}, 0, {}, 0),
            world_of({}, 2, {0, 1}, 2),
            world_of({{0, 0, 1.0}}, 1, {0}, 1),
            world_of({{0, 0, 1.0}}, 1, {judgment::kNoGroup}, 0),
            world_of({{0, 0, 1.0}, {1, 0, 0.0}, {2, 0, 1.0}}, 3, {0}, 1),
            world_of({{0, 0, 1.0}, {0, 1, 1.0}, {1, 0, 1.0}, {1, 2, 1.0}}, 2, {0, 0, 1}, 2),
            world_of({{0, 0, 0.0}, {0, 1, 0.0}, {1, 0, 0.0}, {1, 2, 0.0}}, 2, {0, 0, 1}, 3),
        };
        for (std::size_t k = 0; k < worlds.size(); ++k) {
            CAPTURE(k);
            const auto fitted = fit(worlds[k]);
            const std::size_t groups = worlds[k].partition.groups.size();
            CHECK(std::isfinite(fitted->summary().log_likelihood));
            CHECK(fitted->summary().strength >= 0.5);
            std::vector<Cell> cells(groups);
            for (std::size_t o = 0; o < worlds[k].view.items(); ++o) {
                cells.resize(groups);
                cells.push_back(fitted->cells(o, std::span(cells).first(groups)));
                for (const Cell& cell : cells) {
                    CHECK((cell.mean > 0.0 && cell.mean < 1.0));
                    CHECK((cell.sd > 0.0 && cell.sd < 0.5));
                    CHECK((cell.state == CellState::pooled) == (cell.n == 0));
                }
            }
        }
    }
}
