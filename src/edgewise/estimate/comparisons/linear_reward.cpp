#include "edgewise/estimate/comparisons/linear_reward.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <Eigen/Dense>

#include "edgewise/base/require.hpp"
#include "edgewise/estimate/comparisons/group_cells.hpp"
#include "edgewise/estimate/comparisons/group_model.hpp"
#include "edgewise/estimate/newton_cg.hpp"
#include "edgewise/judgment/partition.hpp"

namespace edgewise::estimate {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

Index at(std::size_t i) { return static_cast<Index>(i); }

PairKernel kernel_of(const BradleyTerryFit& tabular) {
    if (tabular.ties == TieModel::davidson && tabular.tie_parameter > 0.0) {
        return PairKernel::davidson;
    }
    if (tabular.ties == TieModel::rao_kupper && tabular.tie_parameter > 1.0) {
        return PairKernel::rao_kupper;
    }
    return PairKernel::plain;
}

// Minus the penalised log-likelihood as a function of (coefficients of standardised features, tie
// coordinate, position). The Hessian is kept and factored, so that Newton steps are exact.
class LinearModel final : public Convex {
public:
    LinearModel(const GroupCells& cells, const MatrixXd& z, PairKernel kernel, double prior_sd)
        : cells_(cells),
          z_(z),
          kernel_(kernel),
          precision_(prior_sd > 0.0 ? 1.0 / (prior_sd * prior_sd) : 0.0) {}

    std::size_t size() const noexcept {
        return static_cast<std::size_t>(z_.cols()) + (kernel_ == PairKernel::plain ? 0U : 1U) +
               (cells_.position ? 1U : 0U);
    }
    Index tie_at() const noexcept { return z_.cols(); }
    Index position_at() const noexcept { return at(size()) - 1; }
    double log_likelihood() const noexcept { return log_likelihood_; }
    const MatrixXd& hessian() const noexcept { return hessian_; }

    double evaluate(std::span<const double> x, std::span<double> gradient) override {
        const Index d = z_.cols(), n = z_.rows(), all = at(size());
        const Eigen::Map<const VectorXd> at_x(x.data(), all);
        const VectorXd theta = z_ * at_x.head(d);
        double tie = 0.0, position = 0.0;
        if (kernel_ != PairKernel::plain) tie = std::exp(x[static_cast<std::size_t>(tie_at())]);
        if (kernel_ == PairKernel::rao_kupper && !(tie > 1.0 + 1e-12)) {
            return std::numeric_limits<double>::infinity();
        }
        if (cells_.position) position = x[static_cast<std::size_t>(position_at())];
        VectorXd slope = VectorXd::Zero(n), cross_tie = VectorXd::Zero(n);
        VectorXd cross_position = VectorXd::Zero(n);
        MatrixXd curved = MatrixXd::Zero(n, d);  // Laplacian of the curvature times z
        VectorXd g = VectorXd::Zero(all);
        hessian_ = MatrixXd::Zero(all, all);
        log_likelihood_ = 0.0;
        for (std::size_t c = 0; c < cells_.size(); ++c) {
            const Index i = cells_.first[c], j = cells_.second[c];
            const double difference = theta(i) - theta(j) + position;
            PairSlopes sum;
            const auto add = [&](double count, Outcome outcome) {
                if (count == 0.0) return;
                const PairSlopes s = pair_slopes(kernel_, outcome, difference, tie);
                sum.log_p += count * s.log_p;
                sum.slope += count * s.slope;
                sum.curvature += count * s.curvature;
                sum.tie += count * s.tie;
                sum.tie_tie += count * s.tie_tie;
                sum.tie_d += count * s.tie_d;
            };
            add(cells_.wins[c], Outcome::first);
            add(cells_.losses[c], Outcome::second);
            add(cells_.ties[c], Outcome::tie);
            log_likelihood_ += sum.log_p;
            slope(i) += sum.slope;
            slope(j) -= sum.slope;
            curved.row(i) += sum.curvature * (z_.row(i) - z_.row(j));
            curved.row(j) -= sum.curvature * (z_.row(i) - z_.row(j));
            if (kernel_ != PairKernel::plain) {
                g(tie_at()) -= sum.tie;
                hessian_(tie_at(), tie_at()) += sum.tie_tie;
                cross_tie(i) += sum.tie_d;
                cross_tie(j) -= sum.tie_d;
            }
            if (cells_.position) {
                g(position_at()) -= sum.slope;
                hessian_(position_at(), position_at()) += sum.curvature;
                cross_position(i) += sum.curvature;
                cross_position(j) -= sum.curvature;
                if (kernel_ != PairKernel::plain) {
                    hessian_(tie_at(), position_at()) += sum.tie_d;
                    hessian_(position_at(), tie_at()) += sum.tie_d;
                }
            }
        }
        g.head(d) = precision_ * at_x.head(d) - z_.transpose() * slope;
        hessian_.topLeftCorner(d, d) = z_.transpose() * curved;
        hessian_.diagonal().head(d).array() += precision_;
        if (kernel_ != PairKernel::plain) {
            hessian_.col(tie_at()).head(d) = z_.transpose() * cross_tie;
            hessian_.row(tie_at()).head(d) = hessian_.col(tie_at()).head(d).transpose();
        }
        if (cells_.position) {
            hessian_.col(position_at()).head(d) = z_.transpose() * cross_position;
            hessian_.row(position_at()).head(d) = hessian_.col(position_at()).head(d).transpose();
        }
        Eigen::Map<VectorXd>(gradient.data(), all) = g;
        factor_.reset();
        return 0.5 * precision_ * at_x.head(d).squaredNorm() - log_likelihood_;
    }

