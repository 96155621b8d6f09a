#include "edgewise/cli/render.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "edgewise/cli/text.hpp"
#include "edgewise/service/codec.hpp"

using namespace edgewise;
using namespace edgewise::cli;

namespace {

edge::AgainstNull against(double observed, double null_mean, double p) {
    edge::AgainstNull out;
    out.observed = observed;
    out.interval = edge::Interval{observed - 0.05, observed + 0.05};
    out.null_mean = null_mean;
    out.null_low = null_mean - 0.02;
    out.null_high = null_mean + 0.02;
    out.excess = observed - null_mean;
    out.p = p;
    out.q = p;
    out.n = 571;
    return out;
}

void add_groups(service::Audit::Response& r, const std::string& attribute,
                const std::string& dimension, bool shown) {
    r.resolvability.push_back({.attribute = attribute,
                               .dimension = dimension,
                               .raters = 1184,
                               .groups = 3,
                               .smallest_group = 41,
                               .items = 571,
                               .cells = 1700,
                               .cell_median = 7.0,
                               .smallest_p = 0.005,
                               .detectable_shift = 0.31,
                               .further_raters = 6,
                               .global = {"yes", "1,184 raters in 3 groups."},
                               .items_answer = {"weak",
                                                "A cell holds 7 judgments in the median; a "
                                                "shift of 0.31 would be found."}});
    edge::GroupEffect effect;
    effect.attribute = attribute;
    effect.dimension = dimension;
    effect.disagreement_ratio = shown ? against(1.14, 1.0, 0.0005) : against(1.01, 1.0, 0.4);
    effect.flips = {{5, against(0.2, 0.19, 0.3)},
                    {10, shown ? against(0.13, 0.01, 0.005) : against(0.128, 0.129, 0.5)}};
    effect.components = edge::Components{.share_item_by_group = shown ? 0.06 : 0.0};
    effect.verdict = shown ? "shown" : "not_shown";
    if (r.partitions.empty() || r.partitions.back().attribute != attribute) {
        r.partitions.push_back({.attribute = attribute});
    }
    r.partitions.back().effects.push_back(effect);
}

// An audit as an ordinary data set gives: four attributes, six values, findings of every kind.
service::Audit::Response ordinary() {
    service::Audit::Response r;
    r.title = "Annotators with attitudes";
    r.provenance.least_cell = 10;
    r.provenance.scalar = "the mean over raters, then over values with equal weights";
    r.data.judgments = 20130;
    r.data.raters = 1184;
    r.data.items = 571;
    r.data.item_means = "option";
    const std::string long_text =
        "On toxic, disagreement across politics is 1.14 times that within (95 % 1.09 to 1.19, p "
        "below .001), and on 13 % of the posts that both sides judged ten times or more the "
        "majority of a side opposes the pooled majority, where chance alone would give 1 %. ";
    r.findings = {
        {"people", "shown", "Averaging over politics hides real disagreement",
         long_text + long_text, "Report scores by politics, or let the case decide who is asked."},
        {"people", "not_shown", "Gender and race show none", long_text, ""},
        {"values", "cannot_tell", "One value only: nothing to trade off", "A single value.", ""},
        {"uncertainty", "caution", "Most items have few raters", long_text,
         "Ask 6 further raters per item."},
        {"data", "caution", "A scale was taken from the data", long_text, "Declare --scales."},
    };
    for (const char* dimension : {"toxic", "racist", "offends_me", "harm", "respect", "honesty"}) {
        r.data.dimensions.push_back({.name = dimension});
        for (const char* attribute : {"politics", "gender", "race", "age"}) {
            add_groups(r, attribute, dimension, attribute == std::string("politics"));
        }
    }
    r.losses = {{.name = "flattening",
                 .axis = "values",
                 .verdict = "shown",
                 .cases = 571,
                 .mean = 0.081,
                 .interval = edge::Interval{0.07, 0.092},
                 .share_material = 0.31},
                {.name = "representation",
                 .axis = "people",
                 .attribute = "politics",
                 .verdict = "shown",
                 .cases = 571,
                 .mean = 0.034,
                 .interval = edge::Interval{0.021, 0.045},
                 .null = against(0.034, 0.012, 0.005),
                 .share_material = 0.084},
                {.name = "blindness",
                 .axis = "uncertainty",
                 .verdict = "cannot_tell",
                 .why = "Every case has one option, so that there is nothing to choose between.",
                 .cases = 571}};
    r.conflicts.verdict = "shown";
    r.conflicts.why = "Raters order 25 % of pairs one way on a value and the other way on another.";
    for (int i = 0; i < 15; ++i) {
        r.conflicts.pairs.push_back({"helpfulness",
                                     "harmlessness to third parties",
                                     {.observed = 0.25,
                                      .interval = edge::Interval{0.2, 0.3},
                                      .floor = 0.1,
                                      .floor_known = i % 2 == 0,
                                      .excess = 0.15,
                                      .n = 12345}});
    }
    for (int i = 0; i < 40; ++i) {
        r.flags.push_back({.case_id = "post-00" + std::to_string(i),
                           .option = "a",
                           .attribute = "politics",
                           .group = "conservative (日本語)",
                           .dimension = "toxic",
                           .n = 14,
                           .raw = 0.2,
                           .shrunken = 0.31,
                           .interval = {0.2, 0.42},
                           .pooled = 0.64,
                           .q = 0.01,
                           .opposes = true});
        edge::CaseRow row;
        row.id = "case/with/a/very/long/identifier/" + std::to_string(i);
        row.text =
            "Is it ever right\nto tell a \x1b[31mlie to a friend? Ja, ganz sicher – äöü 日本語";
        row.flattening.mean = 0.2;
        row.representation.mean = 0.11;
        row.value_conflict.state = "on";
        row.disagreement.state = "off";
        row.ambiguity.state = "unknown";
        row.outcome = "options";
        r.cases.push_back(row);
    }
    r.flags_total = 212;
    r.cases_total = 571;
    r.import.format = "long_table";
    r.import.files = {"/data/ratings.csv", "/data/annotators.csv"};
    r.import.skipped = {{"rows without a value", "empty", 12, "ratings.csv:17"}};
    return r;
}

std::size_t check_lines(std::string_view text) {
    std::size_t lines = 0;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        REQUIRE(end != std::string_view::npos);
        const std::string_view line = text.substr(0, end);
        CHECK_MESSAGE(display_width(line) <= kColumns, line);
        CHECK_MESSAGE(!line.ends_with(' '), line);
        CHECK(line.find('\x1b') == std::string_view::npos);
        text.remove_prefix(end + 1);
        ++lines;
    }
    return lines;
}

