#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/estimate/comparisons/group_strengths.hpp"
#include "edgewise/estimate/comparisons/leaderboard_study.hpp"

namespace edgewise::estimate::board {
namespace {

constexpr std::size_t kMostGroupings = 6;  // of each kind, where none is named
constexpr std::size_t kMostGroups = 24;
constexpr std::size_t kMostContenders = 200;  // posteriors are contenders cubed, group by group
constexpr std::size_t kMostRows = 30;
constexpr std::uint32_t kLeastCases = 2;  // of a context, so that there is something to shuffle
constexpr double kSignificant = 0.05;

struct Asked {
    Grouping grouping;
    bool of_cases = false;
};

bool none(const std::vector<std::string>& names) { return names.size() == 1 && names[0] == "none"; }

// Values of a context attribute that the cases of these comparisons have.
std::size_t values_seen(const Contests& contests, const judgment::Attribute& attribute) {
    std::vector<Id> codes;
    for (const Id case_ : contests.case_) codes.push_back(attribute.code(case_));
    std::ranges::sort(codes);
    const auto repeated = std::ranges::unique(codes);
    codes.erase(repeated.begin(), repeated.end());
    return codes.size() - (!codes.empty() && codes.back() == judgment::kNone ? 1 : 0);
}

std::vector<Asked> asked_for(const judgment::JudgmentTable& table, const Contests& contests,
                             const LeaderboardOptions& options) {
    std::vector<Asked> out;
    if (!none(options.context)) {
        for (const std::string& name : options.context) {
            out.push_back({group_by_context(contests, table, name, kLeastCases), true});
        }
        for (const judgment::Attribute& attribute : table.cases().context) {
            const std::size_t seen = values_seen(contests, attribute);
            if (!options.context.empty() || seen < 2 || seen > kMostGroups ||
                out.size() >= kMostGroupings) {
                continue;
            }
            Grouping grouping = group_by_context(contests, table, attribute.name, kLeastCases);
            if (grouping.groups.size() > 1) out.push_back({std::move(grouping), true});
        }
    }
    if (!none(options.attributes)) {
        judgment::PartitionOptions how;
        how.include_machines = options.machines_too;
        const judgment::Partitions found = judgment::partitions(table, options.attributes, how);
        std::size_t taken = 0;
        for (const judgment::Partition& partition : found.usable) {
            if (options.attributes.empty() && taken >= kMostGroupings) break;
            ++taken;
            out.push_back({group_by_rater(contests, partition), false});
        }
    }
    return out;
}

std::vector<BoardGroup> groups_of(const Grouping& grouping) {
    std::vector<BoardGroup> out(grouping.groups.size());
    std::vector<std::pair<std::uint16_t, Id>> units;
    for (std::size_t g = 0; g < out.size(); ++g) out[g].name = grouping.groups[g];
    for (std::size_t k = 0; k < grouping.group.size(); ++k) {
        if (grouping.group[k] >= out.size()) continue;
        ++out[grouping.group[k]].comparisons;
        units.emplace_back(grouping.group[k], grouping.unit[k]);
    }
    std::ranges::sort(units);
    const auto repeated = std::ranges::unique(units);
    units.erase(repeated.begin(), repeated.end());
    for (const auto& [group, unit] : units) ++out[group].units;
    return out;
}

std::string_view name_of_state(CellState state) {
    switch (state) {
        case CellState::observed:
            return "observed";
        case CellState::pooled:
            return "pooled";
        case CellState::insufficient:
            return "insufficient";
    }
    return {};
}

// The contenders of the largest component, by everybody's rank.
struct Leading {
    std::vector<std::uint32_t> contender;
    std::vector<std::uint64_t> rank;
};
Leading leading(const Contests& contests, const BoardDimension& board) {
    Leading out;
    for (const BoardRow& row : board.rows) {
        if (!row.rank || row.component != 0) continue;
        const auto at = std::ranges::find(contests.contender, row.name);
        out.contender.push_back(
            static_cast<std::uint32_t>(std::distance(contests.contender.begin(), at)));
        out.rank.push_back(*row.rank);
    }
    return out;
}

void add_rows(const GroupStrengths& fit, const Contests& contests, const Leading& lead,
              double level, BoardGrouping& out) {
    const double z = normal_quantile(0.5 + level / 2.0);
    const std::size_t m = lead.contender.size();
    const std::size_t shown = std::min(kMostRows, m);
    for (std::size_t k = 0; k < shown; ++k) {
        BoardGroupRow& row = out.rows.emplace_back();
        row.name = contests.contender[lead.contender[k]];
        row.rank = lead.rank[k];
    }
    std::vector<std::size_t> order(m);
    for (std::size_t g = 0; g < out.groups.size(); ++g) {
        const auto strength = [&](std::size_t k) {
            return fit.strength[g * fit.contenders + lead.contender[k]];
        };
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::stable_sort(
            order, [&](std::size_t a, std::size_t b) { return strength(a) > strength(b); });
        out.groups[g].first = contests.contender[lead.contender[order[0]]];
        std::vector<std::uint64_t> rank(m);
        for (std::size_t k = 0; k < m; ++k) rank[order[k]] = k + 1;
        for (std::size_t k = 0; k < shown; ++k) {
            const std::size_t at = g * fit.contenders + lead.contender[k];
            const double half = z * fit.sd[at];
            const Cell& cell = fit.cell(g, lead.contender[k]);
            out.rows[k].cells.push_back(
                {.rank = rank[k],
                 .strength = fit.strength[at],
                 .interval = {fit.strength[at] - half, fit.strength[at] + half},
                 .n = cell.n,
                 .state = std::string(name_of_state(cell.state))});
        }
    }
}

// Largest group first, in groups and in every row.
void sort_groups(BoardGrouping& out) {
    std::vector<std::size_t> order(out.groups.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        return out.groups[a].comparisons > out.groups[b].comparisons;
    });
    const auto sorted = [&](const auto& from) {
        auto to = from;
        for (std::size_t g = 0; g < order.size(); ++g) to[g] = from[order[g]];
        return to;
    };
    out.groups = sorted(out.groups);
    for (BoardGroupRow& row : out.rows) row.cells = sorted(row.cells);
}

void conclude(BoardGrouping& out) {
    out.verdict = *out.p_holm <= kSignificant && *out.tau > 0.0 ? "shown" : "not_shown";
    out.words = fmt::format(
        "Between {} groups of {} by {} the strength of a contender varies with a standard "
        "deviation of {:.2f} logits (p = {:.3f} when labels are shuffled between {}; {:.3f} "
        "corrected for the groupings tried).",
        out.groups.size(), out.of, out.attribute, *out.tau, *out.p, out.of, *out.p_holm);
    if (out.verdict != "shown" || out.rows.empty()) return;
    std::vector<std::string> firsts;
    for (const BoardGroup& group : out.groups) {
        if (group.first != out.rows.front().name) {
            firsts.push_back(fmt::format("{} for {}", group.first, group.name));
        }
    }
    out.words += firsts.empty()
                     ? fmt::format(" {} is first in each, on the figures.", out.rows.front().name)
                     : fmt::format(" {} is first of all; first on the figures: {}.",
                                   out.rows.front().name, listed(firsts));
}

}  // namespace

