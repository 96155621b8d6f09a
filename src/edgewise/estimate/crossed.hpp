#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "edgewise/estimate/estimator.hpp"

namespace edgewise::estimate {

inline constexpr std::size_t kMostGroups = 24;
inline constexpr std::size_t kMostLevels = kMostGroups + 1;  // the groups, and "no group"

using PerLevel = std::array<double, kMostLevels>;

// A view and a partition as a crossed design of items and raters, with raters nested in levels:
// level g < groups is group g, level `groups` is "no group". Refers to the view.
struct Crossed {
    const DimensionView* view = nullptr;
    std::size_t groups = 0;
    std::vector<std::uint8_t> level_of;                  // rater -> level
    std::vector<std::uint32_t> judgments_of;             // rater -> judgments in the view
    std::array<std::uint64_t, kMostLevels> judgments{};  // level -> judgments
    std::array<std::uint64_t, kMostLevels> raters{};     // level -> raters with a judgment
    std::uint64_t total = 0;                             // judgments
    std::uint64_t cells = 0;                             // item x group pairs with a judgment
    std::uint64_t items = 0;                             // items with a judgment
    std::uint64_t most_per_item = 0, most_per_cell = 0, most_per_rater = 0;
    double mean = 0.0;      // of all utilities
    PerLevel level_mean{};  // of a level's utilities; `mean` where there are none

    std::size_t levels() const noexcept { return groups + 1; }
    // Items are worked through in blocks of this many: enough blocks for the threads there are in
    // a machine, few enough that one accumulator per rater and block stays small beside the data.
    std::size_t grain() const noexcept;
};

// Linear in judgments and raters. Throws Error(invalid_argument) for more than 24 groups.
Crossed cross(const DimensionView& view, const judgment::Partition& partition, const Job& job);

// What the data can tell apart. A component that cannot be told from another is held at zero.
struct Estimable {
    bool item = false;           // two items or more, and one of them judged twice
    bool rater = false;          // a rater with two judgments, and more raters than levels
    bool item_by_group = false;  // as item, two levels or more, and a cell judged twice
};
Estimable estimable(const Crossed& design);

}  // namespace edgewise::estimate
