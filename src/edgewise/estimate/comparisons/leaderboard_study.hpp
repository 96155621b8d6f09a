#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/estimate/comparisons/bradley_terry.hpp"
#include "edgewise/estimate/comparisons/comparison_graph.hpp"
#include "edgewise/estimate/comparisons/contests.hpp"
#include "edgewise/estimate/comparisons/leaderboard.hpp"
#include "edgewise/estimate/comparisons/standings.hpp"
#include "edgewise/estimate/comparisons/strength_errors.hpp"

// The parts of a leaderboard, for leaderboard.cpp; no part of the public interface.
namespace edgewise::estimate::board {

// LeaderboardOptions as the estimators take them. Throws Error(invalid_argument) that names the
// member, what was expected and what was found.
struct Settings {
    BradleyTerryOptions fit;
    std::string errors;
};
Settings settings_of(const LeaderboardOptions& options);

// --- what is compared: leaderboard_contests.cpp ---

// The orders of a dimension of rankings as the comparisons they imply: every pair of a ballot once,
// ties as ties. `ballots` counts the orders. The option with the smaller id stands first; nothing
// is known of an order of showing. Throws Error(invalid_data) for a ballot that ranks an option
// twice. O(rows x longest ballot).
Contests contests_of_rankings(const judgment::JudgmentTable& table, std::uint16_t dimension,
                              const ContestOptions& options, std::uint64_t& ballots,
                              const Job& job);

// Comparisons between kept contenders only, which are numbered anew in their old order.
struct Part {
    Contests contests;
    std::vector<std::uint32_t> whole;  // contender of the part -> contender of the whole
};
Part part_of(const Contests& contests, std::span<const std::uint8_t> kept);

// What somebody did, counted in comparisons (not weighted).
struct Tally {
    std::uint64_t comparisons = 0, raters = 0, wins = 0, ties = 0, losses = 0, both_bad = 0;
};
std::vector<Tally> tallies(const Contests& contests);
std::uint64_t distinct(std::span<const Id> ids);

// "chosen" and "rejected", "a" and "b", "left" and "right": names of places in a pair, not of
// things that were judged.
bool names_of_places(std::span<const std::string> contenders);

// --- strengths and how sure they are: leaderboard_errors.cpp ---

struct Strengths {
    PairCounts pairs;
    BradleyTerryFit fit;
    std::vector<BoardErrors> errors;
    StrengthDraws draws;
    std::vector<Standing> standing;
    std::vector<double> utility;
    std::vector<Interval> utility_interval;  // empty where there are too many contenders
    double design_effect = 1.0;  // variance used over variance if comparisons were independent
};

// `kinds`: which errors make sense (comparisons of one ballot are not independent, so that rankings
// leave out fisher).
Strengths strengths(const Contests& contests, const BradleyTerryOptions& fit,
                    std::string_view errors, bool of_rankings, const LeaderboardOptions& options,
                    const Job& job);

// Median of the values, which may come in any order; not empty.
double median(std::vector<double> values);

// --- checks: leaderboard_checks.cpp ---

BoardPosition position_effect(const Contests& contests, const Strengths& strengths,
                              const BradleyTerryOptions& fit, double level, const Job& job);
BoardFit fit_check(const Contests& contests, const Strengths& strengths, double level);
BoardFurther further(const Contests& contests, const Strengths& strengths, std::uint32_t first,
                     std::uint32_t second, double level);

// --- machines beside people: leaderboard_machines.cpp ---

// One board a machine rater, on the contenders that people ranked in the largest component.
// At most eight machines. O(machines x cost of a board).
std::vector<MachineBoard> machine_boards(const judgment::JudgmentTable& table,
                                         const Contests& machines, const BoardDimension& people,
                                         const Settings& settings,
                                         const LeaderboardOptions& options, const Job& job);

// --- words: leaderboard_words.cpp ---

std::string listed(std::span<const std::string> names, std::size_t most = 6);
void add_runs(BoardDimension& board);
std::vector<BoardFinding> findings(const std::vector<BoardDimension>& boards,
                                   const LeaderboardOptions& options);

}  // namespace edgewise::estimate::board
