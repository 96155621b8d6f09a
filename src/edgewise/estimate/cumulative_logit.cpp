#include "edgewise/estimate/cumulative_logit.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "edgewise/base/parallel.hpp"
#include "edgewise/estimate/beta_cell.hpp"
#include "edgewise/estimate/cell_posterior.hpp"
#include "edgewise/estimate/hierarchical_ratings.hpp"
#include "edgewise/estimate/ordinal_answers.hpp"
#include "edgewise/estimate/ordinal_mode.hpp"

namespace edgewise::estimate {
namespace {

constexpr double kLogisticVariance = std::numbers::pi * std::numbers::pi / 3.0;

struct RaterTerm {
    double exp_severity = 1.0;
    double doubt = 0.0;  // posterior variance of the severity
    std::uint32_t level = 0;
};

class LogitFit final : public OrdinalFit {
public:
    LogitFit(Crossed crossed, OrdinalScale scale, const FitOptions& options, const Job& job);

    const FitSummary& summary() const noexcept override { return summary_; }
    std::span<const double> levels() const noexcept override { return scale_.value; }
    Cell cells(std::size_t item, std::span<Cell> groups) const override;
    void shares(std::size_t item, std::span<double> mean, std::span<double> sd) const override;

private:
    struct Says {
        ItemSays says;
        PerLevel n_eff{};
    };
    struct Heard;
    Says says(std::size_t item) const;
    void find_raters();
    void find_uncertainty(const Job& job);
    void describe();
    Cell finish(double mean, double variance, std::uint32_t n, double n_eff) const;
    OrdinalSlope slope(std::size_t at, double exp_base) const {
        const std::size_t c = category_[at];
        return ordinal_slope(exp_cut_[c + 1], exp_cut_[c],
                             exp_base * raters_[crossed_.view->rater[at]].exp_severity);
    }
    PerLevel bases(std::size_t item) const {
        PerLevel base;
        for (std::size_t c = mode_.begin[item]; c < mode_.begin[item + 1]; ++c) {
            const OrdinalMode::Cell& cell = mode_.cell[c];
            base[cell.level] = mode_.mean[cell.level] + mode_.item[item] + cell.effect;
        }
        return base;
    }

