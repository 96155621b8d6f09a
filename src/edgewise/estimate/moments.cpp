#include <algorithm>
#include <cmath>
#include <limits>

#include "edgewise/estimate/estimator.hpp"

namespace edgewise::estimate {
namespace {

__extension__ using Int128 = __int128;

constexpr double kUnit = 0x1.0p32;

std::int64_t fixed(double value) noexcept { return std::llround(value * kUnit); }

}  // namespace

// Whole numbers add without rounding, so that neither the order of the judgments nor the way they
// were split over threads or machines can show in the sum. Room for 2^31 utilities of 1.
void Moments::add(float utility) noexcept {
    const auto u = static_cast<double>(utility);
    ++n;
    sum += fixed(u);
    sum_squares += fixed(u * u);
}

Moments& Moments::operator+=(const Moments& other) noexcept {
    n += other.n;
    sum += other.sum;
    sum_squares += other.sum_squares;
    return *this;
}

double Moments::mean() const noexcept {
    if (n == 0) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(sum) / kUnit / n;
}

double Moments::variance() const noexcept {
    if (n < 2) return std::numeric_limits<double>::quiet_NaN();
    // n * sum of squares - square of the sum, exactly, in units of 2^-64: no cancellation.
    const Int128 spread = (Int128{n} * sum_squares) * (Int128{1} << 32) - Int128{sum} * sum;
    const double scaled = static_cast<double>(spread) / (kUnit * kUnit);
    return std::max(0.0, scaled / (static_cast<double>(n) * (n - 1.0)));
}

}  // namespace edgewise::estimate
