#include "edgewise/estimate/opinions/opinion_report.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <fmt/format.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/judgment/builder.hpp"

// Laws:
//   whatever the votes are, there is an answer without NaN, or it says why there is none
//   of a rater's votes on a statement the last counts; models and moderated statements take no part
//   threads change no figure

using namespace edgewise;
using namespace edgewise::estimate;
using judgment::JudgmentTable;
using judgment::Kind;
using judgment::Row;
using judgment::TableBuilder;

namespace {

class Votes {
public:
    Votes() : dimension_(builder_.dimension_id("agreement", Kind::vote)) {}
    Votes& add(const std::string& rater, const std::string& statement, int value) {
        const auto case_id = builder_.case_id(statement);
        builder_.set_case_text(case_id, "Statement " + statement);
        builder_.add({.option = builder_.option_id(case_id, "statement"),
                      .rater = builder_.rater_id(rater),
                      .dimension = dimension_,
                      .value = static_cast<float>(value),
                      .source_row = ++row_});
        return *this;
    }
    TableBuilder& builder() { return builder_; }
    JudgmentTable table() { return std::move(builder_).finish(); }

private:
    TableBuilder builder_;
    judgment::Id dimension_;
    std::uint32_t row_ = 0;
};

// `camps` camps of raters, each with its own mind on every statement, noise on top.
JudgmentTable camps(std::size_t camps, std::size_t raters, std::size_t statements, double noise,
                    std::uint64_t seed) {
    Votes votes;
    Rng mind(seed, 1), rng(seed, 2);
    std::vector<std::vector<int>> sides(camps, std::vector<int>(statements));
    for (auto& camp : sides) {
        for (int& side : camp) side = mind.next_unit() < 0.5 ? 1 : -1;
    }
    for (std::size_t r = 0; r < raters; ++r) {
        for (std::size_t s = 0; s < statements; ++s) {
            if (rng.next_unit() < 0.3) continue;
            const int side = sides[r % camps][s];
            const double u = rng.next_unit();
            votes.add(fmt::format("r{}", r), fmt::format("s{}", s),
                      u < noise         ? -side
                      : u < noise + 0.1 ? 0
                                        : side);
        }
    }
    return votes.table();
}

OpinionOptions quick() {
    OpinionOptions out;
    out.permutations = 20;
    out.splits = 4;
    out.resamples = 4;
    return out;
}

const Finding& finding(const OpinionReport& report, std::size_t i) {
    REQUIRE(report.findings.size() > i);
    return report.findings[i];
}

}  // namespace

