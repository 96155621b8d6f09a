#include <string>

#include <doctest/doctest.h>

#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

constexpr std::string_view kRatings =
    "item_id,annotator_id,dim,value\n"
    "p1,ann,kind,4\n"
    "p1,bob,kind,2\n"
    "p2,ann,true,1.5\n";

}  // namespace

TEST_CASE("a long table finds its columns and the tables beside it, and says so") {
    const TemporaryFolder folder;
    const std::string path = folder.write("my_ratings.csv", kRatings);
    folder.write("my_annotators.csv", "annotator_id,age,country\nann,30,NZ\nbob,NA,\ncat,1,2\n");
    folder.write("my_items.csv", "item_id,text,topic\np1,Hello,x\np2,Bye,\np9,Never,y\n");
    const Imported got = import_file(from(path));
    CHECK(got.report.format == "long_table");
    CHECK(got.report.rows == 3);
    CHECK(got.report.judgments == 3);
    CHECK(got.report.files ==
          std::vector<std::string>{"my_ratings.csv", "my_annotators.csv", "my_items.csv"});
    CHECK(got.report.mapped[0].from == "my_ratings.csv: annotator_id");
    CHECK(got.report.mapped[0].to == "rater");

    const JudgmentTable& table = got.table;
    CHECK(table.cases().ids[0] == "p1");
    CHECK(table.cases().texts[1] == "Bye");
    CHECK(attribute(table.cases().context, "topic", 0) == "x");
    CHECK(attribute(table.cases().context, "topic", 1).empty());
    CHECK(table.options().ids.size() == 2);
    CHECK(attribute(table.raters().attributes, "age", 0) == "30");
    CHECK(attribute(table.raters().attributes, "age", 1).empty());
    CHECK(table.dimensions()[0].name == "kind");
    CHECK(table.value()[2] == 1.5F);
    CHECK(table.source_row()[2] == 4);
    REQUIRE(skipped(got, "raters of the side table") != nullptr);
    CHECK(skipped(got, "raters of the side table")->first == "my_annotators.csv:4");
    CHECK(skipped(got, "side table of items")->count == 1);
    CHECK(noted(got, "scale taken from the least and greatest value: \"kind\" 2 to 4"));
    CHECK(noted(got, "high values are taken as wanted on: \"kind\", \"true\""));
}

TEST_CASE("TSV, JSON Lines and a folder with ratings.csv give the same table as CSV") {
    const TemporaryFolder folder;
    const JudgmentTable csv = import_file(from(folder.write("a.csv", kRatings))).table;
    const TemporaryFolder only;
    only.write("ratings.csv", kRatings);
    CHECK(difference(csv, import_file(from(only.path().string())).table).empty());
    std::string tabs(kRatings);
    std::ranges::replace(tabs, ',', '\t');
    CHECK(difference(csv, import_file(from(folder.write("a.tsv", tabs))).table).empty());
    const std::string lines =
        "\n{\"item_id\":\"p1\",\"annotator_id\":\"ann\",\"dim\":\"kind\",\"value\":4}\n"
        "{\"annotator_id\":\"bob\",\"item_id\":\"p1\",\"dim\":\"kind\",\"value\":2.0}\n"
        "{\"item_id\":\"p2\",\"annotator_id\":\"a\\u006en\",\"dim\":\"true\",\"value\":1.5}";
    CHECK(difference(csv, import_file(from(folder.write("a.jsonl", lines))).table) ==
          difference(csv, csv));
}

TEST_CASE("columns can be named, and one named wrongly is refused with the ones there are") {
    const TemporaryFolder folder;
    ImportOptions options =
        from(folder.write("x.csv",
                          "a,b,who,v,sys,when,about\n1,2,w,5,s1,2023-07-18T06:20:33Z,q\n"
                          "1,3,w,4,s2,1689661233,q\n"));
    options.case_column = "a,b";
    options.rater_column = "who";
    options.value_column = "v";
    options.option_column = "sys";
    options.time_column = "when";
    options.context_columns = {"about"};
    const Imported got = import_file(options);
    CHECK(got.table.cases().ids[1] == "1/3");
    CHECK(got.table.options().ids[0] == "s1");
    CHECK(got.table.dimensions()[0].name == "v");
    CHECK(noted(got, "no dimension column"));
    CHECK(got.table.time()[0] == 1689661233000);
    CHECK(got.table.time()[1] == 1689661233000);
    CHECK(attribute(got.table.cases().context, "about", 1) == "q");
    options.value_column = "w";
    CHECK(complaint(options).find("there is no column \"w\"") != std::string::npos);
    options.value_column = "v";
    options.time_column = "about";
    options.context_columns = {};
    CHECK(complaint(options).starts_with("x.csv:2: field \"about\": expected a time"));
}

