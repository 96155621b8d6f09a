#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "edgewise/judgment/builder.hpp"
#include "edgewise/judgment/pseudonym.hpp"
#include "edgewise/judgment/settle.hpp"
#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

constexpr std::string_view kRatings =
    "item,rater,dimension,value\n1,alice,d,1\n1,bob,d,5\n1,gpt,e,2\n2,alice,e,0.5\n";

// Every text that an import hands out, in one piece.
std::string everything(const Imported& got) {
    std::string out;
    const auto texts = [&](const Texts& all) {
        for (std::size_t i = 0; i < all.size(); ++i) out.append(all[i]).push_back('\n');
    };
    texts(got.table.raters().ids);
    texts(got.table.cases().ids);
    for (const Attribute& attribute : got.table.raters().attributes) texts(attribute.values);
    for (const std::string& note : got.report.notes) out += note + "\n";
    for (const Skipped& entry : got.report.skipped) out += entry.what + entry.why + entry.first;
    for (const Mapped& entry : got.report.mapped) out += entry.from + entry.to;
    return out;
}

}  // namespace

TEST_CASE("formats are found by id, and an unknown one names those there are") {
    CHECK(std::ranges::is_sorted(adapters(), {}, &Adapter::id));
    for (const Adapter& known : adapters()) {
        CHECK(&adapter(known.id) == &known);
        CHECK_FALSE(known.summary.empty());
        CHECK_FALSE(known.source.empty());
    }
    CHECK_THROWS_WITH_AS(adapter("excel"), doctest::Contains("wide_table, workspace"), Error);
}

TEST_CASE("what cannot be told apart, is not there or cannot be read says what to do") {
    const TemporaryFolder folder;
    CHECK(complaint(from(folder.write("a.csv", "x,y\n1,2\n"))).find("--value-column") !=
          std::string::npos);
    CHECK(complaint(from((folder.path() / "none.csv").string())) ==
          "none.csv: there is no such file or folder");
    CHECK(complaint(from(folder.path().string())).find("could not be told") != std::string::npos);
    CHECK(complaint(from(folder.write("b.csv", "x,x\n1,2\n"))).find("every column name once") !=
          std::string::npos);
    CHECK(complaint(from(folder.write("c.csv.gz", "\x1f\x8b\x08"))).find("c.csv.gz") == 0);
    ImportOptions options = from(folder.path().string());
    options.format = "long_table";
    CHECK(complaint(options).find("a folder without ratings.csv") != std::string::npos);
    options.format = "wide_table";
    CHECK(complaint(options) != "accepted");
}

TEST_CASE("a byte order mark, CRLF and quoted line feeds change nothing but the lines") {
    const TemporaryFolder folder;
    std::string windows = "\xEF\xBB\xBF";
    for (const char c : kRatings) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
    const JudgmentTable plain = import_file(from(folder.write("a.csv", kRatings))).table;
    CHECK(difference(plain, import_file(from(folder.write("b.csv", windows))).table).empty());
    CHECK(
        complaint(from(folder.write("c.csv", std::string(kRatings) + "\"a\nb\",r,d,1\n1,r,d,x\n")))
            .starts_with("c.csv:8: field \"value\""));
}

TEST_CASE("declared scales bind every rating and undeclared ones are taken from the data") {
    const TemporaryFolder folder;
    ImportOptions options = from(folder.write("a.csv", kRatings));
    options.scales = {"d=1..7"};
    const Imported got = import_file(options);
    CHECK(got.table.dimensions()[0].range_declared);
    CHECK(got.table.dimensions()[0].high == 7.0);
    CHECK(got.table.dimensions()[0].scale == Scale::ordinal);
    CHECK(noted(got, "least and greatest value: \"e\" 0.5 to 2"));
    options.scales = {"*=1..5"};
    CHECK(complaint(options) ==
          "a.csv:5: field \"value\": expected a number from 1 to 5 on \"e\", found 0.5; the scale "
          "was declared with --scales");
    options.scales = {"f=1..5"};
    CHECK(complaint(options).find("there is no dimension \"f\"; there are: d, e") !=
          std::string::npos);
    for (const char* bad : {"d", "d=1", "d=5..1", "d=1..", "=1..5", "d=a..b", "d=1..1"}) {
        options.scales = {bad};
        CHECK(complaint(options).find("expected dimension=low..high") != std::string::npos);
    }
}

TEST_CASE("negative dimensions and machines are those that were named") {
    const TemporaryFolder folder;
    ImportOptions options = from(folder.write("a.csv", kRatings));
    options.negative = {"e"};
    options.machines = {"gpt"};
    const Imported got = import_file(options);
    CHECK(got.table.dimensions()[0].polarity == Polarity::positive);
    CHECK_FALSE(got.table.dimensions()[0].polarity_declared);
    CHECK(got.table.dimensions()[1].polarity == Polarity::negative);
    CHECK(got.table.raters().kinds[2] == RaterKind::machine);
    CHECK(got.table.raters().kinds[0] == RaterKind::person);
    options.negative = {"f"};
    CHECK(complaint(options).find("there is no dimension \"f\"") != std::string::npos);
}

