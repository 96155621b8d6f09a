#include "edgewise/estimate/comparisons/strength_errors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "../../../../tests/support/contests.hpp"

using namespace edgewise;
using namespace edgewise::estimate;
using namespace edgewise::test;
using Kind = estimate::ErrorKind;

namespace {

constexpr std::array kKinds{Kind::fisher, Kind::sandwich_rater, Kind::sandwich_case,
                            Kind::sandwich_two_way};

struct Fitted {
    Contests contests;
    PairCounts pairs;
    BradleyTerryOptions options;
    BradleyTerryFit fit;

    Covariance errors(Kind kind) const {
        return covariance(contests, pairs, fit, options, kind, Job());
    }
};

Fitted fitted(Contests contests, const BradleyTerryOptions& options) {
    Fitted out{std::move(contests), {}, options, {}};
    out.pairs = count_pairs(out.contests, {}, Job());
    out.fit = fit_bradley_terry(out.pairs, options, Job());
    return out;
}

// The same judgments twice, the second time by other raters on other cases.
Contests doubled(const Contests& once, Id raters, Id cases) {
    Contests out = once;
    for (std::size_t i = 0; i < once.size(); ++i) {
        out.first.push_back(once.first[i]);
        out.second.push_back(once.second[i]);
        out.outcome.push_back(once.outcome[i]);
        out.rater.push_back(once.rater[i] + raters);
        out.case_.push_back(once.case_[i] + cases);
    }
    return out;
}

double spread(const StrengthDraws& draws, std::size_t i) {
    double sum = 0.0, squares = 0.0;
    for (std::size_t r = 0; r < draws.replicates; ++r) {
        sum += draws.theta[r * draws.contenders + i];
    }
    const double mean = sum / static_cast<double>(draws.replicates);
    for (std::size_t r = 0; r < draws.replicates; ++r) {
        squares += std::pow(draws.theta[r * draws.contenders + i] - mean, 2);
    }
    return std::sqrt(squares / static_cast<double>(draws.replicates - 1));
}

}  // namespace

