#include "edgewise/cli/render.hpp"

#include <algorithm>
#include <array>

#include "edgewise/base/error.hpp"
#include "edgewise/cli/render_parts.hpp"
#include "edgewise/cli/text.hpp"
#include "edgewise/service/codec.hpp"

namespace edgewise::cli {
namespace {

struct Renderer {
    std::string_view operation;
    std::string (*render)(const Json& response, bool colour);
};

template <class Op, std::string (*kRender)(const typename Op::Response&, bool)>
constexpr Renderer renderer() {
    return {Op::name, [](const Json& response, bool colour) {
                return kRender(service::decode<typename Op::Response>(response), colour);
            }};
}

constexpr std::array kRenderers{
    renderer<service::Audit, render_audit>(),
    renderer<service::Demo, render_demo>(),
    renderer<service::Fit, render_fit>(),
    renderer<service::Groups, render_groups>(),
    renderer<service::Import, render_import>(),
    renderer<service::Leaderboard, render_leaderboard>(),
    renderer<service::Raters, render_raters>(),
    renderer<service::Show, render_show>(),
    renderer<service::Simulate, render_simulate>(),
};

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

}  // namespace

std::string render(std::string_view operation, const Json& response, bool colour) {
    const auto found = std::ranges::find(kRenderers, operation, &Renderer::operation);
    ensure(found != kRenderers.end(), "every operation can be shown on a terminal");
    return found->render(response, colour);
}

std::string render_import(const service::Import::Response& r, bool colour) {
    constexpr std::size_t kRows = 24;
    Paper paper(colour);
    paper.heading("Read as " + r.report.format);
    paper.paragraph(r.report.why_format, 2);
    paper.paragraph("Files: " + joined(r.report.files), 2);
    if (!r.report.mapped.empty()) {
        paper.heading("What was read as what");
        Table table{{{"in the file", Align::left, 20}, {"read as", Align::left, 20}}, {}};
        const std::size_t shown = std::min(kRows, r.report.mapped.size());
        for (std::size_t i = 0; i < shown; ++i) {
            table.rows.push_back({{r.report.mapped[i].from}, {r.report.mapped[i].to}});
        }
        paper.table(table);
        fold(paper, r.report.mapped.size(), shown, "see --json");
    }
    paper.heading("What was left out");
    if (r.report.skipped.empty()) paper.paragraph("Nothing.", 2);
    const std::size_t skipped = std::min(kRows, r.report.skipped.size());
    for (std::size_t i = 0; i < skipped; ++i) {
        const judgment::Skipped& each = r.report.skipped[i];
        std::string text = each.what + ": " + each.why;
        if (!each.first.empty()) text += " (first: " + each.first + ")";
        paper.item({count(each.count), Tone::bold}, 10, text);
    }
    fold(paper, r.report.skipped.size(), skipped, "see --json");
    if (!r.report.notes.empty()) {
        paper.heading("What was assumed");
        const std::size_t shown = std::min(kRows, r.report.notes.size());
        for (std::size_t i = 0; i < shown; ++i) paper.item({"-"}, 2, r.report.notes[i]);
        fold(paper, r.report.notes.size(), shown, "see --json");
    }
    paper.heading("In all");
    paper.paragraph(count(r.report.judgments, "judgment") + " from " +
                        count(r.report.rows, "record") + ": " + count(r.cases, "case") + ", " +
                        count(r.options, "option") + ", " + count(r.raters, "rater") + ".",
                    2);
    paper.paragraph("Values: " + joined(r.dimensions), 2, Tone::plain, 4);
    paper.paragraph(r.attributes.empty()
                        ? std::string("Nothing is known of the raters, so that no groups can be "
                                      "compared; --raters names a table of them.")
                        : "Known of raters: " + joined(r.attributes),
                    2, Tone::plain, 4);
    paper.blank();
    paper.paragraph(r.written.empty()
                        ? std::string("Nothing was written.")
                        : "Written to " + r.written + "; edgewise audit " + r.written + " next.");
    return paper.text();
}

std::string render_simulate(const service::Simulate::Response& r, bool colour) {
    Paper paper(colour);
    paper.heading("A world is in " + r.written);
    paper.paragraph("Files: " + joined(r.files), 2);
    paper.paragraph("Seed " + std::to_string(r.seed) +
                        ": the same flags write the same bytes. truth.json says what is true.",
                    2);
    paper.heading("What an audit should find");
    if (r.planted.empty()) paper.paragraph("Nothing: every flag would be a false alarm.", 2);
    for (const std::string& planted : r.planted) paper.item({"-"}, 2, planted);
    paper.blank();
    paper.paragraph("edgewise audit " + r.written + " next.");
    return paper.text();
}

}  // namespace edgewise::cli
