#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/finding.hpp"
#include "edgewise/judgment/table.hpp"

// What is said of raters, as plain values. Every shell shows these; none computes more. An optional
// that is empty means "not known" or "cannot be told from these data", never zero.
namespace edgewise::estimate {

using edgewise::Interval;

struct RaterOptions {
    std::string title;
    std::uint64_t seed = 1;
    std::uint64_t replicates = 1000;      // resamples of units behind an interval
    std::vector<std::string> dimensions;  // empty: all
    std::string metric = "auto";          // nominal | ordinal | interval | ratio
    double fdr = 0.10;                    // share of flags that may be false
    std::uint64_t least_shared = 10;      // items in common with others, to say anything of a rater
    double least_seconds = 1.0;           // from one item to the next; less is not credible
    std::uint64_t most_raters = 200;      // rater rows to list a dimension
};

// Agreement by one coefficient.
struct AgreementRow {
    std::string name;  // "krippendorff_alpha" | "fleiss_kappa" | "gwet_ac1" ...
    std::string of;    // metric or weights
    std::optional<double> value;
    std::optional<Interval> interval;  // 95 %, two-way
    std::string why;                   // where it is not defined
};

// One way in which raters may turn truth into answers, fitted.
struct TruthModel {
    std::string variant;  // full | one_coin | ordinal
    double log_likelihood = 0.0;
    double bic = 0.0;
    std::uint64_t parameters = 0;
    std::uint64_t iterations = 0;
    bool converged = false;
    bool chosen = false;
};

struct ClassShare {
    std::string name;
    double given = 0.0;               // share of answers
    std::optional<double> estimated;  // share of items, by the model
};

struct DimensionAgreement {
    std::string name;
    std::string kind;            // rating | vote | comparison | ranking | approval | label
    std::string metric;          // that of alpha
    std::string state;           // observed | insufficient
    std::string why;             // where insufficient: why
    bool machines_only = false;  // no person judged: the raters are machines
    std::uint64_t raters = 0;
    std::uint64_t items = 0;
    std::uint64_t judgments = 0;
    std::uint64_t shared_items = 0;       // judged by two or more
    std::uint64_t repeated = 0;           // judgments of a rater on an item judged before
    std::optional<double> repeated_same;  // share of those that repeat the answer
    std::optional<double> alpha;
    std::string alpha_why;                     // where it is not defined
    std::optional<Interval> alpha_interval;    // 95 %, two-way: the one to go by
    std::optional<Interval> alpha_items_only;  // 95 %, resampled items alone, for comparison
    std::optional<double> se_raters;
    std::optional<double> se_items;
    std::vector<AgreementRow> coefficients;
    std::optional<double> percent_agreement;  // of pairs of answers that are the same
    std::optional<Interval> percent_interval;
    std::vector<TruthModel> models;  // least BIC first
    std::string model_why;           // why that one, or why none
    std::vector<ClassShare> classes;
    // Items whose likeliest class by the model is not the (first) most frequent answer.
    std::optional<std::uint64_t> relabelled;
    std::uint64_t flagged = 0;  // raters
};

struct RaterMeasure {
    std::optional<double> value;
    std::optional<Interval> interval;  // 95 %
    std::optional<double> q;           // after Benjamini-Hochberg over raters
};

struct RaterRow {
    std::string rater;
    std::string kind;  // person | machine | check
    std::string dimension;
    std::string state;  // observed | insufficient
    std::uint64_t n = 0;
    std::uint64_t shared = 0;
    RaterMeasure agreement;                  // with the others, one by one
    std::optional<double> others_agreement;  // of those others, on the same items
    RaterMeasure below_others;               // the first less the second
    RaterMeasure correlation;                // with the mean of the others
    RaterMeasure severity;                   // own less others, in units of the scale
    RaterMeasure accuracy;                   // against the model's labels
    std::optional<double> alpha_without;
    std::optional<double> alpha_change;  // that less alpha
    std::uint64_t items_turned = 0;      // items whose answer changes side without this rater
    RaterMeasure severity_drift;         // from first to last judgment
    RaterMeasure agreement_drift;
    std::optional<std::uint64_t> longest_run;
    std::optional<double> expected_run;
    std::optional<double> entropy;
    std::optional<double> expected_entropy;
    std::optional<double> straight_q;
    std::vector<std::string> flags;  // disagrees | severe | drifts | straight_lining | ...
    std::vector<double> confusion;   // true x said, expected counts; flagged and machines only
};

struct RaterSpeed {
    std::string rater;
    std::uint64_t gaps = 0;
    double median_seconds = 0.0;
    double share_below = 0.0;
    bool flagged = false;
};

struct DuplicatePair {
    std::string dimension;
    std::string a;
    std::string b;
    std::uint64_t common = 0;
    std::uint64_t same = 0;
    double expected = 0.0;  // share of same answers if they were no duplicates
    double p = 1.0;         // corrected for the pairs examined
};

struct CountedRate {
    std::uint64_t n = 0;
    std::optional<double> value;
    std::optional<Interval> interval;
};

struct MachineRater {
    std::string rater;
    std::string dimension;
    std::string state;  // observed | insufficient
    std::uint64_t n = 0;
    std::uint64_t shared = 0;
    CountedRate with_majority;
    CountedRate person_with_majority;
    CountedRate difference;
    CountedRate with_person;
    CountedRate people_with_people;
    CountedRate with_person_strict;
    CountedRate people_with_people_strict;
    std::vector<std::string> classes;
    std::vector<std::uint64_t> confusion;  // people's majority x machine
    std::uint64_t labelled = 0;
    std::uint64_t unlabelled = 0;
    CountedRate people_mean;  // of the labelled items
    std::optional<double> machine_mean;
    CountedRate corrected_mean;  // prediction-powered, of all items
    std::optional<double> power;
    std::optional<double> saved;  // items that people need not judge
    std::string why;
};

struct RaterReport {
    std::string title;
    std::uint64_t people = 0;
    std::uint64_t machines = 0;
    std::uint64_t judgments = 0;
    bool times_known = false;
    std::vector<Finding> findings;
    std::vector<DimensionAgreement> dimensions;
    std::vector<RaterRow> raters;  // by dimension; flagged first, then least agreement
    std::uint64_t raters_total = 0;
    std::uint64_t flagged_total = 0;
    std::vector<RaterSpeed> speeds;  // flagged first, then fastest
    std::string speed_note;
    std::vector<DuplicatePair> duplicates;
    std::string duplicates_note;
    std::vector<MachineRater> machine_rows;
};

// How far each rater, and each dimension, can be relied on; what would change without a rater.
// Nothing is deleted. Deterministic in (table, options), whatever job.threads(). Throws
// Error(invalid_argument) for options that make no sense, Error(not_found) for dimensions that are
// not there. O(n log n) a dimension, and O(n classes) a round of EM.
RaterReport rater_report(const judgment::JudgmentTable& table, const RaterOptions& options,
                         const Job& job);

}  // namespace edgewise::estimate
