#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/estimate/raters/alpha.hpp"
#include "edgewise/estimate/raters/unit_patterns.hpp"

namespace edgewise::estimate {

// A level, and how often it was given; as often as one likes in a list.
struct Weighted {
    std::uint32_t code = 0;
    double times = 0.0;
};

// The ratio metric's sums over all pairs in linear time. With G(s) = sum_k n_k phi(s + ln x_k) and
// phi(v) = e^{v - e^v}:  sum_jk n_j n_k 4 x_j x_k / (x_j + x_k)^2 = 4 int G(s)^2 ds. The integrand
// is analytic within pi / 2 of the real line, so that the trapezoid rule with step 1/4 errs by
// e^{-4 pi^2}, below rounding.
class RatioGrid {
public:
    explicit RatioGrid(std::span<const double> levels);

    void add(std::vector<double>& g, double x, double times) const;
    double at(std::span<const double> g, double x) const;  // sum_k n_k 4 x x_k / (x + x_k)^2
    double squares(std::span<const double> g) const;
    std::size_t nodes() const noexcept { return nodes_; }

private:
    double first_ = 0.0;
    std::size_t nodes_ = 0;
};

// Squared differences d(a, b) of one metric between levels.
class Difference {
public:
    // `levels` outlive this. Throws Error(invalid_argument) for ratio on negative levels.
    Difference(Metric metric, std::span<const double> levels);

    // Ordinal only: ranks from how often each level was given among pairable values. O(levels).
    void rank(std::span<const double> counts);

    double between(std::uint32_t a, std::uint32_t b) const noexcept {
        switch (metric_) {
            case Metric::nominal:
                return a == b ? 0.0 : 1.0;
            case Metric::ratio: {
                const double sum = x_[a] + x_[b];
                const double share = sum > 0.0 ? (x_[a] - x_[b]) / sum : 0.0;
                return share * share;
            }
            case Metric::ordinal:
            case Metric::interval:
                break;
        }
        return (x_[a] - x_[b]) * (x_[a] - x_[b]);
    }

    // Sum of d over all ordered pairs of these answers. O(length); on the ratio metric in the
    // square of the length up to 512.
    double spread(std::span<const Weighted> answers) const;
    double spread(std::span<const Tally> answers) const;
    // Sum of d between `code` and all of these.
    double pull(std::uint32_t code, std::span<const Tally> answers) const noexcept;
    // The same between each level and everything: counts by level. O(levels).
    std::vector<double> pulls(std::span<const double> counts) const;

    Metric metric() const noexcept { return metric_; }
    std::span<const double> positions() const noexcept { return x_; }

private:
    template <class Answer>
    double spread_of(std::span<const Answer> answers) const;

    Metric metric_;
    std::vector<double> x_;
    std::vector<RatioGrid> grid_;  // one, where it is needed
};

}  // namespace edgewise::estimate
