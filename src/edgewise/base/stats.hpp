#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/divergence.hpp"

// Intervals, tests of tables, adjusted p-values, quantiles and sums. All functions here are pure
// and deterministic, and throw Error(invalid_argument), naming the parameter, for NaN and for
// values outside the range given.
namespace edgewise {

// --- intervals for a proportion ---------------------------------------------------------------

struct Interval {
    double low = 0.0;
    double high = 1.0;
    friend bool operator==(const Interval&, const Interval&) = default;
};

// Both: `successes` <= `trials`, `confidence` strictly between 0 and 1; bounds in [0, 1], low <=
// k/n <= high. No trials: nothing is known, [0, 1].

// Exact, covers at least `confidence` of the time (Clopper and Pearson 1934). O(1), about 1 us.
Interval clopper_pearson(std::uint64_t successes, std::uint64_t trials, double confidence = 0.95);
// Score interval, covers about `confidence` on average (Wilson 1927); shorter, for display.
Interval wilson(std::uint64_t successes, std::uint64_t trials, double confidence = 0.95);

// For p1 - p2 of two independent proportions, from their Wilson intervals (Newcombe 1998, method
// 10). In [-1, 1].
Interval newcombe_difference(std::uint64_t successes1, std::uint64_t trials1,
                             std::uint64_t successes2, std::uint64_t trials2,
                             double confidence = 0.95);

// --- tests of contingency tables --------------------------------------------------------------

// Two-sided p of the table {{a, b}, {c, d}} given its margins: the probability of all tables that
// are at most as likely as the one seen (Fisher 1922), with a relative slack of 1e-7 for rounding,
// as R and scipy do. In (0, 1]; a table with an empty margin gives 1. O(smallest margin).
double fisher_exact(std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d);

struct TableTest {
    double statistic = 0.0;
    double df = 0.0;            // (non-empty rows - 1) (non-empty columns - 1)
    double p = 1.0;             // asymptotic; 1 when df is 0
    double least_expected = 0;  // below 5, prefer a permutation test (Cochran 1954)
};

// Independence of rows and columns. `counts` is row-major, counts.size() a multiple of `columns`,
// finite and not negative (weights are allowed, but then p is only nominal). Empty rows and columns
// are left out. No continuity correction. O(cells).
TableTest chi_squared_test(std::span<const double> counts, std::size_t columns);  // Pearson 1900
// Likelihood ratio G = 2 N JSD of the rows weighted by their totals (Wilks 1938; DESIGN section 6).
TableTest g_test(std::span<const double> counts, std::size_t columns);

// --- many p-values ----------------------------------------------------------------------------

// Adjusted p-values in the order given: reject where adjusted <= alpha. Each p in [0, 1]; result in
// [p, 1], monotone in p, equal for equal p. An empty list gives an empty list. O(n log n).

// False discovery rate: independent or positively dependent tests (Benjamini and Hochberg 1995).
std::vector<double> benjamini_hochberg(std::span<const double> p);
// False discovery rate under any dependence (Benjamini and Yekutieli 2001).
std::vector<double> benjamini_yekutieli(std::span<const double> p);
// Family-wise error under any dependence (Holm 1979); never worse than Bonferroni.
std::vector<double> holm(std::span<const double> p);
std::vector<double> bonferroni(std::span<const double> p);
// Family-wise error, independent tests (Sidak 1967).
std::vector<double> sidak(std::span<const double> p);

// (1 + #{null >= observed}) / (1 + B): never 0, valid at level alpha (Phipson and Smyth 2010).
// Large values are extreme. Null values within a relative 1e-12 below `observed` count as ties: the
// same relabelling summed in another order must not look less extreme. `null` may be empty: then 1.
double permutation_p_value(double observed, std::span<const double> null);

// --- order statistics and sums ----------------------------------------------------------------

// The quantile that interpolates linearly between order statistics (type 7 of Hyndman and Fan 1996,
// the default of R and numpy). `values` not empty, in any order, no NaN; `p` in [0, 1]. O(n).
double quantile(std::span<const double> values, double p);
// The same for values that are sorted already. O(1); the order is the caller's word.
double quantile_sorted(std::span<const double> sorted, double p);

// Sum whose rounding error grows with log n instead of n (Higham 1993), by halving: the same bits
// for the same values in the same order. Infinities and NaN pass through as in plain addition.
double pairwise_sum(std::span<const double> values);

// Running sum with an error that does not grow with n (Neumaier 1974). Merging is exact to a last
// bit but not associative: merge in block order.
class CompensatedSum {
public:
    void add(double value) noexcept {
        const double total = sum_ + value;
        const bool larger = (sum_ < 0 ? -sum_ : sum_) >= (value < 0 ? -value : value);
        correction_ += larger ? (sum_ - total) + value : (value - total) + sum_;
        sum_ = total;
    }
    void merge(const CompensatedSum& other) noexcept {
        add(other.sum_);
        add(other.correction_);
    }
    double value() const noexcept { return sum_ + correction_; }

private:
    double sum_ = 0.0;
    double correction_ = 0.0;
};

}  // namespace edgewise
