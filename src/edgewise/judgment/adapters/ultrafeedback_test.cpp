#include <string>

#include <doctest/doctest.h>

#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

// Written by us in the published layout.
std::string completion(std::string_view model, std::string_view rating) {
    return R"({"model":")" + std::string(model) + R"(","principle":"honesty","response":"R of )" +
           std::string(model) + R"(","annotations":{"instruction_following":{"Rating":")" +
           std::string(rating) +
           R"(","Rationale":"x"},"honesty":{"Rating":"N/A","Rationale":"x"},)"
           R"("truthfulness":{"Type":["1"],"Rating":"3"},"helpfulness":[{"Rating":"5"}]},)"
           R"("overall_score":7.5,"fine-grained_score":3.25})";
}

std::string line(const std::string& completions) {
    return R"({"source":"sharegpt","instruction":"Plan a trip.","models":["owl","fox"],)"
           R"("completions":[)" +
           completions + R"(],"correct_answers":["None"]})" + "\n";
}

}  // namespace

TEST_CASE("each aspect of UltraFeedback is a rating of gpt-4, and N/A is left out") {
    const TemporaryFolder folder;
    const std::string path = folder.write(
        "uf.jsonl", line(completion("owl", "2") + "," + completion("fox", "4")) + line(""));
    const Imported got = import_file(from(path));
    CHECK(got.report.format == "ultrafeedback");
    const JudgmentTable& table = got.table;
    CHECK(table.size() == 8);
    CHECK(table.raters().ids.size() == 1);
    CHECK(table.raters().ids[0] == "gpt-4");
    CHECK(table.raters().kinds[0] == RaterKind::machine);
    CHECK(table.options().ids[0] == "owl");
    CHECK(table.options().texts[0] == "R of owl");
    CHECK(table.cases().texts[0] == "Plan a trip.");
    CHECK(attribute(table.cases().context, "source", 0) == "sharegpt");
    CHECK(table.dimensions()[0].name == "instruction_following");
    CHECK(table.dimensions()[0].low == 1.0);
    CHECK(table.dimensions()[0].high == 5.0);
    CHECK(table.value()[0] == 2.0F);
    CHECK(table.value()[2] == 5.0F);
    CHECK(table.value()[3] == 7.5F);
    CHECK(skipped(got, "fields without a value")->count == 2);
    CHECK(skipped(got, "without completions")->first == "uf.jsonl:2");
    CHECK(difference(table, import_file(from(path), 3).table).empty());
}

TEST_CASE("a rating of UltraFeedback that is none and a completion without a model are refused") {
    const TemporaryFolder folder;
    CHECK(complaint(from(folder.write("a.jsonl", line(completion("owl", "6"))))) ==
          "a.jsonl:1: field \"completions: annotations: instruction_following: Rating\": expected "
          "a number from 1 to 5 on \"instruction_following\", found 6");
    CHECK(complaint(from(folder.write("b.jsonl", line(completion("owl", "good")))))
              .ends_with("expected a number, found good"));
    CHECK(complaint(from(folder.write("c.jsonl", line(completion("", "1"))))) ==
          "c.jsonl:1: field \"completions\": expected a model of each, found a completion without "
          "one");
}
