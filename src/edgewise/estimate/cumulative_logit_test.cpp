#include "edgewise/estimate/cumulative_logit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../../../tests/support/ordinal_worlds.hpp"
#include "edgewise/estimate/hierarchical_ratings.hpp"
#include "edgewise/estimate/ordinal_mode.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

std::unique_ptr<Fit> fit(const World& world, unsigned threads = 1) {
    return fit_cumulative_logit(world.view, world.partition, {}, Job({}, {}, threads));
}

struct Coverage {
    double groups = 0.0, pooled = 0.0;
    double error = 0.0, bias = 0.0;  // root mean square; mean, in posterior sds
};

// A beta posterior is skew: rank the truth among 19 draws, which is neither the lowest nor the
// highest rank nine times in ten.
bool holds(const Cell& cell, double truth, Rng& rng) {
    int below = 0;
    for (int k = 0; k < 19; ++k) below += draw(cell, rng) < truth;
    return below > 0 && below < 19;
}

Coverage coverage(const OrdinalRecipe& recipe, std::uint64_t worlds, bool normal = false) {
    Coverage out;
    double cells = 0.0, items = 0.0;
    for (std::uint64_t seed = 0; seed < worlds; ++seed) {
        const World world = simulate_ordinal(recipe, 4000 + seed);
        const auto fitted =
            normal ? fit_hierarchical_ratings(world.view, world.partition, {.exact_limit = 0}, {})
                   : fit(world);
        CHECK(fitted->summary().converged);
        Rng rng(seed, 6);
        std::vector<Cell> group(recipe.crossed.groups);
        for (std::size_t o = 0; o < recipe.crossed.items; ++o) {
            const Cell pooled = fitted->cells(o, group);
            double truth = 0.0;
            for (std::size_t g = 0; g < group.size(); ++g) {
                const double own = world.truth[o][g];
                truth +=
                    own * world.partition.raters_in[g] / static_cast<double>(recipe.crossed.raters);
                out.groups += holds(group[g], own, rng);
                out.error += (group[g].mean - own) * (group[g].mean - own);
                out.bias += (group[g].mean - own) / group[g].sd;
                cells += 1.0;
            }
            out.pooled += holds(pooled, truth, rng);
            items += 1.0;
        }
    }
    return {out.groups / cells, out.pooled / items, std::sqrt(out.error / cells), out.bias / cells};
}

std::vector<Cell> all_cells(const World& world, const Fit& fitted) {
    const std::size_t groups = world.partition.groups.size();
    std::vector<Cell> cells;
    for (std::size_t item = 0; item < world.view.items(); ++item) {
        cells.resize(cells.size() + groups);
        cells.push_back(fitted.cells(item, std::span(cells).last(groups)));
    }
    return cells;
}

void check_sane(const World& world) {
    const auto fitted = fit(world);
    CHECK_FALSE(fitted->summary().why.empty());
    for (const double effect : fitted->summary().group_effect) CHECK(std::isfinite(effect));
    for (const Cell& cell : all_cells(world, *fitted)) {
        CHECK(cell.mean >= 0.0);
        CHECK(cell.mean <= 1.0);
        CHECK(std::isfinite(cell.sd));
        CHECK(cell.sd >= 0.0);
        CHECK(std::isfinite(cell.n_eff));
    }
}

World of(std::vector<Judged> judged, std::size_t items, std::vector<std::uint16_t> group_of,
         std::size_t groups) {
    return world_of(std::move(judged), items, std::move(group_of), groups);
}

}  // namespace

