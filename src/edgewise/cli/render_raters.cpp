#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edgewise/cli/render.hpp"
#include "edgewise/cli/render_parts.hpp"
#include "edgewise/cli/text.hpp"

namespace edgewise::cli {
namespace {

using estimate::CountedRate;
using estimate::RaterRow;
using service::Raters;

constexpr std::size_t kDimensions = 16;
constexpr std::size_t kRaters = 12;
constexpr std::size_t kMachines = 6;

std::string rate(const CountedRate& r) {
    if (!r.value) return "–";
    std::string out = fixed(100.0 * *r.value, 1);
    if (r.interval) out += " ±" + fixed(50.0 * (r.interval->high - r.interval->low), 1);
    return out;
}

std::string words(std::string name) {
    std::ranges::replace(name, '_', ' ');
    return name;
}

void put_findings(Paper& paper, const Raters::Response& r) {
    paper.heading("How far to rely on them (● problem shown ○ none shown ? cannot tell ! caution)");
    for (const estimate::Finding& f : r.findings) {
        paper.item(mark(f.verdict), 2, f.title + ".", 0, 3, Tone::bold);
        paper.paragraph(f.text, 2, Tone::plain, 7);
    }
}

void put_coefficients(Paper& paper, const estimate::DimensionAgreement& d) {
    std::string line = d.name + " (" + d.metric + ")";
    if (d.percent_agreement) line += ": same answer in " + percent(*d.percent_agreement);
    for (const auto& c : d.coefficients) {
        if (c.name == "krippendorff_alpha" || !c.value || c.of == "linear weights") continue;
        line += "; " + words(c.name) + " " + fixed(*c.value, 2);
    }
    if (!d.model_why.empty()) line += "; model of raters: " + words(d.model_why);
    paper.paragraph(line + ".", 2, Tone::plain, 4);
}

void put_dimensions(Paper& paper, const Raters::Response& r) {
    const std::size_t shown = std::min(kDimensions, r.dimensions.size());
    paper.heading(shown_of("Agreement on each value", r.dimensions.size(), shown));
    Table table{{{"value", Align::left, 10, true},
                 {"raters", Align::right},
                 {"shared", Align::right},
                 {"alpha", Align::right, 5},
                 {"95 % interval", Align::right, 14},
                 {"items alone", Align::right, 12},
                 {"flagged", Align::right, 4}},
                {}};
    for (std::size_t i = 0; i < shown; ++i) {
        const auto& d = r.dimensions[i];
        // Too few answers that differ: a figure would say more than is known.
        const bool known_at_all = d.state == "observed";
        const auto shown_if = [&](const std::string& text) {
            return known_at_all ? text : std::string("–");
        };
        table.rows.push_back({{d.name},
                              {count(d.raters)},
                              {count(d.shared_items)},
                              {shown_if(known(d.alpha, 2)), Tone::bold},
                              {shown_if(known(d.alpha_interval, 2))},
                              {shown_if(known(d.alpha_items_only, 2)), Tone::dim},
                              {count(d.flagged)}});
    }
    paper.table(table);
    paper.paragraph(
        "shared: items judged by two raters or more. The 95 % interval of alpha is over "
        "raters and items; items alone would give the other one.",
        2, Tone::dim);
    for (std::size_t i = 0; i < shown && shown <= 3; ++i) put_coefficients(paper, r.dimensions[i]);
}

// One word each: the table is narrow.
std::string flag_words(const RaterRow& row) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kWords{{
        {"disagrees", "disagrees"},
        {"drifts", "drifts"},
        {"duplicates_another", "duplicate"},
        {"gives_higher", "higher"},
        {"gives_lower", "lower"},
        {"straight_lining", "repeats"},
        {"too_fast", "fast"},
    }};
    std::string out;
    for (const std::string& flag : row.flags) {
        const auto at =
            std::ranges::find(kWords, flag, &std::pair<std::string_view, std::string_view>::first);
        out += (out.empty() ? "" : ", ") + (at == kWords.end() ? flag : std::string(at->second));
    }
    return out;
}

std::string change_of(const RaterRow& row) {
    if (!row.alpha_change) return "–";
    return (*row.alpha_change > 0.0 ? "+" : "") + fixed(*row.alpha_change, 3);
}

void put_raters(Paper& paper, const Raters::Response& r) {
    std::vector<const RaterRow*> rows;
    for (const RaterRow& row : r.raters) {
        const bool counts = r.people == 0 || row.kind == "person";
        if (counts && !row.flags.empty()) rows.push_back(&row);
    }
    std::ranges::stable_sort(rows, [](const RaterRow* a, const RaterRow* b) {
        return a->flags.size() > b->flags.size();
    });
    const std::size_t shown = std::min(kRaters, rows.size());
    paper.heading(
        shown_of("Who stands out, and what changes without them", r.flagged_total, shown));
    if (rows.empty()) {
        paper.paragraph("Nobody. All raters: --html or --json.", 2);
        return;
    }
    const bool many = r.dimensions.size() > 1;
    Table table;
    table.columns.push_back({"rater", Align::left, 6, true});
    if (many) table.columns.push_back({"on", Align::left, 6, true});
    for (const Column& column :
         {Column{"n", Align::right, 3}, Column{"agrees", Align::right, 4},
          Column{"others", Align::right, 4}, Column{"higher by", Align::right, 5},
          Column{"alpha", Align::right, 6}, Column{"turned", Align::right, 3},
          Column{"why", Align::left, 14}}) {
        table.columns.push_back(column);
    }
    for (std::size_t i = 0; i < shown; ++i) {
        const RaterRow& row = *rows[i];
        std::vector<Span> cells{{row.rater}};
        if (many) cells.push_back({row.dimension});
        cells.push_back({count(row.n)});
        cells.push_back({known(row.agreement.value, 2)});
        cells.push_back({known(row.others_agreement, 2)});
        cells.push_back({known(row.severity.value, 2)});
        cells.push_back({change_of(row)});
        cells.push_back({count(row.items_turned)});
        cells.push_back({flag_words(row), Tone::bad});
        table.rows.push_back(std::move(cells));
    }
    paper.table(table);
    paper.paragraph(
        "agrees: share of the others with the same answer; others: of those with each other; "
        "alpha: its change, and turned: items whose mean changes side, without this rater.",
        2, Tone::dim);
}

void put_machines(Paper& paper, const Raters::Response& r) {
    if (r.machine_rows.empty()) return;
    const std::size_t shown = std::min(kMachines, r.machine_rows.size());
    paper.heading(shown_of("Machines beside people, in % of cases", r.machine_rows.size(), shown));
    Table table{{{"machine", Align::left, 8, true},
                 {"on", Align::left, 6, true},
                 {"shared", Align::right, 4},
                 {"majority", Align::right, 8},
                 {"a person", Align::right, 8},
                 {"pairs", Align::right, 8},
                 {"two people", Align::right, 8}},
                {}};
    for (std::size_t i = 0; i < shown; ++i) {
        const auto& m = r.machine_rows[i];
        table.rows.push_back({{m.rater},
                              {m.dimension},
                              {count(m.shared)},
                              {rate(m.with_majority), Tone::bold},
                              {rate(m.person_with_majority)},
                              {rate(m.with_person)},
                              {rate(m.people_with_people)}});
    }
    paper.table(table);
    paper.paragraph(
        "majority: it gives the answer of the majority of the people but one; a person: "
        "that one does; pairs: it and a person, two people give the same answer.",
        2, Tone::dim);
    for (std::size_t i = 0; i < shown; ++i) {
        const auto& m = r.machine_rows[i];
        if (m.with_person_strict.value && m.people_with_people_strict.value) {
            paper.paragraph(m.rater + ", ties left out: " + rate(m.with_person_strict) +
                                " with a person, " + rate(m.people_with_people_strict) +
                                " between two people.",
                            2);
        }
        if (!m.why.empty()) {
            paper.paragraph(m.rater + ": no corrected mean, since " + m.why + ".", 2, Tone::dim, 2);
        }
    }
}

void put_duplicates(Paper& paper, const Raters::Response& r) {
    if (r.duplicates.empty()) return;
    constexpr std::size_t kPairs = 5;
    const std::size_t shown = std::min(kPairs, r.duplicates.size());
    paper.heading(shown_of("Pairs that answer alike", r.duplicates.size(), shown));
    for (std::size_t i = 0; i < shown; ++i) {
        const auto& d = r.duplicates[i];
        std::string text = d.a + " and " + d.b + " on " + d.dimension;
        text += ": the same on " + count(d.same) + " of " + count(d.common) + " items, ";
        text += percent(d.expected) + " expected; p " + p_value(d.p) + " after correction.";
        paper.item({"-"}, 2, text, 2, 3);
    }
}

void put_next(Paper& paper, const Raters::Response& r) {
    paper.heading("What to do next");
    std::size_t said = 0;
    for (const estimate::Finding& f : r.findings) {
        if (f.next.empty() || said == 3) continue;
        paper.item({"-"}, 2, f.next, 2, 3);
        ++said;
    }
    paper.item({"-"}, 2, "--html raters.html writes every rater and the pictures; --json all.", 2);
}

}  // namespace

std::string render_raters(const service::Raters::Response& r, bool colour) {
    Paper paper(colour);
    paper.heading("Edgewise raters: " + r.title);
    std::string data =
        count(r.judgments, "judgment") + " by " + count(r.people, "person", "people");
    if (r.machines > 0) data += " and " + count(r.machines, "machine");
    paper.paragraph(data + " on " + count(r.dimensions.size(), "value") + ".");
    paper.paragraph(import_in_a_line(r.import));
    put_findings(paper, r);
    put_dimensions(paper, r);
    put_raters(paper, r);
    put_machines(paper, r);
    put_duplicates(paper, r);
    paper.blank();
    paper.paragraph("Speed: " + r.speed_note + ". Duplicates: " + r.duplicates_note + ".", 0,
                    Tone::dim);
    put_next(paper, r);
    return paper.text();
}

}  // namespace edgewise::cli
