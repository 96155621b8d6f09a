#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "edgewise/base/job.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/raters/coded_ratings.hpp"

namespace edgewise::estimate {

// How far answers on different levels are apart when agreement is counted in part: none for
// identity, |a - b| for linear, (a - b)^2 for quadratic, over places of levels.
enum class Weighting : std::uint8_t { identity, linear, quadratic };

struct Coefficient {
    std::optional<double> value;
    std::string why;                   // where there is no value: why it is not defined
    std::optional<Interval> interval;  // 95 %
};

// Two raters who judged the same units.
struct Cohen {
    std::uint64_t units = 0;
    double observed = 0.0;  // weighted agreement, 0 to 1
    double expected = 0.0;  // and that of two raters with these margins who answer at random
    Coefficient kappa;
};

// Cohen's kappa (Cohen 1960; weighted 1968) of codes below `levels`, unit by unit. The interval is
// normal with the large-sample error of Fleiss, Cohen and Everitt (1969), cut to [-1, 1]: units
// are the sample, the two raters are not. Not defined without units or where both give one and the
// same answer only. Throws Error(invalid_argument) for lengths that differ and codes out of range.
// O(n + levels^2).
Cohen cohen_kappa(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b,
                  std::size_t levels, Weighting weighting);

// Any number of raters, of whom not everybody need judge everything.
struct ChanceCorrected {
    std::uint64_t units = 0;         // judged at least twice
    std::uint64_t levels = 0;        // given at least once
    std::optional<double> observed;  // mean over units of the share of pairs of raters who agree
    std::optional<Interval> observed_interval;
    Coefficient fleiss;    // Fleiss 1971: chance from all answers pooled
    Coefficient randolph;  // Randolph 2005: chance is 1 / levels
    Coefficient ac1;       // Gwet 2008: chance from how undecided the pooled answers are
    Coefficient ac2;       // Gwet 2014: AC1 with the weights asked for
};

// Units judged once count for no pair; they do count for Gwet's mean shares, as he defines. With as
// many raters on each unit Fleiss' kappa is the published one; else its agreement is the mean over
// units. `levels` counts those that could be given; 0: those that were. The intervals are two-way:
// jackknife over raters and over units, variances added, Student's t, as for alpha. Not defined
// without a unit judged twice or with one level. O(n levels).
ChanceCorrected chance_corrected(const CodedRatings& ratings, Weighting weighting,
                                 std::size_t levels, const Job& job = {});

}  // namespace edgewise::estimate
