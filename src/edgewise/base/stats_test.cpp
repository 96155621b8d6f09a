#include "edgewise/base/stats.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"

using namespace edgewise;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Independent expected values, or null (with a message) where they do not lie beside the checkout.
nlohmann::json oracle(const std::string& name) {
    const auto path = std::filesystem::path(EDGEWISE_SHARED) / "oracles" / name;
    if (!std::filesystem::exists(path)) {
        MESSAGE("skipped: no ", path.string());
        return nullptr;
    }
    std::ifstream in(path);
    return nlohmann::json::parse(in);
}

bool close(double value, double expected, double tolerance) {
    return std::abs(value - expected) <= tolerance * std::max(1e-3, std::abs(expected));
}

using Adjust = std::vector<double> (*)(std::span<const double>);
constexpr std::pair<const char*, Adjust> kAdjustments[] = {
    {"multipletests/bonferroni", bonferroni},
    {"multipletests/sidak", sidak},
    {"multipletests/holm", holm},
    {"multipletests/fdr_bh", benjamini_hochberg},
    {"multipletests/fdr_by", benjamini_yekutieli},
};

std::vector<double> random_values(Rng& rng, std::size_t n) {
    std::vector<double> out(n);
    // Squares crowd towards 0 as p-values of true effects do; every fifth value repeats.
    for (std::size_t i = 0; i < n; ++i) {
        const double unit = rng.next_unit();
        out[i] = i % 5 == 4 ? out[i - 2] : unit * unit;
    }
    return out;
}

}  // namespace

