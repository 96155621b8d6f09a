#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "edgewise/base/words.hpp"
#include "edgewise/estimate/raters/rater_study.hpp"

// A report in plain words, most important first.
namespace edgewise::estimate {
namespace {

// Krippendorff (2004): conclusions may be drawn from .8 on, tentative ones from .667 on.
constexpr double kReliable = 0.8;
constexpr double kTentative = 0.667;

std::string counted(std::uint64_t n, std::string_view one, std::string_view many) {
    return grouped_digits(n) + " " + std::string(n == 1 ? one : many);
}

std::string with(double value, const std::optional<Interval>& interval) {
    return interval ? fmt::format("{:.2f} ({:.2f} to {:.2f})", value, interval->low, interval->high)
                    : fmt::format("{:.2f}", value);
}

std::string percents(const std::optional<double>& value, const std::optional<Interval>& interval) {
    if (!value) return "not known";
    return interval ? fmt::format("{:.1f} % ({:.1f} to {:.1f})", 100.0 * *value,
                                  100.0 * interval->low, 100.0 * interval->high)
                    : fmt::format("{:.1f} %", 100.0 * *value);
}

std::string names(const std::vector<std::string>& all, std::size_t most = 4) {
    std::string out;
    for (std::size_t i = 0; i < all.size() && i < most; ++i) {
        out += (i == 0 ? "" : ", ") + all[i];
    }
    if (all.size() > most) out += fmt::format(" and {} more", all.size() - most);
    return out;
}

void add_agreement(const RaterReport& report, std::vector<Finding>& out) {
    std::vector<std::string> weak, good, open, unknown;
    for (const DimensionAgreement& d : report.dimensions) {
        const std::string text = d.alpha ? d.name + " " + with(*d.alpha, d.alpha_interval) : d.name;
        if (d.state != "observed" || !d.alpha_interval) {
            unknown.push_back(d.name + (d.why.empty() ? "" : " (" + d.why + ")"));
        } else if (d.alpha_interval->high < kTentative) {
            weak.push_back(text);
        } else if (d.alpha_interval->low >= kTentative) {
            good.push_back(text);
        } else {
            open.push_back(text);
        }
    }
    const std::string scale =
        " Alpha is 1 where all agree and 0 where they agree as often as answers dealt at random; "
        "from 0.8 on answers can be relied on, from 0.667 on with care (Krippendorff).";
    if (!weak.empty()) {
        out.push_back({"shown",
                       "Raters agree too little on " + counted(weak.size(), "value", "values") +
                           " for one answer to stand for all",
                       "Krippendorff's alpha with its 95 % interval over raters and items: " +
                           names(weak) + "." + scale,
                       "Read the items on which they differ: is the question unclear, or do "
                       "people differ for good reason? Keep every answer; an average hides the "
                       "second. edgewise audit says whether groups of raters differ."});
    }
    if (!open.empty()) {
        out.push_back({"cannot_tell",
                       "Whether raters agree enough cannot be told on " +
                           counted(open.size(), "value", "values"),
                       "The interval of alpha holds 0.667, the least that is usually asked for: " +
                           names(open) + "." + (weak.empty() ? scale : ""),
                       "Have more raters judge the same items: the table says whether raters or "
                       "items are what the error comes from."});
    }
    if (!good.empty()) {
        out.push_back({"not_shown", "Raters agree on " + counted(good.size(), "value", "values"),
                       "Alpha with its 95 % interval: " + names(good) + "." +
                           (weak.empty() && open.empty() ? scale : ""),
                       ""});
    }
    if (!unknown.empty()) {
        out.push_back(
            {"cannot_tell",
             "Agreement is not known on " + counted(unknown.size(), "value", "values"),
             names(unknown, 6) + ".",
             "The reason stands beside each. Where raters are few, have at least three judge "
             "the same items."});
    }
}

void add_errors(const RaterReport& report, std::vector<Finding>& out) {
    std::vector<double> ratios;
    for (const DimensionAgreement& d : report.dimensions) {
        if (!d.alpha_interval || !d.alpha_items_only) continue;
        const double items = d.alpha_items_only->high - d.alpha_items_only->low;
        if (items > 0.0) ratios.push_back((d.alpha_interval->high - d.alpha_interval->low) / items);
    }
    if (ratios.empty()) return;
    const double ratio = quantile(ratios, 0.5);
    if (ratio < 1.5) return;
    out.push_back({"caution", "Much depends on who the raters were",
                   fmt::format("Intervals over raters and items are {:.1f} times as wide as those "
                               "over items alone (median of {}). Other raters could well have "
                               "given another alpha.",
                               ratio, counted(ratios.size(), "value", "values")),
                   "Go by the wider interval, and ask more raters rather than more items."});
}

void add_flags(const RaterReport& report, const RaterOptions& options, std::vector<Finding>& out) {
    struct Kind {
        const char* flag;
        const char* words;
    };
    static constexpr Kind kKinds[] = {
        {"disagrees", "Agree less with the others than those do with each other"},
        {"gives_higher", "Give higher values than others on the same items"},
        {"gives_lower", "Give lower values than others on the same items"},
        {"drifts", "Change with time"},
        {"straight_lining", "Repeat one answer more than others on the same items"},
        {"too_fast", "Answer faster than is credible"},
        {"duplicates_another", "Answer as another rater does"},
    };
    std::string text;
    for (const Kind& kind : kKinds) {
        std::vector<std::string> who;
        for (const RaterRow& row : report.raters) {
            if (report.people > 0 && row.kind != "person")
                continue;  // machines have findings of their own
            if (std::ranges::find(row.flags, kind.flag) == row.flags.end()) continue;
            if (std::ranges::find(who, row.rater) == who.end()) who.push_back(row.rater);
        }
        if (who.empty()) continue;
        text += fmt::format("{}{}: {}.", text.empty() ? "" : " ", kind.words, names(who, 3));
    }
    const std::uint64_t enough = static_cast<std::uint64_t>(
        std::ranges::count(report.raters, std::string("observed"), &RaterRow::state));
    if (text.empty()) {
        out.push_back(
            {enough == 0 ? "cannot_tell" : "not_shown",
             enough == 0 ? "Nothing can be said of single raters" : "No rater stands out",
             enough == 0
                 ? fmt::format("No rater shares {} items with others.", options.least_shared)
                 : fmt::format("Of {} with {} shared items or more, none differs from the others "
                               "beyond chance and by an amount that matters.",
                               counted(enough, "rater and value", "raters and values"),
                               options.least_shared),
             enough == 0 ? "Have items judged by several raters." : ""});
        return;
    }
    out.push_back({"shown", "Some raters stand out", text,
                   "Look at their answers before you decide anything: who differs may be careless, "
                   "or may see what others do not. Nothing was left out; the table says what "
                   "would change without each of them."});
}

void add_machines(const RaterReport& report, std::vector<Finding>& out) {
    for (const MachineRater& m : report.machine_rows) {
        if (m.state != "observed") {
            out.push_back({"cannot_tell", m.rater + " cannot be compared with people",
                           fmt::format("On {} it shares {} with people.", m.dimension,
                                       counted(m.shared, "item", "items")),
                           "Have people judge some of the items that it judged."});
            continue;
        }
        const auto& difference = m.difference;
        if (difference.value && difference.interval) {
            const bool worse = difference.interval->high < 0.0;
            const bool better = difference.interval->low > 0.0;
            out.push_back(
                {worse    ? "shown"
                 : better ? "not_shown"
                          : "cannot_tell",
                 m.rater + (worse    ? " agrees with people less than people do with each other"
                            : better ? " agrees with the majority more often than a person does"
                                     : " and a person agree with the majority about equally often"),
                 fmt::format(
                     "On {} it gives the answer of the majority of the other people in {} "
                     "of cases, a person in {} on the same items; the difference is {}.",
                     m.dimension, percents(m.with_majority.value, m.with_majority.interval),
                     percents(m.person_with_majority.value, m.person_with_majority.interval),
                     percents(difference.value, difference.interval)),
                 worse ? "Do not let it stand for people alone; use it with the correction, or "
                         "not at all."
                       : "Agreeing with a majority is not standing for those who differ: see "
                         "edgewise audit."});
        }
        if (m.saved && m.corrected_mean.value) {
            out.push_back(
                {"not_shown",
                 fmt::format(
                     "{} saves about {} on {}", m.rater,
                     counted(static_cast<std::uint64_t>(*m.saved), "human label", "human labels"),
                     m.dimension),
                 fmt::format("With people on {} items and the machine on {} more, the mean is {} "
                             "(prediction-powered); people alone give {}, the machine alone "
                             "{:.2f} with an error that nobody knows.",
                             m.labelled, m.unlabelled,
                             with(*m.corrected_mean.value, m.corrected_mean.interval),
                             with(*m.people_mean.value, m.people_mean.interval), *m.machine_mean),
                 ""});
        }
    }
}

}  // namespace

std::vector<Finding> rater_findings(const RaterReport& report, const RaterOptions& options) {
    std::vector<Finding> out;
    add_agreement(report, out);
    add_flags(report, options, out);
    add_machines(report, out);
    add_errors(report, out);
    std::vector<std::string> slow;
    for (const DimensionAgreement& d : report.dimensions) {
        if (!d.models.empty() && !d.models.front().converged) slow.push_back(d.name);
    }
    if (!slow.empty()) {
        out.push_back({"caution", "A model of raters has not converged",
                       "On " + names(slow) +
                           " the likelihood was still rising at the last round; "
                           "estimated accuracies are provisional.",
                       ""});
    }
    if (report.speeds.empty()) {
        out.push_back({"cannot_tell", "How fast raters were is not known",
                       "Speed and drift are " + report.speed_note + ".",
                       "Name the column with --time-column, if there is one."});
    }
    return out;
}

}  // namespace edgewise::estimate
