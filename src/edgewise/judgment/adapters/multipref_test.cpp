#include <string>

#include <doctest/doctest.h>

#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

// Written by us in the published layout.
std::string annotation(std::string_view evaluator, std::string_view overall) {
    return R"({"evaluator":")" + std::string(evaluator) + R"(","overall_pref":")" +
           std::string(overall) +
           R"(","overall_confidence":"fairly-confident","helpful_pref":"Tie",)"
           R"("helpful_checked_reasons":["clear","short"],"helpful_own_reason":"mine",)"
           R"("truthful_pref":"B-is-slightly-better","harmless_pref":null,)"
           R"("time_spent":283,"timestamp":"2024-05-21 19:18:25.735159"})";
}

std::string line(std::string_view prompt, std::string_view b, const std::string& normal,
                 const std::string& expert) {
    return R"({"comparison_id":"c1","prompt_id":")" + std::string(prompt) +
           R"(","text":"Why?","model_a":"owl","completion_a":"So.","model_b":"fox",)"
           R"("completion_b":")" +
           std::string(b) +
           R"(","source":"wild","category":"Open QA",)"
           R"("normal_worker_annotations":[)" +
           normal + R"(],"expert_worker_annotations":[)" + expert + "]}\n";
}

}  // namespace

TEST_CASE("MultiPref gives four comparisons an annotation, by normal and expert workers") {
    const TemporaryFolder folder;
    const std::string path = folder.write(
        "multipref.jsonl",
        line("p1", "No.", annotation("ann", "A-is-clearly-better"), annotation("bo", "Tie")) +
            line("p1", "Never.", annotation("ann", "B-is-slightly-better"), ""));
    const Imported got = import_file(from(path));
    CHECK(got.report.format == "multipref");
    const JudgmentTable& table = got.table;
    CHECK(table.size() == 9);  // three aspects of three annotations
    CHECK(table.cases().ids.size() == 1);
    CHECK(table.options().ids.size() == 3);
    CHECK(table.options().ids[2] == "fox (2)");
    CHECK(table.options().texts[2] == "Never.");
    CHECK(table.dimensions()[0].name == "overall");
    CHECK(table.dimensions().size() == 3);
    CHECK(table.value()[0] == 1.0F);
    CHECK(table.value()[1] == 0.5F);
    CHECK(table.value()[2] == 0.0F);
    CHECK(table.value()[6] == 0.0F);
    CHECK(attribute(table.raters().attributes, "worker", 0) == "normal");
    CHECK(attribute(table.raters().attributes, "worker", 1) == "expert");
    CHECK(attribute(table.cases().context, "category", 0) == "Open QA");
    CHECK(table.time()[0] == 1716319105735);
    CHECK(table.reasons()[0].second == "A-is-clearly-better, fairly-confident");
    CHECK(table.reasons()[1].second == "Tie; clear; short; mine");
    CHECK(skipped(got, "preferences that are not there")->count == 3);
    CHECK(difference(table, import_file(from(path), 3).table).empty());
}

TEST_CASE("an unknown preference or time of MultiPref is refused with the line") {
    const TemporaryFolder folder;
    const std::string good = line("p1", "No.", annotation("ann", "Tie"), "");
    CHECK(complaint(from(folder.write(
              "a.jsonl", good + line("p2", "No.", "", annotation("bo", "A-is-better"))))) ==
          "a.jsonl:2: field \"expert_worker_annotations: overall_pref\": expected "
          "A-is-clearly-better, A-is-slightly-better, Tie, B-is-slightly-better or "
          "B-is-clearly-better, found A-is-better");
    std::string odd = good;
    odd.replace(odd.find("2024"), 4, "soon");
    CHECK(complaint(from(folder.write("b.jsonl", odd)))
              .starts_with("b.jsonl:1: field \"normal_worker_annotations: timestamp\": expected a "
                           "time (ISO 8601), found soon"));
    CHECK(skipped(import_file(from(folder.write(
                      "c.jsonl", good + line("p2", "No.", annotation("", "Tie"), "")))),
                  "without a rater")
              ->first == "c.jsonl:2");
}
