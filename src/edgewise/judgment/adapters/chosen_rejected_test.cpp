#include <string>

#include <doctest/doctest.h>

#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

TEST_CASE("the start that two dialogues share is the case, what follows are the options") {
    const TemporaryFolder folder;
    const Imported got = import_file(from(folder.write(
        "a.jsonl",
        R"({"chosen":"\n\nHuman: Hi\n\nAssistant: Hello.",)"
        R"("rejected":"\n\nHuman: Hi\n\nAssistant: Hey"})"
        "\n"
        R"({"prompt":"Why?\n","chosen":"So","rejected":"No"})"
        "\n"
        R"({"chosen":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}],)"
        R"("rejected":[{"role":"user","content":"Q"},{"role":"assistant","content":"B"}]})"
        "\n")));
    CHECK(got.report.format == "chosen_rejected");
    const JudgmentTable& table = got.table;
    CHECK(table.size() == 3);
    CHECK(table.cases().texts[0] == "Human: Hi\n\nAssistant:");
    CHECK(table.options().texts[0] == "Hello.");
    CHECK(table.options().texts[1] == "Hey");
    CHECK(table.cases().texts[1] == "Why?");
    CHECK(table.options().texts[2] == "So");
    CHECK(table.cases().texts[2] == "Human: Q\n\nAssistant:");
    CHECK(table.options().texts[5] == "B");
    CHECK(table.value()[0] == 1.0F);
    CHECK(table.options().ids[table.option()[0]] == "chosen");
    CHECK(table.raters().ids.size() == 1);
    CHECK(noted(got, "WHO JUDGED IS NOT KNOWN"));
}

TEST_CASE("a line that is no JSON object is refused with its line, without showing it") {
    const TemporaryFolder folder;
    const std::string good = "{\"chosen\":\"a\",\"rejected\":\"b\"}\n";
    for (const std::string bad : {"[1,2]", "{\"chosen\":\"a\"", "{\"chosen\" 1}", "secret", "3"}) {
        const std::string what = complaint(from(folder.write("a.jsonl", good + good + bad + "\n")));
        CAPTURE(what);
        CHECK(what.starts_with("a.jsonl:3: expected one JSON object on the line"));
        CHECK(what.find("secret") == std::string::npos);
    }
    CHECK(complaint(from(folder.write("b.jsonl", good + "{\"other\":1}\n"))) == "accepted");
    const Imported got = import_file(from((folder.path() / "b.jsonl").string()));
    CHECK(skipped(got, "lines without texts")->first == "b.jsonl:2");
}

TEST_CASE("HH-RLHF has a case a line, from compressed lines, in any number of threads alike") {
    const std::string path = shared("hh_harmless_test/test.jsonl.gz");
    if (path.empty()) return;
    const Imported got = import_file(from(path));
    CHECK(got.table.size() == 2312);
    CHECK(got.table.cases().ids.size() == 2312);
    CHECK(got.table.cases().texts[0].ends_with("Assistant:"));
    CHECK(difference(got.table, import_file(from(path), 3).table).empty());
}
