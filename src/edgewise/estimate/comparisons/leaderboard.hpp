#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/finding.hpp"
#include "edgewise/judgment/table.hpp"

namespace edgewise::estimate {

struct LeaderboardOptions {
    std::string title;
    std::vector<std::string> dimensions;  // empty: all that were compared or ranked
    std::string ties = "auto";            // auto | none | half | davidson | rao_kupper
    std::string both_bad = "tie";         // tie | left_out
    std::string errors = "auto";          // auto | fisher | rater | case | two_way | bootstrap
    double level = 0.95;        // of each interval; rank intervals hold for all contenders at once
    double prior_sd = 0.0;      // logits; 0: maximum likelihood where it exists
    bool position = false;      // correct strengths for the advantage of being shown first
    bool machines_too = false;  // count the judgments of models among the people's
    // Context of cases and attributes of raters to rank by, shrunk; empty: those that are suitable,
    // at most six of each; "none": none.
    std::vector<std::string> context;
    std::vector<std::string> attributes;
    std::uint64_t permutations = 499;  // shuffles behind "groups rank otherwise"
    std::uint64_t replicates = 1000;   // draws behind intervals and places
    std::uint64_t seed = 1;
    std::uint64_t least = 10;  // comparisons that a contender needs to be spoken about
    std::uint64_t top = 100;   // rows to list; 0: all
    std::uint64_t cross = 20;  // contenders in the table of who beat whom
};

// One way to estimate errors, and what it gave.
struct BoardErrors {
    std::string kind;         // fisher | rater | case | two_way | bootstrap
    std::string independent;  // what is taken as independent, in plain words
    bool defined = false;
    bool used = false;
    std::uint64_t clusters = 0;
    std::optional<double> median_se;  // over contenders, logits
    std::optional<double> ratio;      // to that of fisher
    std::string why;                  // why it is not defined, or was or was not used
};

// Whether being shown first helps. The figure is of a fit of its own, with or without correction.
struct BoardPosition {
    bool corrected = false;        // strengths below are corrected for it
    std::optional<double> effect;  // logits in favour of the one shown first
    std::optional<Interval> interval;
    std::optional<double> first_share;  // decided comparisons won by the one shown first
    std::uint64_t decided = 0;
    std::uint64_t pairs = 0;            // pairs of contenders that met
    std::uint64_t pairs_both_ways = 0;  // of them shown in both orders
    std::string verdict;                // shown | not_shown | cannot_tell
    std::string words;
};

struct BoardModel {
    std::string name;  // bradley_terry | plackett_luce
    std::string ties;  // the model of ties that was used
    std::string why;   // why it was taken
    std::optional<double> log_likelihood;
    std::optional<double> log_likelihood_davidson;
    std::optional<double> log_likelihood_rao_kupper;
    std::optional<double> tie_parameter;  // nu of davidson, kappa of rao_kupper
    double gradient_norm = 0.0;
    std::uint64_t iterations = 0;
    bool converged = false;
    std::optional<double> prior_sd;  // empty: no prior
    bool prior_was_needed = false;
    std::string note;
};

// Contenders that met one another, directly or through others. Nothing compares two components.
struct BoardComponent {
    std::uint64_t contenders = 0;
    std::uint64_t comparisons = 0;
    bool ranked = false;
    std::string why;                 // why not
    std::vector<std::string> names;  // at most 12
};

// Contenders of which the data only say "above all these", not by how much.
struct BoardSeparation {
    std::vector<std::string> above;
    std::vector<std::string> below;
    std::string words;
};

struct BoardRow {
    std::string name;
    std::string state;            // observed | prior_decides | insufficient
    std::string why;              // why not observed
    std::uint64_t component = 0;  // place in `components`
    std::uint64_t comparisons = 0;
    std::uint64_t raters = 0;
    std::uint64_t wins = 0;
    std::uint64_t ties = 0;  // both-bad included
    std::uint64_t losses = 0;
    std::uint64_t both_bad = 0;
    // All empty where the contender is in no component that can be ranked.
    std::optional<std::uint64_t> rank;  // within its component, 1 is best
    std::optional<std::uint64_t> rank_low;
    std::optional<std::uint64_t> rank_high;
    std::optional<double> strength;    // logits, mean 0 over its component
    std::optional<Interval> interval;  // of the strength
    std::optional<double> utility;     // P(beats) + P(tie) / 2 against the others, averaged
    std::optional<Interval> utility_interval;
    std::optional<double> p_best;
    std::optional<double> p_above_next;
    std::optional<bool> apart_from_next;
};

// Neighbours in rank of which no two next to each other are shown to differ.
struct BoardRun {
    std::uint64_t component = 0;
    std::uint64_t from = 0;  // places in the order, 1 is best
    std::uint64_t to = 0;
    std::vector<std::string> names;
    std::string words;
};

struct BoardMeeting {
    std::uint64_t n = 0;
    std::uint64_t wins = 0;  // of the row over the column
    std::uint64_t ties = 0;
    std::optional<double> expected;  // share of points, ties as a half, that the model expects
};

struct BoardCross {
    std::vector<std::string> names;  // by rank
    std::vector<std::vector<BoardMeeting>> rows;
};

// Comparisons in which the model expects about the same, and what came of them.
struct BoardBin {
    double low = 0.5;  // expected share of points of the favourite
    double high = 1.0;
    double expected = 0.0;
    double observed = 0.0;
    std::optional<Interval> interval;  // of the observed share, clustered by rater and case
    std::uint64_t n = 0;
};

struct BoardFit {
    std::vector<BoardBin> bins;
    std::uint64_t pairs = 0;           // pairs that met
    std::optional<double> dispersion;  // Pearson's chi-squared over its degrees of freedom
    std::optional<double> p;           // of all that, clustering divided out; comparisons only
    std::optional<double> misfit;      // of pairs beyond chance, root mean square, share of points
    std::string verdict;               // shown (lack of fit) | not_shown | cannot_tell
    std::string words;
};

// What it would take to tell two contenders apart.
struct BoardFurther {
    std::string first;
    std::string second;
    double difference = 0.0;  // logits
    Interval interval;
    bool apart = false;
    std::optional<std::uint64_t> comparisons;  // between these two, on top of what there is
    std::string words;
};

struct MachineRow {
    std::string name;
    std::optional<std::uint64_t> rank;          // by people
    std::optional<std::uint64_t> machine_rank;  // by the machine, among the same contenders
    std::optional<std::uint64_t> machine_rank_low;
    std::optional<std::uint64_t> machine_rank_high;
    std::optional<double> machine_strength;
    std::optional<Interval> machine_interval;
    bool differs = false;  // the two rank intervals do not overlap
};

// What one machine rater says of the same contenders.
struct MachineBoard {
    std::string rater;
    std::uint64_t comparisons = 0;
    std::optional<double> correlation;  // Spearman, of strengths over contenders both ranked
    std::uint64_t differing = 0;
    std::string why;  // why there is nothing to say
    std::string words;
    std::vector<MachineRow> rows;
};

struct BoardGroup {
    std::string name;
    std::uint64_t comparisons = 0;
    std::uint64_t units = 0;  // raters or cases
    std::string first;        // on the figures alone
};

struct BoardGroupCell {
    std::uint64_t rank = 0;  // of the shrunken strength, among all of the largest component
    double strength = 0.0;   // logits, pulled towards that of everybody
    Interval interval;
    std::uint64_t n = 0;
    std::string state;  // observed | pooled (borrowed) | insufficient
};

struct BoardGroupRow {
    std::string name;
    std::uint64_t rank = 0;             // of everybody
    std::vector<BoardGroupCell> cells;  // [group]
};

// Ranks by a context of cases (domain, topic) or an attribute of raters.
struct BoardGrouping {
    std::string attribute;
    std::string of;       // cases | raters
    std::string verdict;  // shown | not_shown | cannot_tell
    std::string words;
    std::string why;                  // why there is nothing to say
    std::optional<double> tau;        // sd between groups of a contender's strength, logits
    std::optional<double> p;          // labels shuffled between raters or cases
    std::optional<double> p_holm;     // corrected for all that were tried
    std::vector<BoardGroup> groups;   // largest first
    std::vector<BoardGroupRow> rows;  // by rank of everybody
};

struct BoardDimension {
    std::string name;
    std::string kind;     // comparison | ranking
    std::string verdict;  // ranked | pieces | nothing
    std::string why;
    std::uint64_t comparisons = 0;
    std::uint64_t ballots = 0;  // rankings only: the orders that the comparisons were read from
    std::uint64_t raters = 0;
    std::uint64_t cases = 0;
    std::uint64_t contenders = 0;
    std::uint64_t machine = 0;         // judgments of models, left out
    std::uint64_t underspecified = 0;  // so marked, and kept
    std::optional<double> tie_share;
    std::optional<double> both_bad_share;
    BoardModel model;
    std::vector<BoardErrors> errors;
    BoardPosition position;
    std::vector<BoardComponent> components;  // largest first, at most 20
    std::uint64_t components_total = 0;
    std::vector<BoardSeparation> separations;  // at most 20
    std::vector<BoardRow> rows;                // by component, then rank
    std::uint64_t rows_total = 0;
    std::vector<BoardRun> runs;
    std::uint64_t pairs_apart = 0;  // pairs within components that are surely apart, all at once
    std::uint64_t pairs_total = 0;
    std::optional<BoardFurther> further;  // the first two of the largest component
    BoardCross cross;
    BoardFit fit;
    std::vector<BoardGrouping> groupings;
    std::vector<MachineBoard> machines;
};

struct LeaderboardReport {
    std::string title;
    double level = 0.95;            // of every interval
    std::vector<Finding> findings;  // most important first
    std::vector<BoardDimension> dimensions;
};

// Who is preferred to whom, how surely, and what these comparisons cannot tell. For each dimension
// that was compared, strengths by Bradley-Terry with the likelier model of ties; for each that was
// ranked, by Plackett-Luce; errors that are clustered by rater and case, simultaneous rank
// intervals, checks of position and fit, and strengths by context and by group of raters.
// Deterministic in (table, options), whatever job.threads(). Throws Error(invalid_argument) for
// options that make no sense, Error(not_found) for a dimension that there is not,
// Error(invalid_data) where nothing was compared or ranked. O(comparisons x refits + contenders^3 +
// replicates x contenders^2).
LeaderboardReport leaderboard(const judgment::JudgmentTable& table,
                              const LeaderboardOptions& options, const Job& job);

}  // namespace edgewise::estimate
