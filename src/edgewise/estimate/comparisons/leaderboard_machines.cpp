#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/estimate/comparisons/leaderboard_study.hpp"

namespace edgewise::estimate::board {
namespace {

constexpr std::size_t kMostMachines = 8;
constexpr std::uint32_t kMostContenders = 1500;

// Mid-ranks, 1 is the smallest.
std::vector<double> mid_ranks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> out(values.size());
    for (std::size_t k = 0; k < order.size();) {
        std::size_t end = k;
        while (end < order.size() && values[order[end]] == values[order[k]]) ++end;
        for (std::size_t i = k; i < end; ++i) {
            out[order[i]] = (static_cast<double>(k + end) + 1.0) / 2.0;
        }
        k = end;
    }
    return out;
}

// Spearman 1904: Pearson's correlation of mid-ranks; nothing where one side does not vary.
std::optional<double> spearman(std::span<const double> a, std::span<const double> b) {
    if (a.size() < 3) return std::nullopt;
    const std::vector<double> x = mid_ranks(a);
    const std::vector<double> y = mid_ranks(b);
    const double mean = (static_cast<double>(a.size()) + 1.0) / 2.0;
    double xy = 0.0;
    double xx = 0.0;
    double yy = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xy += (x[i] - mean) * (y[i] - mean);
        xx += (x[i] - mean) * (x[i] - mean);
        yy += (y[i] - mean) * (y[i] - mean);
    }
    if (xx == 0.0 || yy == 0.0) return std::nullopt;
    return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

// The largest component of what one machine compared, as far as people ranked it too.
Part shared_part(const Material& own, const std::vector<std::string>& ranked) {
    const Job quiet;
    std::vector<std::uint8_t> kept(own.contests.contenders(), 0);
    for (std::size_t i = 0; i < kept.size(); ++i) {
        kept[i] = std::ranges::binary_search(ranked, own.contests.contender[i]) ? 1 : 0;
    }
    const Part known = part_of(own, kept);
    const ComparisonGraph graph = comparison_graph(count_pairs(known.material.contests, {}, quiet));
    std::vector<std::uint32_t> size(graph.components, 0);
    for (const std::uint32_t component : graph.component) ++size[component];
    const auto largest =
        static_cast<std::uint32_t>(std::distance(size.begin(), std::ranges::max_element(size)));
    std::vector<std::uint8_t> in(known.material.contests.contenders(), 0);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = graph.component[i] == largest ? 1 : 0;
    return part_of(known.material, in);
}

void compare(MachineBoard& board, const Strengths& machine, const Contests& contests,
             const BoardDimension& people) {
    // People's ranks are taken anew among the contenders that the machine ranked, by strength.
    std::vector<double> ours;
    std::vector<double> theirs;
    for (const BoardRow& row : people.rows) {
        const auto at = std::ranges::find(contests.contender, row.name);
        if (!row.strength || row.component != 0 || at == contests.contender.end()) continue;
        const auto i = static_cast<std::size_t>(std::distance(contests.contender.begin(), at));
        const Standing& standing = machine.standing[i];
        MachineRow& out = board.rows.emplace_back();
        out.name = row.name;
        out.rank = row.rank;
        out.machine_rank = standing.rank;
        out.machine_rank_low = standing.rank_low;
        out.machine_rank_high = standing.rank_high;
        out.machine_strength = standing.strength;
        out.machine_interval = standing.interval;
        ours.push_back(*row.strength);
        theirs.push_back(standing.strength);
        // Ranks of two sets compare only where the sets are the same.
        if (contests.contenders() != people.components.front().contenders) continue;
        out.differs = *row.rank_low > standing.rank_high || *row.rank_high < standing.rank_low;
        board.differing += out.differs ? 1U : 0U;
    }
    board.correlation = spearman(ours, theirs);
    board.words = fmt::format(
        "{} puts {} contenders in an order that correlates {} with the people's (Spearman); ",
        board.rater, board.rows.size(),
        board.correlation ? fmt::format("{:.2f}", *board.correlation) : "not measurably");
    if (contests.contenders() != people.components.front().contenders) {
        board.words += "it did not judge all that people judged, so that ranks are not compared.";
    } else if (board.differing == 0) {
        board.words += "no rank differs by more than both intervals allow.";
    } else {
        std::vector<std::string> names;
        for (const MachineRow& row : board.rows) {
            if (row.differs) names.push_back(row.name);
        }
        board.words += fmt::format("{} rank{} beyond both intervals: {}.", board.differing,
                                   board.differing == 1 ? " differs" : "s differ", listed(names));
    }
}

}  // namespace

std::vector<MachineBoard> machine_boards(const judgment::JudgmentTable& table,
                                         const Material& machines, const BoardDimension& people,
                                         const Settings& settings,
                                         const LeaderboardOptions& options, const Job& job) {
    std::vector<MachineBoard> out;
    std::vector<Id> raters(machines.contests.rater);
    std::ranges::sort(raters);
    const auto repeated = std::ranges::unique(raters);
    raters.erase(repeated.begin(), repeated.end());
    std::vector<std::string> ranked;
    for (const BoardRow& row : people.rows) {
        if (row.strength && row.component == 0) ranked.push_back(row.name);
    }
    std::ranges::sort(ranked);
    for (std::size_t m = 0; m < std::min(raters.size(), kMostMachines); ++m) {
        const auto share = [&](std::size_t at) {
            return static_cast<double>(at) / static_cast<double>(raters.size());
        };
        const Material own = of_rater(machines, raters[m]);
        MachineBoard& board = out.emplace_back();
        board.rater = table.raters().ids[raters[m]];
        board.comparisons = own.contests.size();
        if (ranked.empty()) {
            board.why = "people ranked nothing that it could be set beside";
            continue;
        }
        const Part part = shared_part(own, ranked);
        if (part.material.contests.contenders() < 2 ||
            part.material.contests.size() < options.least ||
            part.material.contests.contenders() > kMostContenders) {
            board.why =
                fmt::format("it made {} comparisons of {} contenders that people ranked",
                            part.material.contests.size(), part.material.contests.contenders());
            continue;
        }
        const Strengths strengths = board::strengths(part.material, settings.fit, "auto", options,
                                                     job.part(share(m), share(m + 1)));
        compare(board, strengths, part.material.contests, people);
    }
    return out;
}

}  // namespace edgewise::estimate::board