TEST_CASE("HMAC-SHA-256 gives the published code of RFC 4231, cut to 16 bytes") {
    const TemporaryFolder folder;
    // Test cases 1 and 6 (the key of case 1 is 20 bytes of 0x0b).
    Pseudonyms one(folder.write("k1", std::string(20, '\x0b')));
    CHECK(one("Hi There") == "b0344c61d8db38535ca8afceaf0bf12b");
    CHECK(one("Hi There") == "b0344c61d8db38535ca8afceaf0bf12b");  // the key is kept
    Pseudonyms six(folder.write("k6", std::string(131, '\xaa')));
    CHECK(six("Test Using Larger Than Block-Size Key - Hash Key First") ==
          "60e431591ee0b67f0d8a26aacbf5b77f");
    CHECK_THROWS_WITH_AS(Pseudonyms(folder.write("k", std::string(15, 'k'))),
                         doctest::Contains("found 15 bytes"), Error);
    CHECK_THROWS_AS(Pseudonyms(folder.path() / "none"), Error);
}

TEST_CASE("pseudonyms leave no id of a person in tables, reports or errors") {
    const TemporaryFolder folder;
    ImportOptions options = from(folder.write("ratings.csv", kRatings));
    options.pseudonymise_key_file = folder.write("key", "0123456789abcdef");
    options.machines = {"gpt"};
    const Imported got = import_file(options);
    const std::string all = everything(got);
    CHECK(all.find("alice") == std::string::npos);
    CHECK(all.find("bob") == std::string::npos);
    CHECK(got.table.raters().ids[0].size() == 32);
    CHECK(got.table.raters().ids[2] == "gpt");
    CHECK(got.table.rater()[0] == got.table.rater()[3]);
    options.raters = folder.write("r.csv", "rater,age\nalice,3\ngpt,1\n");
    CHECK(complaint(options).find("expected a rater of r.csv") != std::string::npos);
    CHECK(complaint(options).find("bob") == std::string::npos);
    options.raters = folder.write("s.csv", "rater,age\nalice,3\nbob,3\nbob,4\ngpt,1\n");
    CHECK(complaint(options).starts_with("s.csv:4"));
    CHECK(complaint(options).find("bob") == std::string::npos);
}

TEST_CASE("an attribute that tells people apart is pointed out when ids are replaced") {
    const TemporaryFolder folder;
    std::string ratings = "item,rater,dimension,value,annotator_mail,annotator_sex\n";
    for (int i = 0; i < 30; ++i) {
        const std::string id = std::to_string(i);
        ratings += "1,r" + id + ",d,1,m" + id + ",s" + std::to_string(i % 2) + "\n";
    }
    ImportOptions options = from(folder.write("ratings.csv", ratings));
    options.pseudonymise_key_file = folder.write("key", "0123456789abcdef");
    const Imported got = import_file(options);
    CHECK(noted(got, "ATTRIBUTE \"annotator_mail\" MAY IDENTIFY PEOPLE"));
    CHECK_FALSE(noted(got, "ATTRIBUTE \"annotator_sex\""));
}

TEST_CASE("only as many rows are read as asked for") {
    const TemporaryFolder folder;
    ImportOptions options = from(folder.write("a.csv", kRatings));
    options.most_rows = 2;
    const Imported got = import_file(options);
    CHECK(got.report.rows == 2);
    CHECK(got.table.size() == 2);
}

TEST_CASE("counting repeats agrees with comparing all pairs") {
    for (unsigned seed = 0; seed < 200; ++seed) {
        TableBuilder builder;
        unsigned state = seed * 2654435761U + 1;
        const auto next = [&](unsigned bound) {
            state = state * 1664525U + 1013904223U;
            return (state >> 16U) % bound;
        };
        for (std::uint32_t i = 0; i < 40; ++i) {
            const bool comparison = next(2) == 0;
            const Id case_ = builder.case_id(std::to_string(next(2)));
            const unsigned one = next(3);
            Row row;
            row.option = builder.option_id(case_, std::to_string(one));
            if (comparison) {
                row.other = builder.option_id(case_, std::to_string((one + 1 + next(2)) % 3));
            }
            row.rater = builder.rater_id(std::to_string(next(3)));
            row.dimension = comparison ? builder.dimension_id("c", Kind::comparison)
                                       : builder.dimension_id("d", Kind::rating);
            row.value = 1.0F;
            builder.add(row);
        }
        const JudgmentTable table = std::move(builder).finish();
        Repeats expected;
        for (std::size_t i = 0; i < table.size(); ++i) {
            const auto same = [&](std::size_t j) {
                const Id a = table.option()[i],
                         b = table.other().empty() ? kNone : table.other()[i];
                const Id c = table.option()[j],
                         d = table.other().empty() ? kNone : table.other()[j];
                return table.rater()[i] == table.rater()[j] &&
                       table.dimension()[i] == table.dimension()[j] &&
                       std::minmax(a, b) == std::minmax(c, d);
            };
            std::size_t j = 0;
            while (j < i && !same(j)) ++j;
            if (j == i) continue;
            if (expected.count++ == 0) expected.first = i;
        }
        const Repeats got = count_repeats(table, Job());
        CHECK(got.count == expected.count);
        if (expected.count > 0) CHECK(got.first == expected.first);
    }
}
