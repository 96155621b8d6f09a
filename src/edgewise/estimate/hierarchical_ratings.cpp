#include "edgewise/estimate/hierarchical_ratings.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "edgewise/base/parallel.hpp"
#include "edgewise/estimate/backfit.hpp"
#include "edgewise/estimate/cell_posterior.hpp"
#include "edgewise/estimate/variance_components.hpp"

// Cells are those of cell_posterior.hpp, with each judgment's noise widened by the posterior
// variance of its rater's severity.

namespace edgewise::estimate {
namespace {

constexpr double kUniform = 1.0 / 12.0;  // variance of a utility of which nothing is known

struct RaterTerm {
    double severity = 0.0;
    float precision = 0.0F;  // of one judgment: 1 / (residual + severity variance)
    std::uint32_t level = 0;
};

class RatingsFit final : public Fit {
public:
    RatingsFit(const Crossed& design, const FitOptions& options, FitSummary summary,
               const Backfit& effects, double noise);

    const FitSummary& summary() const noexcept override { return summary_; }
    Cell cells(std::size_t item, std::span<Cell> groups) const override;

private:
    ItemSays says(std::size_t item) const;
    ItemSays says_with_weights(std::size_t item) const;
    void fixed_effect_uncertainty(const Crossed& design, double noise);
    Cell finish(double mean, double variance, std::uint32_t n, double n_eff) const;

