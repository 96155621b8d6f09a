#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "edgewise/estimate/comparisons/group_strengths.hpp"
#include "edgewise/estimate/comparisons/strength_errors.hpp"
#include "edgewise/estimate/tensor/slices.hpp"

namespace edgewise::estimate {
namespace {

// The contests' own weights times those of their raters, brought to a mean of 1.
void weigh(Contests& contests, std::span<const double> rater_weight) {
    if (rater_weight.empty()) return;
    std::vector<double> weight(contests.size());
    double sum = 0.0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
        const double own = contests.weight.empty() ? 1.0 : double{contests.weight[i]};
        weight[i] = own * rater_weight[contests.rater[i]];
        sum += weight[i];
    }
    if (sum <= 0.0) return;
    contests.weight.resize(weight.size());
    for (std::size_t i = 0; i < weight.size(); ++i) {
        contests.weight[i] =
            static_cast<float>(weight[i] * static_cast<double>(weight.size()) / sum);
    }
}

// The errors of strengths that make the fewest assumptions and are defined for these data.
Covariance clustered(const Contests& contests, const PairCounts& pairs, const BradleyTerryFit& fit,
                     const BradleyTerryOptions& options, const Job& job) {
    for (const ErrorKind kind :
         {ErrorKind::sandwich_two_way, ErrorKind::sandwich_rater, ErrorKind::sandwich_case}) {
        Covariance out = covariance(contests, pairs, fit, options, kind, job);
        if (out.defined) return out;
    }
    return covariance(contests, pairs, fit, options, ErrorKind::fisher, job);
}

// How much wider the clustered errors are than those that take comparisons as independent, for
// every contender; at least 1. The posterior of a group's strengths takes them as independent given
// the strengths, so that its sds are widened by the same (ours).
std::vector<double> widening(const GroupStrengths& pooled, const Covariance& errors) {
    std::vector<double> out(pooled.contenders, 1.0);
    if (!errors.defined) return out;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (pooled.theta_sd[i] > 0.0) out[i] = std::max(1.0, errors.se[i] / pooled.theta_sd[i]);
    }
    return out;
}

struct Candidates {
    std::vector<ModelCandidate> all;
    std::string why;
};

Candidates candidates_of(const BradleyTerryFit& fit, bool asked) {
    Candidates out;
    const auto add = [&](TieModel ties, double log_likelihood) {
        if (!std::isfinite(log_likelihood)) return;
        out.all.push_back({.model = fmt::format("bradley_terry, {} ties", name_of(ties)),
                           .chosen = fit.ties == ties,
                           .score = log_likelihood,
                           .score_means = "log-likelihood",
                           .note = ""});
    };
    add(TieModel::davidson, fit.log_likelihood_davidson);
    add(TieModel::rao_kupper, fit.log_likelihood_rao_kupper);
    if (asked) {
        out.why = fmt::format("ties by {}, as asked for", name_of(fit.ties));
    } else if (out.all.size() < 2) {
        out.why =
            "comparisons without ties: the probability to win goes by the difference of "
            "strengths";
    } else {
        out.why =
            fmt::format("comparisons with ties: {} has the larger likelihood, by {:.1f} log units",
                        name_of(fit.ties),
                        std::abs(fit.log_likelihood_davidson - fit.log_likelihood_rao_kupper));
    }
    return out;
}

TieModel ties_of(const SliceTask& task) {
    if (task.model == "auto" || task.model == "bradley_terry") return TieModel::automatic;
    for (const TieModel model :
         {TieModel::none, TieModel::half, TieModel::davidson, TieModel::rao_kupper}) {
        if (task.model == name_of(model)) return model;
    }
    throw Error(ErrorCode::invalid_argument,
                "the model " + task.model + " does not suit dimension \"" + task.meaning().name +
                    "\", which is compared: auto, davidson, rao_kupper, half or none do",
                "model");
}

void describe(const GroupStrengths& fit, bool groups, PartitionFit& out) {
    out.method = fit.method;
    if (groups) {
        out.group_spread = fit.tau;
        out.group_p = fit.permutation_p;
        out.log_likelihood_without_groups = fit.log_likelihood_without_groups;
    }
    out.log_likelihood = fit.log_likelihood;
    out.iterations = static_cast<std::uint64_t>(fit.iterations);
    out.gradient_norm = fit.gradient_norm;
    out.converged = fit.converged;
}

