#include <string>

#include <doctest/doctest.h>

#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

// Written by us in the published layout, of 2023 and of 2021.
constexpr std::string_view kNew =
    "noteId\traterParticipantId\tcreatedAtMillis\tversion\thelpfulnessLevel\thelpfulClear\tnewOne\n"
    "100\tAA\t1700000000000\t2\tHELPFUL\t1\tx\n"
    "100\tBB\t1700000000001\t2\tSOMEWHAT_HELPFUL\t0\tx\n"
    "101\tAA\t1700000000002\t2\tNOT_HELPFUL\t0\tx\n"
    "101\tCC\t1700000000003\t2\t\t0\tx\n";
constexpr std::string_view kOld =
    "noteId\tparticipantId\tcreatedAtMillis\tagree\tdisagree\thelpful\tnotHelpful\thelpfulnessLevel"
    "\n"
    "100\tDD\t1610000000000\t1\t0\t1\t0\t\n"
    "102\tDD\t1610000000001\t0\t1\t0\t1\t\n"
    "102\tAA\t1610000000002\t0\t0\t0\t0\tHELPFUL\n";
constexpr std::string_view kNotes =
    "noteId\tnoteAuthorParticipantId\tclassification\tsummary\n"
    "100\tZZ\tNOT_MISLEADING\t\"He said \"\"no\"\".\"\n"
    "101\tZZ\tMISINFORMED_OR_POTENTIALLY_MISLEADING\tOld picture\n"
    "103\tZZ\tNOT_MISLEADING\tNobody looked\n";

}  // namespace

TEST_CASE("levels of helpfulness become ratings on a declared scale, older questions too") {
    const TemporaryFolder folder;
    folder.write("ratings-00001.tsv", kOld);
    folder.write("ratings-00000.tsv", kNew);
    folder.write("notes-00000.tsv", kNotes);
    folder.write("noteStatusHistory-00000.tsv", "noteId\n1\n");
    const Imported got = import_file(from(folder.path().string()));
    CHECK(got.report.format == "community_notes");
    CHECK(got.report.rows == 7);
    const JudgmentTable& table = got.table;
    CHECK(table.size() == 8);  // three levels, three older answers, two votes
    const Dimension& helpful = table.dimensions()[0];
    CHECK(helpful.name == "helpfulness");
    CHECK(helpful.kind == Kind::rating);
    CHECK(helpful.range_declared);
    CHECK(helpful.low == 0.0);
    CHECK(helpful.high == 1.0);
    CHECK(helpful.scale == Scale::ordinal);
    CHECK(table.dimensions()[1].name == "agreement");
    CHECK(table.dimensions()[1].kind == Kind::vote);
    CHECK(table.value()[0] == 1.0F);
    CHECK(table.value()[1] == 0.5F);
    CHECK(table.value()[2] == 0.0F);
    CHECK(table.value()[4] == 1.0F);   // DD agrees with 100
    CHECK(table.value()[5] == 0.0F);   // and finds 102 not helpful
    CHECK(table.value()[6] == -1.0F);  // with which DD disagrees
    CHECK(table.time()[0] == 1700000000000);
    CHECK(table.cases().texts[0] == "He said \"no\".");
    CHECK(table.options().texts[0] == "He said \"no\".");
    CHECK(attribute(table.cases().context, "classification", 0) == "NOT_MISLEADING");
    CHECK(skipped(got, "without a rating")->first == "ratings-00000.tsv:5");
    CHECK(skipped(got, "notes")->first == "notes-00000.tsv:4");
    CHECK_FALSE(noted(got, "scale taken from the least"));
    CHECK(difference(table, import_file(from(folder.path().string()), 3).table).empty());
}

TEST_CASE("a file of ratings alone is read, and the first rows over all parts") {
    const TemporaryFolder folder;
    const std::string one = folder.write("ratings-00000.tsv", kNew);
    const Imported got = import_file(from(one));
    CHECK(got.report.format == "community_notes");
    CHECK(got.table.size() == 3);
    CHECK(noted(got, "there is no notes.tsv"));
    folder.write("ratings-00001.tsv", kOld);
    ImportOptions options = from(folder.path().string());
    options.most_rows = 5;
    CHECK(import_file(options).report.rows == 5);
    options.most_rows = 2;
    const Imported few = import_file(options);
    CHECK(few.report.rows == 2);
    CHECK(noted(few, "ratings-00001.tsv was not read"));
}

TEST_CASE("an unknown level, two opposite ticks and an unreadable time are refused") {
    const TemporaryFolder folder;
    const auto bad = [&](std::string_view head, std::string_view row) {
        return complaint(
            from(folder.write("ratings-00000.tsv", std::string(head) + std::string(row))));
    };
    CHECK(bad(kNew, "9\tEE\t1\t2\tVERY_HELPFUL\t0\tx\n") ==
          "ratings-00000.tsv:6: field \"helpfulnessLevel\": expected HELPFUL, SOMEWHAT_HELPFUL or "
          "NOT_HELPFUL, found VERY_HELPFUL");
    CHECK(bad(kOld, "9\tEE\t1\t1\t1\t0\t0\t\n") ==
          "ratings-00000.tsv:5: field \"disagree\": expected 0, since \"agree\" is 1, found 1");
    CHECK(bad(kOld, "9\tEE\t1\t2\t0\t0\t0\t\n") ==
          "ratings-00000.tsv:5: field \"agree\": expected 0 or 1, found 2");
    CHECK(bad(kNew, "9\tEE\tyesterday\t2\tHELPFUL\t0\tx\n")
              .starts_with("ratings-00000.tsv:6: field \"createdAtMillis\": expected a time"));
    folder.write("notes-00000.tsv", "noteId\tsummary\n100\ta\n100\tb\n");
    CHECK(bad(kNew, "") ==
          "notes-00000.tsv:3: field \"noteId\": expected each note once, found 100");
    ImportOptions options = from(folder.write("other.tsv", "noteId\tx\n1\t2\n"));
    options.format = "community_notes";
    CHECK(complaint(options).find("expected columns noteId, raterParticipantId") !=
          std::string::npos);
}
