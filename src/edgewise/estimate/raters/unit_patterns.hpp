#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/estimate/raters/coded_ratings.hpp"

namespace edgewise::estimate {

// Units with the same answers, however often and by whom they were given, are one pattern.
struct Tally {
    std::uint32_t code = 0;
    std::uint32_t times = 0;
};
struct UnitPatterns {
    std::vector<std::uint32_t> begin;    // patterns + 1
    std::vector<Tally> tally;            // codes ascending in a pattern
    std::vector<std::uint32_t> size;     // answers in a unit of this pattern, at least `least`
    std::vector<std::uint32_t> units;    // how many units
    std::vector<std::uint32_t> of_unit;  // unit -> pattern; kNoPattern: fewer answers
    static constexpr std::uint32_t kNoPattern = 0xFFFFFFFF;

    std::size_t count() const noexcept { return size.size(); }
    std::span<const Tally> tallies(std::size_t pattern) const noexcept {
        return std::span(tally).subspan(begin[pattern], begin[pattern + 1] - begin[pattern]);
    }
};

// Patterns of the units with at least `least` answers, in order of first appearance. O(n); sorts
// the answers of a unit only where level counts do not fit into 64 bits.
UnitPatterns unit_patterns(const CodedRatings& ratings, std::uint32_t least);

}  // namespace edgewise::estimate