TEST_CASE("text values are labels, and one dimension never holds both numbers and texts") {
    const TemporaryFolder folder;
    const std::string head = "item,rater,dimension,value\n";
    const Imported got = import_file(
        from(folder.write("a.csv", head + "1,r,tone,warm\n2,r,tone,cold\n3,r,tone,warm\n")));
    CHECK(got.table.dimensions()[0].kind == Kind::label);
    CHECK(got.table.dimensions()[0].scale == Scale::nominal);
    CHECK(got.table.dimensions()[0].categories[1] == "cold");
    CHECK(got.table.value()[2] == 0.0F);
    CHECK(complaint(from(folder.write("b.csv", head + "1,r,tone,3\n2,r,tone,cold\n"))) ==
          "b.csv:3: field \"value\": expected a number for \"tone\", as on line 2, found cold; one "
          "dimension holds either numbers or texts");
    CHECK(complaint(from(folder.write("c.csv", head + "1,r,tone,x\n2,r,tone,3\n")))
              .starts_with("c.csv:3: field \"value\": expected a label (text)"));
}

TEST_CASE("what was not judged is counted with its first place, and NaN is refused") {
    const TemporaryFolder folder;
    const std::string head = "item,rater,dimension,value\n";
    const Imported got = import_file(from(folder.write(
        "a.csv",
        head + "1,r,d,1\n2,r,d,\n3,,d,2\n,r,d,2\n4,r,,2\n5,r,d,N/A (no idea)\n6,r,d,na\n")));
    CHECK(got.report.rows == 7);
    CHECK(got.report.judgments == 1);
    CHECK(skipped(got, "without a rater")->first == "a.csv:4");
    CHECK(skipped(got, "without a case")->first == "a.csv:5");
    CHECK(skipped(got, "without a dimension")->first == "a.csv:6");
    CHECK(got.report.skipped[0].count == 1);  // the empty value
    CHECK(got.report.skipped.back().count == 2);
    for (const std::string bad : {"NaN", "nan", "-inf", "Infinity"}) {
        CHECK(complaint(from(folder.write("b.csv", head + "1,r,d,2\n2,r,d," + bad + "\n")))
                  .starts_with("b.csv:3: field \"value\": expected a finite number, found " + bad));
    }
    CHECK(complaint(from(folder.write("c.csv", head + "1,r,d,1e300\n")))
              .starts_with("c.csv:2: field \"value\": expected a finite number"));
}

TEST_CASE("a file without judgments is refused and one judgment is enough") {
    const TemporaryFolder folder;
    const std::string head = "item,rater,dimension,value\n";
    CHECK(complaint(from(folder.write("a.csv", head))) ==
          "a.csv: expected at least one judgment, found none in 0 rows");
    CHECK(complaint(from(folder.write("b.csv", head + "1,r,d,\n")))
              .find("none in 1 rows; 1 fields without a value") != std::string::npos);
    CHECK(import_file(from(folder.write("c.csv", head + "1,r,d,3\n"))).table.size() == 1);
    CHECK(complaint(from(folder.write("d.csv", ""))).find("an empty file") != std::string::npos);
    CHECK(complaint(from(folder.write("e.csv", "item,rater,value,value\n1,r,2,3\n")))
              .find("every column name once") != std::string::npos);
}

TEST_CASE("a rater whom the given table does not have is refused, a found table is forgiven") {
    const TemporaryFolder folder;
    ImportOptions options = from(folder.write("ratings.csv", kRatings));
    const std::string side = folder.write("annotators.csv", "annotator_id,age\nann,30\n");
    CHECK(noted(import_file(options),
                "1 of 2 raters are not in annotators.csv (the first judges "
                "at ratings.csv:3)"));
    options.raters = side;
    CHECK(
        complaint(options) ==
        "ratings.csv:3: field \"rater\": expected a rater of annotators.csv, found bob; 1 rater(s) "
        "are missing from it");
    options.raters = folder.write("twice.csv", "annotator_id,age\nann,30\nbob,1\nann,31\n");
    CHECK(complaint(options) ==
          "twice.csv:4: field \"annotator_id\": expected each id once, found "
          "ann");
    options.raters = folder.write("other.csv", "x,y\n1,2\n");
    CHECK(
        complaint(options).starts_with("other.csv:1: expected the rater column \"annotator_id\""));
}

