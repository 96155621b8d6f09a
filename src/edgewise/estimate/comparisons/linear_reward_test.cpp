#include "edgewise/estimate/comparisons/linear_reward.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "edgewise/base/error.hpp"
#include "edgewise/base/random.hpp"

// Laws: indicator features give the tabular strengths; units of a feature change no reward; one
// feature of two values is a logit by hand; what predict() says of an option compared is its theta.

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

Contests contests_of(std::size_t n, std::size_t comparisons, double nu, double position,
                     const std::vector<double>& theta, std::uint64_t seed) {
    Rng rng(seed, 0);
    Contests out;
    for (std::size_t i = 0; i < n; ++i) out.contender.push_back("o" + std::to_string(i));
    for (std::size_t k = 0; k < comparisons; ++k) {
        const std::size_t i = rng.next_below(n);
        const std::size_t j = (i + 1 + rng.next_below(n - 1)) % n;
        const double d = theta[i] - theta[j] + position;
        const double a = std::exp(0.5 * d), b = std::exp(-0.5 * d);
        const double u = rng.next_unit() * (a + b + nu);
        out.first.push_back(static_cast<std::uint32_t>(i));
        out.second.push_back(static_cast<std::uint32_t>(j));
        out.outcome.push_back(u < a ? Outcome::first : u < a + nu ? Outcome::tie : Outcome::second);
        out.rater.push_back(static_cast<Id>(rng.next_below(40)));
        out.case_.push_back(0);
    }
    return out;
}

BradleyTerryFit tabular_of(const Contests& c, const BradleyTerryOptions& options = {}) {
    return fit_bradley_terry(count_pairs(c, {}, Job{}), options, Job{});
}

Features indicators(std::size_t n) {
    Features out;
    for (std::size_t f = 1; f < n; ++f) out.feature.push_back("is_o" + std::to_string(f));
    for (std::size_t i = 0; i < n; ++i) {
        out.option.push_back("o" + std::to_string(i));
        for (std::size_t f = 1; f < n; ++f) out.value.push_back(f == i ? 1.0 : 0.0);
    }
    return out;
}

struct Written {
    std::filesystem::path path;
    explicit Written(const std::string& name, const std::string& text)
        : path(std::filesystem::temp_directory_path() / ("edgewise_features_" + name)) {
        std::ofstream(path) << text;
    }
    ~Written() { std::filesystem::remove(path); }
};

std::string refusal(const std::string& name, const std::string& text) {
    const Written file(name, text);
    try {
        read_features(file.path);
    } catch (const Error& error) {
        std::string what = error.what();
        const std::size_t at = what.find("edgewise_features_");
        return at == std::string::npos ? what : what.substr(at + 18);
    }
    return "accepted";
}

}  // namespace

