#include <array>
#include <string>

#include <doctest/doctest.h>

#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

// Written by us in the published layout.
constexpr std::string_view kCrowd =
    "id,prompt,model_x,model_y,worker,winner,left,right\n"
    "0,8,1,2,58,tie,Owl,Fox\n"
    "0,8,1,2,83,left,Owl,Fox\n"
    "1,9,2,3,83,right,Fox,Elk (7B)\n"
    "1,9,2,3,84,,Fox,Elk (7B)\n";
constexpr std::string_view kGpt4 =
    "id,prompt,model_x,model_y,winner,left,right\n"
    "0,8,1,2,right,Owl,Fox\n"
    "1,9,2,3,left,Fox,Elk (7B)\n";
constexpr std::string_view kModels =
    "{\"id\":1,\"name\":\"Owl\",\"org\":\"us\"}\n"
    "{\"id\":2,\"name\":\"Fox\",\"org\":\"us\"}\n"
    "{\"id\":3,\"name\":\"Elk (7B)\",\"org\":\"us\"}\n";
constexpr std::string_view kPrompts =
    "{\"id\":8,\"text\":\"Write a haiku.\",\"type\":\"reflexion\",\"stop\":null}\n"
    "{\"id\":9,\"text\":\"Add 1 and 1.\",\"type\":\"code\",\"stop\":null}\n";

}  // namespace

TEST_CASE("an LLMFAO folder gives workers and models that judged, left first, with prompts") {
    const TemporaryFolder folder;
    folder.write("crowd-comparisons.csv", kCrowd);
    folder.write("gpt4-crowd-comparisons.csv", kGpt4);
    folder.write("models.jsonl", kModels);
    folder.write("prompts.jsonl", kPrompts);
    const Imported got = import_file(from(folder.path().string()));
    CHECK(got.report.format == "llmfao");
    const JudgmentTable& table = got.table;
    CHECK(table.size() == 5);
    CHECK(got.report.rows == 6);
    CHECK(table.raters().ids.size() == 3);
    CHECK(table.raters().ids[2] == "gpt-4");
    CHECK(table.raters().kinds[0] == RaterKind::person);
    CHECK(table.raters().kinds[2] == RaterKind::machine);
    CHECK(table.options().ids[table.option()[0]] == "Owl");
    CHECK(table.options().ids[table.other()[0]] == "Fox");
    CHECK(table.value()[0] == 0.5F);
    CHECK(table.value()[1] == 1.0F);
    CHECK(table.value()[2] == 0.0F);
    CHECK(table.value()[3] == 0.0F);
    CHECK(table.cases().texts[0] == "Write a haiku.");
    CHECK(attribute(table.cases().context, "type", 1) == "code");
    CHECK(skipped(got, "without a winner")->first == "crowd-comparisons.csv:5");
    CHECK(noted(got, "there is no gpt3-crowd-comparisons.csv"));
    CHECK(difference(table, import_file(from(folder.path().string()), 3).table).empty());
}

TEST_CASE("a number that is not the model's and an unknown winner are refused with the line") {
    const TemporaryFolder folder;
    folder.write("crowd-comparisons.csv", std::string(kCrowd) + "2,9,1,3,84,left,Fox,Elk (7B)\n");
    folder.write("models.jsonl", kModels);
    CHECK(complaint(from(folder.path().string()))
              .ends_with("crowd-comparisons.csv:6: field \"model_x\": expected the number of "
                         "\"Fox\" in models.jsonl, found 1"));
    folder.write("crowd-comparisons.csv", std::string(kCrowd) + "2,9,2,3,84,up,Fox,Elk (7B)\n");
    CHECK(complaint(from(folder.path().string()))
              .find("crowd-comparisons.csv:6: field \"winner\": expected \"left\", \"right\"") !=
          std::string::npos);
}

TEST_CASE("a single LLMFAO file stays a pairwise table unless the format is named") {
    const TemporaryFolder folder;
    folder.write("prompts.jsonl", kPrompts);
    ImportOptions options = from(folder.write("gpt4-crowd-comparisons.csv", kGpt4));
    CHECK(import_file(options).report.format == "pairwise_table");
    options.format = "llmfao";
    const Imported got = import_file(options);
    CHECK(got.table.raters().ids[0] == "gpt-4");
    CHECK(got.table.raters().kinds[0] == RaterKind::machine);
    CHECK(got.table.cases().texts[1] == "Add 1 and 1.");
}

TEST_CASE("the real LLMFAO folder has both models on every pair that the crowd judged") {
    const std::string path = shared("llmfao");
    if (path.empty()) return;
    const Imported got = import_file(from(path));
    CHECK(got.report.format == "llmfao");
    CHECK(got.table.size() == 8931 + 2 * 2139);
    CHECK(got.table.cases().ids.size() == 13);
    CHECK(got.table.options().ids.size() == 750);
    CHECK(got.table.raters().ids.size() == 126);
    std::array<std::size_t, 2> judged{};
    for (const Id rater : got.table.rater()) {
        if (got.table.raters().kinds[rater] != RaterKind::machine) continue;
        ++judged.at(got.table.raters().ids[rater] == "gpt-4" ? 1 : 0);
    }
    CHECK(judged == std::array<std::size_t, 2>{2139, 2139});
    CHECK(difference(got.table, import_file(from(path), 4).table).empty());
}
