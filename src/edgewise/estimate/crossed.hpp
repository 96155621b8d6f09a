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
//
// Weights enter as a pseudo-likelihood: a judgment of weight w counts w times, after the weights of
// each level have been brought to a sum of Kish's effective number ("method 1" of Pfeffermann,
// Skinner, Holmes, Goldstein & Rasbash 1998, JRSS B 60), so that uneven weights make a group's
// judgments tell less, never more. A rater's severity is one rater's, whatever the rater weighs:
// its prior is weighted by the mean weight of the rater's judgments (their weights at the second
// level). Weights that are all alike are no weights; then every amount is a count.
struct Crossed {
    const DimensionView* view = nullptr;
    std::size_t groups = 0;
    std::vector<std::uint8_t> level_of;       // rater -> level
    std::vector<std::uint32_t> judgments_of;  // rater -> judgments in the view
    std::vector<float> weight;                // of each judgment of the view, scaled; empty: all 1
    std::vector<double> amount_of;            // rater -> sum of `weight`; empty where that is
    std::vector<double> counts_for;           // rater -> judgments by Kish; empty where `weight` is
    PerLevel amount{};                        // level -> sum of weights
    PerLevel share{};        // level -> share of the raters, by mean weight; sums to 1
    double effective = 0.0;  // of `total` by Kish
    std::array<std::uint64_t, kMostLevels> judgments{};  // level -> judgments
    std::array<std::uint64_t, kMostLevels> raters{};     // level -> raters with a judgment
    std::uint64_t total = 0;                             // judgments
    std::uint64_t cells = 0;                             // item x group pairs with a judgment
    std::uint64_t items = 0;                             // items with a judgment
    std::uint64_t most_per_item = 0, most_per_cell = 0, most_per_rater = 0;
    double mean = 0.0;      // of all utilities
    PerLevel level_mean{};  // of a level's utilities; `mean` where there are none

    std::size_t levels() const noexcept { return groups + 1; }
    bool weighted() const noexcept { return !weight.empty(); }
    // Judgments of a rater: how many they tell as much as, their sum of weights, their mean weight.
    double count(std::size_t rater) const noexcept {
        return weighted() ? counts_for[rater] : static_cast<double>(judgments_of[rater]);
    }
    double amount_by(std::size_t rater) const noexcept {
        return weighted() ? amount_of[rater] : static_cast<double>(judgments_of[rater]);
    }
    double mean_weight(std::size_t rater) const noexcept {
        return weighted() && judgments_of[rater] > 0 ? amount_of[rater] / judgments_of[rater] : 1.0;
    }
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