TEST_SUITE("estimate/comparisons/linear_reward") {
    TEST_CASE("indicator features give the tabular strengths with every tie model and position") {
        const std::vector<double> theta{0.0, 0.8, -0.5, 0.3, -1.0, 0.4};
        for (const double nu : {0.0, 0.7}) {
            for (const TieModel ties : {TieModel::automatic, TieModel::davidson,
                                        TieModel::rao_kupper, TieModel::half, TieModel::none}) {
                const bool position = ties != TieModel::half;
                const Contests c = contests_of(6, 900, nu, 0.3, theta, 4);
                const BradleyTerryFit tabular = tabular_of(c, {.ties = ties, .position = position});
                const LinearReward fit =
                    fit_linear_reward(c, indicators(6), tabular, {.prior_sd = 0.0}, Job{});
                CHECK(fit.converged);
                CHECK(fit.gradient_norm <= 1e-7);
                CHECK_FALSE(fit.prior_was_needed);
                CHECK(fit.position == doctest::Approx(tabular.position).epsilon(1e-6));
                CHECK(fit.tie_parameter == doctest::Approx(tabular.tie_parameter).epsilon(1e-6));
                CHECK(fit.log_likelihood == doctest::Approx(tabular.log_likelihood).epsilon(1e-9));
                CHECK(fit.log_likelihood_tabular ==
                      doctest::Approx(tabular.log_likelihood).epsilon(1e-9));
                for (std::size_t i = 1; i < 6; ++i) {
                    CHECK(fit.theta[i] - fit.theta[0] ==
                          doctest::Approx(tabular.theta[i] - tabular.theta[0]).epsilon(1e-6));
                }
            }
        }
    }

    TEST_CASE("one feature of two values is a logit with the error of a proportion") {
        Contests c;
        c.contender = {"plain", "polite"};
        for (int k = 0; k < 100; ++k) {
            c.first.push_back(1);
            c.second.push_back(0);
            c.outcome.push_back(k < 70 ? Outcome::first : Outcome::second);
            c.rater.push_back(static_cast<Id>(k));
            c.case_.push_back(0);
        }
        const Features f{.feature = {"polite"}, .option = {"plain", "polite"}, .value = {0.0, 2.0}};
        const LinearReward fit = fit_linear_reward(c, f, tabular_of(c), {.prior_sd = 0.0}, Job{});
        CHECK(fit.coefficients[0].value == doctest::Approx(std::log(7.0 / 3.0) / 2.0));
        CHECK(fit.coefficients[0].se == doctest::Approx(0.5 / std::sqrt(21.0)));
        // Raters with one answer each: the clustered error is that times root G / (G - 1).
        CHECK(*fit.coefficients[0].se_rater ==
              doctest::Approx(0.5 / std::sqrt(21.0) * std::sqrt(100.0 / 99.0)));
        CHECK(fit.raters == 100);
        const Prediction p = predict(fit, std::vector<double>{2.0});
        CHECK(p.reward == doctest::Approx(fit.theta[1]));
        CHECK(predict(fit, std::vector<double>{1.0}).se == doctest::Approx(0.0));
    }

    TEST_CASE("four copies of each rater's comparisons leave the clustered error as it is") {
        const std::vector<double> theta{0.0, 0.5, -0.5, 0.2};
        const Contests once = contests_of(4, 300, 0.0, 0.0, theta, 8);
        Contests four = once;
        for (int copy = 0; copy < 3; ++copy) {
            four.first.insert(four.first.end(), once.first.begin(), once.first.end());
            four.second.insert(four.second.end(), once.second.begin(), once.second.end());
            four.outcome.insert(four.outcome.end(), once.outcome.begin(), once.outcome.end());
            four.rater.insert(four.rater.end(), once.rater.begin(), once.rater.end());
            four.case_.insert(four.case_.end(), once.case_.begin(), once.case_.end());
        }
        const Features f = indicators(4);
        const LinearReward a = fit_linear_reward(once, f, tabular_of(once), {.prior_sd = 0.0}, {});
        const LinearReward b = fit_linear_reward(four, f, tabular_of(four), {.prior_sd = 0.0}, {});
        for (std::size_t k = 0; k < 3; ++k) {
            CHECK(*b.coefficients[k].se_rater ==
                  doctest::Approx(*a.coefficients[k].se_rater).epsilon(1e-5));
            CHECK(b.coefficients[k].se ==
                  doctest::Approx(0.5 * a.coefficients[k].se).epsilon(1e-5));
        }
    }

    TEST_CASE("units and origins of features change no reward") {
        const std::vector<double> theta{0.0, 0.8, -0.5, 0.3, -1.0};
        const Contests c = contests_of(5, 400, 0.5, 0.0, theta, 5);
        Features f{.feature = {"length", "score"}, .option = c.contender, .value = {}};
        for (std::size_t i = 0; i < 5; ++i) {
            f.value.push_back(static_cast<double>(i * i));
            f.value.push_back(theta[i]);
        }
        const BradleyTerryFit tabular = tabular_of(c);
        const LinearReward a = fit_linear_reward(c, f, tabular, {}, Job{});
        for (std::size_t i = 0; i < 5; ++i) f.value[2 * i] = 40.0 + 1000.0 * f.value[2 * i];
        const LinearReward b = fit_linear_reward(c, f, tabular, {}, Job{});
        CHECK(b.coefficients[0].value * 1000.0 == doctest::Approx(a.coefficients[0].value));
        CHECK(b.coefficients[0].per_sd == doctest::Approx(a.coefficients[0].per_sd));
        for (std::size_t i = 0; i < 5; ++i) {
            CHECK(b.theta[i] == doctest::Approx(a.theta[i]).epsilon(1e-6));
            const auto row = f.row(i);
            CHECK(predict(b, row).reward == doctest::Approx(b.theta[i]).epsilon(1e-6));
        }
        CHECK(a.log_likelihood < a.log_likelihood_tabular);
    }

    TEST_CASE("a unanimous pair that the head turns round is listed with its counts") {
        // More is better from 1 to 2 a hundred times; three raters all prefer 0 to 1.
        Contests c;
        c.contender = {"a", "b", "c", "d"};
        const auto say = [&](std::uint32_t winner, std::uint32_t loser, Id rater, int times) {
            for (int k = 0; k < times; ++k) {
                c.first.push_back(winner);
                c.second.push_back(loser);
                c.outcome.push_back(Outcome::first);
                c.rater.push_back(rater);
                c.case_.push_back(0);
            }
        };
        for (Id rater = 0; rater < 10; ++rater) say(2, 1, rater, 9);
        for (Id rater = 0; rater < 10; ++rater) say(1, 2, rater, 1);
        for (Id rater = 0; rater < 3; ++rater) say(0, 1, rater, 2);
        say(3, 2, 4, 1);  // one rater only
        const Features f{
            .feature = {"amount"}, .option = {"a", "b", "c", "d"}, .value = {0.0, 1.0, 2.0, 3.0}};
        const BradleyTerryFit tabular = tabular_of(c);
        const LinearReward fit = fit_linear_reward(c, f, tabular, {}, Job{});
        CHECK(fit.coefficients[0].value > 0.0);
        const UnanimityCheck found = check_unanimity(c, f, fit, tabular.theta, 2);
        CHECK(found.pairs == 2);
        CHECK(found.unanimous == 1);
        CHECK(found.reversed_by_both == 0);
        REQUIRE(found.reversals.size() == 1);
        CHECK(found.reversals[0].winner == 0);
        CHECK(found.reversals[0].loser == 1);
        CHECK(found.reversals[0].raters == 3);
        CHECK(found.reversals[0].comparisons == 6);
        CHECK(found.reversals[0].reward_margin ==
              doctest::Approx(-fit.coefficients[0].value).epsilon(1e-9));
        CHECK(found.reversals[0].reward_se == doctest::Approx(fit.coefficients[0].se));
        CHECK(found.reversals[0].tabular_margin > 0.0);
        CHECK(check_unanimity(c, f, fit, tabular.theta, 4).unanimous == 0);
        // One vote the other way, and it is no longer unanimous.
        say(1, 0, 7, 1);
        CHECK(check_unanimity(c, f, fit, tabular.theta, 2).unanimous == 0);
    }

    TEST_CASE("what says nothing is marked and nothing becomes NaN") {
        const std::vector<double> theta{0.0, 0.8, -0.5};
        const Contests c = contests_of(3, 200, 0.0, 0.0, theta, 6);
        const BradleyTerryFit tabular = tabular_of(c);
        // A constant column, and one that repeats another.
        const Features twice{.feature = {"same", "x", "copy"},
                             .option = {"o0", "o1", "o2"},
                             .value = {5.0, 0.0, 0.0, 5.0, 1.0, 2.0, 5.0, -1.0, -2.0}};
        const LinearReward fit = fit_linear_reward(c, twice, tabular, {.prior_sd = 0.0}, Job{});
        CHECK(fit.converged);
        CHECK(fit.coefficients[0].constant);
        CHECK(fit.coefficients[0].value == 0.0);
        CHECK(fit.prior_was_needed);
        CHECK_FALSE(fit.note.empty());
        CHECK(fit.coefficients[1].per_sd == doctest::Approx(fit.coefficients[2].per_sd));
        CHECK(std::isfinite(fit.coefficients[2].se));
        // Nobody has features.
        const Features others{.feature = {"x"}, .option = {"z"}, .value = {1.0}};
        const LinearReward none = fit_linear_reward(c, others, tabular, {}, Job{});
        CHECK(none.comparisons == 0.0);
        CHECK(none.left_out == 200.0);
        CHECK(none.without_features.size() == 3);
        CHECK(none.coefficients[0].value == 0.0);
        CHECK(none.note.find("No two options") != std::string::npos);
        CHECK(check_unanimity(c, others, none, tabular.theta, 1).pairs == 0);
        // No comparison at all.
        const LinearReward empty =
            fit_linear_reward(Contests{}, others, BradleyTerryFit{}, {}, Job{});
        CHECK(empty.converged);
    }

    TEST_CASE("features are read alike from CSV and JSON Lines") {
        const Written csv("a.csv", "length,option,tone\n12,a,0.5\n3,b,-1e-2\n");
        const Written lines("a.jsonl",
                            "{\"option\": \"a\", \"length\": 12, \"tone\": 0.5}\n\n"
                            "{\"tone\": -0.01, \"option\": \"b\", \"length\": 3}\n");
        const Written list("b.jsonl", "{\"option\": \"a\", \"e\": [1, 2]}\n");
        for (const auto& path : {csv.path, lines.path}) {
            const Features f = read_features(path);
            CHECK(f.feature == std::vector<std::string>{"length", "tone"});
            CHECK(f.option == std::vector<std::string>{"a", "b"});
            CHECK(f.value == std::vector<double>{12.0, 0.5, 3.0, -0.01});
        }
        CHECK(read_features(list.path).feature == std::vector<std::string>{"e.1", "e.2"});
    }

    TEST_CASE("a feature file that is wrong is refused with line and field") {
        CHECK(refusal("c.csv", "option,x\na,1\nb,many\n") ==
              "c.csv:3: field \"x\": expected a number, found \"many\"");
        CHECK(refusal("d.csv", "option,x\na,1\na,2\n").find("d.csv:3: field \"option\"") == 0);
        CHECK(refusal("e.csv", "name,x\na,1\n").find("option") != std::string::npos);
        CHECK(refusal("f.csv", "option\na\n").find("at least one column") != std::string::npos);
        CHECK(refusal("g.csv", "option,x\n").find("at least one option") != std::string::npos);
        CHECK(refusal("h.jsonl", "{\"option\": \"a\", \"x\": 1}\n{\"option\": \"b\"}\n")
                  .find("h.jsonl:2: field \"x\": expected a number, found nothing") == 0);
        CHECK(refusal("i.jsonl", "{\"option\": \"a\", \"x\": \"1\"}\n")
                  .find("i.jsonl:1: field \"x\"") == 0);
        CHECK(refusal("j.jsonl",
                      "{\"option\": \"a\", \"x\": 1}\n{\"option\": \"b\", \"x\": 1, "
                      "\"y\": 2}\n")
                  .find("j.jsonl:2: field \"y\"") == 0);
        CHECK(refusal("k.jsonl", "{\"x\": 1}\n").find("k.jsonl:1: field \"option\"") == 0);
        CHECK(refusal("l.jsonl", "{\"option\": \"a\", \"x\": 1}\n{broken\n").find("l.jsonl:2") ==
              0);
    }
}
