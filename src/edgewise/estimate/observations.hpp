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

// What a rater gave a utility to. An option that was rated or voted on, or a pair of options that
// were compared: then the utility is that of `option` against `other`, and that of `other` is one
// minus it. Options of a case come together, ascending.
struct Item {
    Id case_ = judgment::kNone;
    Id option = judgment::kNone;
    Id other = judgment::kNone;
};

// Judgments on one dimension, item by item (compressed sparse rows), as utilities in [0, 1], larger
// is better. Within an item raters ascend and are unique: repeated judgments of one rater on one
// item are averaged (of votes the last counts: people change their mind), so that the rater stays
// the unit of sampling. Items without judgments have an
// empty row.
struct DimensionView {
    std::uint16_t dimension = 0;
    std::vector<std::uint32_t> begin;  // items + 1
    std::vector<Id> rater;
    std::vector<float> utility;
    // What each judgment counts for, beside the others: above 0, with mean 1. Empty: all alike.
    std::vector<float> weight;
    std::uint64_t repeated = 0;  // judgments averaged into another of the same rater
    bool binary = false;         // every utility is 0 or 1
    bool votes = false;          // 1 agree, 0.5 pass, 0 disagree
    // Levels used when judgments are treated as categories: utility u is level
    // the number of cuts that are <= u. 2 to 7 levels: the distinct utilities judged where there
    // are at most 7, else the lower, middle and upper third of the scale.
    std::vector<float> cuts;
    // What a dimension names is present at or above the mid-point of its scale: u >= 1/2. For a
    // negative dimension, whose utilities are mirrored, that is u <= 1/2: high_is_present is false.
    bool high_is_present = true;

    std::size_t items() const noexcept { return begin.empty() ? 0 : begin.size() - 1; }
    std::span<const Id> raters(std::size_t item) const noexcept {
        return std::span(rater).subspan(begin[item], begin[item + 1] - begin[item]);
    }
    std::span<const float> utilities(std::size_t item) const noexcept {
        return std::span(utility).subspan(begin[item], begin[item + 1] - begin[item]);
    }
    // Of an item; empty where all weigh alike.
    std::span<const float> weights(std::size_t item) const noexcept {
        return weight.empty()
                   ? std::span<const float>()
                   : std::span(weight).subspan(begin[item], begin[item + 1] - begin[item]);
    }
    bool present(float u) const noexcept { return high_is_present ? u >= 0.5F : u <= 0.5F; }
    std::size_t levels() const noexcept { return cuts.size() + 1; }
    std::size_t level(float u) const noexcept {
        std::size_t k = 0;
        while (k < cuts.size() && u >= cuts[k]) ++k;
        return k;
    }
};

struct Observations {
    std::vector<Item> items;
    std::vector<std::uint32_t> case_begin;  // first item of each case; cases + 1
    std::vector<DimensionView> dimensions;  // those that can be audited, in the table's order
    std::vector<std::string> left_out;      // dimensions that cannot, and why
    std::uint64_t underspecified = 0;       // judgments so marked (counted, and kept)
    std::uint64_t machine = 0;              // judgments by machine raters, left out of the views
    std::uint64_t weightless = 0;           // judgments of weight 0, which have no say: left out
};

// Turns a table into utilities. Ratings map linearly from [low, high] to [0, 1]; votes to 1, 0.5,
// 0; comparisons to 1, 0.5, 0 of the pair's lower option id; binary labels to 0 and 1; all of them
// mirrored for negative dimensions. Left out and named are rankings, approvals, nominal labels, and
// dimensions on which no person judged or all judgments are the same on a scale nobody declared.
// Items are the options that were rated, voted on or labelled, then the pairs that were compared,
// case by case. Raters that are no persons are left out unless `include_machines`.
//
// A judgment weighs its own weight in the table times its rater's in `rater_weight` (one a rater;
// empty: all alike), brought to a mean of 1 on each dimension, so that only ratios matter. Repeated
// judgments are averaged by weight, and together weigh their mean: saying it twice is no second
// vote. Weight 0 has no say. A dimension of which every weight is 0 is left out by name. Throws
// Error(invalid_argument) for rater weights that are not one a rater, not finite, negative or all
// 0. O(n log m) for n judgments, m on one item; 8 bytes a judgment, 12 where weights differ.
Observations observe(const judgment::JudgmentTable& table, const Job& job,
                     bool include_machines = false, std::span<const double> rater_weight = {});

// Kish's effective number: how many judgments of equal weight tell as much, (sum w)^2 / sum w^2
// (Kish 1965, Survey Sampling, section 11.7). Empty weights: `count`. In [1, count] for count > 0.
double effective_number(std::span<const float> weights, std::size_t count) noexcept;

}  // namespace edgewise::estimate
