#include "edgewise/estimate/raters/dawid_skene.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "edgewise/base/error.hpp"
#include "edgewise/base/random.hpp"
#include "support/rater_oracle.hpp"

using namespace edgewise;
using namespace edgewise::estimate;
using namespace edgewise::test;

namespace {

struct Truth {
    CodedRatings ratings;
    std::vector<std::uint32_t> classes;
};

// Raters who see the class with bias and noise and say the nearest; the last `coins` toss instead.
Truth world(std::uint64_t seed, std::size_t units, std::uint32_t raters, std::uint32_t each,
            std::uint32_t classes, std::uint32_t coins = 0) {
    Rng rng(31, seed);
    Truth out;
    std::vector<std::uint32_t> begin{0};
    std::vector<std::uint32_t> rater;
    std::vector<double> values;
    std::vector<double> bias(raters);
    for (double& b : bias) b = 0.3 * next_normal(rng);
    for (std::size_t u = 0; u < units; ++u) {
        const auto truth = static_cast<std::uint32_t>(rng.next_below(classes));
        out.classes.push_back(truth);
        const auto first = static_cast<std::uint32_t>(rng.next_below(raters));
        for (std::uint32_t i = 0; i < each; ++i) {
            const std::uint32_t r = (first + i) % raters;
            double said = std::round(truth + bias[r] + 0.6 * next_normal(rng));
            if (r >= raters - coins) said = static_cast<double>(rng.next_below(classes));
            rater.push_back(r);
            values.push_back(std::clamp(said, 0.0, classes - 1.0));
        }
        begin.push_back(static_cast<std::uint32_t>(values.size()));
    }
    out.ratings = code_ratings(begin, rater, values);
    return out;
}

}  // namespace

