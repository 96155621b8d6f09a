#include "edgewise/estimate/comparisons/grouping.hpp"

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/estimate/comparisons/group_strengths.hpp"
#include "edgewise/judgment/builder.hpp"

using namespace edgewise;
using namespace edgewise::estimate;
using judgment::kNoGroup;

namespace {

// Cases k0 to k5: three about code, two about prose, one about nothing known. In code x beats y
// nine times in ten, in prose y beats x.
judgment::JudgmentTable world() {
    judgment::TableBuilder builder;
    const char* domain[] = {"code", "prose", "code", "", "prose", "code"};
    for (int k = 0; k < 6; ++k) {
        const Id case_ = builder.case_id("k" + std::to_string(k));
        if (*domain[k] != '\0') builder.set_context(case_, "domain", domain[k]);
        for (int r = 0; r < 10; ++r) {
            judgment::Row row;
            row.option = builder.option_id(case_, "x");
            row.other = builder.option_id(case_, "y");
            row.rater = builder.rater_id("r" + std::to_string(r));
            row.dimension = builder.dimension_id("better", judgment::Kind::comparison);
            const bool usual = *domain[k] == 'c';
            row.value = (r == 0) != usual ? 1.0F : 0.0F;
            builder.add(row);
        }
    }
    for (int r = 0; r < 10; ++r) {
        const std::string rater = "r" + std::to_string(r);
        if (r < 9) builder.set_attribute(builder.rater_id(rater), "side", r < 5 ? "a" : "b");
    }
    return std::move(builder).finish();
}

}  // namespace

TEST_SUITE("estimate/comparisons/grouping") {
    TEST_CASE("cases of one context form a group and those without are in none") {
        const judgment::JudgmentTable table = world();
        const Contests c = contests(table, 0, {}, Job{});
        REQUIRE(c.size() == 60);
        const Grouping all = group_by_context(c, table, "domain");
        CHECK(all.groups == std::vector<std::string>{"code", "prose"});
        CHECK(all.group[0] == 0);
        CHECK(all.group[10] == 1);
        CHECK(all.group[30] == kNoGroup);
        CHECK(all.unit[59] == c.case_[59]);
        const Grouping large = group_by_context(c, table, "domain", 3);
        CHECK(large.groups == std::vector<std::string>{"code"});
        CHECK(large.group[10] == kNoGroup);

        const GroupStrengths s = group_strengths(c, all, {}, Job{});
        const std::size_t x = c.contender[0] == "x" ? 0 : 1;
        CHECK(s.cell(0, x).mean > 0.75);
        CHECK(s.cell(1, x).mean < 0.3);
        CHECK(s.cell(0, x).n == 30);
        CHECK(s.ungrouped == 10.0);
        CHECK(s.pooled[x].n == 60);
    }

    TEST_CASE("raters of one group form one and the others are in none") {
        const judgment::JudgmentTable table = world();
        const Contests c = contests(table, 0, {}, Job{});
        judgment::PartitionOptions options;
        options.least_raters = 4;
        const auto found = judgment::partitions(table, {}, options);
        REQUIRE(found.usable.size() == 1);
        const Grouping g = group_by_rater(c, found.usable[0]);
        CHECK(g.attribute == "side");
        CHECK(g.groups.size() == 2);
        for (std::size_t k = 0; k < c.size(); ++k) {
            CHECK(g.unit[k] == c.rater[k]);
            CHECK(g.group[k] == found.usable[0].group_of[c.rater[k]]);
        }
        CHECK(g.group[9] == kNoGroup);
    }

    TEST_CASE("an attribute that is not there or has too many values is refused by name") {
        const judgment::JudgmentTable table = world();
        const Contests c = contests(table, 0, {}, Job{});
        CHECK_THROWS_WITH_AS(group_by_context(c, table, "topic"),
                             doctest::Contains("they have: domain"), Error);
        CHECK_THROWS_WITH_AS(group_by_context(c, table, "domain", 1, 1),
                             doctest::Contains("more than 1 values"), Error);
    }
}
