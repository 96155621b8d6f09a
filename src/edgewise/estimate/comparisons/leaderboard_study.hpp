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
#include "edgewise/estimate/rankings/ballots.hpp"

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

// What was judged on one dimension. Orders stand as the comparisons they imply too (every pair of a
// ballot once, ties as ties, the smaller id first, since nothing is known of an order of showing):
// for counts, for who beat whom and for who can be compared.
struct Material {
    bool ranking = false;
    Contests contests;
    Ballots ballots;  // rankings only
};

// The judgments of `dimension`, which was compared or ranked. Throws as contests() and ballots()
// do. O(rows x longest ballot).
Material read_material(const judgment::JudgmentTable& table, std::uint16_t dimension,
                       const ContestOptions& options, const Job& job);

// What kept contenders did among each other; they are numbered anew in their old order. Of a ballot
// either all contenders are kept or none.
struct Part {
    Material material;
    std::vector<std::uint32_t> whole;  // contender of the part -> contender of the whole
};
Part part_of(const Material& material, std::span<const std::uint8_t> kept);

// What one rater did.
Material of_rater(const Material& material, Id rater);

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

// Comparisons by Bradley-Terry, orders by Plackett-Luce; the fit of the latter stands as the
// Bradley-Terry fit that gives the same probabilities to a ballot of two.
Strengths strengths(const Material& material, const BradleyTerryOptions& fit,
                    std::string_view errors, const LeaderboardOptions& options, const Job& job);

// Median of the values, which may come in any order; not empty.
double median(std::vector<double> values);

// --- checks: leaderboard_checks.cpp ---

BoardPosition position_effect(const Contests& contests, const Strengths& strengths,
                              const BradleyTerryOptions& fit, double level, const Job& job);
BoardFit fit_check(const Contests& contests, const Strengths& strengths, bool of_rankings,
                   double level);
BoardFurther further(const Contests& contests, const Strengths& strengths, std::uint32_t first,
                     std::uint32_t second, double level);

// --- machines beside people: leaderboard_machines.cpp ---

// One board a machine rater, on the contenders that people ranked in the largest component.
// At most eight machines. O(machines x cost of a board).
std::vector<MachineBoard> machine_boards(const judgment::JudgmentTable& table,
                                         const Material& machines, const BoardDimension& people,
                                         const Settings& settings,
                                         const LeaderboardOptions& options, const Job& job);

// --- groups of raters and of cases: leaderboard_groups.cpp ---

// Ranks of the largest component in each group. Throws Error(not_found) for a name that there is
// not.
std::vector<BoardGrouping> groupings(const judgment::JudgmentTable& table, const Contests& contests,
                                     const Strengths& strengths, const BoardDimension& board,
                                     const Settings& settings, const LeaderboardOptions& options,
                                     const Job& job);

// --- words: leaderboard_words.cpp ---

std::string listed(std::span<const std::string> names, std::size_t most = 6);
void add_runs(BoardDimension& board);
std::vector<Finding> findings(const std::vector<BoardDimension>& boards,
                              const LeaderboardOptions& options);

}  // namespace edgewise::estimate::board
