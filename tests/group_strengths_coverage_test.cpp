#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "edgewise/base/random.hpp"
#include "edgewise/estimate/comparisons/group_model.hpp"
#include "edgewise/estimate/comparisons/group_strengths.hpp"
#include "support/recovery.hpp"

// Cells of groups from comparisons hold the truth at their nominal rate, and the test of whether
// groups differ calls a world without differences no oftener than it says.

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

using recovery::Hits;
using recovery::Share;
using recovery::words;

constexpr double kZ90 = 1.6448536;

struct Setting {
    std::string name;
    std::size_t contenders = 10;
    std::size_t groups = 4;
    std::size_t comparisons = 1500;
    double tau = 0.5;
    double nu = 0.5;
    double rater_sd = 0.0;  // each rater's own deviations
};

struct Inside {
    Hits strength, utility, centre, called, shuffled;
};

Inside inside(const Setting& s, std::uint64_t seed) {
    Rng rng(seed, 1);
    const std::size_t n = s.contenders, raters = 15 * s.groups;
    Contests contests;
    Grouping grouping;
    std::vector<double> theta(n), truth, own(raters * n);
    for (std::size_t i = 0; i < n; ++i) {
        contests.contender.push_back(std::to_string(i));
        theta[i] = 0.8 * next_normal(rng);
    }
    for (std::size_t g = 0; g < s.groups; ++g) {
        grouping.groups.push_back(std::to_string(g));
        for (const double t : theta) truth.push_back(t + s.tau * next_normal(rng));
    }
    for (double& one : own) one = s.rater_sd * next_normal(rng);
    for (std::size_t k = 0; k < s.comparisons; ++k) {
        const std::size_t rater = rng.next_below(raters), g = rater % s.groups;
        const std::size_t i = rng.next_below(n), j = (i + 1 + rng.next_below(n - 1)) % n;
        const double d =
            truth[g * n + i] - truth[g * n + j] + own[rater * n + i] - own[rater * n + j];
        const PairChances p = chances(PairKernel::davidson, d, s.nu);
        const double u = rng.next_unit();
        contests.first.push_back(static_cast<std::uint32_t>(i));
        contests.second.push_back(static_cast<std::uint32_t>(j));
        contests.outcome.push_back(u < p.first           ? Outcome::first
                                   : u < p.first + p.tie ? Outcome::tie
                                                         : Outcome::second);
        contests.rater.push_back(static_cast<Id>(rater));
        contests.case_.push_back(0);
        grouping.group.push_back(static_cast<std::uint16_t>(g));
        grouping.unit.push_back(static_cast<Id>(rater));
    }
    const GroupStrengths fit =
        group_strengths(contests, grouping,
                        {.model = {.ties = s.nu > 0.0 ? TieModel::davidson : TieModel::automatic},
                         .permutations = s.tau == 0.0 ? 99U : 0U,
                         .seed = seed},
                        Job{});
    Inside out;
    double centre = 0.0;
    for (const double t : theta) centre += t / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) {
        out.centre.hits += std::abs(fit.theta[i] - (theta[i] - centre)) <= kZ90 * fit.theta_sd[i];
        out.centre.trials += 1.0;
    }
    for (std::size_t g = 0; g < s.groups; ++g) {
        double mean = 0.0;
        for (std::size_t i = 0; i < n; ++i) mean += truth[g * n + i] / static_cast<double>(n);
        for (std::size_t i = 0; i < n; ++i) {
            double utility = 0.0;
            for (std::size_t j = 0; j < n; ++j) {
                if (j == i) continue;
                utility += chances(PairKernel::davidson, truth[g * n + i] - truth[g * n + j], s.nu)
                               .utility() /
                           static_cast<double>(n - 1);
            }
            const std::size_t at = g * n + i;
            out.strength.hits +=
                std::abs(fit.strength[at] - (truth[at] - mean)) <= kZ90 * fit.sd[at] ? 1.0 : 0.0;
            out.strength.trials += 1.0;
            out.utility.hits +=
                std::abs(fit.cells[at].mean - utility) <= kZ90 * fit.cells[at].sd ? 1.0 : 0.0;
            out.utility.trials += 1.0;
        }
    }
    out.called = {.hits = fit.p_value <= 0.05 ? 1.0 : 0.0, .trials = 1.0};
    if (fit.permutation_p) {
        out.shuffled = {.hits = *fit.permutation_p <= 0.05 ? 1.0 : 0.0, .trials = 1.0};
    }
    return out;
}

}  // namespace

TEST_SUITE("recovery of group strengths") {
    TEST_CASE("90 % intervals of groups that compared hold the truth nine times in ten") {
        const std::uint64_t worlds = recovery::worlds(40);
        const std::vector<Setting> settings{
            {.name = "four groups"},
            {.name = "many comparisons", .comparisons = 12'000},
            {.name = "few comparisons", .comparisons = 300},
            {.name = "two groups", .groups = 2},
            {.name = "no ties", .nu = 0.0},
            {.name = "twelve small groups", .groups = 12},
            {.name = "groups nearly alike", .tau = 0.1},
            {.name = "groups alike", .tau = 0.0},
            {.name = "groups alike, raters not", .tau = 0.0, .rater_sd = 0.7}};
        MESSAGE("world | strengths | utilities | centre | called by likelihood | by shuffles");
        for (const Setting& setting : settings) {
            const auto all = recovery::over_worlds<Inside>(
                worlds, [&](std::uint64_t seed) { return inside(setting, seed); });
            std::array<std::vector<Hits>, 5> by;
            for (const Inside& one : all) {
                by[0].push_back(one.strength);
                by[1].push_back(one.utility);
                by[2].push_back(one.centre);
                by[3].push_back(one.called);
                by[4].push_back(one.shuffled);
            }
            std::array<Share, 5> share;
            for (std::size_t k = 0; k < 5; ++k) share[k] = recovery::share(by[k]);
            MESSAGE(fmt::format("{} | {} | {} | {} | {} | {}", setting.name, words(share[0]),
                                words(share[1]), words(share[2]), words(share[3]),
                                words(share[4])));
            if (setting.tau == 0.0) CHECK(share[4].value < 0.05 + 3.0 * share[4].se);
            // Raters who differ among themselves are what neither model nor Laplace knows of.
            if (setting.rater_sd > 0.0) continue;
            for (const std::size_t k : {0U, 1U}) {
                CHECK(share[k].value > 0.88 - 3.0 * share[k].se);
                CHECK(share[k].value < 0.93 + 3.0 * share[k].se + (setting.tau < 0.2 ? 0.07 : 0.0));
            }
            if (setting.tau == 0.0) CHECK(share[3].value < 0.05 + 3.0 * share[3].se);
        }
    }
}
