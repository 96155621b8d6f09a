#include "edgewise/judgment/native.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/base/time.hpp"
#include "edgewise/judgment/adapters/workspace.hpp"
#include "edgewise/judgment/import.hpp"
#include "edgewise/judgment/table_equal.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "edgewise-native-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path / name, std::ios::binary) << text;
    }
};

JudgmentTable read(const fs::path& path, unsigned threads = 1) {
    ImportOptions options;
    options.path = path.string();
    return formats::read_workspace(options, Job({}, {}, threads)).table;
}

std::string slurp(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// What reading a folder of these files says when it gives up.
std::string said(const std::map<std::string, std::string>& files) {
    const Folder folder;
    for (const auto& [name, text] : files) folder.write(name, text);
    try {
        read(folder.path);
    } catch (const Error& e) {
        CHECK(e.code() == ErrorCode::invalid_data);
        CHECK(e.where().find(".jsonl:") != std::string::npos);
        const std::string what = e.what();
        return what.substr(what.find(".jsonl:") + 7);
    }
    return "accepted";
}

std::string said(const std::string& judgments) { return said({{"judgments.jsonl", judgments}}); }

constexpr const char* kRating =
    R"({"case":"c","option":"o","rater":"r","dimension":"d","rating":4})"
    "\n";

// A table with every kind, member and oddity there is.
JudgmentTable everything(std::uint64_t seed, std::uint32_t rows) {
    Rng rng(seed, 0);
    TableBuilder builder;
    const auto name = [&](const std::string& prefix, std::uint64_t bound) {
        return prefix + std::to_string(rng.next_below(bound));
    };
    const Id rated = builder.dimension_id("rated \"so\"", Kind::rating);
    builder.dimension(rated).low = -1.5;
    builder.dimension(rated).high = 1e9;
    builder.dimension(rated).range_declared = true;
    builder.dimension(rated).polarity = Polarity::negative;
    builder.dimension(rated).polarity_declared = true;
    builder.dimension(rated).ideal = "other";
    builder.dimension(rated).proxy_of = "harm\nto third parties";
    for (std::uint32_t line = 1; line <= rows; ++line) {
        Row row;
        row.source_row = line;
        const Id case_ = builder.case_id(name("case \\ ", 50));
        row.rater = builder.rater_id(name("räter ", 30));
        builder.set_attribute(row.rater, name("a", 3), name("v\t", 4));
        builder.set_context(case_, name("x", 3), name("v", 4));
        if (rng.next_below(5) == 0) builder.set_case_text(case_, name("text", 9));
        if (rng.next_below(9) == 0) builder.set_rater_kind(row.rater, RaterKind::check);
        row.option = builder.option_id(case_, "1");
        builder.set_option_text(row.option, "one");
        const std::string reason = rng.next_below(5) == 0 ? name("for\n", 5) : std::string();
        row.reason = reason;
        if (rng.next_below(4) == 0) row.weight = static_cast<float>(rng.next_unit());
        if (rng.next_below(4) == 0) row.confidence = static_cast<float>(rng.next_unit());
        if (rng.next_below(4) == 0) {
            row.time = static_cast<std::int64_t>(rng.next_below(1ULL << 45)) - (1LL << 43);
        }
        if (rng.next_below(4) == 0) row.flags = kUnderspecified;
        switch (rng.next_below(6)) {
            case 0:
                row.dimension = rated;
                row.value = static_cast<float>(rng.next_unit() * 1e6 - 1.0);
                break;
            case 1:
                row.dimension = builder.dimension_id("agreement", Kind::vote);
                row.value = static_cast<float>(rng.next_below(3)) - 1.0F;
                break;
            case 2:
                row.dimension = builder.dimension_id("label", Kind::label);
                row.value = static_cast<float>(builder.category_id(row.dimension, name("l", 4)));
                break;
            case 3:
                row.dimension = builder.dimension_id("preference", Kind::comparison);
                row.other = builder.option_id(case_, "2");
                row.value = static_cast<float>(rng.next_below(3)) / 2.0F;
                if (row.value == 0.5F && rng.next_below(2) == 0) row.flags |= kBothBad;
                break;
            case 4:
                row.dimension = builder.dimension_id("order", Kind::ranking);
                row.ballot = builder.next_ballot();
                for (const int place : {0, 1, 2, 3}) {
                    constexpr std::array kRanks{1.0F, 2.0F, 2.0F, 3.0F};
                    row.value = kRanks[static_cast<std::size_t>(place)];
                    row.option =
                        builder.option_id(case_, name("o", 1000) + "/" + std::to_string(place));
                    builder.add(row);
                    row.reason = {};
                }
                continue;
            default:
                row.dimension = builder.dimension_id("approval", Kind::approval);
                row.ballot = builder.next_ballot();
                for (const char* offered : {"1", "2", "3"}) {
                    row.option = builder.option_id(case_, offered);
                    row.value = static_cast<float>(rng.next_below(2));
                    builder.add(row);
                    row.reason = {};
                }
                continue;
        }
        builder.add(row);
    }
    return std::move(builder).finish();
}

}  // namespace

