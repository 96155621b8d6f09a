#pragma once

#include "edgewise/estimate/tensor/tensor_report.hpp"
#include "edgewise/service/wire/finding.hpp"
#include "edgewise/service/wire/statistics.hpp"

// A fitted value tensor on the wire.
namespace edgewise::service {

template <class V>
void describe(V& v, Of<estimate::TensorOptions>) {
    using T = estimate::TensorOptions;
    v.option("title", &T::title, "The heading of the report");
    v.option("seed", &T::seed, "Where the random numbers start; the same seed, the same report");
    v.option("dimensions", &T::dimensions, "Values to fit; all if none is named");
    v.option("attributes", &T::attributes,
             "Attributes of raters to split by; all if none is named");
    v.option("cuts", &T::cuts, "Bins of a numeric attribute: attribute=c1,c2");
    v.option("model", &T::model, "auto, a model's id, or dimension=id");
    v.option("margins", &T::margins, "A file with the population's shares to weight raters to");
    v.option("most_weight", &T::most_weight,
             "The largest weight of a rater, in multiples of the mean; 0: no bound");
    v.option("permutations", &T::permutations, "Shuffles of group labels, for comparisons");
    v.option("level", &T::level, "Of intervals");
    v.option("least_group", &T::least_group, "Raters a group needs; a smaller one is left out");
    v.option("least_cell", &T::least_cell, "Judgments a cell needs to be spoken about");
    v.option("include_machines", &T::include_machines, "Count models as raters");
    v.option("most_cells", &T::most_cells, "Cells to list in the report");
}

template <class V>
void describe(V& v, Of<estimate::TensorRow>) {
    using T = estimate::TensorRow;
    v.field("dimension", &T::dimension, "The value judged");
    v.field("attribute", &T::attribute, "What raters are split by; empty for everyone");
    v.field("group", &T::group, "The group");
    v.field("case", &T::case_, "The case; empty where strengths are pooled over cases");
    v.field("option", &T::option, "The option");
    v.field("other", &T::other, "Pairs only: the option it is set against");
    v.field("category", &T::category, "Labels without order only: the share of this one");
    v.field("state", &T::state, "observed, pooled or insufficient");
    v.field("mean", &T::mean, "Utility, 0 to 1, larger is better");
    v.field("sd", &T::sd, "Posterior standard deviation");
    v.field("interval", &T::interval, "Central, at the level asked for");
    v.field("n", &T::n, "Judgments of the group");
    v.field("n_eff", &T::n_eff, "What they are worth under their weights");
}

template <class V>
void describe(V& v, Of<estimate::ModelCandidate>) {
    using T = estimate::ModelCandidate;
    v.field("model", &T::model, "The model");
    v.field("chosen", &T::chosen, "This one was used");
    v.field("score", &T::score, "Larger is better");
    v.field("score_means", &T::score_means, "What the score is");
    v.field("note", &T::note, "What to know of it");
}

template <class V>
void describe(V& v, Of<estimate::GroupFit>) {
    using T = estimate::GroupFit;
    v.field("group", &T::group, "The group");
    v.field("raters", &T::raters, "Its raters");
    v.field("judgments", &T::judgments, "Their judgments on this value");
    v.field("shift", &T::shift, "Its mean utility less everybody's on the same items");
    v.field("shift_interval", &T::shift_interval, "With raters as the unit");
    v.field("shift_p", &T::shift_p, "Of no shift");
    v.field("shift_q", &T::shift_q, "p after Benjamini-Hochberg over all shifts");
}

template <class V>
void describe(V& v, Of<estimate::CellCounts>) {
    using T = estimate::CellCounts;
    v.field("observed", &T::observed, "Cells with enough judgments to speak about");
    v.field("pooled", &T::pooled, "Cells without any: borrowed from everybody");
    v.field("insufficient", &T::insufficient, "Cells with too few");
}

template <class V>
void describe(V& v, Of<estimate::VarianceShares>) {
    using T = estimate::VarianceShares;
    v.field("item", &T::item, "Between items");
    v.field("rater", &T::rater, "Between raters' severities");
    v.field("item_by_group", &T::item_by_group, "Between groups' views of the same item");
    v.field("residual", &T::residual, "What is left");
}

template <class V>
void describe(V& v, Of<estimate::PartitionFit>) {
    using T = estimate::PartitionFit;
    v.field("attribute", &T::attribute, "What raters are split by; empty for everyone");
    v.field("learned_from_judgments", &T::learned_from_judgments,
            "The groups were clustered on the judgments");
    v.field("groups", &T::groups, "Its groups");
    v.field("method", &T::method, "How the parameters were found");
    v.field("variance", &T::variance, "Where differences come from, on the utility scale");
    v.field("strength", &T::strength, "Judgments of everybody a group's own are weighed against");
    v.field("strength_at_ceiling", &T::strength_at_ceiling, "No effect of groups can be seen");
    v.field("group_spread", &T::group_spread, "Comparisons: sd of group deviations, in logits");
    v.field("group_p", &T::group_p, "Of no deviations: labels shuffled between raters");
    v.field("group_q", &T::group_q, "p after Benjamini-Hochberg over all such tests");
    v.field("log_likelihood", &T::log_likelihood, "Of the fit; its criterion");
    v.field("log_likelihood_without_groups", &T::log_likelihood_without_groups,
            "The same without groups");
    v.field("iterations", &T::iterations, "Steps of the search");
    v.field("gradient_norm", &T::gradient_norm, "At its end, where there is one");
    v.field("converged", &T::converged, "The search ended where it should");
    v.field("cells", &T::cells, "How many cells rest on what");
    v.field("note", &T::note, "What to know of it");
}

template <class V>
void describe(V& v, Of<estimate::DimensionFit>) {
    using T = estimate::DimensionFit;
    v.field("dimension", &T::dimension, "The value judged");
    v.field("kind", &T::kind, "rating, vote, comparison, ranking, approval or label");
    v.field("model", &T::model, "The model used; empty if there was none");
    v.field("why", &T::why, "Why this one, or why none");
    v.field("candidates", &T::candidates, "Models considered");
    v.field("judgments", &T::judgments, "Judgments");
    v.field("raters", &T::raters, "Raters");
    v.field("items", &T::items, "Items judged");
    v.field("n_eff", &T::n_eff, "Judgments of equal weight that would tell as much");
    v.field("everyone", &T::everyone, "All raters together");
    v.field("partitions", &T::partitions, "Group by group");
    v.field("notes", &T::notes, "Cautions");
}

template <class V>
void describe(V& v, Of<estimate::SamplingGap>) {
    using T = estimate::SamplingGap;
    v.field("attribute", &T::attribute, "The attribute");
    v.field("value", &T::value, "Its value");
    v.field("declared", &T::declared, "Declared share of the population");
    v.field("raters", &T::raters, "Raters with this value");
    v.field("of", &T::of, "Raters whose value is known");
    v.field("found", &T::found, "Share of the raters as they came");
    v.field("interval", &T::interval, "95 % (Wilson) of that");
    v.field("weighted", &T::weighted, "Share of the raters' weight");
    v.field("beyond_chance", &T::beyond_chance, "The declared share lies outside the interval");
}

template <class V>
void describe(V& v, Of<estimate::Raking>) {
    using T = estimate::Raking;
    v.field("raters", &T::raters, "Raters weighted");
    v.field("effective", &T::effective, "Raters of equal weight that would tell as much (Kish)");
    v.field("design_effect", &T::design_effect, "Raters over that");
    v.field("least", &T::least, "The smallest weight; their mean is 1");
    v.field("most", &T::most, "The largest");
    v.field("trimmed", &T::trimmed, "Raters whose weight stands at the bound");
    v.field("worst_error", &T::worst_error, "Largest distance of a share from the declared one");
    v.field("worst", &T::worst, "Where that is");
    v.field("unknown", &T::unknown, "Raters whose value is not known, by attribute");
    v.field("gaps", &T::gaps, "Share by share");
    v.field("iterations", &T::iterations, "Rounds of raking");
    v.field("converged", &T::converged, "The shares were reached");
}

template <class V>
void describe(V& v, Of<estimate::UnusedAttribute>) {
    using T = estimate::UnusedAttribute;
    v.field("attribute", &T::attribute, "What raters were not split by");
    v.field("reason", &T::reason, "Why");
}

template <class V>
void describe(V& v, Of<estimate::TensorReport>) {
    using T = estimate::TensorReport;
    v.field("title", &T::title, "The heading");
    v.field("judgments", &T::judgments, "Judgments in the table");
    v.field("raters", &T::raters, "Raters who judged");
    v.field("machine_raters", &T::machine_raters, "Models among those who judged, left out");
    v.field("findings", &T::findings, "What it all means, most important first");
    v.field("dimensions", &T::dimensions, "Value by value");
    v.field("attributes_left_out", &T::attributes_left_out, "Attributes that make no groups");
    v.field("population", &T::population, "What the raters were weighted to");
    v.field("cells", &T::cells, "The first cells of the tensor");
    v.field("cells_total", &T::cells_total, "How many there are");
}

}  // namespace edgewise::service
