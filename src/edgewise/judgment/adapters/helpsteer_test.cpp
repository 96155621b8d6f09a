#include <string>

#include <doctest/doctest.h>

#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

// Written by us in the published layout.
std::string rated(std::string_view response, std::string_view helpfulness) {
    return R"({"prompt":"c#","response":")" + std::string(response) + R"(","helpfulness":)" +
           std::string(helpfulness) +
           R"(,"correctness":4,"coherence":4,"complexity":2,"verbosity":null})"
           "\n";
}

constexpr std::string_view kPreferences =
    R"({"split":"train","prompt":"Hi","response_1":"Hello","response_2":"Yo",)"
    R"("preference_strength":1,"preference_statement":"s","preference_elaboration":"e",)"
    R"("three_most_similar_preferences":[],"all_preferences_unprocessed":[)"
    R"({"strength":-2,"justification":"kind"},{"strength":0,"justification":"same"},)"
    R"({"strength":3,"justification":"short"},{"strength":-100,"justification":"bad"}]})"
    "\n"
    R"({"split":"val","prompt":"Bye","response_1":"Ciao","response_2":"Bye",)"
    R"("preference_strength":2,"all_preferences_unprocessed":[]})"
    "\n";

}  // namespace

TEST_CASE("HelpSteer's five attributes are dimensions from 0 to 4, a prompt is one case") {
    const TemporaryFolder folder;
    const std::string path = folder.write("train.jsonl", rated("A", "3") + rated("B", "0"));
    const Imported got = import_file(from(path));
    CHECK(got.report.format == "helpsteer");
    const JudgmentTable& table = got.table;
    CHECK(table.size() == 8);
    CHECK(table.cases().ids.size() == 1);
    CHECK(table.cases().ids[0] == "line 1");
    CHECK(table.cases().texts[0] == "c#");
    CHECK(table.options().ids[1] == "response (2)");
    CHECK(table.options().texts[1] == "B");
    CHECK(table.dimensions()[0].name == "helpfulness");
    CHECK(table.dimensions()[0].high == 4.0);
    CHECK(table.dimensions()[0].range_declared);
    CHECK(table.value()[4] == 0.0F);
    CHECK(skipped(got, "fields without a value")->count == 2);
    CHECK(noted(got, "WHO JUDGED IS NOT KNOWN"));
    CHECK(difference(table, import_file(from(path), 3).table).empty());
    CHECK(complaint(from(folder.write("bad.jsonl", rated("A", "3") + rated("B", "5")))) ==
          "bad.jsonl:2: field \"helpfulness\": expected a number from 0 to 4 on \"helpfulness\", "
          "found 5");
    CHECK(complaint(from(folder.write("bad.jsonl", rated("A", "\"high\"")))) ==
          "bad.jsonl:1: field \"helpfulness\": expected a number, found high");
}

TEST_CASE("lists of HelpSteer2 are ratings of annotators who are positions") {
    const TemporaryFolder folder;
    const Imported got =
        import_file(from(folder.write("disagreements.jsonl", rated("A", "[3, 1, 4]"))));
    CHECK(got.table.size() == 6);
    CHECK(got.table.raters().ids[0] == "annotator 1");
    CHECK(got.table.raters().ids[2] == "annotator 3");
    CHECK(got.table.value()[2] == 4.0F);
    CHECK(noted(got, "RATERS ARE POSITIONS"));
    CHECK(complaint(from(folder.write("bad.jsonl", rated("A", "[3, 7]")))) ==
          "bad.jsonl:1: field \"helpfulness\": expected a number from 0 to 4 on \"helpfulness\", "
          "found 7");
}

TEST_CASE("preferences of HelpSteer2 are each annotator's, the made-up one only where they lack") {
    const TemporaryFolder folder;
    const Imported got = import_file(from(folder.write("preference.jsonl", kPreferences)));
    CHECK(got.report.format == "helpsteer");
    const JudgmentTable& table = got.table;
    CHECK(table.size() == 5);
    CHECK(table.value()[0] == 1.0F);  // response 1 is better
    CHECK(table.value()[1] == 0.5F);
    CHECK(table.value()[2] == 0.0F);
    CHECK(table.value()[3] == 0.5F);
    CHECK(table.flags()[3] == kBothBad);
    CHECK(table.value()[4] == 0.0F);
    CHECK(table.raters().ids[table.rater()[4]] == "unknown");
    CHECK(table.options().texts[table.option()[0]] == "Hello");
    CHECK(table.reasons()[0].second == "strength -2: kind");
    CHECK(attribute(table.cases().context, "split", 1) == "val");
    std::string bad(kPreferences);
    bad.replace(bad.find("-2"), 2, "-4");
    CHECK(complaint(from(folder.write("bad.jsonl", bad))) ==
          "bad.jsonl:1: field \"all_preferences_unprocessed\": expected a whole number from -3 to "
          "3, or -100 for neither, found -4");
}