TEST_SUITE("estimate/cumulative_logit") {
    TEST_CASE("90 % intervals hold the truth nine times in ten, most answers at the top") {
        for (const auto& [name, recipe] :
             {std::pair{"20 items, everybody judges", skewed(20, 60, 1.0)},
              std::pair{"40 items, 20 raters each", skewed(40, 60, 0.33)},
              std::pair{"60 items, 8 raters each", skewed(60, 60, 0.13)}}) {
            const Coverage logit = coverage(recipe, 40), normal = coverage(recipe, 40, true);
            MESSAGE(std::string(name)
                    << ": groups " << logit.groups << ", pooled " << logit.pooled << ", error "
                    << logit.error << " (normal model " << normal.groups << ", " << normal.pooled
                    << ", " << normal.error << ")");
            CHECK(logit.groups > 0.86);
            CHECK(logit.groups < 0.94);
            CHECK(logit.pooled > 0.85);
            CHECK(logit.pooled < 0.94);
            CHECK(std::abs(logit.bias) < 0.1);
            CHECK(logit.error < normal.error);
        }
    }

    TEST_CASE("90 % intervals hold on symmetric scales, two levels and groups alike") {
        OrdinalRecipe symmetric = skewed(40, 60, 0.33);
        symmetric.cuts = {-2.0, -0.7, 0.7, 2.0};
        OrdinalRecipe two = skewed(40, 60, 0.33);
        two.cuts = {-1.0};
        OrdinalRecipe alike = skewed(40, 60, 0.33);
        alike.crossed.group_mean.clear();
        alike.crossed.sd.item_by_group = 0.0;
        for (const auto& [name, recipe] :
             {std::pair{"symmetric", symmetric}, std::pair{"two levels", two},
              std::pair{"groups alike", alike}}) {
            const Coverage found = coverage(recipe, 40);
            MESSAGE(std::string(name)
                    << ": groups " << found.groups << ", pooled " << found.pooled);
            CHECK(found.groups > 0.85);
            CHECK(found.groups < 0.95);
            CHECK(found.pooled > 0.84);
            CHECK(found.pooled < 0.95);
        }
    }

    TEST_CASE("variances and cuts of a large world are found") {
        const World world = simulate_ordinal(skewed(1500, 400, 0.04), 5);
        const FitSummary found = fit(world)->summary();
        CHECK(found.converged);
        CHECK(found.method == "pairwise_likelihood");
        CHECK(std::sqrt(found.latent.item) == doctest::Approx(1.0).epsilon(0.1));
        CHECK(std::sqrt(found.latent.rater) == doctest::Approx(0.7).epsilon(0.1));
        CHECK(std::sqrt(found.latent.item_by_group) == doctest::Approx(0.6).epsilon(0.15));
        const std::array cuts{-4.0, -3.0, -2.0, -0.5};
        REQUIRE(found.cuts.size() == 4);
        for (std::size_t k = 0; k < 4; ++k) CHECK(std::abs(found.cuts[k] - cuts[k]) < 0.25);
        CHECK(found.group_effect[0] < found.group_effect[1]);
        CHECK(found.group_effect[1] < found.group_effect[2]);
    }

    TEST_CASE("the pairwise likelihood is highest where it is said to be") {
        const World world = simulate_ordinal(skewed(60, 60, 0.5), 6);
        const Crossed crossed = cross(world.view, world.partition, {});
        const OrdinalDesign design = ordinal_design(crossed, *ordinal_scale(world.view));
        double best = -1e300, at = 0.0;
        for (double sd = 0.4; sd < 1.6; sd += 0.05) {
            const double value = pair_log_likelihood(design, sd, 0.6, 0.5, {});
            if (value > best) {
                best = value;
                at = sd;
            }
        }
        CHECK(at > 0.6);
        CHECK(at < 1.4);
        const OrdinalComponents found = ordinal_components(design, {});
        CHECK(found.log_likelihood >= best);
        CHECK(found.log_likelihood >= found.log_likelihood_without_groups);
    }

    TEST_CASE("the slope and curvature are derivatives of the log-probability") {
        const std::vector<double> cuts{-1.3, 0.2, 2.0};
        const std::vector<double> exps = exp_cuts(cuts);
        const auto log_p = [&](std::size_t c, double eta) {
            const double up = c == 3 ? 1.0 : logistic(cuts[c] - eta);
            const double low = c == 0 ? 0.0 : logistic(cuts[c - 1] - eta);
            return std::log(up - low);
        };
        const double h = 1e-4;
        for (std::size_t c = 0; c < 4; ++c) {
            for (double eta = -3.0; eta < 3.1; eta += 0.5) {
                const auto at = [&](double x) {
                    return ordinal_slope(exps[c + 1], exps[c], std::exp(x));
                };
                CHECK(at(eta).slope ==
                      doctest::Approx((log_p(c, eta + h) - log_p(c, eta - h)) / (2.0 * h))
                          .epsilon(1e-5));
                CHECK(at(eta).curvature ==
                      doctest::Approx((at(eta - h).slope - at(eta + h).slope) / (2.0 * h))
                          .epsilon(1e-5));
                CHECK(std::abs(at(eta).third -
                               (at(eta - h).curvature - at(eta + h).curvature) / (2.0 * h)) < 1e-6);
            }
        }
    }

    TEST_CASE("category shares are probabilities whose expectation is the cell") {
        const World world = simulate_ordinal(skewed(30, 60, 0.4), 8);
        const auto fitted = fit_ordinal(world.view, world.partition, {}, {});
        REQUIRE(fitted);
        const auto levels = fitted->levels();
        std::vector<double> mean(4 * levels.size()), sd(mean.size());
        std::vector<Cell> cells(3);
        for (std::size_t o = 0; o < world.view.items(); ++o) {
            const Cell pooled = fitted->cells(o, cells);
            fitted->shares(o, mean, sd);
            for (std::size_t g = 0; g <= 3; ++g) {
                const auto row = std::span(mean).subspan(g * levels.size(), levels.size());
                CHECK(std::accumulate(row.begin(), row.end(), 0.0) == doctest::Approx(1.0));
                double expected = 0.0;
                for (std::size_t k = 0; k < levels.size(); ++k) {
                    CHECK(row[k] >= 0.0);
                    CHECK(sd[g * levels.size() + k] >= 0.0);
                    expected += row[k] * levels[k];
                }
                CHECK((g < 3 ? cells[g] : pooled).mean == doctest::Approx(expected).epsilon(1e-6));
            }
        }
    }

    TEST_CASE("the same bits for any number of threads") {
        const World world = simulate_ordinal(skewed(900, 100, 0.1), 9);
        const auto one = all_cells(world, *fit(world, 1)), four = all_cells(world, *fit(world, 4));
        CHECK(std::ranges::equal(one, four, [](const Cell& a, const Cell& b) {
            return a.mean == b.mean && a.sd == b.sd && a.n_eff == b.n_eff;
        }));
    }

    TEST_CASE("a mirrored scale gives mirrored cells") {
        World world = simulate_ordinal(skewed(25, 50, 0.5), 10);
        const auto cells = all_cells(world, *fit(world));
        for (float& u : world.view.utility) u = 1.0F - u;
        const auto mirrored = all_cells(world, *fit(world));
        for (std::size_t k = 0; k < cells.size(); ++k) {
            CHECK(mirrored[k].mean == doctest::Approx(1.0 - cells[k].mean).epsilon(1e-3));
            CHECK(mirrored[k].sd == doctest::Approx(cells[k].sd).epsilon(1e-2));
        }
    }

    TEST_CASE("degenerate worlds give numbers, and say what could not be told") {
        const std::vector<std::uint16_t> two{0, 0, 1, 1};
        check_sane(of({}, 3, two, 2));
        CHECK(fit(of({}, 3, two, 2))->summary().why.find("normal model stands in") !=
              std::string::npos);
        const World one = of({{0, 0, 0.5}, {0, 1, 0.5}, {1, 2, 0.5}, {1, 3, 0.5}}, 2, two, 2);
        check_sane(one);
        CHECK(fit(one)->summary().estimator == "hierarchical_ratings");
        CHECK(fit(one)->summary().why.find("one level") != std::string::npos);
        check_sane(of({{0, 0, 0.5}}, 1, two, 2));
        // One rater, one item, no groups, everybody apart, and answers that the group determines.
        std::vector<Judged> rater, item, apart, determined;
        for (std::uint32_t k = 0; k < 12; ++k) {
            rater.push_back({k, 0, 0.25 * (k % 5)});
            item.push_back({0, k % 4, 0.25 * (k % 4)});
            apart.push_back({k, k % 4, 0.25 * (k % 3)});
            determined.push_back({k, k % 4, k % 4 < 2 ? 0.0 : 1.0});
            determined.push_back({k, (k + 2) % 4, (k + 2) % 4 < 2 ? 0.0 : 1.0});
        }
        item.resize(4);
        check_sane(of(rater, 12, {0}, 1));
        check_sane(of(item, 1, two, 2));
        check_sane(of(item, 1, {judgment::kNoGroup, judgment::kNoGroup}, 0));
        check_sane(of(apart, 12, two, 2));
        check_sane(of(determined, 12, two, 2));
        World ungrouped = simulate_ordinal(skewed(20, 30, 0.5), 11);
        ungrouped.partition = {};
        check_sane(ungrouped);
        CHECK(fit(ungrouped)->summary().latent.item > 0.1);
    }

    TEST_CASE("items far apart, most of them unanimous, come to rest") {
        OrdinalRecipe far = skewed(12, 300, 1.0);
        far.crossed.sd = {.item = 5.0, .rater = 0.8, .item_by_group = 0.2, .residual = 0.0};
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            const World world = simulate_ordinal(far, seed);
            CHECK(fit(world)->summary().converged);
            check_sane(world);
        }
    }

    TEST_CASE("a scale of more than seven levels is refused by name") {
        const World world = simulate_ratings({.items = 5,
                                              .raters = 9,
                                              .groups = 2,
                                              .group_mean = {},
                                              .sd = {.item = 0.1, .residual = 0.1}},
                                             1);
        CHECK_FALSE(handles_ordinal(world.view));
        try {
            fit(world);
            FAIL("expected an Error");
        } catch (const Error& e) {
            CHECK(e.code() == ErrorCode::invalid_argument);
            CHECK(e.message().find("at most 7 levels") != std::string::npos);
        }
    }

    TEST_CASE("averages of repeats between levels count as the nearer one") {
        DimensionView view;
        view.begin = {0, 9};
        for (Id r = 0; r < 9; ++r) {
            view.rater.push_back(r);
            view.utility.push_back(0.125F * static_cast<float>(r));
        }
        view.cuts = {0.25F, 0.5F, 0.75F, 1.0F};
        view.repeated = 3;
        CHECK_FALSE(ordinal_scale(view).has_value());
        view.repeated = 4;
        const auto scale = ordinal_scale(view);
        REQUIRE(scale.has_value());
        CHECK(scale->categories() == 5);
        CHECK(scale->category(0.37) == 1);
        CHECK(scale->category(0.38) == 2);
    }

    TEST_CASE("the logistic function averaged over a normal variable agrees with simulation") {
        Rng rng(1, 1);
        for (const double sd : {0.5, 2.0, 5.0}) {
            for (const double x : {-3.0, 0.0, 1.5}) {
                double sum = 0.0;
                for (int k = 0; k < 200000; ++k) sum += logistic(x - sd * next_normal(rng));
                CHECK(std::abs(mixed_logistic(x, sd) - sum / 200000.0) < 0.004);
            }
        }
        CHECK(mixed_logistic(0.0, 3.0) == doctest::Approx(0.5));
    }
}
