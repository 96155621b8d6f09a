#include "edgewise/judgment/partition.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/csv.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/judgment/builder.hpp"

using namespace edgewise;
using namespace edgewise::judgment;

namespace {

// One rater a value; an empty value is not known.
JudgmentTable table_of(const std::vector<std::string>& values, std::size_t silent = 0) {
    TableBuilder builder;
    Row row;
    row.option = builder.option_id(builder.case_id("c"), "o");
    row.dimension = builder.dimension_id("d", Kind::vote);
    row.value = 1.0F;
    for (std::size_t i = 0; i < values.size(); ++i) {
        row.rater = builder.rater_id(std::to_string(i));
        builder.set_attribute(row.rater, "a", values[i]);
        if (i >= silent) builder.add(row);
    }
    return std::move(builder).finish();
}

std::vector<std::string> repeated(const std::map<std::string, int>& counts) {
    std::vector<std::string> out;
    for (const auto& [value, n] : counts) out.insert(out.end(), static_cast<std::size_t>(n), value);
    return out;
}

std::string unsuitable(const JudgmentTable& table, const PartitionOptions& options = {}) {
    const Partitions got = partitions(table, {}, options);
    REQUIRE(got.usable.size() + got.unsuitable.size() == 1);
    return got.unsuitable.empty() ? "usable" : got.unsuitable[0].reason;
}

using Strings = std::vector<std::string>;
using Counts = std::vector<std::uint32_t>;

}  // namespace

