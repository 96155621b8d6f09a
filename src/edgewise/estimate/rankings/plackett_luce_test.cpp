#include "edgewise/estimate/rankings/plackett_luce.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>

#include "edgewise/base/error.hpp"
#include "edgewise/base/json.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/rankings/choices.hpp"

// Laws: rankings of two are Bradley-Terry (Davidson with ties); doubling every ballot changes no
// strength; renumbering contenders renumbers strengths; weights are repetitions. Values: choix, and
// probabilities summed by hand over every possible ballot.

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

using Errors = estimate::ErrorKind;
using Places = std::vector<std::vector<std::uint32_t>>;

std::vector<std::string> names(std::size_t n) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < n; ++i) out.push_back("o" + std::to_string(i));
    return out;
}

Ballots of(std::size_t n, const std::vector<Places>& all) {
    std::vector<std::uint32_t> begin{0}, option;
    std::vector<double> rank;
    for (const Places& places : all) {
        for (std::size_t p = 0; p < places.size(); ++p) {
            for (const std::uint32_t o : places[p]) {
                option.push_back(o);
                rank.push_back(static_cast<double>(p + 1));
            }
        }
        begin.push_back(static_cast<std::uint32_t>(option.size()));
    }
    return ballots(names(n), begin, option, rank);
}

// Ballots of `m` of `n` with ties now and then, every contender stronger than the next.
std::vector<Places> random_ballots(std::size_t n, std::size_t m, std::size_t count, double ties,
                                   std::uint64_t seed) {
    Rng rng(seed, 0);
    std::vector<Places> out(count);
    for (Places& places : out) {
        std::vector<std::pair<double, std::uint32_t>> order;
        for (std::uint32_t i = 0; i < n; ++i) {
            order.emplace_back(std::log(rng.next_unit() + 1e-12) * std::exp(0.3 * i), i);
        }
        // A random subset, then the exponential race.
        for (std::size_t k = 0; k < m; ++k) {
            std::swap(order[k], order[k + rng.next_below(n - k)]);
        }
        order.resize(m);
        std::ranges::sort(order, std::greater());
        for (const auto& [key, option] : order) {
            if (!places.empty() && rng.next_unit() < ties) {
                places.back().push_back(option);
            } else {
                places.push_back({option});
            }
        }
    }
    return out;
}

double apart(std::span<const double> a, std::span<const double> b) {
    REQUIRE(a.size() == b.size());
    double most = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
    return most;
}

Json read_json(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return Json::parse(text.str());
}

std::vector<double> numbers(const Json& array) {
    std::vector<double> out;
    for (const Json& one : *array.elements()) {
        double x = 0.0;
        one.get(x);
        out.push_back(x);
    }
    return out;
}

void all_orders(std::vector<std::uint32_t> left, Places sofar, std::vector<Places>& out) {
    if (left.empty()) {
        out.push_back(std::move(sofar));
        return;
    }
    for (std::uint32_t mask = 1; mask < (1U << left.size()); ++mask) {
        std::vector<std::uint32_t> place, rest;
        for (std::size_t k = 0; k < left.size(); ++k) {
            ((mask >> k & 1U) != 0 ? place : rest).push_back(left[k]);
        }
        Places next = sofar;
        next.push_back(place);
        all_orders(rest, std::move(next), out);
    }
}

}  // namespace

