#include "edgewise/estimate/comparisons/bradley_terry.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../../../../tests/support/contests.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/estimate/comparisons/likelihood.hpp"

using namespace edgewise;
using namespace edgewise::estimate;
using namespace edgewise::test;

namespace {

constexpr std::array kModels{TieModel::none, TieModel::half, TieModel::davidson,
                             TieModel::rao_kupper};

PairCounts counted(const Contests& contests) { return count_pairs(contests, {}, Job()); }

// The log-likelihood written out again, from the definitions, one comparison after the other.
double definition(const PairCounts& pairs, const BradleyTerryFit& fit,
                  const std::vector<double>& theta, double parameter, double position) {
    BradleyTerryFit as = fit;
    as.tie_parameter = parameter;
    double sum = 0.0;
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        const PairProbability p =
            probability(as, theta[pairs.first[k]] + position, theta[pairs.second[k]]);
        double wins = pairs.first_wins[k], losses = pairs.second_wins[k];
        const double ties = pairs.ties[k] + pairs.both_bad[k];
        if (fit.ties == TieModel::half) {
            wins += 0.5 * ties;
            losses += 0.5 * ties;
        } else if (fit.ties != TieModel::none) {
            sum += ties * std::log(p.tie);
        }
        sum += wins * std::log(p.first) + losses * std::log(p.second);
    }
    return sum;
}

