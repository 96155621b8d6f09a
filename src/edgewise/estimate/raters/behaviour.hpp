#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/raters/rater_view.hpp"

namespace edgewise::estimate {

// An estimate with what it rests on.
struct Measured {
    double value = 0.0;
    Interval interval;  // 95 %
    double p = 1.0;     // of a value this far from what is expected
    double q = 1.0;     // after Benjamini-Hochberg over the raters of the dimension
};

// One rater on one dimension, against the other people who judged the same items.
struct RaterBehaviour {
    std::uint64_t n = 0;       // items judged
    std::uint64_t shared = 0;  // of those, judged by another person, too
    // Mean over shared items of the share of the others who gave the same answer; on scales without
    // steps 1 - mean squared difference / range^2.
    std::optional<double> agreement;
    std::optional<Interval> agreement_interval;
    std::optional<double> others_agreement;  // of the others with each other, on the same items
    std::optional<Measured> below_others;    // agreement less that; p: one-sided, of being below
    std::optional<double> correlation;       // with the mean of the others, ordered scales
    std::optional<Interval> correlation_interval;
    std::optional<Measured> severity;  // mean of own less others' answers, in units of the scale
    // From the first to the last judgment in time, by regression on the rank of time.
    std::optional<Measured> severity_drift;
    std::optional<Measured> agreement_drift;
    // The longest run of one answer and the entropy (bits) of the answers, beside what drawing one
    // of the others' answers on each item gives; p of both together.
    std::optional<std::uint64_t> longest_run;
    std::optional<double> expected_run;
    std::optional<double> entropy;
    std::optional<double> expected_entropy;
    std::optional<double> straight_p;
    std::optional<double> straight_q;
    std::uint64_t turned = 0;  // items whose mean (majority) changes side without this rater
};

struct BehaviourOptions {
    std::uint64_t seed = 1;
    std::uint64_t stream = 0;         // raters use stream + their number
    std::uint64_t least_shared = 10;  // shared items a rater needs for tests of behaviour
    std::uint64_t most_draws = 9999;  // of a straight-lining null
};

// Everybody in `view` (machines too) against the people in it. Errors are over items, taken as
// independent given the rater. Straight-lining: Monte Carlo, stopped after ten draws at least as
// extreme (Besag and Clifford 1991), and after 199 where the entropy is above half of what is
// expected and the run below three times that, so that only raters who stand out cost much. Items
// change side where the mean of people crosses `middle`, or, on nominal levels, where the strict
// majority changes. O(n), plus draws. The same bytes for any number of threads.
std::vector<RaterBehaviour> rater_behaviour(const RaterView& view,
                                            std::span<const std::uint8_t> person, double middle,
                                            const BehaviourOptions& options, const Job& job);

// How fast a rater went from one item to the next.
struct Speed {
    std::uint64_t gaps = 0;
    double median_seconds = 0.0;
    double share_below = 0.0;  // of gaps below the least credible number of seconds
};
// By rater; empty where it is not known: no times, fewer than two items, or times that cannot tell
// (all whole minutes, or most of them the same). An item's time is the last of its judgments.
// O(n log n).
std::vector<std::optional<Speed>> rater_speed(const judgment::JudgmentTable& table,
                                              double least_seconds);

// Two people whose answers on common items agree more than theirs do with others.
struct Duplicate {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint64_t common = 0;
    std::uint64_t same = 0;
    double expected = 0.0;     // share of the same, the largest of three: see below
    double p = 1.0;            // binomial, an upper bound under independence (Hoeffding 1956)
    double p_corrected = 1.0;  // times the pairs examined
};
struct Duplicates {
    std::vector<Duplicate> found;     // least p first
    std::uint64_t examined = 0;       // pairs with at least `least_common` items
    std::uint64_t skipped_units = 0;  // too many raters on them to look at all pairs
};
// Pairs with at least `least_common` common items, 95 % the same answers, at most a fifth of the
// differences expected (and five of those expected) and a corrected p below `alpha`. Expected is
// the largest of: how often others agree on those items, how often a agrees with everybody, and b;
// two careful raters are no duplicates. O(sum over units of m^2), at most 50 million pairs of
// answers. Only for levels with steps.
Duplicates find_duplicates(const RaterView& view, std::span<const std::uint8_t> person,
                           std::span<const RaterBehaviour> behaviour, std::uint64_t least_common,
                           double alpha);

}  // namespace edgewise::estimate
