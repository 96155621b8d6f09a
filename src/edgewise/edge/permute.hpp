#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/estimate/observations.hpp"
#include "edgewise/judgment/partition.hpp"

namespace edgewise::edge {

// What one judgment says about a majority: +1 present (or agree, or the first of a pair), -1 not,
// 0 neither (a tie between two options). A pass counts as not agreeing, whatever the polarity.
std::vector<std::int8_t> sides(const estimate::DimensionView& view, judgment::Kind kind);

// Judgments of one dimension by the raters of one partition, items with fewer than two left out.
struct GroupedView {
    std::vector<std::uint32_t> item;   // row -> item of the view
    std::vector<std::uint32_t> begin;  // rows + 1
    std::vector<std::uint32_t> rater;  // index into Labels
    std::vector<float> utility;
    std::vector<std::int8_t> side;
    std::vector<std::int8_t> majority;  // row -> sign of the pooled majority, ungrouped raters too
    std::vector<float> inverse_sd;      // row -> 1 / moderated standard deviation of the item
};

// Group labels of the raters that have one: row 0 as observed, rows 1..B shuffled between raters.
struct Labels {
    std::size_t raters = 0;
    std::size_t groups = 0;
    std::vector<std::uint32_t> rater_of;  // dense index -> rater
    std::vector<std::uint8_t> label;      // [shuffle][dense index]
    std::size_t shuffles() const noexcept { return raters == 0 ? 0 : label.size() / raters; }
    std::span<const std::uint8_t> row(std::size_t b) const noexcept {
        return std::span(label).subspan(b * raters, raters);
    }
};

// Fisher-Yates with Rng(seed, stream + b). Every shuffle keeps the size of every group.
Labels shuffled_labels(const judgment::Partition& partition, std::uint64_t permutations,
                       std::uint64_t seed, std::uint64_t stream);

GroupedView grouped(const estimate::DimensionView& view, std::span<const std::int8_t> side,
                    const judgment::Partition& partition, const Labels& labels);

inline constexpr std::array<std::uint32_t, 4> kFlipLeast{1, 3, 5, 10};
inline constexpr std::uint32_t kFlagLeast = 3;  // judgments in the cell and in the rest
inline constexpr std::size_t kSizeBins = 4;     // cells of 3-4, 5-9, 10-19, 20 and more
inline constexpr std::size_t kScoreBins = 800;  // |z| in steps of 1/50

std::size_t size_bin(std::uint32_t n) noexcept;

// One shuffle's statistics; all sums over items.
struct ShuffleSums {
    double within = 0.0;  // sum of squared differences over pairs of one group
    double across = 0.0;  // and over pairs of two groups
    double within_pairs = 0.0;
    double across_pairs = 0.0;
    // The same with every item weighted by across pairs x within pairs / all pairs for its means
    // (Mantel & Haenszel 1959), so that both sides rest on the same items in the same shares:
    // noisy items that one group happens to judge alone say nothing about groups.
    double matched_within = 0.0;
    double matched_across = 0.0;
    double matched_weight = 0.0;
    std::array<std::uint64_t, 5> flips{};     // by kFlipLeast, the last by the caller's least
    std::array<std::uint64_t, 5> eligible{};  // items on which some group has that many

    ShuffleSums& operator+=(const ShuffleSums& other) noexcept;
    // Mean squared difference across over within groups, on the same items. NaN where no item has
    // pairs of both kinds or the within-group mean is 0.
    double ratio() const noexcept;
    double flip_rate(std::size_t k) const noexcept;  // NaN without eligible items
    // Moments: variance between groups on an item, and within (Gao & Owen 2017, in their manner).
    double between_variance() const noexcept;
    double within_variance() const noexcept;
};

struct Nulls {
    std::vector<ShuffleSums> sums;  // [0] observed, [b] shuffled
    // |z| of group against rest under shuffling, by size of the cell: the pooled null of the flags
    // (Storey & Tibshirani 2003).
    std::array<std::vector<std::uint64_t>, kSizeBins> scores;
};

// Runs every shuffle over every item. Blocks of items stay in cache while all shuffles pass over
// them. O(judgments x shuffles); deterministic for any number of threads.
Nulls permute(const GroupedView& view, const Labels& labels, std::uint32_t least_cell,
              const Job& job);

// |z| of one group's mean against the rest on one item, with the item's moderated spread.
struct CellScore {
    std::uint32_t item = 0;
    std::uint16_t group = 0;
    std::uint32_t n = 0;
    float z = 0.0F;
    float p = 1.0F;
    bool opposes = false;
};

// Scores of all cells with enough judgments, with p from the pooled null.
std::vector<CellScore> cell_scores(const GroupedView& view, const Labels& labels,
                                   const Nulls& nulls);

}  // namespace edgewise::edge
