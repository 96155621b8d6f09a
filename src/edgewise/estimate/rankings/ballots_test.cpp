#include "edgewise/estimate/rankings/ballots.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "edgewise/base/error.hpp"
#include "edgewise/judgment/builder.hpp"

using namespace edgewise;
using namespace edgewise::estimate;
using judgment::Kind;

namespace {

struct Sheet {
    judgment::TableBuilder builder;
    std::uint32_t line = 1;

    Id ballot() { return builder.next_ballot(); }
    void put(Id ballot, const char* rater, const char* option, float rank, float weight = 1.0F,
             const char* in = "c", std::uint8_t flags = 0) {
        judgment::Row row;
        const Id case_ = builder.case_id(in);
        row.option = builder.option_id(case_, option);
        row.rater = builder.rater_id(rater);
        row.dimension = builder.dimension_id("order", Kind::ranking);
        row.value = rank;
        row.weight = weight;
        row.ballot = ballot;
        row.flags = flags;
        row.source_row = ++line;
        builder.add(row);
    }
    judgment::JudgmentTable table() { return std::move(builder).finish(); }
};

std::string refusal(const std::function<void(Sheet&)>& fill) {
    Sheet sheet;
    fill(sheet);
    const judgment::JudgmentTable table = sheet.table();
    try {
        ballots(table, 0, {}, Job{});
    } catch (const Error& error) {
        return std::to_string(error.place().line) + ": " + error.what();
    }
    return "accepted";
}

}  // namespace

TEST_SUITE("estimate/rankings/ballots") {
    TEST_CASE("rows in any order become places without gaps") {
        Sheet sheet;
        const Id one = sheet.ballot(), two = sheet.ballot(), three = sheet.ballot();
        sheet.put(one, "r", "x", 7);
        sheet.put(two, "s", "y", 1, 1.0F, "d", judgment::kUnderspecified);
        sheet.put(one, "r", "y", 2);
        sheet.put(one, "r", "z", 7);
        sheet.put(two, "s", "x", 2, 1.0F, "d");
        sheet.put(three, "s", "z", 1);
        const Ballots b = ballots(sheet.table(), 0, {}, Job{});
        CHECK(b.contender == std::vector<std::string>{"x", "y", "z"});
        CHECK(b.begin == std::vector<std::uint32_t>{0, 3, 5, 6});
        CHECK(b.option == std::vector<std::uint32_t>{1, 0, 2, 1, 0, 2});
        CHECK(b.level == std::vector<std::uint32_t>{0, 1, 1, 0, 1, 0});
        CHECK(b.rater == std::vector<Id>{0, 1, 1});
        CHECK(b.case_ == std::vector<Id>{0, 1, 0});
        CHECK(b.alone == 1);
        CHECK(b.underspecified == 1);
    }

    TEST_CASE("an unwanted dimension is ranked the other way round and machines stay out") {
        Sheet sheet;
        const Id one = sheet.ballot(), two = sheet.ballot();
        sheet.put(one, "r", "x", 1);
        sheet.put(one, "r", "y", 2);
        sheet.put(two, "bot", "x", 1);
        sheet.put(two, "bot", "y", 2);
        sheet.builder.set_rater_kind(sheet.builder.rater_id("bot"), judgment::RaterKind::machine);
        sheet.builder.dimension(0).polarity = judgment::Polarity::negative;
        const judgment::JudgmentTable table = sheet.table();
        const Ballots people = ballots(table, 0, {}, Job{});
        CHECK(people.size() == 1);
        CHECK(people.machine == 1);
        CHECK(people.contender[people.option[0]] == "y");
        const Ballots machines = ballots(table, 0, {.only_machines = true}, Job{});
        CHECK(machines.size() == 1);
        CHECK(machines.rater[0] == 1);
        CHECK(machines.machine == 0);
        CHECK(ballots(table, 0, {.include_machines = true}, Job{}).size() == 2);
    }

    TEST_CASE("a ballot that contradicts itself is refused with its row") {
        const std::string twice = refusal([](Sheet& s) {
            const Id b = s.ballot();
            s.put(b, "r", "x", 1);
            s.put(b, "r", "y", 2);
            s.put(b, "r", "x", 3);
        });
        CHECK(
            twice.find(
                "4: field \"option\": expected each option once in a ranking, found \"x\" twice") !=
            std::string::npos);
        CHECK(refusal([](Sheet& s) {
                  const Id b = s.ballot();
                  s.put(b, "r", "x", 1);
                  s.put(b, "s", "y", 2);
              }).find("one rater in a ranking, found s") != std::string::npos);
        CHECK(refusal([](Sheet& s) {
                  const Id b = s.ballot();
                  s.put(b, "r", "x", 1);
                  s.put(b, "r", "y", 2, 1.0F, "d");
              }).find("one case in a ranking, found d") != std::string::npos);
        CHECK(refusal([](Sheet& s) {
                  const Id b = s.ballot();
                  s.put(b, "r", "x", 1, 2.0F);
                  s.put(b, "r", "y", 2, 3.0F);
              }).find("one weight for all rows") != std::string::npos);
        CHECK(refusal([](Sheet& s) {
                  const Id b = s.ballot();
                  s.put(b, "r", "x", 1, 0.0F);
                  s.put(b, "r", "y", 2, 0.0F);
              }).find("weight 0") != std::string::npos);
    }

    TEST_CASE("ranks that are none are refused and no rankings are no ballots") {
        const std::vector<std::uint32_t> begin{0, 2}, option{0, 1};
        for (const double rank : {0.0, 1.5, -1.0}) {
            const std::vector<double> ranks{1.0, rank};
            CHECK_THROWS_WITH_AS(ballots({"a", "b"}, begin, option, ranks),
                                 doctest::Contains("a whole number from 1"), Error);
        }
        Sheet sheet;
        sheet.builder.dimension_id("order", Kind::ranking);
        sheet.builder.dimension_id("score", Kind::rating);
        const judgment::JudgmentTable table = sheet.table();
        CHECK(ballots(table, 0, {}, Job{}).size() == 0);
        CHECK_THROWS_WITH_AS(ballots(table, 1, {}, Job{}),
                             doctest::Contains("a dimension of rankings"), Error);
    }
}