    void times_hessian(std::span<const double> v, std::span<double> out) override {
        Eigen::Map<VectorXd>(out.data(), at(out.size())) =
            hessian_ * Eigen::Map<const VectorXd>(v.data(), at(v.size()));
    }

    void precondition(std::span<const double> r, std::span<double> out) override {
        if (!factor_) {
            // A feature that is the same everywhere leaves an empty row: it stays where it is.
            MatrixXd h = hessian_;
            const double least = 1e-12 * std::max(1.0, h.diagonal().maxCoeff());
            h.diagonal().array() += least;
            factor_.emplace(h);
        }
        Eigen::Map<VectorXd>(out.data(), at(out.size())) =
            factor_->solve(Eigen::Map<const VectorXd>(r.data(), at(r.size())));
    }

private:
    const GroupCells& cells_;
    const MatrixXd& z_;
    PairKernel kernel_;
    double precision_;
    MatrixXd hessian_;
    std::optional<Eigen::LLT<MatrixXd>> factor_;  // of hessian_, made when asked for
    double log_likelihood_ = 0.0;
};

// Rows of the contests between options with features, counted by pair.
struct Selected {
    std::vector<std::uint32_t> first, second;
    std::vector<Outcome> outcome;
    std::vector<float> weight;
    std::vector<Id> rater;
};

Selected select(const Contests& contests, std::span<const std::uint32_t> row, bool ties_enter,
                const LinearRewardOptions& options, LinearReward& out) {
    Selected chosen;
    for (std::size_t k = 0; k < contests.size(); ++k) {
        const bool bad = contests.outcome[k] == Outcome::both_bad;
        const bool tie = bad || contests.outcome[k] == Outcome::tie;
        const float w = contests.weight.empty() ? 1.0F : contests.weight[k];
        if (w == 0.0F || (bad && options.both_bad == BothBad::left_out) || (tie && !ties_enter)) {
            continue;
        }
        if (row[contests.first[k]] == kNoRow || row[contests.second[k]] == kNoRow) {
            out.left_out += double{w};
            continue;
        }
        chosen.first.push_back(contests.first[k]);
        chosen.second.push_back(contests.second[k]);
        chosen.outcome.push_back(contests.outcome[k]);
        chosen.weight.push_back(w);
        chosen.rater.push_back(contests.rater[k]);
        out.comparisons += double{w};
    }
    return chosen;
}

// Sum over raters of the outer product of their score, times G / (G - 1).
MatrixXd meat_by_rater(const Selected& chosen, const MatrixXd& z, const LinearModel& model,
                       PairKernel kernel, std::span<const double> x, bool position,
                       std::uint64_t& raters) {
    const Index d = z.cols(), all = at(model.size());
    const VectorXd theta = z * Eigen::Map<const VectorXd>(x.data(), d);
    const double tie = kernel == PairKernel::plain ? 0.0 : std::exp(x[static_cast<std::size_t>(d)]);
    const double first = position ? x.back() : 0.0;
    std::vector<std::size_t> order(chosen.first.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t k) { return chosen.rater[k]; });
    MatrixXd out = MatrixXd::Zero(all, all);
    VectorXd score = VectorXd::Zero(all);
    raters = 0;
    for (std::size_t o = 0; o < order.size(); ++o) {
        const std::size_t k = order[o];
        const Index i = chosen.first[k], j = chosen.second[k];
        const PairSlopes s =
            pair_slopes(kernel, chosen.outcome[k], theta(i) - theta(j) + first, tie);
        const double w = double{chosen.weight[k]};
        score.head(d) += w * s.slope * (z.row(i) - z.row(j)).transpose();
        if (kernel != PairKernel::plain) score(d) += w * s.tie;
        if (position) score(all - 1) += w * s.slope;
        if (o + 1 < order.size() && chosen.rater[order[o + 1]] == chosen.rater[k]) continue;
        out.noalias() += score * score.transpose();
        score.setZero();
        ++raters;
    }
    if (raters > 1) out *= static_cast<double>(raters) / static_cast<double>(raters - 1);
    return out;
}

