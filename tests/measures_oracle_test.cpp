// Structure, norms and cognition against worked examples and other programs.

#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "edgewise/base/stats.hpp"
#include "edgewise/cognition/calibration.hpp"
#include "edgewise/cognition/information.hpp"
#include "edgewise/cognition/value_of_information.hpp"
#include "edgewise/norms/disagreement.hpp"
#include "edgewise/structure/pareto.hpp"
#include "edgewise/structure/support.hpp"

using namespace edgewise;
using nlohmann::json;

namespace {

using Row = std::vector<double>;

// Null, after a message, where the file is not there.
json oracle(const char* name) {
    const auto path = std::filesystem::path(EDGEWISE_SHARED) / "oracles" / name;
    if (!std::filesystem::exists(path)) {
        MESSAGE("skipped: no ", path.string());
        return nullptr;
    }
    std::ifstream in(path);
    return json::parse(in);
}

bool near(double a, double b, double tolerance = 1e-12) { return std::abs(a - b) <= tolerance; }

Row flat(const json& rows) {
    Row out;
    for (const auto& row : rows) {
        for (const double x : row) out.push_back(x);
    }
    return out;
}

}  // namespace

TEST_SUITE("measures against oracles") {
    TEST_CASE("front, unsupported options and support margin of the worked example") {
        const json all = oracle("pillars/oracles.json");
        if (all.is_null()) return;
        const json& expected = all["pareto"];
        Row values;
        std::vector<std::string> names;
        for (const auto& [name, point] : expected["points"].items()) {
            names.push_back(name);
            for (const double x : point) values.push_back(x);
        }
        const structure::Scores scores{values, names.size(), 2};
        const auto marked = [&](const std::vector<std::uint8_t>& mask) {
            std::vector<std::string> out;
            for (std::size_t i = 0; i < mask.size(); ++i) {
                if (mask[i] != 0) out.push_back(names[i]);
            }
            return json(out);
        };
        CHECK(marked(structure::pareto_front(scores)) == expected["nondominated"]);
        CHECK(marked(structure::unsupported(scores)) == expected["unsupported"]);
        const double margin = structure::support(scores, 2).margin;
        CHECK(near(margin, expected["support_margin_C"].get<double>()));
        CHECK(near(structure::unsupported_share(scores), 1.0 / 3.0));
    }

    TEST_CASE("fronts are those of moocore on its random sets") {
        const json all = oracle("objectives/moo_indicators.json");
        if (all.is_null()) return;
        for (const json& one : all["cases"]) {
            Row values = flat(one["points"]);
            for (double& x : values) x = -x;  // the peer minimises
            const structure::Scores scores{values, one["points"].size(), one["d"]};
            const auto front = structure::pareto_front(scores);
            for (std::size_t i = 0; i < front.size(); ++i) {
                CHECK((front[i] == 1) == (one["pareto_rank"][i] == 0));
            }
        }
    }

    TEST_CASE("a linear reward head can reverse what all voters agree on") {
        const json all = oracle("pillars/oracles.json");
        if (all.is_null()) return;
        // Both voters, linear in the features, rank option 0 over 2;
        // the fitted reward ranks 2 over 0.
        const json& expected = all["bt_linear_pareto_violation"];
        Row utilities;
        for (const auto& x : expected["X"]) {
            for (const auto& v : expected["voters"]) {
                utilities.push_back(x[0].get<double>() * v[0].get<double>() +
                                    x[1].get<double>() * v[1].get<double>());
            }
        }
        const Row reward = expected["reward"];
        const auto found = structure::pareto_violations({utilities, 4, 2}, reward);
        CHECK(found.violated >= 1);
        CHECK(structure::dominates(std::span(utilities).subspan(0, 2),
                                   std::span(utilities).subspan(4, 2)));
        CHECK(reward[2] > reward[0]);
    }

    TEST_CASE("the entropy split and its test match the worked examples") {
        const json all = oracle("pillars/oracles.json");
        if (all.is_null()) return;
        const json& expected = all["jsd"];
        const auto split = entropy_split(expected["w"].get<Row>(), flat(expected["groups"]));
        CHECK(near(split.pooled, expected["H_total"]));
        CHECK(near(split.within, expected["within"]));
        CHECK(near(split.between, expected["jsd"]));
    }

    TEST_CASE("Beta uncertainty splits as derived by hand") {
        const json all = oracle("pillars/oracles.json");
        if (all.is_null()) return;
        for (const auto& [key, expected] : all["beta_decomp"].items()) {
            double a = 0.0;
            double b = 0.0;
            REQUIRE(std::sscanf(key.c_str(), "(%lf, %lf)", &a, &b) == 2);
            const auto split = cognition::beta_split(a, b);
            CHECK(near(split.total, expected[0]));
            CHECK(near(split.aleatoric, expected[1]));
            CHECK(near(split.epistemic, expected[2]));
        }
    }

    TEST_CASE("perfect and sample information match the worked example") {
        const json all = oracle("pillars/oracles.json");
        if (all.is_null()) return;
        const json& expected = all["evpi"];
        const std::size_t options = expected["U"].size();
        Row values(2 * options);  // state x option
        for (std::size_t o = 0; o < options; ++o) {
            for (std::size_t s = 0; s < 2; ++s) values[s * options + o] = expected["U"][o][s];
        }
        const cognition::StateUtilities utilities{values, 2, options};
        const Row p = expected["p"];
        const auto perfect = cognition::perfect_information(utilities, p);
        CHECK(near(perfect.evpi, expected["EVPI"]));
        CHECK(perfect.best == 2);
        CHECK(near(perfect.expected, expected["EU"][2]));
        for (const auto& [accuracy, worth] : expected["EVSI"].items()) {
            const double a = std::stod(accuracy);
            const Row likelihood{a, 1 - a, 1 - a, a};
            CHECK(near(cognition::sample_information(utilities, p, likelihood), worth, 1e-9));
        }
    }

    TEST_CASE("selective risk matches the worked example") {
        const json all = oracle("pillars/oracles.json");
        if (all.is_null()) return;
        const json& expected = all["aurc"];
        const auto risk =
            cognition::selective_risk(expected["conf"].get<Row>(), expected["err"].get<Row>());
        CHECK(near(risk.aurc, expected["aurc"]));
        CHECK(near(risk.aurc - risk.e_aurc, expected["oracle"]));
        CHECK(near(risk.augrc, expected["augrc"]));
        CHECK(near(risk.risk, 0.5));
    }

    TEST_CASE("selective risk, ECE and Brier score of 200 cases match the peer's") {
        const json all = oracle("prefmodels/uncertainty.json");
        if (all.is_null()) return;
        for (const json& one : all) {
            if (one["id"] != "selective_200") continue;
            Row confidence = one["input"]["uncertainty"];
            for (double& x : confidence) x = 1.0 - x;
            Row loss;
            std::vector<std::uint8_t> outcome;
            for (const double correct : one["input"]["correct"]) {
                loss.push_back(1.0 - correct);
                outcome.push_back(correct > 0.5 ? 1 : 0);
            }
            const json& expected = one["output"];
            const auto risk = cognition::selective_risk(confidence, loss);
            CHECK(near(risk.aurc, expected["aurc"], 1e-10));
            CHECK(near(risk.e_aurc, expected["e_aurc"], 1e-10));
            const auto ece = cognition::expected_calibration_error(confidence, outcome, 10);
            CHECK(near(ece.expected, expected["ece10"], 1e-10));
            CHECK(
                near(cognition::murphy_split(confidence, outcome).brier, expected["brier"], 1e-10));
        }
    }

    TEST_CASE("Murphy's split matches the worked example") {
        const json all = oracle("pillars/oracles.json");
        if (all.is_null()) return;
        // Ten cases each at forecasts .2, .5, .9, of which 1, 5 and 8 happened: these give all five
        // published values.
        Row forecasts;
        std::vector<std::uint8_t> outcomes;
        const std::array<std::pair<double, int>, 3> bins{{{0.2, 1}, {0.5, 5}, {0.9, 8}}};
        for (const auto& [forecast, happened] : bins) {
            for (int i = 0; i < 10; ++i) {
                forecasts.push_back(forecast);
                outcomes.push_back(i < happened ? 1 : 0);
            }
        }
        const json& expected = all["brier"];
        const auto split = cognition::murphy_split(forecasts, outcomes);
        CHECK(near(split.brier, expected["BS"]));
        CHECK(near(split.reliability, expected["REL"]));
        CHECK(near(split.resolution, expected["RES"]));
        CHECK(near(split.uncertainty, expected["UNC"]));
        const auto ece = cognition::expected_calibration_error(forecasts, outcomes, 10);
        CHECK(near(ece.expected, expected["ECE"]));
    }
}
