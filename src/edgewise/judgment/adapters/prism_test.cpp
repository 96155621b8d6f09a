#include <string>

#include <doctest/doctest.h>

#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

// Written by us in the published layout.
std::string said(int number, int turn, std::string_view model, std::string_view text,
                 std::string_view score, std::string_view chosen) {
    const std::string n = std::to_string(number);
    return R"({"utterance_id":"ut)" + n + R"(","interaction_id":"int0","conversation_id":"c7",)" +
           R"("user_id":"user1","turn":)" + std::to_string(turn) + R"(,"within_turn_id":)" + n +
           R"(,"included_in_balanced_subset":true,"conversation_type":"unguided",)" +
           R"("user_prompt":"P)" + std::to_string(turn) + R"(","model_response":")" +
           std::string(text) + R"(","model_name":")" + std::string(model) +
           R"(","model_provider":"us","score":)" + std::string(score) + R"(,"if_chosen":)" +
           std::string(chosen) + "}\n";
}

std::string utterances() {
    return said(0, 0, "owl", "A", "80", "true") + said(1, 0, "fox", "B", "1", "false") +
           said(2, 1, "owl", "C", "55", "false") + said(3, 1, "owl", "D", "null", "true");
}

constexpr std::string_view kConversations =
    R"({"conversation_id":"c7","user_id":"user1","conversation_type":"unguided",)"
    R"("conversation_history":[{"turn":0,"role":"user","content":"P0"},)"
    R"({"turn":0,"role":"model","content":"A","model_name":"owl","model_provider":"us",)"
    R"("score":80,"within_turn_id":0,"if_chosen":true},)"
    R"({"turn":0,"role":"model","content":"B","model_name":"fox","score":1,"if_chosen":false},)"
    R"({"turn":1,"role":"user","content":"P1"},)"
    R"({"turn":1,"role":"model","content":"C","model_name":"owl","score":55,"if_chosen":false},)"
    R"({"turn":1,"role":"model","content":"D","model_name":"owl","score":null,"if_chosen":true}],)"
    R"("open_feedback":"fine"})"
    "\n";
constexpr std::string_view kSurvey =
    R"({"user_id":"user1","age":"25-34 years old","gender":"Female","self_description":"I ...",)"
    R"("location":{"reside_country":"Kenya","birth_country":"Kenya"},)"
    R"("religion":{"self_described":"mine","simplified":"Christian"},"stated_prefs":{"values":9}})"
    "\n"
    R"({"user_id":"user2","age":"18-24 years old"})"
    "\n";

}  // namespace

TEST_CASE("PRISM scores are ratings from 1 to 100, and the chosen response an approval") {
    const TemporaryFolder folder;
    folder.write("survey.jsonl", kSurvey);
    folder.write("utterances.jsonl", utterances());
    const Imported got = import_file(from(folder.path().string()));
    CHECK(got.report.format == "prism");
    const JudgmentTable& table = got.table;
    CHECK(table.size() == 7);
    CHECK(table.cases().ids[0] == "c7/0");
    CHECK(table.cases().texts[1] == "P1");
    CHECK(table.options().ids[2] == "owl");
    CHECK(table.options().ids[3] == "owl (2)");
    CHECK(table.options().texts[3] == "D");
    CHECK(table.dimensions()[0].low == 1.0);
    CHECK(table.dimensions()[0].high == 100.0);
    CHECK(table.dimensions()[1].kind == Kind::approval);
    CHECK(table.value()[0] == 80.0F);
    CHECK(table.value()[1] == 1.0F);
    CHECK(table.value()[3] == 0.0F);
    CHECK(table.ballot()[1] == table.ballot()[3]);
    CHECK(table.ballot()[1] != table.ballot()[5]);
    CHECK(attribute(table.raters().attributes, "age", 0) == "25-34 years old");
    CHECK(attribute(table.raters().attributes, "location_reside_country", 0) == "Kenya");
    CHECK(attribute(table.raters().attributes, "religion_simplified", 0) == "Christian");
    for (const Attribute& known : table.raters().attributes) {
        CHECK(known.name.find("self_described") == std::string::npos);
    }
    CHECK(attribute(table.raters().attributes, "self_description", 0).empty());
    CHECK(skipped(got, "fields without a value")->first == "utterances.jsonl:4");
    CHECK(skipped(got, "people of the survey")->first == "survey.jsonl:2");
    CHECK(difference(table, import_file(from(folder.path().string()), 3).table).empty());
}

TEST_CASE("PRISM conversations hold the judgments that the utterances hold") {
    const TemporaryFolder folder;
    const Imported got = import_file(from(folder.write("conversations.jsonl", kConversations)));
    CHECK(got.report.format == "prism");
    const Imported same = import_file(from(folder.write("utterances.jsonl", utterances())));
    REQUIRE(got.table.size() == same.table.size());
    for (std::size_t i = 0; i < got.table.size(); ++i) {
        CHECK(got.table.value()[i] == same.table.value()[i]);
        CHECK(got.table.option()[i] == same.table.option()[i]);
        CHECK(got.table.rater()[i] == same.table.rater()[i]);
    }
    CHECK(got.table.cases().ids[1] == same.table.cases().ids[1]);
    CHECK(got.table.cases().texts[1] == "P1");
    CHECK(noted(got, "there is no survey.jsonl"));
}

TEST_CASE("a PRISM score off its scale, an odd choice and a person twice are refused") {
    const TemporaryFolder folder;
    CHECK(complaint(from(folder.write("a.jsonl", said(0, 0, "owl", "A", "101", "true")))) ==
          "a.jsonl:1: field \"score\": expected a number from 1 to 100 on \"score\", found 101");
    CHECK(complaint(from(folder.write("b.jsonl", said(0, 0, "owl", "A", "10", "2")))) ==
          "b.jsonl:1: field \"if_chosen\": expected true or false, found 2");
    folder.write("survey.jsonl", std::string(kSurvey) + "{\"user_id\":\"user1\"}\n");
    CHECK(complaint(from(folder.write("c.jsonl", utterances()))) ==
          "survey.jsonl:3: field \"user_id\": expected each id once");
}
