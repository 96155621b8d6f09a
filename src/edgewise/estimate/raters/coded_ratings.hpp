#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace edgewise::estimate {

// What raters said, unit by unit (compressed sparse rows): values are places in `levels`, the
// distinct values in ascending order. A rater stands at most once in a unit.
struct CodedRatings {
    std::vector<std::uint32_t> begin;  // units + 1
    std::vector<std::uint32_t> rater;  // dense numbers below `raters`
    std::vector<std::uint32_t> code;
    std::vector<double> levels;
    std::size_t raters = 0;

    std::size_t units() const noexcept { return begin.empty() ? 0 : begin.size() - 1; }
    std::size_t size() const noexcept { return code.size(); }
    std::span<const std::uint32_t> codes(std::size_t unit) const noexcept {
        return std::span(code).subspan(begin[unit], begin[unit + 1] - begin[unit]);
    }
    std::span<const std::uint32_t> who(std::size_t unit) const noexcept {
        return std::span(rater).subspan(begin[unit], begin[unit + 1] - begin[unit]);
    }
};

// Codes `values`. `begin` ascends from 0 to values.size(); `rater` is as long as `values`, with no
// rater twice in a unit. Throws Error(invalid_argument) for values that are not finite and for
// spans that do not fit. O(n) for up to 64 distinct values, else O(n log n).
CodedRatings code_ratings(std::span<const std::uint32_t> begin,
                          std::span<const std::uint32_t> rater, std::span<const double> values);

// The same ratings rater by rater: places in `ratings.code`, ascending.
struct RatingsByRater {
    std::vector<std::uint32_t> begin;  // raters + 1
    std::vector<std::uint32_t> place;
    std::vector<std::uint32_t> unit;  // of each place in `place`

    std::span<const std::uint32_t> places(std::size_t rater) const noexcept {
        return std::span(place).subspan(begin[rater], begin[rater + 1] - begin[rater]);
    }
    std::span<const std::uint32_t> units(std::size_t rater) const noexcept {
        return std::span(unit).subspan(begin[rater], begin[rater + 1] - begin[rater]);
    }
};
RatingsByRater by_rater(const CodedRatings& ratings);  // O(n)

}  // namespace edgewise::estimate
