#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "edgewise/estimate/rankings/plackett_luce.hpp"
#include "edgewise/estimate/tensor/slices.hpp"

namespace edgewise::estimate {
namespace {

std::vector<float> weights_of(const Ballots& all, std::span<const double> rater_weight) {
    std::vector<float> out;
    if (rater_weight.empty()) return out;
    for (std::size_t b = 0; b < all.size(); ++b) {
        const double own = all.weight.empty() ? 1.0 : double{all.weight[b]};
        out.push_back(static_cast<float>(own * rater_weight[all.rater[b]]));
    }
    return out;
}

struct Strengths {
    PlackettLuceFit fit;
    std::vector<double> se;
    std::string errors;  // what they take as independent
};

Strengths strengths_of(const Ballots& ballots, std::span<const float> weight, const Job& job) {
    Strengths out;
    Ballots weighted = ballots;
    if (!weight.empty()) weighted.weight.assign(weight.begin(), weight.end());
    const PlackettLuceOptions options;
    out.fit = fit_plackett_luce(weighted, options, job);
    // Ballots of one rater lean on each other: raters are the unit where there are two or more.
    Covariance errors = covariance(weighted, out.fit, options, ErrorKind::sandwich_rater, job);
    if (!errors.defined) {
        errors = covariance(weighted, out.fit, options, ErrorKind::fisher, job);
    }
    out.errors = name_of(errors.kind);
    out.se = std::move(errors.se);
    out.se.resize(ballots.contenders(), 0.0);
    return out;
}

// Rankings of some raters only, of the same contenders.
Ballots of_group(const Ballots& all, const judgment::Partition& partition, std::size_t group,
                 std::span<const float> weight, std::vector<float>& kept_weight) {
    Ballots out;
    out.dimension = all.dimension;
    out.contender = all.contender;
    out.begin = {0};
    for (std::size_t b = 0; b < all.size(); ++b) {
        if (partition.group_of[all.rater[b]] != group) continue;
        const auto options = all.options(b);
        const auto levels = all.levels(b);
        out.option.insert(out.option.end(), options.begin(), options.end());
        out.level.insert(out.level.end(), levels.begin(), levels.end());
        out.begin.push_back(static_cast<std::uint32_t>(out.option.size()));
        out.rater.push_back(all.rater[b]);
        out.case_.push_back(all.case_[b]);
        if (!all.weight.empty()) out.weight.push_back(all.weight[b]);
        if (!weight.empty()) kept_weight.push_back(weight[b]);
    }
    return out;
}

// Mean over the other contenders of the component of P(above) + P(tied) / 2 in a ballot of two, as
// a function of one strength, and its slope.
struct Utility {
    double value = 0.5;
    double slope = 0.0;
};
Utility utility_of(const PlackettLuceFit& pooled, std::span<const double> theta, std::size_t i,
                   double own) {
    double tie = 0.0;
    for (const TieOrder& order : pooled.ties) {
        if (order.options == 2) tie = order.delta;
    }
    double sum = 0.0;
    double slope = 0.0;
    double others = 0.0;
    for (std::size_t j = 0; j < theta.size(); ++j) {
        if (j == i || pooled.component[j] != pooled.component[i]) continue;
        const double d = own - theta[j];
        // P(above) + P(tied) / 2 = (e^(d/2) + tie / 2) / (e^(d/2) + tie + e^(-d/2)).
        const double up = std::exp(d / 2.0);
        const double down = std::exp(-d / 2.0);
        const double all = up + tie + down;
        sum += (up + tie / 2.0) / all;
        slope += (0.5 * up * all - (up + tie / 2.0) * 0.5 * (up - down)) / (all * all);
        others += 1.0;
    }
    if (others == 0.0) return {};
    return {sum / others, slope / others};
}

struct Seen {
    std::vector<std::uint32_t> ballots;  // contender -> ballots that rank it
};
Seen seen_in(const Ballots& ballots) {
    Seen out;
    out.ballots.assign(ballots.contenders(), 0);
    for (const std::uint32_t i : ballots.option) ++out.ballots[i];
    return out;
}

Cell cell_of(const PlackettLuceFit& pooled, std::span<const double> theta, std::size_t i,
             double own, double sd, std::uint32_t n) {
    const Utility u = utility_of(pooled, theta, i, own);
    Cell cell;
    cell.mean = u.value;
    cell.sd = u.slope * sd;
    cell.n = n;
    cell.n_eff = n;
    return cell;
}

void describe(const PlackettLuceFit& fit, PartitionFit& out) {
    out.log_likelihood = fit.log_likelihood;
    out.iterations = static_cast<std::uint64_t>(fit.iterations);
    out.gradient_norm = fit.gradient_norm;
    out.converged = fit.converged;
}

// Two stages: every group's strengths alone, then a pull towards everybody's by the spread of
// deviations beyond their errors, tau^2 by moments (DerSimonian and Laird 1986). The errors of
// everybody's strengths, which hold the group's too, are taken as known.
struct Pulled {
    double tau = 0.0;
    std::vector<Strengths> own;  // of each group
    std::vector<Seen> seen;
};
Pulled pull(const Ballots& all, const Strengths& pooled, const judgment::Partition& partition,
            std::span<const float> weight, const Job& job) {
    Pulled out;
    double square = 0.0;
    double precision = 0.0;
    double terms = 0.0;
    for (std::size_t g = 0; g < partition.groups.size(); ++g) {
        std::vector<float> kept;
        const Ballots mine = of_group(all, partition, g, weight, kept);
        out.own.push_back(strengths_of(mine, kept, job));
        out.seen.push_back(seen_in(mine));
        for (std::size_t i = 0; i < all.contenders(); ++i) {
            const double se = out.own[g].se[i];
            if (out.seen[g].ballots[i] == 0 || !(se > 0.0)) continue;
            const double deviation = out.own[g].fit.theta[i] - pooled.fit.theta[i];
            const double w = 1.0 / (se * se);
            square += w * deviation * deviation;
            precision += w;
            terms += 1.0;
        }
    }
    // E[square] = terms + tau^2 precision.
    if (precision > 0.0) out.tau = std::sqrt(std::max(0.0, (square - terms) / precision));
    return out;
}

}  // namespace

DimensionFit fit_rankings(const SliceTask& task, const Job& job) {
    DimensionFit out;
    if (task.model != "auto" && task.model != "plackett_luce") {
        throw Error(ErrorCode::invalid_argument,
                    "the model " + task.model + " does not suit dimension \"" +
                        task.meaning().name + "\", which is ranked: auto or plackett_luce does",
                    "model");
    }
    const Ballots all = ballots(task.table, task.dimension,
                                {.include_machines = task.options.include_machines}, job);
    out.judgments = all.size();
    if (all.size() == 0) {
        out.why = "no rankings by people";
        return out;
    }
    const std::vector<float> weight = weights_of(all, task.rater_weight);
    const Strengths pooled = strengths_of(all, weight, job);
    out.model = "plackett_luce";
    out.why = pooled.fit.ties.empty()
                  ? "rankings are choices of the best among what is left"
                  : "rankings are choices of the best among what is left, ties by Davidson-Luce";
    out.items = all.contenders();
    out.n_eff = effective_number(weight.empty() ? all.weight : weight, all.size());
    std::vector<Id> raters = all.rater;
    std::ranges::sort(raters);
    out.raters = static_cast<std::uint64_t>(std::ranges::unique(raters).begin() - raters.begin());
    if (!pooled.fit.note.empty()) out.notes.push_back(pooled.fit.note);
    out.everyone.method = "newton";
    out.everyone.note = "errors: " + pooled.errors;
    describe(pooled.fit, out.everyone);
    const Seen seen = seen_in(all);
    TensorCell cell;
    cell.dimension = task.meaning().name;
    cell.group = "everyone";
    for (std::size_t i = 0; i < all.contenders(); ++i) {
        cell.option = all.contender[i];
        emit(task, cell,
             cell_of(pooled.fit, pooled.fit.theta, i, pooled.fit.theta[i], pooled.se[i],
                     seen.ballots[i]),
             out.everyone.cells);
    }
    for (const judgment::Partition& partition : task.partitions) {
        const Pulled pulled = pull(all, pooled, partition, weight, job);
        PartitionFit& part = out.partitions.emplace_back();
        part.attribute = partition.attribute;
        part.learned_from_judgments = partition.learned_from_judgments;
        part.note = partition.note;
        part.method = "two stages: each group alone, then pulled towards everybody";
        part.group_spread = pulled.tau;
        double log_likelihood = 0.0;
        for (std::size_t g = 0; g < partition.groups.size(); ++g) {
            const PlackettLuceFit& own = pulled.own[g].fit;
            log_likelihood += own.log_likelihood;
            part.converged = part.converged && own.converged;
            part.iterations += static_cast<std::uint64_t>(own.iterations);
            part.gradient_norm = std::max(part.gradient_norm.value_or(0.0), own.gradient_norm);
            GroupFit& group = part.groups.emplace_back();
            group.group = partition.groups[g];
            group.raters = partition.raters_in[g];
            group.judgments = static_cast<std::uint64_t>(own.ballots);
        }
        part.log_likelihood = log_likelihood;
        cell.attribute = partition.attribute;
        for (std::size_t i = 0; i < all.contenders(); ++i) {
            cell.option = all.contender[i];
            for (std::size_t g = 0; g < partition.groups.size(); ++g) {
                cell.group = partition.groups[g];
                const double se = pulled.own[g].se[i];
                const std::uint32_t n = pulled.seen[g].ballots[i];
                const double tau2 = pulled.tau * pulled.tau;
                const double pull = n > 0 && se > 0.0 ? tau2 / (tau2 + se * se) : 0.0;
                const double centre = pooled.fit.theta[i];
                const double own = centre + pull * (pulled.own[g].fit.theta[i] - centre);
                const double sd =
                    std::sqrt((n > 0 ? pull * se * se : tau2) +
                              (1.0 - pull) * (1.0 - pull) * pooled.se[i] * pooled.se[i]);
                emit(task, cell, cell_of(pooled.fit, pooled.fit.theta, i, own, sd, n), part.cells);
            }
        }
    }
    return out;
}

}  // namespace edgewise::estimate
