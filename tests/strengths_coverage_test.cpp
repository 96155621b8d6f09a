#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "edgewise/estimate/comparisons/strength_errors.hpp"
#include "support/contests.hpp"
#include "support/recovery.hpp"

// Raters have tastes and cases favour contenders, so that comparisons of one rater or case hang
// together. Intervals then hold the strengths of the whole population at their nominal rate only if
// both are taken for what they are.

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

constexpr double kZ90 = 1.6448536;
using Kind = estimate::ErrorKind;

struct Setting {
    std::string name;
    test::ContestRecipe recipe;
    std::size_t replicates = 0;  // of the bootstrap; 0: none
};

// What the fit tends to with ever more raters and cases: the maximum over the probabilities of
// somebody drawn at random on a case drawn at random, whose tastes are integrated out (Simpson).
std::vector<double> truth(const test::ContestRecipe& recipe, const BradleyTerryOptions& options) {
    const double sd = std::sqrt(2.0) * std::hypot(recipe.rater_taste, recipe.case_taste);
    constexpr int kPoints = 400;
    constexpr double kFar = 8.0;
    test::Counts wins(recipe.contenders, std::vector<double>(recipe.contenders, 0.0)), ties = wins;
    for (std::size_t i = 0; i < recipe.contenders; ++i) {
        for (std::size_t j = 0; j < recipe.contenders; ++j) {
            if (i == j) continue;
            double sum = 0.0, mass = 0.0;
            for (int k = 0; k <= kPoints; ++k) {
                const double z = kFar * (2.0 * k / kPoints - 1.0);
                const double weight = (k == 0 || k == kPoints ? 1.0
                                       : k % 2 == 1           ? 4.0
                                                              : 2.0) *
                                      std::exp(-0.5 * z * z);
                const double d = recipe.theta[i] - recipe.theta[j] + sd * z;
                sum += weight / (1.0 + recipe.kappa * std::exp(-d));
                mass += weight;
            }
            wins[i][j] = sum / mass;
        }
    }
    for (std::size_t i = 0; i < recipe.contenders; ++i) {
        for (std::size_t j = 0; j < recipe.contenders; ++j) {
            if (i != j) ties[i][j] = std::max(0.0, 1.0 - wins[i][j] - wins[j][i]);
        }
    }
    return fit_bradley_terry(test::pairs_of(wins, ties), options, Job()).theta;
}

using Row = std::array<recovery::Hits, 5>;  // fisher, rater, case, two-way, bootstrap of both

Row inside(const Setting& setting, const std::vector<double>& expected,
           const BradleyTerryOptions& options, std::uint64_t seed) {
    const Contests contests = test::drawn_contests(setting.recipe, seed).contests;
    const PairCounts pairs = count_pairs(contests, {}, Job());
    const BradleyTerryFit fit = fit_bradley_terry(pairs, options, Job());
    Row out;
    const auto count = [&](std::size_t at, const std::vector<double>& se) {
        for (std::size_t i = 0; i < se.size(); ++i) {
            out[at].hits += std::abs(fit.theta[i] - expected[i]) <= kZ90 * se[i] ? 1.0 : 0.0;
            out[at].trials += 1.0;
        }
    };
    std::size_t at = 0;
    for (const Kind kind :
         {Kind::fisher, Kind::sandwich_rater, Kind::sandwich_case, Kind::sandwich_two_way}) {
        count(at++, covariance(contests, pairs, fit, options, kind, Job()).se);
    }
    if (setting.replicates == 0) return out;
    const StrengthDraws draws = bootstrap(contests, fit, options, Resample::rater_and_case,
                                          setting.replicates, seed, Job());
    std::vector<double> se(fit.theta.size(), 0.0);
    for (std::size_t i = 0; i < se.size(); ++i) {
        for (std::size_t r = 0; r < draws.replicates; ++r) {
            se[i] += std::pow(draws.theta[r * se.size() + i] - fit.theta[i], 2);
        }
        se[i] = std::sqrt(se[i] / static_cast<double>(draws.replicates));
    }
    count(at, se);
    return out;
}

std::array<recovery::Share, 5> coverage(const Setting& setting, std::uint64_t worlds) {
    const BradleyTerryOptions options{.ties = setting.recipe.kappa > 1.0 ? TieModel::rao_kupper
                                                                         : TieModel::none};
    const std::vector<double> expected = truth(setting.recipe, options);
    const auto rows = recovery::over_worlds<Row>(
        worlds, [&](std::uint64_t seed) { return inside(setting, expected, options, seed); });
    std::array<recovery::Share, 5> out;
    for (std::size_t k = 0; k < out.size(); ++k) {
        std::vector<recovery::Hits> by_world;
        for (const Row& row : rows) by_world.push_back(row[k]);
        out[k] = recovery::share(by_world);
    }
    return out;
}

}  // namespace

TEST_SUITE("recovery") {
    TEST_CASE("90 % intervals of strengths hold the truth where raters and cases have tastes") {
        const std::uint64_t worlds = recovery::worlds(80);
        const test::ContestRecipe plain{.contenders = 8,
                                        .raters = 60,
                                        .cases = 60,
                                        .comparisons = 2'400,
                                        .kappa = 1.6,
                                        .theta = {-1.5, -1, -0.5, -0.1, 0.1, 0.5, 1.0, 1.5}};
        std::vector<Setting> settings(4, {.name = "no tastes", .recipe = plain});
        settings[1].name = "raters";
        settings[1].recipe.rater_taste = 1.0;
        settings[2].name = "raters and cases";
        settings[2].recipe.rater_taste = settings[2].recipe.case_taste = 0.8;
        settings[2].replicates = 50;
        settings[3].name = "raters and cases, no ties";
        settings[3].recipe = settings[2].recipe;
        settings[3].recipe.kappa = 1.0;
        MESSAGE("tastes of | fisher | by rater | by case | two-way | bootstrap of both");
        for (const Setting& setting : settings) {
            const auto got = coverage(setting, worlds);
            MESSAGE(fmt::format("{} | {} | {} | {} | {} | {}", setting.name,
                                recovery::words(got[0]), recovery::words(got[1]),
                                recovery::words(got[2]), recovery::words(got[3]),
                                recovery::words(got[4])));
            const auto nominal = [](const recovery::Share& share) {
                return share.value > 0.86 - 3.0 * share.se && share.value < 0.92 + 3.0 * share.se;
            };
            CHECK(nominal(got[3]));
            const bool rater = setting.recipe.rater_taste > 0.0;
            const bool both = rater && setting.recipe.case_taste > 0.0;
            CHECK((rater ? got[0].value < 0.8 : nominal(got[0])));
            CHECK((both ? got[1].value < got[3].value - 0.02 : nominal(got[1])));
            // What multiplies both weights counts the comparisons' own noise again: never short.
            if (got[4].trials > 0.0) {
                CHECK(got[4].value > 0.88 - 3.0 * got[4].se);
                CHECK(got[4].value < 0.98);
            }
        }
    }
}
