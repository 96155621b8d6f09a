#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/comparisons/leaderboard.hpp"
#include "support/tables.hpp"

// Comparisons of five contenders whose strengths are known, for tests of leaderboards.
namespace edgewise::test {

using estimate::BoardDimension;
using estimate::BoardMeeting;
using estimate::BoardRow;
using estimate::BoardRun;
using estimate::Finding;
using estimate::LeaderboardOptions;
using estimate::LeaderboardReport;

struct World {
    std::size_t raters = 12;
    std::size_t cases = 20;
    std::size_t each = 600;  // comparisons
    double step = 1.0;       // logits between neighbours
    double tie = 0.2;        // chance of a tie, whoever meets
    double first = 0.0;      // logits in favour of the one shown first
    std::uint64_t seed = 1;
};

inline const std::vector<std::string> kNames{"one", "two", "three", "four", "five"};

inline void fill(HandTable& table, const World& world, const std::string& prefix = "",
                 bool turned = false) {
    Rng rng(world.seed, 7);
    for (std::size_t k = 0; k < world.each; ++k) {
        const auto a = static_cast<std::size_t>(rng.next_below(kNames.size()));
        auto b = static_cast<std::size_t>(rng.next_below(kNames.size() - 1));
        b += b >= a ? 1 : 0;
        const double sign = turned ? -1.0 : 1.0;
        const double lead =
            sign * world.step * (static_cast<double>(b) - static_cast<double>(a)) + world.first;
        const double value = rng.next_unit() < world.tie                       ? 0.5
                             : rng.next_unit() < 1.0 / (1.0 + std::exp(-lead)) ? 1.0
                                                                               : 0.0;
        table.compare(prefix + "c" + std::to_string(rng.next_below(world.cases)), kNames[a],
                      kNames[b], prefix + "r" + std::to_string(rng.next_below(world.raters)),
                      "preference", value);
    }
}

inline LeaderboardReport board_of(const judgment::JudgmentTable& table,
                                  const LeaderboardOptions& options = {}, unsigned threads = 1) {
    return estimate::leaderboard(table, options, Job({}, {}, threads));
}

inline BoardDimension only(const LeaderboardReport& report) {
    REQUIRE(report.dimensions.size() == 1);
    return report.dimensions.front();
}

inline bool found(const LeaderboardReport& report, std::string_view verdict,
                  std::string_view words) {
    return std::ranges::any_of(report.findings, [&](const Finding& each) {
        return each.verdict == verdict && (each.title.find(words) != std::string::npos ||
                                           each.text.find(words) != std::string::npos);
    });
}

inline void check_laws(const BoardDimension& board) {
    std::uint64_t apart = 0;
    for (std::size_t k = 0; k < board.rows.size(); ++k) {
        const BoardRow& row = board.rows[k];
        CAPTURE(row.name);
        CHECK(row.wins + row.ties + row.losses == row.comparisons);
        CHECK(row.rank.has_value() == row.strength.has_value());
        if (!row.rank) {
            CHECK(!row.interval);
            CHECK(!row.utility);
            CHECK(!row.p_best);
            CHECK(row.state == "insufficient");
            CHECK(!row.why.empty());
            continue;
        }
        CHECK(std::isfinite(*row.strength));
        CHECK(*row.rank_low >= 1);
        CHECK(*row.rank_low <= *row.rank);
        CHECK(*row.rank <= *row.rank_high);
        CHECK(*row.utility >= 0.0);
        CHECK(*row.utility <= 1.0);
        CHECK(row.interval->low <= row.interval->high);
        apart += *row.rank_low - 1;
        if (k == 0 || board.rows[k - 1].component != row.component) continue;
        CHECK(*board.rows[k - 1].strength >= *row.strength);
        if (*board.rows[k - 1].apart_from_next) CHECK(*row.rank_low > 1);
    }
    CHECK(board.pairs_apart == apart);
    CHECK(board.pairs_apart <= board.pairs_total);
    for (const BoardRun& run : board.runs) CHECK(run.names.size() == run.to - run.from + 1);
    for (std::size_t i = 0; i < board.cross.names.size(); ++i) {
        for (std::size_t j = 0; j < board.cross.names.size(); ++j) {
            const BoardMeeting& one = board.cross.rows[i][j];
            const BoardMeeting& two = board.cross.rows[j][i];
            CHECK(one.n == two.n);
            CHECK(one.wins + two.wins + one.ties == one.n);
            if (i != j) CHECK(*one.expected + *two.expected == doctest::Approx(1.0));
        }
    }
}

}  // namespace edgewise::test
