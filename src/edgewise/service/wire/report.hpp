#pragma once

#include "edgewise/edge/audit.hpp"
#include "edgewise/service/wire/statistics.hpp"

// An audit on the wire: its rows and the report as a whole.
namespace edgewise::service {

template <class V>
void describe(V& v, Of<edge::SignalState>) {
    using T = edge::SignalState;
    v.field("state", &T::state, "on, off or unknown");
    v.field("evidence", &T::evidence, "In plain words");
    v.field("q", &T::q, "After correction for the number of cases");
}

template <class V>
void describe(V& v, Of<edge::CaseLoss>) {
    v.field("mean", &edge::CaseLoss::mean, "In utility, 0 to 1");
    v.field("interval", &edge::CaseLoss::interval, "90 % under posterior draws");
}

template <class V>
void describe(V& v, Of<edge::CaseRow>) {
    using T = edge::CaseRow;
    v.field("id", &T::id, "The case");
    v.field("text", &T::text, "Its text, where known");
    v.field("context", &T::context, "name=value");
    v.field("options", &T::options, "Options judged");
    v.field("judgments", &T::judgments, "Judgments");
    v.field("raters", &T::raters, "Raters");
    v.field("pick", &T::pick, "The option that the scalar picks");
    v.field("pick_support", &T::pick_support, "Posterior probability that it is the best");
    v.field("flattening", &T::flattening, "Loss from averaging over values");
    v.field("representation", &T::representation, "Loss from averaging over people");
    v.field("blindness", &T::blindness, "Loss from ignoring uncertainty");
    v.field("worst_dimension", &T::worst_dimension, "The value that loses most by the pick");
    v.field("worst_group", &T::worst_group, "The group that loses most by the pick");
    v.field("value_conflict", &T::value_conflict, "Signal V");
    v.field("disagreement", &T::disagreement, "Signal D");
    v.field("ambiguity", &T::ambiguity, "Signal E");
    v.field("outcome", &T::outcome, "Suggested: answer, options, ask, abstain or escalate");
}

template <class V>
void describe(V& v, Of<edge::CellReport>) {
    using T = edge::CellReport;
    v.field("mean", &T::mean, "Utility, 0 to 1; null where nothing is known");
    v.field("interval", &T::interval, "90 %");
    v.field("n", &T::n, "Judgments");
    v.field("state", &T::state, "observed, pooled or insufficient");
}

template <class V>
void describe(V& v, Of<edge::OptionCells>) {
    using T = edge::OptionCells;
    v.field("id", &T::id, "The option");
    v.field("text", &T::text, "Its text, where known");
    v.field("scalar", &T::scalar, "What the scalar gives it");
    v.field("pooled", &T::pooled, "Everybody together, by dimension");
    v.field("cells", &T::cells, "By group, then by dimension");
}

template <class V>
void describe(V& v, Of<edge::HeatMap>) {
    using T = edge::HeatMap;
    v.field("case_id", &T::case_id, "The case");
    v.field("case_text", &T::case_text, "Its text, where known");
    v.field("attribute", &T::attribute, "How raters are split");
    v.field("groups", &T::groups, "Rows of the map");
    v.field("dimensions", &T::dimensions, "Columns of the map");
    v.field("options", &T::options, "One map an option");
}

template <class V>
void describe(V& v, Of<edge::Flag>) {
    using T = edge::Flag;
    v.field("case_id", &T::case_id, "The case");
    v.field("option", &T::option, "The option");
    v.field("attribute", &T::attribute, "How raters are split");
    v.field("group", &T::group, "The group that differs");
    v.field("dimension", &T::dimension, "On which value");
    v.field("n", &T::n, "The group's judgments on this item");
    v.field("raw", &T::raw, "The group's mean as it stands");
    v.field("shrunken", &T::shrunken, "And after partial pooling");
    v.field("interval", &T::interval, "90 %");
    v.field("pooled", &T::pooled, "Everybody's");
    v.field("q", &T::q, "After Benjamini-Hochberg");
    v.field("opposes", &T::opposes, "The group's majority is on the other side");
}

template <class V>
void describe(V& v, Of<edge::Finding>) {
    using T = edge::Finding;
    v.field("axis", &T::axis, "values, people, uncertainty or data");
    v.field("verdict", &T::verdict, "shown, not_shown, cannot_tell or caution");
    v.field("title", &T::title, "In one line");
    v.field("text", &T::text, "What it means, with figures and their uncertainty");
    v.field("next", &T::next, "What to do about it");
}

template <class V>
void describe(V& v, Of<edge::Provenance>) {
    using T = edge::Provenance;
    v.field("version", &T::version, "Of the program");
    v.field("seed", &T::seed, "Where the random numbers started");
    v.field("permutations", &T::permutations, "Shuffles behind every null");
    v.field("draws", &T::draws, "Posterior draws");
    v.field("fdr", &T::fdr, "The share of flags that may be false");
    v.field("least_group", &T::least_group, "Raters a group needed");
    v.field("least_cell", &T::least_cell, "Judgments a cell needed in flip rates");
    v.field("scalar", &T::scalar, "The baseline in words");
}

template <class V>
void describe(V& v, Of<edge::AuditReport>) {
    using T = edge::AuditReport;
    v.field("title", &T::title, "The heading");
    v.field("provenance", &T::provenance, "How this was computed");
    v.field("findings", &T::findings, "Most important first");
    v.field("data", &T::data, "What was audited");
    v.field("resolvability", &T::resolvability, "Which questions these data can answer");
    v.field("partitions", &T::partitions, "How groups differ, one entry an attribute");
    v.field("attributes_left_out", &T::attributes_left_out, "Attributes that make no groups");
    v.field("losses", &T::losses, "What averaging loses");
    v.field("conflicts", &T::conflicts, "Where values oppose each other");
    v.field("uncertainty", &T::uncertainty, "What is not known");
    v.field("flags", &T::flags, "Smallest q first");
    v.field("flags_total", &T::flags_total, "Flags in all");
    v.field("cases", &T::cases, "Largest loss first");
    v.field("cases_total", &T::cases_total, "Cases in all");
    v.field("heat_maps", &T::heat_maps, "Group x value, for the top cases");
}

template <class V>
void describe(V& v, Of<edge::ShowReport>) {
    using T = edge::ShowReport;
    v.field("row", &T::row, "The case in one row");
    v.field("heat_maps", &T::heat_maps, "Group x value, one entry an attribute");
    v.field("judgments", &T::judgments, "The judgments in words");
    v.field("judgments_total", &T::judgments_total, "Judgments in all");
}

}  // namespace edgewise::service