double tabular_log_likelihood(const Selected& chosen, const BradleyTerryFit& tabular,
                              PairKernel kernel) {
    double out = 0.0;
    for (std::size_t k = 0; k < chosen.first.size(); ++k) {
        const double d =
            tabular.theta[chosen.first[k]] - tabular.theta[chosen.second[k]] + tabular.position;
        out += double{chosen.weight[k]} *
               pair_slopes(kernel, chosen.outcome[k], d, tabular.tie_parameter).log_p;
    }
    return out;
}

void check(const Contests& contests, const Features& features, const BradleyTerryFit& tabular,
           const LinearRewardOptions& o) {
    require(tabular.theta.size() == contests.contenders(), "tabular", "a fit of these contests");
    require(features.value.size() == features.option.size() * features.feature.size(), "features",
            "a number for each option and feature");
    require_finite(features.value, std::max<std::size_t>(1, features.feature.size()), "features");
    require(std::isfinite(o.prior_sd) && o.prior_sd >= 0.0, "prior_sd", "a number, 0 or more");
    require(std::isfinite(o.fallback_prior_sd) && o.fallback_prior_sd > 0.0, "fallback_prior_sd",
            "a number above 0");
    require(o.tolerance > 0.0, "tolerance", "a number above 0");
    require(o.most_iterations > 0, "most_iterations", "at least 1");
}

// Whether the likelihood alone has one finite maximum: it converged, its curvature is not flat in
// some direction, and no coefficient ran off.
bool stands_alone(const LinearModel& model, const NewtonOutcome& newton, std::span<const double> x,
                  std::span<const bool> constant) {
    if (!newton.converged) return false;
    std::vector<Index> kept;
    for (std::size_t f = 0; f < x.size(); ++f) {
        if (f >= constant.size() || !constant[f]) kept.push_back(at(f));
        if (std::abs(x[f]) > 30.0) return false;
    }
    const MatrixXd h = model.hessian()(kept, kept);
    if (h.size() == 0) return true;
    const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(h, Eigen::EigenvaluesOnly);
    return eigen.eigenvalues().minCoeff() > 1e-9 * eigen.eigenvalues().maxCoeff() &&
           eigen.eigenvalues().minCoeff() > 1e-5;
}

}  // namespace

