#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "edgewise/edge/study.hpp"

// Turns figures into sentences for people who have not read the method. Every sentence states its
// figures with their uncertainty, and "cannot tell" is an answer like the others.
namespace edgewise::edge {
namespace {

constexpr std::size_t kMostGroupFindings = 3;  // attributes with a finding of their own
constexpr double kLargeExcess = 0.10;          // disagreement across groups beyond chance
constexpr double kLowAlpha = 0.4;

std::string percent(double share) {
    return share > 0.0 && share < 0.01 ? fmt::format("{:.1f} %", 100.0 * share)
                                       : fmt::format("{:.0f} %", 100.0 * share);
}

std::string joined(const std::vector<std::string>& words) {
    if (words.size() <= 6) return fmt::format("{}", fmt::join(words, ", "));
    return fmt::format("{} and {} more", fmt::join(words.begin(), words.begin() + 6, ", "),
                       words.size() - 6);
}

std::string interval_words(const Interval& i) {
    return fmt::format("{:.3f} to {:.3f}", i.low, i.high);
}

// How much an attribute matters: the largest excess of disagreement that is shown.
double strength_of(const PartitionReport& partition) {
    double out = 0.0;
    for (const GroupEffect& effect : partition.effects) {
        if (effect.verdict != "shown") continue;
        out = std::max(out, effect.disagreement_ratio->excess);
    }
    return out;
}

// The flip rate at the audit's least cell, or the deepest there is.
const FlipRate* deepest_flip(const GroupEffect& effect, std::uint64_t least_cell) {
    const FlipRate* out = nullptr;
    for (const FlipRate& flip : effect.flips) {
        if (flip.least <= least_cell) out = &flip;
    }
    return out;
}

std::string flips_words(const PartitionReport& partition, std::uint64_t least_cell) {
    std::vector<std::string> parts;
    for (const GroupEffect& effect : partition.effects) {
        if (effect.verdict != "shown") continue;
        const FlipRate* flip = deepest_flip(effect, least_cell);
        if (flip == nullptr || flip->rate.q > 0.1 || flip->rate.excess <= 0.0) continue;
        parts.push_back(fmt::format("{} {} (null {})", effect.dimension,
                                    percent(flip->rate.observed), percent(flip->rate.null_mean)));
    }
    if (parts.empty()) return {};
    return fmt::format(" Some group's majority opposes the pooled one on: {}.", joined(parts));
}

const Loss* loss_of(const AuditReport& report, std::string_view name, std::string_view attribute) {
    for (const Loss& loss : report.losses) {
        if (loss.name == name && loss.attribute == attribute) return &loss;
    }
    return nullptr;
}

Finding group_finding(const Study& study, const AuditReport& report,
                      const PartitionReport& partition) {
    std::vector<std::string> on;
    std::uint64_t flagged = 0;
    for (const GroupEffect& effect : partition.effects) {
        if (effect.verdict != "shown") continue;
        on.push_back(effect.disagreement_ratio->p <= 0.05
                         ? fmt::format("{} (+{:.0f} %, p {:.3f})", effect.dimension,
                                       100.0 * effect.disagreement_ratio->excess,
                                       effect.disagreement_ratio->p)
                         : fmt::format("{} (on {} cells, q {:.3f})", effect.dimension,
                                       effect.cells_flagged, effect.q));
        flagged += effect.cells_flagged;
    }
    const std::string flips = flips_words(partition, study.options.least_cell);
    const Loss* loss = loss_of(report, "representation", partition.attribute);
    const bool costs = loss != nullptr && (loss->verdict == "shown" || loss->verdict == "caution");
    const bool large = !flips.empty() || costs || strength_of(partition) >= kLargeExcess;
    Finding out{"people", partition.verdict, "", "", ""};
    out.title = large ? fmt::format("One average does not speak for everyone: {} matters",
                                    partition.attribute)
                      : fmt::format("{} makes a difference, a small one", partition.attribute);
    out.text =
        fmt::format("Raters of different {} differ more than raters of the same group on {}.{}",
                    partition.attribute, joined(on), flips);
    if (costs) {
        out.text += fmt::format(
            " Following the average costs the worst-off group {} of the scale a case more than "
            "necessary ({} if labels meant nothing, p {:.3f}).",
            loss_words(loss->null->observed), loss_words(loss->null->null_mean), loss->null->p);
    } else if (loss != nullptr && loss->null) {
        out.text += " No loss in the picks themselves is shown: the groups differ in degree.";
    }
    out.next = flagged > 0
                   ? fmt::format(
                         "Look at the {} flagged {} by {}; decide these cases group by "
                         "group instead of on the average.",
                         flagged, flagged == 1 ? "cell" : "cells", partition.attribute)
                   : "The difference is shown overall but no single case can be named: collect "
                     "more judgments a group before acting on cases.";
    if (partition.learned_from_judgments) {
        out.title =
            fmt::format("Groups by {} differ, but partly by construction", partition.attribute);
        out.text +=
            " These groups were found by clustering the same judgments, so that they differ by "
            "construction: read every figure here as an upper bound.";
        out.next =
            "Check with an attribute that does not come from the votes, or cluster one half of the "
            "statements and analyse the other half.";
    }
    return out;
}

void people_findings(const Study& study, const AuditReport& report, std::vector<Finding>& out) {
    std::vector<std::string> none;
    std::vector<std::string> untold;
    std::vector<const PartitionReport*> differ;
    for (const PartitionReport& partition : report.partitions) {
        if (partition.verdict == "not_shown") none.push_back(partition.attribute);
        if (partition.verdict == "cannot_tell") untold.push_back(partition.attribute);
        if (partition.verdict == "shown" || partition.verdict == "caution") {
            differ.push_back(&partition);
        }
    }
    std::ranges::stable_sort(
        differ, [](const auto* a, const auto* b) { return strength_of(*a) > strength_of(*b); });
    std::vector<std::string> others;
    for (std::size_t i = 0; i < differ.size(); ++i) {
        if (i < kMostGroupFindings) {
            out.push_back(group_finding(study, report, *differ[i]));
        } else {
            others.push_back(fmt::format("{} (+{:.0f} %)", differ[i]->attribute,
                                         100.0 * strength_of(*differ[i])));
        }
    }
    if (!others.empty()) {
        out.push_back({"people", "shown",
                       fmt::format("{} further {} make a difference too", others.size(),
                                   others.size() == 1 ? "attribute" : "attributes"),
                       fmt::format("{}; in brackets the most by which disagreement across groups "
                                   "exceeds chance. Attributes of the same people overlap: each "
                                   "was tested on its own.",
                                   fmt::join(others, ", ")),
                       ""});
    }
    if (!none.empty()) {
        out.push_back({"people", "not_shown", "No difference shown by " + joined(none),
                       "Raters of different groups disagree no more than raters of the same group, "
                       "beyond what shuffled labels give. That is no proof that they agree: the "
                       "resolvability table says what size could have been seen.",
                       ""});
    }
    if (!untold.empty()) {
        std::string why;
        for (const Resolvability& r : report.resolvability) {
            if (r.attribute == untold.front() && r.global.can == "no") {
                why = r.global.why;
                break;
            }
        }
        out.push_back({"people", "cannot_tell",
                       "These data cannot resolve differences by " + joined(untold),
                       why.empty() ? "" : "For " + untold.front() + ": " + why + ".",
                       "More raters in each group who judge the same items."});
    }
    if (report.partitions.empty()) {
        out.push_back({"people", "cannot_tell", "These data cannot say whom the average leaves out",
                       "No attribute sorts the raters into two groups of enough raters.",
                       "Record who judges: a table of raters with the attributes that matter to "
                       "your question (--raters FILE). Attitudes explain more than demographics."});
    }
}

// How many raters the item question lacks, in one sentence.
void resolvability_finding(const AuditReport& report, std::vector<Finding>& out) {
    const Resolvability* best = nullptr;
    std::size_t no = 0;
    for (const Resolvability& r : report.resolvability) {
        no += r.items_answer.can == "no" ? 1U : 0U;
        if (best == nullptr || r.further_raters < best->further_raters) best = &r;
    }
    if (best == nullptr || no < report.resolvability.size()) return;
    out.push_back(
        {"data", "cannot_tell", "These data cannot say on which items groups differ",
         fmt::format(
             "Even at best ({} on {}) a cell holds {:.0f} raters in the median, which finds "
             "a shift of {:.2f} of the scale at the least; smaller ones look like noise.",
             best->attribute, best->dimension, best->cell_median, best->detectable_shift),
         fmt::format(
             "To find a shift of {:.2f} on single items: about {} further raters a group on "
             "each item. Fewer items with more raters answer more.",
             best->target_shift, best->further_raters)});
}

void value_findings(const AuditReport& report, std::vector<Finding>& out) {
    const ConflictReport& c = report.conflicts;
    const Loss* flattening = loss_of(report, "flattening", "");
    if (flattening == nullptr) return;
    Finding finding{"values", flattening->verdict, "", "", ""};
    const auto sure = flattening->share_material * static_cast<double>(flattening->cases);
    if (flattening->verdict == "shown") {
        finding.title = fmt::format("One number hides value conflicts in {:.0f} of {} cases", sure,
                                    flattening->cases);
    } else if (flattening->verdict == "not_shown") {
        finding.title = "No value is surely sacrificed by the average";
    } else {
        finding.title = "These data cannot say what averaging over values costs";
    }
    finding.text = flattening->why + ".";
    finding.text.front() = finding.text.front() >= 'a' && finding.text.front() <= 'z'
                               ? static_cast<char>(finding.text.front() - 'a' + 'A')
                               : finding.text.front();
    if (flattening->mean && flattening->interval) {
        finding.text += fmt::format(" Mean loss {:.3f} of the scale (90 %: {}).", *flattening->mean,
                                    interval_words(*flattening->interval));
    }
    finding.next = flattening->verdict == "shown"
                       ? "Keep the dimensions apart for these cases: set thresholds or an order of "
                         "priority instead of weights."
                       : "";
    out.push_back(finding);
    if (!c.any) return;
    Finding noise{"values", c.verdict, "", "", ""};
    const std::string against = c.reference.empty()
                                    ? "dimensions oppose each other"
                                    : "some dimension opposes \"" + c.reference + "\"";
    noise.title = fmt::format("In {} of judgments {}", percent(c.any->observed), against);
    noise.text =
        fmt::format("95 %: {} to {}, {} units of {} raters.", percent(c.any->interval->low),
                    percent(c.any->interval->high), c.any->n, c.raters);
    noise.text +=
        c.any->floor_known
            ? fmt::format(" Judges' noise alone could give up to {}; the excess is {}.",
                          percent(c.any->floor), percent(std::max(0.0, c.any->excess)))
            : " How much of it is noise is not known: on some dimension too few raters judged the "
              "same thing.";
    if (!c.pairs.empty() && c.verdict == "shown") {
        const auto& pair = c.pairs.front();
        noise.text += fmt::format(" Most in excess: {} against {} ({} observed, {} noise).", pair.a,
                                  pair.b, percent(pair.rate.observed), percent(pair.rate.floor));
    }
    noise.next = c.verdict == "cannot_tell"
                     ? "Let several raters judge the same items on the same dimensions."
                     : "";
    out.push_back(std::move(noise));
}

void uncertainty_findings(const AuditReport& report, std::vector<Finding>& out) {
    const Loss* blindness = loss_of(report, "blindness", "");
    const UncertaintyReport& u = report.uncertainty;
    if (blindness == nullptr || !u.cases_undecided) return;
    Finding finding{"uncertainty", blindness->verdict, "", "", ""};
    finding.title = blindness->verdict == "shown"
                        ? fmt::format("The average looks surer than it is in {} of cases",
                                      percent(*u.cases_undecided))
                    : *u.cases_undecided >= 0.05 ? "Where the pick is in doubt, little hangs on it"
                                                 : "In nearly all cases the pick is beyond doubt";
    finding.text = fmt::format(
        "In {} of {} cases the pick is in doubt: best with less than 95 % probability, and knowing "
        "better is worth {:.2f} of the scale or more. Knowing the truth in every case "
        "would be worth {} of the scale a case on average (90 %: {}).",
        percent(*u.cases_undecided), blindness->cases, kWorthKnowing * blindness->material,
        loss_words(*blindness->mean), interval_words(*blindness->interval));
    if (u.epistemic_share) {
        finding.text += fmt::format(
            " {} of the spread of a new judgment is doubt that more raters "
            "would remove.",
            percent(*u.epistemic_share));
    }
    if (blindness->verdict == "shown" && u.further_judgments) {
        finding.next = fmt::format(
            "To halve the standard errors: {:.0f} further judgments an item. Start with the cases "
            "whose signal E is on.",
            *u.further_judgments);
    }
    out.push_back(std::move(finding));
}

// What may be wrong with the judgments themselves or with how they were read.
void data_findings(const AuditReport& report, std::vector<Finding>& out) {
    if (report.data.underspecified > 0 && report.uncertainty.underspecified) {
        out.push_back({"uncertainty", "caution", "Some questions cannot be answered as put",
                       fmt::format("{} judgments ({}) say so.", report.data.underspecified,
                                   percent(*report.uncertainty.underspecified)),
                       "Ask back in these cases instead of averaging over readings."});
    }
    std::vector<std::string> low;
    std::vector<std::string> open;
    bool declared = false;
    for (const auto& d : report.data.dimensions) {
        if (d.alpha && *d.alpha < kLowAlpha) {
            low.push_back(fmt::format("{} {:.2f} ({:.2f} to {:.2f})", d.name, *d.alpha,
                                      d.alpha_interval->low, d.alpha_interval->high));
        }
        declared = declared || d.polarity != "positive (not declared)";
        if (d.polarity == "positive (not declared)") open.push_back(d.name);
    }
    if (!low.empty()) {
        out.push_back({"data", "caution",
                       fmt::format("Raters hardly agree on {} of {} {}", low.size(),
                                   report.data.dimensions.size(),
                                   report.data.dimensions.size() == 1 ? "dimension" : "dimensions"),
                       fmt::format("Krippendorff's alpha (95 %): {}.", fmt::join(low, ", ")),
                       "Check the instructions for these dimensions before reading averages."});
    }
    if (open.size() > 1 && !declared) {
        out.push_back({"data", "caution", "Every dimension was read as \"more is better\"",
                       fmt::format("Nobody said whether high values are wanted on {}. Averages and "
                                   "conflicts between dimensions mean little if one is not.",
                                   joined(open)),
                       "Name the dimensions whose high values are unwanted: --negative a,b"});
    }
}

int weight_of(const Finding& finding) {
    if (finding.verdict == "shown") return 0;
    if (finding.verdict == "caution") return 1;
    return finding.verdict == "cannot_tell" ? 2 : 3;
}

}  // namespace

std::string loss_words(double loss) {
    if (loss != 0.0 && loss < 0.0005) return "less than 0.001";
    return fmt::format("{:.3f}", loss);
}

void conclude(const Study& study, AuditReport& report) {
    auto& out = report.findings;
    people_findings(study, report, out);
    value_findings(report, out);
    uncertainty_findings(report, out);
    resolvability_finding(report, out);
    data_findings(report, out);
    const bool anything = std::ranges::any_of(
        out, [](const Finding& f) { return f.verdict == "shown" || f.verdict == "caution"; });
    if (!anything) {
        out.insert(out.begin(),
                   {"data", "cannot_tell", "Nothing can be shown here",
                    "No loss by averaging is shown beyond what noise would give. That is an answer "
                    "about these data, not about the people: see what they can resolve.",
                    "The resolvability table says how many further raters would change that."});
    }
    std::ranges::stable_sort(
        out, [](const Finding& a, const Finding& b) { return weight_of(a) < weight_of(b); });
}

}  // namespace edgewise::edge
