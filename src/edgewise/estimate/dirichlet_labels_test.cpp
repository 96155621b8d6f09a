#include "edgewise/estimate/dirichlet_labels.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/random.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

struct LabelWorld {
    std::vector<std::uint32_t> counts;
    std::vector<double> truth;
    LabelCounts view;
};

std::vector<double> dirichlet(Rng& rng, const std::vector<double>& alpha) {
    std::vector<double> p;
    for (const double a : alpha) p.push_back(next_gamma(rng, a));
    const double total = std::accumulate(p.begin(), p.end(), 1e-300);
    for (double& x : p) x /= total;
    return p;
}

LabelWorld simulate(std::size_t items, std::size_t groups, std::size_t labels, double strength,
                    std::uint64_t seed) {
    LabelWorld world;
    Rng rng(seed, 9);
    const std::vector<double> prior = {2.0, 1.0, 0.5};
    for (std::size_t o = 0; o < items; ++o) {
        std::vector<double> scaled = dirichlet(rng, prior);
        for (double& p : scaled) p = std::max(p * strength, 1e-6);
        for (std::size_t g = 0; g < groups; ++g) {
            const std::vector<double> theta = dirichlet(rng, scaled);
            std::vector<std::uint32_t> counts(3, 0);
            for (std::size_t k = 0; k < labels; ++k) {
                const double u = rng.next_unit();
                ++counts[u < theta[0] ? 0 : u < theta[0] + theta[1] ? 1 : 2];
            }
            world.counts.insert(world.counts.end(), counts.begin(), counts.end());
            world.truth.insert(world.truth.end(), theta.begin(), theta.end());
        }
    }
    world.view = {.counts = {}, .items = items, .groups = groups, .categories = 3};
    return world;
}

LabelCounts view(const LabelWorld& world) {
    LabelCounts out = world.view;
    out.counts = world.counts;
    return out;
}

}  // namespace

