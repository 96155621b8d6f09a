#include <algorithm>
#include <cmath>

#include "edgewise/base/distributions.hpp"
#include "edgewise/estimate/rating_model.hpp"
#include "edgewise/estimate/tensor/slices.hpp"

namespace edgewise::estimate {
namespace {

struct RaterSum {
    double excess = 0.0;  // of the rater's utilities over everybody's on the same items, weighted
    double weight = 0.0;  // of the rater's judgments
};

// Every rater's utilities beside the weighted mean of all raters on the same items. Items that one
// rater judged alone say nothing.
std::vector<RaterSum> excesses(const DimensionView& view, std::size_t raters) {
    std::vector<RaterSum> out(raters);
    for (std::size_t item = 0; item < view.items(); ++item) {
        const auto who = view.raters(item);
        const auto u = view.utilities(item);
        if (who.size() < 2) continue;
        const auto w = view.weights(item);
        const auto weight = [&](std::size_t k) { return w.empty() ? 1.0 : double{w[k]}; };
        double sum = 0.0;
        double total = 0.0;
        for (std::size_t k = 0; k < u.size(); ++k) {
            sum += weight(k) * double{u[k]};
            total += weight(k);
        }
        const double mean = sum / total;
        for (std::size_t k = 0; k < who.size(); ++k) {
            out[who[k]].excess += weight(k) * (double{u[k]} - mean);
            out[who[k]].weight += weight(k);
        }
    }
    return out;
}

// Shift of a group with an interval clustered by rater (Liang and Zeger 1986): the ratio
// estimator sum of excesses over sum of weights, its residuals summed rater by rater.
void set_shift(GroupFit& out, std::span<const RaterSum> sums, const judgment::Partition& partition,
               std::size_t group, double level) {
    double total = 0.0;
    double weight = 0.0;
    double raters = 0.0;
    for (std::size_t r = 0; r < sums.size(); ++r) {
        if (partition.group_of[r] != group || sums[r].weight <= 0.0) continue;
        total += sums[r].excess;
        weight += sums[r].weight;
        raters += 1.0;
    }
    if (raters < 1.0) return;
    const double shift = total / weight;
    out.shift = shift;
    if (raters < 2.0) return;
    double squares = 0.0;
    for (std::size_t r = 0; r < sums.size(); ++r) {
        if (partition.group_of[r] != group || sums[r].weight <= 0.0) continue;
        const double residual = sums[r].excess - shift * sums[r].weight;
        squares += residual * residual;
    }
    const double se = std::sqrt(squares * raters / (raters - 1.0)) / weight;
    if (se > 0.0) {
        out.shift_p = 2.0 * student_t_cdf(-std::abs(shift) / se, raters - 1.0);
    }
    const double t = student_t_quantile(0.5 + level / 2.0, raters - 1.0);
    out.shift_interval = Interval{std::max(-1.0, shift - t * se), std::min(1.0, shift + t * se)};
}

void describe_fit(const FitSummary& fit, PartitionFit& out) {
    out.method = fit.method;
    if (fit.components.residual > 0.0 || fit.components.item > 0.0) {
        out.variance = VarianceShares{.item = fit.components.item,
                                      .rater = fit.components.rater,
                                      .item_by_group = fit.components.item_by_group,
                                      .residual = fit.components.residual};
    }
    if (fit.strength > 0.0) out.strength = fit.strength;
    out.strength_at_ceiling = fit.strength_at_ceiling;
    if (fit.log_likelihood != 0.0) out.log_likelihood = fit.log_likelihood;
    if (fit.log_likelihood_without_groups != 0.0) {
        out.log_likelihood_without_groups = fit.log_likelihood_without_groups;
    }
    out.iterations = static_cast<std::uint64_t>(fit.iterations);
    out.converged = fit.converged;
}

TensorCell name_cell(const SliceTask& task, const Item& item) {
    const auto& table = task.table;
    TensorCell cell;
    cell.dimension = task.meaning().name;
    cell.case_ = table.cases().ids[item.case_];
    cell.option = table.options().ids[item.option];
    if (item.other != judgment::kNone) cell.other = table.options().ids[item.other];
    return cell;
}

// One partition; `groups` false: only everybody together.
PartitionFit fit_partition(const SliceTask& task, const Observations& observations,
                           const DimensionView& view, const judgment::Partition& partition,
                           bool groups, const Estimator& model, const Job& job) {
    FitOptions options;
    options.least_cell = static_cast<std::uint32_t>(task.options.least_cell);
    const auto fit = model.fit(view, partition, options, job);
    PartitionFit out;
    out.attribute = groups ? partition.attribute : "";
    out.learned_from_judgments = groups && partition.learned_from_judgments;
    out.note = groups ? partition.note : "";
    describe_fit(fit->summary(), out);

    std::vector<std::uint64_t> judged(partition.groups.size());
    for (const Id rater : view.rater) {
        const std::uint16_t g = partition.group_of[rater];
        if (g != judgment::kNoGroup) ++judged[g];
    }
    const auto sums = excesses(view, partition.group_of.size());
    for (std::size_t g = 0; groups && g < partition.groups.size(); ++g) {
        GroupFit& group = out.groups.emplace_back();
        group.group = partition.groups[g];
        group.raters = partition.raters_in[g];
        group.judgments = judged[g];
        set_shift(group, sums, partition, g, task.options.level);
    }

    std::vector<Cell> cells(partition.groups.size());
    for (std::size_t i = 0; i < view.items(); ++i) {
        if (view.raters(i).empty()) continue;
        const Cell pooled = fit->cells(i, cells);
        TensorCell cell = name_cell(task, observations.items[i]);
        if (!groups) {
            cell.group = "everyone";
            emit(task, cell, pooled, out.cells);
            continue;
        }
        cell.attribute = partition.attribute;
        for (std::size_t g = 0; g < cells.size(); ++g) {
            cell.group = partition.groups[g];
            emit(task, cell, cells[g], out.cells);
        }
    }
    return out;
}

void add_candidate(const ModelScore& score, const std::string& chosen, DimensionFit& out) {
    out.candidates.push_back({.model = score.estimator,
                              .chosen = score.estimator == chosen,
                              .score = score.log_score,
                              .score_means = "held-out log score",
                              .note = score.converged ? "" : "some fits did not converge"});
}

// The model asked for, or the one that predicts raters better who were held out.
const Estimator& model_for(const SliceTask& task, const DimensionView& view, const Job& job,
                           DimensionFit& out) {
    if (task.model != "auto") {
        const Estimator& asked = estimator(task.model);
        if (!asked.handles(view)) {
            throw Error(ErrorCode::invalid_argument,
                        "the model " + task.model + " does not suit dimension \"" +
                            task.meaning().name + "\": it is for " + std::string(asked.summary),
                        "model");
        }
        out.why = "as asked for";
        return asked;
    }
    const ModelChoice choice = choose_rating_model(view, task.everyone, {}, job);
    out.why = choice.why;
    if (choice.normal) add_candidate(*choice.normal, choice.estimator, out);
    if (choice.ordinal) add_candidate(*choice.ordinal, choice.estimator, out);
    return estimator(choice.estimator);
}

}  // namespace

DimensionFit fit_utilities(const SliceTask& task, const Observations& observations,
                           const DimensionView& view, const Job& job) {
    DimensionFit out;
    const Estimator& model = model_for(task, view, job, out);
    out.model = model.id;
    out.judgments = view.utility.size();
    std::vector<std::uint8_t> seen(task.table.raters().ids.size());
    for (const Id rater : view.rater) seen[rater] = 1;
    out.raters = static_cast<std::uint64_t>(std::ranges::count(seen, 1));
    out.n_eff = effective_number(view.weight, view.utility.size());
    for (std::size_t i = 0; i < view.items(); ++i) out.items += view.raters(i).empty() ? 0U : 1U;
    const double parts = static_cast<double>(task.partitions.size() + 1);
    out.everyone = fit_partition(task, observations, view, task.everyone, false, model,
                                 job.part(0.0, 1.0 / parts));
    for (std::size_t k = 0; k < task.partitions.size(); ++k) {
        job.progress(static_cast<double>(k + 1) / parts,
                     "fitting " + task.meaning().name + " by " + task.partitions[k].attribute);
        out.partitions.push_back(
            fit_partition(task, observations, view, task.partitions[k], true, model, job));
    }
    return out;
}

}  // namespace edgewise::estimate
