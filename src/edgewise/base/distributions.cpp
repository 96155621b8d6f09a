#include "edgewise/base/distributions.hpp"

#include <cmath>
#include <limits>
#include <string>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include "edgewise/base/error.hpp"

namespace edgewise {
namespace {

namespace bm = boost::math;

// No promotion to long double: twice as fast, and the same bits wherever doubles are IEEE. Tails
// that leave the range of a double are 0 or infinity, not exceptions.
using Policy =
    bm::policies::policy<bm::policies::promote_double<false>, bm::policies::promote_float<false>,
                         bm::policies::overflow_error<bm::policies::ignore_error>,
                         bm::policies::underflow_error<bm::policies::ignore_error>,
                         bm::policies::discrete_quantile<bm::policies::real>>;
constexpr Policy kPolicy{};
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// `holds` is written so that NaN makes it false.
void require(bool holds, const char* parameter, const char* expected) {
    if (!holds) [[unlikely]] {
        throw Error(ErrorCode::invalid_argument, std::string("expected ") + expected, parameter);
    }
}

void require_probability(double p) {
    require(p >= 0.0 && p <= 1.0, "p", "a probability from 0 to 1");
}
void require_positive(double x, const char* parameter) {
    require(x > 0.0 && x < kInfinity, parameter, "a finite number above 0");
}

}  // namespace

double normal_cdf(double z) { return normal_sf(-z); }

double normal_sf(double z) {
    require(!std::isnan(z), "z", "a number");
    return 0.5 * bm::erfc(z / std::sqrt(2.0), kPolicy);
}

double normal_quantile(double p) {
    require_probability(p);
    if (p == 0.0) return -kInfinity;
    if (p == 1.0) return kInfinity;
    return -std::sqrt(2.0) * bm::erfc_inv(2.0 * p, kPolicy);
}

double student_t_cdf(double t, double df) {
    require(!std::isnan(t), "t", "a number");
    require_positive(df, "df");
    if (std::isinf(t)) return t > 0.0 ? 1.0 : 0.0;
    return bm::cdf(bm::students_t_distribution<double, Policy>(df), t);
}

double student_t_quantile(double p, double df) {
    require_probability(p);
    require_positive(df, "df");
    if (p == 0.0) return -kInfinity;
    if (p == 1.0) return kInfinity;
    return bm::quantile(bm::students_t_distribution<double, Policy>(df), p);
}

double chi_squared_sf(double x, double df) {
    require(x >= 0.0, "x", "a number from 0");
    require(df >= 0.0 && df < kInfinity, "df", "a finite number from 0");
    if (df == 0.0) return 1.0;
    if (x == kInfinity) return 0.0;
    return bm::gamma_q(df / 2.0, x / 2.0, kPolicy);
}

double chi_squared_quantile(double p, double df) {
    require_probability(p);
    require_positive(df, "df");
    if (p == 1.0) return kInfinity;
    return bm::quantile(bm::chi_squared_distribution<double, Policy>(df), p);
}

double beta_cdf(double x, double a, double b) {
    require(x >= 0.0 && x <= 1.0, "x", "a number from 0 to 1");
    require_positive(a, "a");
    require_positive(b, "b");
    return bm::ibeta(a, b, x, kPolicy);
}

double beta_quantile(double p, double a, double b) {
    require_probability(p);
    require_positive(a, "a");
    require_positive(b, "b");
    if (p == 0.0) return 0.0;
    if (p == 1.0) return 1.0;
    return bm::quantile(bm::beta_distribution<double, Policy>(a, b), p);
}

double log_gamma(double x) {
    require_positive(x, "x");
    return bm::lgamma(x, kPolicy);
}

double digamma(double x) {
    require_positive(x, "x");
    return bm::digamma(x, kPolicy);
}

double trigamma(double x) {
    require_positive(x, "x");
    return bm::trigamma(x, kPolicy);
}

double log_beta(double a, double b) { return log_gamma(a) + log_gamma(b) - log_gamma(a + b); }

}  // namespace edgewise
