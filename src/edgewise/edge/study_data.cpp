#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "edgewise/edge/conflict.hpp"
#include "edgewise/edge/jackknife.hpp"
#include "edgewise/edge/study.hpp"
#include "edgewise/judgment/kind_names.hpp"

namespace edgewise::edge {
namespace {

std::string present_words(const judgment::Dimension& dimension) {
    switch (dimension.kind) {
        case judgment::Kind::vote:
            return "agree";
        case judgment::Kind::comparison:
            return "the first of the pair preferred";
        default:
            return fmt::format(">= {:g}", 0.5 * (dimension.low + dimension.high));
    }
}

DimensionSummary summarise(const Study& study, std::size_t d) {
    const auto& view = study.observations.dimensions[d];
    const auto& dimension = study.dimension(d);
    DimensionSummary out;
    out.name = study.names[d];
    out.kind = judgment::name_of(dimension.kind);
    out.polarity = dimension.polarity == judgment::Polarity::negative ? "negative"
                   : dimension.polarity_declared || dimension.kind != judgment::Kind::rating
                       ? "positive"
                       : "positive (not declared)";
    out.low = dimension.low;
    out.high = dimension.high;
    out.range_declared = dimension.range_declared;
    out.present = present_words(dimension);
    const auto& fit = study.model.fits[d]->summary();
    out.estimator = fit.estimator;
    out.why_estimator = fit.why;
    out.judgments = view.utility.size();
    std::vector<std::uint8_t> seen(study.raters());
    std::vector<std::uint32_t> sizes;
    double total = 0.0;
    for (std::size_t item = 0; item < view.items(); ++item) {
        const auto who = view.raters(item);
        if (who.empty()) continue;
        sizes.push_back(static_cast<std::uint32_t>(who.size()));
        for (const auto rater : who) seen[rater] = 1;
        for (const double u : view.utilities(item)) total += u;
    }
    out.items = sizes.size();
    out.raters = static_cast<std::uint64_t>(std::ranges::count(seen, 1));
    if (!sizes.empty()) {
        const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
        std::ranges::nth_element(sizes, middle);
        out.raters_per_item = *middle;
        out.mean_utility = total / static_cast<double>(out.judgments);
    }
    if (const auto alpha = krippendorff_alpha(view, study.raters())) {
        out.alpha = alpha->value;
        out.alpha_interval = alpha->interval();
        out.alpha_se_rater = alpha->se_rater;
        out.alpha_se_item = alpha->se_item;
    }
    return out;
}

}  // namespace

void describe_data(const Study& study, AuditReport& report) {
    DataSummary& data = report.data;
    const auto& table = study.table;
    data.judgments = table.size();
    std::vector<std::uint8_t> active(study.raters());
    for (const auto rater : table.rater()) active[rater] = 1;
    for (std::size_t r = 0; r < active.size(); ++r) {
        if (active[r] == 0) continue;
        const bool person = r >= table.raters().kinds.size() ||
                            table.raters().kinds[r] == judgment::RaterKind::person;
        ++(person || study.options.include_machines ? data.raters : data.machine_raters);
    }
    data.cases = study.units.size();
    for (std::size_t item = 0; item < study.observations.items.size(); ++item) {
        for (const auto& view : study.observations.dimensions) {
            if (view.begin[item + 1] > view.begin[item]) {
                ++data.items;
                break;
            }
        }
    }
    const auto kind = study.dimension(0).kind;
    data.item_means = kind == judgment::Kind::comparison ? "pair of options"
                      : kind == judgment::Kind::vote     ? "statement"
                                                         : "option";
    data.underspecified = study.observations.underspecified;
    for (std::size_t d = 0; d < study.names.size(); ++d) {
        data.repeated += study.observations.dimensions[d].repeated;
        data.dimensions.push_back(summarise(study, d));
    }
    for (const auto& left_out : study.observations.left_out) data.notes.push_back(left_out);
    if (study.observations.machine > 0) {
        data.notes.push_back(
            fmt::format("{} judgments by machine raters are left out: machines are "
                        "no stakeholders",
                        study.observations.machine));
    }
    if (std::ranges::any_of(table.weight(), [](float w) { return w != 1.0F; })) {
        data.notes.emplace_back(
            "weights of judgments are kept in the data and not used by this audit: every rater "
            "counts the same");
    }
    if (study.drawn.size() < study.units.size()) {
        data.notes.push_back(fmt::format("losses are drawn for a random sample of {} of {} cases",
                                         study.drawn.size(), study.units.size()));
    }
    const auto& options = study.options;
    report.title = options.title;
    report.provenance.version = EDGEWISE_VERSION;
    report.provenance.seed = options.seed;
    report.provenance.permutations = options.permutations;
    report.provenance.draws = options.draws;
    report.provenance.fdr = options.fdr;
    report.provenance.least_group = options.least_group;
    report.provenance.least_cell = options.least_cell;
    std::string weights;
    const bool equal = std::ranges::all_of(study.scalar.weight, [](double w) { return w == 1.0; });
    for (std::size_t d = 0; d < study.names.size(); ++d) {
        if (study.scalar.weight[d] <= 0.0) continue;
        weights += (weights.empty() ? "" : ", ") + study.names[d];
        if (!equal && !options.weights.empty()) {
            weights += fmt::format(" ({:g})", study.scalar.weight[d]);
        }
    }
    report.provenance.scalar =
        study.scalar.overall < study.names.size() && options.weights.empty()
            ? "the raters' mean of \"" + weights + "\""
            : (equal ? "the plain mean, over raters and dimensions, of "
                     : "the weighted mean, over raters and dimensions, of ") +
                  weights;
}

void study_conflicts(const Study& study, AuditReport& report) {
    ConflictReport& out = report.conflicts;
    if (study.names.size() < 2) {
        out.verdict = "cannot_tell";
        out.why = "only one dimension was judged; value conflict takes two";
        return;
    }
    const std::size_t reference =
        study.scalar.overall < study.names.size() ? study.scalar.overall : kNoReference;
    auto rates =
        dimension_conflicts(study.observations, study.names, reference, study.raters(), study.job);
    if (reference != kNoReference) out.reference = study.names[reference];
    out.raters = rates.raters;
    out.cases = rates.cases;
    out.unit = rates.compares_options ? "two options of a case, judged by the same rater"
                                      : "one item, judged by the same rater: accepted on one "
                                        "dimension and refused on another";
    out.any = rates.any;
    out.pairs = std::move(rates.pairs);
    if (!out.any || out.any->n < 20) {
        out.verdict = "cannot_tell";
        out.why = fmt::format(
            "only {} times did one rater judge the same thing with a clear direction on two "
            "dimensions",
            out.any ? out.any->n : 0);
        return;
    }
    if (!out.any->floor_known) {
        out.verdict = "cannot_tell";
        out.why =
            "on some dimension too few raters judged the same thing to know how much is noise";
        return;
    }
    // Shown only against the upper bound of the floor, which is an estimate itself.
    const double low = out.any->interval->low - rates.any_floor_high;
    const double high = out.any->interval->high - out.any->floor;
    out.verdict = low > 0.0 ? "shown" : high < 0.05 ? "not_shown" : "cannot_tell";
    if (out.verdict == "shown") {
        out.why = fmt::format(
            "dimensions pull apart in {:.1f} % of judgments against {:.1f} % that noise alone "
            "could make",
            100.0 * out.any->observed, 100.0 * out.any->floor);
    } else if (out.verdict == "not_shown") {
        out.why = fmt::format(
            "{:.1f} % observed is not shown to exceed the {:.1f} % that noise alone could make, "
            "and "
            "exceeds it by less than 5 points",
            100.0 * out.any->observed, 100.0 * out.any->floor);
    } else {
        out.why = fmt::format(
            "{:.1f} % observed cannot be told from the {:.1f} % that noise alone could make ({} "
            "units)",
            100.0 * out.any->observed, 100.0 * out.any->floor, out.any->n);
    }
}

}  // namespace edgewise::edge
