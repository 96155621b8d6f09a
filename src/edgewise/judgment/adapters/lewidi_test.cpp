#include <string>

#include <doctest/doctest.h>

#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

// Written by us in the published layouts of 2023 and 2025.
std::string brexit(std::string_view annotations) {
    return R"({
  "1": {
    "text": "A \"tweet\" {",
    "annotation task": "hate speech detection",
    "number of annotations": 3,
    "annotations": ")" +
           std::string(annotations) + R"(",
    "annotators": "Ann1,Ann2,Ann3",
    "lang": "en",
    "hard_label": "0",
    "soft_label": {"0": 0.67, "1": 0.33},
    "split": "train",
    "other_info": {
      "Annotators_group": "group1,group1,group2",
      "Domain": "BLM",
      "other annotations": {"offensive language detection": "1,,0"}
    }
  },
  "2": {
    "text": "Another", "annotation task": "hate speech detection", "number of annotations": 2,
    "annotations": "0,1", "annotators": "Ann3, Ann1", "lang": "en", "split": "train"
  },
  "3": {"text": "Blind", "annotations": "", "annotators": "", "split": "test"}
}
)";
}

}  // namespace

TEST_CASE("items of Le-Wi-Di 2023 give each annotator's annotation, other ones and groups") {
    const TemporaryFolder folder;
    const std::string path = folder.write("HS-Brexit_train.json", brexit("0,1,0"));
    const Imported got = import_file(from(path));
    CHECK(got.report.format == "lewidi");
    CHECK(got.report.rows == 3);
    const JudgmentTable& table = got.table;
    CHECK(table.size() == 7);
    CHECK(table.dimensions()[0].name == "hate speech detection");
    CHECK(table.dimensions()[0].kind == Kind::rating);
    CHECK(table.dimensions()[1].name == "offensive language detection");
    CHECK(table.cases().ids[1] == "2");
    CHECK(table.cases().texts[0] == "A \"tweet\" {");
    CHECK(table.value()[1] == 1.0F);
    CHECK(table.raters().ids[table.rater()[5]] == "Ann3");
    CHECK(attribute(table.raters().attributes, "group", 2) == "group2");
    CHECK(attribute(table.cases().context, "Domain", 0) == "BLM");
    CHECK(attribute(table.cases().context, "split", 1) == "train");
    CHECK(skipped(got, "items without annotations")->first == "HS-Brexit_train.json:22");
    CHECK(skipped(got, "fields without a value")->count == 1);
    CHECK(difference(table, import_file(from(path), 3).table).empty());
}

TEST_CASE("items of Le-Wi-Di 2025 name their annotators, of whom a side file speaks") {
    const TemporaryFolder folder;
    folder.write("NLI_annotators_meta.json",
                 R"({"Ann1": {"Age": "30", "Gender": "Woman"}, "Ann9": {"Age": "40"}})");
    const Imported got = import_file(from(
        folder.write("NLI_dev.json",
                     R"({"7": {"annotation task": "natural language inference",)"
                     R"("text": {"context": "It rains.", "statement": "It is wet."},)"
                     R"("annotators": "Ann1,Ann3", "number of annotations": 2,)"
                     R"("annotations": {"Ann1": "entailment", "Ann3": "neutral"}, "split": "dev",)"
                     R"("other_info": {"explanations": ["a", "b"]}}})")));
    CHECK(got.report.format == "lewidi");
    CHECK(got.table.size() == 2);
    CHECK(got.table.dimensions()[0].kind == Kind::label);
    CHECK(got.table.cases().texts[0] == "context: It rains.\nstatement: It is wet.");
    CHECK(attribute(got.table.raters().attributes, "Gender", 0) == "Woman");
    CHECK(attribute(got.table.raters().attributes, "Gender", 1).empty());
    CHECK(skipped(got, "annotators of the side file")->count == 1);
}

TEST_CASE("annotations of Le-Wi-Di that do not fit their annotators are refused") {
    const TemporaryFolder folder;
    const auto bad = [&](const std::string& text) {
        return complaint(from(folder.write("a.json", text)));
    };
    CHECK(bad(brexit("0,1")) ==
          "a.json:2: field \"number of annotations\": expected 2, as many as there are, found 3");
    CHECK(bad(brexit("0,1,maybe")) ==
          "a.json:2: field \"annotations\": expected a number for \"hate speech detection\", as on "
          "line 2, found maybe; one dimension holds either numbers or texts");
    std::string text = brexit("0,1,0");
    text.replace(text.find("1,,0"), 4, "1,0");
    CHECK(bad(text).starts_with(
        "a.json:2: field \"other_info: other annotations: offensive language detection\": "
        "expected 3 values, one for each of the annotators, found 2"));
    text = brexit("0,1,0");
    text.replace(text.find("\"2\": {"), 6, "\"1\": {");
    CHECK(bad(text) == "a.json:18: field \"1\": expected each item once, found it again");
    text = brexit("0,1,0");
    text.replace(text.find("\"3\": {"), 6, "\"3\": [");
    CHECK(bad(text) == "a.json:22: expected a JSON object, found \"[\"");
    text = brexit("0,1,0");
    text.resize(text.size() - 4);
    CHECK(bad(text).find("the end") != std::string::npos);
}
