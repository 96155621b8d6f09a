#pragma once

#include "edgewise/estimate/opinions/opinion_report.hpp"
#include "edgewise/service/field.hpp"
#include "edgewise/service/wire/finding.hpp"
#include "edgewise/service/wire/statistics.hpp"

// Opinion groups on the wire.
namespace edgewise::service {

template <class V>
void describe(V& v, Of<estimate::OpinionOptions>) {
    using T = estimate::OpinionOptions;
    v.option("title", &T::title, "The heading of the report");
    v.option("dimension", &T::dimension, "What to group by; the votes if it is not named");
    v.option("groups", &T::groups, "How many groups; 0: the number with the best silhouette");
    v.option("most_groups", &T::most_groups, "No more groups than this are tried");
    v.option("least_votes", &T::least_votes, "Votes a rater needs to take part");
    v.option("least_group", &T::least_group, "Raters a group needs to be spoken about");
    v.option("permutations", &T::permutations, "Shuffles of votes behind every null");
    v.option("splits", &T::splits, "Random halves of the statements behind held-out figures");
    v.option("resamples", &T::resamples, "Resamples of raters behind intervals of bridging");
    v.option("bridging_starts", &T::bridging_starts, "Starts of the bridging factorisation");
    v.option("bridging_threshold", &T::bridging_threshold,
             "A statement bridges from this intercept on");
    v.option("fdr", &T::fdr, "The share of statements called divisive that may be false");
    v.option("most_statements", &T::most_statements, "Statements in each list");
    v.option("most_points", &T::most_points, "Raters drawn on the map");
    v.option("include_moderated", &T::include_moderated, "Use statements that moderators took out");
    v.option("seed", &T::seed, "Where the random numbers start; the same seed, the same report");
}

template <class V>
void describe(V& v, Of<estimate::OpinionData>) {
    using T = estimate::OpinionData;
    v.field("dimension", &T::dimension, "What was voted on or rated");
    v.field("kind", &T::kind, "Votes, or how ratings were read as votes");
    v.field("raters", &T::raters, "Raters with a vote");
    v.field("taking_part", &T::taking_part, "Those with enough votes to be grouped");
    v.field("least_votes", &T::least_votes, "Votes that this takes");
    v.field("statements", &T::statements, "Statements with a vote");
    v.field("moderated_out", &T::moderated_out, "Those of them not used: taken out by moderators");
    v.field("votes", &T::votes, "Votes; of repeated ones the last");
    v.field("agree", &T::agree, "Votes that agree");
    v.field("disagree", &T::disagree, "Votes that disagree; the rest are passes");
    v.field("machine_votes", &T::machine_votes, "Votes of models, left out");
}

template <class V>
void describe(V& v, Of<estimate::VoteShare>) {
    using T = estimate::VoteShare;
    v.field("agree", &T::agree, "Votes that agree");
    v.field("disagree", &T::disagree, "Votes that disagree");
    v.field("seen", &T::seen, "All votes, passes too");
    v.field("share", &T::share, "Of agreement among those who saw it");
    v.field("interval", &T::interval, "95 %, Wilson; null for a group that is too small");
    v.field("held_out", &T::held_out, "The same share in groups found without this statement");
}

template <class V>
void describe(V& v, Of<estimate::StatementRow>) {
    using T = estimate::StatementRow;
    v.field("id", &T::id, "The statement's id");
    v.field("text", &T::text, "Its text");
    v.field("moderated_out", &T::moderated_out, "Taken out by moderators, and not used");
    v.field("everybody", &T::everybody, "Votes of all raters");
    v.field("groups", &T::groups, "Votes of each group, in their order");
    v.field("consensus", &T::consensus, "Group-informed: product of (agree + 1) / (seen + 2)");
    v.field("consensus_bound", &T::consensus_bound,
            "Every group agrees by more than this, with 90 % confidence");
    v.field("dissent_bound", &T::dissent_bound,
            "Every group disagrees by more than this, with 90 % confidence");
    v.field("priority", &T::priority, "How much it is worth to show it to the next voter");
    v.field("extremity", &T::extremity, "How far it lies from the middle of the map");
    v.field("between", &T::between,
            "Share of its variety between the groups, which were made from it, too");
    v.field("between_null", &T::between_null, "The same, mean over shuffled votes");
    v.field("between_held_out", &T::between_held_out, "The same for groups found without it");
    v.field("p", &T::p, "Of a difference between groups found without it");
    v.field("q", &T::q, "p after Benjamini-Hochberg");
    v.field("bridging", &T::bridging, "Its intercept in the bridging factorisation");
    v.field("bridging_interval", &T::bridging_interval, "95 %, raters resampled");
    v.field("bridging_factor", &T::bridging_factor, "How far one side likes it and not the other");
}

template <class V>
void describe(V& v, Of<estimate::RepresentativeRow>) {
    using T = estimate::RepresentativeRow;
    v.field("statement", &T::statement, "Place in statements, from 0");
    v.field("side", &T::side, "agree or disagree");
    v.field("n", &T::n, "Members on that side");
    v.field("seen", &T::seen, "Members who saw it");
    v.field("share", &T::share, "n / seen");
    v.field("interval", &T::interval, "95 %, Wilson");
    v.field("others", &T::others, "The other groups' share on that side");
    v.field("ratio", &T::ratio, "Share over the others' share, both smoothed");
    v.field("z", &T::z, "Test of the side in the group");
    v.field("ratio_z", &T::ratio_z, "Test against the others");
    v.field("best_agree", &T::best_agree, "The one that the group agrees with and stands for best");
    v.field("significant", &T::significant, "Both tests pass at one-sided 10 %");
    v.field("held_out", &T::held_out, "The share in groups found without this statement");
    v.field("q", &T::q, "Of a difference between groups found without it");
}

template <class V>
void describe(V& v, Of<estimate::OpinionGroup>) {
    using T = estimate::OpinionGroup;
    v.field("name", &T::name, "A is the largest");
    v.field("raters", &T::raters, "Its members");
    v.field("votes", &T::votes, "Their votes");
    v.field("x", &T::x, "Its middle on the map");
    v.field("y", &T::y, "Its middle on the map");
    v.field("too_small", &T::too_small, "Why nothing is said about it; empty: large enough");
    v.field("representative", &T::representative, "Statements that set it apart");
}

template <class V>
void describe(V& v, Of<estimate::TriedNumber>) {
    using T = estimate::TriedNumber;
    v.field("groups", &T::groups, "Number of groups");
    v.field("silhouette", &T::silhouette, "Mean over base clusters, -1 to 1");
    v.field("halves", &T::halves, "Halves of the statements that would choose it");
}

template <class V>
void describe(V& v, Of<estimate::MapPoint>) {
    using T = estimate::MapPoint;
    v.field("x", &T::x, "First component");
    v.field("y", &T::y, "Second component");
    v.field("group", &T::group, "Place in groups, from 0");
    v.field("votes", &T::votes, "The rater's votes");
}

template <class V>
void describe(V& v, Of<estimate::OpinionMap>) {
    using T = estimate::OpinionMap;
    v.field("explained_x", &T::explained_x, "Share of the variance of votes along the first");
    v.field("explained_y", &T::explained_y, "Share of the variance of votes along the second");
    v.field("points", &T::points, "Raters who take part, without their ids");
    v.field("left_out", &T::left_out, "Raters who take part but are not drawn");
    v.field("converged", &T::converged, "Whether the components did");
    v.field("steps", &T::steps, "Steps of the iteration");
}

template <class V>
void describe(V& v, Of<estimate::BesideNull>) {
    using T = estimate::BesideNull;
    v.field("observed", &T::observed, "In these votes");
    v.field("null_mean", &T::null_mean, "Mean where votes are shuffled within statements");
    v.field("null_low", &T::null_low, "Lower end of the central 95 % of the null");
    v.field("null_high", &T::null_high, "Upper end of the central 95 % of the null");
    v.field("p", &T::p, "Share of shuffles at least as large, the data counted as one");
}

template <class V>
void describe(V& v, Of<estimate::HonestPanel>) {
    using T = estimate::HonestPanel;
    v.field("permutations", &T::permutations, "Shuffles of votes");
    v.field("splits", &T::splits, "Random halves of the statements");
    v.field("between", &T::between, "Share of the variety of votes between groups, raw");
    v.field("silhouette", &T::silhouette, "Of the number of groups chosen");
    v.field("explained", &T::explained, "Share of variance along the two components");
    v.field("held_out", &T::held_out,
            "Share between groups on statements they were not made from: median over splits");
    v.field("held_out_least", &T::held_out_least, "The least of the splits");
    v.field("held_out_most", &T::held_out_most, "The largest of the splits");
    v.field("halves_alike", &T::halves_alike,
            "Adjusted Rand index of groups from two halves: median over splits");
    v.field("halves_least", &T::halves_least, "The least of the splits");
    v.field("halves_most", &T::halves_most, "The largest of the splits");
    v.field("half_and_all", &T::half_and_all,
            "Adjusted Rand index of groups from a half with those from all");
    v.field("same_number", &T::same_number,
            "Share of halves that would choose as many groups; null where it was given");
    v.field("tested", &T::tested, "Statements tested for a difference between groups");
    v.field("naive", &T::naive, "Claimed if the groups had been given in advance");
    v.field("held", &T::held, "Claimed in groups found without the statement");
    v.field("fdr", &T::fdr, "The share of claims that may be false");
    v.field("converged", &T::converged, "Whether every search did");
}

template <class V>
void describe(V& v, Of<estimate::ConsensusRow>) {
    using T = estimate::ConsensusRow;
    v.field("statement", &T::statement, "Place in statements, from 0");
    v.field("side", &T::side, "agree: every group does; disagree: every group rejects it");
    v.field("share", &T::share, "The least share of any group");
    v.field("bound", &T::bound, "Every group exceeds this, with 90 % confidence");
    v.field("consensus", &T::consensus, "Group-informed consensus");
    v.field("consensus_interval", &T::consensus_interval, "95 %, from draws of the shares");
}

template <class V>
void describe(V& v, Of<estimate::BridgingSummary>) {
    using T = estimate::BridgingSummary;
    v.field("defined", &T::defined, "Whether there is anything to bridge");
    v.field("why_not", &T::why_not, "If not, why");
    v.field("mu", &T::mu, "Global mean of the factorisation");
    v.field("objective", &T::objective, "Mean squared error and penalties");
    v.field("mean_squared_error", &T::mean_squared_error, "Without the penalties");
    v.field("sweeps", &T::sweeps, "Sweeps over all votes");
    v.field("converged", &T::converged, "Whether the objective stopped falling");
    v.field("starts", &T::starts, "Starts tried");
    v.field("worst_objective", &T::worst_objective, "The largest objective of any start");
    v.field("least_rank_correlation", &T::least_rank_correlation,
            "Of the statements' intercepts between starts, the worst");
    v.field("largest_difference", &T::largest_difference,
            "Of any statement's intercept between starts");
    v.field("share_changing_side", &T::share_changing_side,
            "Of statements, at the threshold, between starts; the worst");
    v.field("threshold", &T::threshold, "From which on a statement bridges");
    v.field("resamples", &T::resamples, "Resamples of raters behind the intervals");
    v.field("above", &T::above, "Statements at or above the threshold");
    v.field("surely_above", &T::surely_above, "Those with the whole interval");
    v.field("factor_and_groups", &T::factor_and_groups,
            "Share of the variance of raters' factors between the groups");
    v.field("top", &T::top, "Places in statements, by the lower end of the interval");
}

template <class V>
void describe(V& v, Of<estimate::KnownGrouping>) {
    using T = estimate::KnownGrouping;
    v.field("attribute", &T::attribute, "What is known of raters");
    v.field("groups", &T::groups, "Its values among those who take part");
    v.field("raters", &T::raters, "Raters with both");
    v.field("adjusted_rand", &T::adjusted_rand, "1: the same grouping, 0: chance");
    v.field("as_many", &T::as_many, "The same if as many groups are made of these votes");
    v.field("learned_from_judgments", &T::learned_from_judgments,
            "Opinion groups that others found in these votes");
}

template <class V>
void describe(V& v, Of<estimate::OpinionReport>) {
    using T = estimate::OpinionReport;
    v.field("title", &T::title, "The heading");
    v.field("findings", &T::findings, "What it comes to");
    v.field("data", &T::data, "What was voted, by whom");
    v.field("groups", &T::groups, "Opinion groups, the largest first");
    v.field("why_none", &T::why_none, "Why there are fewer than two; empty: there are");
    v.field("tried", &T::tried, "Numbers of groups that were tried");
    v.field("map", &T::map, "Where raters stand");
    v.field("honest", &T::honest, "What is left when votes are not used twice");
    v.field("statements", &T::statements, "All statements");
    v.field("consensus", &T::consensus, "What every group agrees with, then what each rejects");
    v.field("agreed", &T::agreed, "Statements that a majority of every group agrees with");
    v.field("rejected", &T::rejected, "Statements that a majority of every group rejects");
    v.field("divisive", &T::divisive, "Places in statements, the most divisive first");
    v.field("bridging", &T::bridging, "Bridging factorisation");
    v.field("known", &T::known, "How these groups agree with what is known of raters");
}

}  // namespace edgewise::service
