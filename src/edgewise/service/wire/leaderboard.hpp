#pragma once

#include "edgewise/estimate/comparisons/leaderboard.hpp"
#include "edgewise/service/field.hpp"
#include "edgewise/service/wire/finding.hpp"
#include "edgewise/service/wire/statistics.hpp"

// A leaderboard on the wire.
namespace edgewise::service {

template <class V>
void describe(V& v, Of<estimate::LeaderboardOptions>) {
    using T = estimate::LeaderboardOptions;
    v.option("title", &T::title, "The heading of the report");
    v.option("dimensions", &T::dimensions, "Values to rank on; all that were compared if none");
    v.option("ties", &T::ties, "Model of ties: auto, none, half, davidson or rao_kupper");
    v.option("both_bad", &T::both_bad, "What 'both bad' counts as: tie or left_out");
    v.option("errors", &T::errors,
             "What is independent: auto, fisher, rater, case, two_way or bootstrap");
    v.option("level", &T::level, "Of every interval; ranks hold for all contenders at once");
    v.option("prior_sd", &T::prior_sd,
             "Prior of strengths in logits; 0: none where none is needed");
    v.option("position", &T::position, "Correct strengths for the advantage of being shown first");
    v.option("machines_too", &T::machines_too, "Count models' judgments among the people's");
    v.option("context", &T::context, "Context of cases to rank by; all that suit; none: none");
    v.option("attributes", &T::attributes,
             "Attributes of raters to rank by; all that suit; none: none");
    v.option("permutations", &T::permutations, "Shuffles behind 'groups rank otherwise'");
    v.option("replicates", &T::replicates, "Draws behind intervals and places");
    v.option("seed", &T::seed, "Where the random numbers start; the same seed, the same report");
    v.option("least", &T::least, "Comparisons a contender needs to be spoken about");
    v.option("top", &T::top, "Rows to list; 0 lists all");
    v.option("cross", &T::cross, "Contenders in the table of who beat whom");
}

template <class V>
void describe(V& v, Of<estimate::BoardErrors>) {
    using T = estimate::BoardErrors;
    v.field("kind", &T::kind, "fisher, rater, case, two_way or bootstrap");
    v.field("independent", &T::independent, "What is taken as independent");
    v.field("defined", &T::defined, "Whether these data define it");
    v.field("used", &T::used, "Whether intervals and places rest on it");
    v.field("clusters", &T::clusters, "Clusters, the fewer where there are two kinds; fisher: 0");
    v.field("median_se", &T::median_se, "Median over contenders, in logits");
    v.field("ratio", &T::ratio, "To the error if every comparison were independent");
    v.field("why", &T::why, "Why it is not defined, or was used");
}

template <class V>
void describe(V& v, Of<estimate::BoardPosition>) {
    using T = estimate::BoardPosition;
    v.field("corrected", &T::corrected, "Whether strengths are corrected for it");
    v.field("effect", &T::effect, "Logits in favour of the one shown first");
    v.field("interval", &T::interval, "Of the effect, clustered by rater and case");
    v.field("first_share", &T::first_share, "Decided comparisons won by the one shown first");
    v.field("decided", &T::decided, "Comparisons that were no ties");
    v.field("pairs", &T::pairs, "Pairs of contenders that met");
    v.field("pairs_both_ways", &T::pairs_both_ways, "Of them shown in both orders");
    v.field("verdict", &T::verdict, "shown, not_shown or cannot_tell");
    v.field("words", &T::words, "In plain words");
}

template <class V>
void describe(V& v, Of<estimate::BoardModel>) {
    using T = estimate::BoardModel;
    v.field("name", &T::name, "The model of strengths");
    v.field("ties", &T::ties, "The model of ties that was used");
    v.field("why", &T::why, "Why it was taken");
    v.field("log_likelihood", &T::log_likelihood, "Without the prior's term");
    v.field("log_likelihood_davidson", &T::log_likelihood_davidson, "With ties by Davidson");
    v.field("log_likelihood_rao_kupper", &T::log_likelihood_rao_kupper,
            "With ties by Rao and Kupper");
    v.field("tie_parameter", &T::tie_parameter, "nu of davidson, kappa of rao_kupper");
    v.field("gradient_norm", &T::gradient_norm, "Euclidean norm of the gradient at the estimate");
    v.field("iterations", &T::iterations, "Steps of the fit");
    v.field("converged", &T::converged, "Whether the gradient vanished");
    v.field("prior_sd", &T::prior_sd, "Of the normal prior that was used, in logits");
    v.field("prior_was_needed", &T::prior_was_needed, "Without it strengths are not finite");
    v.field("note", &T::note, "What else has to be known");
}

template <class V>
void describe(V& v, Of<estimate::BoardComponent>) {
    using T = estimate::BoardComponent;
    v.field("contenders", &T::contenders, "Contenders in it");
    v.field("comparisons", &T::comparisons, "Comparisons among them");
    v.field("ranked", &T::ranked, "Whether it is ranked");
    v.field("why", &T::why, "Why it is not");
    v.field("names", &T::names, "Some of its contenders");
}

template <class V>
void describe(V& v, Of<estimate::BoardSeparation>) {
    using T = estimate::BoardSeparation;
    v.field("above", &T::above, "Contenders that never lost to or tied with those below");
    v.field("below", &T::below, "Those below");
    v.field("words", &T::words, "In plain words");
}

template <class V>
void describe(V& v, Of<estimate::BoardRow>) {
    using T = estimate::BoardRow;
    v.field("name", &T::name, "The contender");
    v.field("state", &T::state, "observed, prior_decides or insufficient");
    v.field("why", &T::why, "Why it is not observed");
    v.field("component", &T::component, "Its place in components, from 0");
    v.field("comparisons", &T::comparisons, "Comparisons it took part in");
    v.field("raters", &T::raters, "Raters who compared it");
    v.field("wins", &T::wins, "Comparisons won");
    v.field("ties", &T::ties, "Comparisons tied, both bad included");
    v.field("losses", &T::losses, "Comparisons lost");
    v.field("both_bad", &T::both_bad, "Ties in which neither would do");
    v.field("rank", &T::rank, "Within its component, 1 is best");
    v.field("rank_low", &T::rank_low, "Best rank that is possible, for all contenders at once");
    v.field("rank_high", &T::rank_high, "Worst rank that is possible, for all at once");
    v.field("strength", &T::strength, "Logits, mean 0 over its component");
    v.field("interval", &T::interval, "Of the strength");
    v.field("utility", &T::utility, "Mean over the others of P(beats) + P(tie) / 2");
    v.field("utility_interval", &T::utility_interval, "Of the utility");
    v.field("p_best", &T::p_best, "Share of draws in which nobody is above");
    v.field("p_above_next", &T::p_above_next, "Share of draws in which it is above the next");
    v.field("apart_from_next", &T::apart_from_next, "Whether that is sure, for all pairs at once");
}

template <class V>
void describe(V& v, Of<estimate::BoardRun>) {
    using T = estimate::BoardRun;
    v.field("component", &T::component, "Place in components, from 0");
    v.field("from", &T::from, "First place in the order");
    v.field("to", &T::to, "Last place in the order");
    v.field("names", &T::names, "The contenders, in order");
    v.field("words", &T::words, "In plain words");
}

template <class V>
void describe(V& v, Of<estimate::BoardMeeting>) {
    using T = estimate::BoardMeeting;
    v.field("n", &T::n, "Comparisons of the two");
    v.field("wins", &T::wins, "Won by the row");
    v.field("ties", &T::ties, "Tied");
    v.field("expected", &T::expected, "Share of points of the row that the model expects");
}

template <class V>
void describe(V& v, Of<estimate::BoardCross>) {
    using T = estimate::BoardCross;
    v.field("names", &T::names, "Contenders, by rank");
    v.field("rows", &T::rows, "Row against column");
}

template <class V>
void describe(V& v, Of<estimate::BoardBin>) {
    using T = estimate::BoardBin;
    v.field("low", &T::low, "Least expected share of points of the favourite");
    v.field("high", &T::high, "Greatest");
    v.field("expected", &T::expected, "Mean expected share");
    v.field("observed", &T::observed, "Observed share");
    v.field("interval", &T::interval, "Of the observed share, for all bins at once");
    v.field("n", &T::n, "Comparisons");
}

template <class V>
void describe(V& v, Of<estimate::BoardFit>) {
    using T = estimate::BoardFit;
    v.field("bins", &T::bins, "By what the model expects");
    v.field("pairs", &T::pairs, "Pairs that met");
    v.field("dispersion", &T::dispersion, "Pearson's chi-squared over its degrees of freedom");
    v.field("p", &T::p, "Of that chi-squared, clustering divided out; comparisons only");
    v.field("misfit", &T::misfit, "Of pairs beyond chance, root mean square, share of points");
    v.field("verdict", &T::verdict, "shown (lack of fit), not_shown or cannot_tell");
    v.field("words", &T::words, "In plain words");
}

template <class V>
void describe(V& v, Of<estimate::BoardFurther>) {
    using T = estimate::BoardFurther;
    v.field("first", &T::first, "The first contender");
    v.field("second", &T::second, "The second");
    v.field("difference", &T::difference, "Of strengths, logits");
    v.field("interval", &T::interval, "Of the difference");
    v.field("apart", &T::apart, "Whether they are told apart");
    v.field("comparisons", &T::comparisons, "Of these two, on top, for 80 % power");
    v.field("words", &T::words, "In plain words");
}

template <class V>
void describe(V& v, Of<estimate::MachineRow>) {
    using T = estimate::MachineRow;
    v.field("name", &T::name, "The contender");
    v.field("rank", &T::rank, "By people");
    v.field("machine_rank", &T::machine_rank, "By the machine, among those it compared");
    v.field("machine_rank_low", &T::machine_rank_low, "Best rank that is possible");
    v.field("machine_rank_high", &T::machine_rank_high, "Worst rank that is possible");
    v.field("machine_strength", &T::machine_strength, "By the machine, logits");
    v.field("machine_interval", &T::machine_interval, "Of that strength");
    v.field("differs", &T::differs, "The two rank intervals do not overlap");
}

template <class V>
void describe(V& v, Of<estimate::MachineBoard>) {
    using T = estimate::MachineBoard;
    v.field("rater", &T::rater, "The machine");
    v.field("comparisons", &T::comparisons, "What it compared");
    v.field("correlation", &T::correlation, "Spearman's, of its strengths with the people's");
    v.field("differing", &T::differing, "Ranks beyond both intervals");
    v.field("why", &T::why, "Why there is nothing to say");
    v.field("words", &T::words, "In plain words");
    v.field("rows", &T::rows, "By people's rank");
}

template <class V>
void describe(V& v, Of<estimate::BoardGroup>) {
    using T = estimate::BoardGroup;
    v.field("name", &T::name, "The group");
    v.field("comparisons", &T::comparisons, "Its comparisons");
    v.field("units", &T::units, "Its raters or cases");
    v.field("first", &T::first, "The contender with the largest strength");
}

template <class V>
void describe(V& v, Of<estimate::BoardGroupCell>) {
    using T = estimate::BoardGroupCell;
    v.field("rank", &T::rank, "In the group, by shrunken strength");
    v.field("strength", &T::strength, "Logits, pulled towards everybody's");
    v.field("interval", &T::interval, "Of that strength");
    v.field("n", &T::n, "The group's comparisons of it");
    v.field("state", &T::state, "observed, pooled (borrowed) or insufficient");
}

template <class V>
void describe(V& v, Of<estimate::BoardGroupRow>) {
    using T = estimate::BoardGroupRow;
    v.field("name", &T::name, "The contender");
    v.field("rank", &T::rank, "By everybody");
    v.field("cells", &T::cells, "One entry a group");
}

template <class V>
void describe(V& v, Of<estimate::BoardGrouping>) {
    using T = estimate::BoardGrouping;
    v.field("attribute", &T::attribute, "What groups go by");
    v.field("of", &T::of, "cases or raters");
    v.field("verdict", &T::verdict, "shown, not_shown or cannot_tell: groups rank otherwise");
    v.field("words", &T::words, "In plain words");
    v.field("why", &T::why, "Why there is nothing to say");
    v.field("tau", &T::tau, "Standard deviation between groups, in logits");
    v.field("p", &T::p, "Labels shuffled between raters or cases");
    v.field("p_holm", &T::p_holm, "Corrected for all groupings tried");
    v.field("groups", &T::groups, "The groups");
    v.field("rows", &T::rows, "Contenders, by everybody's rank");
}

template <class V>
void describe(V& v, Of<estimate::BoardDimension>) {
    using T = estimate::BoardDimension;
    v.field("name", &T::name, "The value that was compared on");
    v.field("kind", &T::kind, "comparison or ranking");
    v.field("verdict", &T::verdict, "ranked, pieces or nothing");
    v.field("why", &T::why, "Why not simply ranked");
    v.field("comparisons", &T::comparisons, "Comparisons");
    v.field("ballots", &T::ballots, "Orders that comparisons were read from");
    v.field("raters", &T::raters, "Raters");
    v.field("cases", &T::cases, "Cases");
    v.field("contenders", &T::contenders, "Contenders");
    v.field("machine", &T::machine, "Judgments by models");
    v.field("underspecified", &T::underspecified, "Marked as not answerable as put, and kept");
    v.field("tie_share", &T::tie_share, "Share of ties, both bad included");
    v.field("both_bad_share", &T::both_bad_share, "Share in which neither would do");
    v.field("model", &T::model, "How strengths were estimated");
    v.field("errors", &T::errors, "How sure they are, by what is taken as independent");
    v.field("position", &T::position, "Whether being shown first helps");
    v.field("components", &T::components, "Largest first; nothing compares two of them");
    v.field("components_total", &T::components_total, "Components in all");
    v.field("separations", &T::separations, "Where strengths have no finite value");
    v.field("rows", &T::rows, "By component, then rank");
    v.field("rows_total", &T::rows_total, "Rows in all");
    v.field("runs", &T::runs, "Neighbours that cannot be told apart");
    v.field("pairs_apart", &T::pairs_apart, "Pairs of contenders surely apart, all at once");
    v.field("pairs_total", &T::pairs_total, "Pairs of contenders within components");
    v.field("further", &T::further, "What would tell the first two apart");
    v.field("cross", &T::cross, "Who beat whom");
    v.field("fit", &T::fit, "Whether the model describes the comparisons");
    v.field("groupings", &T::groupings, "Ranks by context and by group of raters");
    v.field("machines", &T::machines, "What models say of the same contenders");
}

template <class V>
void describe(V& v, Of<estimate::LeaderboardReport>) {
    using T = estimate::LeaderboardReport;
    v.field("title", &T::title, "The heading");
    v.field("level", &T::level, "Of every interval");
    v.field("findings", &T::findings, "Most important first");
    v.field("dimensions", &T::dimensions, "One board a dimension");
}

}  // namespace edgewise::service
