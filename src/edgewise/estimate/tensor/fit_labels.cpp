#include <algorithm>
#include <tuple>
#include <utility>

#include "edgewise/estimate/dirichlet_labels.hpp"
#include "edgewise/estimate/tensor/slices.hpp"

namespace edgewise::estimate {
namespace {

struct Label {
    Id option = 0;
    Id rater = 0;
    std::uint32_t category = 0;
};

// The labels of people, one a rater and option: of several the last counts. Sorted by option.
struct Labels {
    std::vector<Label> all;
    std::vector<std::size_t> begin;  // item -> first label; items + 1
    std::uint64_t repeated = 0;

    std::size_t items() const noexcept { return begin.size() - 1; }
    Id option(std::size_t item) const noexcept { return all[begin[item]].option; }
};

Labels labels_of(const SliceTask& task) {
    const judgment::JudgmentTable& table = task.table;
    const auto& kinds = table.raters().kinds;
    Labels out;
    std::vector<Label> rows;
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table.dimension()[i] != task.dimension) continue;
        const Id rater = table.rater()[i];
        const bool person = rater >= kinds.size() || kinds[rater] == judgment::RaterKind::person;
        if (!person && !task.options.include_machines) continue;
        rows.push_back({.option = table.option()[i],
                        .rater = rater,
                        .category = static_cast<std::uint32_t>(table.value()[i])});
    }
    std::ranges::stable_sort(
        rows, {}, [](const Label& label) { return std::pair{label.option, label.rater}; });
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool later = i + 1 < rows.size() && rows[i + 1].option == rows[i].option &&
                           rows[i + 1].rater == rows[i].rater;
        if (later) {
            ++out.repeated;
            continue;
        }
        if (out.all.empty() || out.all.back().option != rows[i].option) {
            out.begin.push_back(out.all.size());
        }
        out.all.push_back(rows[i]);
    }
    out.begin.push_back(out.all.size());
    return out;
}

// counts[item][group][category]; the last group stands for the raters without one.
std::vector<std::uint32_t> count(const Labels& labels, const judgment::Partition& partition,
                                 std::size_t categories) {
    const std::size_t groups = partition.groups.size() + 1;
    std::vector<std::uint32_t> out(labels.items() * groups * categories);
    for (std::size_t item = 0; item < labels.items(); ++item) {
        for (std::size_t i = labels.begin[item]; i < labels.begin[item + 1]; ++i) {
            const Label& label = labels.all[i];
            const std::uint16_t g = partition.group_of[label.rater];
            const std::size_t group = g == judgment::kNoGroup ? groups - 1 : g;
            ++out[(item * groups + group) * categories + label.category];
        }
    }
    return out;
}

PartitionFit fit_partition(const SliceTask& task, const Labels& labels,
                           const judgment::Partition& partition, bool groups, const Job& job) {
    const std::size_t categories = task.meaning().categories.size();
    const std::vector<std::uint32_t> counts = count(labels, partition, categories);
    const LabelCounts view{.counts = counts,
                           .items = labels.items(),
                           .groups = partition.groups.size() + 1,
                           .categories = categories};
    const DirichletLabels fit = fit_dirichlet_labels(view, job);
    PartitionFit out;
    out.method = "marginal_likelihood";
    out.iterations = static_cast<std::uint64_t>(fit.iterations);
    out.converged = fit.converged;
    if (groups) {
        out.attribute = partition.attribute;
        out.learned_from_judgments = partition.learned_from_judgments;
        out.note = partition.note;
        out.strength = fit.strength;
        out.strength_at_ceiling = fit.strength_at_ceiling;
        out.log_likelihood = fit.log_likelihood;
        out.log_likelihood_without_groups = fit.log_likelihood_without_groups;
    }
    std::vector<std::uint64_t> judged(partition.groups.size());
    std::vector<double> mean(categories);
    std::vector<double> sd(categories);
    TensorCell cell;
    cell.dimension = task.meaning().name;
    cell.attribute = groups ? std::string_view(partition.attribute) : std::string_view();
    for (std::size_t item = 0; item < labels.items(); ++item) {
        const Id option = labels.option(item);
        cell.option = task.table.options().ids[option];
        cell.case_ = task.table.cases().ids[task.table.options().case_of[option]];
        for (std::size_t g = 0; g < partition.groups.size(); ++g) {
            std::uint32_t n = 0;
            for (std::size_t k = 0; k < categories; ++k) {
                n += counts[(item * view.groups + g) * categories + k];
            }
            judged[g] += n;
            label_shares(view, fit, item, g, mean, sd);
            cell.group = partition.groups[g];
            for (std::size_t k = 0; k < categories; ++k) {
                cell.category = task.meaning().categories[k];
                Cell posterior;
                posterior.mean = mean[k];
                posterior.sd = sd[k];
                posterior.n = n;
                posterior.n_eff = n;
                posterior.family = Family::beta;
                emit(task, cell, posterior, out.cells);
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
    const Labels labels = labels_of(task);
    out.judgments = labels.all.size();
    if (labels.all.empty()) {
        out.why = "no labels by people";
        return out;
    }
    if (task.meaning().categories.size() < 2) {
        out.why = "every label is \"" + std::string(task.meaning().categories[0]) + "\"";
        return out;
    }
    out.model = "dirichlet_labels";
    out.why = "labels without order: a share of each category, groups pulled towards everybody's";
    out.items = labels.items();
    out.n_eff = static_cast<double>(out.judgments);
    std::vector<Id> raters;
    for (const Label& label : labels.all) raters.push_back(label.rater);
    std::ranges::sort(raters);
    out.raters = static_cast<std::uint64_t>(std::ranges::unique(raters).begin() - raters.begin());
    if (!task.rater_weight.empty()) {
        out.notes.emplace_back("Weights of raters are not applied to labels without order.");
    }
    out.everyone = fit_partition(task, labels, task.everyone, false, job);
    for (const judgment::Partition& partition : task.partitions) {
        job.check();
        out.partitions.push_back(fit_partition(task, labels, partition, true, job));
    }
    return out;
}

}  // namespace edgewise::estimate