TEST_SUITE("estimate/opinions/opinion_report") {
    TEST_CASE("three camps are found, each whole") {
        const auto table = camps(3, 90, 40, 0.1, 5);
        const OpinionResult result = report_opinions(table, quick(), Job{});
        const OpinionReport& r = result.report;
        REQUIRE(r.groups.size() == 3);
        for (std::size_t i = 0; i < 90; ++i) {
            CHECK(result.group_of[i] == result.group_of[i % 3]);
        }
        CHECK(finding(r, 0).verdict == "shown");
        CHECK(*r.honest.between.p == doctest::Approx(1.0 / 21.0));
        CHECK(*r.honest.held_out > 0.3);
        CHECK(*r.honest.held_out <= *r.honest.between.observed + 0.05);
        CHECK(*r.honest.halves_alike > 0.7);
        CHECK(*r.honest.same_number > 0.5);
        CHECK(r.honest.held > 10);
        CHECK(r.groups[0].representative.size() == 5);
        CHECK(r.bridging.defined);
        CHECK(r.bridging.converged);
    }
    TEST_CASE("threads change no figure") {
        const auto table = camps(2, 60, 30, 0.2, 7);
        const OpinionReport one = report_opinions(table, quick(), Job{}).report;
        const OpinionReport four = report_opinions(table, quick(), Job({}, {}, 4)).report;
        CHECK(*one.honest.between.p == *four.honest.between.p);
        CHECK(*one.honest.held_out == *four.honest.held_out);
        CHECK(*one.honest.silhouette.null_mean == *four.honest.silhouette.null_mean);
        for (std::size_t s = 0; s < one.statements.size(); ++s) {
            CHECK(one.statements[s].q == four.statements[s].q);
            CHECK(*one.statements[s].bridging == *four.statements[s].bridging);
            CHECK(*one.statements[s].bridging_interval == *four.statements[s].bridging_interval);
        }
        CHECK(one.findings.size() == four.findings.size());
    }
    TEST_CASE("one voter makes no groups, and the answer says so") {
        Votes votes;
        for (int s = 0; s < 10; ++s) votes.add("only", std::to_string(s), s % 2 == 0 ? 1 : -1);
        const OpinionReport r = report_opinions(votes.table(), quick(), Job{}).report;
        CHECK(r.groups.size() == 1);
        CHECK(r.why_none == "only one rater takes part");
        CHECK(finding(r, 0).verdict == "cannot_tell");
        CHECK(!r.honest.between.observed.has_value());
        CHECK(!r.bridging.defined);
    }
    TEST_CASE("where everybody votes the same there is nothing to tell apart") {
        for (const int value : {1, 0, -1}) {
            CAPTURE(value);
            Votes votes;
            for (int r = 0; r < 20; ++r) {
                for (int s = 0; s < 10; ++s)
                    votes.add(fmt::format("r{}", r), std::to_string(s), value);
            }
            const OpinionReport r = report_opinions(votes.table(), quick(), Job{}).report;
            CHECK(r.why_none == "everybody who takes part stands at the same place");
            CHECK(finding(r, 0).verdict == "cannot_tell");
            CHECK(r.map.explained_x == 0.0);
            CHECK(!r.statements[0].consensus.has_value());
            CHECK(r.bridging.why_not.starts_with("all votes are the same"));
        }
    }
    TEST_CASE("one statement gives two groups and no held-out figure") {
        Votes votes;
        for (int r = 0; r < 40; ++r) votes.add(fmt::format("r{}", r), "s", r % 2 == 0 ? 1 : -1);
        const OpinionReport r = report_opinions(votes.table(), quick(), Job{}).report;
        CHECK(r.groups.size() == 2);
        CHECK(!r.honest.held_out.has_value());
        CHECK(r.honest.splits == 0);
        CHECK(!r.statements[0].q.has_value());
        // Shuffled votes on one statement make the same two groups: nothing is shown.
        CHECK(*r.honest.between.p == 1.0);
        CHECK(finding(r, 0).verdict == "not_shown");
    }
    TEST_CASE("voters without a statement in common still get an answer") {
        Votes votes;
        for (int r = 0; r < 30; ++r) {
            for (int s = 0; s < 8; ++s) {
                votes.add(fmt::format("r{}", r), fmt::format("{}-{}", r % 3, s),
                          (r / 3 + s) % 2 == 0 ? 1 : -1);
            }
        }
        const OpinionReport r = report_opinions(votes.table(), quick(), Job{}).report;
        CHECK(r.data.statements == 24);
        CHECK(r.map.points.size() == 30);
        CHECK(!r.findings.empty());
    }
    TEST_CASE("voters who each have a statement of their own stand at the same place") {
        Votes votes;
        for (int r = 0; r < 20; ++r) votes.add(fmt::format("r{}", r), std::to_string(r), 1);
        const OpinionReport r = report_opinions(votes.table(), quick(), Job{}).report;
        CHECK(!r.why_none.empty());
        CHECK(r.statements.size() == 20);
    }
    TEST_CASE("of two votes of a rater on a statement the last counts") {
        Votes votes;
        for (int r = 0; r < 20; ++r) {
            votes.add(fmt::format("r{}", r), "s", -1).add(fmt::format("r{}", r), "s", 1);
            votes.add(fmt::format("r{}", r), "t", r % 2 == 0 ? 1 : -1);
        }
        const OpinionReport r = report_opinions(votes.table(), quick(), Job{}).report;
        CHECK(r.data.votes == 40);
        CHECK(r.statements[0].everybody.agree == 20);
    }
    TEST_CASE("statements that moderators took out are shown and not used") {
        Votes votes;
        for (int r = 0; r < 30; ++r) {
            votes.add(fmt::format("r{}", r), "spam", r < 15 ? 1 : -1);
            for (int s = 0; s < 8; ++s) {
                votes.add(fmt::format("r{}", r), std::to_string(s), (r + s) % 3 == 0 ? -1 : 1);
            }
        }
        votes.builder().set_context(votes.builder().case_id("spam"), "moderated", "-1");
        const auto table = votes.table();
        const OpinionReport r = report_opinions(table, quick(), Job{}).report;
        CHECK(r.data.moderated_out == 1);
        CHECK(r.statements[0].moderated_out);
        CHECK(!r.statements[0].between.has_value());
        for (const std::uint64_t s : r.bridging.top) CHECK(s != 0);
        OpinionOptions with = quick();
        with.include_moderated = true;
        CHECK(report_opinions(table, with, Job{}).report.data.moderated_out == 0);
    }
    TEST_CASE("a group below the least size is named and not spoken about") {
        Votes votes;
        for (int r = 0; r < 40; ++r) {
            const bool few = r < 2;
            for (int s = 0; s < 12; ++s) {
                votes.add(fmt::format("r{}", r), std::to_string(s),
                          few                 ? (s % 2 == 0 ? -1 : 1)
                          : (r + s) % 11 == 0 ? 0
                                              : 1);
            }
        }
        OpinionOptions options = quick();
        options.groups = 2;
        const OpinionReport r = report_opinions(votes.table(), options, Job{}).report;
        REQUIRE(r.groups.size() == 2);
        REQUIRE(r.groups[1].raters == 2);
        CHECK(!r.groups[1].too_small.empty());
        CHECK(r.groups[1].representative.empty());
        CHECK(!r.statements[0].groups[1].interval.has_value());
        CHECK(r.consensus.empty());
    }
    TEST_CASE("an unknown dimension is refused by naming the known ones") {
        OpinionOptions options = quick();
        options.dimension = "kindness";
        const auto table = camps(2, 20, 10, 0.1, 3);
        CHECK_THROWS_WITH_AS(report_opinions(table, options, Job{}),
                             doctest::Contains("there are: agreement"), Error);
        options.dimension.clear();
        options.groups = 1;
        CHECK_THROWS_AS(report_opinions(table, options, Job{}), Error);
    }
}
