#include "edgewise/estimate/beta_votes.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "edgewise/base/parallel.hpp"
#include "edgewise/estimate/beta_cell.hpp"
#include "edgewise/estimate/crossed.hpp"
#include "edgewise/estimate/vote_priors.hpp"

// Empirical Bayes in three steps, each a maximum of a marginal likelihood (Gelman et al., Bayesian
// Data Analysis, 3rd ed., chapter 5; the beta-binomial is Griffiths 1973, Biometrics 29):
//  1. a, b: item shares p_o ~ Beta(a, b), all votes on an item pooled.
//  2. s: theta_{o,g} ~ Beta(s p_o, s (1 - p_o)), with p_o integrated out rather than plugged in.
//     With the plug-in an item's votes are used twice, for p_o and for the distance from it, and s
//     is overstated where cells are small, which is everywhere.
//  3. Cells (closed form, ours): n votes of one group tell of p_o like n (s + 1) / (s + n)
//     independent ones (Kish's design effect with intraclass correlation 1 / (s + 1)), so that
//     p_o ~ Beta(a + sum of effective agreements, b + ...); then theta given p_o is conjugate, with
//     the variance of p_o carried over.
//  4. Cells are averaged over how a + b and s might be otherwise, and a vote counts for more than
//  one
//     where passes make votes scatter less than a coin: vote_priors.hpp.
// One rater judges many items. That does not bias a cell's posterior, in which each rater counts
// once; it does make the cells of a group depend on each other, which whoever adds cells up has to
// account for by resampling raters.

namespace edgewise::estimate {
namespace {

using Counts = std::array<VoteCount, kMostLevels + 1>;

class VotesFit final : public Fit {
public:
    VotesFit(Crossed design, const FitOptions& options, FitSummary summary,
             const VotePriors& priors, const Job& job)
        : design_(std::move(design)),
          least_cell_(options.least_cell),
          summary_(std::move(summary)),
          priors_(priors.posterior),
          worth_(priors.worth),
          share_(design_.share) {
        find_group_effects(job);
    }

    const FitSummary& summary() const noexcept override { return summary_; }
    Cell cells(std::size_t item, std::span<Cell> groups) const override;

private:
    void find_group_effects(const Job& job);
    void add_cells(const VotePrior& prior, const Counts& counts, PerLevel& mean,
                   PerLevel& square) const;
    Cell finish(double mean, double variance, std::uint32_t n, double n_eff) const;