TEST_SUITE("estimate/rankings/plackett_luce") {
    TEST_CASE("strengths and log-likelihood are those of choix") {
        const auto path =
            std::filesystem::path(EDGEWISE_SHARED) / "oracles/prefmodels/plackett_luce.json";
        if (!std::filesystem::exists(path)) {
            MESSAGE("skipped: no oracles beside the checkout");
            return;
        }
        const Json oracle = read_json(path);
        int seen = 0;
        for (const Json& entry : *oracle.elements()) {
            std::uint64_t n = 0;
            entry.find("input")->find("n")->get(n);
            std::vector<Places> all;
            const Json* rankings = entry.find("input")->find("rankings");
            PlackettLuceOptions options;
            if (rankings != nullptr) {
                for (const Json& ranking : *rankings->elements()) {
                    Places places;
                    for (const double o : numbers(ranking)) {
                        places.push_back({static_cast<std::uint32_t>(o)});
                    }
                    all.push_back(places);
                }
            } else {
                // Choices of one out of many: the others in no order.
                options.last_place_unordered = true;
                for (const Json& choice : *entry.find("input")->find("choices")->elements()) {
                    Places places(2);
                    double best = 0.0;
                    (*choice.elements())[0].get(best);
                    places[0].push_back(static_cast<std::uint32_t>(best));
                    for (const double o : numbers((*choice.elements())[1])) {
                        places[1].push_back(static_cast<std::uint32_t>(o));
                    }
                    all.push_back(places);
                }
            }
            const PlackettLuceFit fit = fit_plackett_luce(of(n, all), options, Job{});
            CAPTURE(*entry.find("id")->string());
            CHECK(fit.converged);
            CHECK(fit.gradient_norm <= 1e-7);
            CHECK(fit.note == "");
            CHECK(fit.components == 1);
            CHECK(apart(fit.theta, numbers(*entry.find("output")->find("ilsr"))) < 2e-7);
            double log_likelihood = 0.0;
            if (const Json* given = entry.find("output")->find("loglik"); given != nullptr) {
                given->get(log_likelihood);
                CHECK(fit.log_likelihood == doctest::Approx(log_likelihood).epsilon(1e-9));
            }
            ++seen;
        }
        CHECK(seen == 5);
    }

    TEST_CASE("gradient and Hessian are the slopes of the likelihood, with ties and without") {
        for (const double ties : {0.0, 0.3}) {
            const Ballots b = of(6, random_ballots(6, 5, 40, ties, 3));
            Choices choices(b, {.prior_sd = 2.0, .tie_prior_sd = 3.0, .weight = {}, .orders = {}});
            const std::size_t p = choices.parameters();
            CHECK((choices.orders().size() > 1) == (ties > 0.0));
            std::vector<double> x(p), g(p), up(p), down(p), v(p), h(p), y(p);
            Rng rng(5, 0);
            for (double& one : x) one = rng.next_unit() - 0.5;
            for (double& one : v) one = rng.next_unit() - 0.5;
            for (std::size_t i = 0; i < p; ++i) {
                y = x;
                y[i] += 1e-5;
                const double above = choices.evaluate(y, up);
                y[i] -= 2e-5;
                const double below = choices.evaluate(y, down);
                choices.evaluate(x, g);
                CHECK(g[i] == doctest::Approx((above - below) / 2e-5).epsilon(1e-6));
            }
            for (std::size_t i = 0; i < p; ++i) y[i] = x[i] + 1e-5 * v[i];
            choices.evaluate(y, up);
            for (std::size_t i = 0; i < p; ++i) y[i] = x[i] - 1e-5 * v[i];
            choices.evaluate(y, down);
            choices.evaluate(x, g);
            choices.times_hessian(v, h);
            for (std::size_t i = 0; i < p; ++i) {
                CHECK(h[i] == doctest::Approx((up[i] - down[i]) / 2e-5).epsilon(1e-5));
            }
        }
    }

    TEST_CASE("local scores and informations add up to the gradient and the Hessian") {
        for (const double ties : {0.0, 0.3}) {
            const Ballots b = of(6, random_ballots(6, 5, 40, ties, 4));
            Choices choices(b, {.weight = {}, .orders = {}});
            const std::size_t p = choices.parameters(), n = 6;
            std::vector<double> x(p, 0.1), g(p), sum(p, 0.0), v(p), h(p), product(p, 0.0), local;
            for (std::size_t i = 0; i < p; ++i) v[i] = std::sin(static_cast<double>(i));
            choices.evaluate(x, g);
            choices.times_hessian(v, h);
            for (std::size_t k = 0; k < b.size(); ++k) {
                std::vector<std::size_t> at(b.options(k).begin(), b.options(k).end());
                for (std::size_t o = n; o < p; ++o) at.push_back(o);
                choices.local_score(k, local);
                for (std::size_t i = 0; i < at.size(); ++i) sum[at[i]] += local[i];
                choices.local_information(k, local);
                for (std::size_t i = 0; i < at.size(); ++i) {
                    for (std::size_t j = 0; j < at.size(); ++j) {
                        product[at[i]] += local[i * at.size() + j] * v[at[j]];
                    }
                }
            }
            for (std::size_t i = 0; i < p; ++i) {
                CHECK(sum[i] == doctest::Approx(-g[i]).epsilon(1e-9));
                CHECK(product[i] == doctest::Approx(h[i]).epsilon(1e-9));
            }
        }
    }

    TEST_CASE("the probabilities of all orders with ties of four options sum to one") {
        PlackettLuceFit fit;
        fit.theta = {0.7, -0.2, 0.1, -0.6};
        fit.ties = {{.options = 2, .delta = 0.8, .seen = 1.0},
                    {.options = 3, .delta = 0.3, .seen = 1.0},
                    {.options = 4, .delta = 0.1, .seen = 1.0}};
        std::vector<Places> all;
        all_orders({0, 1, 2, 3}, {}, all);
        CHECK(all.size() == 75);
        double sum = 0.0;
        for (const Places& places : all) {
            std::vector<std::uint32_t> option, level;
            for (std::size_t p = 0; p < places.size(); ++p) {
                for (const std::uint32_t o : places[p]) {
                    option.push_back(o);
                    level.push_back(static_cast<std::uint32_t>(p));
                }
            }
            sum += std::exp(log_probability(fit, option, level));
        }
        CHECK(sum == doctest::Approx(1.0).epsilon(1e-12));
        // By hand: a and b tied ahead of the two others, then c.
        const double a = std::exp(0.7), b = std::exp(-0.2), c = std::exp(0.1), d = std::exp(-0.6);
        const auto two = [](double x, double y) { return 0.8 * std::sqrt(x * y); };
        const auto three = [](double x, double y, double z) { return 0.3 * std::cbrt(x * y * z); };
        const double first = a + b + c + d + two(a, b) + two(a, c) + two(a, d) + two(b, c) +
                             two(b, d) + two(c, d) + three(a, b, c) + three(a, b, d) +
                             three(a, c, d) + three(b, c, d) + 0.1 * std::pow(a * b * c * d, 0.25);
        const double by_hand = two(a, b) / first * c / (c + d + two(c, d));
        const std::vector<std::uint32_t> option{0, 1, 2, 3}, level{0, 0, 1, 2};
        CHECK(std::exp(log_probability(fit, option, level)) == doctest::Approx(by_hand));
    }

    TEST_CASE("rankings of two are Bradley-Terry with Davidson's ties") {
        // 12 : 5 : 3 wins, ties, losses of two: exp(theta difference) = 12 / 3 and
        // nu = 5 / sqrt(36).
        std::vector<Places> all;
        for (int k = 0; k < 12; ++k) all.push_back({{0}, {1}});
        for (int k = 0; k < 3; ++k) all.push_back({{1}, {0}});
        for (int k = 0; k < 5; ++k) all.push_back({{0, 1}});
        const PlackettLuceFit fit = fit_plackett_luce(of(2, all), {}, Job{});
        CHECK(fit.theta[0] - fit.theta[1] == doctest::Approx(std::log(4.0)).epsilon(1e-8));
        REQUIRE(fit.ties.size() == 1);
        CHECK(fit.ties[0].delta == doctest::Approx(5.0 / 6.0).epsilon(1e-8));
        CHECK(fit.log_likelihood ==
              doctest::Approx(12 * std::log(0.6) + 3 * std::log(0.15) + 5 * std::log(0.25)));
        CHECK(utilities(fit)[0] == doctest::Approx(0.6 + 0.125).epsilon(1e-7));
    }

    TEST_CASE("doubling every ballot changes no strength and weights are repetitions") {
        for (const double ties : {0.0, 0.25}) {
            const std::vector<Places> once = random_ballots(8, 4, 120, ties, 11);
            std::vector<Places> twice = once;
            twice.insert(twice.end(), once.begin(), once.end());
            const PlackettLuceFit one = fit_plackett_luce(of(8, once), {}, Job{});
            const PlackettLuceFit two = fit_plackett_luce(of(8, twice), {}, Job{});
            const std::vector<float> weight(once.size(), 2.0F);
            const PlackettLuceFit weighted = fit_plackett_luce(of(8, once), {}, Job{}, weight);
            CHECK(one.converged);
            CHECK(apart(one.theta, two.theta) < 1e-7);
            CHECK(apart(two.theta, weighted.theta) < 1e-7);
            CHECK(two.log_likelihood == doctest::Approx(2.0 * one.log_likelihood));
            CHECK(weighted.log_likelihood == doctest::Approx(two.log_likelihood));
        }
    }

    TEST_CASE("renumbering the contenders renumbers their strengths") {
        const std::vector<std::uint32_t> to{3, 0, 6, 1, 7, 2, 5, 4};
        std::vector<Places> all = random_ballots(8, 5, 150, 0.2, 12);
        const PlackettLuceFit before = fit_plackett_luce(of(8, all), {}, Job{});
        for (Places& places : all) {
            for (auto& place : places) {
                for (std::uint32_t& o : place) o = to[o];
            }
        }
        const PlackettLuceFit after = fit_plackett_luce(of(8, all), {}, Job{});
        for (std::size_t i = 0; i < 8; ++i) {
            CHECK(after.theta[to[i]] == doctest::Approx(before.theta[i]).epsilon(1e-6));
        }
        CHECK(after.log_likelihood == doctest::Approx(before.log_likelihood));
    }

    TEST_CASE("a winner of every ballot is named and the prior decides") {
        const PlackettLuceFit fit =
            fit_plackett_luce(of(3, {{{0}, {1}, {2}}, {{0}, {2}, {1}}}), {}, Job{});
        CHECK(fit.converged);
        CHECK(fit.prior_was_needed);
        CHECK(fit.prior_sd == 2.0);
        CHECK(fit.note.find("o0 never stood below or beside o1 and o2") != std::string::npos);
        CHECK(fit.theta[0] > fit.theta[1]);
        CHECK(fit.theta[1] == doctest::Approx(fit.theta[2]));
    }

    TEST_CASE("degenerate ballots give finite answers that say what they lack") {
        const PlackettLuceFit none = fit_plackett_luce(Ballots{}, {}, Job{});
        CHECK(none.converged);
        CHECK(none.theta.empty());

        const PlackettLuceFit one = fit_plackett_luce(of(3, {{{2}, {0}, {1}}}), {}, Job{});
        CHECK(one.converged);
        CHECK(one.prior_was_needed);
        CHECK(one.theta[2] > one.theta[0]);
        CHECK(one.theta[0] > one.theta[1]);

        const PlackettLuceFit tied =
            fit_plackett_luce(of(3, {{{0, 1, 2}}, {{0, 1, 2}}}), {}, Job{});
        CHECK(tied.converged);
        CHECK(tied.tie_prior_sd > 0.0);
        CHECK_FALSE(tied.note.empty());
        CHECK(apart(tied.theta, std::vector<double>(3, 0.0)) < 1e-7);
        CHECK(std::isfinite(tied.ties.at(0).delta));

        const PlackettLuceFit apart_ = fit_plackett_luce(
            of(5, {{{0}, {1}}, {{1}, {0}}, {{2}, {3}}, {{3}, {2}}, {{2}, {3}}, {{4}}}), {}, Job{});
        CHECK(apart_.converged);
        CHECK(apart_.components == 3);
        CHECK(apart_.note.find("never met") != std::string::npos);
        CHECK(apart_.theta[2] - apart_.theta[3] == doctest::Approx(std::log(2.0)));
        CHECK(apart_.theta[2] + apart_.theta[3] == doctest::Approx(0.0));
        CHECK(utilities(apart_)[4] == 0.5);

        const Covariance nothing =
            covariance(of(2, {{{0}}}), fit_plackett_luce(of(2, {{{0}}}), {}, Job{}), {},
                       Errors::fisher, Job{});
        CHECK_FALSE(nothing.defined);
        CHECK_FALSE(nothing.why.empty());
    }

    TEST_CASE("a chain of a hundred converges to the strengths that made it") {
        // Neighbours only, each better nine times in ten: differences of ln 9 exactly.
        std::vector<Places> all;
        for (std::uint32_t i = 0; i + 1 < 100; ++i) {
            for (int k = 0; k < 9; ++k) all.push_back({{i}, {i + 1}});
            all.push_back({{i + 1}, {i}});
        }
        const PlackettLuceFit fit = fit_plackett_luce(of(100, all), {}, Job{});
        CHECK(fit.converged);
        for (std::size_t i = 0; i + 1 < 100; ++i) {
            CHECK(fit.theta[i] - fit.theta[i + 1] == doctest::Approx(std::log(9.0)).epsilon(1e-4));
        }
    }

    TEST_CASE("errors shrink with the root of the ballots and the bootstrap agrees with them") {
        const Ballots b = of(6, random_ballots(6, 4, 600, 0.15, 21));
        const PlackettLuceFit fit = fit_plackett_luce(b, {}, Job{});
        const Covariance fisher = covariance(b, fit, {}, Errors::fisher, Job{});
        const Covariance robust = covariance(b, fit, {}, Errors::sandwich_rater, Job{});
        REQUIRE(fisher.defined);
        REQUIRE(robust.defined);
        CHECK(robust.clusters == 600);
        const StrengthDraws draws = bootstrap(b, fit, {}, Resample::comparison, 300, 9, Job{});
        CHECK(draws.not_converged == 0);
        for (std::size_t i = 0; i < 6; ++i) {
            double row = 0.0, mean = 0.0, square = 0.0;
            for (std::size_t j = 0; j < 6; ++j) row += fisher.values[i * 6 + j];
            CHECK(std::abs(row) < 1e-10);
            for (std::size_t r = 0; r < 300; ++r) {
                mean += draws.theta[r * 6 + i] / 300;
                square += draws.theta[r * 6 + i] * draws.theta[r * 6 + i] / 300;
            }
            const double sd = std::sqrt(square - mean * mean);
            CHECK(robust.se[i] / fisher.se[i] == doctest::Approx(1.0).epsilon(0.25));
            CHECK(sd / robust.se[i] == doctest::Approx(1.0).epsilon(0.2));
        }
        // The same rater everywhere: no cluster to compare with.
        Ballots single = b;
        std::ranges::fill(single.rater, Id{0});
        CHECK_FALSE(covariance(single, fit, {}, Errors::sandwich_rater, Job{}).defined);
        const StrengthDraws again =
            bootstrap(b, fit, {}, Resample::comparison, 20, 9, Job({}, {}, 4));
        CHECK(std::equal(again.theta.begin(), again.theta.end(), draws.theta.begin()));
    }

    TEST_CASE("copies of a rater's ballots do not shrink the clustered error") {
        const std::vector<Places> once = random_ballots(6, 4, 200, 0.0, 22);
        std::vector<Places> copies;
        for (const Places& one : once) copies.insert(copies.end(), 4, one);
        Ballots many = of(6, copies);
        for (std::size_t k = 0; k < many.size(); ++k) many.rater[k] = static_cast<Id>(k / 4);
        const Ballots few = of(6, once);
        const PlackettLuceFit fit = fit_plackett_luce(few, {}, Job{});
        const PlackettLuceFit same = fit_plackett_luce(many, {}, Job{});
        const Covariance a = covariance(few, fit, {}, Errors::sandwich_rater, Job{});
        const Covariance b = covariance(many, same, {}, Errors::sandwich_rater, Job{});
        const Covariance naive = covariance(many, same, {}, Errors::fisher, Job{});
        for (std::size_t i = 0; i < 6; ++i) {
            CHECK(a.se[i] == doctest::Approx(b.se[i]).epsilon(1e-5));
            CHECK(naive.se[i] < 0.6 * b.se[i]);
        }
    }

    TEST_CASE("options out of range are refused by name") {
        const Ballots b = of(2, {{{0}, {1}}});
        CHECK_THROWS_WITH_AS(fit_plackett_luce(b, {.prior_sd = -1.0}, Job{}),
                             doctest::Contains("prior_sd"), Error);
        CHECK_THROWS_WITH_AS(fit_plackett_luce(b, {.tolerance = 0.0}, Job{}),
                             doctest::Contains("tolerance"), Error);
        const std::vector<float> negative{-1.0F};
        CHECK_THROWS_WITH_AS(fit_plackett_luce(b, {}, Job{}, negative), doctest::Contains("weight"),
                             Error);
    }
}