LinearReward fit_linear_reward(const Contests& contests, const Features& features,
                               const BradleyTerryFit& tabular, const LinearRewardOptions& options,
                               const Job& job) {
    check(contests, features, tabular, options);
    LinearReward out;
    out.ties = tabular.ties;
    out.tie_parameter = tabular.tie_parameter;
    out.prior_sd = options.prior_sd;
    const std::size_t n = contests.contenders(), d = features.feature.size();
    const std::vector<std::uint32_t> row = feature_rows(features, contests.contender);
    const Selected chosen = select(contests, row, tabular.ties != TieModel::none, options, out);
    for (std::size_t i = 0; i < n; ++i) {
        out.has_features.push_back(row[i] != kNoRow);
        if (row[i] == kNoRow) out.without_features.push_back(contests.contender[i]);
    }

    // Standardised over the options that were compared.
    std::vector<bool> compared(n, false);
    for (std::size_t k = 0; k < chosen.first.size(); ++k) {
        compared[chosen.first[k]] = compared[chosen.second[k]] = true;
    }
    const auto count = static_cast<double>(std::ranges::count(compared, true));
    std::vector<double> sd(d, 0.0);
    const std::unique_ptr<bool[]> constant = std::make_unique<bool[]>(d);
    out.mean.assign(d, 0.0);
    MatrixXd z = MatrixXd::Zero(at(n), at(d));
    for (std::size_t f = 0; f < d; ++f) {
        double sum = 0.0, squares = 0.0, most = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            if (compared[i]) sum += features.row(row[i])[f];
        }
        out.mean[f] = count > 0.0 ? sum / count : 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            if (!compared[i]) continue;
            squares += std::pow(features.row(row[i])[f] - out.mean[f], 2);
            most = std::max(most, std::abs(features.row(row[i])[f]));
        }
        sd[f] = count > 0.0 ? std::sqrt(squares / count) : 0.0;
        constant[f] = !(sd[f] > 1e-12 * most);
        for (std::size_t i = 0; i < n && !constant[f]; ++i) {
            if (row[i] == kNoRow) continue;
            z(at(i), at(f)) = (features.row(row[i])[f] - out.mean[f]) / sd[f];
        }
    }

    const PairKernel kernel = kernel_of(tabular);
    const std::vector<std::uint16_t> nobody(chosen.first.size(), judgment::kNoGroup);
    GroupCells cells =
        count_cells({.contenders = static_cast<std::uint32_t>(n),
                     .groups = 0,
                     .position = tabular.position_fitted},
                    chosen.first, chosen.second, chosen.outcome, nobody, chosen.weight, job);
    if (kernel == PairKernel::plain) without_ties(cells, tabular.ties == TieModel::half);

    std::vector<double> x;
    const auto fit = [&](double prior_sd) {
        LinearModel model(cells, z, kernel, prior_sd);
        x.assign(model.size(), 0.0);
        if (kernel != PairKernel::plain) x[d] = std::log(tabular.tie_parameter);
        if (cells.position) x.back() = tabular.position;
        const NewtonOutcome newton = newton_cg(
            model, x, {.tolerance = options.tolerance, .most_iterations = options.most_iterations},
            job);
        return std::pair(std::move(model), newton);
    };
    auto fitted = std::make_unique<std::pair<LinearModel, NewtonOutcome>>(fit(out.prior_sd));
    if (out.prior_sd == 0.0 && out.comparisons > 0.0 &&
        !stands_alone(fitted->first, fitted->second, x, std::span(constant.get(), d))) {
        out.prior_sd = options.fallback_prior_sd;
        out.prior_was_needed = true;
        out.note = fmt::format(
            "No single finite set of coefficients fits best (features follow "
            "from each other, or tell every comparison): a normal prior with a "
            "standard deviation of {:.4g} logits per standard deviation of the "
            "feature decides.",
            out.prior_sd);
        fitted = std::make_unique<std::pair<LinearModel, NewtonOutcome>>(fit(out.prior_sd));
    }
    const auto& [model, newton] = *fitted;
    out.log_likelihood = model.log_likelihood();
    out.log_likelihood_tabular = tabular_log_likelihood(chosen, tabular, kernel);
    out.gradient_norm = newton.gradient_norm;
    out.iterations = newton.iterations;
    out.converged = newton.converged;
    if (kernel != PairKernel::plain) out.tie_parameter = std::exp(x[d]);
    if (cells.position) out.position = x.back();

    // Errors, on what is not constant; then per unit of the feature.
    std::vector<Index> kept;
    for (std::size_t p = 0; p < x.size(); ++p) {
        if (p >= d || !constant[p]) kept.push_back(at(p));
    }
    const MatrixXd meat =
        meat_by_rater(chosen, z, model, kernel, x, cells.position, out.raters)(kept, kept);
    const MatrixXd h = model.hessian()(kept, kept);
    const MatrixXd inverse = h.llt().solve(MatrixXd::Identity(h.rows(), h.cols()));
    const bool known = out.comparisons > 0.0;
    const MatrixXd robust = inverse * meat * inverse;
    out.covariance.assign(d * d, 0.0);
    if (out.raters > 1) out.covariance_rater.assign(d * d, 0.0);
    for (std::size_t a = 0; a < kept.size() && known; ++a) {
        for (std::size_t b = 0; b < kept.size(); ++b) {
            const auto f = static_cast<std::size_t>(kept[a]), g = static_cast<std::size_t>(kept[b]);
            if (f >= d || g >= d) continue;
            const double scale = 1.0 / (sd[f] * sd[g]);
            out.covariance[f * d + g] = inverse(at(a), at(b)) * scale;
            if (out.raters > 1) out.covariance_rater[f * d + g] = robust(at(a), at(b)) * scale;
        }
    }
    for (std::size_t f = 0; f < d; ++f) {
        FeatureWeight one{.feature = features.feature[f], .constant = constant[f]};
        if (!constant[f]) {
            one.per_sd = x[f];
            one.value = x[f] / sd[f];
            one.se = std::sqrt(std::max(0.0, out.covariance[f * d + f]));
            if (out.raters > 1) {
                one.se_rater = std::sqrt(std::max(0.0, out.covariance_rater[f * d + f]));
            }
        }
        out.coefficients.push_back(std::move(one));
    }
    out.theta.assign(n, 0.0);
    const VectorXd theta = z * Eigen::Map<const VectorXd>(x.data(), at(d));
    for (std::size_t i = 0; i < n; ++i) out.theta[i] = row[i] == kNoRow ? 0.0 : theta(at(i));
    if (!known) out.note = "No two options with features were compared: coefficients are 0.";
    if (!out.converged) {
        out.note += fmt::format("{}Stopped after {} steps with a gradient of {:.2g}.",
                                out.note.empty() ? "" : " ", out.iterations, out.gradient_norm);
    }
    return out;
}

Prediction predict(const LinearReward& fit, std::span<const double> features) {
    const std::size_t d = fit.coefficients.size();
    require(features.size() == d, "features", "one number for each coefficient");
    require_finite(features, std::max<std::size_t>(1, d), "features");
    Prediction out;
    double variance = 0.0, by_rater = 0.0;
    for (std::size_t f = 0; f < d; ++f) {
        const double x = features[f] - fit.mean[f];
        out.reward += fit.coefficients[f].value * x;
        for (std::size_t g = 0; g < d; ++g) {
            const double y = features[g] - fit.mean[g];
            variance += x * y * fit.covariance[f * d + g];
            if (!fit.covariance_rater.empty()) by_rater += x * y * fit.covariance_rater[f * d + g];
        }
    }
    out.se = std::sqrt(std::max(0.0, variance));
    if (!fit.covariance_rater.empty()) out.se_rater = std::sqrt(std::max(0.0, by_rater));
    return out;
}

}  // namespace edgewise::estimate
