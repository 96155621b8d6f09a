#include <algorithm>
#include <vector>

#include "edgewise/estimate/label_cells.hpp"
#include "edgewise/estimate/tensor/slices.hpp"

namespace edgewise::estimate {
namespace {

void describe(const LabelCells& cells, bool groups, PartitionFit& out) {
    const DirichletLabels& fit = cells.fit;
    out.method = cells.method;
    out.iterations = static_cast<std::uint64_t>(fit.iterations);
    out.converged = fit.converged;
    if (!groups) return;
    out.strength = fit.strength;
    out.strength_at_ceiling = fit.strength_at_ceiling;
    out.log_likelihood = fit.log_likelihood;
    out.log_likelihood_without_groups = fit.log_likelihood_without_groups;
}

// The cells of one partition's groups; of everybody where `groups` is false.
PartitionFit fit_partition(const SliceTask& task, const LabelView& view,
                           const judgment::Partition& partition, bool groups,
                           const LabelCells& cells) {
    PartitionFit out;
    describe(cells, groups, out);
    std::vector<std::uint64_t> judged(partition.groups.size());
    TensorCell cell;
    cell.dimension = task.meaning().name;
    if (groups) {
        out.attribute = partition.attribute;
        out.learned_from_judgments = partition.learned_from_judgments;
        out.note = partition.note;
        cell.attribute = partition.attribute;
    }
    const std::size_t first = groups ? 0 : cells.rows() - 1;
    const std::size_t last = groups ? cells.rows() - 1 : cells.rows();
    for (std::size_t item = 0; item < view.items(); ++item) {
        const Id option = view.option[item];
        cell.option = task.table.options().ids[option];
        cell.case_ = task.table.cases().ids[task.table.options().case_of[option]];
        for (std::size_t row = first; row < last; ++row) {
            cell.group = groups ? std::string_view(partition.groups[row]) : "everyone";
            if (groups) judged[row] += cells.n[cells.cell(item, row)];
            for (std::size_t k = 0; k < cells.categories.size(); ++k) {
                cell.category = cells.categories[k];
                emit(task, cell, cells.as_cell(item, row, k), out.cells);
            }
        }
    }
    for (std::size_t g = 0; groups && g < partition.groups.size(); ++g) {
        GroupFit& group = out.groups.emplace_back();
        group.group = partition.groups[g];
        group.raters = partition.raters_in[g];
        group.judgments = judged[g];
    }
    return out;
}

}  // namespace

DimensionFit fit_labels(const SliceTask& task, const Job& job) {
    DimensionFit out;
    if (task.model != "auto" && task.model != "dirichlet_labels") {
        throw Error(ErrorCode::invalid_argument,
                    "the model " + task.model + " does not suit dimension \"" +
                        task.meaning().name +
                        "\", whose labels have no order: auto or dirichlet_labels does",
                    "model");
    }
    const LabelView view = observe_labels(task.table, task.dimension, task.options.include_machines,
                                          task.rater_weight);
    FitOptions options;
    options.least_cell = static_cast<std::uint32_t>(task.options.least_cell);
    const LabelCells everyone = label_cells(view, task.everyone, options, job);
    out.judgments = everyone.judgments;
    out.items = view.items();
    out.n_eff = everyone.effective;
    std::vector<Id> raters = view.rater;
    std::ranges::sort(raters);
    out.raters = static_cast<std::uint64_t>(std::ranges::unique(raters).begin() - raters.begin());
    if (!everyone.defined) {
        out.why = everyone.why;
        return out;
    }
    out.model = "dirichlet_labels";
    out.why = "labels without order: a share of each category, groups pulled towards everybody's";
    out.everyone = fit_partition(task, view, task.everyone, false, everyone);
    for (const judgment::Partition& partition : task.partitions) {
        job.check();
        const LabelCells cells = label_cells(view, partition, options, job);
        out.partitions.push_back(fit_partition(task, view, partition, true, cells));
    }
    return out;
}

}  // namespace edgewise::estimate
