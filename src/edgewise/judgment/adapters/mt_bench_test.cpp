#include <array>
#include <string>

#include <doctest/doctest.h>

#include "edgewise/base/source.hpp"
#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

// Written by us in the published layout.
std::string vote(std::string_view judge, std::string_view winner, int turn) {
    return R"({"question_id":81,"model_a":"owl","model_b":"fox","winner":")" + std::string(winner) +
           R"(","judge":)" + std::string(judge) +
           R"(,"conversation_a":[{"content":"Q1","role":"user"},)"
           R"({"content":"A1","role":"assistant"},)"
           R"({"content":"Q2","role":"user"},{"content":"A2","role":"assistant"}],)"
           R"("conversation_b":[{"content":"Q1","role":"user"},)"
           R"({"content":"B1","role":"assistant"},)"
           R"({"content":"Q2","role":"user"},{"content":"B2","role":"assistant"}],"turn":)" +
           std::to_string(turn) + "}";
}

std::string lines() {
    return vote(R"("author_2")", "model_a", 1) + "\n" + vote(R"("expert_17")", "model_b", 2) +
           "\n" + vote(R"(["gpt-4", "pair-v2"])", "tie (inconsistent)", 2) + "\n";
}

constexpr std::string_view kJoined =
    "question_id,category,model_a,model_b,turn,annotator_id,winner,gpt4_winner,gpt4_turn,"
    "annotator_group\n"
    "81,writing,owl,fox,1,author_2,model_b,model_a,1,author\n"
    "81,writing,owl,fox,1,author_2,model_b,tie (inconsistent),2,author\n"
    "81,writing,owl,fox,2,author_2,model_a,model_a,1,author\n"
    "81,writing,owl,fox,2,author_2,model_a,tie (inconsistent),2,author\n"
    "81,writing,owl,fox,1,expert_1,tie,model_a,1,expert\n"
    "81,writing,owl,fox,1,expert_1,tie,tie (inconsistent),2,expert\n";
constexpr std::string_view kQuestions =
    "{\"question_id\":81,\"category\":\"writing\",\"turns\":[\"Write.\",\"Again.\"]}\n";

}  // namespace

TEST_CASE("published MT-Bench votes give a case a turn, with the dialogue as text") {
    const TemporaryFolder folder;
    const Imported got = import_file(from(folder.write("human.jsonl", lines())));
    CHECK(got.report.format == "mt_bench");
    const JudgmentTable& table = got.table;
    CHECK(table.size() == 3);
    CHECK(table.cases().ids[0] == "81/1");
    CHECK(table.cases().ids[1] == "81/2");
    CHECK(table.cases().texts[0] == "Q1");
    CHECK(table.cases().texts[1] == "Q1\n\nQ2");
    CHECK(attribute(table.cases().context, "turn", 1) == "2");
    CHECK(table.options().texts[table.option()[0]] == "A1");
    CHECK(table.options().texts[table.other()[1]] == "B1\n\nB2");
    CHECK(table.value()[0] == 1.0F);
    CHECK(table.value()[1] == 0.0F);
    CHECK(table.value()[2] == 0.5F);
    CHECK(attribute(table.raters().attributes, "annotator_group", 0) == "author");
    CHECK(attribute(table.raters().attributes, "annotator_group", 1) == "expert");
    CHECK(table.raters().ids[2] == "gpt-4");
    CHECK(table.raters().kinds[2] == RaterKind::machine);
    CHECK(table.raters().kinds[1] == RaterKind::person);
    CHECK(noted(got, "1 verdicts are \"tie (inconsistent)\""));
}

TEST_CASE("a JSON array and compressed lines give the table that the lines give") {
    const TemporaryFolder folder;
    const JudgmentTable plain =
        import_file(from(folder.write("human_judgments.jsonl", lines()))).table;
    std::string array = "[\n";
    for (const char c : lines()) {
        array += c;
        if (c == '\n') array.insert(array.size() - 1, ",");
    }
    array.erase(array.rfind(','), 1);
    const Imported whole = import_file(from(folder.write("human_judgments.json", array + "]\n")));
    CHECK(whole.table.size() == 3);
    CHECK(whole.table.source_row()[1] == 3);
    for (std::size_t i = 0; i < 3; ++i) CHECK(whole.table.value()[i] == plain.value()[i]);
    CHECK(whole.table.cases().texts[1] == plain.cases().texts[1]);
    AtomicFile packed(folder.path() / "packed.jsonl.gz");
    packed.write(lines());
    packed.commit();
    CHECK(difference(plain, import_file(from((folder.path() / "packed.jsonl.gz").string())).table)
              .empty());
    CHECK(complaint(from(folder.write("cut.json", array))) ==
          "cut.json:5: expected a comma or the end of the array, found the end");
}

