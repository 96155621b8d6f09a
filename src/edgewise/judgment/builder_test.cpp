#include "edgewise/judgment/builder.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/rng.hpp"
#include "edgewise/judgment/table_equal.hpp"

using namespace edgewise;
using namespace edgewise::judgment;

namespace {

// One random statement, said to whichever builder is asked to take it.
void say(TableBuilder& builder, Rng rng, std::uint32_t line) {
    const auto name = [&](const char* prefix, std::uint64_t bound) {
        return prefix + std::to_string(rng.next_below(bound));
    };
    Row row;
    row.source_row = line;
    const Id case_ = builder.case_id(name("c", 20));
    row.option = builder.option_id(case_, name("o", 3));
    row.rater = builder.rater_id(name("r", 15));
    if (rng.next_below(3) == 0) builder.set_case_text(case_, name("text", 9));
    if (rng.next_below(3) == 0) builder.set_option_text(row.option, name("text", 9));
    if (rng.next_below(3) == 0) builder.set_attribute(row.rater, name("a", 3), name("v", 4));
    if (rng.next_below(3) == 0) builder.set_context(case_, name("x", 3), name("v", 4));
    if (rng.next_below(9) == 0) builder.set_rater_kind(row.rater, RaterKind::machine);
    if (rng.next_below(4) == 0) row.weight = 2.0F;
    if (rng.next_below(9) == 0) row.time = static_cast<std::int64_t>(line) * 1000;
    if (rng.next_below(9) == 0) row.confidence = 0.5F;
    const std::string reason = rng.next_below(9) == 0 ? name("because ", 5) : std::string();
    row.reason = reason;
    switch (rng.next_below(4)) {
        case 0:
            row.dimension = builder.dimension_id(name("rated", 3), Kind::rating);
            row.value = static_cast<float>(rng.next_below(5));
            break;
        case 1:
            row.dimension = builder.dimension_id("agreement", Kind::vote);
            row.value = static_cast<float>(rng.next_below(3)) - 1.0F;
            break;
        case 2:
            row.dimension = builder.dimension_id("label", Kind::label);
            row.value = static_cast<float>(builder.category_id(row.dimension, name("l", 4)));
            break;
        default:
            row.dimension = builder.dimension_id("approval", Kind::approval);
            row.ballot = builder.next_ballot();
            row.value = 1.0F;
    }
    builder.add(row);
}

template <class Call>
std::string complaint(Call call) {
    try {
        call();
    } catch (const Error& e) {
        CHECK(e.code() == ErrorCode::invalid_data);
        return e.what();
    }
    return "accepted";
}

struct One {
    TableBuilder builder;
    Row row;
    explicit One(Kind kind, float value = 1.0F) {
        row.option = builder.option_id(builder.case_id("c"), "o");
        row.rater = builder.rater_id("r");
        row.dimension = builder.dimension_id("d", kind);
        row.value = value;
    }
    std::string added() {
        return complaint([&] { builder.add(row); });
    }
};

Dimension inferred(const std::vector<float>& values, double low = 0.0, double high = 0.0) {
    One one(Kind::rating);
    if (high > low) {
        Dimension& dimension = one.builder.dimension(one.row.dimension);
        dimension.low = low;
        dimension.high = high;
        dimension.range_declared = true;
    }
    for (const float value : values) {
        one.row.value = value;
        one.builder.add(one.row);
    }
    return std::move(one.builder).finish().dimensions()[0];
}

}  // namespace