    Crossed design_;
    std::uint32_t least_cell_;
    FitSummary summary_;
    std::vector<VotePrior> priors_;
    double worth_;
    PerLevel share_;  // of the raters
};

Cell VotesFit::finish(double mean, double variance, std::uint32_t n, double n_eff) const {
    return beta_cell(mean, variance, n, n_eff, least_cell_);
}

Cell VotesFit::cells(std::size_t item, std::span<Cell> groups) const {
    ensure(groups.size() == design_.groups, "one cell for every group");
    const Counts counts = count_votes(design_, item, worth_);
    const auto raters = design_.view->raters(item);
    std::array<std::uint32_t, kMostLevels> n{};
    for (const Id r : raters) ++n[design_.level_of[r]];
    // A mixture over the priors: mean and variance by the laws of total mean and variance.
    PerLevel mean{}, square{};  // of the groups, and of everybody at `design_.groups`
    for (const VotePrior& prior : priors_) add_cells(prior, counts, mean, square);
    const auto variance = [&](std::size_t l) { return square[l] - mean[l] * mean[l]; };
    const auto n_eff = [&](const VoteCount& count, std::uint32_t votes) {
        return design_.weighted() ? count.n / worth_ : static_cast<double>(votes);
    };
    for (std::size_t g = 0; g < design_.groups; ++g) {
        groups[g] = finish(mean[g], variance(g), n[g], n_eff(counts[g], n[g]));
    }
    const auto all = static_cast<std::uint32_t>(raters.size());
    return finish(mean[design_.groups], variance(design_.groups), all, n_eff(counts.back(), all));
}

// Adds the first two moments of every cell under one prior, times its weight.
void VotesFit::add_cells(const VotePrior& prior, const Counts& counts, PerLevel& mean,
                         PerLevel& square) const {
    const double s = prior.strength, w = prior.weight;
    const std::size_t nobody = design_.groups;
    double agree = prior.a + counts[nobody].agree;
    double size = prior.a + prior.b + counts[nobody].n;
    for (std::size_t g = 0; g < design_.groups; ++g) {
        if (counts[g].n == 0.0) continue;
        const double effective = (s + 1.0) / (s + counts[g].n);
        agree += effective * counts[g].agree;
        size += effective * counts[g].n;
    }
    const double p = agree / size;
    const double p_variance = p * (1.0 - p) / (size + 1.0);

    double pooled = share_[nobody] * p, follows = share_[nobody], own = 0.0;
    for (std::size_t g = 0; g < design_.groups; ++g) {
        const VoteCount& c = counts[g];
        const double follow = s / (s + c.n);  // how much of an error in p the cell shares
        const double theta = (s * p + c.agree) / (s + c.n);
        const double given_p = theta * (1.0 - theta) / (s + c.n + 1.0);
        mean[g] += w * theta;
        square[g] += w * (theta * theta + given_p + follow * follow * p_variance);
        pooled += share_[g] * theta;
        follows += share_[g] * follow;
        own += share_[g] * share_[g] * given_p;
    }
    if (design_.total == 0) {
        pooled = p;
        follows = 1.0;
    }
    mean[nobody] += w * pooled;
    square[nobody] += w * (pooled * pooled + own + follows * follows * p_variance);
}

// Mean over a group's judged items of its cell less the item's pooled cell.
void VotesFit::find_group_effects(const Job& job) {
    struct Sum {
        PerLevel difference{}, items{};
    };
    const std::size_t groups = design_.groups;
    const Sum sum = parallel_reduce(
        job, design_.view->items(), design_.grain(), Sum{},
        [&](std::size_t begin, std::size_t end) {
            Sum part;
            std::array<Cell, kMostGroups> cell;
            for (std::size_t item = begin; item < end; ++item) {
                const Cell pooled = cells(item, std::span(cell).first(groups));
                for (std::size_t g = 0; g < groups; ++g) {
                    if (cell[g].n == 0) continue;
                    part.difference[g] += cell[g].mean - pooled.mean;
                    part.items[g] += 1.0;
                }
            }
            return part;
        },
        [](Sum a, const Sum& b) {
            for (std::size_t g = 0; g < kMostGroups; ++g) {
                a.difference[g] += b.difference[g];
                a.items[g] += b.items[g];
            }
            return a;
        });
    summary_.group_effect.assign(groups, 0.0);
    for (std::size_t g = 0; g < groups; ++g) {
        if (sum.items[g] > 0.0) summary_.group_effect[g] = sum.difference[g] / sum.items[g];
    }
}

}  // namespace

bool handles_votes(const DimensionView& view) { return view.binary || view.votes; }

std::unique_ptr<Fit> fit_beta_votes(const DimensionView& view, const judgment::Partition& partition,
                                    const FitOptions& options, const Job& job) {
    job.progress(0.0, "prior strength");
    Crossed design = cross(view, partition, job);
    const VotePriors priors = fit_vote_priors(design, job);

    FitSummary summary;
    summary.estimator = "beta_votes";
    summary.method = "marginal_likelihood";
    summary.judgments = design.total;
    summary.effective = design.effective;
    summary.converged = priors.converged;
    summary.iterations = priors.iterations;
    summary.why = view.votes ? "votes are agreement or not: a beta-binomial model of shares"
                             : "every judgment is 0 or 1: a beta-binomial model of shares";
    if (design.weighted()) {
        summary.why +=
            fmt::format("; weighted, {} judgments tell as much as {:.0f} of equal weight",
                        design.total, design.effective);
    }
    if (design.items > priors.items_used) {
        summary.why += fmt::format("; prior from {} of {} items, evenly spaced", priors.items_used,
                                   design.items);
    }
    summary.log_likelihood = priors.log_likelihood;
    summary.log_likelihood_without_groups = priors.log_likelihood_without_groups;
    summary.strength = priors.best.strength;
    summary.strength_at_ceiling = summary.strength >= 0.999 * kMostStrength;
    return std::make_unique<VotesFit>(std::move(design), options, std::move(summary), priors, job);
}

}  // namespace edgewise::estimate
