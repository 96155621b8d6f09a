#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "../../../tests/support/worlds.hpp"
#include "edgewise/estimate/backfit.hpp"
#include "edgewise/estimate/hierarchical_ratings.hpp"
#include "edgewise/estimate/variance_components.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

std::unique_ptr<Fit> fit(const World& world, FitOptions options = {}, unsigned threads = 1) {
    return fit_hierarchical_ratings(world.view, world.partition, options, Job({}, {}, threads));
}

// All cells, item by item: the groups', then the pooled one.
std::vector<Cell> all_cells(const World& world, const Fit& fitted) {
    const std::size_t groups = world.partition.groups.size();
    std::vector<Cell> cells;
    for (std::size_t item = 0; item < world.view.items(); ++item) {
        cells.resize(cells.size() + groups);
        const Cell pooled = fitted.cells(item, std::span(cells).last(groups));
        cells.push_back(pooled);
    }
    return cells;
}

Recipe small() {
    Recipe recipe{.items = 20, .raters = 30, .groups = 3, .density = 0.5};
    recipe.group_mean = {0.4, 0.5, 0.58};
    recipe.sd = {.item = 0.1, .rater = 0.05, .item_by_group = 0.06, .residual = 0.1};
    recipe.ungrouped = 0.1;
    return recipe;
}

std::vector<Judged> judged(const World& world) {
    std::vector<Judged> out;
    for (std::size_t o = 0; o < world.view.items(); ++o) {
        for (std::size_t k = 0; k < world.view.raters(o).size(); ++k) {
            out.push_back({static_cast<std::uint32_t>(o), world.view.raters(o)[k],
                           static_cast<double>(world.view.utilities(o)[k])});
        }
    }
    return out;
}

struct Coverage {
    double groups = 0.0, sparse = 0.0;  // shares inside, of cells with judgments and without
};

// How often the 90 % interval of a cell holds what the group's raters at large would say.
Coverage coverage(const Recipe& recipe, FitOptions options, std::uint64_t worlds) {
    double inside = 0.0, count = 0.0, empty_inside = 0.0, empty = 0.0;
    for (std::uint64_t seed = 0; seed < worlds; ++seed) {
        const World world = simulate_ratings(recipe, 1000 + seed);
        const auto fitted = fit(world, options);
        std::vector<Cell> cells(recipe.groups);
        for (std::size_t o = 0; o < recipe.items; ++o) {
            fitted->cells(o, cells);
            for (std::size_t g = 0; g < recipe.groups; ++g) {
                const bool holds =
                    std::abs(cells[g].mean - world.truth[o][g]) < 1.6448536 * cells[g].sd;
                (cells[g].n == 0 ? empty_inside : inside) += holds;
                (cells[g].n == 0 ? empty : count) += 1.0;
            }
        }
    }
    return {inside / std::max(count, 1.0), empty_inside / std::max(empty, 1.0)};
}

}  // namespace