// Cells contender by contender, widened.
void emit_all(const SliceTask& task, const Contests& contests, const GroupStrengths& fit,
              std::span<const double> wider, const judgment::Partition* partition,
              PartitionFit& out) {
    TensorCell cell;
    cell.dimension = task.meaning().name;
    for (std::size_t i = 0; i < fit.contenders; ++i) {
        cell.option = contests.contender[i];
        const auto put = [&](Cell posterior) {
            posterior.sd *= wider[i];
            emit(task, cell, posterior, out.cells);
        };
        if (partition == nullptr) {
            cell.group = "everyone";
            put(fit.pooled[i]);
            continue;
        }
        cell.attribute = partition->attribute;
        for (std::size_t g = 0; g < fit.groups; ++g) {
            cell.group = partition->groups[g];
            put(fit.cell(g, i));
        }
    }
}

}  // namespace

DimensionFit fit_comparisons(const SliceTask& task, const Job& job) {
    DimensionFit out;
    Contests all = contests(task.table, task.dimension,
                            {.include_machines = task.options.include_machines}, job);
    out.judgments = all.size();
    if (all.size() == 0) {
        out.why = "no comparisons by people";
        return out;
    }
    weigh(all, task.rater_weight);
    BradleyTerryOptions options;
    options.ties = ties_of(task);
    const PairCounts pairs = count_pairs(all, {}, job);
    const BradleyTerryFit fit = fit_bradley_terry(pairs, options, job);
    Candidates candidates = candidates_of(fit, options.ties != TieModel::automatic);
    out.model = "bradley_terry";
    out.why = std::move(candidates.why);
    out.candidates = std::move(candidates.all);
    out.items = all.contenders();
    out.n_eff = effective_number(all.weight, all.size());
    std::vector<Id> raters = all.rater;
    std::ranges::sort(raters);
    out.raters = static_cast<std::uint64_t>(std::ranges::unique(raters).begin() - raters.begin());
    if (!fit.note.empty()) out.notes.push_back(fit.note);
    options.ties = fit.ties;  // the same for everybody and every partition

    const Covariance errors = clustered(all, pairs, fit, options, job);
    GroupStrengthOptions groups;
    groups.model = options;
    if (fit.prior_was_needed) groups.model.prior_sd = fit.prior_sd;
    groups.least_cell = static_cast<std::uint32_t>(task.options.least_cell);
    groups.seed = task.options.seed;
    Grouping nobody;
    nobody.group.assign(all.size(), judgment::kNoGroup);
    nobody.unit = all.rater;
    const GroupStrengths pooled = group_strengths(all, nobody, groups, job);
    const std::vector<double> wider = widening(pooled, errors);
    describe(pooled, false, out.everyone);
    out.everyone.note = errors.defined ? fmt::format("errors: {}", name_of(errors.kind))
                                       : "errors take comparisons as independent: " + errors.why;
    emit_all(task, all, pooled, wider, nullptr, out.everyone);

    groups.permutations = task.options.permutations;
    for (std::size_t k = 0; k < task.partitions.size(); ++k) {
        const judgment::Partition& partition = task.partitions[k];
        job.progress(static_cast<double>(k + 1) / static_cast<double>(task.partitions.size() + 1),
                     "fitting " + task.meaning().name + " by " + partition.attribute);
        const Grouping grouping = group_by_rater(all, partition);
        const GroupStrengths strengths = group_strengths(all, grouping, groups, job);
        PartitionFit& part = out.partitions.emplace_back();
        part.attribute = partition.attribute;
        part.learned_from_judgments = partition.learned_from_judgments;
        part.note = partition.note;
        describe(strengths, true, part);
        std::vector<std::uint64_t> judged(partition.groups.size());
        for (const std::uint16_t g : grouping.group) {
            if (g != judgment::kNoGroup) ++judged[g];
        }
        for (std::size_t g = 0; g < partition.groups.size(); ++g) {
            GroupFit& group = part.groups.emplace_back();
            group.group = partition.groups[g];
            group.raters = partition.raters_in[g];
            group.judgments = judged[g];
        }
        emit_all(task, all, strengths, wider, &partition, part);
    }
    return out;
}

}  // namespace edgewise::estimate
