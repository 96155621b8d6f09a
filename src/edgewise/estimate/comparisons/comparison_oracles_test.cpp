// Bradley-Terry and its ties against choix, scipy and R (../shared/oracles/prefmodels).

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "../../../../tests/support/contests.hpp"
#include "edgewise/estimate/comparisons/comparison_graph.hpp"
#include "edgewise/estimate/comparisons/strength_errors.hpp"

using namespace edgewise;
using namespace edgewise::estimate;
using namespace edgewise::test;
using nlohmann::json;

namespace {

json oracle(const char* name) {
    const auto path = std::filesystem::path(EDGEWISE_SHARED) / "oracles/prefmodels" / name;
    if (!std::filesystem::exists(path)) {
        MESSAGE("skipped: no ", path.string());
        return nullptr;
    }
    std::ifstream in(path);
    return json::parse(in);
}

// One row a comparison (fractions become weights), each by a rater of its own.
Contests rows_of(const Counts& wins, const Counts& ties = {}) {
    Contests out;
    const auto add = [&](std::size_t i, std::size_t j, Outcome outcome, double count) {
        for (; count > 0.0; count -= 1.0) {
            out.first.push_back(static_cast<std::uint32_t>(i));
            out.second.push_back(static_cast<std::uint32_t>(j));
            out.outcome.push_back(outcome);
            out.weight.push_back(static_cast<float>(std::min(1.0, count)));
            out.rater.push_back(static_cast<Id>(out.rater.size()));
            out.case_.push_back(0);
        }
    };
    for (std::size_t i = 0; i < wins.size(); ++i) {
        out.contender.push_back(std::to_string(i));
        for (std::size_t j = 0; j < wins.size(); ++j) {
            add(i, j, Outcome::first, wins[i][j]);
            if (!ties.empty() && i < j) add(i, j, Outcome::tie, ties[i][j]);
        }
    }
    return out;
}

Counts wins_of(const json& input) {
    if (!input.value("wins", json()).is_null()) return input["wins"].get<Counts>();
    const std::size_t n = input["n"];
    Counts out(n, std::vector<double>(n, 0.0));
    for (const auto& cell : input["wins_sparse"]) out[cell[0]][cell[1]] = cell[2];
    return out;
}

}  // namespace