TEST_SUITE("judgment/partition") {
    TEST_CASE("groups come by size, small ones are left out by name, unknown is no group") {
        const JudgmentTable table =
            table_of(repeated({{"", 4}, {"x", 5}, {"y", 9}, {"z", 3}, {"w", 5}}));
        const Partitions got = partitions(table, {}, {});
        REQUIRE(got.usable.size() == 1);
        const Partition& p = got.usable[0];
        CHECK(p.groups == Strings{"y", "w", "x"});
        CHECK(p.raters_in == Counts{9, 5, 5});
        CHECK(p.unknown == 4);
        REQUIRE(p.left_out.size() == 1);
        CHECK(p.left_out[0].group == "z");
        CHECK(p.left_out[0].raters == 3);
        CHECK(p.group_of[0] == kNoGroup);
        CHECK(p.group_of[4] == 1);
        CHECK(p.group_of[25] == kNoGroup);
        CHECK(p.note.empty());
    }

    TEST_CASE("every rater is in one group, left out, unknown, or does not count") {
        std::vector<std::string> values;
        for (int i = 0; i < 300; ++i) values.push_back(i % 7 == 0 ? "" : std::to_string(i % 41));
        const Partition p = partitions(table_of(values, 20), {}, {}).usable.at(0);
        std::uint32_t total = p.unknown + 20;
        for (const std::uint32_t n : p.raters_in) total += n;
        for (const LeftOut& left : p.left_out) total += left.raters;
        CHECK(total == 300);
        Counts counted(p.groups.size(), 0);
        for (const std::uint16_t g : p.group_of) {
            if (g != kNoGroup) ++counted[g];
        }
        CHECK(counted == p.raters_in);
    }

    TEST_CASE("numbers are cut at terciles, and a cut that leaves a bin empty is dropped") {
        const auto bins = [](const std::map<std::string, int>& counts) {
            const Partitions got = partitions(table_of(repeated(counts)), {}, {.least_raters = 1});
            return got.usable.empty() ? Strings{got.unsuitable.at(0).reason} : got.usable[0].groups;
        };
        CHECK(bins({{"1", 3}, {"2", 3}, {"3", 3}, {"10", 3}}) == Strings{"<= 2", "2 to 3", "> 3"});
        CHECK(bins({{"-1.0", 9}, {"2", 1}, {"3", 1}, {"4", 1}}) == Strings{"<= -1", "> -1"});
        CHECK(bins({{"1", 1}, {"2", 1}, {"3", 1}, {"4", 9}}) == Strings{"<= 3", "> 3"});
        CHECK(bins({{"1", 1}, {"2", 2}, {"3", 3}}) == Strings{"3", "2", "1"});
        CHECK(bins({{"1", 1}, {"2", 2}, {"3", 3}, {"no", 4}}) == Strings{"no", "3", "2", "1"});
    }

    TEST_CASE("attributes that make no groups are named with the reason") {
        CHECK(unsuitable(table_of({"", "", ""})) == "not known for any rater");
        CHECK(unsuitable(table_of(repeated({{"x", 20}, {"", 3}}))) == "the same for all raters");
        CHECK(unsuitable(table_of(repeated({{"x", 20}, {"y", 2}}))) ==
              "only one group with at least 5 raters");
        CHECK(unsuitable(table_of(repeated({{"x", 2}, {"y", 2}}))) ==
              "no group with at least 5 raters");
        std::vector<std::string> ids;
        for (int i = 0; i < 1641; ++i) ids.push_back("id" + std::to_string(i));
        CHECK(unsuitable(table_of(ids)) == "1,641 distinct values among 1,641 raters");
        CHECK(unsuitable(table_of(ids), {.least_raters = 1}) ==
              "1,641 distinct values among 1,641 raters: more than 24 groups");
    }

    TEST_CASE("machines are no stakeholders unless they are asked for") {
        TableBuilder builder;
        Row row;
        row.option = builder.option_id(builder.case_id("c"), "o");
        row.dimension = builder.dimension_id("d", Kind::vote);
        row.value = 1.0F;
        for (int i = 0; i < 20; ++i) {
            row.rater = builder.rater_id(std::to_string(i));
            builder.set_attribute(row.rater, "a", i % 2 == 0 ? "x" : "y");
            if (i < 4) builder.set_rater_kind(row.rater, RaterKind::machine);
            builder.add(row);
        }
        const JudgmentTable table = std::move(builder).finish();
        CHECK(partitions(table, {}, {}).usable[0].raters_in == Counts{8, 8});
        CHECK(partitions(table, {}, {.include_machines = true}).usable[0].raters_in ==
              Counts{10, 10});
        const std::vector<std::string> unknown{"b"};
        CHECK_THROWS_WITH_AS(partitions(table, unknown, {}),
                             "field \"attribute\": raters have no attribute \"b\"; they have: a",
                             Error);
    }

    TEST_CASE("cuts that are asked for are taken as they are") {
        const JudgmentTable table = table_of(repeated({{"1", 5}, {"2", 5}, {"3", 5}}));
        const std::vector<double> cuts{1.5, 2.0};
        const Partition p = partition_at(table, "a", cuts, {});
        CHECK(p.groups == Strings{"<= 1.5", "1.5 to 2", "> 2"});
        CHECK(p.raters_in == Counts{5, 5, 5});
        const std::vector<double> backwards{2.0, 1.0};
        CHECK_THROWS_AS(partition_at(table, "a", backwards, {}), Error);
        CHECK_THROWS_AS(partition_at(table_of({"x", "1"}), "a", cuts, {}), Error);
    }

    TEST_CASE("politics of real annotators is cut into 368, 92 and 180 raters") {
        const std::filesystem::path folder =
            std::filesystem::path(EDGEWISE_SHARED) / "data" / "annotators_with_attitudes";
        if (!std::filesystem::exists(folder)) {
            MESSAGE("skipped: " << folder.string() << " is absent");
            return;
        }
        TableBuilder builder;
        const CsvFile ratings(folder / "small_ratings.csv");
        const std::size_t rater = ratings.column("annotator_id");
        ratings.each([&](const CsvRecord& record) {
            Row row;
            row.option = builder.option_id(builder.case_id(record.fields[0]), "o");
            row.rater = builder.rater_id(record.fields[rater]);
            row.dimension = builder.dimension_id("d", Kind::vote);
            row.value = 1.0F;
            builder.add(row);
        });
        const CsvFile people(folder / "small_annotators.csv");
        const std::size_t politics = people.column("annotatorPolitics");
        people.each([&](const CsvRecord& record) {
            builder.set_attribute(builder.rater_id(record.fields[people.column("annotator_id")]),
                                  "politics", record.fields[politics]);
        });
        const Partition p = partitions(std::move(builder).finish(), {}, {}).usable.at(0);
        CHECK(p.groups == Strings{"<= -0.5", "-0.5 to 0", "> 0"});
        CHECK(p.raters_in == Counts{368, 92, 180});
        CHECK(p.note.find("terciles of the raters' values (-0.5 and 0)") != std::string::npos);
    }
}
