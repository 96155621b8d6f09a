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

// The rankings of one dimension, one ballot each, in the order in which they appear in the table
// (compressed sparse rows). Within a ballot the best comes first; `level` is the place without gaps
// (0, 0, 1 for two tied ahead of a third). A contender is an option's id pooled over cases, as in
// Contests. Options that a ballot does not hold were not offered: nothing is said about them.
struct Ballots {
    std::uint16_t dimension = 0;
    std::vector<std::string> contender;  // in the order of first appearance
    std::vector<std::uint32_t> begin;    // ballots + 1
    std::vector<std::uint32_t> option;   // contender
    std::vector<std::uint32_t> level;
    std::vector<float> weight;  // empty: all 1
    std::vector<Id> rater;      // ballot -> rater
    std::vector<Id> case_;
    std::uint64_t machine = 0;         // ballots by raters that are no persons, left out
    std::uint64_t underspecified = 0;  // ballots so marked (counted, and kept)
    std::uint64_t alone = 0;           // ballots of one option: they say nothing

    std::size_t size() const noexcept { return begin.empty() ? 0 : begin.size() - 1; }
    std::size_t contenders() const noexcept { return contender.size(); }
    std::span<const std::uint32_t> options(std::size_t ballot) const noexcept {
        return std::span(option).subspan(begin[ballot], begin[ballot + 1] - begin[ballot]);
    }
    std::span<const std::uint32_t> levels(std::size_t ballot) const noexcept {
        return std::span(level).subspan(begin[ballot], begin[ballot + 1] - begin[ballot]);
    }
};

struct BallotOptions {
    bool include_machines = false;
    bool only_machines = false;
};

// The rankings of `dimension`, whose kind is `ranking`; its order turned round where high values
// are unwanted. Throws Error(invalid_data), with the source row, for an option that stands twice in
// one ballot (which is also what a cycle "a over b over a" comes down to), for a rank that is not a
// whole number from 1, for rows of one ballot by two raters or about two cases, or of two weights,
// and for weights that are negative, not finite, or all zero. Empty if nobody ranked.
// O(n log m) for n rows in ballots of m.
Ballots ballots(const judgment::JudgmentTable& table, std::uint16_t dimension,
                const BallotOptions& options, const Job& job);

// Ballots from lists of places: `option` and `rank` of each ballot's rows in any order, ballots in
// `begin` as above. The same checks; rows are named by their number from 1.
Ballots ballots(std::vector<std::string> contender, std::span<const std::uint32_t> begin,
                std::span<const std::uint32_t> option, std::span<const double> rank);

}  // namespace edgewise::estimate
