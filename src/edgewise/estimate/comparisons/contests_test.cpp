#include "edgewise/estimate/comparisons/contests.hpp"

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../../../../tests/support/contests.hpp"
#include "../../../../tests/support/tables.hpp"
#include "edgewise/base/error.hpp"

using namespace edgewise;
using namespace edgewise::estimate;
using namespace edgewise::test;

namespace {

template <class Call>
std::string complaint(Call call) {
    try {
        call();
    } catch (const Error& error) {
        CHECK(kind_of(error.code()).exit_status == 2);
        return error.what();
    }
    return "accepted";
}

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("estimate/contests") {
    TEST_CASE("an option is one contender in all its cases") {
        HandTable hand;
        hand.compare("p", "x", "y", "ann", "better", 1.0)
            .compare("q", "y", "x", "ben", "better", 0.5)
            .compare("q", "z", "y", "ann", "better", 0.0)
            .vote("s", "ann", 1.0);
        const judgment::JudgmentTable table = std::move(hand.builder).finish();
        const Contests got = contests(table, 0, {}, Job());
        CHECK(got.contender == std::vector<std::string>{"x", "y", "z"});
        CHECK(got.first == std::vector<std::uint32_t>{0, 1, 2});
        CHECK(got.second == std::vector<std::uint32_t>{1, 0, 1});
        CHECK(got.outcome == std::vector{Outcome::first, Outcome::tie, Outcome::second});
        CHECK(got.rater == std::vector<Id>{0, 1, 0});
        CHECK(got.case_ == std::vector<Id>{0, 1, 1});
        CHECK(got.weight.empty());
        CHECK(says(complaint([&] { contests(table, 1, {}, Job()); }), "another kind"));
        CHECK(says(complaint([&] { contests(table, 2, {}, Job()); }), "below 2"));
    }

    TEST_CASE("a dimension of which less is wanted turns the outcome round and leaves ties") {
        HandTable hand;
        hand.compare("p", "x", "y", "ann", "harm", 1.0).compare("p", "x", "y", "ben", "harm", 0.5);
        hand.builder.dimension(0).polarity = judgment::Polarity::negative;
        const Contests got = contests(std::move(hand.builder).finish(), 0, {}, Job());
        CHECK(got.outcome == std::vector{Outcome::second, Outcome::tie});
    }

    TEST_CASE("machines are left out and counted, asked for, or alone") {
        HandTable hand;
        hand.compare("p", "x", "y", "ann", "better", 1.0)
            .compare("p", "x", "z", "bot", "better", 1.0)
            .compare("p", "z", "y", "bot", "better", 1.0);
        hand.builder.set_rater_kind(1, judgment::RaterKind::machine);
        const judgment::JudgmentTable table = std::move(hand.builder).finish();
        const auto with = [&](ContestOptions options) {
            return contests(table, 0, options, Job());
        };
        CHECK(with({}).size() == 1);
        CHECK(with({}).machine == 2);
        CHECK(with({.include_machines = true}).size() == 3);
        CHECK(with({.only_machines = true}).size() == 2);
        CHECK(with({.only_machines = true}).contender[1] == "z");
    }

    TEST_CASE("marks are kept apart from ties and underspecified ones are counted") {
        HandTable hand;
        hand.compare("p", "x", "y", "ann", "better", 0.5);
        judgment::Row row{.option = 0, .other = 1, .rater = 0, .dimension = 0, .value = 0.5F};
        row.flags = judgment::kBothBad | judgment::kUnderspecified;
        hand.builder.add(row);
        const Contests got = contests(std::move(hand.builder).finish(), 0, {}, Job());
        CHECK(got.outcome == std::vector{Outcome::tie, Outcome::both_bad});
        CHECK(got.underspecified == 1);
    }

    TEST_CASE("weights that are all 0 are refused and others are kept") {
        const auto weighted = [](float one, float two) {
            HandTable hand;
            hand.compare("p", "x", "y", "ann", "better", 1.0);
            judgment::Row row{.option = 0, .other = 1, .rater = 0, .dimension = 0, .value = 0.0F};
            row.weight = two;
            hand.builder.add(row);
            row.weight = one;
            hand.builder.add(row);
            return std::move(hand.builder).finish();
        };
        const Contests got = contests(weighted(0.25F, 2.0F), 0, {}, Job());
        CHECK(got.weight == std::vector<float>{1.0F, 2.0F, 0.25F});
        HandTable none;
        none.compare("p", "x", "y", "ann", "other", 1.0);
        judgment::Row row{.option = 0, .other = 1, .rater = 0, .value = 0.0F, .weight = 0.0F};
        row.dimension = none.builder.dimension_id("better", judgment::Kind::comparison);
        none.builder.add(row);
        const judgment::JudgmentTable table = std::move(none.builder).finish();
        CHECK(contests(table, 0, {}, Job()).size() == 1);
        CHECK(says(complaint([&] { contests(table, 1, {}, Job()); }), "0 on all 1 comparisons"));
    }

    TEST_CASE("nobody compared gives no contests") {
        HandTable hand;
        hand.builder.dimension_id("better", judgment::Kind::comparison);
        hand.vote("s", "ann", 1.0);
        const Contests got = contests(std::move(hand.builder).finish(), 0, {}, Job());
        CHECK(got.size() == 0);
        CHECK(got.contenders() == 0);
        CHECK(count_pairs(got, {}, Job()).size() == 0);
    }

    TEST_CASE("counts by pair are those of a map, sorted, few contenders or many") {
        for (const std::uint32_t contenders : {2U, 3U, 40U, 3'000U, 40'000U, 200'000U}) {
            CAPTURE(contenders);
            Rng rng(contenders, 1);
            std::vector<std::uint32_t> first, second;
            std::vector<Outcome> outcome;
            std::vector<float> weight;
            using Cell = std::array<double, 4>;
            std::map<std::pair<std::uint32_t, std::uint32_t>, Cell> plain, weighted;
            for (int k = 0; k < 5'000; ++k) {
                const auto a = static_cast<std::uint32_t>(rng.next_below(contenders));
                auto b = static_cast<std::uint32_t>(rng.next_below(contenders - 1));
                b += b >= a ? 1U : 0U;
                const auto how = static_cast<std::size_t>(rng.next_below(4));
                first.push_back(a);
                second.push_back(b);
                outcome.push_back(static_cast<Outcome>(how));
                weight.push_back(static_cast<float>(rng.next_below(8)) / 4.0F);
                plain[{a, b}][how] += 1.0;
                weighted[{a, b}][how] += double{weight.back()};
            }
            for (const bool with : {false, true}) {
                const PairCounts got = count_pairs(
                    contenders, first, second, outcome,
                    with ? std::span<const float>(weight) : std::span<const float>(), Job());
                const auto& expected = with ? weighted : plain;
                REQUIRE(got.size() == expected.size());
                std::size_t at = 0;
                bool same = true;
                for (const auto& [pair, cell] : expected) {
                    same = same && got.first[at] == pair.first && got.second[at] == pair.second &&
                           Cell{got.second_wins[at], got.first_wins[at], got.ties[at],
                                got.both_bad[at]} == cell;
                    ++at;
                }
                CHECK(same);
            }
        }
    }

    TEST_CASE("an item against itself, numbers out of range and bad weights are refused") {
        const std::vector<std::uint32_t> first{0, 1}, second{1, 1}, far{1, 7};
        const std::vector<Outcome> outcome(2, Outcome::first);
        const auto count = [&](const auto& to, std::vector<float> weight) {
            return complaint([&] { count_pairs(3, first, to, outcome, weight, Job()); });
        };
        CHECK(says(count(second, {}), "comparison 2, found 1 and 1"));
        CHECK(says(count(far, {}), "comparison 2, found 1 and 7"));
        const std::vector<std::uint32_t> good{1, 2};
        CHECK(count(good, {}) == "accepted");
        CHECK(says(count(good, {1.0F, -1.0F}), "comparison 2, found -1"));
        CHECK(says(count(good, {1.0F, std::nanf("")}), "comparison 2, found nan"));
        CHECK(says(count(good, {0.0F, 0.0F}), "0 on all 2"));
        CHECK(says(count(good, {1.0F}), "weight"));
    }
}
