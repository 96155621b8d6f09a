#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "edgewise/estimate/observations.hpp"
#include "edgewise/estimate/raters/alpha.hpp"
#include "edgewise/estimate/raters/coded_ratings.hpp"
#include "edgewise/judgment/table.hpp"

namespace edgewise::estimate {

inline constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

// The judgments on one dimension as answers, item by item: raw values, places of categories for
// labels, ranks for rankings, and for comparisons 1, 0.5 or 0 of the pair's lower option id. All
// raters of the table, people and machines, under the table's numbers. Of repeated judgments of a
// rater on an item the last counts for votes and nominal labels (people change their mind), else
// their mean, and on a scale of steps the step next to it.
struct RaterView {
    std::uint16_t dimension = 0;
    CodedRatings ratings;
    std::vector<Item> items;          // of each unit
    std::vector<std::int64_t> time;   // of each answer; kNoTime: not known
    std::vector<std::uint32_t> row;   // of the table, of each answer
    Metric metric = Metric::nominal;  // the one that suits the scale
    bool ordered = false;             // levels have an order
    bool steps = false;               // few levels: answers can be the same
    std::uint64_t repeated = 0;       // judgments averaged into, or replaced by, another
    std::uint64_t repeated_same = 0;  // of those, that repeat the answer before

    std::string level_name(const judgment::JudgmentTable& table, std::uint32_t code) const;
};

inline constexpr std::size_t kMostSteps = 24;

// O(n log m) for n judgments, m on one item.
RaterView rater_view(const judgment::JudgmentTable& table, std::uint16_t dimension);

// The answers of those raters for whom `keep` is not 0; units and levels stay.
CodedRatings only(const CodedRatings& ratings, std::span<const std::uint8_t> keep);

}  // namespace edgewise::estimate
