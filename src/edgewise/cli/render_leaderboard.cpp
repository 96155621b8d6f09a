#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "edgewise/cli/render.hpp"
#include "edgewise/cli/render_parts.hpp"
#include "edgewise/cli/text.hpp"

namespace edgewise::cli {
namespace {

using estimate::BoardDimension;
using estimate::BoardRow;

constexpr std::size_t kFindings = 6;
constexpr std::size_t kRows = 30;
constexpr std::size_t kBar = 22;

// "···━━━●━━····": the interval of a strength on the scale of all that are shown.
std::string bar(const BoardRow& row, double low, double high) {
    if (!row.strength || !(high > low)) return {};
    const auto at = [&](double value) {
        const double share = std::clamp((value - low) / (high - low), 0.0, 1.0);
        return static_cast<std::size_t>(std::lround(share * (kBar - 1)));
    };
    const std::size_t from = row.interval ? at(row.interval->low) : at(*row.strength);
    const std::size_t to = row.interval ? at(row.interval->high) : at(*row.strength);
    const std::size_t dot = at(*row.strength);
    std::string out;
    for (std::size_t i = 0; i < kBar; ++i) {
        out += i == dot ? "●" : i < from || i > to ? "·" : "━";
    }
    return out;
}

// Which neighbours cannot be told apart: a bracket beside the rows.
std::string bracket(const std::vector<BoardRow>& rows, std::size_t k) {
    const auto joined = [&](std::size_t i) {
        return rows[i].apart_from_next && !*rows[i].apart_from_next;
    };
    const bool above = k > 0 && joined(k - 1);
    const bool below = joined(k);
    return above && below ? "│" : below ? "┐" : above ? "┘" : " ";
}

Table rank_table(const BoardDimension& board, std::size_t shown) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (std::size_t k = 0; k < shown; ++k) {
        const BoardRow& row = board.rows[k];
        if (!row.interval) continue;
        low = std::min(low, row.interval->low);
        high = std::max(high, row.interval->high);
    }
    Table table{{{"rank", Align::right, 4},
                 {"surely", Align::right, 6},
                 {"", Align::left, 1},
                 {"contender", Align::left, 12, true},
                 {"strength", Align::left, kBar},
                 {"beats", Align::right, 6},
                 {"best", Align::right, 5},
                 {"n", Align::right, 4}},
                {}};
    for (std::size_t k = 0; k < shown; ++k) {
        const BoardRow& row = board.rows[k];
        const Tone tone = row.state == "insufficient" ? Tone::dim : Tone::plain;
        const std::string sign = row.state == "insufficient"    ? " ?"
                                 : row.state == "prior_decides" ? " ∞"
                                                                : "";
        const auto rank = [](const std::optional<std::uint64_t>& value) {
            return value ? count(*value) : std::string("–");
        };
        const std::string surely = !row.rank_low ? "–"
                                   : *row.rank_low == *row.rank_high
                                       ? rank(row.rank_low)
                                       : rank(row.rank_low) + "–" + rank(row.rank_high);
        table.rows.push_back({{rank(row.rank), tone},
                              {surely, tone},
                              {bracket(board.rows, k), Tone::dim},
                              {one_line(row.name) + sign, tone},
                              {bar(row, low, high), tone},
                              {row.utility ? percent(*row.utility) : "–", tone},
                              {!row.p_best           ? "–"
                               : *row.p_best < 0.005 ? ""
                                                     : percent(*row.p_best),
                               tone},
                              {count(row.comparisons), tone}});
    }
    return table;
}

void put_ranks(Paper& paper, const BoardDimension& board, double level, bool many) {
    const std::size_t shown = std::min(kRows, board.rows.size());
    const bool ranked = board.verdict != "nothing";
    std::string title = ranked ? "Ranks" : "Contenders, not ranked";
    if (many) title += " on " + board.name;
    paper.heading(shown_of(title, board.rows_total, shown));
    std::string data = count(board.comparisons, "comparison");
    if (board.ballots > 0) data += " from " + count(board.ballots, "order");
    data += " by " + count(board.raters, "rater") + " in " + count(board.cases, "case") + ", " +
            count(board.contenders, "contender");
    if (board.tie_share) data += "; " + percent(*board.tie_share) + " ties";
    if (board.both_bad_share && *board.both_bad_share > 0.0) {
        data += " (" + percent(*board.both_bad_share) + " both bad)";
    }
    if (board.machine > 0) data += "; " + count(board.machine, "judgment") + " of models apart";
    paper.paragraph(data + ".", 2);
    if (!board.why.empty() && ranked) paper.paragraph("Note: " + board.why + ".", 2, Tone::warn);
    if (!ranked) {
        if (shown > 0 && board.rows_total <= kRows) paper.table(rank_table(board, shown));
        return;
    }
    paper.table(rank_table(board, shown));
    std::string key = "surely: the ranks that are possible, for all at once (" + percent(level) +
                      "). ┐│┘: no one can be told from the next. beats: chance "
                      "to win against the average other, ties half. best: share of draws in "
                      "which it is first. n: comparisons.";
    const auto has = [&](std::string_view state) {
        return std::ranges::any_of(board.rows,
                                   [&](const BoardRow& row) { return row.state == state; });
    };
    if (has("insufficient")) key += " ?: too few comparisons to speak about it.";
    if (has("prior_decides")) key += " ∞: no finite strength; the prior says how far.";
    paper.paragraph(key, 2, Tone::dim);
}

void put_rest(Paper& paper, const BoardDimension& board, bool many) {
    if (board.model.name.empty()) return;
    paper.heading("How sure, and why" + (many ? " (" + board.name + ")" : std::string()));
    std::string model = board.kind == "ranking" ? "Plackett-Luce" : "Bradley-Terry";
    if (board.model.ties != "none") {
        model += ", ties by " + board.model.ties + " (" + board.model.why + ")";
    }
    model += board.model.converged
                 ? "; converged in " + count(board.model.iterations, "step")
                 : "; NOT converged after " + count(board.model.iterations, "step");
    if (board.model.prior_sd) {
        model += "; prior sd " + fixed(*board.model.prior_sd, 2) + " logits" +
                 (board.model.prior_was_needed ? ", needed" : ", asked for");
    }
    paper.item({"model"}, 10, model + ".");
    for (const estimate::BoardErrors& each : board.errors) {
        if (!each.used) continue;
        std::string text = "take " + each.independent + " as independent (" + each.why + ")";
        if (each.median_se) text += "; median " + fixed(*each.median_se, 2) + " logits";
        if (each.ratio) text += ", " + fixed(*each.ratio, 1) + " x independent comparisons";
        paper.item({"errors"}, 10, text + ".");
    }
    if (!board.position.words.empty()) paper.item({"place"}, 10, board.position.words);
    if (!board.fit.words.empty()) {
        std::string text = board.fit.words;
        if (board.fit.dispersion) {
            text += " Pairs scatter " + fixed(*board.fit.dispersion, 1) +
                    " x as much as independent comparisons would.";
        }
        paper.item({"fit"}, 10, text);
    }
    for (const estimate::BoardGrouping& each : board.groupings) {
        paper.item({"by"}, 10,
                   each.why.empty() ? each.attribute + ": " + each.words
                                    : each.attribute + ": not estimated, " + each.why + ".",
                   2, 5);
    }
    for (const estimate::MachineBoard& machine : board.machines) {
        paper.item({"machine"}, 10,
                   machine.why.empty() ? machine.words
                                       : machine.rater + ": not compared, " + machine.why + ".",
                   2, 5);
    }
}

// Ranks in each group, where groups are shown to rank otherwise.
void put_groups(Paper& paper, const BoardDimension& board) {
    constexpr std::size_t kGroups = 6;
    constexpr std::size_t kGroupRows = 10;
    for (const estimate::BoardGrouping& each : board.groupings) {
        if (each.verdict != "shown") continue;
        const std::size_t groups = std::min(kGroups, each.groups.size());
        const std::size_t rows = std::min(kGroupRows, each.rows.size());
        paper.heading("Ranks by " + each.attribute +
                      (groups < each.groups.size()
                           ? " (" + count(groups) + " of " + count(each.groups.size()) + " groups)"
                           : std::string()));
        Table table{{{"contender", Align::left, 12, true}, {"all", Align::right, 3}}, {}};
        for (std::size_t g = 0; g < groups; ++g) {
            table.columns.push_back(
                {cut_middle(one_line(each.groups[g].name), 10), Align::right, 4});
        }
        for (std::size_t k = 0; k < rows; ++k) {
            std::vector<Span> row{{one_line(each.rows[k].name)}, {count(each.rows[k].rank)}};
            for (std::size_t g = 0; g < groups; ++g) {
                const estimate::BoardGroupCell& cell = each.rows[k].cells[g];
                const bool sure = cell.state == "observed";
                row.push_back(
                    {(sure ? "" : "~") + count(cell.rank), sure ? Tone::plain : Tone::dim});
            }
            table.rows.push_back(std::move(row));
        }
        paper.table(table);
        paper.paragraph("Strengths of groups are pulled towards everybody's; ~ few comparisons.", 2,
                        Tone::dim);
    }
}

void put_next(Paper& paper, const service::Leaderboard::Response& r) {
    paper.heading("What to do next");
    std::vector<std::string> steps;
    for (const BoardDimension& board : r.dimensions) {
        if (board.further && !board.further->apart) steps.push_back(board.further->words);
    }
    for (const estimate::Finding& finding : r.findings) {
        if (!finding.next.empty()) steps.push_back(finding.next);
    }
    std::vector<std::string> said;
    for (const std::string& step : steps) {
        if (std::ranges::find(said, step) != said.end() || said.size() >= 6) continue;
        said.push_back(step);
        paper.item({"-"}, 2, step, 2, 4);
    }
    paper.item({"-"}, 2,
               "--html board.html draws it: strengths, who beat whom; --json everything.");
}

}  // namespace

std::string render_leaderboard(const service::Leaderboard::Response& r, bool colour) {
    Paper paper(colour);
    paper.heading(r.title.empty() ? "Edgewise leaderboard" : "Edgewise leaderboard: " + r.title);
    paper.paragraph(import_in_a_line(r.import), 0, Tone::plain, 1);
    paper.heading("What these comparisons say (● shown ○ not shown ? cannot be told ! caution)");
    const std::size_t shown = std::min(kFindings, r.findings.size());
    for (std::size_t i = 0; i < shown; ++i) {
        const estimate::Finding& finding = r.findings[i];
        // Here what is shown is good news.
        const Span lead =
            finding.verdict == "shown" ? Span{"●", Tone::good} : mark(finding.verdict);
        paper.item(lead, 2, finding.title, 2, 2, Tone::bold);
        paper.paragraph(finding.text, 4, Tone::plain, 4);
    }
    fold(paper, r.findings.size(), shown);
    const bool many = r.dimensions.size() > 1;
    for (const BoardDimension& board : r.dimensions) {
        put_ranks(paper, board, r.level, many);
        put_rest(paper, board, many);
        put_groups(paper, board);
    }
    put_next(paper, r);
    return paper.text();
}

}  // namespace edgewise::cli
