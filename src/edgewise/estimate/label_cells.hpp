#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/dirichlet_labels.hpp"
#include "edgewise/estimate/estimator.hpp"

namespace edgewise::estimate {

// Labels of one dimension, item by item, one a rater and item: of several the last counts, as
// people may change their mind. Raters ascend within an item; only options with a label are items.
struct LabelView {
    std::uint16_t dimension = 0;
    std::vector<std::string> categories;
    std::vector<Id> option;            // item -> option, ascending
    std::vector<std::uint32_t> begin;  // items + 1
    std::vector<Id> rater;
    std::vector<std::uint32_t> category;
    std::vector<float> weight;  // mean 1; empty: all alike
    std::uint64_t repeated = 0;
    std::uint64_t weightless = 0;  // labels of weight 0, left out

    std::size_t items() const noexcept { return option.size(); }
};

// Machines and weights as in observe(). Throws Error(invalid_argument) unless the dimension's kind
// is label, and for rater weights as observe() does. O(n log n).
LabelView observe_labels(const judgment::JudgmentTable& table, std::uint16_t dimension,
                         bool include_machines = false, std::span<const double> rater_weight = {});

// What share of a group's raters at large would give one label to one item.
struct LabelShare {
    double mean = 0.0;
    double sd = 0.0;
};

// One tensor slice a category: group x category for each item.
struct LabelCells {
    std::vector<std::string> categories;
    std::vector<std::string> groups;  // of the partition; everybody comes after them
    std::size_t items = 0;
    bool defined = false;  // false: nothing could be estimated, and `why` says why
    std::string method;    // "marginal_likelihood"
    std::string why;
    DirichletLabels fit;
    std::uint64_t judgments = 0;
    double effective = 0.0;         // by Kish
    std::vector<LabelShare> share;  // [(item * rows() + row) * categories + category]
    std::vector<std::uint32_t> n;   // [item * rows() + row]: labels
    std::vector<double> n_eff;      // the same, by Kish
    std::vector<CellState> state;   // the same

    std::size_t rows() const noexcept { return groups.size() + 1; }  // the last: everybody
    std::size_t cell(std::size_t item, std::size_t row) const noexcept {
        return item * rows() + row;
    }
    const LabelShare& at(std::size_t item, std::size_t row, std::size_t category) const noexcept {
        return share[cell(item, row) * categories.size() + category];
    }
    // As the estimators give it: a beta posterior with this mean and sd.
    Cell as_cell(std::size_t item, std::size_t row, std::size_t category) const noexcept;
    // Central interval of that beta distribution, within [0, 1]. Some microseconds.
    Interval interval(std::size_t item, std::size_t row, std::size_t category,
                      double confidence = 0.90) const;
};

// Dirichlet-multinomial cells (dirichlet_labels.hpp): a group's shares are its own labels and
// `fit.strength` labels at the item's pooled shares. Everybody's share is the mean of the groups',
// weighted by their raters on this dimension (raters without a group are one more), so that it does
// not depend on who labelled the item; its sd carries each group's own doubt and, jointly, that of
// the item's shares. Weighted labels count as Kish's number of equal ones at their weighted shares.
// No labels, or one category only, give an answer that is not `defined`. Throws
// Error(invalid_argument) for more than 24 groups. Linear; 8 bytes times items, groups and
// categories while it runs, and twice that in the result.
LabelCells label_cells(const LabelView& view, const judgment::Partition& partition,
                       const FitOptions& options, const Job& job);

}  // namespace edgewise::estimate
