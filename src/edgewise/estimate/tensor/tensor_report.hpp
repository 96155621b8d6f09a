#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/finding.hpp"
#include "edgewise/estimate/population/raking.hpp"
#include "edgewise/judgment/table.hpp"

// The value tensor of a whole table: group x dimension x option, whatever the kind of judgments.
namespace edgewise::estimate {

struct TensorOptions {
    std::string title;
    std::uint64_t seed = 1;
    std::vector<std::string> dimensions;  // empty: all
    std::vector<std::string> attributes;  // partitions; empty: all that are suitable
    std::vector<std::string> cuts;        // "attribute=c1,c2": bins of a numeric attribute
    // "auto", an estimator's id for all dimensions, or "dimension=id".
    std::vector<std::string> model = {"auto"};
    std::string margins;       // a file of shares that the raters are weighted to; empty: none
    double most_weight = 0.0;  // a rater's, as a multiple of the mean; 0: no bound
    double level = 0.90;       // of intervals
    std::uint64_t permutations = 200;  // shuffles of group labels, for comparisons
    std::uint64_t least_group = 5;     // raters; a smaller group is left out by name
    std::uint64_t least_cell = 5;      // judgments; a smaller cell is "insufficient"
    bool include_machines = false;
    std::uint64_t most_cells = 200;  // in the report; the sink gets all
};

// One cell. Views live until the sink returns. `group` is "everyone" and `attribute` empty for all
// raters together.
struct TensorCell {
    std::string_view dimension;
    std::string_view attribute;
    std::string_view group;
    std::string_view case_;  // empty: pooled over cases (strengths)
    std::string_view option;
    std::string_view other;      // pairs of options only: the utility is against this one
    std::string_view category;   // labels without order only: the share of this one
    std::optional<double> mean;  // utility in [0, 1], larger is better; empty: nothing is known
    std::optional<double> sd;
    std::optional<Interval> interval;
    std::uint64_t n = 0;     // judgments
    double n_eff = 0.0;      // what they are worth under their weights (Kish 1965)
    std::string_view state;  // observed | pooled | insufficient
};
using TensorSink = std::function<void(const TensorCell&)>;

// A cell that outlives the sink.
struct TensorRow {
    std::string dimension, attribute, group, case_, option, other, category, state;
    std::optional<double> mean;
    std::optional<double> sd;
    std::optional<Interval> interval;
    std::uint64_t n = 0;
    double n_eff = 0.0;
};

// A model that was considered.
struct ModelCandidate {
    std::string model;
    bool chosen = false;
    std::optional<double> score;  // larger is better; of what, `score_means` says
    std::string score_means;      // "log-likelihood", "held-out log score a rating"
    std::string note;
};

struct GroupFit {
    std::string group;
    std::uint64_t raters = 0;
    std::uint64_t judgments = 0;
    // Mean utility of its raters minus everybody's on the same items, with an interval that takes
    // raters as the unit.
    std::optional<double> shift;
    std::optional<Interval> shift_interval;
    std::optional<double> shift_p;  // of no shift, by Student's t over raters
    std::optional<double> shift_q;  // after Benjamini-Hochberg over all shifts of the report
};

struct CellCounts {
    std::uint64_t observed = 0;
    std::uint64_t pooled = 0;
    std::uint64_t insufficient = 0;
};

struct VarianceShares {
    double item = 0.0;
    double rater = 0.0;
    double item_by_group = 0.0;
    double residual = 0.0;
};

// One dimension fitted for one partition.
struct PartitionFit {
    std::string attribute;
    bool learned_from_judgments = false;
    std::vector<GroupFit> groups;
    std::string method;
    std::optional<VarianceShares> variance;  // on the utility scale
    // Judgments of everybody that a group's own are weighed against; large: groups add nothing.
    std::optional<double> strength;
    bool strength_at_ceiling = false;
    std::optional<double> group_spread;  // comparisons: sd of group deviations, in logits
    std::optional<double> group_p;       // of no deviations: labels shuffled between raters
    std::optional<double> group_q;       // after Benjamini-Hochberg over all such tests
    std::optional<double> log_likelihood;
    std::optional<double> log_likelihood_without_groups;
    std::uint64_t iterations = 0;
    std::optional<double> gradient_norm;
    bool converged = true;
    CellCounts cells;
    std::string note;
};

struct DimensionFit {
    std::string dimension;
    std::string kind;
    std::string model;  // the estimator's id; empty: nothing could be fitted
    std::string why;    // why this one, or why none
    std::vector<ModelCandidate> candidates;
    std::uint64_t judgments = 0;
    std::uint64_t raters = 0;
    std::uint64_t items = 0;
    double n_eff = 0.0;  // judgments of equal weight that would tell as much (Kish 1965)
    PartitionFit everyone;
    std::vector<PartitionFit> partitions;
    std::vector<std::string> notes;  // separable, disconnected, not converged, ...
};

struct UnusedAttribute {
    std::string attribute;
    std::string reason;
};

struct TensorReport {
    std::string title;
    std::uint64_t judgments = 0;
    std::uint64_t raters = 0;
    std::uint64_t machine_raters = 0;
    std::vector<Finding> findings;
    std::vector<DimensionFit> dimensions;
    std::vector<UnusedAttribute> attributes_left_out;
    std::optional<Raking> population;  // what the raters were weighted to
    std::vector<TensorRow> cells;      // the first `most_cells`
    std::uint64_t cells_total = 0;
};

}  // namespace edgewise::estimate