std::size_t where(const std::string& text, std::string_view what) {
    const std::size_t at = text.find(what);
    CHECK_MESSAGE(at != std::string::npos, what);
    return at;
}

}  // namespace

TEST_SUITE("cli/render") {
    TEST_CASE("an ordinary audit fits 80 columns and 70 lines, in the prescribed order") {
        const std::string text = render("audit", service::encode(ordinary()), false);
        CHECK(check_lines(text) <= kMostLines);
        if (std::getenv("EDGEWISE_PRINT") != nullptr) MESSAGE("\n" << text);
        const std::string_view order[] = {"What one number hides", "What these data can tell",
                                          "What averaging loses",  "disagree more across",
                                          "Do values oppose",      "stands apart",
                                          "Cases that lose most",  "What to do next"};
        std::size_t last = 0;
        for (const std::string_view heading : order) {
            const std::size_t at = where(text, heading);
            CHECK(at >= last);
            last = at;
        }
        where(text, "Averaging over politics hides real disagreement");
        where(text, "20,130 judgments by 1,184 raters on 571 items (option), 6 values.");
        where(text, "12 left out");
        where(text, "all 6");
        where(text, "and the same input");
        where(text, "all: --html or --json");
        where(text, "6 further");
        // The flip rate is the one whose least cell was asked for, beside its null.
        where(text, "13 %");
    }

    TEST_CASE("an audit that shows nothing says so first") {
        service::Audit::Response r;
        const std::string text = render("audit", service::encode(r), false);
        check_lines(text);
        where(text, "Nothing can be shown here");
        r = ordinary();
        for (edge::Finding& finding : r.findings) finding.verdict = "not_shown";
        where(render_audit(r, false), "No harm from averaging is shown here");
    }

    TEST_CASE("colours change no word") {
        const std::string plain = render_audit(ordinary(), false);
        std::string coloured = render_audit(ordinary(), true);
        CHECK(coloured.find("\x1b[") != std::string::npos);
        for (std::size_t at = coloured.find('\x1b'); at != std::string::npos;
             at = coloured.find('\x1b')) {
            coloured.erase(at, coloured.find('m', at) + 1 - at);
        }
        std::string squeezed;
        std::string expected;
        for (const char c : coloured) {
            if (c != ' ') squeezed.push_back(c);
        }
        for (const char c : plain) {
            if (c != ' ') expected.push_back(c);
        }
        CHECK(squeezed == expected);
    }

    TEST_CASE("an import says what was mapped, left out and assumed") {
        service::Import::Response r;
        r.report.format = "long_table";
        r.report.mapped = {{"ratings.csv: annotator_id", "rater"}};
        r.report.skipped = {{"rows without a value", "the cell is empty", 12, "ratings.csv:17"}};
        r.report.notes = {"scale of \"racist\" taken from the data"};
        r.report.rows = 100;
        r.report.judgments = 88;
        r.dimensions = {"racist"};
        const std::string text = render("import", service::encode(r), false);
        check_lines(text);
        where(text, "ratings.csv: annotator_id");
        where(text, "12");
        where(text, "ratings.csv:17");
        where(text, "taken from the data");
        where(text, "88 judgments from 100 records");
        where(text, "Nothing was written.");
        r.written = "workspace";
        where(render_import(r, false), "edgewise audit workspace next");
    }

    TEST_CASE("a case is shown group by value, with what is not known marked so") {
        service::Show::Response r;
        r.row.id = "c1";
        r.row.pick = "a";
        r.row.pick_support = 0.93;
        edge::HeatMap map;
        map.attribute = "politics";
        map.groups = {"left", "right"};
        map.dimensions = {"toxic", "racist", "a dimension with a very long name", "harm"};
        edge::OptionCells option;
        option.id = "a";
        option.pooled.assign(4, {0.5, edge::Interval{0.4, 0.6}, 30, "observed"});
        option.cells = {option.pooled, option.pooled};
        option.cells[1][0] = {std::nullopt, std::nullopt, 0, "insufficient"};
        option.cells[1][1] = {0.44, edge::Interval{0.2, 0.7}, 0, "pooled"};
        map.options = {option};
        r.heat_maps = {map};
        r.judgments.assign(200, "r1 gave a 4 on toxic");
        r.judgments_total = 312;
        const std::string text = render("show", service::encode(r), false);
        check_lines(text);
        where(text, "0.50 ±0.10 (30)");
        where(text, "– (0)");
        where(text, "~0.44 ±0.25 (0)");
        where(text, "and 292 more");
        if (std::getenv("EDGEWISE_PRINT") != nullptr) MESSAGE("\n" << text);
    }
}
