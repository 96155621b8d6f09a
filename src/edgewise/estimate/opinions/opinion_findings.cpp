#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "edgewise/base/words.hpp"
#include "edgewise/estimate/opinions/opinion_report.hpp"

namespace edgewise::estimate {
namespace {

constexpr double kShown = 0.05;

std::string percent(double share) {
    const double p = 100.0 * share;
    return p != 0.0 && p > -9.95 && p < 9.95 ? fmt::format("{:.1f} %", p)
                                             : fmt::format("{:.0f} %", p);
}

std::string p_words(double p) { return p < 0.001 ? "p < 0.001" : fmt::format("p = {:.3f}", p); }

std::string sizes(const OpinionReport& r) {
    std::string out;
    for (const OpinionGroup& group : r.groups) {
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", group.name,
                           grouped_digits(group.raters));
    }
    return out;
}

std::string many(std::uint64_t n, const std::string& one) {
    return fmt::format("{} {}{}", grouped_digits(n), one, n == 1 ? "" : "s");
}

Finding about_groups(const OpinionReport& r) {
    const HonestPanel& h = r.honest;
    Finding out;
    const std::string null =
        h.between.null_mean
            ? fmt::format(
                  " Groups found in the same way in shuffled votes take up {} ({} to {}); "
                  "{} over {}.",
                  percent(*h.between.null_mean), percent(*h.between.null_low),
                  percent(*h.between.null_high), p_words(*h.between.p),
                  many(h.permutations, "shuffle"))
            : "";
    const std::string held =
        h.held_out ? fmt::format(
                         " On statements that the groups were not made from they take up "
                         "{} ({} to {} over {}).",
                         percent(*h.held_out), percent(*h.held_out_least),
                         percent(*h.held_out_most), many(h.splits, "random half-split"))
                   : "";
    const std::string raw =
        h.between.observed
            ? fmt::format(
                  "The groups ({}) take up {} of the variety of the votes they were made "
                  "from.",
                  sizes(r), percent(*h.between.observed))
            : fmt::format("The groups are {}.", sizes(r));
    out.text = raw + null + held;
    if (!h.between.p) {
        out.verdict = "cannot_tell";
        out.title = fmt::format("{} groups, but whether they are more than noise was not tested",
                                r.groups.size());
        out.next = "Run again with --permutations 100 or more.";
    } else if (*h.between.p <= kShown) {
        out.verdict = "shown";
        out.title =
            fmt::format("Opinions hang together: {} groups stand out from noise", r.groups.size());
        out.next =
            "Use the held-out figures when you say how far groups are apart; the others "
            "overstate it, since the groups were made to differ on these votes.";
    } else if (h.explained.p && *h.explained.p <= kShown) {
        out.verdict = "cannot_tell";
        out.title = "Opinions hang together, but these groups do not catch how";
        out.text += fmt::format(
            " The map holds {} of the variety of votes against {} in shuffled "
            "votes, {}: there is something common.",
            percent(*h.explained.observed), percent(*h.explained.null_mean),
            p_words(*h.explained.p));
        out.next =
            "Try --groups 2 or a larger --least-votes: people with few votes stand far out "
            "by chance and make groups of their own.";
    } else {
        out.verdict = "not_shown";
        out.title = "No opinion groups beyond what noise gives";
        out.next = "Do not analyse these groups further: clustering always returns some.";
    }
    return out;
}

Finding about_clumps(const OpinionReport& r) {
    const BesideNull& s = r.honest.silhouette;
    Finding out;
    std::string text = fmt::format("Silhouette {:.2f} for {} groups", *s.observed, r.groups.size());
    if (s.null_mean) {
        text += fmt::format("; {:.2f} ({:.2f} to {:.2f}) in shuffled votes, {}", *s.null_mean,
                            *s.null_low, *s.null_high, p_words(*s.p));
    }
    text += ".";
    const bool apart = s.p && *s.p <= kShown;
    if (r.honest.same_number) {
        text += fmt::format(" Of the halves of the statements, {} would choose as many groups.",
                            percent(*r.honest.same_number));
    }
    if (r.honest.halves_alike) {
        text += fmt::format(
            " Groups from two halves, which share no vote, agree with an adjusted "
            "Rand index of {:.2f} ({:.2f} to {:.2f}; 1 is the same, 0 chance).",
            *r.honest.halves_alike, *r.honest.halves_least, *r.honest.halves_most);
    }
    out.text = text;
    if (!s.p) {
        out.verdict = "cannot_tell";
        out.title = "Whether the groups are separate camps was not tested";
        out.next = "Run again with --permutations 100 or more.";
    } else if (apart) {
        out.verdict = "shown";
        out.title = "The groups are tighter than those of a cloud without structure";
        out.next =
            "Look at the map before you call them camps: a long spectrum cut in two is "
            "tight as well.";
    } else {
        out.verdict = "not_shown";
        out.title = "No gaps between the groups are shown: read them as regions, not as camps";
        out.next = "Treat the borders as a convention: people near one could be in either group.";
    }
    return out;
}

Finding about_statements(const OpinionReport& r) {
    const HonestPanel& h = r.honest;
    Finding out;
    out.verdict = h.held > 0 ? "shown" : "not_shown";
    out.title = h.held > 0 ? fmt::format("The groups disagree on {} of {}", h.held,
                                         many(h.tested, "statement"))
                           : "No statement is shown on which the groups disagree";
    out.text = fmt::format(
        "Tested in groups found without the statement, at most {} of these should be false "
        "alarms. Testing the groups on the votes that made them would claim {}.",
        percent(h.fdr), grouped_digits(h.naive));
    out.next = h.held > 0 ? "See the list of divisive statements for who stands where."
                          : "Collect votes of more people on the same statements.";
    return out;
}

Finding about_consensus(const OpinionReport& r) {
    Finding out;
    if (r.consensus.empty()) {
        out.verdict = "not_shown";
        out.title = "No statement is shown to have a majority in every group";
        out.text =
            "For none can it be said with 90 % confidence that every group agrees, or "
            "rejects it, by more than half.";
        out.next = "Ask for votes on the statements with the highest priority.";
        return out;
    }
    const ConsensusRow& best = r.consensus.front();
    out.verdict = "shown";
    out.title = "There is common ground across the groups";
    out.text = fmt::format(
        "A majority of every group agrees with {} and rejects {}, each with 90 % confidence. "
        "First: \"{}\": at least {} of every group {}.",
        many(r.agreed, "statement"), grouped_digits(r.rejected), r.statements[best.statement].text,
        percent(best.bound), best.side);
    out.next = "Start from these when you write rules that everybody has to live with.";
    return out;
}

Finding about_bridging(const OpinionReport& r) {
    const BridgingSummary& b = r.bridging;
    Finding out;
    if (!b.defined) {
        out.verdict = "cannot_tell";
        out.title = "Bridging cannot be measured";
        out.text = "Because " + b.why_not + ".";
        out.next = "Collect votes of people who disagree.";
        return out;
    }
    const bool steady = b.converged && b.share_changing_side <= 0.01 &&
                        b.least_rank_correlation.value_or(1.0) >= 0.99;
    out.verdict = steady ? (b.surely_above > 0 ? "shown" : "not_shown") : "caution";
    out.title = !steady ? "Bridging scores depend on where the search began"
                : b.surely_above > 0
                    ? fmt::format("{} liked across the divide", many(b.surely_above, "statement"))
                    : "No statement is surely liked across the divide";
    out.text = fmt::format(
        "{} score {:.2f} or more, {} of them with the whole 95 % interval. From {} starts no "
        "score moves by more than {:.3f}, and {} of the statements change side.",
        many(b.above, "statement"), b.threshold, b.surely_above, b.starts, b.largest_difference,
        percent(b.share_changing_side));
    out.next = steady ? "A score is a statement's appeal once side is taken out; it is not a share "
                        "of votes."
                      : "Do not rank by these scores; collect more votes per statement.";
    return out;
}

}  // namespace

