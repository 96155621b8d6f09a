#include "edgewise/estimate/raters/agreement.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"
#include "support/rater_oracle.hpp"

using namespace edgewise;
using namespace edgewise::estimate;
using namespace edgewise::test;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Raters who gave these counts, in any order; slots stand for raters.
CodedRatings from_counts(const std::vector<std::vector<int>>& counts) {
    std::vector<std::uint32_t> begin{0};
    std::vector<std::uint32_t> rater;
    std::vector<double> values;
    for (const auto& unit : counts) {
        std::uint32_t slot = 0;
        for (std::size_t k = 0; k < unit.size(); ++k) {
            for (int i = 0; i < unit[k]; ++i) {
                rater.push_back(slot++);
                values.push_back(static_cast<double>(k));
            }
        }
        begin.push_back(static_cast<std::uint32_t>(values.size()));
    }
    return code_ratings(begin, rater, values);
}

std::vector<std::uint32_t> codes_of(const nlohmann::json& json) {
    std::vector<std::uint32_t> out;
    for (const auto& x : json) out.push_back(x.get<std::uint32_t>() - 1);
    return out;
}

}  // namespace

TEST_SUITE("estimate/raters/agreement") {
    TEST_CASE("kappas are those of two other programs") {
        for (const auto& c : nlohmann::json::parse(rater_oracle("agreement.json"))) {
            CAPTURE(c["id"].get<std::string>());
            const auto& in = c["input"];
            const auto& out = c["output"];
            if (in.contains("counts")) {
                const auto counts = in["counts"].get<std::vector<std::vector<int>>>();
                const auto k =
                    chance_corrected(from_counts(counts), Weighting::identity, counts[0].size());
                CHECK(std::fabs(*k.fleiss.value - out["fleiss"].get<double>()) < 1e-12);
                if (out.contains("randolph")) {
                    CHECK(std::fabs(*k.randolph.value - out["randolph"].get<double>()) < 1e-12);
                }
                continue;
            }
            const auto weights = in["weights"].is_null() ? "" : in["weights"].get<std::string>();
            const Cohen cohen = cohen_kappa(codes_of(in["a"]), codes_of(in["b"]), 5,
                                            weights == "linear"      ? Weighting::linear
                                            : weights == "quadratic" ? Weighting::quadratic
                                                                     : Weighting::identity);
            CHECK(std::fabs(*cohen.kappa.value - out["kappa"].get<double>()) < 1e-12);
            REQUIRE(cohen.kappa.interval);
            CHECK(cohen.kappa.interval->low < *cohen.kappa.value);
            CHECK(cohen.kappa.interval->high > *cohen.kappa.value);
        }
    }

    TEST_CASE("Gwet's coefficients are those worked out by hand") {
        // Two raters, 100 units: 80 both yes, 5 and 10 apart, 5 both no. pa = .85;
        // pi(yes) = .875; pe = 2 pi (1 - pi) = .21875.
        std::vector<std::vector<double>> matrix(2);
        const auto put = [&](int times, double a, double b) {
            for (int i = 0; i < times; ++i) {
                matrix[0].push_back(a);
                matrix[1].push_back(b);
            }
        };
        put(80, 1, 1);
        put(10, 1, 0);
        put(5, 0, 1);
        put(5, 0, 0);
        const auto k = chance_corrected(from_matrix(matrix), Weighting::identity, 2);
        CHECK(*k.observed == doctest::Approx(0.85));
        CHECK(*k.ac1.value == doctest::Approx((0.85 - 0.21875) / (1.0 - 0.21875)));
        CHECK(*k.ac2.value == doctest::Approx(*k.ac1.value));
        CHECK(*k.randolph.value == doctest::Approx(0.7));
        // Scott's pi, which Fleiss' kappa is for two raters: pe = .875^2 + .125^2.
        CHECK(*k.fleiss.value == doctest::Approx((0.85 - 0.78125) / (1.0 - 0.78125)));

        // Three levels, quadratic weights: credit 1, 3/4, 0.
        const auto ac2 = chance_corrected(from_matrix({{0, 1, 2, 2, 0, 1}, {0, 2, 2, 0, 0, 1}}),
                                          Weighting::quadratic, 3);
        const double agree = (4.0 + 0.75) / 6.0;
        const double p0 = 5.0 / 12.0, p1 = 3.0 / 12.0, p2 = 4.0 / 12.0;
        const double chance =
            (3.0 + 4 * 0.75) / 6.0 * (p0 * (1 - p0) + p1 * (1 - p1) + p2 * (1 - p2));
        CHECK(*ac2.ac2.value == doctest::Approx((agree - chance) / (1.0 - chance)));
    }

    TEST_CASE("a unit judged once counts for no pair") {
        const auto with = chance_corrected(
            from_matrix({{0, 1, 1, 0, kNone}, {0, 1, 0, 0, 1}, {0, 1, 1, kNone, kNone}}),
            Weighting::identity, 2);
        CHECK(with.units == 4);
        CHECK(*with.observed == doctest::Approx((1.0 + 1.0 + 1.0 / 3.0 + 1.0) / 4.0));
    }

    TEST_CASE("what is not defined says why, and is never a number") {
        const auto nobody =
            chance_corrected(from_matrix({{1, kNone}, {kNone, 2}}), Weighting::identity, 0);
        CHECK_FALSE(nobody.observed);
        CHECK_FALSE(nobody.fleiss.value);
        CHECK(nobody.ac1.why.find("two raters") != std::string::npos);
        const auto same =
            chance_corrected(from_matrix({{3, 3, 3}, {3, 3, 3}}), Weighting::linear, 0);
        CHECK(*same.observed == 1.0);
        for (const auto& c : {same.fleiss, same.randolph, same.ac1, same.ac2}) {
            CHECK_FALSE(c.value);
            CHECK(c.why.find("the same") != std::string::npos);
        }
        // Two answers were possible and one was given: Gwet and Randolph can say something.
        const auto declared =
            chance_corrected(from_matrix({{3, 3, 3}, {3, 3, 3}}), Weighting::identity, 2);
        CHECK_FALSE(declared.fleiss.value);
        CHECK(*declared.ac1.value == 1.0);
        CHECK_FALSE(cohen_kappa({}, {}, 2, Weighting::identity).kappa.value);
        const std::vector<std::uint32_t> ones(4, 1);
        CHECK_FALSE(cohen_kappa(ones, ones, 2, Weighting::identity).kappa.value);
        CHECK_THROWS_AS(cohen_kappa(ones, ones, 1, Weighting::identity), Error);
    }

    TEST_CASE("Cohen's interval covers at about its rate") {
        // Truth kappa .5 with even margins: agree with probability .75.
        int holds = 0;
        constexpr int kWorlds = 400;
        for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
            Rng rng(5, seed);
            std::vector<std::uint32_t> a(150);
            std::vector<std::uint32_t> b(150);
            for (std::size_t i = 0; i < a.size(); ++i) {
                a[i] = rng.next_unit() < 0.5 ? 0 : 1;
                b[i] = rng.next_unit() < 0.75 ? a[i] : 1 - a[i];
            }
            const auto kappa = cohen_kappa(a, b, 2, Weighting::identity).kappa;
            holds += kappa.interval->low <= 0.5 && 0.5 <= kappa.interval->high ? 1 : 0;
        }
        CHECK(holds >= 0.92 * kWorlds);
        CHECK(holds <= 0.98 * kWorlds);
    }
}
