#include <array>
#include <string>

#include <doctest/doctest.h>

#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

std::array<std::size_t, 3> outcomes(const JudgmentTable& table) {  // other, tie, option
    std::array<std::size_t, 3> counts{};
    for (const float value : table.value()) ++counts[static_cast<std::size_t>(value * 2.0F)];
    return counts;
}

}  // namespace

TEST_CASE("a winner is told by side, by name or as a tie, and neither good is marked") {
    const TemporaryFolder folder;
    const Imported got = import_file(from(
        folder.write("a.csv",
                     "prompt,left,right,worker,winner\n1,A,B,w,left\n1,A,B,v,RIGHT\n1,A,B,u,B\n"
                     "2,A,C,w,tie\n2,A,C,v,tie (bothbad)\n2,C,A,u,both_bad\n3,A,C,w,\n")));
    CHECK(got.report.format == "pairwise_table");
    CHECK(got.table.size() == 6);
    CHECK(got.table.dimensions()[0].kind == Kind::comparison);
    CHECK(got.table.value()[0] == 1.0F);
    CHECK(got.table.value()[1] == 0.0F);
    CHECK(got.table.value()[2] == 0.0F);
    CHECK(got.table.value()[3] == 0.5F);
    CHECK(got.table.flags()[3] == 0);
    CHECK(got.table.flags()[4] == kBothBad);
    CHECK(got.table.flags()[5] == kBothBad);
    CHECK(got.table.options().ids[got.table.other()[0]] == "B");
    CHECK(got.table.cases().ids.size() == 2);  // nobody judged the third
    CHECK(skipped(got, "without a winner")->first == "a.csv:8");
}

TEST_CASE("an unknown winner and an option against itself are refused with the line") {
    const TemporaryFolder folder;
    const std::string head = "prompt,model_a,model_b,judge,winner\n1,A,B,w,model_a\n";
    CHECK(complaint(from(folder.write("a.csv", head + "1,A,B,w,D\n"))) ==
          "a.csv:3: field \"winner\": expected \"model_a\", \"model_b\", a tie or one of the two "
          "options' names, found D");
    CHECK(complaint(from(folder.write("b.csv", head + "1,A,A,w,model_a\n"))) ==
          "b.csv:3: field \"winner\": expected two different options of one case, found one option "
          "twice");
}

TEST_CASE("the same pair the other way round is the same judgment again") {
    const TemporaryFolder folder;
    const Imported got = import_file(from(folder.write(
        "a.csv", "prompt,left,right,worker,winner\n1,A,B,w,left\n2,B,A,w,left\n1,B,A,w,left\n")));
    CHECK(noted(got, "1 judgments are given by a rater who judged the same thing"));
    CHECK(noted(got, "a.csv:4"));
}

TEST_CASE("the LLMFAO crowd has the counts that were taken independently") {
    const std::string path = shared("llmfao/crowd-comparisons.csv");
    if (path.empty()) return;
    ImportOptions options = from(path);
    options.items = shared("llmfao/prompts.jsonl");
    const Imported got = import_file(options);
    CHECK(got.table.size() == 8931);
    CHECK(got.table.cases().ids.size() == 13);
    CHECK(got.table.options().ids.size() == 750);
    CHECK(got.table.raters().ids.size() == 124);
    CHECK(outcomes(got.table) == std::array<std::size_t, 3>{2549, 3471, 2911});
    CHECK(got.table.cases().texts[0].starts_with("Argue for and against the use of kubernetes"));
}

TEST_CASE("a turn of MT-Bench is part of the case and the annotator's group is an attribute") {
    const std::string path = shared("mtbench_human/comparisons.csv");
    if (path.empty()) return;
    const Imported got = import_file(from(path));
    CHECK(got.table.size() == 1751);
    CHECK(got.table.cases().ids.size() == 160);
    CHECK(got.table.raters().ids.size() == 65);
    CHECK(outcomes(got.table) == std::array<std::size_t, 3>{1040, 417, 294});
    CHECK(got.table.cases().ids[0] == "81/1");
    CHECK(attribute(got.table.cases().context, "category", 0) == "writing");
    CHECK(attribute(got.table.cases().context, "turn", 1) == "2");
    CHECK(attribute(got.table.raters().attributes, "annotator_group", 0) == "author");
}

TEST_CASE("a model that judged is a machine, and its verdicts can be read from another column") {
    const std::string path = shared("llmfao/gpt4-crowd-comparisons.csv");
    if (path.empty()) return;
    ImportOptions options = from(path);
    options.machines = {"unknown"};
    const Imported got = import_file(options);
    CHECK(got.table.size() == 2139);
    CHECK(got.table.raters().kinds[0] == RaterKind::machine);
    options.machines = {"gpt-4"};
    CHECK(complaint(options).find("there is no rater \"gpt-4\"") != std::string::npos);
    ImportOptions joined = from(shared("mtbench_human/comparisons_joined.csv"));
    joined.winner_column = "gpt4_winner";
    CHECK(outcomes(import_file(joined).table) == std::array<std::size_t, 3>{2288, 876, 338});
}
