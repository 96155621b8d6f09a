#include <algorithm>
#include <string>
#include <vector>

#include "edgewise/cli/render.hpp"
#include "edgewise/cli/render_parts.hpp"
#include "edgewise/cli/text.hpp"

namespace edgewise::cli {
namespace {

// "0.62 ±0.10 (12)": mean, half-width of the 90 % interval, judgments. "~" marks an estimate that
// is borrowed from everybody, "?" one that rests on too few judgments to speak about.
Span cell_text(const edge::CellReport& cell) {
    if (!cell.mean) return {"– (" + count(cell.n) + ")", Tone::dim};
    std::string out = cell.state == "observed" ? "" : cell.state == "pooled" ? "~" : "?";
    const Tone tone = out.empty() ? Tone::plain : Tone::dim;
    out += fixed(*cell.mean, 2);
    if (cell.interval) {
        out += " ±" + fixed((cell.interval->high - cell.interval->low) / 2.0, 2);
    }
    return {out + " (" + count(cell.n) + ")", tone};
}

// As many values stand beside each other as fit.
void put_option(Paper& paper, const edge::HeatMap& map, const edge::OptionCells& option) {
    constexpr std::size_t kIndent = 3;
    constexpr std::size_t kGap = 2;
    constexpr std::size_t kLongestGroup = 20;
    paper.paragraph(option.id + (option.text.empty() ? "" : ": " + option.text) + " (scalar " +
                        fixed(option.scalar, 2) + ")",
                    2, Tone::bold, 3);
    std::vector<std::vector<Span>> columns;
    std::vector<std::size_t> widths;
    for (std::size_t d = 0; d < map.dimensions.size(); ++d) {
        std::vector<Span>& column = columns.emplace_back();
        for (const auto& group : option.cells) column.push_back(cell_text(group.at(d)));
        column.push_back(cell_text(option.pooled.at(d)));
        std::size_t& width = widths.emplace_back(0);
        for (const Span& cell : column) width = std::max(width, display_width(cell.text));
    }
    std::vector<std::string> names = map.groups;
    names.emplace_back("everybody");
    std::size_t lead = display_width(map.attribute);
    for (const std::string& name : names) lead = std::max(lead, display_width(name));
    lead = std::min(lead, kLongestGroup);
    for (std::size_t first = 0; first < columns.size();) {
        Table table{{{map.attribute, Align::left, lead}}, {}};
        std::size_t used = kIndent + lead;
        std::size_t last = first;
        while (last < columns.size() && (last == first || used + kGap + widths[last] <= kColumns)) {
            table.columns.push_back(
                {cut(map.dimensions[last], std::max<std::size_t>(widths[last], 8)), Align::right,
                 widths[last]});
            used += kGap + std::max(widths[last], display_width(table.columns.back().title));
            ++last;
        }
        for (std::size_t g = 0; g < names.size(); ++g) {
            const Tone tone = g + 1 == names.size() ? Tone::dim : Tone::plain;
            std::vector<Span> row{{cut(one_line(names[g]), lead), tone}};
            for (std::size_t d = first; d < last; ++d) row.push_back(columns[d][g]);
            table.rows.push_back(std::move(row));
        }
        paper.table(table, kIndent);
        first = last;
    }
}

void put_case(Paper& paper, const edge::CaseRow& row) {
    paper.heading("Case " + row.id);
    if (!row.text.empty()) paper.paragraph(row.text, 2, Tone::plain, 12);
    std::string context;
    for (const std::string& each : row.context) context += (context.empty() ? "" : ", ") + each;
    if (!context.empty()) paper.paragraph(context, 2, Tone::dim, 3);
    paper.paragraph(count(row.judgments, "judgment") + " by " + count(row.raters, "rater") +
                        " on " + count(row.options, "option") + ".",
                    2);
    if (!row.pick.empty()) {
        std::string pick = "The scalar picks " + row.pick;
        if (row.pick_support) {
            pick += "; it is the best with probability " + fixed(*row.pick_support, 2);
        }
        if (!row.worst_dimension.empty()) pick += "; it does worst on " + row.worst_dimension;
        if (!row.worst_group.empty()) pick += " and for " + row.worst_group;
        paper.paragraph(pick + ".", 2);
    }
    Table losses{{{"averaged over", Align::left, 13},
                  {"loss", Align::right},
                  {"90 % interval", Align::right},
                  {"signal", Align::left}},
                 {}};
    const auto add = [&](const char* axis, const edge::CaseLoss& loss,
                         const edge::SignalState& signal) {
        losses.rows.push_back({{axis},
                               {known(loss.mean, 3)},
                               {known(loss.interval, 3)},
                               {signal.state, signal.state == "on" ? Tone::bad : Tone::plain}});
    };
    add("values", row.flattening, row.value_conflict);
    add("people", row.representation, row.disagreement);
    add("uncertainty", row.blindness, row.ambiguity);
    paper.blank();
    paper.table(losses);
    const auto because = [&](const char* axis, const edge::SignalState& signal) {
        if (!signal.evidence.empty()) {
            paper.item({std::string(axis) + ":"}, 13, signal.evidence, 2, 4);
        }
    };
    because("values", row.value_conflict);
    because("people", row.disagreement);
    because("uncertainty", row.ambiguity);
    if (!row.outcome.empty()) paper.paragraph("Suggested: " + row.outcome, 2);
}

}  // namespace

std::string render_show(const service::Show::Response& r, bool colour) {
    constexpr std::size_t kJudgments = 20;
    constexpr std::size_t kPartitions = 6;
    Paper paper(colour);
    put_case(paper, r.row);
    const std::size_t maps = std::min(kPartitions, r.heat_maps.size());
    for (std::size_t i = 0; i < maps; ++i) {
        paper.heading("By " + r.heat_maps[i].attribute);
        for (const edge::OptionCells& option : r.heat_maps[i].options) {
            put_option(paper, r.heat_maps[i], option);
        }
    }
    fold(paper, r.heat_maps.size(), maps, "choose with --attributes, or see --json");
    if (!r.heat_maps.empty()) {
        paper.paragraph(
            "Utility from 0 to 1, larger is better, ± half of the 90 % interval, judgments in "
            "brackets; ~ borrowed from everybody, ? too few judgments to speak about, – nothing "
            "known.",
            2, Tone::dim);
    }
    paper.heading("Judgments");
    const std::size_t shown = std::min(kJudgments, r.judgments.size());
    for (std::size_t i = 0; i < shown; ++i) paper.item({"-"}, 2, r.judgments[i], 2, 2);
    fold(paper, std::max<std::uint64_t>(r.judgments_total, r.judgments.size()), shown,
         "see --json");
    return paper.text();
}

}  // namespace edgewise::cli
