#include <algorithm>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "edgewise/cli/render.hpp"
#include "edgewise/cli/text.hpp"
#include "edgewise/service/codec.hpp"

using namespace edgewise;
using namespace edgewise::cli;

namespace {

estimate::BoardRow row(const std::string& name, std::uint64_t rank, double strength, bool apart) {
    estimate::BoardRow out;
    out.name = name;
    out.state = "observed";
    out.comparisons = 1240;
    out.rank = rank;
    out.rank_low = rank == 1 ? 1 : rank - 1;
    out.rank_high = rank + 1;
    out.strength = strength;
    out.interval = Interval{strength - 0.4, strength + 0.4};
    out.utility = 0.6;
    out.p_best = rank == 1 ? 0.81 : 0.001;
    out.p_above_next = 0.9;
    out.apart_from_next = apart;
    return out;
}

service::Leaderboard::Response ordinary() {
    service::Leaderboard::Response r;
    r.title = "arena/battles.csv";
    r.import.format = "pairwise_table";
    r.import.files = {"battles.csv"};
    r.findings = {{"cannot_tell", "Which contender is first cannot be told",
                   "Any of 2 contenders may be first.", "Compare ant with bee 300 times more."}};
    estimate::BoardDimension board;
    board.name = "preference";
    board.kind = "comparison";
    board.verdict = "ranked";
    board.comparisons = 3720;
    board.raters = 124;
    board.cases = 13;
    board.contenders = 4;
    board.tie_share = 0.39;
    board.both_bad_share = 0.06;
    board.rows = {
        row("ant", 1, 1.2, false),
        row("a model with a name that is far longer than any column of a table", 2, 0.4, true),
        row("cat", 3, -0.7, false), row("日本語のモデル", 4, -0.9, false)};
    board.rows[3].apart_from_next.reset();
    board.rows[3].state = "insufficient";
    board.rows_total = 90;
    board.model.name = "bradley_terry";
    board.model.ties = "rao_kupper";
    board.model.why = "its log-likelihood is 18.3 above that of davidson";
    board.model.converged = true;
    board.model.iterations = 9;
    board.errors = {{.kind = "two_way",
                     .independent = "raters and cases",
                     .defined = true,
                     .used = true,
                     .clusters = 13,
                     .median_se = 0.28,
                     .ratio = 1.96,
                     .why = "the most cautious of those that are defined"}};
    board.position.words = "No advantage of being shown first or second is seen.";
    board.fit.words = "Shares of wins are as the model expects.";
    board.fit.dispersion = 1.44;
    estimate::BoardGrouping topic;
    topic.attribute = "topic";
    topic.of = "cases";
    topic.verdict = "shown";
    topic.words = "Between 9 groups of cases strengths vary.";
    for (int g = 0; g < 9; ++g) {
        topic.groups.push_back({"a topic with a long name " + std::to_string(g), 100, 10, "ant"});
    }
    topic.rows = {{"ant", 1, {}}, {"bee", 2, {}}};
    for (estimate::BoardGroupRow& each : topic.rows) {
        each.cells.assign(9, {2, 0.1, {-0.1, 0.3}, 12, "observed"});
        each.cells[1].state = "insufficient";
    }
    board.groupings = {topic};
    board.machines = {{.rater = "judge", .why = "it made 3 comparisons"}};
    r.dimensions = {board};
    return r;
}

// Where the words stand, however the lines are broken; blanks count once.
std::size_t where(const std::string& broken, std::string_view part) {
    std::string text;
    for (const char c : broken) {
        const char plain = c == '\n' ? ' ' : c;
        if (plain != ' ' || !text.ends_with(' ')) text.push_back(plain);
    }
    const std::size_t at = text.find(part);
    CAPTURE(text);
    CAPTURE(part);
    CHECK(at != std::string::npos);
    return at;
}

void check_lines(const std::string& text) {
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string line = text.substr(begin, end - begin);
        CAPTURE(line);
        CHECK(display_width(line) <= kColumns);
        begin = end + 1;
    }
}

}  // namespace

TEST_SUITE("cli/render_leaderboard") {
    TEST_CASE("findings come before ranks, ranks before reasons, and what to do comes last") {
        const std::string text = render("leaderboard", service::encode(ordinary()), false);
        check_lines(text);
        std::size_t last = 0;
        for (const std::string_view heading :
             {"What these comparisons say", "Ranks (4 of 90", "How sure, and why",
              "Ranks by topic (6 of 9 groups)", "What to do next"}) {
            const std::size_t at = where(text, heading);
            CHECK(at >= last);
            last = at;
        }
        where(text, "39 % ties (6.0 % both bad)");
        where(text, "its log-likelihood is 18.3 above");
        where(text, "2.0 x independent");
        where(text, "judge: not compared, it made 3 comparisons.");
        where(text, "Compare ant with bee 300 times more.");
        where(text, "~2");
    }

    TEST_CASE("a bracket joins just the neighbours that cannot be told apart") {
        const std::string text = render("leaderboard", service::encode(ordinary()), false);
        CHECK(where(text, "1–2 ┐ ant") < where(text, "1–3 ┘ a mo"));
        where(text, "2–4 ┐ cat");
        where(text, "3–5 ┘");
        where(text, "●");
        where(text, "?: too few comparisons");
    }

    TEST_CASE("what could not be ranked says so and shows no rank") {
        service::Leaderboard::Response r;
        r.findings = {{"cannot_tell", "Nothing can be ranked", "Why: 1 comparison.", "Compare."}};
        estimate::BoardDimension board;
        board.verdict = "nothing";
        board.why = "1 comparison; 10 are needed";
        board.comparisons = 1;
        board.rows.resize(2);
        board.rows[0].name = "ant";
        board.rows[1].name = "bee";
        for (estimate::BoardRow& each : board.rows) each.state = "insufficient";
        board.rows_total = 2;
        r.dimensions = {board};
        const std::string text = render("leaderboard", service::encode(r), false);
        check_lines(text);
        where(text, "Contenders, not ranked");
        CHECK(text.find("How sure") == std::string::npos);
        CHECK(text.find("Any of") == std::string::npos);
    }
}
