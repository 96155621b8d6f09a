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

void put_option(Paper& paper, const edge::HeatMap& map, const edge::OptionCells& option) {
    constexpr std::size_t kAcross = 3;  // as many values as fit beside each other
    paper.paragraph(option.id + (option.text.empty() ? "" : ": " + option.text) + " (scalar " +
                        fixed(option.scalar, 2) + ")",
                    2, Tone::bold, 3);
    for (std::size_t first = 0; first < map.dimensions.size(); first += kAcross) {
        const std::size_t last = std::min(first + kAcross, map.dimensions.size());
        Table table;
        table.columns.push_back({map.attribute, Align::left, 10});
        for (std::size_t d = first; d < last; ++d) {
            table.columns.push_back({map.dimensions[d], Align::right, 18});
        }
        for (std::size_t g = 0; g < map.groups.size(); ++g) {
            std::vector<Span> row{{map.groups[g]}};
            for (std::size_t d = first; d < last; ++d) {
                row.push_back(cell_text(option.cells.at(g).at(d)));
            }
            table.rows.push_back(std::move(row));
        }
        std::vector<Span> row{{"everybody", Tone::dim}};
        for (std::size_t d = first; d < last; ++d) row.push_back(cell_text(option.pooled.at(d)));
        table.rows.push_back(std::move(row));
        paper.table(table, 4);
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
                  {"signal", Align::left},
                  {"evidence", Align::left, 10}},
                 {}};
    const auto add = [&](const char* axis, const edge::CaseLoss& loss,
                         const edge::SignalState& signal) {
        losses.rows.push_back({{axis},
                               {known(loss.mean, 3)},
                               {known(loss.interval, 3)},
                               {signal.state, signal.state == "on" ? Tone::bad : Tone::plain},
                               {signal.evidence}});
    };
    add("values", row.flattening, row.value_conflict);
    add("people", row.representation, row.disagreement);
    add("uncertainty", row.blindness, row.ambiguity);
    paper.blank();
    paper.table(losses);
    if (!row.outcome.empty()) paper.paragraph("Suggested: " + row.outcome, 2);
}

}  // namespace

std::string render_show(const service::Show::Response& r, bool colour) {
    constexpr std::size_t kJudgments = 20;
    Paper paper(colour);
    put_case(paper, r.row);
    for (const edge::HeatMap& map : r.heat_maps) {
        paper.heading("By " + map.attribute);
        for (const edge::OptionCells& option : map.options) put_option(paper, map, option);
    }
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
