#include "edgewise/base/distributions.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"

using namespace edgewise;

namespace {
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
}  // namespace

TEST_SUITE("base/distributions") {
    // Published constants: Abramowitz and Stegun (1964) tables 6.1, 6.3, 26.1, 26.8, and closed
    // forms where they exist.
    TEST_CASE("distribution functions have their known values") {
        const auto near = [](double value) { return doctest::Approx(value).epsilon(1e-13); };
        CHECK(normal_quantile(0.975) == near(1.959963984540054));
        CHECK(normal_cdf(1.959963984540054) == near(0.975));
        CHECK(normal_cdf(0.0) == 0.5);
        CHECK(normal_sf(10.0) == doctest::Approx(7.619853024160527e-24).epsilon(1e-12));
        CHECK(student_t_quantile(0.975, 1.0) == near(std::tan(M_PI * 0.475)));
        CHECK(student_t_cdf(1.0, 1.0) == near(0.75));
        CHECK(chi_squared_sf(3.0, 2.0) == near(std::exp(-1.5)));
        CHECK(chi_squared_sf(3.841458820694124, 1.0) == near(0.05));
        CHECK(chi_squared_quantile(0.5, 2.0) == near(2.0 * std::log(2.0)));
        CHECK(beta_cdf(0.3, 1.0, 4.0) == near(1.0 - std::pow(0.7, 4)));
        CHECK(beta_quantile(0.5, 1.0, 1.0) == near(0.5));
        CHECK(log_gamma(0.5) == near(0.5 * std::log(M_PI)));
        CHECK(log_gamma(11.0) == near(std::log(3628800.0)));
        CHECK(digamma(1.0) == near(-0.5772156649015329));
        CHECK(trigamma(1.0) == near(M_PI * M_PI / 6.0));
        CHECK(log_beta(2.0, 3.0) == near(std::log(1.0 / 12.0)));
    }
    TEST_CASE("quantiles invert distribution functions and rise with p") {
        Rng rng(31, 0);
        for (int i = 0; i < 2000; ++i) {
            const double p = 1e-6 + (1.0 - 2e-6) * rng.next_unit();
            const double a = std::exp(6.0 * rng.next_unit() - 2.0);
            const double b = std::exp(6.0 * rng.next_unit() - 2.0);
            const auto near = [](double value) { return doctest::Approx(value).epsilon(1e-9); };
            REQUIRE(normal_cdf(normal_quantile(p)) == near(p));
            REQUIRE(student_t_cdf(student_t_quantile(p, a), a) == near(p));
            REQUIRE(chi_squared_sf(chi_squared_quantile(p, a), a) == near(1.0 - p));
            const double x = beta_quantile(p, a, b);
            REQUIRE(beta_quantile(std::min(1.0, p + 1e-3), a, b) >= x);
            // Nearer to 1, x has no digits left to tell p by.
            if (x > 1e-12 && x < 0.9999) REQUIRE(beta_cdf(x, a, b) == near(p));
            REQUIRE(
                digamma(a) ==
                doctest::Approx((log_gamma(a + 1e-5) - log_gamma(a - 1e-5)) / 2e-5).epsilon(1e-4));
        }
    }
    TEST_CASE("the ends of the range are exact") {
        CHECK(normal_quantile(0.0) == -kInfinity);
        CHECK(normal_quantile(1.0) == kInfinity);
        CHECK(normal_cdf(-kInfinity) == 0.0);
        CHECK(normal_sf(-kInfinity) == 1.0);
        CHECK(normal_sf(60.0) == 0.0);
        CHECK(student_t_cdf(kInfinity, 3.0) == 1.0);
        CHECK(student_t_quantile(0.0, 3.0) == -kInfinity);
        CHECK(chi_squared_sf(0.0, 3.0) == 1.0);
        CHECK(chi_squared_sf(5.0, 0.0) == 1.0);
        CHECK(chi_squared_sf(kInfinity, 3.0) == 0.0);
        CHECK(chi_squared_quantile(1.0, 3.0) == kInfinity);
        CHECK(beta_cdf(0.0, 2.0, 2.0) == 0.0);
        CHECK(beta_cdf(1.0, 2.0, 2.0) == 1.0);
        CHECK(beta_quantile(0.0, 2.0, 2.0) == 0.0);
        CHECK(beta_quantile(1.0, 2.0, 2.0) == 1.0);
    }
    TEST_CASE("NaN and values out of range are refused with the parameter's name") {
        CHECK_THROWS_WITH_AS(normal_quantile(1.5),
                             "field \"p\": expected a probability from 0 to 1", Error);
        CHECK_THROWS_AS(normal_cdf(kNan), Error);
        CHECK_THROWS_AS(normal_quantile(kNan), Error);
        CHECK_THROWS_AS(student_t_cdf(0.0, 0.0), Error);
        CHECK_THROWS_AS(chi_squared_sf(-1.0, 2.0), Error);
        CHECK_THROWS_AS(chi_squared_sf(1.0, kNan), Error);
        CHECK_THROWS_AS(beta_cdf(0.5, 0.0, 1.0), Error);
        CHECK_THROWS_AS(beta_quantile(0.5, 1.0, kInfinity), Error);
        for (const auto function : {log_gamma, digamma, trigamma}) {
            for (const double bad : {0.0, -1.0, kNan, kInfinity}) {
                CHECK_THROWS_AS(function(bad), Error);
            }
        }
    }
}
