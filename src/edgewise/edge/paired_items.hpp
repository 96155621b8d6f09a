#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/edge/permute.hpp"

namespace edgewise::edge {

// The items that two raters judged, the usual ones where ratings are sparse. All that a shuffle can
// change is whether the two are of one group: what either answer adds to the sums is worked out
// once, and pairs that add the same form a class. A shuffle is then a count in each class, and one
// instruction counts for many shuffles at a time.
class PairedItems {
public:
    // Takes the rows of two judgments. O(rows).
    explicit PairedItems(const GroupedView& view);

    std::size_t size() const noexcept { return first_.size(); }

    // Adds these items to the sums of every shuffle. O(items x shuffles); the same bits for any
    // number of threads.
    void add_to(std::span<ShuffleSums> sums, const Labels& labels, std::uint32_t least_cell,
                const Job& job) const;

private:
    struct Class {
        double squared_difference = 0.0;
        bool decided = false;         // there is a pooled majority
        bool flips_together = false;  // and the two, if of one group, oppose it
        bool flips_apart = false;     // or one of the two, if they are of two
        std::uint32_t end = 0;        // of its pairs; they begin where those before end

        bool same(const Class& other) const noexcept;
    };
    struct Tile;

    static Class classify(const GroupedView& view, std::size_t row);
    void count(std::span<const std::uint8_t> labels, std::size_t begin, std::size_t end,
               Tile& out) const;

    std::vector<Class> classes_;                 // in order of first appearance
    std::vector<std::uint32_t> first_, second_;  // raters of the pairs, class by class
    std::uint64_t decided_ = 0;
};

// Does a group whose judgments sum to this side oppose the pooled majority?
constexpr bool opposed(int majority, std::int32_t side) noexcept {
    return (majority > 0 && side < 0) || (majority < 0 && side > 0);
}

}  // namespace edgewise::edge
