#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "edgewise/base/stats.hpp"

// What an audit says, as plain values. Every shell shows these; none computes more. An optional
// that is empty means "not known" or "cannot be told from these data", never zero.
namespace edgewise::edge {

using edgewise::Interval;

struct Histogram {
    double low = 0.0;   // left end of the first bin
    double high = 0.0;  // right end of the last
    std::vector<std::uint64_t> counts;
};

// A statistic beside what it would be if group labels meant nothing: labels shuffled between
// raters.
struct AgainstNull {
    double observed = 0.0;
    std::optional<Interval> interval;  // 95 %, clustered by rater and item, where defined
    double null_mean = 0.0;
    double null_low = 0.0;  // central 95 % of the null
    double null_high = 0.0;
    double excess = 0.0;  // observed - null_mean
    double p = 1.0;       // (1 + shuffles at least as large) / (1 + shuffles)
    double q = 1.0;       // p after Benjamini-Hochberg over the audit's tests of this kind
    std::uint64_t n = 0;  // items (or pairs) it rests on
    Histogram null;
};

struct Answer {
    std::string can;  // "yes" | "weak" | "no"
    std::string why;  // plain words
};

struct GroupSummary {
    std::string name;
    std::uint64_t raters = 0;
    std::uint64_t judgments = 0;
};

struct LeftOutGroup {
    std::string name;
    std::uint64_t raters = 0;
    std::string reason;
};

struct DimensionSummary {
    std::string name;
    std::string kind;      // rating | vote | comparison | label
    std::string polarity;  // positive | negative | "positive (not declared)"
    double low = 0.0;
    double high = 0.0;
    bool range_declared = false;
    std::string present;    // what counts as "present" in majorities: ">= 3"
    std::string estimator;  // and why, in one sentence
    std::string why_estimator;
    std::uint64_t judgments = 0;
    std::uint64_t items = 0;
    std::uint64_t raters = 0;
    double raters_per_item = 0.0;  // median over judged items
    double mean_utility = 0.0;
    std::optional<double> alpha;             // Krippendorff, interval metric
    std::optional<Interval> alpha_interval;  // 95 %, two-way jackknife
    std::optional<double> alpha_se_rater;    // jackknife over raters alone
    std::optional<double> alpha_se_item;     // and over items alone
};

struct DataSummary {
    std::uint64_t judgments = 0;
    std::uint64_t raters = 0;
    std::uint64_t machine_raters = 0;  // counted, and left out
    std::uint64_t cases = 0;
    std::uint64_t items = 0;
    std::string item_means;      // what an item is here: "option", "statement", "pair of options"
    std::uint64_t repeated = 0;  // judgments averaged into another of the same rater
    std::uint64_t underspecified = 0;  // marked "cannot be answered as put"
    std::vector<DimensionSummary> dimensions;
    std::vector<std::string> notes;  // assumptions, things left out
};

// What one partition's labels can and cannot show on one dimension. Comes before any result.
struct Resolvability {
    std::string attribute;
    std::string dimension;
    std::uint64_t raters = 0;  // with a group
    std::uint64_t groups = 0;
    std::uint64_t smallest_group = 0;
    std::uint64_t items = 0;
    std::uint64_t cells = 0;    // group x item with at least one judgment
    double cell_median = 0.0;   // judgments a cell
    double cells_from_5 = 0.0;  // share of cells with 5 or more
    double cells_from_10 = 0.0;
    double smallest_p = 1.0;         // least p that any relabelling of these raters could give
    std::optional<double> strength;  // prior judgments that pooling is worth; large: no effect seen
    bool strength_at_ceiling = false;
    double detectable_shift = 1.0;     // least shift of one group on one item found with 80 % power
    double target_shift = 0.25;        // the shift that the next member is about
    std::uint64_t further_raters = 0;  // per group and item, to find target_shift with 80 % power
    Answer global;                     // do groups differ at all?
    Answer items_answer;               // on which items?
};

struct FlipRate {
    std::uint64_t least = 0;  // judgments a group needs on the item to count
    AgainstNull rate;         // items on which some group's majority opposes the pooled majority
};

struct Components {
    double item = 0.0;
    double rater = 0.0;
    double item_by_group = 0.0;
    double residual = 0.0;
    double share_item_by_group = 0.0;        // of the total
    std::string method;                      // reml | moments | marginal_likelihood
    std::optional<double> likelihood_ratio;  // 2 x (with - without item x group)
    bool converged = true;
};

// One partition on one dimension.
struct GroupEffect {
    std::string attribute;
    std::string dimension;
    // Mean squared difference between raters of different groups over that within groups, on the
    // same item; 1: groups add nothing.
    std::optional<AgainstNull> disagreement_ratio;
    std::optional<double> within;  // mean squared differences on the utility scale
    std::optional<double> across;
    std::vector<FlipRate> flips;
    // Share of pooled entropy that lies between groups (JSD / H), raw and corrected for bias.
    std::optional<double> jsd_share;
    std::optional<double> jsd_share_corrected;
    std::optional<Components> components;
    // Do groups differ at all? `sparse_p` is Simes' over the cells, sharp for a few large
    // differences; p is twice the smaller of it and the ratio's; q after Benjamini-Hochberg over
    // all attributes and dimensions. The verdict goes by q.
    std::optional<double> sparse_p;
    double p = 1.0;
    double q = 1.0;
    std::uint64_t cells_tested = 0;   // group x item hypotheses behind the flags
    std::uint64_t cells_flagged = 0;  // after shrinkage and Benjamini-Hochberg
    std::string verdict;              // "shown" | "not_shown" | "cannot_tell"
    std::string words;
};

struct PartitionReport {
    std::string attribute;
    std::vector<GroupSummary> groups;
    std::vector<LeftOutGroup> left_out;
    std::uint64_t raters_unknown = 0;
    bool learned_from_judgments = false;
    std::string note;
    std::vector<GroupEffect> effects;  // one a dimension
    std::string verdict;
};

// One of the three losses, over the cases.
struct Loss {
    std::string name;       // "flattening" | "representation" | "blindness"
    std::string axis;       // "values" | "people" | "uncertainty"
    std::string attribute;  // people only
    std::string verdict;    // "shown" | "not_shown" | "cannot_tell"
    std::string why;        // plain words; where it cannot be told, what is missing
    std::uint64_t cases = 0;
    bool sampled = false;        // over a random sample of the cases
    std::optional<double> mean;  // posterior mean over cases, utility units 0..1
    // 90 %: under posterior draws; of blindness, over the cases.
    std::optional<Interval> interval;
    std::optional<double> plug_in;    // at the posterior means
    std::optional<AgainstNull> null;  // people: the same statistic under shuffled labels
    double share_material = 0.0;      // cases whose loss exceeds `material` with 95 % probability
    double material = 0.05;
};

struct Rate {
    double observed = 0.0;
    std::optional<Interval> interval;  // 95 %, clustered by rater and case
    double floor = 0.0;  // what judges' noise alone would give (between-rater replication)
    bool floor_known = false;
    double excess = 0.0;
    std::uint64_t n = 0;
};

struct DimensionConflict {
    std::string a;
    std::string b;
    Rate rate;  // pairs that one rater orders one way on a and the other way on b
};

struct ConflictReport {
    std::string verdict;
    std::string why;
    std::string unit;       // what is compared
    std::string reference;  // the overall dimension, where there is one
    std::uint64_t raters = 0;
    std::uint64_t cases = 0;
    std::optional<Rate> any;  // some dimension opposes the reference (or another dimension)
    std::vector<DimensionConflict> pairs;  // most excess first
    // Structure of the estimated tensor.
    std::uint64_t option_pairs = 0;
    std::optional<double> incomparable;  // pairs of options, neither dominates
    std::optional<double> unsupported;   // Pareto options that no weights can choose
    std::optional<double> effective_dimensions;
    std::optional<double> weight_sensitivity;  // weights under which the scalar's pick changes
    std::optional<double> pareto_violations;  // pairs where the scalar opposes unanimous dimensions
};

struct UncertaintyReport {
    std::string verdict;
    std::string why;
    std::optional<double> epistemic_share;  // judgment uncertainty that more raters would remove
    // Cases whose pick has under 95 % posterior support while knowing better is worth something.
    std::optional<double> cases_undecided;
    std::optional<double> further_judgments;  // per item, to halve the standard errors (median)
    std::optional<double> underspecified;     // share of judgments so marked
};

struct SignalState {
    std::string state;  // "on" | "off" | "unknown"
    std::string evidence;
    std::optional<double> q;
};

struct CaseLoss {
    std::optional<double> mean;
    std::optional<Interval> interval;
};

// One row of the edge map.
struct CaseRow {
    std::string id;
    std::string text;
    std::vector<std::string> context;  // "name=value"
    std::uint64_t options = 0;
    std::uint64_t judgments = 0;
    std::uint64_t raters = 0;
    std::string pick;                    // the scalar's
    std::optional<double> pick_support;  // posterior probability that it is the best
    CaseLoss flattening;
    CaseLoss representation;
    CaseLoss blindness;
    std::string worst_dimension;  // of the pick
    std::string worst_group;      // of the pick, "attribute: group"
    SignalState value_conflict;   // V
    SignalState disagreement;     // D
    SignalState ambiguity;        // E
    std::string outcome;          // suggested: answer | options | ask | abstain | escalate
};

struct CellReport {
    std::optional<double> mean;        // utility 0..1; empty: nothing known
    std::optional<Interval> interval;  // 90 %
    std::uint64_t n = 0;
    std::string state;  // observed | pooled | insufficient
};

struct OptionCells {
    std::string id;
    std::string text;
    double scalar = 0.0;
    std::vector<CellReport> pooled;              // [dimension]
    std::vector<std::vector<CellReport>> cells;  // [group][dimension]
};

// group x dimension for one case and one partition.
struct HeatMap {
    std::string case_id;
    std::string case_text;
    std::string attribute;
    std::vector<std::string> groups;
    std::vector<std::string> dimensions;
    std::vector<OptionCells> options;
};

// A group's position on one item that differs from everybody's, after shrinkage and correction.
struct Flag {
    std::string case_id;
    std::string option;
    std::string attribute;
    std::string group;
    std::string dimension;
    std::uint64_t n = 0;    // judgments of the group on this item
    double raw = 0.0;       // group mean as it stands
    double shrunken = 0.0;  // and after partial pooling
    Interval interval;      // 90 %
    double pooled = 0.0;
    double q = 1.0;
    bool opposes = false;  // majority of the group on the other side of the pooled majority
};

struct Finding {
    std::string axis;     // values | people | uncertainty | data
    std::string verdict;  // shown | not_shown | cannot_tell | caution
    std::string title;    // one line
    std::string text;     // what it means, with figures and their uncertainty
    std::string next;     // what to do about it
};

struct Provenance {
    std::string version;
    std::uint64_t seed = 0;
    std::uint64_t permutations = 0;
    std::uint64_t draws = 0;
    double fdr = 0.1;
    std::uint64_t least_group = 0;
    std::uint64_t least_cell = 0;
    std::string scalar;  // the baseline in words
};

struct AuditReport {
    std::string title;
    Provenance provenance;
    std::vector<Finding> findings;  // most important first
    DataSummary data;
    std::vector<Resolvability> resolvability;
    std::vector<PartitionReport> partitions;
    std::vector<LeftOutGroup> attributes_left_out;  // attribute, raters, reason
    std::vector<Loss> losses;  // flattening, blindness, and representation once a partition
    ConflictReport conflicts;
    UncertaintyReport uncertainty;
    std::vector<Flag> flags;  // smallest q first, at most `most_flags`
    std::uint64_t flags_total = 0;
    std::vector<CaseRow> cases;  // largest loss first, at most `most_cases`
    std::uint64_t cases_total = 0;
    std::vector<HeatMap> heat_maps;  // of the top cases
};

}  // namespace edgewise::edge
