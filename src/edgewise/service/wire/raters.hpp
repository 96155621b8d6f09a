#pragma once

#include "edgewise/estimate/raters/rater_report.hpp"
#include "edgewise/service/field.hpp"
#include "edgewise/service/wire/finding.hpp"
#include "edgewise/service/wire/statistics.hpp"

// What is said of raters, on the wire.
namespace edgewise::service {

template <class V>
void describe(V& v, Of<estimate::RaterOptions>) {
    using T = estimate::RaterOptions;
    v.option("title", &T::title, "The heading of the report");
    v.option("seed", &T::seed, "Where the random numbers start; the same seed, the same report");
    v.option("replicates", &T::replicates,
             "Resamples of items behind the interval over items alone");
    v.option("dimensions", &T::dimensions, "Values to report on; all if none is named");
    v.option("metric", &T::metric,
             "What a difference counts for in alpha: auto, nominal, ordinal, interval or ratio");
    v.option("fdr", &T::fdr, "The share of flags that may be false");
    v.option("least_shared", &T::least_shared,
             "Items a rater shares with others before anything is said of them");
    v.option("least_seconds", &T::least_seconds, "From one item to the next; less is not credible");
    v.option("most_raters", &T::most_raters, "Raters to list on each value");
}

template <class V>
void describe(V& v, Of<estimate::AgreementRow>) {
    using T = estimate::AgreementRow;
    v.field("name", &T::name, "The coefficient");
    v.field("of", &T::of, "Its metric or weights");
    v.field("value", &T::value, "1: perfect; 0: as chance would have it; null where not defined");
    v.field("interval", &T::interval, "95 %, over raters and items (Cohen: over items)");
    v.field("why", &T::why, "Where it is not defined: why");
}

template <class V>
void describe(V& v, Of<estimate::TruthModel>) {
    using T = estimate::TruthModel;
    v.field("variant", &T::variant, "full, one_coin or ordinal");
    v.field("log_likelihood", &T::log_likelihood, "Marginal: what is true is summed out");
    v.field("bic", &T::bic, "Bayesian information criterion; the least is chosen");
    v.field("parameters", &T::parameters, "Free ones");
    v.field("iterations", &T::iterations, "Rounds of EM");
    v.field("converged", &T::converged, "False: the likelihood was still rising");
    v.field("chosen", &T::chosen, "This one is used");
}

template <class V>
void describe(V& v, Of<estimate::ClassShare>) {
    using T = estimate::ClassShare;
    v.field("name", &T::name, "The answer");
    v.field("given", &T::given, "Share of people's answers");
    v.field("estimated", &T::estimated, "Share of items of which it is true, by the model");
}

template <class V>
void describe(V& v, Of<estimate::DimensionAgreement>) {
    using T = estimate::DimensionAgreement;
    v.field("name", &T::name, "The value judged");
    v.field("kind", &T::kind, "rating, vote, comparison, ranking, approval or label");
    v.field("metric", &T::metric, "Of alpha");
    v.field("state", &T::state, "observed or insufficient");
    v.field("why", &T::why, "Where insufficient: why");
    v.field("machines_only", &T::machines_only, "No person judged: the raters are machines");
    v.field("raters", &T::raters, "Raters");
    v.field("items", &T::items, "Items judged");
    v.field("judgments", &T::judgments, "One a rater and item");
    v.field("shared_items", &T::shared_items, "Items judged by two raters or more");
    v.field("repeated", &T::repeated,
            "Judgments of a rater on an item that they had judged before");
    v.field("repeated_same", &T::repeated_same, "Share of those that repeat the answer");
    v.field("alpha", &T::alpha, "Krippendorff's alpha");
    v.field("alpha_why", &T::alpha_why, "Where it is not defined: why");
    v.field("alpha_interval", &T::alpha_interval, "95 %, over raters and items");
    v.field("alpha_items_only", &T::alpha_items_only,
            "95 %, over items alone; too narrow where raters differ");
    v.field("se_raters", &T::se_raters, "Standard error from the choice of raters");
    v.field("se_items", &T::se_items, "Standard error from the choice of items");
    v.field("coefficients", &T::coefficients, "Agreement by every coefficient that makes sense");
    v.field("percent_agreement", &T::percent_agreement,
            "Share of pairs of answers on one item that are the same");
    v.field("percent_interval", &T::percent_interval, "95 %, over raters and items");
    v.field("models", &T::models, "Models of raters, least BIC first");
    v.field("model_why", &T::model_why, "Why that one, or why none");
    v.field("classes", &T::classes, "Possible answers");
    v.field("relabelled", &T::relabelled,
            "Items whose likeliest answer by the model is not the most frequent one");
    v.field("flagged", &T::flagged, "Raters that stand out");
}

template <class V>
void describe(V& v, Of<estimate::RaterMeasure>) {
    using T = estimate::RaterMeasure;
    v.field("value", &T::value, "The estimate; null where it cannot be told");
    v.field("interval", &T::interval, "95 %, over items");
    v.field("q", &T::q, "p after Benjamini-Hochberg over raters");
}

template <class V>
void describe(V& v, Of<estimate::RaterRow>) {
    using T = estimate::RaterRow;
    v.field("rater", &T::rater, "Who");
    v.field("kind", &T::kind, "person, machine or check");
    v.field("dimension", &T::dimension, "On which value");
    v.field("state", &T::state, "observed, or insufficient: too few shared items");
    v.field("n", &T::n, "Items judged");
    v.field("shared", &T::shared, "Of those, judged by another person too");
    v.field("agreement", &T::agreement, "Share of the others who gave the same answer");
    v.field("others_agreement", &T::others_agreement,
            "The same of those others with each other, on the same items");
    v.field("below_others", &T::below_others, "The first less the second");
    v.field("correlation", &T::correlation, "With the mean of the others");
    v.field("severity", &T::severity,
            "Own answer less the mean of the others, in units of the scale");
    v.field("accuracy", &T::accuracy, "Expected share of right answers, by the model");
    v.field("alpha_without", &T::alpha_without, "Alpha had this rater not taken part");
    v.field("alpha_change", &T::alpha_change, "That less alpha");
    v.field("items_turned", &T::items_turned,
            "Items whose mean or majority changes side without this rater");
    v.field("severity_drift", &T::severity_drift,
            "Change of severity from the first to the last judgment");
    v.field("agreement_drift", &T::agreement_drift,
            "Change of agreement from the first to the last judgment");
    v.field("longest_run", &T::longest_run, "Longest run of one answer");
    v.field("expected_run", &T::expected_run,
            "What drawing others' answers on the same items gives");
    v.field("entropy", &T::entropy, "Of the answers, in bits");
    v.field("expected_entropy", &T::expected_entropy,
            "What drawing others' answers on the same items gives");
    v.field("straight_q", &T::straight_q, "Of run and entropy together, after Benjamini-Hochberg");
    v.field("flags", &T::flags,
            "disagrees, gives_higher, gives_lower, drifts, straight_lining, too_fast, "
            "duplicates_another");
    v.field("confusion", &T::confusion,
            "True x said, expected counts, row by row; of flagged raters and machines");
}

template <class V>
void describe(V& v, Of<estimate::RaterSpeed>) {
    using T = estimate::RaterSpeed;
    v.field("rater", &T::rater, "Who");
    v.field("gaps", &T::gaps, "Steps from one item to the next");
    v.field("median_seconds", &T::median_seconds, "Median of their durations");
    v.field("share_below", &T::share_below, "Share below least_seconds");
    v.field("flagged", &T::flagged, "Faster than is credible");
}

template <class V>
void describe(V& v, Of<estimate::DuplicatePair>) {
    using T = estimate::DuplicatePair;
    v.field("dimension", &T::dimension, "On which value");
    v.field("a", &T::a, "One rater");
    v.field("b", &T::b, "The other");
    v.field("common", &T::common, "Items in common");
    v.field("same", &T::same, "Of those, with the same answer");
    v.field("expected", &T::expected, "Share of same answers if neither copied");
    v.field("p", &T::p, "Corrected for all pairs examined");
}

template <class V>
void describe(V& v, Of<estimate::CountedRate>) {
    using T = estimate::CountedRate;
    v.field("n", &T::n, "What it rests on");
    v.field("value", &T::value, "The estimate");
    v.field("interval", &T::interval, "95 %, clustered by item");
}

template <class V>
void describe(V& v, Of<estimate::MachineRater>) {
    using T = estimate::MachineRater;
    v.field("rater", &T::rater, "The machine");
    v.field("dimension", &T::dimension, "On which value");
    v.field("state", &T::state, "observed or insufficient");
    v.field("n", &T::n, "Items it judged");
    v.field("shared", &T::shared, "Of those, judged by people");
    v.field("with_majority", &T::with_majority, "Agrees with the majority of the people but one");
    v.field("person_with_majority", &T::person_with_majority, "That one person agrees with it");
    v.field("difference", &T::difference, "The first less the second");
    v.field("with_person", &T::with_person, "Same answer as a person, over pairs");
    v.field("people_with_people", &T::people_with_people,
            "Two people with the same answer, over pairs");
    v.field("with_person_strict", &T::with_person_strict, "The same, without ties");
    v.field("people_with_people_strict", &T::people_with_people_strict, "The same, without ties");
    v.field("classes", &T::classes, "Rows and columns of the next");
    v.field("confusion", &T::confusion, "People's majority x machine, row by row");
    v.field("labelled", &T::labelled, "Items with people and machine");
    v.field("unlabelled", &T::unlabelled, "Items with the machine alone");
    v.field("people_mean", &T::people_mean, "Of people's answers, on the items that people judged");
    v.field("machine_mean", &T::machine_mean, "Of the machine's answers, uncorrected");
    v.field("corrected_mean", &T::corrected_mean, "Of all items, prediction-powered");
    v.field("power", &T::power, "How far the machine's answers are used, 0 to 1");
    v.field("saved", &T::saved, "Items that people need not judge for the same interval");
    v.field("why", &T::why, "Where there is no correction: why");
}

template <class V>
void describe(V& v, Of<estimate::RaterReport>) {
    using T = estimate::RaterReport;
    v.field("title", &T::title, "The heading");
    v.field("people", &T::people, "People in the data");
    v.field("machines", &T::machines, "Machine raters in the data");
    v.field("judgments", &T::judgments, "Judgments in the data");
    v.field("times_known", &T::times_known, "Judgments have times");
    v.field("findings", &T::findings, "Most important first");
    v.field("dimensions", &T::dimensions, "Agreement on each value");
    v.field("raters", &T::raters, "By value; flagged first, then least agreement");
    v.field("raters_total", &T::raters_total, "Raters and values in all");
    v.field("flagged_total", &T::flagged_total, "Of those, flagged");
    v.field("speeds", &T::speeds, "Flagged first, then fastest");
    v.field("speed_note", &T::speed_note, "What is known of speed");
    v.field("duplicates", &T::duplicates, "Pairs that answer alike, least p first");
    v.field("duplicates_note", &T::duplicates_note, "What was examined");
    v.field("machine_rows", &T::machine_rows, "Machines beside people");
}

}  // namespace edgewise::service