    const DimensionView* view_;
    std::size_t groups_;
    std::uint32_t least_cell_;
    FitSummary summary_;
    double noise_;
    PerLevel share_;  // of the raters
    CellModel model_;
    std::vector<RaterTerm> raters_;
};

RatingsFit::RatingsFit(const Crossed& design, const FitOptions& options, FitSummary summary,
                       const Backfit& effects, double noise)
    : view_(design.view),
      groups_(design.groups),
      least_cell_(options.least_cell),
      summary_(std::move(summary)),
      noise_(noise),
      share_(design.share) {
    model_.groups = groups_;
    model_.item = summary_.components.item;
    model_.item_by_group = summary_.components.item_by_group;
    model_.mean = effects.mean;
    const double rater = summary_.components.rater;
    raters_.resize(design.level_of.size());
    for (std::size_t r = 0; r < raters_.size(); ++r) {
        const double n = design.count(r);
        const double posterior = rater * noise / (noise + n * rater);
        raters_[r] = {effects.severity[r], static_cast<float>(1.0 / (noise + posterior)),
                      design.level_of[r]};
    }
    fixed_effect_uncertainty(design, noise);

    double grand = 0.0;
    for (std::size_t l = 0; l < design.levels(); ++l) grand += share_[l] * model_.mean[l];
    summary_.group_effect.assign(groups_, 0.0);
    for (std::size_t g = 0; g < groups_; ++g) {
        if (design.judgments[g] > 0) summary_.group_effect[g] = model_.mean[g] - grand;
    }
}

void RatingsFit::fixed_effect_uncertainty(const Crossed& design, double noise) {
    const Components& c = summary_.components;
    // A level's mean adds up its raters' by w n / (noise + n c.rater), w a rater's weight: hence
    // the variance sum w^2 (..) / (sum w (..))^2, which is 1 / sum (..) where all w are 1.
    PerLevel information{}, squares{}, followed{};
    for (std::size_t r = 0; r < raters_.size(); ++r) {
        const double n = design.count(r);
        if (n == 0.0) continue;
        const double w = design.mean_weight(r), own = n / (noise + n * c.rater);
        information[raters_[r].level] += w * own;
        squares[raters_[r].level] += w * w * own;
        followed[raters_[r].level] += design.amount_by(r) * (n * c.rater / (noise + n * c.rater));
    }
    LevelMatrix together{};  // sum over items of n_l n_h
    PerLevel judged;
    for (std::size_t item = 0; item < view_->items(); ++item) {
        std::fill_n(judged.begin(), groups_ + 1, 0.0);
        for (std::size_t k = view_->begin[item]; k < view_->begin[item + 1]; ++k) {
            judged[raters_[view_->rater[k]].level] +=
                design.weighted() ? static_cast<double>(design.weight[k]) : 1.0;
        }
        for (std::size_t l = 0; l <= groups_; ++l) {
            if (judged[l] == 0.0) continue;
            for (std::size_t h = 0; h <= groups_; ++h) together[l][h] += judged[l] * judged[h];
        }
    }
    for (std::size_t l = 0; l <= groups_; ++l) {
        const double n = design.amount[l];
        if (n == 0.0) {
            model_.rater_sampling[l] = kUniform;  // nobody of this group spoke on this dimension
            continue;
        }
        model_.rater_sampling[l] = design.weighted()
                                       ? squares[l] / (information[l] * information[l])
                                       : 1.0 / information[l];
        model_.reach[l] = followed[l] / n;
        for (std::size_t h = 0; h <= groups_; ++h) {
            const double m = design.amount[h];
            if (m == 0.0) continue;
            const double cell = l == h && l != groups_ ? c.item_by_group : 0.0;
            model_.item_sampling[l][h] = (c.item + cell) * together[l][h] / (n * m);
        }
    }
}

Cell RatingsFit::finish(double mean, double variance, std::uint32_t n, double n_eff) const {
    return {.mean = std::clamp(mean, 0.0, 1.0),
            .sd = std::sqrt(std::max(variance, 0.0)),
            .n_eff = n_eff,
            .n = n,
            .state = n == 0            ? CellState::pooled
                     : n < least_cell_ ? CellState::insufficient
                                       : CellState::observed,
            .family = Family::normal};
}

inline ItemSays RatingsFit::says(std::size_t item) const {
    ItemSays out;
    const auto raters = view_->raters(item);
    const auto utilities = view_->utilities(item);
    for (std::size_t k = 0; k < raters.size(); ++k) {
        const RaterTerm& r = raters_[raters[k]];
        const auto p = static_cast<double>(r.precision);
        ++out.n[r.level];
        out.precision[r.level] += p;
        out.weighted[r.level] += p * (static_cast<double>(utilities[k]) - r.severity);
    }
    return out;
}

ItemSays RatingsFit::says_with_weights(std::size_t item) const {
    ItemSays out;
    const auto raters = view_->raters(item);
    const auto utilities = view_->utilities(item);
    const auto weights = view_->weights(item);
    PerLevel total{}, squares{}, sum{};
    for (std::size_t k = 0; k < raters.size(); ++k) {
        const RaterTerm& r = raters_[raters[k]];
        const double w = static_cast<double>(weights[k]);
        const double p = w * static_cast<double>(r.precision);
        ++out.n[r.level];
        total[r.level] += p;
        squares[r.level] += p * w;
        sum[r.level] += p * (static_cast<double>(utilities[k]) - r.severity);
    }
    for (std::size_t l = 0; l <= groups_; ++l) {
        if (out.n[l] == 0) continue;
        out.precision[l] = total[l] * total[l] / squares[l];
        out.weighted[l] = out.precision[l] * (sum[l] / total[l]);
    }
    return out;
}

Cell RatingsFit::cells(std::size_t item, std::span<Cell> groups) const {
    ensure(groups.size() == groups_, "one cell for every group");
    const ItemSays item_says = view_->weight.empty() ? says(item) : says_with_weights(item);
    const CellPosterior posterior = cell_posterior(model_, item_says);
    double pooled_mean = 0.0, pooled_eff = 0.0;
    for (std::size_t l = 0; l <= groups_; ++l) {
        const double n_eff = noise_ * item_says.precision[l];
        if (l < groups_) {
            groups[l] = finish(posterior.mean[l], posterior.variance[l], item_says.n[l], n_eff);
        }
        pooled_mean += share_[l] * posterior.mean[l];
        pooled_eff += n_eff;
    }
    if (view_->rater.empty()) return finish(model_.mean[groups_], kUniform, 0, 0.0);
    return finish(pooled_mean, posterior.variance_of_sum(model_, share_),
                  static_cast<std::uint32_t>(view_->raters(item).size()), pooled_eff);
}

}  // namespace

bool handles_ratings(const DimensionView&) { return true; }

std::unique_ptr<Fit> fit_hierarchical_ratings(const DimensionView& view,
                                              const judgment::Partition& partition,
                                              const FitOptions& options, const Job& job) {
    job.progress(0.0, "variance components");
    const Crossed design = cross(view, partition, job);
    std::uint64_t levels = 0;
    for (const std::uint64_t n : design.judgments) levels += n > 0;
    const auto [low, high] = std::ranges::minmax_element(view.utility);
    const bool constant = view.utility.empty() || *low == *high;

    FitSummary summary;
    summary.estimator = "hierarchical_ratings";
    summary.judgments = design.total;
    summary.effective = design.effective;
    if (constant || design.total <= levels) {
        summary.method = "moments";
        summary.why = constant ? "no two judgments differ, so that no variance can be estimated"
                               : "there are no more judgments than groups, so that no variance "
                                 "can be estimated";
    } else if (design.weighted()) {
        summary.method = "moments";
        summary.why = fmt::format(
            "ratings are numbers; {} weighted judgments, which tell as much as {:.0f} of equal "
            "weight, give their components by weighted pairs",
            design.total, design.effective);
        summary.components = moment_components(design, job);
    } else if (design.total <= options.exact_limit && reml_is_affordable(design)) {
        summary.method = "reml";
        summary.why = fmt::format(
            "ratings are numbers; with {} judgments the exact restricted "
            "likelihood is affordable",
            design.total);
        const Reml full = reml(design, true, job);
        const Reml without = full.components.item_by_group > 0.0 ? reml(design, false, job) : full;
        summary.components = full.components;
        summary.log_likelihood = full.log_likelihood;
        summary.log_likelihood_without_groups = without.log_likelihood;
        summary.converged = full.converged && without.converged;
        summary.iterations = full.iterations;
    } else {
        summary.method = "moments";
        summary.why = fmt::format(
            "ratings are numbers; {} judgments, or the raters and items they cross, are too many "
            "for the exact restricted likelihood",
            design.total);
        summary.components = moment_components(design, job);
    }

    // Without a variance to go by, judgments are as noisy as uniform ones until there are many of
    // them (ours): five raters who all say 1 are not certainty.
    double noise = summary.components.residual;
    if (noise <= 0.0) {
        noise = kUniform;
        if (constant && design.total > 0) noise /= design.effective;
    }
    job.progress(0.5, "severities");
    Components usable = summary.components;
    usable.residual = noise;
    const Backfit effects = backfit(design, usable, job);
    summary.iterations += effects.iterations;
    summary.converged = summary.converged && effects.converged;
    const double cell = summary.components.item_by_group;
    // As for votes: how many judgments the borrowed value is worth, and from where on it is all.
    constexpr double kCeiling = 2000.0;
    summary.strength = cell > 0.0 ? std::min(noise / cell, kCeiling) : kCeiling;
    summary.strength_at_ceiling = summary.strength >= kCeiling;
    return std::make_unique<RatingsFit>(design, options, std::move(summary), effects, noise);
}

}  // namespace edgewise::estimate
