#include <algorithm>
#include <cmath>
#include <string>

#include "edgewise/cli/render.hpp"
#include "edgewise/cli/render_parts.hpp"
#include "edgewise/cli/text.hpp"

namespace edgewise::cli {
namespace {

using estimate::DimensionFit;
using estimate::GroupFit;
using estimate::PartitionFit;

constexpr std::size_t kFindings = 6;
constexpr std::size_t kDimensions = 12;
constexpr std::size_t kShifts = 12;
constexpr std::size_t kMargins = 16;
constexpr std::size_t kCandidates = 12;

void put_header(Paper& paper, const service::Fit::Response& r) {
    paper.heading(r.title.empty() ? "Edgewise fit" : "Edgewise fit: " + r.title);
    std::string data = count(r.judgments, "judgment") + " by " + count(r.raters, "rater") + ", " +
                       count(r.dimensions.size(), "value") + ", " + count(r.cells_total, "cell") +
                       " of group by value by option.";
    if (r.machine_raters > 0) data += " " + count(r.machine_raters, "model") + " left out.";
    paper.paragraph(data, 0, Tone::plain, 3);
    paper.paragraph(import_in_a_line(r.import), 0, Tone::plain, 2);
}

void put_findings(Paper& paper, const service::Fit::Response& r) {
    if (r.findings.empty()) return;
    paper.heading("What to know (● shown ○ not shown ? cannot be told ! caution)");
    const std::size_t shown = std::min(kFindings, r.findings.size());
    for (std::size_t i = 0; i < shown; ++i) {
        const estimate::Finding& finding = r.findings[i];
        paper.item(mark(finding.verdict), 2, finding.title, 2, 2, Tone::bold);
        paper.paragraph(finding.text, 4, Tone::plain, 5);
    }
    fold(paper, r.findings.size(), shown);
}

void put_models(Paper& paper, const service::Fit::Response& r) {
    paper.heading("Which model, and why");
    Table table{{{"value", Align::left, 10, true},
                 {"kind", Align::left},
                 {"model", Align::left, 12},
                 {"judgments", Align::right},
                 {"raters", Align::right},
                 {"items", Align::right}},
                {}};
    const std::size_t shown = std::min(kDimensions, r.dimensions.size());
    for (std::size_t i = 0; i < shown; ++i) {
        const DimensionFit& each = r.dimensions[i];
        table.rows.push_back({{one_line(each.dimension)},
                              {each.kind},
                              {each.model.empty() ? "none" : each.model,
                               each.model.empty() ? Tone::warn : Tone::plain},
                              {count(each.judgments)},
                              {count(each.raters)},
                              {count(each.items)}});
    }
    paper.table(table);
    fold(paper, r.dimensions.size(), shown);
    // The same reason is said once.
    std::vector<std::string> said;
    for (std::size_t i = 0; i < shown; ++i) {
        const DimensionFit& each = r.dimensions[i];
        if (each.why.empty() || std::ranges::find(said, each.why) != said.end()) continue;
        said.push_back(each.why);
        std::string names;
        for (const DimensionFit& other : r.dimensions) {
            if (other.why == each.why) names += (names.empty() ? "" : ", ") + other.dimension;
        }
        paper.item({"-"}, 2, cut(one_line(names), 40) + ": " + each.why, 2, 4);
    }
}

void put_candidates(Paper& paper, const service::Fit::Response& r) {
    Table table{{{"value", Align::left, 10, true},
                 {"model", Align::left, 20},
                 {"", Align::left},
                 {"score", Align::right},
                 {"which is", Align::left, 12}},
                {}};
    for (const DimensionFit& dimension : r.dimensions) {
        for (const estimate::ModelCandidate& each : dimension.candidates) {
            table.rows.push_back({{one_line(dimension.dimension)},
                                  {each.model},
                                  {each.chosen ? "chosen" : ""},
                                  {known(each.score, each.score_means == "log-likelihood" ? 1 : 3)},
                                  {each.score_means}});
        }
    }
    if (table.rows.empty() || table.rows.size() > kCandidates) return;
    paper.blank();
    paper.table(table);
}

struct Shift {
    const DimensionFit* dimension;
    const PartitionFit* partition;
    const GroupFit* group;
};

void put_shifts(Paper& paper, const service::Fit::Response& r) {
    std::vector<Shift> shifts;
    for (const DimensionFit& dimension : r.dimensions) {
        for (const PartitionFit& partition : dimension.partitions) {
            for (const GroupFit& group : partition.groups) {
                if (group.shift) shifts.push_back({&dimension, &partition, &group});
            }
        }
    }
    if (shifts.empty()) return;
    std::ranges::stable_sort(shifts, [](const Shift& a, const Shift& b) {
        return a.group->shift_q.value_or(1.0) < b.group->shift_q.value_or(1.0);
    });
    const std::size_t shown = std::min(kShifts, shifts.size());
    paper.heading(shown_of("Groups beside everybody on the same items", shifts.size(), shown));
    Table table{{{"value", Align::left, 8, true},
                 {"group", Align::left, 14, true},
                 {"raters", Align::right},
                 {"judgm.", Align::right},
                 {"shift", Align::right},
                 {"interval", Align::right},
                 {"q", Align::right}},
                {}};
    for (std::size_t i = 0; i < shown; ++i) {
        const Shift& each = shifts[i];
        const double q = each.group->shift_q.value_or(1.0);
        table.rows.push_back({{one_line(each.dimension->dimension)},
                              {one_line(each.partition->attribute + " " + each.group->group)},
                              {count(each.group->raters)},
                              {count(each.group->judgments)},
                              {known(each.group->shift, 3), q <= 0.05 ? Tone::bad : Tone::plain},
                              {known(each.group->shift_interval, 3)},
                              {each.group->shift_q ? p_value(q) : "–"}});
    }
    paper.table(table);
    paper.paragraph(
        "Shift: utility of the group's raters less everybody's on the same items, -1 to 1; its "
        "interval takes raters as the unit.",
        2, Tone::dim);
}

void put_population(Paper& paper, const service::Fit::Response& r) {
    if (!r.population) return;
    const estimate::Raking& p = *r.population;
    paper.heading("Raters weighted to the population");
    paper.paragraph(count(p.raters, "rater") + " are worth " + fixed(p.effective, 1) +
                        " of equal weight (design effect " + fixed(p.design_effect, 2) +
                        "); weights from " + fixed(p.least, 2) + " to " + fixed(p.most, 2) + ".",
                    2);
    for (const std::string& unknown : p.unknown) {
        paper.paragraph("Not known: " + unknown + "; their weight was not changed for it.", 2);
    }
    const std::size_t shown = std::min(kMargins, p.gaps.size());
    Table table{{{"attribute", Align::left, 8, true},
                 {"value", Align::left, 12, true},
                 {"raters", Align::right},
                 {"sample", Align::right},
                 {"declared", Align::right},
                 {"weighted", Align::right}},
                {}};
    for (std::size_t i = 0; i < shown; ++i) {
        const estimate::SamplingGap& each = p.gaps[i];
        table.rows.push_back({{one_line(each.attribute)},
                              {one_line(each.value)},
                              {count(each.raters)},
                              {each.found ? percent(*each.found) : "–",
                               each.beyond_chance ? Tone::warn : Tone::plain},
                              {percent(each.declared)},
                              {each.weighted ? percent(*each.weighted) : "–"}});
    }
    paper.table(table);
    fold(paper, p.gaps.size(), shown);
}

void put_next(Paper& paper, const service::Fit::Response& r) {
    paper.heading("What to do next");
    std::vector<std::string> steps;
    for (const estimate::Finding& finding : r.findings) {
        if (!finding.next.empty() && std::ranges::find(steps, finding.next) == steps.end()) {
            steps.push_back(finding.next);
        }
    }
    for (std::size_t i = 0; i < steps.size() && i < 3; ++i) paper.item({"-"}, 2, steps[i], 2, 3);
    if (r.written.empty()) {
        paper.item({"-"}, 2, "--tensor cells.csv writes all cells with their intervals.", 2, 2);
    } else {
        paper.item({"-"}, 2, count(r.cells_total, "cell") + " are in " + r.written + ".", 2, 3);
    }
    paper.item({"-"}, 2, "edgewise audit and the same input: what one number would hide.", 2, 2);
}

}  // namespace

std::string render_fit(const service::Fit::Response& r, bool colour) {
    Paper paper(colour);
    put_header(paper, r);
    put_findings(paper, r);
    put_models(paper, r);
    put_candidates(paper, r);
    put_shifts(paper, r);
    put_population(paper, r);
    put_next(paper, r);
    return paper.text();
}

}  // namespace edgewise::cli