TEST_SUITE("estimate/hierarchical_ratings") {
    TEST_CASE("90 % intervals hold the truth nine times in ten, balanced data") {
        Recipe recipe = small();
        recipe.density = 1.0;
        recipe.ungrouped = 0.0;
        const Coverage seen = coverage(recipe, {}, 200);
        MESSAGE("balanced coverage " << seen.groups);
        CHECK(seen.groups > 0.87);
        CHECK(seen.groups < 0.93);
    }
    TEST_CASE("90 % intervals hold the truth nine times in ten, sparse data, empty cells too") {
        Recipe recipe = small();
        recipe.items = 60;
        recipe.raters = 45;
        recipe.density = 0.08;
        const Coverage seen = coverage(recipe, {}, 200);
        MESSAGE("sparse coverage " << seen.groups << ", empty cells " << seen.sparse);
        CHECK(seen.groups > 0.86);
        CHECK(seen.groups < 0.94);
        CHECK(seen.sparse > 0.86);
        CHECK(seen.sparse < 0.94);
    }
    TEST_CASE("90 % intervals hold the truth nine times in ten by moments, few raters a group") {
        Recipe recipe = small();
        recipe.items = 80;
        recipe.raters = 18;
        recipe.density = 0.4;
        const Coverage seen = coverage(recipe, {.exact_limit = 0}, 200);
        MESSAGE("moments coverage " << seen.groups);
        CHECK(seen.groups > 0.86);
        CHECK(seen.groups < 0.94);
    }

    TEST_CASE("severities solve the mixed model equations") {
        const World world = simulate_ratings(small(), 3);
        const Crossed design = cross(world.view, world.partition, Job{});
        const Components c{.item = 0.01, .rater = 0.0025, .item_by_group = 0.004, .residual = 0.01};
        const Backfit effects = backfit(design, c, Job{});
        CHECK(effects.converged);
        CHECK(effects.iterations < 60);
        // Given the severities, items and cells by relaxation; then each unknown's own equation.
        const std::size_t levels = design.levels();
        std::vector<double> item(world.view.items()), cell(world.view.items() * levels);
        for (int sweep = 0; sweep < 2000; ++sweep) {
            for (std::size_t o = 0; o < item.size(); ++o) {
                PerLevel n{}, sum{};
                double all = 0.0, item_sum = 0.0;
                for (std::size_t k = 0; k < world.view.raters(o).size(); ++k) {
                    const Id r = world.view.raters(o)[k];
                    const std::size_t l = design.level_of[r];
                    const double z = static_cast<double>(world.view.utilities(o)[k]) -
                                     effects.mean[l] - effects.severity[r];
                    n[l] += 1.0;
                    sum[l] += z;
                    all += 1.0;
                    item_sum += z - cell[o * levels + l];
                }
                item[o] = item_sum / (all + c.residual / c.item);
                for (std::size_t g = 0; g < design.groups; ++g) {
                    cell[o * levels + g] =
                        (sum[g] - n[g] * item[o]) / (n[g] + c.residual / c.item_by_group);
                }
            }
        }
        std::vector<double> residual(design.level_of.size());
        PerLevel level_residual{};
        for (const Judged& j : judged(world)) {
            const std::size_t l = design.level_of[j.rater];
            const double e = j.utility - effects.mean[l] - item[j.item] -
                             cell[j.item * levels + l] - effects.severity[j.rater];
            residual[j.rater] += e;
            level_residual[l] += e;
        }
        for (std::size_t r = 0; r < residual.size(); ++r) {
            const double expected = effects.severity[r] * c.residual / c.rater;
            CHECK(std::abs(residual[r] - expected) < 1e-6);
        }
        for (const double e : level_residual) CHECK(std::abs(e) < 1e-6);
    }

    TEST_CASE("a cell lies between what is borrowed and its raw mean, nearer the more judgments") {
        // One group's judgments of item 0 are all 0.9 in a world around 0.5.
        double last = 0.0;
        for (const std::size_t n : {1U, 2U, 5U, 20U}) {
            Recipe recipe = small();
            recipe.ungrouped = 0.0;
            recipe.raters = 90;
            const World base = simulate_ratings(recipe, 8);
            std::vector<Judged> all = judged(base);
            std::erase_if(all, [](const Judged& j) { return j.item == 0; });
            for (std::size_t k = 0; k < n; ++k) all.push_back({0, static_cast<Id>(3 * k), 0.9});
            const World world = world_of(all, recipe.items, base.partition.group_of, 3);
            std::vector<Cell> cells(3);
            fit(world)->cells(0, cells);
            CHECK(cells[0].n == n);
            CHECK(cells[0].n_eff <= static_cast<double>(n));
            CHECK(cells[0].mean > 0.4);
            CHECK(cells[0].mean < 0.97);  // severities may add a little to the raw mean
            CHECK(cells[0].mean > last);
            last = cells[0].mean;
            CHECK(cells[1].state == CellState::pooled);
            CHECK(cells[1].sd > cells[0].sd);
        }
    }

    TEST_CASE("numbering raters, items and groups otherwise permutes the result") {
        const Recipe recipe = small();
        const World world = simulate_ratings(recipe, 4);
        const auto item = [&](std::uint32_t o) { return (o * 7 + 3) % 20; };
        const auto rater = [](Id r) { return (r * 11 + 5) % 30; };
        const auto group = [](std::uint16_t g) {
            return g == judgment::kNoGroup ? g : static_cast<std::uint16_t>((g + 1) % 3);
        };
        std::vector<Judged> moved = judged(world);
        for (Judged& j : moved) {
            j.item = item(j.item);
            j.rater = rater(j.rater);
        }
        std::vector<std::uint16_t> group_of(30);
        for (Id r = 0; r < 30; ++r) group_of[rater(r)] = group(world.partition.group_of[r]);
        const World other = world_of(moved, 20, group_of, 3);
        for (const std::uint64_t limit : {std::uint64_t{0}, std::uint64_t{60'000}}) {
            const auto one = fit(world, {.exact_limit = limit});
            const auto two = fit(other, {.exact_limit = limit});
            for (std::uint32_t o = 0; o < 20; ++o) {
                std::vector<Cell> a(3), b(3);
                const Cell pooled_a = one->cells(o, a), pooled_b = two->cells(item(o), b);
                CHECK(std::abs(pooled_a.mean - pooled_b.mean) < 1e-5);
                CHECK(std::abs(pooled_a.sd - pooled_b.sd) < 1e-5);
                for (std::uint16_t g = 0; g < 3; ++g) {
                    CHECK(std::abs(a[g].mean - b[group(g)].mean) < 1e-5);
                    CHECK(std::abs(a[g].sd - b[group(g)].sd) < 1e-5);
                    CHECK(a[g].n == b[group(g)].n);
                }
            }
        }
    }

    TEST_CASE("twice the raters, saying the same, bring cells nearer to their raw means") {
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            Recipe recipe = small();
            recipe.sd.rater = 0.0;
            recipe.ungrouped = 0.0;
            const World world = simulate_ratings(recipe, 20 + seed);
            std::vector<Judged> twice = judged(world);
            const std::size_t n = twice.size();
            for (std::size_t k = 0; k < n; ++k) {
                twice.push_back(twice[k]);
                twice.back().rater += 30;
            }
            std::vector<std::uint16_t> group_of = world.partition.group_of;
            group_of.insert(group_of.end(), world.partition.group_of.begin(),
                            world.partition.group_of.end());
            const World doubled = world_of(twice, 20, group_of, 3);
            const auto one = fit(world), two = fit(doubled);
            double before = 0.0, after = 0.0;
            for (std::size_t o = 0; o < 20; ++o) {
                std::vector<Cell> a(3), b(3);
                one->cells(o, a);
                two->cells(o, b);
                PerLevel sum{}, count{};
                for (std::size_t k = 0; k < world.view.raters(o).size(); ++k) {
                    const std::uint16_t g = group_of[world.view.raters(o)[k]];
                    sum[g] += static_cast<double>(world.view.utilities(o)[k]);
                    count[g] += 1.0;
                }
                for (std::size_t g = 0; g < 3; ++g) {
                    if (count[g] == 0.0) continue;
                    before += std::abs(a[g].mean - sum[g] / count[g]);
                    after += std::abs(b[g].mean - sum[g] / count[g]);
                }
            }
            CHECK(after < before);
        }
    }

    TEST_CASE("the fit has the same bits for any number of threads") {
        Recipe recipe = small();
        recipe.items = 1500;
        recipe.raters = 40;
        recipe.density = 0.2;
        const World world = simulate_ratings(recipe, 5);
        for (const std::uint64_t limit : {std::uint64_t{0}, std::uint64_t{60'000}}) {
            const auto one = fit(world, {.exact_limit = limit}, 1);
            const std::vector<Cell> alone = all_cells(world, *one);
            for (const unsigned threads : {2U, 3U}) {
                const auto more = fit(world, {.exact_limit = limit}, threads);
                const std::vector<Cell> cells = all_cells(world, *more);
                bool same = cells.size() == alone.size();
                for (std::size_t k = 0; same && k < cells.size(); ++k) {
                    same = cells[k].mean == alone[k].mean && cells[k].sd == alone[k].sd;
                }
                CHECK(same);
                CHECK(more->summary().log_likelihood == one->summary().log_likelihood);
            }
        }
    }

    TEST_CASE("a summary says which method was used and reports both likelihoods") {
        const World world = simulate_ratings(small(), 6);
        const auto exact = fit(world);
        CHECK(exact->summary().method == "reml");
        CHECK(exact->summary().log_likelihood >= exact->summary().log_likelihood_without_groups);
        CHECK(exact->summary().group_effect.size() == 3);
        CHECK(exact->summary().group_effect[0] < exact->summary().group_effect[2]);
        CHECK(exact->summary().converged);
        CHECK(exact->summary().judgments == world.view.rater.size());
        const auto moments = fit(world, {.exact_limit = 0});
        CHECK(moments->summary().method == "moments");
        CHECK(moments->summary().log_likelihood == 0.0);
    }

    TEST_CASE("cells below the least size are insufficient, empty ones pooled") {
        const World world =
            world_of({{0, 0, 0.2}, {0, 1, 0.4}, {0, 2, 0.9}, {1, 0, 0.1}}, 2, {0, 0, 1, 2}, 3);
        std::vector<Cell> cells(3);
        const Cell pooled = fit(world, {.least_cell = 2})->cells(0, cells);
        CHECK(cells[0].state == CellState::observed);
        CHECK(cells[1].state == CellState::insufficient);
        CHECK(cells[2].state == CellState::pooled);
        CHECK(cells[2].sd > 0.2);  // nobody of group 2 spoke at all
        CHECK(pooled.n == 3);
    }

    TEST_CASE("degenerate data give cells that are finite, in range and not certain") {
        const std::vector<World> worlds = {
            world_of({}, 0, {}, 0),
            world_of({}, 2, {0, 1}, 2),
            world_of({{0, 0, 0.7}}, 1, {0}, 1),
            world_of({{0, 0, 0.7}}, 1, {judgment::kNoGroup}, 0),
            world_of({{0, 0, 0.7}, {1, 0, 0.2}, {2, 0, 0.4}}, 3, {0}, 1),  // one rater
            world_of({{0, 0, 0.7}, {0, 1, 0.2}, {0, 2, 0.4}, {0, 3, 0.9}}, 1, {0, 0, 1, 1}, 2),
            world_of({{0, 0, 1.0}, {0, 1, 1.0}, {1, 0, 1.0}, {1, 2, 1.0}}, 2, {0, 0, 1}, 2),
            world_of({{0, 0, 0.7}, {0, 1, 0.2}, {1, 0, 0.4}, {1, 2, 0.9}, {2, 1, 0.3}}, 3,
                     {0, 0, 1}, 2),  // a group of one
            world_of({{0, 0, 0.7}, {0, 1, 0.2}, {1, 0, 0.4}, {1, 1, 0.9}}, 2, {0, 0, 1}, 2),
            world_of({{0, 0, 0.0}, {0, 1, 0.0}, {1, 0, 1.0}, {1, 1, 1.0}}, 2, {0, 1}, 2),
        };
        for (std::size_t k = 0; k < worlds.size(); ++k) {
            CAPTURE(k);
            for (const std::uint64_t limit : {std::uint64_t{0}, std::uint64_t{60'000}}) {
                const auto fitted = fit(worlds[k], {.exact_limit = limit});
                CHECK(std::isfinite(fitted->summary().log_likelihood));
                for (const Cell& cell : all_cells(worlds[k], *fitted)) {
                    CHECK((cell.mean >= 0.0 && cell.mean <= 1.0));
                    CHECK(std::isfinite(cell.sd));
                    CHECK(cell.sd > 0.0);
                    CHECK((cell.state == CellState::pooled) == (cell.n == 0));
                }
            }
        }
    }

    TEST_CASE("more than 24 groups are refused by name") {
        CHECK_THROWS_AS(fit(world_of({}, 0, {}, 25)), Error);
    }
}