TEST_SUITE("estimate/dirichlet_labels") {
    TEST_CASE("prior and strength are found again where cells are full") {
        const LabelWorld world = simulate(400, 4, 30, 6.0, 1);
        const DirichletLabels fit = fit_dirichlet_labels(view(world), Job{});
        CHECK(fit.converged);
        CHECK(fit.strength == doctest::Approx(6.0).epsilon(0.35));
        CHECK(fit.prior[0] / fit.prior[2] == doctest::Approx(4.0).epsilon(0.25));
        CHECK(fit.log_likelihood > fit.log_likelihood_without_groups);
        CHECK_FALSE(fit.strength_at_ceiling);
    }
    TEST_CASE("groups that do not differ leave the strength at its ceiling about half the time") {
        // As a variance that is not there is estimated at 0 half the time; the doubt is averaged
        // over. Never does it look as if they differed much.
        int ceiling = 0;
        double least = 1e300;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const DirichletLabels fit =
                fit_dirichlet_labels(view(simulate(100, 3, 4, 1e6, seed)), Job{});
            ceiling += fit.strength_at_ceiling;
            least = std::min(least, fit.strength);
            double weight = 0.0;
            for (const LabelStrength& one : fit.posterior) weight += one.weight;
            CHECK(weight == doctest::Approx(1.0));
        }
        MESSAGE("at the ceiling " << ceiling << " of 20, least strength " << least);
        CHECK(ceiling >= 5);
        CHECK(least > 8.0);
    }
    TEST_CASE("shares add up to one and move from the item's to the group's own") {
        const LabelWorld world = simulate(60, 3, 8, 4.0, 3);
        const DirichletLabels fit = fit_dirichlet_labels(view(world), Job{});
        std::vector<double> mean(3), sd(3);
        double error = 0.0, pooled_error = 0.0;
        for (std::size_t o = 0; o < 60; ++o) {
            std::vector<double> pooled(3, 0.0);
            for (std::size_t j = 0; j < 9; ++j) pooled[j % 3] += world.counts[o * 9 + j] / 24.0;
            for (std::size_t g = 0; g < 3; ++g) {
                label_shares(view(world), fit, o, g, mean, sd);
                CHECK(std::abs(mean[0] + mean[1] + mean[2] - 1.0) < 1e-12);
                for (std::size_t k = 0; k < 3; ++k) {
                    const double truth = world.truth[(o * 3 + g) * 3 + k];
                    CHECK((mean[k] > 0.0 && mean[k] < 1.0 && sd[k] > 0.0 && sd[k] < 0.5));
                    error += std::abs(mean[k] - truth);
                    pooled_error += std::abs(pooled[k] - truth);
                }
            }
        }
        CHECK(error < pooled_error);
    }
    TEST_CASE("about 95 % of true shares lie within two standard deviations") {
        double inside = 0.0, count = 0.0;
        for (std::uint64_t seed = 0; seed < 30; ++seed) {
            const LabelWorld world = simulate(40, 3, 12, 5.0, 60 + seed);
            const DirichletLabels fit = fit_dirichlet_labels(view(world), Job{});
            std::vector<double> mean(3), sd(3);
            for (std::size_t o = 0; o < 40; ++o) {
                for (std::size_t g = 0; g < 3; ++g) {
                    label_shares(view(world), fit, o, g, mean, sd);
                    for (std::size_t k = 0; k < 3; ++k) {
                        inside +=
                            std::abs(mean[k] - world.truth[(o * 3 + g) * 3 + k]) < 2.0 * sd[k];
                        count += 1.0;
                    }
                }
            }
        }
        CHECK(inside / count > 0.90);
        CHECK(inside / count < 0.98);
    }
    TEST_CASE("renaming categories renames the shares") {
        LabelWorld world = simulate(30, 2, 6, 5.0, 4), moved = world;
        for (std::size_t j = 0; j < moved.counts.size(); j += 3) {
            std::rotate(moved.counts.begin() + static_cast<std::ptrdiff_t>(j),
                        moved.counts.begin() + static_cast<std::ptrdiff_t>(j + 1),
                        moved.counts.begin() + static_cast<std::ptrdiff_t>(j + 3));
        }
        const DirichletLabels one = fit_dirichlet_labels(view(world), Job{});
        const DirichletLabels two = fit_dirichlet_labels(view(moved), Job{});
        CHECK(one.prior[1] == doctest::Approx(two.prior[0]).epsilon(1e-6));
        CHECK(one.strength == doctest::Approx(two.strength).epsilon(1e-2));
    }
    TEST_CASE("no labels, one label and one category in use are answered, wrong sizes refused") {
        const std::vector<std::uint32_t> none(12, 0);
        const LabelCounts empty{.counts = none, .items = 2, .groups = 2, .categories = 3};
        const DirichletLabels fit = fit_dirichlet_labels(empty, Job{});
        CHECK(fit.strength_at_ceiling);
        std::vector<double> mean(3), sd(3);
        label_shares(empty, fit, 0, 0, mean, sd);
        for (const double m : mean) CHECK(m == doctest::Approx(1.0 / 3.0));

        std::vector<std::uint32_t> same(12, 0);
        for (std::size_t j = 0; j < 12; j += 3) same[j] = 5;
        const LabelCounts alike{.counts = same, .items = 2, .groups = 2, .categories = 3};
        const DirichletLabels unanimous = fit_dirichlet_labels(alike, Job{});
        label_shares(alike, unanimous, 0, 0, mean, sd);
        CHECK((mean[0] > 0.9 && std::isfinite(sd[0]) && std::isfinite(sd[1])));

        CHECK_THROWS_AS(fit_dirichlet_labels({none, 2, 2, 2}, Job{}), Error);
        CHECK_THROWS_AS(fit_dirichlet_labels({none, 6, 2, 1}, Job{}), Error);
    }
}