TEST_SUITE("judgment/builder") {
    TEST_CASE("blocks merged in order make the table of one pass") {
        for (std::uint64_t round = 0; round < 60; ++round) {
            Rng sizes(9, round);
            TableBuilder once;
            TableBuilder merged;
            TableBuilder block;
            for (std::uint32_t line = 1; line <= 300; ++line) {
                say(once, Rng(round, line), line);
                say(block, Rng(round, line), line);
                if (sizes.next_below(20) == 0) {
                    merged.merge(std::move(block));
                    block = TableBuilder();
                }
            }
            merged.merge(std::move(block));
            REQUIRE(difference(std::move(once).finish(), std::move(merged).finish()) == "");
        }
    }

    TEST_CASE("columns that no judgment uses stay empty, those used later are filled back") {
        One one(Kind::rating);
        one.builder.add(one.row);
        one.row.time = 5;
        one.builder.add(one.row);
        const JudgmentTable table = std::move(one.builder).finish();
        CHECK(table.other().empty());
        CHECK(table.ballot().empty());
        CHECK(table.weight().empty());
        CHECK(table.confidence().empty());
        REQUIRE(table.time().size() == 2);
        CHECK(table.time()[0] == std::numeric_limits<std::int64_t>::min());
        CHECK(table.time()[1] == 5);
    }

    TEST_CASE("options of the same name in two cases are two options") {
        TableBuilder builder;
        const Id a = builder.case_id("a");
        const Id b = builder.case_id("b");
        const Id first = builder.option_id(a, "x");
        CHECK(builder.option_id(b, "x") != first);
        CHECK(builder.option_id(a, "x") == first);
        CHECK(builder.find_option(b, "x") == 1);
        CHECK(builder.find_option(b, "y") == kNone);
        CHECK(builder.find_case("c") == kNone);
    }

    TEST_CASE("a dictionary keeps a hundred thousand names apart") {
        TableBuilder builder;
        for (int round = 0; round < 2; ++round) {
            for (Id i = 0; i < 100'000; ++i) REQUIRE(builder.rater_id(std::to_string(i)) == i);
        }
        CHECK(builder.find_rater("100000") == kNone);
    }

    TEST_CASE("a row that contradicts its dimension is refused") {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        CHECK(One(Kind::rating, nan).added() ==
              "field \"value\": expected a finite number, found nan");
        CHECK(One(Kind::vote, 0.5F).added().find("disagree") != std::string::npos);
        CHECK(One(Kind::approval, 2.0F).added().find("approved") != std::string::npos);
        CHECK(One(Kind::ranking, 0.0F).added().find("a rank") != std::string::npos);
        CHECK(One(Kind::label, 0.0F).added().find("category") != std::string::npos);
        One rated(Kind::rating, 6.0F);
        rated.builder.dimension(0).low = 1.0;
        rated.builder.dimension(0).high = 5.0;
        rated.builder.dimension(0).range_declared = true;
        CHECK(rated.added() == "field \"value\": expected a number from 1 to 5 on \"d\", found 6");
        CHECK(complaint([&] { rated.builder.dimension_id("d", Kind::vote); }) ==
              "field \"dimension\": expected a rating, as \"d\" was before, found a vote");
        One compared(Kind::comparison, 0.5F);
        compared.row.other = compared.builder.option_id(compared.builder.case_id("c2"), "o");
        CHECK(compared.added().find("found options of two cases") != std::string::npos);
        compared.row.other = compared.row.option;
        CHECK(compared.added().find("found one option twice") != std::string::npos);
        CHECK(compared.builder.size() == 0);
    }

    TEST_CASE("a rating before its range was declared is still checked, with its line") {
        One one(Kind::rating, 9.0F);
        one.row.source_row = 17;
        one.builder.add(one.row);
        One later(Kind::rating, 4.0F);
        later.builder.dimension(0).low = 1.0;
        later.builder.dimension(0).high = 5.0;
        later.builder.dimension(0).range_declared = true;
        later.builder.add(later.row);
        one.builder.merge(std::move(later.builder));
        try {
            std::move(one.builder).finish();
            FAIL("accepted");
        } catch (const Error& e) {
            CHECK(e.place().line == 17);
            CHECK(e.place().found == "9");
        }
    }

    TEST_CASE("scales are told from the values unless they are declared") {
        CHECK(inferred({0, 1, 1}).scale == Scale::binary);
        CHECK(inferred({1, 2, 5}).scale == Scale::ordinal);
        CHECK(inferred({1, 2, 5}).low == 1.0);
        CHECK(inferred({1, 2, 5}).high == 5.0);
        CHECK(inferred({0.0F, 0.5F, 1.0F}).scale == Scale::continuous);
        CHECK(inferred({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}).scale == Scale::ordinal);
        CHECK(inferred({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}).scale == Scale::continuous);
        CHECK(inferred({3, 4}, 1, 5).scale == Scale::ordinal);
        CHECK(inferred({1, 5}, 1, 5).scale == Scale::binary);
        CHECK(inferred({3, 4}, 0, 100).scale == Scale::continuous);
        CHECK(inferred({3, 4}, 0, 100).high == 100.0);
        CHECK(inferred({4}).scale == Scale::ordinal);
    }

    TEST_CASE("yes is one and no is zero whichever comes first") {
        for (const bool yes_first : {true, false}) {
            One one(Kind::label);
            for (const char* label : {yes_first ? "yes" : "no", yes_first ? "no" : "yes"}) {
                one.row.value = static_cast<float>(one.builder.category_id(0, label));
                one.builder.add(one.row);
            }
            const JudgmentTable table = std::move(one.builder).finish();
            CHECK(table.dimensions()[0].scale == Scale::binary);
            CHECK(table.dimensions()[0].categories[1] == "yes");
            CHECK(table.value()[0] == (yes_first ? 1.0F : 0.0F));
        }
    }

    TEST_CASE("the order in which attributes are told does not show in the table") {
        const auto make = [](bool backwards) {
            TableBuilder builder;
            for (int i = 0; i < 5; ++i) builder.rater_id(std::to_string(i));
            for (Id i = 0; i < 5; ++i) {
                const Id r = backwards ? 4 - i : i;
                builder.set_attribute(r, "country", std::to_string(r % 3));
            }
            return std::move(builder).finish();
        };
        CHECK(difference(make(true), make(false)) == "");
        CHECK(make(true).raters().attributes[0].values[0] == "0");
    }

    TEST_CASE("an empty builder makes an empty table") {
        TableBuilder empty;
        empty.merge(TableBuilder());
        const JudgmentTable table = std::move(empty).finish();
        CHECK(table.size() == 0);
        CHECK(table.dimensions().empty());
    }
}