TEST_SUITE("base/stats") {
    TEST_CASE("intervals, adjustments and tests agree with statsmodels and scipy") {
        const nlohmann::json entries = oracle("prefmodels/stats.json");
        if (entries.is_null()) return;
        int compared = 0;
        for (const auto& entry : entries) {
            const std::string id = entry["id"];
            const double tolerance = entry["tol"];
            const auto& input = entry["input"];
            const auto& output = entry["output"];
            CAPTURE(id);
            for (const auto& [name, adjust] : kAdjustments) {
                if (id != name) continue;
                const auto adjusted = adjust(input["p"].get<std::vector<double>>());
                const auto expected = output["adjusted"].get<std::vector<double>>();
                REQUIRE(adjusted.size() == expected.size());
                for (std::size_t i = 0; i < expected.size(); ++i) {
                    CHECK(close(adjusted[i], expected[i], tolerance));
                }
                ++compared;
            }
            if (id.starts_with("binom_ci/")) {
                const Interval exact = clopper_pearson(input["k"], input["n"], input["conf"]);
                const Interval score = wilson(input["k"], input["n"], input["conf"]);
                for (const auto& [name, interval] : {std::pair{"beta", exact}, {"wilson", score}}) {
                    CHECK(close(interval.low, output[name][0], tolerance));
                    CHECK(close(interval.high, output[name][1], tolerance));
                }
                ++compared;
            } else if (id == "newcombe_diff") {
                const Interval interval =
                    newcombe_difference(input["k1"], input["n1"], input["k2"], input["n2"]);
                CHECK(close(interval.low, output["ci"][0], tolerance));
                CHECK(close(interval.high, output["ci"][1], tolerance));
                ++compared;
            } else if (id == "fisher") {
                const auto& t = input["table"];
                CHECK(close(fisher_exact(t[0][0], t[0][1], t[1][0], t[1][1]), output["p"],
                            tolerance));
                ++compared;
            } else if (id == "chi2") {
                std::vector<double> counts;
                for (const auto& row : input["table"]) {
                    for (const auto& cell : row) counts.push_back(cell);
                }
                const TableTest test = chi_squared_test(counts, input["table"][0].size());
                CHECK(close(test.statistic, output["stat"], tolerance));
                CHECK(close(test.p, output["p"], tolerance));
                ++compared;
            }
        }
        CHECK(compared >= 9);
    }
    TEST_CASE("binomial intervals agree with an independent table from n = 1 to 29956") {
        const nlohmann::json table = oracle("governance/stats_binomial_intervals.json");
        if (table.is_null()) return;
        const double tolerance = table["rel_tol"];
        CHECK(table["cases"].size() > 100);
        for (const auto& row : table["cases"]) {
            const double alpha = row["alpha"];
            const std::uint64_t k = row["k"];
            const std::uint64_t n = row["n"];
            CAPTURE(k);
            CAPTURE(n);
            const auto same = [&](double value, double expected) {
                return std::abs(value - expected) <= tolerance * std::abs(expected) + 1e-15;
            };
            const Interval exact = clopper_pearson(k, n, 1.0 - alpha);
            CHECK(same(exact.low, row["clopper_pearson"][0]));
            CHECK(same(exact.high, row["clopper_pearson"][1]));
            const Interval score = wilson(k, n, 1.0 - alpha);
            CHECK(same(score.low, row["wilson"][0]));
            CHECK(same(score.high, row["wilson"][1]));
            // A one-sided bound is the end of the interval with twice the tail.
            const Interval wide = clopper_pearson(k, n, 1.0 - 2.0 * alpha);
            CHECK(same(wide.high, row["cp_upper_one_sided"]));
            CHECK(same(wide.low, row["cp_lower_one_sided"]));
        }
    }
    TEST_CASE("an interval holds its rate, widens with confidence and mirrors under relabelling") {
        Rng rng(11, 0);
        for (int i = 0; i < 1000; ++i) {
            const std::uint64_t n = 1 + rng.next_below(300);
            const std::uint64_t k = rng.next_below(n + 1);
            const double rate = static_cast<double>(k) / static_cast<double>(n);
            for (const auto make : {clopper_pearson, wilson}) {
                const Interval narrow = make(k, n, 0.8);
                const Interval wide = make(k, n, 0.99);
                CHECK(narrow.low <= rate);
                CHECK(rate <= narrow.high);
                CHECK(wide.low <= narrow.low);
                CHECK(narrow.high <= wide.high);
                CHECK(make(n - k, n, 0.8).low == doctest::Approx(1.0 - narrow.high).epsilon(1e-9));
            }
        }
    }
    TEST_CASE("no trials say nothing, and impossible counts are refused") {
        CHECK(clopper_pearson(0, 0) == Interval{.low = 0.0, .high = 1.0});
        CHECK(wilson(0, 0) == Interval{.low = 0.0, .high = 1.0});
        CHECK(newcombe_difference(0, 0, 3, 4) == Interval{.low = -1.0, .high = 1.0});
        CHECK(clopper_pearson(0, 9).low == 0.0);
        CHECK(clopper_pearson(9, 9).high == 1.0);
        CHECK(wilson(9, 9).high == 1.0);
        CHECK_THROWS_WITH_AS(clopper_pearson(5, 4),
                             "field \"successes\": expected at most as many as trials", Error);
        for (const double confidence : {0.0, 1.0, -1.0, kNan}) {
            CHECK_THROWS_AS(wilson(1, 2, confidence), Error);
        }
    }
    TEST_CASE("Fisher's p is a sum of table probabilities, whatever way the table is turned") {
        // All tables with the same margins: their p-values never fall as probability rises, and the
        // likeliest table has p = 1.
        Rng rng(12, 0);
        for (int i = 0; i < 300; ++i) {
            const std::uint64_t a = rng.next_below(20), b = rng.next_below(20);
            const std::uint64_t c = rng.next_below(20), d = rng.next_below(20);
            const double p = fisher_exact(a, b, c, d);
            CHECK(p > 0.0);
            CHECK(p <= 1.0);
            for (const double turned :
                 {fisher_exact(b, a, d, c), fisher_exact(c, d, a, b), fisher_exact(a, c, b, d)}) {
                CHECK(turned == doctest::Approx(p).epsilon(1e-10));
            }
        }
        CHECK(fisher_exact(10, 10, 10, 10) == 1.0);
        CHECK(fisher_exact(3, 0, 0, 3) == doctest::Approx(0.1).epsilon(1e-12));  // 2 / C(6, 3)
        CHECK(fisher_exact(0, 0, 4, 7) == 1.0);
        CHECK(fisher_exact(0, 0, 0, 0) == 1.0);
    }
    TEST_CASE("Fisher's p stays in reach at counts whose factorials do not fit a double") {
        const double apart = fisher_exact(400'000, 100'000, 100'000, 400'000);
        CHECK(apart > 0.0);
        CHECK(apart < 1e-300);
        const TableTest chi =
            chi_squared_test(std::vector<double>{50'200, 49'800, 49'900, 50'100}, 2);
        CHECK(fisher_exact(50'200, 49'800, 49'900, 50'100) == doctest::Approx(chi.p).epsilon(0.02));
    }
    TEST_CASE("G is twice N times the divergence of the rows, and X2 follows it") {
        Rng rng(13, 0);
        for (int i = 0; i < 500; ++i) {
            const std::size_t rows = 2 + rng.next_below(4);
            const std::size_t columns = 2 + rng.next_below(4);
            std::vector<double> counts(rows * columns);
            for (double& count : counts) count = static_cast<double>(1 + rng.next_below(30));
            std::vector<double> totals(rows);
            for (std::size_t cell = 0; cell < counts.size(); ++cell) {
                totals[cell / columns] += counts[cell];
            }
            const double n = std::accumulate(totals.begin(), totals.end(), 0.0);
            const TableTest g = g_test(counts, columns);
            CHECK(g.statistic ==
                  doctest::Approx(2.0 * n * jensen_shannon(totals, counts)).epsilon(1e-11));
            CHECK(g.df == static_cast<double>((rows - 1) * (columns - 1)));
            CHECK(g.least_expected > 0.0);
        }
    }
    TEST_CASE("empty rows and columns change nothing, and one row is no comparison") {
        const std::vector<double> plain{20, 15, 5, 10, 20, 12};
        const std::vector<double> padded{20, 0, 15, 5, 0, 0, 0, 0, 10, 0, 20, 12};
        for (const auto test : {chi_squared_test, g_test}) {
            CHECK(test(padded, 4).statistic == doctest::Approx(test(plain, 3).statistic));
            CHECK(test(padded, 4).df == 2.0);
            CHECK(test(std::vector<double>{3, 4, 5}, 3).p == 1.0);
            CHECK(test(std::vector<double>{3, 4, 5}, 3).df == 0.0);
            CHECK(test(std::vector<double>{0, 0, 0, 0}, 2).p == 1.0);
            CHECK(test(std::vector<double>{7, 7, 7, 7}, 2).statistic == 0.0);
            CHECK_THROWS_AS(test(std::vector<double>{1, 2, 3}, 2), Error);
            CHECK_THROWS_AS(test(std::vector<double>{}, 2), Error);
            CHECK_THROWS_AS(test(std::vector<double>{1, -2, 3, 4}, 2), Error);
            CHECK_THROWS_AS(test(std::vector<double>{1, kNan, 3, 4}, 2), Error);
        }
    }
    TEST_CASE("adjusting never makes a p smaller, keeps its order and treats equals equally") {
        Rng rng(14, 0);
        for (int round = 0; round < 200; ++round) {
            const std::vector<double> p = random_values(rng, 1 + rng.next_below(40));
            for (const auto& [name, adjust] : kAdjustments) {
                CAPTURE(name);
                const std::vector<double> adjusted = adjust(p);
                for (std::size_t i = 0; i < p.size(); ++i) {
                    REQUIRE(adjusted[i] >= p[i]);
                    REQUIRE(adjusted[i] <= 1.0);
                    for (std::size_t j = 0; j < p.size(); ++j) {
                        if (p[i] == p[j]) REQUIRE(adjusted[i] == adjusted[j]);
                        if (p[i] < p[j]) REQUIRE(adjusted[i] <= adjusted[j]);
                    }
                }
            }
            const auto bh = benjamini_hochberg(p), by = benjamini_yekutieli(p);
            const auto step_down = holm(p), single = bonferroni(p);
            for (std::size_t i = 0; i < p.size(); ++i) {
                REQUIRE(bh[i] <= by[i]);
                REQUIRE(bh[i] <= step_down[i] * (1.0 + 1e-15));
                REQUIRE(step_down[i] <= single[i]);
            }
        }
    }
    TEST_CASE("a single p stays as it is, an empty list stays empty, NaN is refused") {
        for (const auto& [name, adjust] : kAdjustments) {
            CAPTURE(name);
            CHECK(adjust({}).empty());
            CHECK(adjust(std::vector<double>{0.3})[0] == doctest::Approx(0.3).epsilon(1e-15));
            CHECK(adjust(std::vector<double>{0.0, 1.0}) == std::vector<double>{0.0, 1.0});
            for (const double bad : {kNan, -1e-9, 1.1}) {
                CHECK_THROWS_AS(adjust(std::vector<double>{0.1, bad}), Error);
            }
        }
    }
    TEST_CASE("a permutation p counts the observed arrangement and its ties") {
        CHECK(permutation_p_value(1.0, {}) == 1.0);
        CHECK(permutation_p_value(5.0, std::vector<double>{1, 2, 3}) == 0.25);
        CHECK(permutation_p_value(2.0, std::vector<double>{1, 2, 3}) == 0.75);
        CHECK(permutation_p_value(0.3, std::vector<double>{0.1 + 0.2, 0.3 * (1.0 - 1e-15)}) == 1.0);
        CHECK(permutation_p_value(kInfinity, std::vector<double>{1, kInfinity}) == 2.0 / 3.0);
        CHECK_THROWS_AS(permutation_p_value(kNan, {}), Error);
        CHECK_THROWS_AS(permutation_p_value(1.0, std::vector<double>{kNan}), Error);
    }
    TEST_CASE("quantiles follow type 7 and do not depend on the order of the values") {
        // R: quantile(c(1, 2, 4, 8), c(0, .1, .5, .9, 1)) -> 1.0 1.3 3.0 6.8 8.0
        const std::vector<double> values{8, 1, 4, 2};
        const double expected[][2] = {{0.0, 1.0}, {0.1, 1.3}, {0.5, 3.0}, {0.9, 6.8}, {1.0, 8.0}};
        for (const auto& [p, q] : expected) CHECK(quantile(values, p) == doctest::Approx(q));
        CHECK(quantile(std::vector<double>{7}, 0.3) == 7.0);
        CHECK(quantile(std::vector<double>{-kInfinity, 1, kInfinity}, 0.5) == 1.0);
        CHECK_THROWS_AS(quantile({}, 0.5), Error);
        CHECK_THROWS_AS(quantile(values, kNan), Error);
        CHECK_THROWS_AS(quantile(std::vector<double>{1, kNan}, 0.5), Error);

        Rng rng(15, 0);
        for (int round = 0; round < 200; ++round) {
            std::vector<double> mixed = random_values(rng, 1 + rng.next_below(50));
            std::vector<double> sorted = mixed;
            std::ranges::sort(sorted);
            double last = sorted.front();
            for (int i = 0; i <= 20; ++i) {
                const double q = quantile(mixed, i / 20.0);
                REQUIRE(q == quantile_sorted(sorted, i / 20.0));
                REQUIRE(q >= last);
                last = q;
            }
        }
    }
    TEST_CASE("sums keep what plain addition loses") {
        std::vector<double> values(1'000'000, 0.1);
        const double plain = std::accumulate(values.begin(), values.end(), 0.0);
        CHECK(std::abs(pairwise_sum(values) - 100'000.0) < 1e-9);
        CHECK(std::abs(plain - 100'000.0) > 1e-7);
        CompensatedSum sum;
        for (const double value : {1e16, 1.0, -1e16}) sum.add(value);
        CHECK(sum.value() == 1.0);
        CompensatedSum rest;
        rest.add(1e-9);
        sum.merge(rest);
        CHECK(sum.value() == 1.0 + 1e-9);
        CHECK(pairwise_sum({}) == 0.0);
        CHECK(std::isinf(pairwise_sum(std::vector<double>{1.0, kInfinity})));
    }
}