TEST_SUITE("judgment/native") {
    TEST_CASE("a written folder reads back as the same table, packed or not, on any threads") {
        const Folder folder;
        const JudgmentTable table = everything(1, 3000);
        for (const std::string packed : {"", ".gz", ".zst"}) {
            CAPTURE(packed);
            write_workspace(table, folder.path, packed, {});
            CHECK(fs::exists(folder.path / ("judgments.jsonl" + packed)));
            CHECK(difference(read(folder.path), table) == "");
            CHECK(difference(read(folder.path, 3), table) == "");
        }
    }

    TEST_CASE("a large file read on several threads is the table that one thread reads") {
        const Folder folder;
        write_workspace(everything(2, 120'000), folder.path, "", {});
        REQUIRE(fs::file_size(folder.path / "judgments.jsonl") > (std::size_t{9} << 20));
        CHECK(difference(read(folder.path, 1), read(folder.path, 4)) == "");
        for (const char* side : {"cases", "options", "raters", "dimensions"}) {
            fs::remove(folder.path / (std::string(side) + ".jsonl"));
        }
        CHECK(difference(read(folder.path, 1), read(folder.path, 4)) == "");
    }

    TEST_CASE("what is written is written the same again") {
        const Folder folder;
        write_workspace(everything(3, 500), folder.path / "a", "", {});
        write_workspace(read(folder.path / "a"), folder.path / "b", "", {});
        for (const char* file : {"cases", "options", "raters", "dimensions", "judgments"}) {
            CAPTURE(file);
            const std::string name = std::string(file) + ".jsonl";
            CHECK(slurp(folder.path / "a" / name) == slurp(folder.path / "b" / name));
        }
    }

    TEST_CASE("an unwritable folder is named and nothing is left in it") {
        const Folder folder;
        folder.write("file", "");
        CHECK_THROWS_AS(write_workspace(everything(4, 9), folder.path / "file" / "x", "", {}),
                        Error);
        fs::create_directories(folder.path / "w" / "judgments.jsonl");
        CHECK_THROWS_AS(write_workspace(everything(4, 9), folder.path / "w", "", {}), Error);
        CHECK(std::distance(fs::directory_iterator(folder.path / "w"), fs::directory_iterator()) ==
              1);
    }

    TEST_CASE("a judgment that is not one is refused with line, member and what was found") {
        CHECK(said(std::string(kRating) + kRating) == "accepted");
        CHECK(said(std::string("\xEF\xBB\xBF\r\n") + kRating + "\n \r\n") == "accepted");
        const auto broken = [](const std::string& line) { return said(kRating + line + "\n"); };
        CHECK(broken("[1]") == "2: expected one JSON object, found [1]");
        CHECK(broken("{\"case\":").starts_with("2: "));
        CHECK(broken(std::string(kRating, 30)).starts_with("2: "));
        CHECK(broken(std::string(kRating, 64) + " {}") ==
              "2: expected one JSON object, found text after it");
        CHECK(broken(R"({"case":"c","option":"o","rater":"r","dimension":"d","rating":NaN})")
                  .starts_with("2: field \"rating\": expected a finite number, found NaN"));
        CHECK(broken(R"({"case":"c","option":"o","rater":"r","dimension":"d","rating":1e999})")
                  .starts_with("2: field \"rating\": expected a finite number"));
        CHECK(broken(R"({"case":"c","option":"o","rater":"r","dimension":"d","rating":"4"})") ==
              "2: field \"rating\": expected a finite number, found \"4\"");
        CHECK(broken(R"({"case":"c","option":"o","rater":7,"dimension":"d","rating":4})") ==
              "2: field \"rater\": expected a string, found 7");
        CHECK(broken(R"({"case":"c","option":"o","dimension":"d","rating":4})") ==
              "2: field \"rater\": expected this member, found none");
        CHECK(broken(R"({"case":"c","case":"c","option":"o"})") ==
              "2: field \"case\": expected a member once, found it twice");
        CHECK(
            broken(R"({"case":"c","optoin":"o"})") ==
            "2: field \"optoin\": expected a member that the format knows, found one it does not");
        CHECK(broken(R"({"case":"c","option":"o","rater":"r","dimension":"d"})") ==
              "2: expected one of rating, vote, comparison, ranking, approved, label, "
              "found none of them");
        CHECK(broken(R"({"case":"c","option":"o","rater":"r","vote":"yes"})") ==
              "2: field \"vote\": expected one of disagree, pass, agree, found \"yes\"");
        CHECK(broken(R"({"case":"c","option":"o","rater":"r","vote":"pass","a":"o"})") ==
              "2: field \"a\": expected no such member in a vote, found one");
        CHECK(broken(R"({"case":"c","rater":"r","ranking":[["x"],["x"]]})") ==
              "2: field \"ranking\": expected every option once, found \"x\" twice");
        CHECK(broken(R"({"case":"c","rater":"r","approved":["x"],"offered":["y"]})") ==
              "2: field \"approved\": expected options that were offered, found \"x\"");
        CHECK(broken(R"({"case":"c","a":"x","b":"x","rater":"r","comparison":"a"})")
                  .find("found one option twice") != std::string::npos);
        CHECK(broken(R"({"case":"c","option":"o","rater":"r","dimension":"d","vote":"pass"})") ==
              "2: field \"dimension\": expected a rating, as \"d\" was before, found a vote");
        CHECK(broken(R"({"case":"c","option":"o","rater":"r","vote":"pass","time":"soon"})")
                  .starts_with("2: field \"time\": expected an ISO 8601 time"));
        CHECK(broken("{\"case\":\"\xFF\"}").starts_with("2: expected UTF-8"));
    }

    TEST_CASE("kinds that contradict each other across blocks are refused with file and line") {
        std::string text;
        while (text.size() < (std::size_t{9} << 20)) text += kRating;
        text += R"({"case":"c","option":"o","rater":"r","dimension":"d","vote":"pass"})";
        CHECK(said(text).find("expected a rating, as \"d\" was before") != std::string::npos);
    }

    TEST_CASE("names are held to the side files there are") {
        const std::string dimensions = R"({"name":"d","kind":"rating","low":1,"high":5})"
                                       "\n"
                                       R"({"name":"l","kind":"label","categories":["x","y"]})"
                                       "\n";
        const auto with = [&](const std::string& name, const std::string& text) {
            return said({{name, text}, {"judgments.jsonl", kRating}});
        };
        CHECK(with("raters.jsonl", R"({"id":"r"})") == "accepted");
        CHECK(with("raters.jsonl", R"({"id":"q"})") ==
              "1: field \"rater\": expected one that raters.jsonl names, found \"r\"");
        CHECK(with("cases.jsonl", R"({"id":"q"})") ==
              "1: field \"case\": expected one that cases.jsonl names, found \"c\"");
        CHECK(with("options.jsonl", R"({"case":"c","id":"q"})") ==
              "1: field \"option\": expected one that options.jsonl names, found \"o\"");
        CHECK(with("options.jsonl", R"({"case":"q","id":"o"})") ==
              "1: field \"case\": expected one that options.jsonl names, found \"c\"");
        CHECK(with("dimensions.jsonl", dimensions) == "accepted");
        CHECK(with("dimensions.jsonl", R"({"name":"e","kind":"rating"})") ==
              "1: field \"dimension\": expected one that dimensions.jsonl names, found \"d\"");
        CHECK(with("dimensions.jsonl", R"({"name":"d","kind":"rating","low":1,"high":3})") ==
              "1: field \"value\": expected a number from 1 to 3 on \"d\", found 4");
        CHECK(with("raters.jsonl", "{\"id\":\"r\"}\n{\"id\":\"r\"}\n") ==
              "2: field \"id\": expected every id once, found \"r\" again");
        CHECK(with("raters.jsonl", R"({"id":"r","kind":"robot"})") ==
              "1: field \"kind\": expected one of person, machine, check, found \"robot\"");
        CHECK(said({{"dimensions.jsonl", dimensions},
                    {"judgments.jsonl",
                     R"({"case":"c","option":"o","rater":"r","dimension":"l","label":"z"})"}}) ==
              "1: field \"label\": expected one that dimensions.jsonl names, found \"z\"");
    }

    TEST_CASE("attributes may be numbers, truths and null, which is unknown") {
        const Folder folder;
        folder.write("judgments.jsonl", kRating);
        folder.write("raters.jsonl",
                     R"({"id":"r","attributes":{"age":null,"n":-0.50 ,"b":true,"t":"a\"\u00e9"}})");
        const JudgmentTable table = read(folder.path);
        const auto& all = table.raters().attributes;
        REQUIRE(all.size() == 4);
        CHECK(all[0].code(0) == kNone);
        CHECK(all[1].values[0] == "-0.50");
        CHECK(all[2].values[0] == "true");
        CHECK(all[3].values[0] == "a\"é");
    }

    TEST_CASE("a folder is recognised by its judgments, a plain file is not") {
        const Folder folder;
        std::string why;
        CHECK(formats::recognise_workspace(folder.path, why) == 0.0);
        folder.write("judgments.jsonl", kRating);
        CHECK(formats::recognise_workspace(folder.path, why) == 1.0);
        CHECK(formats::recognise_workspace(folder.path / "judgments.jsonl", why) == 1.0);
        CHECK(formats::recognise_workspace(folder.path / "other.jsonl", why) == 0.0);
        folder.write("judgments.jsonl.gz", "");
        CHECK_THROWS_AS(formats::recognise_workspace(folder.path, why), Error);
    }

    TEST_CASE("a limit on rows counts what it leaves out") {
        const Folder folder;
        folder.write("judgments.jsonl", std::string(kRating) + kRating + "\n" + kRating);
        ImportOptions options;
        options.path = folder.path.string();
        options.most_rows = 1;
        const Imported got = formats::read_workspace(options, Job({}, {}, 2));
        CHECK(got.table.size() == 1);
        REQUIRE(got.report.skipped.size() == 1);
        CHECK(got.report.skipped[0].count == 2);
        CHECK(got.report.skipped[0].first == "judgments.jsonl:2");
    }
}

