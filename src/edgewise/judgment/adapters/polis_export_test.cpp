#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

constexpr std::string_view kComments =
    "timestamp,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
    "1,0,7,2,0,1,\"Bees, please\"\n"
    "2,1,8,1,1,1,More bees\n"
    "3,2,9,0,0,-1,Spam\n";
constexpr std::string_view kWide =
    "participant,xid,group-id,n-votes,0,1,2\n"
    "10,secret-a,0,2,1,-1,\n"
    "11,secret-b,,2,1,1,\n"
    "12,secret-c,1,0,,0,\n"
    "13,secret-d,1,0,,,\n";
constexpr std::string_view kTurned =
    "timestamp,datetime,comment-id,voter-id,vote\n"
    "1000000000000,x,0,10,-1\n"
    "1000000000001,x,0,11,-1\n"
    "1000000000002,x,1,10,1\n"
    "1000000000003,x,1,11,-1\n"
    "1000000000004,x,1,12,0\n";

}  // namespace

TEST_CASE("votes in a row a participant become votes on one option a statement") {
    const TemporaryFolder folder;
    folder.write("comments.csv", kComments);
    const std::string wide = folder.write("participants-votes.csv", kWide);
    const Imported got = import_file(from(folder.path().string()));
    CHECK(got.report.format == "polis_export");
    const JudgmentTable& table = got.table;
    CHECK(table.size() == 5);
    CHECK(table.dimensions()[0].name == "agreement");
    CHECK(table.dimensions()[0].kind == Kind::vote);
    CHECK(table.cases().texts[0] == "Bees, please");
    CHECK(table.options().texts[1] == "More bees");
    CHECK(table.value()[1] == -1.0F);
    CHECK(attribute(table.raters().attributes, "group-id", 0) == "0");
    CHECK(attribute(table.raters().attributes, "group-id", 1).empty());
    CHECK(table.raters().attributes[0].learned_from_judgments);
    CHECK(table.raters().attributes.size() == 1);  // the xid stays outside
    CHECK(noted(got, "participants-votes.csv: +1 is \"agree\""));
    CHECK(noted(got, "clustering these same votes"));
    CHECK(skipped(got, "statements")->first == "comments.csv:4");
    CHECK(skipped(got, "participants")->count == 1);
    CHECK(skipped(got, "columns xid") != nullptr);
    CHECK(difference(table, import_file(from(wide)).table).empty());
}

TEST_CASE("the sign of agree is told by the counts, whichever way the export wrote it") {
    const TemporaryFolder folder;
    folder.write("comments.csv", kComments);
    folder.write("votes.csv", kTurned);
    const Imported got = import_file(from(folder.path().string()));
    CHECK(noted(got, "votes.csv: -1 is \"agree\""));
    CHECK(got.table.value()[0] == 1.0F);
    CHECK(got.table.value()[2] == -1.0F);
    CHECK(got.table.value()[4] == 0.0F);
    CHECK_FALSE(std::signbit(got.table.value()[4]));
    CHECK(got.table.time()[3] == 1000000000003);
}

TEST_CASE("both files together give times and groups, and are compared after turning the signs") {
    const TemporaryFolder folder;
    folder.write("comments.csv", kComments);
    folder.write("participants-votes.csv", kWide);
    folder.write("votes.csv", kTurned);
    const Imported got = import_file(from(folder.path().string()));
    CHECK(got.table.size() == 5);
    CHECK(got.table.time()[0] == 1000000000000);
    CHECK(attribute(got.table.raters().attributes, "group-id", 0) == "0");
    CHECK(noted(got, "agree on 5 of 5 current votes (0 differ, 0 stand only in the first, 0 only"));
}

TEST_CASE("a changed vote keeps both, in the order of time, and is counted") {
    const TemporaryFolder folder;
    folder.write("comments.csv", kComments);
    folder.write("votes.csv", std::string(kTurned) + "999999999999,x,0,10,1\n");
    const Imported got = import_file(from(folder.path().string()));
    CHECK(got.table.size() == 6);
    CHECK(noted(got, "1 votes change or repeat an earlier one"));
    CHECK(noted(got, "not in the order of time"));
    CHECK(got.table.time()[0] == 999999999999);
    CHECK(got.table.value()[0] == -1.0F);
    CHECK(got.table.value()[1] == 1.0F);  // the current one
}

TEST_CASE("votes that fit the counts neither way are refused, as is an export without comments") {
    const TemporaryFolder folder;
    folder.write("comments.csv",
                 "comment-id,agrees,disagrees,comment-body\n0,90,80,x\n1,70,95,y\n");
    folder.write("votes.csv", kTurned);
    CHECK(complaint(from((folder.path() / "votes.csv").string()))
              .find("counts off by 331 if +1 is agree, by 331 if -1 is") != std::string::npos);
    folder.write("comments.csv", "comment-id,agrees,disagrees,comment-body\n0,0,0,x\n1,2,2,y\n");
    CHECK(complaint(from((folder.path() / "votes.csv").string())).find("counts off by") !=
          std::string::npos);
    const TemporaryFolder alone;
    ImportOptions options = from(alone.write("votes.csv", kTurned));
    options.format = "polis_export";
    CHECK(complaint(options).find("found no comments.csv") != std::string::npos);
}

TEST_CASE("a vote that is none and a participant on two rows are refused with the line") {
    const TemporaryFolder folder;
    folder.write("comments.csv", kComments);
    const std::string wide = folder.write("participants-votes.csv", "participant,0,1\n10,1,2\n");
    CHECK(complaint(from(wide)) ==
          "participants-votes.csv:2: field \"1\": expected a vote: -1, 0 or 1, found 2");
    folder.write("participants-votes.csv", "participant,0,1\n10,1,1\n10,1,1\n");
    CHECK(complaint(from(wide)).starts_with("participants-votes.csv:3: field \"participant\""));
}

TEST_CASE("real Polis exports have the counts that were taken independently") {
    struct Known {
        const char* path;
        std::size_t votes, statements, people, groups;
    };
    for (const Known& known :
         {Known{"ccai", 38252, 1418, 1126, 2}, Known{"ccai/clean_votes.csv", 34563, 275, 1002, 2},
          Known{"polis_open/15-per-hour-seattle", 2872, 54, 339, 2},
          Known{"polis_open/american-assembly.bowling-green", 225524, 896, 2031, 2},
          Known{"polis_open/london.youth.policing", 638, 36, 26, 3},
          Known{"polis_open/scoop-hivemind.affordable-housing", 15076, 165, 381, 2},
          Known{"polis_open/scoop-hivemind.biodiversity", 29802, 314, 536, 2}}) {
        const std::string path = shared(known.path);
        if (path.empty()) continue;
        CAPTURE(known.path);
        const Imported got = import_file(from(path));
        CHECK(got.table.size() == known.votes);
        CHECK(got.table.cases().ids.size() == known.statements);
        CHECK(got.table.raters().ids.size() == known.people);
        CHECK(got.table.raters().attributes[0].values.size() == known.groups);
        CHECK(got.table.raters().attributes[0].learned_from_judgments);
        CHECK(noted(got, "+1 is \"agree\""));
    }
}

TEST_CASE("the two files of a real export agree on every current vote") {
    const std::string path = shared("polis_open/scoop-hivemind.affordable-housing");
    if (path.empty()) return;
    const Imported got = import_file(from(path));
    CHECK(noted(got, "agree on 14995 of 14995 current votes (0 differ"));
    CHECK(noted(got, "81 votes change or repeat an earlier one"));
}
