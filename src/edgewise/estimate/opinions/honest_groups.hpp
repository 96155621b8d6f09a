#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/opinions/group_differences.hpp"
#include "edgewise/estimate/opinions/opinion_groups.hpp"

namespace edgewise::estimate {

struct HonestOptions {
    std::size_t splits = 20;         // of the statements into halves; 0: none
    std::size_t permutations = 100;  // of the votes; 0: none
    std::uint64_t seed = 1;
};

// A figure beside the same figure where votes were permuted within statements among those who
// voted, and everything, the number of groups too, was found anew.
struct BesideNull {
    std::optional<double> observed;
    std::optional<double> null_mean, null_low, null_high;  // central 95 %
    std::optional<double> p;  // share of permutations at least as large, the data counted as one
};

// One group's votes on a statement where groups were found without it: means over the splits.
struct HeldOutTally {
    double agree = 0.0;
    double disagree = 0.0;
    double seen = 0.0;
};

struct HonestStatement {
    std::optional<double> raw;        // share of its variety between the groups found on all votes
    std::optional<double> null_mean;  // the same for groups found in permuted votes
    std::optional<double> held_out;   // median over splits, groups found on the other half
    double raw_p = 1.0;  // as if the groups had been given: too small, shown for comparison
    double p = 1.0;  // twice the median of the p of the splits (Meinshausen, Meier and Buehlmann
                     // 2009, JASA 104): valid however the splits depend on each other
    double q = 1.0;  // p after Benjamini and Hochberg
    std::vector<HeldOutTally> groups;  // empty without splits
};

struct HonestGroups {
    BesideNull between;     // share of the variety of votes between groups, all statements
    BesideNull silhouette;  // of the number of groups chosen
    BesideNull explained;   // share of variance along two components (parallel analysis, Horn 1965)
    // Between groups on statements that the groups were not made from: median, least and largest
    // over the splits. 0 on average where groups mean nothing. Groups found on half the statements
    // are blurred, so this errs on the low side as `between` does on the high side.
    std::optional<double> held_out, held_out_least, held_out_most;
    // Adjusted Rand index of the groups found on the two halves, which share no vote: median, least
    // and largest; and of groups found on a half with those found on all.
    std::optional<double> halves_alike, halves_least, halves_most, half_and_all;
    std::vector<std::size_t> chosen;  // number of groups -> halves that would choose it
    std::size_t splits = 0;
    std::size_t permutations = 0;
    std::vector<HonestStatement> statements;
    bool converged = true;
};

// What is left of the differences between `found` groups when the votes that made them are not
// used again to compare them. Groups clustered on votes differ on those votes even if there are no
// groups; two remedies that do not share assumptions:
//
//  split: statements are halved at random; groups found on one half (their number too) are compared
//  on the other. Needs votes on different statements to be independent given the groups' meaning.
//  null: votes are permuted within each statement among those who voted on it, which keeps who
//  voted on what and how each statement was received, and the whole pipeline is run again.
//
// The permutation null says that nobody's votes hang together. So p answers "is there any common
// structure", which includes one continuous spectrum and a habit of agreeing with everything;
// whether people stand in separate camps is asked by the silhouette.
//
// Deterministic for any number of threads. O((2 splits + permutations) * one run).
HonestGroups honest_groups(const VoteMatrix& votes, const std::vector<bool>& used,
                           const OpinionGroups& found, const GroupingOptions& grouping,
                           const HonestOptions& options, const Job& job);

}  // namespace edgewise::estimate
