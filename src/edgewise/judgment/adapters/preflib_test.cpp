#include <array>
#include <string>

#include <doctest/doctest.h>

#include "edgewise/base/source.hpp"
#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

namespace {

// Written by us in the published layout.
std::string header(std::string_view type, int voters) {
    return "# FILE NAME: own.toi\n# TITLE: Lunch\n# DESCRIPTION: \n# DATA TYPE: " +
           std::string(type) +
           "\n# MODIFICATION TYPE: synthetic\n# NUMBER ALTERNATIVES: 4\n# NUMBER VOTERS: " +
           std::to_string(voters) +
           "\n# NUMBER UNIQUE ORDERS: 3\n# ALTERNATIVE NAME 1: Soup: hot\n"
           "# ALTERNATIVE NAME 2: Rice\n# ALTERNATIVE NAME 3: Bread\n# ALTERNATIVE NAME 4: Fish\n";
}

constexpr std::string_view kOrders = "3: 1,{2, 4},3\n1: 4\n2: {1,3}\n";

}  // namespace

TEST_CASE("a count of a PrefLib order becomes that many ballots with shared ranks for ties") {
    const TemporaryFolder folder;
    const std::string path = folder.write("own.toi", header("toi", 6) + std::string(kOrders));
    const Imported got = import_file(from(path));
    CHECK(got.report.format == "preflib");
    CHECK(got.report.rows == 3);
    const JudgmentTable& table = got.table;
    CHECK(table.size() == 3 * 4 + 1 + 2 * 2);
    CHECK(table.raters().ids.size() == 6);
    CHECK(table.raters().ids[1] == "line 13, voter 2");
    CHECK(table.dimensions()[0].kind == Kind::ranking);
    CHECK(table.cases().ids[0] == "own.toi");
    CHECK(table.cases().texts[0] == "Lunch");
    CHECK(attribute(table.cases().context, "data_type", 0) == "toi");
    CHECK(table.options().ids[0] == "Soup: hot");
    CHECK(table.options().ids.size() == 4);
    const std::array<float, 4> ranks{1.0F, 2.0F, 2.0F, 3.0F};
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(table.value()[i] == ranks.at(i));
        CHECK(table.ballot()[i] == table.ballot()[0]);
    }
    CHECK(table.ballot()[4] != table.ballot()[0]);
    CHECK(table.options().ids[table.option()[12]] == "Fish");
    CHECK(difference(table, import_file(from(path), 3).table).empty());
    AtomicFile packed(folder.path() / "packed.toi.zst");
    packed.write(header("toi", 6) + std::string(kOrders));
    packed.commit();
    CHECK(difference(table, import_file(from((folder.path() / "packed.toi.zst").string())).table)
              .empty());
}

TEST_CASE("the older form of PrefLib without keys gives the same ballots") {
    const TemporaryFolder folder;
    const Imported got = import_file(from(folder.write(
        "old.toi",
        "4\n1,Soup\n2,Rice, brown\n3,Bread\n4,Fish\n6,6,3\n3,1,{2,4},3\n1,4\n2,{1,3}\n")));
    CHECK(got.report.format == "preflib");
    CHECK(got.table.size() == 17);
    CHECK(got.table.options().ids[1] == "Rice, brown");
    CHECK(got.table.cases().ids[0] == "old.toi");
    CHECK(got.table.raters().ids[0] == "line 7, voter 1");
}

TEST_CASE("PrefLib orders with repeats, unknown alternatives or wrong counts are refused") {
    const TemporaryFolder folder;
    const auto bad = [&](std::string_view type, int voters, std::string_view orders) {
        return complaint(from(folder.write("a.soc", header(type, voters) + std::string(orders))));
    };
    CHECK(bad("toi", 1, "1: 1,2,1\n") ==
          "a.soc:13: field \"order\": expected each alternative once, found 1 twice");
    CHECK(bad("toi", 1, "1: 1,5\n") ==
          "a.soc:13: field \"order\": expected an alternative from 1 to 4, found 5");
    CHECK(bad("toi", 1, "1: 1,,2\n").ends_with("an alternative from 1 to 4, found nothing"));
    CHECK(bad("toi", 1, "1: 1,{2\n")
              .ends_with("expected a closing brace, found the end of the line"));
    CHECK(bad("toi", 1, "1: {1,2}3\n").ends_with("expected a comma after the brace, found 3"));
    CHECK(bad("toi", 1, "x: 1\n") == "a.soc:13: field \"count\": expected a whole number, found x");
    CHECK(bad("toi", 1, "1,2\n").ends_with("expected \"count: 1,2,3\", found 1,2"));
    CHECK(bad("soc", 1, "1: 1,2,3\n")
              .ends_with("expected all 4 alternatives, since the data are soc, found 3"));
    CHECK(bad("soi", 1, "1: 1,{2,3}\n")
              .ends_with("expected an order without ties, since the data are soi, found {2,3}"));
    CHECK(bad("toi", 5, kOrders) ==
          "a.soc: field \"NUMBER VOTERS\": expected 5 votes, found counts that add up to 6; is the "
          "file cut short?");
    CHECK(bad("toi", 1, "1000001: 1\n").find("expected at most 1000000 ballots in a file") !=
          std::string::npos);
    CHECK(bad("cat", 1, "1: 1\n").find("expected soc, soi, toc or toi, found cat") !=
          std::string::npos);
    CHECK(complaint(from(folder.write("b.soi", "# ALTERNATIVE NAME 2: x\n1: 2\n"))) ==
          "b.soi:2: field \"alternative\": expected a name for number 1, found none");
    CHECK(complaint(from(folder.write("c.soi", "2\n1,a\n2,a\n1,1,1\n1,1\n")))
              .ends_with("expected each name once, found \"a\" twice"));
    CHECK(complaint(from(folder.write("d.soi", "2\n1,a\n2,b\n"))) ==
          "d.soi: expected alternatives and orders, found none");
}

TEST_CASE("empty and repeated orders are counted, and the first rows can be read alone") {
    const TemporaryFolder folder;
    ImportOptions options =
        from(folder.write("a.toi", header("toi", 7) + "3: 1,2\n1: \n2: 1,2\n0: 3\n1: 2\n"));
    const Imported got = import_file(options);
    CHECK(got.table.raters().ids.size() == 6);
    CHECK(skipped(got, "rank nothing")->first == "a.toi:14");
    CHECK(skipped(got, "nobody gave")->count == 1);
    CHECK(noted(got, "1 orders stand on more than one line (first again at a.toi:15)"));
    CHECK(noted(got, "says that there are 3 distinct orders, and has 5 lines"));
    options.most_rows = 1;
    CHECK(import_file(options).table.raters().ids.size() == 3);
}