TEST_SUITE("base/time") {
    TEST_CASE("every millisecond of ten thousand years survives a round trip") {
        Rng rng(7, 0);
        for (int i = 0; i < 20'000; ++i) {
            const auto time =
                static_cast<std::int64_t>(rng.next_below(315'569'433'600'000)) - 62'167'219'200'000;
            std::int64_t back = 0;
            REQUIRE(parse_iso_time(iso_time(time), back));
            REQUIRE(back == time);
        }
    }
    TEST_CASE("times are read as ISO 8601 writes them, and nothing else is") {
        const auto at = [](const char* text) {
            std::int64_t out = -1;
            return parse_iso_time(text, out) ? out : -999;
        };
        CHECK(at("1970-01-02") == 86'400'000);
        CHECK(at("1970-01-01T01:00:00.5Z") == 3'600'500);
        CHECK(at("1970-01-01 01:00+01:00") == 0);
        CHECK(at("1970-01-01T00:00:00.1239-0030") == 1'800'123);
        for (const char* bad : {"", "soon", "1970-02-30", "1970-01-01T24:00", "1970-01-01T1:00",
                                "1970-01-01T01:00:00.", "1970-01-01T01:00x", "1970-01-01Z"}) {
            CAPTURE(bad);
            CHECK(at(bad) == -999);
        }
        CHECK(iso_time(0) == "1970-01-01T00:00:00Z");
        CHECK(iso_time(-1) == "1969-12-31T23:59:59.999Z");
        CHECK(iso_time(std::numeric_limits<std::int64_t>::max()).empty());
    }
}