TEST_CASE("a joined table counts each vote once, and GPT-4's verdict once a pair and turn") {
    const TemporaryFolder folder;
    folder.write("comparisons_joined.csv", kJoined);
    folder.write("question.jsonl", kQuestions);
    const Imported got = import_file(from(folder.path().string()));
    CHECK(got.report.format == "mt_bench");
    const JudgmentTable& table = got.table;
    CHECK(table.size() == 5);
    CHECK(got.report.rows == 6);
    CHECK(table.raters().ids.size() == 3);
    CHECK(table.raters().ids[0] == "gpt-4");
    CHECK(table.raters().kinds[0] == RaterKind::machine);
    CHECK(attribute(table.raters().attributes, "annotator_group", 0).empty());
    CHECK(attribute(table.raters().attributes, "annotator_group", 1) == "author");
    CHECK(attribute(table.raters().attributes, "annotator_group", 2) == "expert");
    CHECK(table.cases().texts[1] == "Write.\n\nAgain.");
    CHECK(attribute(table.cases().context, "category", 0) == "writing");
    CHECK(difference(table, import_file(from(folder.path().string()), 3).table).empty());
}

TEST_CASE("a vote that a person really gave twice stays twice in a joined table") {
    const TemporaryFolder folder;
    const std::string again =
        "81,writing,owl,fox,1,expert_1,tie,model_a,1,expert\n"
        "81,writing,owl,fox,1,expert_1,tie,tie (inconsistent),2,expert\n";
    const Imported got =
        import_file(from(folder.write("joined.csv", std::string(kJoined) + again)));
    CHECK(got.table.size() == 6);
    CHECK(noted(got, "1 judgments are given by a rater who judged the same thing"));
}

TEST_CASE("an unknown winner, turn or contradicting verdict of MT-Bench is refused") {
    const TemporaryFolder folder;
    CHECK(complaint(from(folder.write("a.jsonl", lines() + vote("\"expert_1\"", "owls", 1)))) ==
          "a.jsonl:4: field \"winner\": expected \"model_a\", \"model_b\", a tie or one of the two "
          "models, found owls");
    CHECK(complaint(from(folder.write("b.jsonl", lines() + vote("\"expert_1\"", "tie", 0)))) ==
          "b.jsonl:4: field \"turn\": expected a whole number from 1, found 0");
    CHECK(complaint(from(folder.write(
              "c.csv",
              std::string(kJoined) + "81,writing,owl,fox,1,expert_2,tie,model_b,1,expert\n"))) ==
          "c.csv:8: field \"gpt4_winner\": expected \"model_a\", as above for the same pair and "
          "turn, found model_b");
    CHECK(complaint(from(folder.write(
              "d.csv",
              std::string(kJoined) + "81,writing,owl,owl,1,expert_2,tie,model_a,1,expert\n"))) ==
          "d.csv:8: field \"model_b\": expected two different options of one case, found one "
          "option twice");
    std::string odd = vote("\"expert_1\"", "tie", 1);
    odd.replace(odd.find("[{"), 2, "7,\"x\":[{");
    CHECK(complaint(from(folder.write("e.jsonl", odd))) ==
          "e.jsonl:1: field \"conversation_a\": expected a list of messages, found one value");
}

TEST_CASE("the real MT-Bench folder has people's votes and GPT-4's verdicts once each") {
    const std::string path = shared("mtbench_human");
    if (path.empty()) return;
    const Imported got = import_file(from(path));
    CHECK(got.report.format == "mt_bench");
    CHECK(got.table.size() == 1751 + 1240);
    CHECK(got.table.cases().ids.size() == 160);
    CHECK(got.table.raters().ids.size() == 66);
    std::array<std::size_t, 3> people{};  // as in comparisons.csv
    for (std::size_t i = 0; i < got.table.size(); ++i) {
        if (got.table.raters().kinds[got.table.rater()[i]] == RaterKind::machine) continue;
        ++people.at(static_cast<std::size_t>(got.table.value()[i] * 2.0F));
    }
    CHECK(people == std::array<std::size_t, 3>{1040, 417, 294});
    CHECK(got.table.cases().texts[0].starts_with("Compose an engaging travel blog post"));
}
