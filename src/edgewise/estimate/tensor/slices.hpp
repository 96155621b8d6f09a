#pragma once

#include <span>

#include "edgewise/estimate/estimator.hpp"
#include "edgewise/estimate/observations.hpp"
#include "edgewise/estimate/tensor/tensor_report.hpp"
#include "edgewise/judgment/partition.hpp"

// What the fitters of the single kinds of judgments share. One file a kind: fit_utilities.cpp
// (ratings, votes, binary labels), fit_comparisons.cpp, fit_rankings.cpp, fit_labels.cpp (labels
// without order).
namespace edgewise::estimate {

// One dimension about to be fitted.
struct SliceTask {
    const judgment::JudgmentTable& table;
    const TensorOptions& options;
    std::span<const judgment::Partition> partitions;
    const judgment::Partition& everyone;
    std::uint16_t dimension = 0;
    std::string model;                     // "auto" or an id
    std::span<const double> rater_weight;  // one a rater; empty: all alike
    const TensorSink& sink;

    const judgment::Dimension& meaning() const { return table.dimensions()[dimension]; }
};

// A normal or beta posterior's central interval, within [0, 1].
Interval credible_interval(const Cell& cell, double level);

// Counts the cell in `counts` and hands it on.
void emit(const SliceTask& task, TensorCell cell, const Cell& posterior, CellCounts& counts);

// Ratings, votes and binary labels, from the views that observe() made.
DimensionFit fit_utilities(const SliceTask& task, const Observations& observations,
                           const DimensionView& view, const Job& job);

// Comparisons: strengths of contenders, pooled over cases.
DimensionFit fit_comparisons(const SliceTask& task, const Job& job);
// Rankings: the same.
DimensionFit fit_rankings(const SliceTask& task, const Job& job);
// Labels of more than two categories: the share of each.
DimensionFit fit_labels(const SliceTask& task, const Job& job);

}  // namespace edgewise::estimate