TEST_SUITE("estimate/strength_errors") {
    TEST_CASE("counting everything twice halves fisher's variance") {
        for (const TieModel ties : {TieModel::half, TieModel::davidson, TieModel::rao_kupper}) {
            for (const bool position : {false, true}) {
                const auto drawn = drawn_contests({.position = 0.2}, 4);
                const BradleyTerryOptions options{.ties = ties, .position = position};
                const Fitted once = fitted(drawn.contests, options);
                const Fitted twice = fitted(doubled(drawn.contests, 20, 10), options);
                CHECK(furthest(once.fit.theta, twice.fit.theta) < 1e-8);
                const Covariance one = once.errors(Kind::fisher), two = twice.errors(Kind::fisher);
                for (std::size_t i = 0; i < one.se.size(); ++i) {
                    CHECK(two.se[i] == doctest::Approx(one.se[i] / std::sqrt(2.0)));
                }
            }
        }
    }

    TEST_CASE("fisher's matrix of two contenders is the closed form") {
        const PairCounts pairs = pairs_of({{0.0, 30.0}, {10.0, 0.0}});
        const BradleyTerryFit fit = fit_bradley_terry(pairs, {}, Job());
        Contests contests;
        contests.contender = {"x", "y"};
        contests.first.assign(40, 0);
        contests.second.assign(40, 1);
        contests.outcome.assign(40, Outcome::first);
        contests.rater.assign(40, 0);
        contests.case_.assign(40, 0);
        const Covariance got = covariance(contests, pairs, fit, {}, Kind::fisher, Job());
        const double difference = 1.0 / (40.0 * 0.75 * 0.25);  // variance of theta_0 - theta_1
        CHECK(got.values[0] == doctest::Approx(difference / 4.0));
        CHECK(got.values[1] == doctest::Approx(-difference / 4.0));
    }

    TEST_CASE("rows of every covariance sum to 0 within components and no variance is negative") {
        for (std::uint64_t seed = 1; seed <= 8; ++seed) {
            // Contenders 0 to 4 and 5 to 9 never meet.
            auto drawn = drawn_contests({.contenders = 5, .rater_taste = 0.5}, seed);
            Contests c = drawn.contests;
            const auto other = drawn_contests({.contenders = 5, .case_taste = 0.5}, seed + 100);
            for (std::size_t i = 0; i < other.contests.size(); ++i) {
                c.first.push_back(other.contests.first[i] + 5);
                c.second.push_back(other.contests.second[i] + 5);
                c.outcome.push_back(other.contests.outcome[i]);
                c.rater.push_back(other.contests.rater[i]);
                c.case_.push_back(other.contests.case_[i]);
            }
            c.contender.resize(10);
            const Fitted f = fitted(c, {.position = true});
            CHECK(f.fit.components == 2);
            for (const Kind kind : kKinds) {
                CAPTURE(name_of(kind));
                const Covariance got = f.errors(kind);
                REQUIRE(got.defined);
                for (std::size_t i = 0; i < 10; ++i) {
                    double sum = 0.0;
                    for (std::size_t j = 0; j < 5; ++j) sum += got.values[i * 10 + j];
                    CHECK(std::abs(sum) < 1e-9);
                    if (kind == Kind::fisher && i < 5) {
                        // Through the tie parameter and the position alone.
                        CHECK(std::abs(got.values[i * 10 + 7]) < 0.1 * got.values[i * 10 + i]);
                    }
                    CHECK(got.se[i] > 0.0);
                }
            }
        }
    }

    TEST_CASE("where each comparison is its own rater the sandwich is near fisher") {
        auto drawn = drawn_contests({.contenders = 5, .comparisons = 20'000}, 9);
        std::iota(drawn.contests.rater.begin(), drawn.contests.rater.end(), Id{0});
        const Fitted f = fitted(drawn.contests, {.ties = TieModel::rao_kupper});
        const Covariance fisher = f.errors(Kind::fisher), robust = f.errors(Kind::sandwich_rater);
        CHECK(robust.clusters == 20'000);
        for (std::size_t i = 0; i < 5; ++i) {
            CHECK(robust.se[i] == doctest::Approx(fisher.se[i]).epsilon(0.05));
        }
    }

    TEST_CASE("a rater who gives each answer four times does not count as four raters") {
        const auto drawn = drawn_contests({.comparisons = 500}, 2);
        const Contests four = doubled(doubled(drawn.contests, 0, 0), 0, 0);
        const Fitted once = fitted(drawn.contests, {}), more = fitted(four, {});
        const Covariance one = once.errors(Kind::sandwich_rater);
        const Covariance same = more.errors(Kind::sandwich_rater);
        CHECK(furthest(one.se, same.se) < 1e-8);
        CHECK(more.errors(Kind::fisher).se[0] ==
              doctest::Approx(0.5 * once.errors(Kind::fisher).se[0]));
    }

    TEST_CASE("scores add up to 0 at the fit, so that one cluster's meat is nothing") {
        // Two clusters of opposite sums: G / (G - 1) times twice the outer product of one of them.
        // With the clusters' halves identical, both sums are 0 and so is the variance.
        const auto drawn = drawn_contests({.raters = 1, .comparisons = 300}, 5);
        for (const TieModel ties : {TieModel::half, TieModel::davidson, TieModel::rao_kupper}) {
            const Fitted f =
                fitted(doubled(drawn.contests, 1, 10), {.ties = ties, .position = true});
            const Covariance got = f.errors(Kind::sandwich_rater);
            CHECK(got.clusters == 2);
            CHECK(*std::ranges::max_element(got.se) < 1e-6);
        }
    }

    TEST_CASE("the sandwich is bread times summed outer products of scores times bread") {
        // Written out with matrices in full; few contenders a cluster and many.
        for (const std::uint32_t raters : {4U, 3'000U}) {
            constexpr std::size_t n = 40;
            const auto drawn = drawn_contests(
                {.contenders = n, .raters = raters, .comparisons = 3'000, .kappa = 1.0}, 21);
            const Fitted f = fitted(drawn.contests, {.ties = TieModel::none});
            const std::vector<double> bread = f.errors(Kind::fisher).values;
            std::vector<std::vector<double>> sums(raters, std::vector<double>(n, 0.0));
            std::vector<bool> occurs(raters, false);
            for (std::size_t k = 0; k < f.contests.size(); ++k) {
                const std::uint32_t a = f.contests.first[k], b = f.contests.second[k];
                const double won = f.contests.outcome[k] == Outcome::first ? 1.0 : 0.0;
                const double score = won - probability(f.fit, f.fit.theta[a], f.fit.theta[b]).first;
                sums[f.contests.rater[k]][a] += score;
                sums[f.contests.rater[k]][b] -= score;
                occurs[f.contests.rater[k]] = true;
            }
            const auto groups = static_cast<double>(std::ranges::count(occurs, true));
            std::vector<double> expected(n, 0.0);
            for (const auto& sum : sums) {
                for (std::size_t i = 0; i < n; ++i) {
                    double along = 0.0;
                    for (std::size_t j = 0; j < n; ++j) along += bread[i * n + j] * sum[j];
                    expected[i] += along * along * groups / (groups - 1.0);
                }
            }
            for (double& v : expected) v = std::sqrt(v);
            const Covariance got = f.errors(Kind::sandwich_rater);
            CHECK(static_cast<double>(got.clusters) == groups);
            CHECK(furthest(got.se, expected) < 1e-9);
        }
    }

    TEST_CASE("weights of two and two copies give the same fit and fisher errors") {
        auto drawn = drawn_contests({}, 6);
        const Fitted twice = fitted(doubled(drawn.contests, 0, 0), {});
        drawn.contests.weight.assign(drawn.contests.size(), 2.0F);
        const Fitted heavy = fitted(drawn.contests, {});
        CHECK(furthest(twice.fit.theta, heavy.fit.theta) < 1e-9);
        for (const Kind kind : {Kind::fisher, Kind::sandwich_rater, Kind::sandwich_two_way}) {
            CHECK(furthest(twice.errors(kind).se, heavy.errors(kind).se) < 1e-9);
        }
    }

    TEST_CASE("the bootstrap gives the same bytes on one and on two threads") {
        const auto drawn = drawn_contests({.comparisons = 2000}, 7);
        const BradleyTerryFit fit =
            fit_bradley_terry(count_pairs(drawn.contests, {}, Job()), {}, Job());
        for (const Resample unit :
             {Resample::comparison, Resample::rater, Resample::case_, Resample::rater_and_case}) {
            CAPTURE(name_of(unit));
            const auto on = [&](unsigned threads, std::uint64_t seed) {
                return bootstrap(drawn.contests, fit, {}, unit, 100, seed, Job({}, {}, threads));
            };
            const StrengthDraws one = on(1, 5);
            CHECK(one.theta == on(2, 5).theta);
            CHECK(one.theta != on(1, 6).theta);
            CHECK(one.replicates == 100);
            CHECK(one.not_converged == 0);
            const Covariance errors =
                covariance(drawn.contests, count_pairs(drawn.contests, {}, Job()), fit, {},
                           Kind::fisher, Job());
            CHECK(normal_draws(fit.theta, errors, 200, 5, Job()).theta ==
                  normal_draws(fit.theta, errors, 200, 5, Job({}, {}, 2)).theta);
        }
    }

    TEST_CASE("draws scatter as the covariance of their kind says") {
        const auto drawn = drawn_contests({.contenders = 6,
                                           .raters = 150,
                                           .cases = 150,
                                           .comparisons = 6'000,
                                           .rater_taste = 0.5,
                                           .case_taste = 0.5},
                                          11);
        const Fitted f = fitted(drawn.contests, {});
        const std::vector<std::pair<Resample, Kind>> kinds{
            {Resample::comparison, Kind::fisher},
            {Resample::rater, Kind::sandwich_rater},
            {Resample::case_, Kind::sandwich_case},
            {Resample::rater_and_case, Kind::sandwich_two_way}};
        for (const auto& [unit, kind] : kinds) {
            CAPTURE(name_of(unit));
            const Covariance errors = f.errors(kind);
            const StrengthDraws draws =
                bootstrap(f.contests, f.fit, f.options, unit, 600, 3, Job({}, {}, 2));
            // Owen and Eckles: resampling both at once counts the comparisons' own noise up to
            // three times, so that it errs on the side of caution.
            const double most = unit == Resample::rater_and_case ? 1.8 : 1.15;
            for (std::size_t i = 0; i < 6; ++i) {
                const double ratio = spread(draws, i) / errors.se[i];
                CHECK(ratio > 0.85);
                CHECK(ratio < most);
            }
            const StrengthDraws normal = normal_draws(f.fit.theta, errors, 4000, 3, Job());
            for (std::size_t i = 0; i < 6; ++i) {
                CHECK(spread(normal, i) == doctest::Approx(errors.se[i]).epsilon(0.06));
            }
            for (std::size_t r = 0; r < 50; ++r) {
                double sum = 0.0, drawn_sum = 0.0;
                for (std::size_t i = 0; i < 6; ++i) {
                    sum += normal.theta[r * 6 + i];
                    drawn_sum += draws.theta[r * 6 + i];
                }
                CHECK(std::abs(sum) < 1e-6);
                CHECK(std::abs(drawn_sum) < 1e-9);
            }
        }
    }

    TEST_CASE("the bootstrap refits the model of the fit with its position and its weights") {
        auto drawn = drawn_contests({.comparisons = 3000, .position = 1.0}, 13);
        drawn.contests.weight.assign(drawn.contests.size(), 1.0F);
        for (std::size_t i = 0; i < drawn.contests.size(); i += 3) drawn.contests.weight[i] = 0.0F;
        for (const TieModel ties : {TieModel::none, TieModel::half, TieModel::rao_kupper}) {
            const Fitted f = fitted(drawn.contests, {.ties = ties, .position = true});
            const StrengthDraws draws =
                bootstrap(f.contests, f.fit, f.options, Resample::comparison, 200, 1, Job());
            const Covariance errors = f.errors(Kind::fisher);
            for (std::size_t i = 0; i < draws.contenders; ++i) {
                double mean = 0.0;
                for (std::size_t r = 0; r < draws.replicates; ++r) {
                    mean += draws.theta[r * draws.contenders + i] / 200.0;
                }
                CHECK(std::abs(mean - f.fit.theta[i]) < 0.4 * errors.se[i]);
            }
        }
    }
}