TEST_SUITE("estimate/comparison_oracles") {
    TEST_CASE("strengths, errors and likelihood are those of an exact Newton fit and of choix") {
        const json entries = oracle("bradley_terry.json");
        if (entries.is_null()) return;
        int compared = 0;
        for (const auto& entry : entries) {
            const std::string id = entry["id"];
            if (!entry["output"].contains("theta_centered")) continue;
            CAPTURE(id);
            const double tolerance = entry["tol"];
            const auto& expected = entry["output"];
            const Counts wins = wins_of(entry["input"]);
            const PairCounts pairs = pairs_of(wins);
            const BradleyTerryFit fit = fit_bradley_terry(pairs, {}, Job());
            CHECK(fit.converged);
            CHECK(furthest(fit.theta, expected["theta_centered"]) < tolerance);
            CHECK(std::abs(fit.log_likelihood - expected["loglik"].get<double>()) < 1e-6);
            const Covariance errors =
                covariance(rows_of(wins), pairs, fit, {}, estimate::ErrorKind::fisher, Job());
            CHECK(furthest(errors.se, expected["se_centered"]) < tolerance);
            const BradleyTerryFit map =
                fit_bradley_terry(pairs, {.prior_sd = std::sqrt(10.0)}, Job());
            CHECK(furthest(map.theta, expected["theta_l2_0.1"]) < tolerance);
            ++compared;
        }
        CHECK(compared == 6);
    }

    TEST_CASE("two components are told apart") {
        const json entries = oracle("bradley_terry.json");
        if (entries.is_null()) return;
        for (const auto& entry : entries) {
            if (entry["id"] != "two_components") continue;
            const BradleyTerryFit fit =
                fit_bradley_terry(pairs_of(wins_of(entry["input"])), {}, Job());
            CHECK(fit.components == entry["output"]["n_components"]);
            CHECK(fit.theta[0] == doctest::Approx(0.5 * std::log(3.0 / 2.0)));
            CHECK(fit.theta[3] == doctest::Approx(0.5 * std::log(4.0)));
            CHECK(fit.note.find("2 pieces") != std::string::npos);
        }
    }

    TEST_CASE("tie models agree with scipy") {
        const json entries = oracle("bt_ties.json");
        if (entries.is_null()) return;
        for (const auto& entry : entries) {
            const std::string id = entry["id"];
            CAPTURE(id);
            const auto& input = entry["input"];
            const bool davidson = input["model"] == "davidson";
            const BradleyTerryFit fit = fit_bradley_terry(
                pairs_of(input["wins"], input["ties"]),
                {.ties = davidson ? TieModel::davidson : TieModel::rao_kupper}, Job());
            const double tolerance = entry["tol"];
            const auto& expected = entry["output"];
            CHECK(fit.converged);
            CHECK(furthest(fit.theta, expected["theta_centered"]) < tolerance);
            CHECK(std::abs(fit.tie_parameter - expected["nu"].get<double>()) < tolerance);
            // The reference stops a little short of the maximum; it may not lie above it.
            const double above = fit.log_likelihood - expected["loglik"].get<double>();
            CHECK(above > -1e-8);
            CHECK(above < 1e-6);
        }
    }

    TEST_CASE("davidson agrees with R psychotools") {
        const json models = oracle("bt_ties_R.json");
        const json inputs = oracle("bt_ties.json");
        if (models.is_null() || inputs.is_null()) return;
        int compared = 0;
        for (const auto& [name, model] : models.items()) {
            for (const auto& entry : inputs) {
                const std::string id = entry["id"];
                // All entries of one name have the same counts.
                if (id.substr(0, id.find('/')) != name) continue;
                CAPTURE(id);
                const auto& input = entry["input"];
                const BradleyTerryFit fit = fit_bradley_terry(
                    pairs_of(input["wins"], input["ties"]), {.ties = TieModel::davidson}, Job());
                const std::size_t last = fit.theta.size() - 1;
                for (std::size_t i = 0; i < last; ++i) {
                    const double expected = model["coef"]["m" + std::to_string(i + 1)];
                    CHECK(std::abs(fit.theta[i] - fit.theta[last] - expected) < 2e-5);
                }
                // Its "(undecided)" is the logarithm of nu.
                const double undecided = model["coef"]["(undecided)"];
                CHECK(std::abs(std::log(fit.tie_parameter) - undecided) < 2e-5);
                CHECK(std::abs(fit.log_likelihood - model["loglik"].get<double>()) < 1e-6);
                ++compared;
                break;
            }
        }
        CHECK(compared == 4);
    }

    TEST_CASE("six lopsided items agree with R") {
        const json r = oracle("bt_R_six_lopsided.json");
        const json variants = oracle("bt_variants.json");
        if (r.is_null() || variants.is_null()) return;
        const Counts wins = variants[0]["input"]["wins"];
        const PairCounts pairs = pairs_of(wins);
        const BradleyTerryFit fit = fit_bradley_terry(pairs, {}, Job());
        const Covariance errors =
            covariance(rows_of(wins), pairs, fit, {}, estimate::ErrorKind::fisher, Job());
        for (std::size_t i = 0; i < wins.size(); ++i) {
            CHECK(std::abs(fit.theta[i] - fit.theta[0] - r["abilities"][i].get<double>()) < 1e-6);
            // R gives the error of the difference from the first.
            const std::size_t n = wins.size();
            const double variance =
                errors.values[0] + errors.values[i * n + i] - 2.0 * errors.values[i];
            CHECK(std::abs(std::sqrt(std::max(0.0, variance)) - r["se"][i].get<double>()) < 1e-6);
        }
    }

    TEST_CASE("the sandwich of single comparisons is that of arena-rank") {
        const json variants = oracle("bt_variants.json");
        if (variants.is_null()) return;
        for (const auto& entry : variants) {
            const std::string id = entry["id"];
            if (id.find("sandwich") == std::string::npos) continue;
            const Contests contests = rows_of(entry["input"]["wins"], entry["input"]["ties"]);
            const PairCounts pairs = count_pairs(contests, {}, Job());
            const BradleyTerryOptions options{.ties = TieModel::half};
            const BradleyTerryFit fit = fit_bradley_terry(pairs, options, Job());
            CHECK(furthest(fit.theta, entry["output"]["theta_centered"]) < 1e-7);
            Covariance errors = covariance(contests, pairs, fit, options,
                                           estimate::ErrorKind::sandwich_rater, Job());
            const auto g = static_cast<double>(errors.clusters);
            for (double& se : errors.se) se *= std::sqrt((g - 1.0) / g);  // it corrects nothing
            CHECK(furthest(errors.se, entry["output"]["se"]) < 1e-7);
        }
    }
}
