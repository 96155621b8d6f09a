#include "edgewise/base/csv.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/byte_scan.hpp"
#include "edgewise/base/csv_split.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"

using namespace edgewise;
namespace fs = std::filesystem;

namespace {

using Rows = std::vector<std::vector<std::string>>;

struct TemporaryFile {
    fs::path folder;
    fs::path path;
    explicit TemporaryFile(const std::string& text, const std::string& name = "t.csv") {
        std::string made = (fs::temp_directory_path() / "edgewise-csv-XXXXXX").string();
        folder = ::mkdtemp(made.data());
        path = folder / name;
        std::ofstream(path, std::ios::binary) << text;
    }
    ~TemporaryFile() {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
};

std::string said(const std::string& text, const std::string& column = {}) {
    const TemporaryFile file(text);
    try {
        const CsvFile csv(file.path);
        if (!column.empty()) csv.column(column);
        csv.each([](const CsvRecord&) {});
    } catch (const Error& e) {
        CHECK(e.code() == ErrorCode::invalid_data);
        const std::string what = e.what();
        return what.substr(what.rfind("t.csv"));
    }
    return "accepted";
}

Rows rows(const std::string& text, const std::string& name = "t.csv") {
    const TemporaryFile file(text, name);
    Rows out;
    CsvFile(file.path).each([&](const CsvRecord& record) {
        out.emplace_back(record.fields.begin(), record.fields.end());
    });
    return out;
}

// What RFC 4180 says, one character at a time: the oracle for the splitter.
Rows plainly(const std::string& text) {
    Rows out;
    std::vector<std::string> fields(1);
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inside) {
            if (c != '"') {
                fields.back() += c;
            } else if (i + 1 < text.size() && text[i + 1] == '"') {
                fields.back() += text[++i];
            } else {
                inside = false;
            }
        } else if (c == '"') {
            inside = true;
        } else if (c == ',') {
            fields.emplace_back();
        } else if (c == '\n') {
            out.push_back(fields);
            fields.assign(1, {});
        } else if (c != '\r') {
            fields.back() += c;
        }
    }
    if (fields.size() > 1 || !fields[0].empty()) out.push_back(fields);
    return out;
}

std::string random_csv(Rng& rng, std::size_t columns, std::size_t records) {
    std::string text;
    for (std::size_t r = 0; r < records; ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            if (c > 0) text += ',';
            const bool quoted = rng.next_below(4) == 0;
            const std::uint64_t size = rng.next_below(rng.next_below(9) == 0 ? 150 : 8);
            if (quoted) text += '"';
            if (c == 0 && !quoted) text += 'k';  // never a blank line
            for (std::uint64_t i = 0; i < size; ++i) {
                switch (quoted ? rng.next_below(6) : 0) {
                    case 1:
                        text += ',';
                        break;
                    case 2:
                        text += '\n';
                        break;
                    case 3:
                        text += "\"\"";
                        break;
                    default:
                        text += static_cast<char>('a' + rng.next_below(26));
                }
            }
            if (quoted) text += '"';
        }
        text += rng.next_below(3) == 0 ? "\r\n" : "\n";
    }
    return text;
}

}  // namespace

