#pragma once

#include <span>

#include "edgewise/estimate/raters/alpha.hpp"
#include "edgewise/estimate/raters/unit_patterns.hpp"

namespace edgewise::estimate {

// Deletes one unit at a time and one rater at a time, and fills in what alpha_errors() says of
// that. `counts` are those of every level in `patterns`, `value` is alpha of the whole.
void jackknife_alpha(const CodedRatings& ratings, const UnitPatterns& patterns,
                     std::span<const double> counts, Metric metric, double value, const Job& job,
                     AlphaErrors& out);

struct JackknifeError {
    double se = 0.0;
    double clusters = 0.0;
};

// From the values without each cluster, `times` clusters each; NaN where nothing was left. Error
// (Efron 1982): sqrt((C - 1) / C sum (theta_c - mean)^2); 0 clusters where fewer than two are left.
JackknifeError jackknife_error(std::span<const double> values, std::span<const double> times);

// 95 % around `value` from both errors, as AlphaErrors::two_way; nothing without either, nor where
// no deletion changes anything (perfect agreement), which says nothing of how sure that is.
std::optional<Interval> two_way_interval(double value, const JackknifeError& rater,
                                         const JackknifeError& unit, double low, double high);

}  // namespace edgewise::estimate
