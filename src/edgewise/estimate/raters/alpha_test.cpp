#include "edgewise/estimate/raters/alpha.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "edgewise/base/error.hpp"
#include "edgewise/base/random.hpp"
#include "edgewise/estimate/raters/difference.hpp"
#include "edgewise/estimate/raters/poisson.hpp"
#include "support/rater_oracle.hpp"

using namespace edgewise;
using namespace edgewise::estimate;
using namespace edgewise::test;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr Metric kMetrics[] = {Metric::nominal, Metric::ordinal, Metric::interval, Metric::ratio};
using Matrix = std::vector<std::vector<double>>;

Metric metric_named(const std::string& name) {
    return *std::ranges::find(kMetrics, name, [](Metric m) { return name_of(m); });
}

// By all pairs of values, as defined. NaN where it is not defined.
double by_definition(const CodedRatings& ratings, Metric metric) {
    std::vector<std::uint32_t> all;
    for (std::size_t u = 0; u < ratings.units(); ++u) {
        const auto codes = ratings.codes(u);
        if (codes.size() >= 2) all.insert(all.end(), codes.begin(), codes.end());
    }
    std::vector<double> counts(ratings.levels.size(), 0.0);
    for (const auto c : all) counts[c] += 1.0;
    const auto squared = [&](std::uint32_t a, std::uint32_t b) {
        const double x = ratings.levels[a];
        const double y = ratings.levels[b];
        switch (metric) {
            case Metric::nominal:
                return a == b ? 0.0 : 1.0;
            case Metric::interval:
                return (x - y) * (x - y);
            case Metric::ratio:
                return x + y > 0.0 ? std::pow((x - y) / (x + y), 2) : 0.0;
            case Metric::ordinal:
                break;
        }
        double between = 0.0;
        for (std::uint32_t k = std::min(a, b); k <= std::max(a, b); ++k) between += counts[k];
        return a == b ? 0.0 : std::pow(between - 0.5 * (counts[a] + counts[b]), 2);
    };
    double observed = 0.0;
    for (std::size_t u = 0; u < ratings.units(); ++u) {
        const auto codes = ratings.codes(u);
        for (const auto a : codes) {
            for (const auto b : codes) {
                if (codes.size() >= 2) {
                    observed += squared(a, b) / (static_cast<double>(codes.size()) - 1.0);
                }
            }
        }
    }
    double expected = 0.0;
    for (const auto a : all) {
        for (const auto b : all) expected += squared(a, b);
    }
    expected /= static_cast<double>(all.size()) - 1.0;
    return expected > 0.0 ? 1.0 - observed / expected : kNone;
}

Matrix random_matrix(std::uint64_t seed, std::size_t raters, std::size_t units, bool floats,
                     double missing) {
    Rng rng(7, seed);
    Matrix out(raters, std::vector<double>(units, kNone));
    std::vector<double> severity(raters);
    for (double& s : severity) s = 0.4 * next_normal(rng);
    for (std::size_t u = 0; u < units; ++u) {
        const double centre = 3.0 + next_normal(rng);
        for (std::size_t r = 0; r < raters; ++r) {
            const double x = centre + severity[r] + 0.7 * next_normal(rng);
            if (rng.next_unit() < missing) continue;
            out[r][u] = floats ? std::fabs(x) : std::clamp(std::round(x), 1.0, 5.0);
        }
    }
    return out;
}

Matrix without_rater(Matrix matrix, std::size_t r) {
    std::ranges::fill(matrix[r], kNone);
    return matrix;
}
Matrix without_unit(Matrix matrix, std::size_t u) {
    for (auto& row : matrix) row.erase(row.begin() + static_cast<std::ptrdiff_t>(u));
    return matrix;
}

}  // namespace