std::vector<Finding> opinion_findings(const OpinionReport& r) {
    std::vector<Finding> out;
    if (r.groups.size() < 2) {
        out.push_back({.verdict = "cannot_tell",
                       .title = "There are no groups to tell apart",
                       .text = "Because " + r.why_none + ".",
                       .next = "Collect votes of more people on more statements."});
    } else {
        out.push_back(about_groups(r));
        if (r.honest.silhouette.observed) out.push_back(about_clumps(r));
        if (r.honest.tested > 0) out.push_back(about_statements(r));
        out.push_back(about_consensus(r));
    }
    out.push_back(about_bridging(r));
    for (const KnownGrouping& known : r.known) {
        if (!known.learned_from_judgments || !known.adjusted_rand) continue;
        out.push_back(
            {.verdict = "caution",
             .title = fmt::format("\"{}\" groups the same people: adjusted Rand index {:.2f}",
                                  known.attribute, *known.adjusted_rand),
             .text = fmt::format("{} groups of {} who have both. 1 is the same grouping, 0 what "
                                 "chance gives.{}",
                                 known.groups, many(known.raters, "rater"),
                                 known.as_many && known.groups != r.groups.size()
                                     ? fmt::format(" With as many groups made of these votes it "
                                                   "is {:.2f}.",
                                                   *known.as_many)
                                     : ""),
             .next = "Where the two differ, say which one you use; neither is the true one."});
    }
    for (const OpinionGroup& group : r.groups) {
        if (group.too_small.empty()) continue;
        out.push_back({.verdict = "caution",
                       .title = fmt::format("Group {} is too small to speak about", group.name),
                       .text = group.too_small + ". Consensus of every group is not listed either.",
                       .next = "Ask for fewer groups with --groups, or collect more people."});
    }
    if (!r.honest.converged || !r.map.converged) {
        out.push_back({.verdict = "caution",
                       .title = "A search did not converge",
                       .text = "The components of the votes, or the groups in some of the shuffles "
                               "or halves, were still moving when the search ended.",
                       .next = "Read figures to fewer digits."});
    }
    return out;
}

}  // namespace edgewise::estimate
