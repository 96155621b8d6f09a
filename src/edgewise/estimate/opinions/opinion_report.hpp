#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/finding.hpp"
#include "edgewise/estimate/opinions/honest_groups.hpp"
#include "edgewise/judgment/table.hpp"

// What `edgewise groups` says, as plain values. An empty optional means "not known" or "not
// defined", never zero. Intervals are 95 % unless they say otherwise.
namespace edgewise::estimate {

struct OpinionOptions {
    std::string title;
    std::string dimension;     // empty: the votes, or the only dimension
    std::uint64_t groups = 0;  // 0: by silhouette
    std::uint64_t most_groups = 5;
    std::uint64_t least_votes = 7;
    std::uint64_t least_group = 5;  // a smaller group gets no intervals and no statements
    std::uint64_t permutations = 100;
    std::uint64_t splits = 20;
    std::uint64_t resamples = 40;  // of raters, behind the intervals of bridging
    std::uint64_t bridging_starts = 5;
    double bridging_threshold = 0.40;
    double fdr = 0.10;
    std::uint64_t most_statements = 10;  // in each list
    std::uint64_t most_points = 4000;    // raters on the map
    bool include_moderated = false;      // statements that Polis' moderators took out
    std::uint64_t seed = 1;
};

struct OpinionData {
    std::string dimension;
    std::string kind;  // "votes", or how ratings were read as votes
    std::uint64_t raters = 0;
    std::uint64_t taking_part = 0;
    std::uint64_t least_votes = 0;
    std::uint64_t statements = 0;
    std::uint64_t moderated_out = 0;
    std::uint64_t votes = 0;
    std::uint64_t agree = 0;
    std::uint64_t disagree = 0;
    std::uint64_t machine_votes = 0;  // left out
};

struct VoteShare {
    std::uint64_t agree = 0;
    std::uint64_t disagree = 0;
    std::uint64_t seen = 0;
    std::optional<double> share;       // of agreement among those who saw it
    std::optional<Interval> interval;  // Wilson; empty for a group that is too small
    std::optional<double> held_out;    // the same share in groups found without this statement
};

struct StatementRow {
    std::string id;
    std::string text;
    bool moderated_out = false;
    VoteShare everybody;
    std::vector<VoteShare> groups;
    std::optional<double> consensus;        // group-informed
    std::optional<double> consensus_bound;  // every group agrees more than this: 90 %
    std::optional<double> dissent_bound;    // every group disagrees more than this: 90 %
    double priority = 0.0;
    double extremity = 0.0;
    std::optional<double> between, between_null, between_held_out;
    std::optional<double> p, q;
    std::optional<double> bridging;
    std::optional<Interval> bridging_interval;
    std::optional<double> bridging_factor;
};

struct RepresentativeRow {
    std::uint64_t statement = 0;  // index into statements
    std::string side;             // agree | disagree
    std::uint64_t n = 0;
    std::uint64_t seen = 0;
    double share = 0.0;
    std::optional<Interval> interval;
    double others = 0.0;  // the other groups' share of this side
    double ratio = 1.0;
    double z = 0.0, ratio_z = 0.0;
    bool best_agree = false;
    bool significant = true;
    std::optional<double> held_out;  // share of this side in groups found without it
    std::optional<double> q;         // of a difference between groups, held out
};

struct OpinionGroup {
    std::string name;  // "A" is the largest
    std::uint64_t raters = 0;
    std::uint64_t votes = 0;
    double x = 0.0, y = 0.0;
    std::string too_small;  // why nothing is said about it; empty: enough raters
    std::vector<RepresentativeRow> representative;
};

struct ConsensusRow {
    std::uint64_t statement = 0;
    std::string side;
    double share = 0.0;  // least share of any group
    double bound = 0.0;  // every group exceeds this: 90 %
    std::optional<double> consensus;
    std::optional<Interval> consensus_interval;
};

struct BridgingSummary {
    bool defined = false;
    std::string why_not;
    double mu = 0.0;
    double objective = 0.0;
    double mean_squared_error = 0.0;
    std::uint64_t sweeps = 0;
    bool converged = false;
    std::uint64_t starts = 0;
    double worst_objective = 0.0;
    std::optional<double> least_rank_correlation;
    double largest_difference = 0.0;
    double share_changing_side = 0.0;
    double threshold = 0.0;
    std::uint64_t resamples = 0;
    std::uint64_t above = 0;                  // statements at or above the threshold
    std::uint64_t surely_above = 0;           // with the whole interval
    std::optional<double> factor_and_groups;  // correlation ratio: factor variance between groups
    std::vector<std::uint64_t> top;           // statements, best first
};

struct MapPoint {
    double x = 0.0, y = 0.0;
    std::optional<std::uint64_t> group;  // empty: takes no part
    std::uint64_t votes = 0;
};

struct OpinionMap {
    double explained_x = 0.0, explained_y = 0.0;  // shares of the variance of votes
    std::vector<MapPoint> points;
    std::uint64_t left_out = 0;  // raters who take part but are not drawn
    bool converged = true;
    std::uint64_t steps = 0;
};

struct KnownGrouping {
    std::string attribute;
    std::uint64_t groups = 0;
    std::uint64_t raters = 0;  // with both
    std::optional<double> adjusted_rand;
    std::optional<double> as_many;  // the same if as many groups are asked for
    bool learned_from_judgments = false;
};

struct TriedNumber {
    std::uint64_t groups = 0;
    std::optional<double> silhouette;
    std::uint64_t halves = 0;  // halves of the statements that would choose it
};

struct HonestPanel {
    std::uint64_t permutations = 0;
    std::uint64_t splits = 0;
    BesideNull between, silhouette, explained;
    std::optional<double> held_out, held_out_least, held_out_most;
    std::optional<double> halves_alike, halves_least, halves_most, half_and_all;
    std::optional<double> same_number;  // share of halves that would choose as many groups
    std::uint64_t tested = 0;
    std::uint64_t naive = 0;  // statements with a difference if the groups had been given
    std::uint64_t held = 0;   // with one in groups found without them
    double fdr = 0.1;
    bool converged = true;
};

struct OpinionReport {
    std::string title;
    std::vector<Finding> findings;
    OpinionData data;
    std::vector<OpinionGroup> groups;
    std::string why_none;
    std::vector<TriedNumber> tried;
    OpinionMap map;
    HonestPanel honest;
    std::vector<StatementRow> statements;
    std::vector<ConsensusRow> consensus;
    std::uint64_t agreed = 0, rejected = 0;  // statements that could be listed there
    std::vector<std::uint64_t> divisive;     // statements, most divisive first
    BridgingSummary bridging;
    std::vector<KnownGrouping> known;
};

// Rater -> group, for whoever writes it: kNoOpinionGroup where he takes no part.
struct OpinionResult {
    OpinionReport report;
    std::vector<std::uint16_t> group_of;
};

// Finds opinion groups in the votes of a table and says how far they can be believed. Error
// (not_found) for an unknown dimension, Error(invalid_data) where nothing was voted on or rated.
OpinionResult report_opinions(const judgment::JudgmentTable& table, const OpinionOptions& options,
                              const Job& job);

// What the figures mean, in words. Separate, so that it can be tested on figures alone.
std::vector<Finding> opinion_findings(const OpinionReport& report);

// "A", "B", ... "X"
std::string opinion_group_name(std::size_t group);

}  // namespace edgewise::estimate