TEST_SUITE("estimate/raters/dawid_skene") {
    TEST_CASE("the full model converges to where an independent program does") {
        std::size_t compared = 0;
        for (const auto& c :
             nlohmann::json::parse(rater_oracle("truth_inference_converged.json"))) {
            const std::string id = c["id"].get<std::string>();
            CAPTURE(id);
            const auto& rows = c["input"]["rows"];
            if (rows.is_null()) continue;  // its answers are not beside the expected values
            std::map<std::string, std::vector<std::pair<std::string, std::string>>> tasks;
            std::map<std::string, std::uint32_t> raters;
            const auto text = [](const nlohmann::json& x) {
                return x.is_string() ? x.get<std::string>() : x.dump();
            };
            for (const auto& row : rows) {
                tasks[text(row[0])].emplace_back(text(row[1]), text(row[2]));
                raters.emplace(text(row[1]), 0);
            }
            std::uint32_t next = 0;
            for (auto& [name, number] : raters) number = next++;
            const auto classes = c["output"]["classes"].get<std::vector<std::string>>();
            std::vector<std::uint32_t> begin{0};
            std::vector<std::uint32_t> rater;
            std::vector<double> values;
            for (const auto& task : c["output"]["tasks"]) {
                for (const auto& [who, what] : tasks[task.get<std::string>()]) {
                    rater.push_back(raters[who]);
                    values.push_back(
                        static_cast<double>(std::ranges::find(classes, what) - classes.begin()));
                }
                begin.push_back(static_cast<std::uint32_t>(values.size()));
            }
            // Round by round the same; it stopped where the likelihood still moved by 1e-12.
            const auto ratings = code_ratings(begin, rater, values);
            DawidSkeneOptions options;
            options.smoothing = 1e-10;
            options.tolerance = 0.0;
            options.most_iterations = c["output"]["iters"].get<std::uint64_t>();
            const DawidSkene model = dawid_skene(ratings, options);
            CHECK(model.log_likelihood ==
                  doctest::Approx(c["output"]["loglik"].get<double>()).epsilon(1e-9));
            for (std::size_t u = 0; u + 1 < begin.size(); ++u) {
                for (std::size_t k = 0; k < classes.size(); ++k) {
                    REQUIRE(std::fabs(model.posterior[u * classes.size() + k] -
                                      c["output"]["posterior"][u][k].get<double>()) < 1e-7);
                }
            }
            options.tolerance = 1e-13;
            options.most_iterations = 5000;
            const DawidSkene whole = dawid_skene(ratings, options);
            CHECK(whole.converged);
            CHECK(whole.iterations > 20);
            CHECK(whole.log_likelihood >= model.log_likelihood - 1e-9);
            ++compared;
        }
        if (compared > 0) CHECK(compared == 3);
    }

    TEST_CASE("the objective never falls, whatever the variant") {
        for (std::uint64_t seed = 0; seed < 6; ++seed) {
            const Truth t = world(seed, 120, 9, 4, 2 + static_cast<std::uint32_t>(seed) % 4, 2);
            for (const Confusion confusion :
                 {Confusion::full, Confusion::one_coin, Confusion::ordinal}) {
                DawidSkeneOptions options;
                options.confusion = confusion;
                const DawidSkene model = dawid_skene(t.ratings, options);
                CAPTURE(name_of(confusion));
                CAPTURE(seed);
                CHECK(model.converged);
                for (std::size_t i = 1; i < model.trace.size(); ++i) {
                    REQUIRE(model.trace[i] >= model.trace[i - 1] - 1e-9);
                }
                for (std::size_t r = 0; r < t.ratings.raters; ++r) {
                    for (std::size_t k = 0; k < model.classes; ++k) {
                        double sum = 0.0;
                        for (std::size_t l = 0; l < model.classes; ++l) {
                            sum += model.confusion_of(r, k, l);
                        }
                        REQUIRE(sum == doctest::Approx(1.0));
                    }
                }
            }
        }
    }

    TEST_CASE("a run that is cut off says that it did not converge") {
        DawidSkeneOptions options;
        options.most_iterations = 3;
        const DawidSkene model = dawid_skene(world(1, 100, 8, 3, 4).ratings, options);
        CHECK_FALSE(model.converged);
        CHECK(model.iterations == 3);
    }

    TEST_CASE("labels beat the majority where some raters toss coins, and those are found out") {
        const Truth t = world(2, 600, 12, 6, 3, 5);
        DawidSkeneOptions options;
        options.confusion = Confusion::one_coin;
        const DawidSkene model = dawid_skene(t.ratings, options);
        std::size_t right = 0;
        std::size_t majority = 0;
        for (std::size_t u = 0; u < t.ratings.units(); ++u) {
            right += model.label(u) == t.classes[u] ? 1U : 0U;
            std::vector<int> votes(3, 0);
            for (const auto c : t.ratings.codes(u)) ++votes[c];
            majority += static_cast<std::uint32_t>(std::ranges::max_element(votes) -
                                                   votes.begin()) == t.classes[u]
                            ? 1U
                            : 0U;
        }
        CHECK(right > majority);
        const RatingsByRater by = by_rater(t.ratings);
        double best_coin = 0.0;
        double worst_other = 1.0;
        for (std::size_t r = 0; r < 12; ++r) {
            const RaterSkill skill = skill_of(t.ratings, by, model, r);
            CHECK(skill.n == by.places(r).size());
            (r >= 7 ? best_coin : worst_other) = r >= 7 ? std::max(best_coin, *skill.accuracy)
                                                        : std::min(worst_other, *skill.accuracy);
            CHECK(skill.interval->low < *skill.accuracy);
            CHECK(skill.interval->high > *skill.accuracy);
        }
        CHECK(best_coin < worst_other);
    }

    TEST_CASE("the information criterion picks the model that made the answers") {
        // Rounding raters: two parameters each suffice. Coins: one does.
        const auto rounding = dawid_skene_variants(world(3, 1500, 10, 5, 5).ratings, true, {});
        CHECK(rounding.front().confusion == Confusion::ordinal);
        CHECK(rounding.size() == 3);
        CHECK(rounding[0].bic <= rounding[1].bic);
        CHECK(dawid_skene_variants(world(3, 200, 10, 5, 2).ratings, true, {}).size() == 2);
    }

    TEST_CASE("an ordinal rater's bias is recovered") {
        Rng rng(8, 8);
        std::vector<std::uint32_t> begin{0};
        std::vector<std::uint32_t> rater;
        std::vector<double> values;
        const double bias[] = {0.0, 0.8, -0.8, 0.1, 0.0, -0.1};
        for (int u = 0; u < 1500; ++u) {
            const auto truth = static_cast<double>(rng.next_below(5));
            for (std::uint32_t r = 0; r < 6; ++r) {
                const double z = rng.next_unit();
                const double noise = 0.35 * std::log(z / (1.0 - z));
                rater.push_back(r);
                values.push_back(std::clamp(std::round(truth + bias[r] + noise), 0.0, 4.0));
            }
            begin.push_back(static_cast<std::uint32_t>(values.size()));
        }
        DawidSkeneOptions options;
        options.confusion = Confusion::ordinal;
        const DawidSkene model = dawid_skene(code_ratings(begin, rater, values), options);
        for (std::size_t r = 0; r < 6; ++r) {
            CHECK(std::fabs(model.bias[r] - bias[r]) < 0.12);
            CHECK(model.noise[r] == doctest::Approx(0.35).epsilon(0.2));
        }
    }

    TEST_CASE("the same bytes come from any number of threads") {
        const Truth t = world(4, 20000, 100, 5, 4);
        DawidSkeneOptions options;
        options.most_iterations = 5;
        const DawidSkene one = dawid_skene(t.ratings, options, Job({}, {}, 1));
        const DawidSkene many = dawid_skene(t.ratings, options, Job({}, {}, 4));
        CHECK(one.posterior == many.posterior);
        CHECK(one.table == many.table);
        CHECK(one.trace == many.trace);
    }

    TEST_CASE("little or nothing to go by is no reason to fail") {
        CHECK(dawid_skene(CodedRatings{}, {}).classes == 0);
        for (const Confusion confusion :
             {Confusion::full, Confusion::one_coin, Confusion::ordinal}) {
            DawidSkeneOptions options;
            options.confusion = confusion;
            const auto finite = [](const DawidSkene& model) {
                return std::ranges::all_of(model.posterior,
                                           [](double p) { return p >= 0.0 && p <= 1.0; }) &&
                       std::isfinite(model.log_likelihood) && std::isfinite(model.bic);
            };
            CHECK(finite(dawid_skene(from_matrix({{1.0}}), options)));
            CHECK(finite(dawid_skene(from_matrix({{1.0, 1.0}, {1.0, 1.0}}), options)));
            CHECK(finite(dawid_skene(from_matrix({{1.0, 2.0, 3.0}}), options)));
        }
        DawidSkeneOptions bad;
        bad.smoothing = 0.0;
        CHECK_THROWS_AS(dawid_skene(from_matrix({{1.0}}), bad), Error);
        std::vector<std::vector<double>> wide(1);
        for (int i = 0; i < 65; ++i) wide[0].push_back(i);
        CHECK_THROWS_AS(dawid_skene(from_matrix(wide), {}), Error);
    }
}