TEST_SUITE("estimate/raters/alpha") {
    TEST_CASE("alpha is that of two other programs on their 44 cases") {
        for (const auto& c : nlohmann::json::parse(rater_oracle("krippendorff_alpha.json"))) {
            CAPTURE(c["id"].get<std::string>());
            const auto ratings = from_matrix(matrix_of(c["input"]["matrix"]));
            const Alpha alpha =
                krippendorff_alpha(ratings, metric_named(c["input"]["level"].get<std::string>()));
            REQUIRE(alpha.value);
            CHECK(std::fabs(*alpha.value - c["output"]["alpha"].get<double>()) < 1e-9);
        }
    }

    TEST_CASE("alpha is what all pairs of values give") {
        for (const bool floats : {false, true}) {
            for (std::uint64_t seed = 0; seed < 20; ++seed) {
                const auto ratings =
                    from_matrix(random_matrix(seed, 2 + seed % 5, 5 + 3 * seed, floats, 0.3));
                for (const Metric metric : kMetrics) {
                    CAPTURE(name_of(metric));
                    const double expected = by_definition(ratings, metric);
                    const Alpha alpha = krippendorff_alpha(ratings, metric);
                    REQUIRE(alpha.value.has_value() == std::isfinite(expected));
                    if (alpha.value) CHECK(*alpha.value == doctest::Approx(expected).epsilon(1e-9));
                }
            }
        }
    }

    TEST_CASE("more than 512 distinct values on the ratio metric are summed without pairs") {
        auto matrix = random_matrix(3, 3, 400, true, 0.1);
        matrix[0][0] = 0.0;
        matrix[1][0] = 0.0;
        matrix[2][5] = 0.0;
        matrix[1][7] = 1e-6;
        matrix[2][9] = 5e5;
        const auto ratings = from_matrix(matrix);
        REQUIRE(ratings.levels.size() > 512);
        CHECK(std::fabs(*krippendorff_alpha(ratings, Metric::ratio).value -
                        by_definition(ratings, Metric::ratio)) < 1e-10);
    }

    TEST_CASE("two thousand distinct numbers by two raters need no table of value by value") {
        const auto ratings = from_matrix(random_matrix(9, 2, 2000, true, 0.0));
        REQUIRE(ratings.levels.size() == 4000);
        AlphaOptions options;
        options.replicates = 50;
        for (const Metric metric : kMetrics) {
            CAPTURE(name_of(metric));
            const Alpha alpha = krippendorff_alpha(ratings, metric);
            REQUIRE(alpha.value);
            CHECK(*alpha.value == doctest::Approx(by_definition(ratings, metric)).epsilon(1e-9));
            const AlphaErrors errors = alpha_errors(ratings, metric, options);
            CHECK(errors.unit_bootstrap.has_value() == (metric != Metric::ratio));
            CHECK(errors.bootstrap_note.empty() == errors.unit_bootstrap.has_value());
            // Without either rater nobody can be compared: there is no error over raters.
            CHECK_FALSE(errors.two_way);
            if (metric != Metric::nominal) CHECK(errors.se_unit.value_or(0.0) > 0.0);
        }
    }

    TEST_CASE("the jackknife deletes raters and units as if they had not been there") {
        for (const bool floats : {false, true}) {
            const auto matrix = random_matrix(5, 6, 30, floats, 0.45);
            const auto ratings = from_matrix(matrix);
            AlphaOptions options;
            options.replicates = 20;
            for (const Metric metric : kMetrics) {
                // With many levels ordinal ranks are held: see alpha.hpp.
                if (floats && metric == Metric::ordinal) continue;
                CAPTURE(name_of(metric));
                CAPTURE(floats);
                const AlphaErrors errors = alpha_errors(ratings, metric, options);
                double sum = 0.0;
                double squares = 0.0;
                for (std::size_t r = 0; r < matrix.size(); ++r) {
                    REQUIRE(errors.without_rater[r]);
                    const double value =
                        by_definition(from_matrix(without_rater(matrix, r)), metric);
                    CHECK(*errors.without_rater[r] == doctest::Approx(value).epsilon(1e-9));
                    sum += value;
                    squares += value * value;
                }
                CHECK(*errors.se_rater ==
                      doctest::Approx(std::sqrt(5.0 / 6.0 * (squares - sum * sum / 6.0)))
                          .epsilon(1e-6));
                sum = squares = 0.0;
                double n = 0.0;
                for (std::size_t u = 0; u < matrix[0].size(); ++u) {
                    if (ratings.codes(u).size() < 2) continue;
                    const double value =
                        by_definition(from_matrix(without_unit(matrix, u)), metric);
                    sum += value;
                    squares += value * value;
                    n += 1.0;
                }
                CHECK(*errors.se_unit ==
                      doctest::Approx(std::sqrt((n - 1.0) / n * (squares - sum * sum / n)))
                          .epsilon(1e-6));
            }
        }
    }

    TEST_CASE("held ranks err little where there are many levels") {
        const auto matrix = random_matrix(6, 8, 200, true, 0.3);
        AlphaOptions options;
        options.replicates = 20;
        const AlphaErrors errors = alpha_errors(from_matrix(matrix), Metric::ordinal, options);
        for (std::size_t r = 0; r < matrix.size(); ++r) {
            const double value =
                by_definition(from_matrix(without_rater(matrix, r)), Metric::ordinal);
            CHECK(std::fabs(*errors.without_rater[r] - value) < 0.01);
        }
    }

    TEST_CASE("a bootstrap of patterns is a bootstrap of units") {
        // The same ratings with few patterns, and with a little jitter that makes all differ.
        const auto few = random_matrix(11, 3, 300, false, 0.2);
        auto all = few;
        Rng rng(1, 1);
        for (auto& row : all) {
            for (double& x : row) x += 1e-7 * rng.next_unit();
        }
        AlphaOptions options;
        options.replicates = 4000;
        for (const Metric metric : {Metric::interval, Metric::ordinal}) {
            const AlphaErrors one = alpha_errors(from_matrix(few), metric, options);
            const AlphaErrors other = alpha_errors(from_matrix(all), metric, options);
            REQUIRE(one.unit_bootstrap);
            REQUIRE(other.unit_bootstrap);
            // With jitter ordinal ties are broken; the width stays.
            const auto width = [](const Interval& i) { return i.high - i.low; };
            CHECK(width(*one.unit_bootstrap) ==
                  doctest::Approx(width(*other.unit_bootstrap)).epsilon(0.1));
            // And the percentiles agree with the jackknife over units.
            CHECK(width(*one.unit_bootstrap) ==
                  doctest::Approx(2.0 * 1.96 * *one.se_unit).epsilon(0.12));
        }
    }

    TEST_CASE("what is not defined says why") {
        const auto why = [](const Matrix& matrix, Metric metric) {
            const auto ratings = from_matrix(matrix);
            const Alpha alpha = krippendorff_alpha(ratings, metric);
            CHECK_FALSE(alpha.value);
            const AlphaErrors errors = alpha_errors(ratings, metric, {});
            CHECK_FALSE(errors.two_way);
            CHECK_FALSE(errors.unit_bootstrap);
            return alpha.why;
        };
        for (const Metric metric : kMetrics) {
            CHECK(why({}, metric).find("two raters") != std::string::npos);
            CHECK(why({{1.0, 2.0}}, metric).find("two raters") != std::string::npos);
            CHECK(why({{1.0, kNone}, {kNone, 3.0}}, metric).find("two raters") !=
                  std::string::npos);
            CHECK(why({{2.5, 2.5, 2.5}, {2.5, 2.5, 2.5}}, metric).find("the same") !=
                  std::string::npos);
        }
        CHECK_THROWS_AS(krippendorff_alpha(from_matrix({{-1.0, 1.0}, {1.0, 2.0}}), Metric::ratio),
                        Error);
        CHECK_THROWS_AS(code_ratings(std::vector<std::uint32_t>{0, 1},
                                     std::vector<std::uint32_t>{0}, std::vector<double>{kNone}),
                        Error);
    }

    TEST_CASE("one unit and perfect agreement give no interval of no width") {
        const AlphaErrors perfect =
            alpha_errors(from_matrix({{1.0, 2.0, 3.0}, {1.0, 2.0, 3.0}}), Metric::ordinal, {});
        CHECK_FALSE(perfect.two_way);
        CHECK_FALSE(perfect.bootstrap_note.empty());
        const auto one = from_matrix({{1.0}, {2.0}, {2.0}});
        CHECK(*krippendorff_alpha(one, Metric::nominal).value ==
              doctest::Approx(by_definition(one, Metric::nominal)));
        CHECK_FALSE(alpha_errors(one, Metric::nominal, {}).two_way);
    }

    TEST_CASE("errors do not depend on the number of threads") {
        const auto ratings = from_matrix(random_matrix(4, 200, 300, false, 0.9));
        const AlphaErrors one = alpha_errors(ratings, Metric::ordinal, {}, Job({}, {}, 1));
        const AlphaErrors many = alpha_errors(ratings, Metric::ordinal, {}, Job({}, {}, 4));
        CHECK(one.unit_bootstrap->low == many.unit_bootstrap->low);
        CHECK(one.unit_bootstrap->high == many.unit_bootstrap->high);
        CHECK(*one.se_rater == *many.se_rater);
        CHECK(*one.se_unit == *many.se_unit);
        CHECK(one.without_rater == many.without_rater);
    }

    TEST_CASE("the two-way interval covers, the one over units alone does not") {
        // Raters with their own severity, drawn anew in each world; the truth is alpha of a
        // large sample of raters and units.
        const auto world = [](std::uint64_t seed, std::size_t raters, std::size_t units) {
            Rng rng(21, seed);
            Matrix out(raters, std::vector<double>(units));
            std::vector<double> severity(raters);
            for (double& s : severity) s = 0.6 * next_normal(rng);
            for (std::size_t u = 0; u < units; ++u) {
                const double centre = next_normal(rng);
                for (std::size_t r = 0; r < raters; ++r) {
                    out[r][u] = centre + severity[r] + 0.6 * next_normal(rng);
                }
            }
            return from_matrix(out);
        };
        const double truth = 1.0 / (1.0 + 0.36 + 0.36);
        AlphaOptions options;
        options.replicates = 100;
        int two_way = 0;
        int units = 0;
        constexpr int kWorlds = 200;
        for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
            const AlphaErrors errors = alpha_errors(world(seed, 8, 120), Metric::interval, options);
            const auto holds = [&](const Interval& i) { return i.low <= truth && truth <= i.high; };
            two_way += holds(*errors.two_way) ? 1 : 0;
            units += holds(*errors.unit_bootstrap) ? 1 : 0;
        }
        CHECK(two_way >= 0.89 * kWorlds);
        CHECK(units < 0.85 * kWorlds);
    }

    TEST_CASE("Poisson draws have the mean and the variance of their distribution") {
        for (const double mean : {0.3, 1.0, 7.0, 12.0, 250.0, 30000.0}) {
            CAPTURE(mean);
            Rng rng(3, 17);
            double sum = 0.0;
            double squares = 0.0;
            constexpr int kDraws = 40000;
            for (int i = 0; i < kDraws; ++i) {
                const double x = next_poisson(rng, mean) - mean;
                sum += x;
                squares += x * x;
            }
            CHECK(std::fabs(sum / kDraws) < 4.0 * std::sqrt(mean / kDraws));
            CHECK(squares / kDraws == doctest::Approx(mean).epsilon(0.05));
        }
    }
}
