#pragma once

#include "edgewise/edge/report_types.hpp"
#include "edgewise/service/field.hpp"

// The statistics of an audit on the wire: data, resolvability, groups, losses, conflicts. The rows
// (cases, cells, flags) and the report as a whole are in wire/report.hpp.
namespace edgewise::service {

template <class V>
void describe(V& v, Of<edge::Interval>) {
    v.field("low", &edge::Interval::low, "Lower end");
    v.field("high", &edge::Interval::high, "Upper end");
}

template <class V>
void describe(V& v, Of<edge::Histogram>) {
    using T = edge::Histogram;
    v.field("low", &T::low, "Left end of the first bin");
    v.field("high", &T::high, "Right end of the last bin");
    v.field("counts", &T::counts, "Shuffles in each bin");
}

template <class V>
void describe(V& v, Of<edge::AgainstNull>) {
    using T = edge::AgainstNull;
    v.field("observed", &T::observed, "The statistic in these data");
    v.field("interval", &T::interval, "95 %, clustered by rater and item");
    v.field("null_mean", &T::null_mean, "Its mean when group labels mean nothing");
    v.field("null_low", &T::null_low, "Lower end of the central 95 % of the null");
    v.field("null_high", &T::null_high, "Upper end of the central 95 % of the null");
    v.field("excess", &T::excess, "Observed less the mean of the null");
    v.field("p", &T::p, "Share of shuffles at least as large, the data counted as one");
    v.field("q", &T::q, "p after Benjamini-Hochberg over the tests of this kind");
    v.field("n", &T::n, "Items or pairs it rests on");
    v.field("null", &T::null, "The null distribution");
}

template <class V>
void describe(V& v, Of<edge::Answer>) {
    v.field("can", &edge::Answer::can, "yes, weak or no");
    v.field("why", &edge::Answer::why, "In plain words");
}

template <class V>
void describe(V& v, Of<edge::GroupSummary>) {
    using T = edge::GroupSummary;
    v.field("name", &T::name, "The group");
    v.field("raters", &T::raters, "Its raters");
    v.field("judgments", &T::judgments, "Their judgments");
}

template <class V>
void describe(V& v, Of<edge::LeftOutGroup>) {
    using T = edge::LeftOutGroup;
    v.field("name", &T::name, "What was left out");
    v.field("raters", &T::raters, "Raters concerned");
    v.field("reason", &T::reason, "Why");
}

template <class V>
void describe(V& v, Of<edge::DimensionSummary>) {
    using T = edge::DimensionSummary;
    v.field("name", &T::name, "The value judged");
    v.field("kind", &T::kind, "rating, vote, comparison or label");
    v.field("polarity", &T::polarity, "Whether high is wanted, and whether that was declared");
    v.field("low", &T::low, "Lower end of the scale");
    v.field("high", &T::high, "Upper end of the scale");
    v.field("range_declared", &T::range_declared, "False: the ends are those seen in the data");
    v.field("present", &T::present, "What counts as present in majorities");
    v.field("estimator", &T::estimator, "How utilities were estimated");
    v.field("why_estimator", &T::why_estimator, "Why so");
    v.field("judgments", &T::judgments, "Judgments on it");
    v.field("items", &T::items, "Items judged on it");
    v.field("raters", &T::raters, "Raters who judged it");
    v.field("raters_per_item", &T::raters_per_item, "Median over judged items");
    v.field("mean_utility", &T::mean_utility, "0 to 1, larger is better");
    v.field("alpha", &T::alpha, "Krippendorff's alpha, interval metric");
    v.field("alpha_interval", &T::alpha_interval, "95 %, two-way jackknife");
    v.field("alpha_se_rater", &T::alpha_se_rater, "Standard error over raters alone");
    v.field("alpha_se_item", &T::alpha_se_item, "Standard error over items alone");
}

template <class V>
void describe(V& v, Of<edge::DataSummary>) {
    using T = edge::DataSummary;
    v.field("judgments", &T::judgments, "Judgments read");
    v.field("raters", &T::raters, "People who judged");
    v.field("machine_raters", &T::machine_raters, "Models that judged, left out");
    v.field("cases", &T::cases, "Cases");
    v.field("items", &T::items, "Items judged");
    v.field("item_means", &T::item_means, "What an item is here");
    v.field("repeated", &T::repeated, "Judgments averaged into another of the same rater");
    v.field("underspecified", &T::underspecified, "Judgments marked: cannot be answered as put");
    v.field("dimensions", &T::dimensions, "The values judged");
    v.field("notes", &T::notes, "Assumptions, and what was left out");
}

template <class V>
void describe(V& v, Of<edge::Resolvability>) {
    using T = edge::Resolvability;
    v.field("attribute", &T::attribute, "How raters are split");
    v.field("dimension", &T::dimension, "The value judged");
    v.field("raters", &T::raters, "Raters with a group");
    v.field("groups", &T::groups, "Groups");
    v.field("smallest_group", &T::smallest_group, "Raters in the smallest");
    v.field("items", &T::items, "Items judged");
    v.field("cells", &T::cells, "Group x item with at least one judgment");
    v.field("cell_median", &T::cell_median, "Judgments a cell, median");
    v.field("cells_from_5", &T::cells_from_5, "Share of cells with 5 judgments or more");
    v.field("cells_from_10", &T::cells_from_10, "Share of cells with 10 judgments or more");
    v.field("smallest_p", &T::smallest_p, "Least p that any relabelling of raters could give");
    v.field("strength", &T::strength, "Prior judgments that pooling is worth");
    v.field("strength_at_ceiling", &T::strength_at_ceiling, "No group effect can be resolved");
    v.field("detectable_shift", &T::detectable_shift,
            "Least shift of a group on an item that is found with 80 % power");
    v.field("target_shift", &T::target_shift, "The shift that was asked for");
    v.field("further_raters", &T::further_raters,
            "Raters per group and item still missing to find it with 80 % power");
    v.field("global", &T::global, "Can these data tell whether groups differ at all?");
    v.field("items_answer", &T::items_answer, "Can they tell on which items?");
}

template <class V>
void describe(V& v, Of<edge::FlipRate>) {
    using T = edge::FlipRate;
    v.field("least", &T::least, "Judgments a group needs on an item to count");
    v.field("rate", &T::rate, "Items on which a group's majority opposes the pooled one");
}

template <class V>
void describe(V& v, Of<edge::Components>) {
    using T = edge::Components;
    v.field("item", &T::item, "Variance between items");
    v.field("rater", &T::rater, "Variance of raters' severity");
    v.field("item_by_group", &T::item_by_group, "Variance of groups' views of items");
    v.field("residual", &T::residual, "What is left");
    v.field("share_item_by_group", &T::share_item_by_group, "Its share of the total");
    v.field("method", &T::method, "reml, moments or marginal_likelihood");
    v.field("likelihood_ratio", &T::likelihood_ratio, "Twice the gain from item x group");
    v.field("converged", &T::converged, "Whether the fit converged");
}

template <class V>
void describe(V& v, Of<edge::GroupEffect>) {
    using T = edge::GroupEffect;
    v.field("attribute", &T::attribute, "How raters are split");
    v.field("dimension", &T::dimension, "The value judged");
    v.field("disagreement_ratio", &T::disagreement_ratio,
            "Disagreement across groups over that within; 1: groups add nothing");
    v.field("within", &T::within, "Mean squared difference within groups");
    v.field("across", &T::across, "Mean squared difference across groups");
    v.field("flips", &T::flips, "Majority flips beside their null");
    v.field("jsd_share", &T::jsd_share, "Share of pooled entropy between groups, raw");
    v.field("jsd_share_corrected", &T::jsd_share_corrected, "The same, corrected for bias");
    v.field("components", &T::components, "Where differences come from");
    v.field("sparse_p", &T::sparse_p, "Simes' p over the cells: sharp for a few large differences");
    v.field("p", &T::p, "Do groups differ at all: twice the smaller of sparse_p and the ratio's p");
    v.field("q", &T::q, "p after Benjamini-Hochberg over attributes and dimensions; the verdict's");
    v.field("cells_tested", &T::cells_tested, "Group x item hypotheses behind the flags");
    v.field("cells_flagged", &T::cells_flagged, "Those flagged");
    v.field("verdict", &T::verdict, "shown, not_shown or cannot_tell");
    v.field("words", &T::words, "In plain words");
}

template <class V>
void describe(V& v, Of<edge::PartitionReport>) {
    using T = edge::PartitionReport;
    v.field("attribute", &T::attribute, "How raters are split");
    v.field("groups", &T::groups, "The groups");
    v.field("left_out", &T::left_out, "Groups too small to speak about");
    v.field("raters_unknown", &T::raters_unknown, "Raters whose attribute is not known");
    v.field("learned_from_judgments", &T::learned_from_judgments,
            "Groups were clustered on the judgments analysed, which overstates disagreement");
    v.field("note", &T::note, "How groups were made");
    v.field("effects", &T::effects, "One entry a value");
    v.field("verdict", &T::verdict, "shown, not_shown or cannot_tell");
}

template <class V>
void describe(V& v, Of<edge::Loss>) {
    using T = edge::Loss;
    v.field("name", &T::name, "flattening, representation or blindness");
    v.field("axis", &T::axis, "What was averaged away: values, people or uncertainty");
    v.field("attribute", &T::attribute, "How raters are split; people only");
    v.field("verdict", &T::verdict, "shown, not_shown or cannot_tell");
    v.field("why", &T::why, "In plain words");
    v.field("cases", &T::cases, "Cases it rests on");
    v.field("sampled", &T::sampled, "Over a random sample of the cases");
    v.field("mean", &T::mean, "Posterior mean over cases, in utility");
    v.field("interval", &T::interval, "90 % under posterior draws");
    v.field("plug_in", &T::plug_in, "At the posterior means");
    v.field("null", &T::null, "The same under shuffled group labels; people only");
    v.field("share_material", &T::share_material,
            "Cases whose loss is material with 95 % probability");
    v.field("material", &T::material, "What counts as material");
}

template <class V>
void describe(V& v, Of<edge::Rate>) {
    using T = edge::Rate;
    v.field("observed", &T::observed, "The rate in these data");
    v.field("interval", &T::interval, "95 %, clustered by rater and case");
    v.field("floor", &T::floor, "What judges' noise alone would give");
    v.field("floor_known", &T::floor_known, "Whether the floor could be measured");
    v.field("excess", &T::excess, "Observed less the floor");
    v.field("n", &T::n, "Pairs it rests on");
}

template <class V>
void describe(V& v, Of<edge::DimensionConflict>) {
    using T = edge::DimensionConflict;
    v.field("a", &T::a, "One value");
    v.field("b", &T::b, "The other");
    v.field("rate", &T::rate, "Pairs that a rater orders one way on a, the other way on b");
}

template <class V>
void describe(V& v, Of<edge::ConflictReport>) {
    using T = edge::ConflictReport;
    v.field("verdict", &T::verdict, "shown, not_shown or cannot_tell");
    v.field("why", &T::why, "In plain words");
    v.field("unit", &T::unit, "What is compared");
    v.field("reference", &T::reference, "The overall dimension, where there is one");
    v.field("raters", &T::raters, "Raters who judged more than one value");
    v.field("cases", &T::cases, "Cases it rests on");
    v.field("any", &T::any, "Some value opposes the reference, or another value");
    v.field("pairs", &T::pairs, "Pairs of values, most excess first");
    v.field("option_pairs", &T::option_pairs, "Pairs of options of one case");
    v.field("incomparable", &T::incomparable, "Share of them where neither dominates");
    v.field("unsupported", &T::unsupported, "Share of Pareto options that no weights choose");
    v.field("effective_dimensions", &T::effective_dimensions, "(tr S)^2 / tr(S^2)");
    v.field("weight_sensitivity", &T::weight_sensitivity,
            "Share of the weights under which the pick changes");
    v.field("pareto_violations", &T::pareto_violations,
            "Share of pairs where the scalar opposes unanimous values");
}

template <class V>
void describe(V& v, Of<edge::UncertaintyReport>) {
    using T = edge::UncertaintyReport;
    v.field("verdict", &T::verdict, "shown, not_shown or cannot_tell");
    v.field("why", &T::why, "In plain words");
    v.field("epistemic_share", &T::epistemic_share, "Uncertainty that more raters would remove");
    v.field("cases_undecided", &T::cases_undecided, "Cases whose pick is in doubt that matters");
    v.field("further_judgments", &T::further_judgments,
            "Judgments an item still needs to halve the standard errors, median");
    v.field("underspecified", &T::underspecified, "Share of judgments so marked");
}

}  // namespace edgewise::service