std::string complaint(const PairCounts& pairs, const BradleyTerryOptions& options) {
    try {
        fit_bradley_terry(pairs, options, Job());
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::invalid_argument);
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_SUITE("estimate/bradley_terry") {
    TEST_CASE("a chain of a hundred items is solved to its exact maximum") {
        // Known in closed form: neighbours differ by the logarithm of their odds. Peers that stop
        // by the size of a step are 4.45 logits off here.
        constexpr std::uint32_t kItems = 100;
        for (const auto& [wins, losses] : {std::pair{2.0, 1.0}, {30.0, 1.0}, {999.0, 1.0}}) {
            PairCounts pairs;
            pairs.contenders = kItems;
            std::vector<double> expected(kItems);
            for (std::uint32_t i = 0; i + 1 < kItems; ++i) {
                pairs.first.push_back(i);
                pairs.second.push_back(i + 1);
                pairs.first_wins.push_back(wins);
                pairs.second_wins.push_back(losses);
                pairs.ties.push_back(0.0);
                pairs.both_bad.push_back(0.0);
                expected[i] = std::log(wins / losses) * (0.5 * (kItems - 1.0) - i);
            }
            expected.back() = -expected.front();
            const BradleyTerryFit fit = fit_bradley_terry(pairs, {}, Job());
            CHECK(fit.converged);
            CHECK(fit.gradient_norm <= 1e-7);
            CHECK(furthest(fit.theta, expected) < 1e-5);
        }
    }

    TEST_CASE("two clusters joined by a bridge of two votes lie as far apart as the votes say") {
        // Within a cluster everybody beats everybody 10 to 5 in a circle; one vote each way over
        // the bridge: its two ends are equal.
        constexpr std::size_t kItems = 20;
        Counts wins(2 * kItems, std::vector<double>(2 * kItems, 0.0));
        for (std::size_t cluster : {std::size_t{0}, kItems}) {
            for (std::size_t i = 0; i < kItems; ++i) {
                for (std::size_t j = i + 1; j < kItems; ++j) {
                    wins[cluster + i][cluster + j] = 10.0 + 3.0 * static_cast<double>(j - i);
                    wins[cluster + j][cluster + i] = 5.0;
                }
            }
        }
        wins[0][2 * kItems - 1] = wins[2 * kItems - 1][0] = 1.0;  // the best and the worst
        const BradleyTerryFit fit = fit_bradley_terry(pairs_of(wins), {}, Job());
        CHECK(fit.converged);
        CHECK(fit.theta[0] == doctest::Approx(fit.theta[2 * kItems - 1]).epsilon(1e-6));
        CHECK(fit.theta[0] - fit.theta[kItems - 1] ==
              doctest::Approx(fit.theta[kItems] - fit.theta[2 * kItems - 1]).epsilon(1e-6));
    }

    TEST_CASE("a fit that was stopped short says so and what it calls converged is stationary") {
        const auto drawn =
            drawn_contests({.contenders = 30, .comparisons = 3000, .spread = 2.0}, 3);
        const PairCounts pairs = counted(drawn.contests);
        const BradleyTerryFit hasty =
            fit_bradley_terry(pairs, {.ties = TieModel::half, .most_iterations = 1}, Job());
        CHECK_FALSE(hasty.converged);
        CHECK(hasty.note.find("did not converge") != std::string::npos);
        CHECK(hasty.gradient_norm > 1e-7);
        const BradleyTerryFit fit = fit_bradley_terry(pairs, {.ties = TieModel::half}, Job());
        CHECK(fit.converged);
        // Not told by the fit itself: a step of the textbook's fixed point (Zermelo 1929) stays.
        for (std::uint32_t i = 0; i < pairs.contenders; ++i) {
            double won = 0.0, expected = 0.0;
            for (std::size_t k = 0; k < pairs.size(); ++k) {
                if (pairs.first[k] != i && pairs.second[k] != i) continue;
                const double n = pairs.first_wins[k] + pairs.second_wins[k] + pairs.ties[k];
                const bool first = pairs.first[k] == i;
                won += (first ? pairs.first_wins[k] : pairs.second_wins[k]) + 0.5 * pairs.ties[k];
                const std::uint32_t other = first ? pairs.second[k] : pairs.first[k];
                expected += n / (1.0 + std::exp(fit.theta[other] - fit.theta[i]));
            }
            CHECK(std::abs(won - expected) < 1e-7);
        }
    }

    TEST_CASE("the gradient of every model is 0 at its fit by finite differences") {
        for (const TieModel model : kModels) {
            for (const bool position : {false, true}) {
                CAPTURE(name_of(model));
                CAPTURE(position);
                const auto drawn =
                    drawn_contests({.position = position ? 0.4 : 0.0}, 10U + (position ? 1U : 0U));
                const PairCounts pairs = counted(drawn.contests);
                const BradleyTerryFit fit =
                    fit_bradley_terry(pairs, {.ties = model, .position = position}, Job());
                CHECK(fit.converged);
                CHECK(fit.position_fitted == position);
                const auto value = [&](const std::vector<double>& theta, double tie, double first) {
                    return definition(pairs, fit, theta, tie, first);
                };
                CHECK(fit.log_likelihood ==
                      doctest::Approx(value(fit.theta, fit.tie_parameter, fit.position)));
                constexpr double kStep = 1e-4;
                for (std::size_t i = 0; i < fit.theta.size(); ++i) {
                    std::vector<double> up = fit.theta, down = fit.theta;
                    up[i] += kStep;
                    down[i] -= kStep;
                    const double slope = (value(up, fit.tie_parameter, fit.position) -
                                          value(down, fit.tie_parameter, fit.position)) /
                                         (2.0 * kStep);
                    CHECK(std::abs(slope) < 1e-5);
                }
                if (fit.tie_parameter > 0.0) {
                    const double slope =
                        (value(fit.theta, fit.tie_parameter * std::exp(kStep), fit.position) -
                         value(fit.theta, fit.tie_parameter * std::exp(-kStep), fit.position)) /
                        (2.0 * kStep);
                    CHECK(std::abs(slope) < 1e-5);
                }
                if (position) {
                    const double slope =
                        (value(fit.theta, fit.tie_parameter, fit.position + kStep) -
                         value(fit.theta, fit.tie_parameter, fit.position - kStep)) /
                        (2.0 * kStep);
                    CHECK(std::abs(slope) < 1e-5);
                    CHECK(fit.position > 0.0);
                }
            }
        }
    }

    TEST_CASE("curvature is the change of the gradient in every coordinate and model") {
        const auto drawn = drawn_contests({.contenders = 5, .comparisons = 200}, 5);
        for (const bool wide : {false, true}) {
            for (const auto kernel : {comparisons::Kernel::plain, comparisons::Kernel::davidson,
                                      comparisons::Kernel::rao_kupper}) {
                const auto rows = comparisons::pair_rows(counted(drawn.contests), true,
                                                         kernel == comparisons::Kernel::plain
                                                             ? comparisons::Ties::halved
                                                             : comparisons::Ties::kept,
                                                         false);
                const std::vector<double> precision(5, 0.3);
                comparisons::Objective objective(rows, kernel, precision, 0.7);
                std::vector<double> x(objective.size(), 0.4);
                for (std::size_t i = 0; i < 5; ++i) x[i] = drawn.theta[i];
                if (wide) x[0] += 700.0;  // too far apart for one exp a contender
                const std::size_t n = x.size();
                constexpr double kStep = 1e-5;
                for (std::size_t i = 0; i < n; ++i) {
                    std::vector<double> up = x, down = x, unit(n, 0.0), product(n);
                    up[i] += kStep;
                    down[i] -= kStep;
                    unit[i] = 1.0;
                    objective.evaluate(up);
                    const std::vector<double> above(objective.gradient().begin(),
                                                    objective.gradient().end());
                    objective.evaluate(down);
                    const std::vector<double> below(objective.gradient().begin(),
                                                    objective.gradient().end());
                    const double slope =
                        (objective.log_likelihood(up) - objective.penalty(up) -
                         objective.log_likelihood(down) + objective.penalty(down)) /
                        (2.0 * kStep);
                    objective.evaluate(x);
                    CHECK(objective.gradient()[i] == doctest::Approx(slope).epsilon(1e-4));
                    objective.multiply(unit, product);
                    for (std::size_t j = 0; j < n; ++j) {
                        CHECK(product[j] ==
                              doctest::Approx((below[j] - above[j]) / (2.0 * kStep)).epsilon(1e-5));
                    }
                    CHECK(product[i] == doctest::Approx(objective.diagonal()[i]));
                }
            }
        }
    }

    TEST_CASE("renumbering contenders renumbers strengths and nothing else") {
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            auto drawn = drawn_contests({.contenders = 12}, seed);
            const BradleyTerryFit fit = fit_bradley_terry(counted(drawn.contests), {}, Job());
            std::vector<std::uint32_t> to(12);
            std::iota(to.begin(), to.end(), 0U);
            Rng rng(seed, 9);
            for (std::size_t i = 12; i > 1; --i) std::swap(to[i - 1], to[rng.next_below(i)]);
            for (auto& a : drawn.contests.first) a = to[a];
            for (auto& b : drawn.contests.second) b = to[b];
            const BradleyTerryFit moved = fit_bradley_terry(counted(drawn.contests), {}, Job());
            std::vector<double> back(12);
            for (std::size_t i = 0; i < 12; ++i) back[i] = moved.theta[to[i]];
            CHECK(furthest(fit.theta, back) < 1e-8);
            CHECK(fit.ties == moved.ties);
            CHECK(fit.tie_parameter == doctest::Approx(moved.tie_parameter).epsilon(1e-8));
        }
    }

    TEST_CASE("only differences count and the start does not") {
        const auto drawn = drawn_contests({}, 4);
        const PairCounts pairs = counted(drawn.contests);
        const BradleyTerryFit fit = fit_bradley_terry(pairs, {}, Job());
        CHECK(std::abs(std::accumulate(fit.theta.begin(), fit.theta.end(), 0.0)) < 1e-12);
        std::vector<double> start(fit.theta.size());
        for (std::size_t i = 0; i < start.size(); ++i) start[i] = 40.0 + (i % 2 == 0 ? 3.0 : -3.0);
        const BradleyTerryFit again = fit_bradley_terry(pairs, {}, Job(), start);
        CHECK(furthest(fit.theta, again.theta) < 1e-8);
        std::vector<double> lifted = fit.theta;
        for (double& t : lifted) t += 17.0;
        CHECK(furthest(utilities(fit, fit.theta), utilities(fit, lifted)) < 1e-12);
    }

    TEST_CASE("swapping who is shown first changes nothing without a position effect") {
        auto drawn = drawn_contests({.position = 0.7}, 6);
        const BradleyTerryFit fit = fit_bradley_terry(counted(drawn.contests), {}, Job());
        const BradleyTerryFit with =
            fit_bradley_terry(counted(drawn.contests), {.position = true}, Job());
        Contests& c = drawn.contests;
        std::swap(c.first, c.second);
        for (Outcome& outcome : c.outcome) {
            if (outcome == Outcome::first) {
                outcome = Outcome::second;
            } else if (outcome == Outcome::second) {
                outcome = Outcome::first;
            }
        }
        const BradleyTerryFit turned = fit_bradley_terry(counted(c), {}, Job());
        CHECK(furthest(fit.theta, turned.theta) < 1e-8);
        CHECK(fit.log_likelihood == doctest::Approx(turned.log_likelihood));
        const BradleyTerryFit turned_with =
            fit_bradley_terry(counted(c), {.position = true}, Job());
        CHECK(furthest(with.theta, turned_with.theta) < 1e-8);
        CHECK(with.position == doctest::Approx(-turned_with.position));
        CHECK(with.position == doctest::Approx(0.7).epsilon(0.3));
    }

    TEST_CASE("rao-kupper at kappa 1 and davidson at nu 0 are the plain model") {
        const auto drawn = drawn_contests({.kappa = 1.0}, 8);
        const PairCounts pairs = counted(drawn.contests);
        const BradleyTerryFit plain = fit_bradley_terry(pairs, {.ties = TieModel::none}, Job());
        const BradleyTerryFit davidson =
            fit_bradley_terry(pairs, {.ties = TieModel::davidson}, Job());
        const BradleyTerryFit kupper =
            fit_bradley_terry(pairs, {.ties = TieModel::rao_kupper}, Job());
        CHECK(davidson.tie_parameter == 0.0);
        CHECK(kupper.tie_parameter == 1.0);
        CHECK(furthest(plain.theta, davidson.theta) < 1e-9);
        CHECK(furthest(plain.theta, kupper.theta) < 1e-9);
        CHECK(plain.log_likelihood == doctest::Approx(davidson.log_likelihood));
        CHECK(plain.log_likelihood == doctest::Approx(kupper.log_likelihood));
        for (const double d : {-3.0, 0.0, 1.5}) {
            CHECK(probability(plain, d, 0.0).first ==
                  doctest::Approx(probability(davidson, d, 0.0).first));
            CHECK(probability(plain, d, 0.0).first ==
                  doctest::Approx(probability(kupper, d, 0.0).first));
        }
        CHECK(fit_bradley_terry(pairs, {}, Job()).ties == TieModel::none);
    }

    TEST_CASE("the automatic choice is the likelier model") {
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            const auto drawn = drawn_contests({.kappa = 2.5}, seed);
            const PairCounts pairs = counted(drawn.contests);
            const BradleyTerryFit fit = fit_bradley_terry(pairs, {}, Job());
            const double davidson =
                fit_bradley_terry(pairs, {.ties = TieModel::davidson}, Job()).log_likelihood;
            const double kupper =
                fit_bradley_terry(pairs, {.ties = TieModel::rao_kupper}, Job()).log_likelihood;
            CHECK(fit.log_likelihood_davidson == doctest::Approx(davidson));
            CHECK(fit.log_likelihood_rao_kupper == doctest::Approx(kupper));
            CHECK((fit.ties == TieModel::davidson) == (davidson > kupper));
            CHECK(fit.log_likelihood == doctest::Approx(std::max(davidson, kupper)));
        }
    }

    TEST_CASE("three probabilities add up to 1 however far apart the strengths are") {
        const auto drawn = drawn_contests({.kappa = 2.5}, 2);
        for (const TieModel model : kModels) {
            const BradleyTerryFit fit =
                fit_bradley_terry(counted(drawn.contests), {.ties = model}, Job());
            for (const double d : {-2000.0, -40.0, -1.0, 0.0, 0.3, 20.0, 2000.0}) {
                const PairProbability p = probability(fit, d, 0.0);
                CHECK(p.first + p.tie + p.second == doctest::Approx(1.0));
                const PairProbability q = probability(fit, 0.0, d);
                CHECK(p.first == doctest::Approx(q.second));
                CHECK(p.tie == doctest::Approx(q.tie));
            }
        }
    }

    TEST_CASE("both bad counts as a tie or not at all") {
        auto drawn = drawn_contests({.kappa = 2.0}, 12);
        const BradleyTerryFit ties = fit_bradley_terry(counted(drawn.contests), {}, Job());
        const BradleyTerryFit none =
            fit_bradley_terry(counted(drawn.contests), {.ties = TieModel::none}, Job());
        for (Outcome& outcome : drawn.contests.outcome) {
            if (outcome == Outcome::tie) outcome = Outcome::both_bad;
        }
        const PairCounts pairs = counted(drawn.contests);
        CHECK(furthest(fit_bradley_terry(pairs, {}, Job()).theta, ties.theta) < 1e-12);
        const BradleyTerryFit out =
            fit_bradley_terry(pairs, {.both_bad = BothBad::left_out}, Job());
        CHECK(furthest(out.theta, none.theta) < 1e-12);
        CHECK(out.comparisons == none.comparisons);
        CHECK(out.ties == TieModel::none);
    }

    TEST_CASE("utilities of thousands of contenders are those of the plain sum") {
        BradleyTerryFit fit;
        fit.ties = TieModel::rao_kupper;
        fit.tie_parameter = 1.7;
        constexpr std::size_t kMany = 2'500;
        fit.component.assign(kMany, 0);
        fit.components = 1;
        Rng rng(1, 1);
        for (std::size_t i = 0; i < kMany; ++i) fit.theta.push_back(2.0 * next_normal(rng));
        fit.theta[7] = 90.0;  // alone in its cell of the grid
        const std::vector<double> fast = utilities(fit, fit.theta);
        for (std::size_t i = 0; i < kMany; i += 97) {
            double sum = 0.0;
            for (std::size_t j = 0; j < kMany; ++j) {
                const PairProbability p = probability(fit, fit.theta[i], fit.theta[j]);
                if (j != i) sum += p.first + 0.5 * p.tie;
            }
            CHECK(std::abs(fast[i] - sum / (kMany - 1.0)) < 1e-7);
        }
        CHECK(fast[7] > 0.999);
    }

    TEST_CASE("weights on any scale give the same strengths") {
        auto drawn = drawn_contests({}, 14);
        const BradleyTerryFit fit = fit_bradley_terry(counted(drawn.contests), {}, Job());
        for (const float scale : {1e-12F, 1e-6F, 1e3F, 1e12F}) {
            CAPTURE(scale);
            drawn.contests.weight.assign(drawn.contests.size(), scale);
            const BradleyTerryFit scaled = fit_bradley_terry(counted(drawn.contests), {}, Job());
            CHECK(scaled.converged);
            CHECK(furthest(scaled.theta, fit.theta) < 1e-6);
            CHECK(scaled.tie_parameter == doctest::Approx(fit.tie_parameter).epsilon(1e-6));
        }
    }

    TEST_CASE("options out of range are refused by name") {
        const PairCounts pairs = pairs_of({{0.0, 2.0}, {1.0, 0.0}});
        CHECK(complaint(pairs, {.prior_sd = -1.0}).find("prior_sd") != std::string::npos);
        CHECK(complaint(pairs, {.prior_sd = std::nan("")}).find("prior_sd") != std::string::npos);
        CHECK(complaint(pairs, {.fallback_prior_sd = 0.0}).find("fallback") != std::string::npos);
        CHECK(complaint(pairs, {.tolerance = 0.0}).find("tolerance") != std::string::npos);
        CHECK(complaint(pairs, {.most_iterations = 0}).find("most_iter") != std::string::npos);
    }
}
