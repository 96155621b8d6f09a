#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/estimate/comparisons/bradley_terry.hpp"

namespace edgewise::estimate {

// Comparisons counted by group and pair: what a fit with groups needs. Groups come one after the
// other, then the comparisons of no group; within a group pairs ascend. Without a position effect
// first < second, and both ways of showing are added up.
struct GroupCells {
    std::uint32_t contenders = 0;
    std::uint32_t groups = 0;
    bool position = false;
    std::vector<std::size_t> begin;  // group -> first cell; groups + 2
    std::vector<std::uint32_t> first, second;
    std::vector<double> wins, losses, ties;  // of the first

    std::size_t size() const noexcept { return first.size(); }
};

struct CellCounting {
    std::uint32_t contenders = 0;
    std::uint32_t groups = 0;
    bool position = false;
    BothBad both_bad = BothBad::as_tie;
};

// `group` of each comparison is below `groups`, or judgment::kNoGroup. `weight` may be empty.
// O(comparisons + groups x contenders^2) where pairs are dense, else O(n log n).
GroupCells count_cells(const CellCounting& how, std::span<const std::uint32_t> first,
                       std::span<const std::uint32_t> second, std::span<const Outcome> outcome,
                       std::span<const std::uint16_t> group, std::span<const float> weight,
                       const Job& job);

// The same comparisons with everybody in no group.
GroupCells pool(const GroupCells& cells);

// Ties as half a win each, or left out, as a model without ties wants them.
void without_ties(GroupCells& cells, bool halve);

}  // namespace edgewise::estimate