TEST_SUITE("base/csv") {
    TEST_CASE("the fast and the portable scan find the same bytes") {
        Rng rng(1, 0);
        std::string text(64 * 50, '\0');
        for (char& c : text) {
            constexpr std::string_view kAlphabet("\",\n;!#\x0b\x8a\xa2\xac\0\x01x", 13);
            c = kAlphabet[rng.next_below(kAlphabet.size())];
        }
        std::vector<ByteMasks> fast(50);
        std::vector<ByteMasks> plain(50);
        scan_bytes(text.data(), 50, ',', fast.data());
        scan_bytes_portable(text.data(), 50, ',', plain.data());
        CHECK(fast == plain);
        for (std::size_t i = 0; i < text.size(); ++i) {
            REQUIRE((plain[i / 64].quote >> (i % 64) & 1) == (text[i] == '"'));
            REQUIRE((plain[i / 64].separator >> (i % 64) & 1) == (text[i] == ','));
            REQUIRE((plain[i / 64].newline >> (i % 64) & 1) == (text[i] == '\n'));
        }
        CHECK(count_bytes(text).quotes ==
              static_cast<std::uint64_t>(std::ranges::count(text, '"')));
        CHECK(count_bytes(std::string_view(text).substr(3, 77)).newlines ==
              static_cast<std::uint64_t>(std::ranges::count(text.substr(3, 77), '\n')));
    }

    TEST_CASE("the splitter agrees with a reader that goes one character at a time") {
        Rng rng(2, 0);
        for (int round = 0; round < 400; ++round) {
            const std::size_t columns = 2 + rng.next_below(9);
            const std::string text = random_csv(rng, columns, rng.next_below(200));
            Rows got;
            std::vector<std::uint64_t> lines;
            const CsvFault fault =
                split_csv(text, ',', columns,
                          [&](std::span<const std::string_view> fields, std::uint64_t at) {
                              got.emplace_back(fields.begin(), fields.end());
                              lines.push_back(at);
                          });
            REQUIRE(fault.what == CsvFault::What::none);
            REQUIRE(got == plainly(text));
            // The line of each record: the line feeds before it.
            std::uint64_t line = 0;
            for (std::size_t i = 0; i < got.size(); ++i) {
                REQUIRE(lines[i] == line);
                for (const std::string& field : got[i]) {
                    line += static_cast<std::uint64_t>(std::ranges::count(field, '\n'));
                }
                ++line;
            }
        }
    }

    TEST_CASE("a file read by several threads in blocks is merged in its order") {
        Rng rng(3, 0);
        const std::string body = random_csv(rng, 5, 200'000);
        REQUIRE(body.size() > (std::size_t{8} << 20));
        const TemporaryFile file("a,b,c,d,e\n" + body);
        struct Collect final : CsvBlockReader {
            Rows mine;
            std::uint64_t first = 0;
            Rows& all;
            explicit Collect(Rows& to) : all(to) {}
            void record(const CsvRecord& record) override {
                mine.emplace_back(record.fields.begin(), record.fields.end());
            }
            void merge() override { all.insert(all.end(), mine.begin(), mine.end()); }
        };
        const Rows expected = plainly(body);
        for (const unsigned threads : {1U, 3U}) {
            Rows all;
            CsvFile(file.path).read(Job({}, {}, threads),
                                    [&] { return std::make_unique<Collect>(all); });
            CHECK(all == expected);
        }
    }

    TEST_CASE("quotes, CRLF, blank lines and a missing last line feed are understood") {
        CHECK(rows("a,b\r\n1,2\r\n\"3\",\"4\"\r\n") == Rows{{"1", "2"}, {"3", "4"}});
        CHECK(rows("a,b\n\n1,2\n\r\n3,4") == Rows{{"1", "2"}, {"3", "4"}});
        CHECK(rows("a,b\n\"x\ny\",\"say \"\"hi\"\"\"\n") == Rows{{"x\ny", "say \"hi\""}});
        CHECK(rows("a,b\n,\n\"\",\"\"\"\"\n") == Rows{{"", ""}, {"", "\""}});
        CHECK(rows("\xEF\xBB\xBF\"a\",b\n1,2\n") == Rows{{"1", "2"}});
        CHECK(rows("a\n1\n\n2\n") == Rows{{"1"}, {"2"}});
        CHECK(rows("a,b\n").empty());
        CHECK(rows("a,b").empty());
        CHECK(rows("a,b\n1,2") == Rows{{"1", "2"}});
    }

    TEST_CASE("tabs are told from the name or the header") {
        CHECK(rows("a\tb\n1,5\t2\n") == Rows{{"1,5", "2"}});
        CHECK(rows("a,b\tc\n1,5\t2\n", "t.tsv") == Rows{{"1,5", "2"}});
        CHECK(rows("a,b\tc\n1,5\t2\n") == Rows{{"1", "5\t2"}});
    }

    TEST_CASE("files that are not what they should be are refused in one sentence") {
        CHECK(said("") ==
              "t.csv: expected a header line with the names of the columns, "
              "found an empty file");
        CHECK(said("a,b,a\n") ==
              "t.csv:1: field \"a\": expected every column name once, found it "
              "in columns 1 and 3; rename one of them");
        CHECK(said("a,b\n1,2\n1\n") == "t.csv:3: expected 2 fields, as in the header, found 1");
        CHECK(said("a,b\n1,2,3\n") == "t.csv:2: expected 2 fields, as in the header, found 3");
        CHECK(said("a,b\n\"x\ny\",2\n1,2,3\n") ==
              "t.csv:4: expected 2 fields, as in the header, found 3");
        CHECK(said("a,b\n1,\"2\n3,4\n").starts_with("t.csv:2: expected a quote (\") that closes"));
        CHECK(said("a,b\n1,2\"3\n4,5\"\n").starts_with("t.csv:2: "));
        CHECK(said("a,b\n1,x\"2\"\n")
                  .starts_with("t.csv:2: field \"b\": expected quotes (\") only around"));
        CHECK(said("a,b\n1,\"2\"x\n").starts_with("t.csv:2: field \"b\": expected quotes"));
        CHECK(said("a,b\r1,2\r") ==
              "t.csv:1: expected lines that end in LF or CRLF, "
              "found CR alone");
        CHECK(said("a,b\n1,\xFF\n").starts_with("t.csv:2: expected UTF-8 text"));
        CHECK(said("rating,rater\n1,2\n", "ratng") ==
              "t.csv:1: there is no column \"ratng\", did you mean \"rating\"? "
              "There are: rating, rater");
        CHECK(said("a,b\n", "value") == "t.csv:1: there is no column \"value\"; There are: a, b");
    }

    TEST_CASE("a number is the whole text or none") {
        double x = 7.0;
        for (const char* text : {"", " 1", "1 ", "1x", "nan", "inf", "-inf", "1e999", "0x1", "+1",
                                 "1,5", "--1", "."}) {
            CAPTURE(text);
            CHECK_FALSE(parse_number(text, x));
        }
        CHECK(x == 7.0);
        CHECK(parse_number("-0.125", x));
        CHECK(x == -0.125);
        CHECK(parse_number("1e3", x));
        CHECK(x == 1000.0);
    }
}