TEST_CASE("a rater who judges the same thing twice is kept, counted and noted with the place") {
    const TemporaryFolder folder;
    const Imported got = import_file(from(folder.write(
        "a.csv", "item,rater,dimension,value\n1,r,d,1\n1,s,d,1\n1,r,e,1\n1,r,d,2\n1,r,d,1\n")));
    CHECK(got.table.size() == 5);
    CHECK(noted(got,
                "2 judgments are given by a rater who judged the same thing on the same "
                "dimension before (first at a.csv:5)"));
}

TEST_CASE("positions, sessions and unnamed raters are said out loud") {
    const TemporaryFolder folder;
    const auto notes = [&](const std::string& column, const std::string& words) {
        return noted(import_file(from(
                         folder.write("a.csv", "item," + column + ",dimension,value\n1,0,d,1\n"))),
                     words);
    };
    CHECK(notes("rater_slot", "RATERS ARE POSITIONS, NOT PEOPLE"));
    CHECK(notes("session", "RATERS ARE SESSIONS"));
    CHECK(notes("nobody", "WHO JUDGED IS NOT KNOWN"));
    CHECK_FALSE(notes("annotator_id", "RATERS ARE"));
}

TEST_CASE("a million different attribute values are read, in any number of threads alike") {
    const TemporaryFolder folder;
    std::string ratings = "item,rater,dimension,value\n";
    std::string raters = "rater,name\n";
    constexpr int kRaters = 1'000'000;
    for (int i = 0; i < kRaters; ++i) {
        const std::string id = std::to_string(i * 7919LL % kRaters);
        ratings += std::to_string(i / 4) + "," + id + ",d," + std::to_string(i % 5) + "\n";
        raters += id + ",n" + id + "\n";
    }
    const std::string path = folder.write("ratings.csv", ratings);
    folder.write("raters.csv", raters);
    const Imported one = import_file(from(path), 1);
    CHECK(one.table.raters().attributes[0].values.size() == kRaters);
    CHECK(difference(one.table, import_file(from(path), 3).table).empty());
}

TEST_CASE("real long tables have the counts that were taken independently") {
    struct Known {
        const char* file;
        std::size_t judgments, cases, options, raters, dimensions;
    };
    for (const Known& known :
         {Known{"annotators_with_attitudes/small_ratings.csv", 30768, 12, 12, 641, 4},
          Known{"annotators_with_attitudes/large_ratings.csv", 13852, 627, 627, 184, 4},
          Known{"sbic_dev/ratings.csv", 44281, 4680, 4680, 199, 4},
          Known{"squality_human_eval/ratings.csv", 2700, 100, 300, 4, 3},
          Known{"fed/ratings.csv", 23583, 500, 500, 5, 19},
          Known{"lewidi2023_convabuse/ratings.csv", 158184, 4050, 4050, 8, 13}}) {
        const std::string path = shared(known.file);
        if (path.empty()) continue;
        CAPTURE(known.file);
        const Imported got = import_file(from(path), 2);
        CHECK(got.table.size() == known.judgments);
        CHECK(got.table.cases().ids.size() == known.cases);
        CHECK(got.table.options().ids.size() == known.options);
        CHECK(got.table.raters().ids.size() == known.raters);
        CHECK(got.table.dimensions().size() == known.dimensions);
    }
}

TEST_CASE("the attitudes data keep their demographics, repeats and missing answers") {
    const std::string small = shared("annotators_with_attitudes/small_ratings.csv");
    if (small.empty()) return;
    const Imported got = import_file(from(small));
    CHECK(got.table.raters().attributes.size() == 20);
    CHECK(attribute(got.table.raters().attributes, "annotatorPolitics", 0) == "0.5");
    CHECK(attribute(got.table.cases().context, "postCategory", 0) == "AAE");
    const Imported large = import_file(from(shared("annotators_with_attitudes/large_ratings.csv")));
    CHECK(noted(large, "32 judgments are given by a rater who judged the same thing"));
    const Imported fed = import_file(from(shared("fed/ratings.csv")));
    CHECK(skipped(fed, "without a value")->count == 167);
    CHECK(skipped(fed, "without a value")->first == "ratings.csv:142");
    CHECK(noted(fed, "RATERS ARE POSITIONS"));
}
