#include <algorithm>
#include <string>
#include <vector>

#include "edgewise/cli/render.hpp"
#include "edgewise/cli/render_parts.hpp"
#include "edgewise/cli/render_tables.hpp"
#include "edgewise/cli/text.hpp"

namespace edgewise::cli {
namespace {

using edge::AuditReport;

// From the widest to the tightest; the first with which the summary fits is taken.
constexpr Limits kLimits[] = {
    {.findings = 6, .lines = 4, .why = 2, .rows = 8, .losses = 6, .tail = 5, .next = 4},
    {.findings = 6, .lines = 3, .why = 2, .rows = 6, .losses = 6, .tail = 4, .next = 4},
    {.findings = 6, .lines = 3, .why = 1, .rows = 5, .losses = 5, .tail = 3, .next = 3},
    {.findings = 5, .lines = 3, .why = 1, .rows = 4, .losses = 4, .tail = 3, .next = 3},
    {.findings = 5, .lines = 3, .why = 1, .rows = 4, .losses = 4, .tail = 2, .next = 2},
    {.findings = 5, .lines = 2, .why = 1, .rows = 4, .losses = 4, .tail = 2, .next = 2},
    {.findings = 4, .lines = 2, .why = 1, .rows = 3, .losses = 4, .tail = 2, .next = 2},
    {.findings = 4, .lines = 2, .why = 1, .rows = 3, .losses = 3, .tail = 1, .next = 1},
};

void put_header(Paper& paper, const service::Audit::Response& r) {
    paper.heading(r.title.empty() ? "Edgewise audit" : "Edgewise audit: " + r.title);
    std::string data = count(r.data.judgments, "judgment") + " by " +
                       count(r.data.raters, "rater") + " on " + count(r.data.items, "item");
    if (!r.data.item_means.empty()) data += " (" + r.data.item_means + ")";
    data += ", " + count(r.data.dimensions.size(), "value") + ".";
    if (r.data.machine_raters > 0) {
        data += " " + count(r.data.machine_raters, "model") + " left out.";
    }
    paper.paragraph(data, 0, Tone::plain, 2);
    paper.paragraph(import_in_a_line(r.import), 0, Tone::plain, 1);
    if (!r.provenance.scalar.empty()) {
        paper.paragraph("The one number: " + r.provenance.scalar, 0, Tone::plain, 2);
    }
}

void put_findings(Paper& paper, const AuditReport& r, const Limits& limits) {
    paper.heading("What one number hides here (● shown ○ not shown ? cannot be told ! caution)");
    const auto has = [&](std::string_view verdict) {
        return std::ranges::any_of(r.findings,
                                   [&](const edge::Finding& f) { return f.verdict == verdict; });
    };
    const bool doubtful = std::ranges::any_of(r.findings, [](const edge::Finding& f) {
        return f.verdict == "caution" && f.axis != "data";
    });
    if (!has("shown") && !doubtful) {
        paper.paragraph(has("cannot_tell") || r.findings.empty()
                            ? "Nothing can be shown here: no harm from averaging stands out from "
                              "noise, and some questions these data cannot answer."
                            : "No harm from averaging is shown here, and these data could have "
                              "shown it.",
                        2, Tone::bold);
    }
    const std::size_t shown = std::min(limits.findings, r.findings.size());
    for (std::size_t i = 0; i < shown; ++i) {
        const edge::Finding& finding = r.findings[i];
        const Span lead = mark(finding.verdict);
        paper.item(lead, 2, finding.title, 2, 2, Tone::bold);
        paper.paragraph(finding.text, 4, Tone::plain, limits.lines);
    }
    fold(paper, r.findings.size(), shown);
}

void put_next(Paper& paper, const AuditReport& r, const Limits& limits) {
    paper.heading("What to do next");
    std::vector<std::string> steps;
    for (const edge::Finding& finding : r.findings) {
        if (!finding.next.empty() && std::ranges::find(steps, finding.next) == steps.end()) {
            steps.push_back(finding.next);
        }
    }
    const std::size_t shown = std::min(limits.next, steps.size());
    for (std::size_t i = 0; i < shown; ++i) paper.item({"-"}, 2, steps[i], 2, 2);
    // What every dimension still lacks, the largest gap first.
    const auto gap =
        std::ranges::max_element(r.resolvability, {}, &edge::Resolvability::further_raters);
    if (gap != r.resolvability.end() && gap->further_raters > 0) {
        paper.item({"-"}, 2,
                   "To find a difference of " + fixed(gap->target_shift, 2) + " on single items (" +
                       gap->attribute + ", " + gap->dimension +
                       "): " + count(gap->further_raters, "further rater") + " per group and item.",
                   2, 2);
    }
    paper.item({"-"}, 2, "--html report.html writes the whole report; --json everything.", 2, 2);
    if (!r.cases.empty()) {
        paper.item({"-"}, 2,
                   "edgewise show " + cut(one_line(r.cases.front().id), 24) +
                       " and the same input: one case whole.",
                   2, 2);
    }
}

Paper compose(const service::Audit::Response& r, bool colour, const Limits& limits) {
    Paper paper(colour);
    put_header(paper, r);
    put_findings(paper, r, limits);
    put_resolvability(paper, r, limits);
    put_losses(paper, r, limits);
    put_effects(paper, r, limits);
    put_conflicts(paper, r, limits);
    put_flags(paper, r, limits);
    put_cases(paper, r, limits);
    put_next(paper, r, limits);
    return paper;
}

}  // namespace

std::string render_audit(const service::Audit::Response& response, bool colour) {
    for (const Limits& limits : kLimits) {
        const Paper paper = compose(response, colour, limits);
        if (paper.lines() <= kMostLines || &limits == std::end(kLimits) - 1) return paper.text();
    }
    return {};
}

std::string render_demo(const service::Demo::Response& response, bool colour) {
    Paper paper(colour);
    paper.paragraph("A sample of judgments is in " + response.workspace +
                    "; this is what an audit says of it.");
    return paper.text() + "\n" + render_audit(response, colour);
}

}  // namespace edgewise::cli
