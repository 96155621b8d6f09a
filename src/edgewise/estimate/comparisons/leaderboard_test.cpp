#include "edgewise/estimate/comparisons/leaderboard.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"
#include "import_files.hpp"
#include "support/boards.hpp"
#include "support/tables.hpp"

// Laws:
//   ranks are by strength; 1 <= rank_low <= rank <= rank_high <= contenders of the component
//   rank intervals, neighbours told apart and pairs told apart agree with each other
//   what cannot be ranked is listed without rank or strength, with the reason
//   the same bytes for any number of threads

using namespace edgewise;
using namespace edgewise::estimate;
using namespace edgewise::test;

TEST_SUITE("estimate/leaderboard") {
    TEST_CASE("contenders far apart are ranked in their order, and shown to be") {
        test::HandTable table;
        fill(table, {.each = 2000});
        const LeaderboardReport report = board_of(table.table());
        const BoardDimension board = only(report);
        check_laws(board);
        CHECK(board.verdict == "ranked");
        REQUIRE(board.rows.size() == kNames.size());
        for (std::size_t k = 0; k < kNames.size(); ++k) CHECK(board.rows[k].name == kNames[k]);
        CHECK(board.rows[0].rank_high == 1);
        CHECK(*board.rows[0].p_best > 0.99);
        CHECK(board.pairs_apart == 10);
        CHECK(board.runs.empty());
        CHECK(board.model.converged);
        CHECK(board.model.gradient_norm <= 1e-7);
        CHECK(board.tie_share == doctest::Approx(0.2).epsilon(0.15));
        CHECK(found(report, "shown", "one is first"));
        REQUIRE(board.further);
        CHECK(board.further->apart);
    }

    TEST_CASE("contenders that are alike are not told apart, and the comparisons wanted are said") {
        test::HandTable table;
        fill(table, {.each = 300, .step = 0.0});
        const LeaderboardReport report = board_of(table.table());
        const BoardDimension board = only(report);
        check_laws(board);
        CHECK(board.pairs_apart == 0);
        REQUIRE(board.runs.size() == 1);
        CHECK(board.runs[0].from == 1);
        CHECK(board.runs[0].to == 5);
        CHECK(found(report, "cannot_tell", "cannot be told"));
        REQUIRE(board.further);
        CHECK(!board.further->apart);
        CHECK((!board.further->comparisons || *board.further->comparisons > 0));
    }

    TEST_CASE("one comparison ranks nothing, and says how many are needed") {
        const LeaderboardReport report = board_of(
            test::HandTable().compare("c", "a model", "another", "r", "preference", 1.0).table());
        const BoardDimension board = only(report);
        check_laws(board);
        CHECK(board.verdict == "nothing");
        CHECK(board.why == "1 comparison; 10 are needed");
        REQUIRE(board.rows.size() == 2);
        CHECK(found(report, "cannot_tell", "Nothing can be ranked"));
    }

    TEST_CASE("all ties give equal ranks and no first") {
        test::HandTable table;
        for (int k = 0; k < 60; ++k) {
            table.compare("c" + std::to_string(k % 7), kNames[static_cast<std::size_t>(k) % 3],
                          kNames[static_cast<std::size_t>(k) % 3 + 1], "r" + std::to_string(k % 5),
                          "preference", 0.5);
        }
        const BoardDimension board = only(board_of(table.table()));
        check_laws(board);
        CHECK(board.tie_share == 1.0);
        for (const BoardRow& row : board.rows) {
            CHECK(row.rank == 1);
            CHECK(row.strength == doctest::Approx(0.0));
        }
        CHECK(board.pairs_apart == 0);
        CHECK(!board.position.effect);
    }

    TEST_CASE("pieces that never met are ranked apart, and nothing is said across") {
        test::HandTable table;
        fill(table, {.each = 200});
        for (int k = 0; k < 30; ++k) {
            table.compare("x" + std::to_string(k % 6), "left", "far", "r" + std::to_string(k % 4),
                          "preference", k % 3 == 0 ? 0.0 : 1.0);
        }
        table.compare("y", "lonely", "pair", "r0", "preference", 1.0);
        const LeaderboardReport report = board_of(table.table());
        const BoardDimension board = only(report);
        check_laws(board);
        CHECK(board.verdict == "pieces");
        CHECK(board.components_total == 3);
        CHECK(board.components[0].contenders == 5);
        CHECK(board.components[0].ranked);
        CHECK(board.components[1].ranked);
        CHECK(!board.components[2].ranked);
        CHECK(std::ranges::count(board.rows, 1U, [](const BoardRow& row) {
                  return row.rank ? *row.rank : 0U;
              }) == 2);
        CHECK(found(report, "caution", "pieces that never met"));
    }

    TEST_CASE("a contender that never lost is named, and the prior is said to decide") {
        test::HandTable table;
        fill(table, {.each = 300});
        for (int k = 0; k < 20; ++k) {
            table.compare("c" + std::to_string(k), "champion",
                          kNames[static_cast<std::size_t>(k) % 5], "r" + std::to_string(k % 6),
                          "preference", 1.0);
        }
        const LeaderboardReport report = board_of(table.table());
        const BoardDimension board = only(report);
        check_laws(board);
        CHECK(board.rows[0].name == "champion");
        CHECK(board.rows[0].state == "prior_decides");
        CHECK(board.model.prior_was_needed);
        CHECK(board.model.prior_sd == 2.0);
        REQUIRE(!board.separations.empty());
        CHECK(board.separations[0].above == std::vector<std::string>{"champion"});
        CHECK(found(report, "caution", "no finite value"));
    }

    TEST_CASE("names of places in a pair are not ranked") {
        test::HandTable table;
        for (int k = 0; k < 50; ++k) {
            table.compare("c" + std::to_string(k), "chosen", "rejected", "r", "preference", 1.0);
        }
        const LeaderboardReport report = board_of(table.table());
        const BoardDimension board = only(report);
        CHECK(board.verdict == "nothing");
        CHECK(board.rows.empty());
        CHECK(board.why.find("pair of its own") != std::string::npos);
    }

    TEST_CASE("groups of raters that rank the other way round are found, and those alike are not") {
        for (const bool differ : {false, true}) {
            test::HandTable table;
            fill(table, {.each = 800, .seed = 1}, "a");
            fill(table, {.each = 800, .seed = 2}, "b", differ);
            for (int r = 0; r < 12; ++r) {
                table.rater("ar" + std::to_string(r), "side", "left");
                table.rater("br" + std::to_string(r), "side", "right");
            }
            const LeaderboardReport report = board_of(table.table());
            const BoardDimension board = only(report);
            REQUIRE(board.groupings.size() == 1);
            const BoardGrouping& side = board.groupings.front();
            CHECK(side.attribute == "side");
            CHECK(side.of == "raters");
            REQUIRE(side.p);
            CHECK(side.verdict == (differ ? "shown" : "not_shown"));
            CHECK(found(report, differ ? "shown" : "not_shown", "side"));
            if (differ) {
                REQUIRE(side.groups.size() == 2);
                CHECK(side.groups[0].first != side.groups[1].first);
            }
        }
    }

    TEST_CASE("orders are ranked by Plackett-Luce") {
        judgment::TableBuilder builder;
        Rng rng(3, 3);
        for (int b = 0; b < 200; ++b) {
            const judgment::Id case_ = builder.case_id("c" + std::to_string(b % 25));
            const judgment::Id ballot = builder.next_ballot();
            std::vector<std::pair<double, std::size_t>> order;
            for (std::size_t i = 0; i < 4; ++i) {
                // Gumbel noise makes it Plackett-Luce (Yellott 1977).
                order.emplace_back(static_cast<double>(i) + std::log(-std::log(rng.next_unit())),
                                   i);
            }
            std::ranges::sort(order);
            for (std::size_t place = 0; place < order.size(); ++place) {
                judgment::Row row;
                row.option = builder.option_id(case_, kNames[order[place].second]);
                row.rater = builder.rater_id("r" + std::to_string(b % 8));
                row.dimension = builder.dimension_id("order", judgment::Kind::ranking);
                row.ballot = ballot;
                row.value = static_cast<float>(place + 1);
                builder.add(row);
            }
        }
        const BoardDimension board = only(board_of(std::move(builder).finish()));
        check_laws(board);
        CHECK(board.kind == "ranking");
        CHECK(board.ballots == 200);
        CHECK(board.comparisons == 1200);
        CHECK(board.model.name == "plackett_luce");
        CHECK(board.model.converged);
        for (std::size_t k = 0; k < 4; ++k) CHECK(board.rows[k].name == kNames[k]);
        // Neighbours are one logit apart.
        CHECK(*board.rows[0].strength - *board.rows[3].strength ==
              doctest::Approx(3.0).epsilon(0.25));
        CHECK(board.position.verdict == "cannot_tell");
    }

    TEST_CASE("a machine that judges otherwise is set beside the people, not among them") {
        test::HandTable table;
        fill(table, {.each = 3000});
        fill(table, {.raters = 1, .each = 1500, .seed = 5}, "m", true);
        table.builder.set_rater_kind(table.builder.rater_id("mr0"), judgment::RaterKind::machine);
        const LeaderboardReport report = board_of(table.table());
        const BoardDimension board = only(report);
        CHECK(board.comparisons == 3000);
        CHECK(board.machine == 1500);
        CHECK(board.rows[0].name == "one");
        REQUIRE(board.machines.size() == 1);
        const MachineBoard& machine = board.machines[0];
        CHECK(machine.rater == "mr0");
        CHECK(*machine.correlation == doctest::Approx(-1.0));
        CHECK(machine.differing >= 4);
        CHECK(machine.rows[0].machine_rank == 5);
        CHECK(found(report, "shown", "otherwise than people"));
    }

    TEST_CASE("errors cluster: a rater who says everything five times makes nothing surer") {
        World world{.raters = 10, .each = 150};
        test::HandTable once;
        fill(once, world);
        test::HandTable often;
        for (int k = 0; k < 5; ++k) fill(often, world);
        LeaderboardOptions options;
        options.errors = "rater";
        const BoardDimension a = only(board_of(once.table(), options));
        const BoardDimension b = only(board_of(often.table(), options));
        const auto se = [](const BoardDimension& board, std::string_view kind) {
            return *std::ranges::find(board.errors, kind, &BoardErrors::kind)->median_se;
        };
        CHECK(se(b, "fisher") < 0.5 * se(a, "fisher"));
        CHECK(se(b, "rater") == doctest::Approx(se(a, "rater")).epsilon(1e-6));
    }

    TEST_CASE("every kind of errors that is asked for is the one that is used") {
        test::HandTable table;
        fill(table, {.each = 200});
        const judgment::JudgmentTable judged = table.table();
        for (const char* kind : {"fisher", "rater", "case", "two_way", "bootstrap"}) {
            LeaderboardOptions options;
            options.errors = kind;
            options.replicates = 100;
            const BoardDimension board = only(board_of(judged, options));
            const auto used = std::ranges::find(board.errors, true, &BoardErrors::used);
            REQUIRE(used != board.errors.end());
            CHECK(used->kind == kind);
            check_laws(board);
        }
        test::HandTable one;
        fill(one, {.raters = 1, .each = 100});
        LeaderboardOptions options;
        options.errors = "rater";
        CHECK_THROWS_WITH_AS(board_of(one.table(), options), doctest::Contains("not defined here"),
                             Error);
    }

    TEST_CASE("the same report comes from any number of threads") {
        test::HandTable table;
        fill(table, {.each = 400});
        const judgment::JudgmentTable judged = table.table();
        for (const char* errors : {"auto", "bootstrap"}) {
            LeaderboardOptions options;
            options.errors = errors;
            options.replicates = 150;
            const BoardDimension one = only(board_of(judged, options, 1));
            const BoardDimension four = only(board_of(judged, options, 4));
            for (std::size_t k = 0; k < one.rows.size(); ++k) {
                CHECK(one.rows[k].strength == four.rows[k].strength);
                CHECK(one.rows[k].interval == four.rows[k].interval);
                CHECK(one.rows[k].utility_interval == four.rows[k].utility_interval);
                CHECK(one.rows[k].p_best == four.rows[k].p_best);
            }
            CHECK(one.position.interval == four.position.interval);
        }
    }

    TEST_CASE("options that make no sense are refused by name") {
        test::HandTable table;
        fill(table, {.each = 30});
        const judgment::JudgmentTable judged = table.table();
        const auto complaint = [&](auto change) {
            LeaderboardOptions options;
            change(options);
            try {
                board_of(judged, options);
            } catch (const Error& error) {
                return error.place().field;
            }
            return std::string("accepted");
        };
        CHECK(complaint([](auto& o) { o.ties = "elo"; }) == "/ties");
        CHECK(complaint([](auto& o) { o.errors = "none"; }) == "/errors");
        CHECK(complaint([](auto& o) { o.both_bad = "drop"; }) == "/both_bad");
        CHECK(complaint([](auto& o) { o.level = 1.0; }) == "/level");
        CHECK(complaint([](auto& o) { o.prior_sd = -1.0; }) == "/prior_sd");
        CHECK(complaint([](auto& o) { o.replicates = 3; }) == "/replicates");
        CHECK(complaint([](auto& o) { o.least = 0; }) == "/least");
        CHECK(complaint([](auto& o) { o.permutations = 1; }) == "/permutations");
        CHECK(complaint([](auto& o) { o.dimensions = {"prefrence"}; }) == "/dimensions");
        CHECK(complaint([](auto&) {}) == "accepted");
        test::HandTable ratings;
        ratings.rate("c", "a", "r", "toxic", 0.5).rate("c", "b", "r", "toxic", 0.75);
        CHECK_THROWS_WITH_AS(board_of(ratings.table()), doctest::Contains("compared or ranked"),
                             Error);
    }
}