std::vector<BoardGrouping> groupings(const judgment::JudgmentTable& table, const Contests& contests,
                                     const Strengths& strengths, const BoardDimension& board,
                                     const Settings& settings, const LeaderboardOptions& options,
                                     const Job& job) {
    const std::vector<Asked> asked = asked_for(table, contests, options);
    const Leading lead = leading(contests, board);
    std::vector<BoardGrouping> out;
    for (std::size_t k = 0; k < asked.size(); ++k) {
        const Grouping& grouping = asked[k].grouping;
        job.progress(static_cast<double>(k) / static_cast<double>(asked.size()),
                     "ranks by " + grouping.attribute);
        BoardGrouping& report = out.emplace_back();
        report.attribute = grouping.attribute;
        report.of = asked[k].of_cases ? "cases" : "raters";
        report.groups = groups_of(grouping);
        report.verdict = "cannot_tell";
        const auto filled = std::ranges::count_if(
            report.groups, [](const BoardGroup& group) { return group.comparisons > 0; });
        if (filled < 2) {
            report.why = fmt::format("fewer than two groups of {} compared anything", report.of);
            continue;
        }
        if (contests.contenders() > kMostContenders) {
            report.why = fmt::format("there are more than {} contenders", kMostContenders);
            continue;
        }
        GroupStrengthOptions how;
        how.model = settings.fit;
        how.model.ties = strengths.fit.ties;
        how.least_cell = static_cast<std::uint32_t>(options.least);
        how.permutations = options.permutations;
        how.seed = options.seed;
        const GroupStrengths fit = group_strengths(contests, grouping, how, job);
        if (!fit.converged || !fit.permutation_p) {
            report.why = fit.converged ? "there is nothing to shuffle labels between"
                                       : "the fit did not converge";
            continue;
        }
        report.tau = fit.tau;
        report.p = fit.permutation_p;
        add_rows(fit, contests, lead, options.level, report);
        sort_groups(report);
    }
    std::vector<double> p;
    for (const BoardGrouping& each : out) {
        if (each.p) p.push_back(*each.p);
    }
    const std::vector<double> adjusted = holm(p);
    std::size_t at = 0;
    for (BoardGrouping& each : out) {
        if (!each.p) continue;
        each.p_holm = adjusted[at++];
        conclude(each);
    }
    return out;
}

}  // namespace edgewise::estimate::board
