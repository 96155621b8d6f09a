#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/edge/permute.hpp"

namespace edgewise::edge {

// The items that two to five raters judged, nearly all where ratings are sparse. All that a shuffle
// can change is which of them are of one group. Pairs that differ by the same amount form a class,
// and a shuffle is then a count in each class; majorities are counts in bytes. So one instruction
// works on many shuffles at a time.
class FewRaterItems {
public:
    // With these, no cell and its rest both have the kFlagLeast that a score takes.
    static constexpr std::uint32_t kMost = 2 * kFlagLeast - 1;
    static constexpr bool takes(std::uint32_t judgments) noexcept {
        return judgments >= 2 && judgments <= kMost;
    }

    // O(rows).
    FewRaterItems(const GroupedView& view, std::uint32_t least_cell);

    // Adds these items to the sums of every shuffle. O(items x shuffles x groups), and the same
    // bits for any number of threads.
    void add_to(std::span<ShuffleSums> sums, const Labels& labels, const Job& job) const;

private:
    // Pairs with the same squared difference.
    struct Class {
        double squared_difference = 0.0;
        std::uint32_t end = 0;  // of its pairs; they begin where those of the class before end
    };
    class Tile;  // labels of some shuffles
    struct PairSums;
    struct FlipSums;

    void add_pairs(const Tile& labels, std::size_t begin, std::size_t end, PairSums& out) const;
    void add_flips(const Tile& labels, std::size_t groups, std::size_t begin, std::size_t end,
                   FlipSums& out) const;

    std::array<std::uint32_t, 5> least_;         // kFlipLeast and the caller's
    std::vector<Class> classes_;                 // in order of first appearance
    std::vector<std::uint32_t> first_, second_;  // raters of the pairs, class by class
    // Items with a pooled majority.
    std::vector<std::uint32_t> begin_{0};
    std::vector<std::uint32_t> rater_;
    std::vector<std::int8_t> side_;  // 1: with the majority, -1: against it
};

// Does a group whose judgments sum to this side oppose the pooled majority?
constexpr bool opposed(int majority, std::int32_t side) noexcept {
    return (majority > 0 && side < 0) || (majority < 0 && side > 0);
}

}  // namespace edgewise::edge