    Crossed crossed_;
    OrdinalScale scale_;
    std::vector<std::uint8_t> category_;
    std::uint32_t least_cell_;
    FitSummary summary_;
    OrdinalComponents latent_;
    OrdinalMode mode_;
    std::vector<double> exp_cut_;
    std::vector<RaterTerm> raters_;
    CellModel model_;
    double curvature_ = 0.0;  // mean of a judgment's
    std::optional<Answers> answers_;
};

LogitFit::LogitFit(Crossed crossed, OrdinalScale scale, const FitOptions& options, const Job& job)
    : crossed_(std::move(crossed)), scale_(std::move(scale)), least_cell_(options.least_cell) {
    OrdinalDesign design = ordinal_design(crossed_, scale_);
    job.progress(0.1, "variances from pairs");
    latent_ = ordinal_components(design, job);
    job.progress(0.4, "effects");
    mode_ = ordinal_mode(design, latent_, job);
    category_ = std::move(design.category);
    exp_cut_ = exp_cuts(latent_.cuts);
    model_.groups = crossed_.groups;
    model_.item = latent_.item;
    model_.item_by_group = latent_.item_by_group;
    model_.mean = mode_.mean;
    find_raters();
    find_uncertainty(job);
    answers_.emplace(latent_.cuts, scale_.value, std::sqrt(latent_.rater));
    describe();
}

void LogitFit::find_raters() {
    raters_.resize(crossed_.level_of.size());
    for (std::size_t r = 0; r < raters_.size(); ++r) {
        // Information of judgments of equal weight, as many as Kish counts.
        const double judged = crossed_.judgments_of[r];
        const double n = judged > 0.0 ? mode_.information[r] / crossed_.mean_weight(r) *
                                            (crossed_.count(r) / judged)
                                      : 0.0;
        raters_[r] = {std::exp(mode_.severity[r]), latent_.rater / (1.0 + n * latent_.rater),
                      crossed_.level_of[r]};
    }
}

// What items and cells tell, as sums of curvatures.
struct LogitFit::Heard {
    LevelMatrix together{};  // sum over items of products of levels'
    double by_items = 0.0, by_cells = 0.0, items = 0.0, cells = 0.0;
};

// As in hierarchical_ratings.cpp, with a judgment's curvature for one over the residual variance.
void LogitFit::find_uncertainty(const Job& job) {
    const std::size_t levels = crossed_.levels();
    PerLevel information{}, squares{}, followed{}, amount{};
    for (std::size_t r = 0; r < raters_.size(); ++r) {
        if (crossed_.judgments_of[r] == 0) continue;
        const std::size_t l = raters_[r].level;
        const double w = crossed_.mean_weight(r);
        const double n = mode_.information[r] / w * (crossed_.count(r) / crossed_.judgments_of[r]);
        const double own = n / (1.0 + n * latent_.rater);
        information[l] += w * own;
        squares[l] += w * w * own;
        followed[l] += mode_.information[r] * (n * latent_.rater / (1.0 + n * latent_.rater));
        amount[l] += mode_.information[r];
    }
    const Heard heard = parallel_reduce(
        job, crossed_.view->items(), crossed_.grain(), Heard{},
        [&](std::size_t begin, std::size_t end) {
            Heard part{};
            for (std::size_t item = begin; item < end; ++item) {
                PerLevel judged{}, exp_base = bases(item);
                for (std::size_t c = mode_.begin[item]; c < mode_.begin[item + 1]; ++c) {
                    const std::size_t l = mode_.cell[c].level;
                    exp_base[l] = std::exp(exp_base[l]);
                }
                for (std::size_t k = crossed_.view->begin[item]; k < crossed_.view->begin[item + 1];
                     ++k) {
                    const std::size_t l = raters_[crossed_.view->rater[k]].level;
                    const double w =
                        crossed_.weighted() ? static_cast<double>(crossed_.weight[k]) : 1.0;
                    judged[l] += w * slope(k, exp_base[l]).curvature;
                }
                for (std::size_t c = mode_.begin[item]; c < mode_.begin[item + 1]; ++c) {
                    const std::size_t l = mode_.cell[c].level;
                    for (std::size_t h = 0; h < levels; ++h) {
                        part.together[l][h] += judged[l] * judged[h];
                    }
                    const double cell = l == crossed_.groups ? 0.0 : latent_.item_by_group;
                    part.by_items += judged[l] / (1.0 + cell * judged[l]);
                    if (l == crossed_.groups) continue;
                    part.by_cells += judged[l];
                    part.cells += 1.0;
                }
                part.items += mode_.begin[item] < mode_.begin[item + 1] ? 1.0 : 0.0;
            }
            return part;
        },
        [&](Heard a, const Heard& b) {
            for (std::size_t l = 0; l < levels; ++l) {
                for (std::size_t h = 0; h < levels; ++h) a.together[l][h] += b.together[l][h];
            }
            a.by_items += b.by_items;
            a.by_cells += b.by_cells;
            a.items += b.items;
            a.cells += b.cells;
            return a;
        });
    double all = 0.0;
    for (std::size_t l = 0; l < levels; ++l) {
        all += amount[l];
        // Nobody of this group spoke, or all say the same: about a uniform utility.
        model_.rater_sampling[l] = kLogisticVariance;
        if (amount[l] <= 0.0) continue;
        model_.rater_sampling[l] =
            std::min(squares[l] / (information[l] * information[l]), 2.0 * kLogisticVariance);
        model_.reach[l] = followed[l] / amount[l];
        for (std::size_t h = 0; h < levels; ++h) {
            if (amount[h] <= 0.0) continue;
            const double cell = l == h && l != crossed_.groups ? latent_.item_by_group : 0.0;
            model_.item_sampling[l][h] =
                (latent_.item + cell) * heard.together[l][h] / (amount[l] * amount[h]);
        }
    }
    // A variance is estimated from so many contrasts, each of that variance and a noise: its
    // logarithm is known to 2 / contrasts, over the squared share of the noise-free (Satterthwaite
    // 1946, by one noise for all).
    const auto doubt = [](double variance, double precision, double count, double contrasts) {
        if (variance <= 0.0 || precision <= 0.0 || contrasts < 1.0) return 0.0;
        const double whole = 1.0 + count / (precision * variance);
        return std::min(2.0 / contrasts * whole * whole, 1.0);
    };
    model_.item_doubt = doubt(latent_.item, heard.by_items, heard.items, heard.items - 1.0);
    model_.cell_doubt =
        doubt(latent_.item_by_group, heard.by_cells, heard.cells,
              heard.cells - heard.items - static_cast<double>(crossed_.groups) + 1.0);
    curvature_ = all / static_cast<double>(crossed_.total);
}

void LogitFit::describe() {
    const OrdinalComponents& c = latent_;
    summary_.estimator = "cumulative_logit";
    summary_.method = "pairwise_likelihood";
    summary_.why = fmt::format(
        "judgments stand on {} levels: common cuts on a logit scale; {} judgments, variances from "
        "{:.0f} pairs",
        scale_.categories(), crossed_.total, c.pairs);
    if (crossed_.weighted()) {
        summary_.why += fmt::format("; weighted, they tell as much as {:.0f} of equal weight",
                                    crossed_.effective);
    }
    if (c.at_bound) {
        summary_.why += fmt::format(
            "; a standard deviation stands at its bound of {} logits, the "
            "answers are nearly determined",
            kMostLatentSd);
    }
    summary_.judgments = crossed_.total;
    summary_.effective = crossed_.effective;
    summary_.iterations = c.iterations + mode_.sweeps;
    summary_.converged = c.converged && mode_.converged;
    summary_.cuts = c.cuts;
    summary_.latent = {.item = c.item,
                       .rater = c.rater,
                       .item_by_group = c.item_by_group,
                       .residual = kLogisticVariance};
    constexpr double kCeiling = 2000.0;
    summary_.strength = c.item_by_group > 0.0 && curvature_ > 0.0
                            ? std::min(1.0 / (curvature_ * c.item_by_group), kCeiling)
                            : kCeiling;
    summary_.strength_at_ceiling = summary_.strength >= kCeiling;

    // Variances of utilities: by level, then averaged.
    const NormalNodes& nodes = normal_nodes();
    const auto spread = [&](double eta, double shared, double apart) {
        double mean = 0.0, square = 0.0;
        for (std::size_t k = 0; k < nodes.z.size(); ++k) {
            const double u = expected_utility(
                c.cuts, scale_.value, eta + std::sqrt(shared) * nodes.z[k], std::sqrt(apart));
            mean += nodes.weight[k] * u;
            square += nodes.weight[k] * u * u;
        }
        return std::pair{mean, std::max(square - mean * mean, 0.0)};
    };
    Components& out = summary_.components;
    PerLevel mean{};
    double grand = 0.0;
    for (std::size_t l = 0; l < crossed_.levels(); ++l) {
        if (crossed_.judgments[l] == 0) continue;
        const double eta = mode_.mean[l], share = crossed_.share[l];
        const double cell = l == crossed_.groups ? 0.0 : c.item_by_group;
        const auto [m, item] = spread(eta, c.item, cell + c.rater);
        const double both = spread(eta, c.item + cell, c.rater).second;
        const double rater = spread(eta, c.rater, c.item + cell).second;
        double square = 0.0, below = 0.0;
        for (std::size_t k = 0; k < scale_.categories(); ++k) {
            const double up = k < c.cuts.size() ? mixed_logistic(c.cuts[k] - eta,
                                                                 std::sqrt(c.item + cell + c.rater))
                                                : 1.0;
            square += (up - below) * scale_.value[k] * scale_.value[k];
            below = up;
        }
        mean[l] = m;
        grand += share * m;
        out.item += share * item;
        out.item_by_group += share * std::max(both - item, 0.0);
        out.rater += share * rater;
        out.residual += share * std::max(square - m * m - both - rater, 0.0);
    }
    summary_.group_effect.assign(crossed_.groups, 0.0);
    for (std::size_t g = 0; g < crossed_.groups; ++g) {
        if (crossed_.judgments[g] > 0) summary_.group_effect[g] = mean[g] - grand;
    }
}

LogitFit::Says LogitFit::says(std::size_t item) const {
    Says out;
    ItemSays& s = out.says;
    const PerLevel base = bases(item);
    PerLevel exp_base, variance, total{}, squares{}, amount{}, amount_squares{}, heard{};
    for (std::size_t c = mode_.begin[item]; c < mode_.begin[item + 1]; ++c) {
        const OrdinalMode::Cell& cell = mode_.cell[c];
        exp_base[cell.level] = std::exp(base[cell.level]);
        variance[cell.level] = cell.variance;
    }
    for (std::size_t k = crossed_.view->begin[item]; k < crossed_.view->begin[item + 1]; ++k) {
        const RaterTerm& r = raters_[crossed_.view->rater[k]];
        const std::size_t l = r.level;
        const OrdinalSlope slopes = slope(k, exp_base[l]);
        const double w = crossed_.weighted() ? static_cast<double>(crossed_.view->weight[k]) : 1.0;
        const double kept = 1.0 / (1.0 + slopes.curvature * r.doubt);
        const double p = w * slopes.curvature * kept;
        ++s.n[l];
        total[l] += p;
        squares[l] += w * p;
        s.weighted[l] += p * base[l] + w * slopes.expected(variance[l] + r.doubt) * kept;
        amount[l] += w;
        amount_squares[l] += w * w;
        heard[l] += w * kept;
    }
    for (std::size_t c = mode_.begin[item]; c < mode_.begin[item + 1]; ++c) {
        const std::size_t l = mode_.cell[c].level;
        // By Kish where weights differ; the plain sum where they do not. A curvature that vanishes
        // says nothing.
        total[l] = std::max(total[l], 1e-12);
        s.precision[l] =
            crossed_.weighted() ? total[l] * total[l] / std::max(squares[l], 1e-12) : total[l];
        s.weighted[l] *= s.precision[l] / total[l];
        out.n_eff[l] = heard[l] * amount[l] / amount_squares[l];
    }
    return out;
}

Cell LogitFit::finish(double mean, double variance, std::uint32_t n, double n_eff) const {
    return beta_cell(mean, variance, n, n_eff, least_cell_);
}

Cell LogitFit::cells(std::size_t item, std::span<Cell> groups) const {
    ensure(groups.size() == crossed_.groups, "one cell for every group");
    const Says heard = says(item);
    const CellPosterior posterior = cell_posterior(model_, heard.says);
    const FewNodes& nodes = few_nodes();
    PerLevel slopes{};
    double pooled = 0.0, pooled_eff = 0.0, own_variance = 0.0;
    for (std::size_t l = 0; l < crossed_.levels(); ++l) {
        if (l == crossed_.groups && crossed_.share[l] == 0.0) continue;
        const double sd = std::sqrt(std::max(posterior.variance[l], 1e-12));
        double mean = 0.0, square = 0.0, along = 0.0;
        for (std::size_t k = 0; k < nodes.z.size(); ++k) {
            const double u = answers_->utility(posterior.mean[l] + sd * nodes.z[k]);
            mean += nodes.weight[k] * u;
            square += nodes.weight[k] * u * u;
            along += nodes.weight[k] * u * nodes.z[k];
        }
        const double variance = std::max(square - mean * mean, 0.0);
        if (l < crossed_.groups) {
            groups[l] = finish(mean, variance, heard.says.n[l], heard.n_eff[l]);
        }
        // E[U'(eta)], by Stein's identity: the slope of the delta method.
        slopes[l] = crossed_.share[l] * along / sd;
        pooled += crossed_.share[l] * mean;
        pooled_eff += heard.n_eff[l];
        own_variance += crossed_.share[l] * variance;
    }
    // The line has less variance than the curve by at most what the curve has; take the line.
    const double variance = std::max(posterior.variance_of_sum(model_, slopes), 0.0);
    return finish(pooled, std::min(variance, own_variance),
                  static_cast<std::uint32_t>(crossed_.view->raters(item).size()), pooled_eff);
}

void LogitFit::shares(std::size_t item, std::span<double> mean, std::span<double> sd) const {
    const std::size_t categories = scale_.categories(), groups = crossed_.groups;
    ensure(mean.size() == (groups + 1) * categories && sd.size() == mean.size(),
           "one share for every group, everybody, and level");
    const CellPosterior posterior = cell_posterior(model_, says(item).says);
    const FewNodes& nodes = few_nodes();
    std::ranges::fill(mean, 0.0);
    std::ranges::fill(sd, 0.0);
    std::array<double, kMostCategories> row{};
    for (std::size_t l = 0; l <= groups; ++l) {
        std::array<double, kMostCategories> first{}, second{};
        const double width = std::sqrt(std::max(posterior.variance[l], 0.0));
        for (std::size_t k = 0; k < nodes.z.size(); ++k) {
            answers_->at(posterior.mean[l] + width * nodes.z[k],
                         std::span(row).first(answers_->columns()));
            double below = 0.0;
            for (std::size_t c = 0; c < categories; ++c) {
                const double up = c + 1 < categories ? row[c] : 1.0;
                first[c] += nodes.weight[k] * (up - below);
                second[c] += nodes.weight[k] * (up - below) * (up - below);
                below = up;
            }
        }
        for (std::size_t c = 0; c < categories; ++c) {
            const double each = std::sqrt(std::max(second[c] - first[c] * first[c], 0.0));
            mean[groups * categories + c] += crossed_.share[l] * first[c];
            sd[groups * categories + c] += crossed_.share[l] * each;
            if (l == groups) continue;
            mean[l * categories + c] = first[c];
            sd[l * categories + c] = each;
        }
    }
}

// The normal model's fit under its own name, with why it stands in.
class StandIn final : public Fit {
public:
    StandIn(std::unique_ptr<Fit> fit, const std::string& reason)
        : fit_(std::move(fit)), summary_(fit_->summary()) {
        summary_.why = reason + "; " + summary_.why;
    }
    const FitSummary& summary() const noexcept override { return summary_; }
    Cell cells(std::size_t item, std::span<Cell> groups) const override {
        return fit_->cells(item, groups);
    }

private:
    std::unique_ptr<Fit> fit_;
    FitSummary summary_;
};

// Why there is no ordinal fit; empty where there is.
std::string why_not(const DimensionView& view, const Crossed& crossed,
                    const std::optional<OrdinalScale>& scale) {
    if (view.utility.empty()) return "there are no judgments to put on levels";
    if (!scale) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("a cumulative logit takes at most {} levels; these judgments stand "
                                "on more",
                                kMostCategories),
                    "model");
    }
    std::uint64_t levels = 0;
    for (const std::uint64_t n : crossed.judgments) levels += n > 0;
    if (scale->categories() < 2) return "all judgments stand on one level, which no cut divides";
    if (crossed.total <= levels) return "there are no more judgments than groups";
    return {};
}

}  // namespace

bool handles_ordinal(const DimensionView& view) {
    const auto scale = ordinal_scale(view);
    return scale && scale->categories() >= 2;
}

std::unique_ptr<OrdinalFit> fit_ordinal(const DimensionView& view,
                                        const judgment::Partition& partition,
                                        const FitOptions& options, const Job& job) {
    Crossed crossed = cross(view, partition, job);
    auto scale = ordinal_scale(view);
    if (!why_not(view, crossed, scale).empty()) return nullptr;
    return std::make_unique<LogitFit>(std::move(crossed), std::move(*scale), options, job);
}

std::unique_ptr<Fit> fit_cumulative_logit(const DimensionView& view,
                                          const judgment::Partition& partition,
                                          const FitOptions& options, const Job& job) {
    if (auto fit = fit_ordinal(view, partition, options, job)) return fit;
    const std::string reason = why_not(view, cross(view, partition, job), ordinal_scale(view)) +
                               ", so that the normal model stands in";
    return std::make_unique<StandIn>(fit_hierarchical_ratings(view, partition, options, job),
                                     reason);
}

}  // namespace edgewise::estimate
