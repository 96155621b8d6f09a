#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/raters/coded_ratings.hpp"

namespace edgewise::estimate {

// What a difference between two answers counts for (Krippendorff 2011, "Computing Krippendorff's
// alpha-reliability"):
//   nominal   1 if they differ
//   ordinal   the square of how many ranks lie between them, ends counted half
//   interval  (a - b)^2
//   ratio     ((a - b) / (a + b))^2, for values of at least 0
enum class Metric : std::uint8_t { nominal, ordinal, interval, ratio };
std::string_view name_of(Metric metric) noexcept;

// alpha = 1 - Do / De over the units that were judged at least twice:
//   Do = sum_u sum_{i != j in u} d(i, j) / (m_u - 1),   De = sum over all pairs d(i, j) / (n - 1).
struct Alpha {
    std::optional<double> value;  // 1: perfect; 0: as if answers were dealt at random; may be < 0
    std::string why;              // where there is no value: why it is not defined
    double observed = 0.0;        // Do / n
    double expected = 0.0;        // De / n
    std::uint64_t units = 0;      // judged at least twice
    std::uint64_t values = 0;     // in those units
};

// How far alpha can be trusted. Raters and units are both samples; whoever resamples units alone
// understates the error by a median factor of two on real annotation data.
struct AlphaErrors {
    std::optional<Interval> unit_bootstrap;  // 95 %, percentiles: units alone
    std::uint64_t replicates = 0;
    std::uint64_t undefined = 0;     // replicates without any variance; they are left out
    std::string bootstrap_note;      // where there is none: why
    std::optional<double> se_unit;   // delete-one jackknife over units
    std::optional<double> se_rater;  // and over raters
    // 95 %: the variances add up (Cameron, Gelbach and Miller 2011, without the subtraction of the
    // intersection, which makes it a little wide rather than narrow); Student's t with
    // Satterthwaite's degrees of freedom; cut at 1.
    std::optional<Interval> two_way;
    std::vector<std::optional<double>> without_rater;  // alpha had this rater not taken part
};

struct AlphaOptions {
    std::uint64_t seed = 1;
    std::uint64_t stream = 0;  // replicates use stream + 0, 1, ...
    std::uint64_t replicates = 1000;
};

// Alpha for any number of distinct values, with no value-by-value matrix. Nominal by counts;
// interval by sums, Do = sum_u 2 (m Sx2 - Sx^2) / (m - 1); ordinal is interval on the mid-ranks of
// the pairable values, exactly. Ratio: a b / (a + b)^2 = int_0^inf t a e^{-ta} b e^{-tb} dt
// separates the pairs; on a logarithmic grid the trapezoid rule is exact to rounding (ours), and
// up to 512 distinct values are taken pair by pair. O(n), for ratio O(n log(max / min)).
// Not defined without a unit judged twice or where all pairable values are the same. Throws
// Error(invalid_argument) for ratio on negative values.
Alpha krippendorff_alpha(const CodedRatings& ratings, Metric metric, const Job& job = {});

// The errors of that alpha. Bootstrap: units with the same answers are one pattern, whose number is
// drawn from a Poisson distribution (Chamandy et al. 2012), so that a replicate costs O(patterns),
// O(n) where every unit is different; on the ratio metric with more than 64 distinct values there
// is none. Jackknife: exact in O(n), save that with more than 24 distinct values ordinal ranks are
// held as in the whole. Nothing where alpha is not defined.
AlphaErrors alpha_errors(const CodedRatings& ratings, Metric metric, const AlphaOptions& options,
                         const Job& job = {});

// The bootstrap of alpha_errors() alone.
AlphaErrors alpha_unit_bootstrap(const CodedRatings& ratings, Metric metric,
                                 const AlphaOptions& options, const Job& job = {});

}  // namespace edgewise::estimate
