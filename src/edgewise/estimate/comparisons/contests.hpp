#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/judgment/table.hpp"

namespace edgewise::estimate {

using judgment::Id;

enum class Outcome : std::uint8_t { second, first, tie, both_bad };

// The comparisons of one dimension, one row each, in the order of the table. A contender is an
// option's id pooled over cases: the model "gpt-4" that answered eighty prompts is one contender.
struct Contests {
    std::uint16_t dimension = 0;
    std::vector<std::string> contender;  // in the order of first appearance
    std::vector<std::uint32_t> first;    // contender shown first (left, A)
    std::vector<std::uint32_t> second;
    std::vector<Outcome> outcome;  // mirrored for dimensions whose high values are unwanted
    std::vector<float> weight;     // empty: all 1
    std::vector<Id> rater;
    std::vector<Id> case_;
    std::uint64_t machine = 0;         // judgments by raters that are no persons, left out
    std::uint64_t underspecified = 0;  // judgments so marked (counted, and kept)

    std::size_t size() const noexcept { return outcome.size(); }
    std::size_t contenders() const noexcept { return contender.size(); }
};

struct ContestOptions {
    bool include_machines = false;
    bool only_machines = false;  // what the machine raters say, to set beside the people
};

// The comparisons of `dimension`, whose kind is `comparison`. Empty if nobody compared. A
// comparison of a contender with itself is refused with its source row (Error(invalid_data)); so
// are weights that are negative, not finite, or all zero. O(judgments).
Contests contests(const judgment::JudgmentTable& table, std::uint16_t dimension,
                  const ContestOptions& options, const Job& job);

// The same comparisons counted by ordered pair (a shown first, b second), sorted by (a, b): what a
// fit needs, with as many rows as pairs that met. Weighted counts.
struct PairCounts {
    std::uint32_t contenders = 0;
    std::vector<std::uint32_t> first, second;
    std::vector<double> first_wins, second_wins, ties, both_bad;

    std::size_t size() const noexcept { return first.size(); }
};

// O(n) by a radix sort of pairs; no allocation in proportion to contenders squared. `weight`
// replaces the contests' own weights where it is not empty (bootstrap, raking).
PairCounts count_pairs(const Contests& contests, std::span<const float> weight, const Job& job);
PairCounts count_pairs(std::uint32_t contenders, std::span<const std::uint32_t> first,
                       std::span<const std::uint32_t> second, std::span<const Outcome> outcome,
                       std::span<const float> weight, const Job& job);

}  // namespace edgewise::estimate
