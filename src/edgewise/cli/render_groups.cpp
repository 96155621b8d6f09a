#include <algorithm>
#include <string>

#include "edgewise/cli/render.hpp"
#include "edgewise/cli/render_parts.hpp"
#include "edgewise/cli/text.hpp"

namespace edgewise::cli {
namespace {

using Response = service::Groups::Response;

// "A statement's text", or its id where it has none.
std::string words_of(const Response& r, std::uint64_t statement) {
    const estimate::StatementRow& row = r.statements.at(statement);
    return one_line(row.text.empty() ? row.id : row.text);
}

// "62 % (58 to 66)"
std::string share_words(const std::optional<double>& share,
                        const std::optional<Interval>& interval) {
    if (!share) return "–";
    std::string out = fixed(100.0 * *share, 0) + " %";
    if (interval) {
        out += " (" + fixed(100.0 * interval->low, 0) + " to " + fixed(100.0 * interval->high, 0) +
               ")";
    }
    return out;
}

std::string beside_words(const estimate::BesideNull& x, int places) {
    if (!x.null_mean) return "–";
    return fixed(*x.null_mean, places) + " (" + fixed(*x.null_low, places) + " to " +
           fixed(*x.null_high, places) + ")";
}

void put_header(Paper& paper, const Response& r) {
    paper.heading(r.title.empty() ? "Opinion groups" : "Opinion groups: " + r.title);
    std::string data = count(r.data.votes, "vote") + " by " + count(r.data.raters, "rater") +
                       " on " + count(r.data.statements, "statement") + "; " +
                       count(r.data.taking_part) + " with at least " +
                       count(r.data.least_votes, "vote") + " take part.";
    if (r.data.moderated_out > 0) {
        data += " " + count(r.data.moderated_out, "statement") + " taken out by moderators.";
    }
    if (r.data.machine_votes > 0) {
        data += " " + count(r.data.machine_votes, "vote") + " of models left out.";
    }
    paper.paragraph(data);
    if (r.data.kind != "votes") paper.paragraph("These are " + r.data.kind + ".");
    paper.paragraph(import_in_a_line(r.import), 0, Tone::plain, 1);
}

void put_findings(Paper& paper, const Response& r) {
    paper.heading("What it comes to (● shown ○ not shown ? cannot be told ! caution)");
    for (const estimate::Finding& finding : r.findings) {
        paper.item(mark(finding.verdict), 2, finding.title, 2, 2, Tone::bold);
        paper.paragraph(finding.text, 4, Tone::plain, 6);
    }
}

void put_honest(Paper& paper, const Response& r) {
    const estimate::HonestPanel& h = r.honest;
    if (r.groups.size() < 2) return;
    paper.heading("How far to believe the groups");
    Table table{{{"", Align::left, 24},
                 {"these votes", Align::right},
                 {"shuffled votes", Align::right},
                 {"p", Align::right}},
                {}};
    const auto add = [&](const char* what, const estimate::BesideNull& x, int places) {
        table.rows.push_back({{what},
                              {known(x.observed, places)},
                              {beside_words(x, places), Tone::dim},
                              {x.p ? p_value(*x.p) : "–"}});
    };
    add("share between groups", h.between, 3);
    if (h.held_out) {
        table.rows.push_back({{"  on held-out statements"},
                              {known(h.held_out, 3)},
                              {"0 on average", Tone::dim},
                              {""}});
    }
    add("silhouette", h.silhouette, 2);
    add("variance on the map", h.explained, 3);
    paper.table(table);
    if (r.tried.size() > 1) {
        std::string tried;
        for (const estimate::TriedNumber& each : r.tried) {
            tried +=
                (tried.empty() ? "" : ", ") + count(each.groups) + " " + known(each.silhouette, 2);
        }
        paper.paragraph("Silhouettes of numbers of groups: " + tried + ".", 2, Tone::dim);
    }
}

void put_groups(Paper& paper, const Response& r) {
    constexpr std::size_t kStatements = 3;
    for (const estimate::OpinionGroup& group : r.groups) {
        if (r.groups.size() < 2) break;
        paper.heading("Group " + group.name + ": " + count(group.raters, "rater") + ", " +
                      count(group.votes, "vote"));
        if (!group.too_small.empty()) {
            paper.paragraph("Too small: " + group.too_small + ".", 2, Tone::warn);
            continue;
        }
        if (group.representative.empty()) {
            paper.paragraph("No statement sets it apart.", 2);
        }
        const std::size_t shown = std::min(kStatements, group.representative.size());
        for (std::size_t i = 0; i < shown; ++i) {
            const estimate::RepresentativeRow& row = group.representative[i];
            paper.item(
                {row.side == "agree" ? "+" : "−", row.side == "agree" ? Tone::good : Tone::bad}, 2,
                words_of(r, row.statement), 2, 2);
            std::string text = row.side + " " + share_words(row.share, row.interval) + " of " +
                               count(row.seen) + "; the others " + percent(row.others);
            if (row.held_out) text += "; held out " + percent(*row.held_out);
            if (!row.significant) text += "; not significant";
            paper.paragraph(text + ".", 4, Tone::dim, 2);
        }
        fold(paper, group.representative.size(), shown);
    }
}

void put_consensus(Paper& paper, const Response& r) {
    constexpr std::size_t kEach = 4;
    for (const std::string_view side : {"agree", "disagree"}) {
        std::vector<const estimate::ConsensusRow*> rows;
        for (const auto& row : r.consensus) {
            if (row.side == side) rows.push_back(&row);
        }
        if (rows.empty()) continue;
        const std::size_t shown = std::min(kEach, rows.size());
        paper.heading(side == "agree" ? "Every group agrees (at least so many, 90 % confidence)"
                                      : "Every group rejects (at least so many, 90 % confidence)");
        for (std::size_t i = 0; i < shown; ++i) {
            paper.item({percent(rows[i]->bound), Tone::bold}, 6, words_of(r, rows[i]->statement), 2,
                       2);
        }
        fold(paper, rows.size(), shown);
    }
}

void put_divisive(Paper& paper, const Response& r) {
    constexpr std::size_t kMost = 4;
    if (r.divisive.empty()) return;
    const std::size_t shown = std::min(kMost, r.divisive.size());
    paper.heading("Where the groups part (share that agrees, in groups found without it)");
    for (std::size_t i = 0; i < shown; ++i) {
        const estimate::StatementRow& row = r.statements.at(r.divisive[i]);
        paper.item({"-"}, 2, words_of(r, r.divisive[i]), 2, 2);
        std::string text;
        for (std::size_t g = 0; g < row.groups.size(); ++g) {
            text += (g == 0 ? "" : ", ") + r.groups[g].name + " " +
                    share_words(row.groups[g].held_out, {});
        }
        paper.paragraph(text + "; q " + p_value(row.q.value_or(1.0)) + ".", 4, Tone::dim, 1);
    }
    fold(paper, r.divisive.size(), shown);
}

void put_bridging(Paper& paper, const Response& r) {
    constexpr std::size_t kMost = 4;
    const estimate::BridgingSummary& b = r.bridging;
    if (!b.defined) return;
    paper.heading("Bridging (appeal with side taken out; 95 % interval)");
    const std::size_t shown = std::min(kMost, b.top.size());
    for (std::size_t i = 0; i < shown; ++i) {
        const estimate::StatementRow& row = r.statements.at(b.top[i]);
        std::string score = fixed(*row.bridging, 2);
        if (row.bridging_interval) {
            score += " (" + fixed(row.bridging_interval->low, 2) + " to " +
                     fixed(row.bridging_interval->high, 2) + ")";
        }
        paper.item({score, Tone::bold}, 22, words_of(r, b.top[i]), 2, 2);
    }
    paper.paragraph("Objective " + fixed(b.objective, 6) + " after " + count(b.sweeps, "sweep") +
                        (b.converged ? ", converged" : ", NOT converged") + "; over " +
                        count(b.starts, "start") + " scores differ by at most " +
                        fixed(b.largest_difference, 4) + ".",
                    2, Tone::dim);
}

void put_known(Paper& paper, const Response& r) {
    if (r.known.empty()) return;
    paper.heading("Against what is known of raters (adjusted Rand: 1 the same, 0 chance)");
    Table table{{{"attribute", Align::left, 12, true},
                 {"groups", Align::right},
                 {"raters", Align::right},
                 {"adjusted Rand", Align::right},
                 {"with as many groups", Align::right}},
                {}};
    constexpr std::size_t kMost = 6;
    const std::size_t shown = std::min(kMost, r.known.size());
    for (std::size_t i = 0; i < shown; ++i) {
        const estimate::KnownGrouping& known_one = r.known[i];
        table.rows.push_back({{one_line(known_one.attribute)},
                              {count(known_one.groups)},
                              {count(known_one.raters)},
                              {known(known_one.adjusted_rand, 2)},
                              {known(known_one.as_many, 2)}});
    }
    paper.table(table);
    fold(paper, r.known.size(), shown);
}

}  // namespace

std::string render_groups(const Response& r, bool colour) {
    Paper paper(colour);
    put_header(paper, r);
    put_findings(paper, r);
    put_honest(paper, r);
    put_groups(paper, r);
    put_consensus(paper, r);
    put_divisive(paper, r);
    put_bridging(paper, r);
    put_known(paper, r);
    paper.heading("What to do next");
    std::vector<std::string> said;
    for (const estimate::Finding& finding : r.findings) {
        if (std::ranges::find(said, finding.next) != said.end()) continue;
        said.push_back(finding.next);
        paper.item({"-"}, 2, finding.next, 2, 2);
    }
    if (!r.written.empty()) {
        paper.item({"-"}, 2,
                   "Who is in which group is in " + r.written + "; edgewise audit with --raters " +
                       r.written + " --attributes opinion-group splits judgments by it.");
    }
    return paper.text();
}

}  // namespace edgewise::cli
