// Legal data that tell little: an answer, and what it rests on, never NaN.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../../../../tests/support/contests.hpp"
#include "edgewise/estimate/comparisons/bradley_terry.hpp"
#include "edgewise/estimate/comparisons/strength_errors.hpp"

using namespace edgewise;
using namespace edgewise::estimate;
using namespace edgewise::test;

namespace {

bool finite(const std::vector<double>& values) {
    return std::ranges::all_of(values, [](double x) { return std::isfinite(x); });
}

bool says(const BradleyTerryFit& fit, std::string_view part) {
    return fit.note.find(part) != std::string::npos;
}

constexpr TieModel kAll[] = {TieModel::automatic, TieModel::none, TieModel::half,
                             TieModel::davidson, TieModel::rao_kupper};

}  // namespace

TEST_SUITE("estimate/degenerate_comparisons") {
    TEST_CASE("no comparisons give an empty fit that converged") {
        for (const TieModel model : kAll) {
            for (const std::uint32_t n : {0U, 1U, 4U}) {
                PairCounts none;
                none.contenders = n;
                const BradleyTerryFit fit =
                    fit_bradley_terry(none, {.ties = model, .position = true}, Job());
                CHECK(fit.converged);
                CHECK(fit.theta == std::vector<double>(n, 0.0));
                CHECK(fit.components == n);
                CHECK(fit.comparisons == 0.0);
                CHECK(fit.log_likelihood == 0.0);
                CHECK(utilities(fit, fit.theta) == std::vector<double>(n, 0.5));
                CHECK_FALSE(fit.prior_was_needed);
            }
        }
        Contests nothing;
        nothing.contender = {"x", "y"};
        PairCounts none;
        none.contenders = 2;
        const BradleyTerryFit fit = fit_bradley_terry(none, {}, Job());
        const Covariance errors =
            covariance(nothing, none, fit, {}, estimate::ErrorKind::fisher, Job());
        CHECK_FALSE(errors.defined);
        CHECK(errors.why == "nothing was compared");
        CHECK(bootstrap(nothing, fit, {}, Resample::rater, 5, 1, Job()).replicates == 0);
        CHECK(normal_draws(fit.theta, errors, 5, 1, Job()).why == "nothing was compared");
    }

    TEST_CASE("one comparison is decided by the prior, which is said with names") {
        for (const TieModel model : kAll) {
            const std::vector<std::string> names{"alpha", "beta"};
            const BradleyTerryFit fit = fit_bradley_terry(pairs_of({{0.0, 1.0}, {0.0, 0.0}}),
                                                          {.ties = model}, Job(), {}, names);
            CHECK(fit.converged);
            CHECK(fit.prior_was_needed);
            CHECK(fit.prior_sd == 2.0);
            CHECK(fit.theta[0] > 0.1);
            CHECK(fit.theta[0] == doctest::Approx(-fit.theta[1]));
            CHECK(says(fit, "alpha never lost to or tied with beta"));
            CHECK(says(fit, "2 logits"));
        }
    }

    TEST_CASE("the prior decides in the component that needs it and nowhere else") {
        Counts wins(5, std::vector<double>(5, 0.0));
        wins[0][1] = 3.0;
        wins[1][0] = 1.0;
        wins[2][3] = wins[3][4] = 4.0;  // 2 only won
        const BradleyTerryFit fit = fit_bradley_terry(pairs_of(wins), {}, Job());
        CHECK(fit.theta[0] == doctest::Approx(0.5 * std::log(3.0)).epsilon(1e-8));
        CHECK(fit.prior_was_needed);
        CHECK(finite(fit.theta));
        CHECK(says(fit, "contender 2 never lost to or tied with contender 3"));
        CHECK(says(fit, "2 pieces"));
        CHECK(fit.precision == std::vector<double>{0.0, 0.0, 0.25, 0.25, 0.25});
        const BradleyTerryFit asked = fit_bradley_terry(pairs_of(wins), {.prior_sd = 1.0}, Job());
        CHECK_FALSE(asked.prior_was_needed);
        CHECK(asked.prior_sd == 1.0);
        CHECK(says(asked, "Without the prior"));
    }

    TEST_CASE("ties alone say that all are equal") {
        const PairCounts pairs =
            pairs_of(Counts(3, std::vector<double>(3, 0.0)), {{0, 2, 1}, {2, 0, 0}, {1, 0, 0}});
        for (const TieModel model : kAll) {
            const BradleyTerryFit fit = fit_bradley_terry(pairs, {.ties = model}, Job());
            CHECK(fit.converged);
            CHECK(fit.theta == std::vector<double>(3, 0.0));
            CHECK(std::isfinite(fit.log_likelihood));
            if (model == TieModel::none) {
                CHECK(fit.comparisons == 0.0);
                continue;
            }
            CHECK(fit.ties == TieModel::half);
            CHECK(says(fit, "Every comparison is a tie"));
        }
    }

    TEST_CASE("a tie parameter without a maximum is held by the prior") {
        // Everybody reaches everybody, but more ties explain everything ever better.
        const PairCounts pairs =
            pairs_of({{0, 1, 0}, {0, 0, 0}, {0, 0, 0}}, {{0, 0, 1}, {0, 0, 1}, {1, 1, 0}});
        for (const TieModel model : {TieModel::davidson, TieModel::rao_kupper}) {
            const BradleyTerryFit fit = fit_bradley_terry(pairs, {.ties = model}, Job());
            CHECK(fit.converged);
            CHECK(fit.prior_was_needed);
            CHECK(finite(fit.theta));
            CHECK(fit.theta[0] > fit.theta[2]);
            CHECK(says(fit, "no finite maximum in the tie parameter"));
        }
    }

    TEST_CASE("a position that always wins is held by the prior") {
        PairCounts pairs;
        pairs.contenders = 2;
        pairs.first = {0, 1};
        pairs.second = {1, 0};
        pairs.first_wins = {5.0, 5.0};
        pairs.second_wins = pairs.ties = pairs.both_bad = {0.0, 0.0};
        const BradleyTerryFit fit = fit_bradley_terry(pairs, {.position = true}, Job());
        CHECK(fit.converged);
        CHECK(fit.prior_was_needed);
        CHECK(fit.theta[0] == doctest::Approx(0.0));
        CHECK(fit.position > 1.0);
        CHECK(says(fit, "shown first"));
        pairs = pairs_of({{0.0, 3.0}, {1.0, 0.0}});
        const BradleyTerryFit one_way = fit_bradley_terry(pairs, {.position = true}, Job());
        CHECK_FALSE(one_way.position_fitted);
        CHECK(one_way.position == 0.0);
        CHECK(says(one_way, "one way round"));
        CHECK(one_way.theta[0] == doctest::Approx(0.5 * std::log(3.0)));
    }

    TEST_CASE("one rater or one case gives no clustered error but says why") {
        auto drawn = drawn_contests({.raters = 1, .cases = 1}, 3);
        const PairCounts pairs = count_pairs(drawn.contests, {}, Job());
        const BradleyTerryFit fit = fit_bradley_terry(pairs, {}, Job());
        const auto of = [&](estimate::ErrorKind kind) {
            return covariance(drawn.contests, pairs, fit, {}, kind, Job());
        };
        CHECK(of(estimate::ErrorKind::fisher).defined);
        CHECK(of(estimate::ErrorKind::sandwich_rater).why.find("one rater") != std::string::npos);
        CHECK(of(estimate::ErrorKind::sandwich_case).why.find("one case") != std::string::npos);
        CHECK_FALSE(of(estimate::ErrorKind::sandwich_two_way).defined);
        const StrengthDraws none =
            bootstrap(drawn.contests, fit, {}, Resample::rater, 20, 1, Job());
        CHECK(none.replicates == 0);
        CHECK(none.why == "all comparisons are of one rater");
        CHECK(bootstrap(drawn.contests, fit, {}, Resample::comparison, 20, 1, Job()).replicates ==
              20);
    }

    TEST_CASE("a bootstrap of few lopsided comparisons stays finite and counts the prior") {
        const Counts wins{{0, 2, 1}, {1, 0, 2}, {1, 0, 0}};
        Contests contests;
        contests.contender = {"a", "b", "c"};
        for (std::uint32_t i = 0; i < 3; ++i) {
            for (std::uint32_t j = 0; j < 3; ++j) {
                for (int k = 0; k < static_cast<int>(wins[i][j]); ++k) {
                    contests.first.push_back(i);
                    contests.second.push_back(j);
                    contests.outcome.push_back(Outcome::first);
                    contests.rater.push_back(static_cast<Id>(contests.size() % 2));
                    contests.case_.push_back(0);
                }
            }
        }
        const BradleyTerryFit fit = fit_bradley_terry(pairs_of(wins), {}, Job());
        for (const Resample unit : {Resample::comparison, Resample::rater}) {
            const StrengthDraws draws = bootstrap(contests, fit, {}, unit, 200, 1, Job());
            CHECK(draws.replicates == 200);
            CHECK(finite(draws.theta));
            CHECK(draws.not_converged == 0);
            CHECK(draws.prior_was_needed > 0);
        }
    }
}
