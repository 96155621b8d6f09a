#include "edgewise/estimate/comparisons/bradley_terry.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "edgewise/base/join.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/estimate/comparisons/comparison_graph.hpp"
#include "edgewise/estimate/comparisons/model.hpp"

namespace edgewise::estimate {
namespace {

using comparisons::Estimate;
using comparisons::Kernel;
using comparisons::PairRows;
using comparisons::Prior;

struct Totals {
    double decisive = 0.0, ties = 0.0, both_bad = 0.0;
};

Totals totals_of(const PairCounts& pairs) {
    Totals out;
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        out.decisive += pairs.first_wins[k] + pairs.second_wins[k];
        out.ties += pairs.ties[k];
        out.both_bad += pairs.both_bad[k];
    }
    return out;
}

void check(const PairCounts& pairs, const BradleyTerryOptions& options,
           std::span<const double> start, std::span<const std::string> names) {
    const auto not_negative = [](double x) { return std::isfinite(x) && x >= 0.0; };
    require(not_negative(options.prior_sd), "prior_sd", "a finite number of logits, 0 or more");
    require(std::isfinite(options.fallback_prior_sd) && options.fallback_prior_sd > 0.0,
            "fallback_prior_sd", "a finite number of logits above 0");
    require(std::isfinite(options.tolerance) && options.tolerance > 0.0, "tolerance",
            "a number above 0");
    require(options.most_iterations > 0, "most_iterations", "at least 1");
    require(start.empty() || start.size() == pairs.contenders, "start",
            "none or one log-strength a contender");
    for (const double s : start) require(std::isfinite(s), "start", "finite log-strengths");
    require(names.empty() || names.size() == pairs.contenders, "names",
            "none or one name a contender");
}

class Fitter {
public:
    Fitter(const PairCounts& pairs, const BradleyTerryOptions& options, const Job& job,
           std::span<const double> start, std::span<const std::string> names)
        : all_(pairs), options_(options), job_(job), start_(start), names_(names) {}

    BradleyTerryFit run() {
        choose_counts();
        choose_prior();
        if (fit_.ties == TieModel::automatic) {
            fit_either();
        } else {
            keep(fit_as(fit_.ties), fit_.ties);
        }
        comparisons::centre(fit_.theta, fit_.component, fit_.components);
        if (!fit_.converged) {
            say(
                fmt::format("The fit did not converge: the gradient is {:.2g} after {} steps, "
                            "above the tolerance of {:.2g}.",
                            fit_.gradient_norm, fit_.iterations, options_.tolerance));
        }
        return std::move(fit_);
    }

private:
    // Which comparisons enter, and what is left of the wish for a tie model.
    void choose_counts() {
        Totals totals = totals_of(all_);
        const bool drop_bad = options_.both_bad == BothBad::left_out && totals.both_bad > 0.0;
        const double ties = totals.ties + (drop_bad ? 0.0 : totals.both_bad);
        fit_.ties = options_.ties;
        if (fit_.ties == TieModel::automatic && ties == 0.0) fit_.ties = TieModel::none;
        if (ties > 0.0 && totals.decisive == 0.0 && fit_.ties != TieModel::none) {
            fit_.ties = TieModel::half;
            say("Every comparison is a tie: nothing tells the contenders apart, their strengths "
                "are all 0, and how likely a tie is cannot be estimated.");
        }
        const bool drop_ties = fit_.ties == TieModel::none && ties > 0.0;
        fit_.comparisons = totals.decisive + (drop_ties ? 0.0 : ties);
        if (drop_ties || drop_bad) {
            fewer_ = all_;
            if (drop_ties) std::ranges::fill(fewer_.ties, 0.0);
            std::ranges::fill(fewer_.both_bad, 0.0);
        }
        pairs_ = drop_ties || drop_bad ? &fewer_ : &all_;
        fit_.position_fitted = options_.position && fit_.comparisons > 0.0;
        if (fit_.position_fitted && !position_identified(*pairs_)) {
            fit_.position_fitted = false;
            say("An advantage of being shown first cannot be told from strengths here: every pair "
                "was shown one way round. None was estimated.");
        }
        rows_ = comparisons::pair_rows(*pairs_, fit_.position_fitted,
                                       comparisons::ties_of(fit_.ties), false);
    }

    void choose_prior() {
        if (options_.prior_sd > 0.0) {
            fit_.prior_sd = options_.prior_sd;
            fit_.precision.assign(all_.contenders, 1.0 / (fit_.prior_sd * fit_.prior_sd));
        }
        if (strongly_connected(*pairs_)) {
            fit_.component.assign(all_.contenders, 0);
            fit_.components = all_.contenders > 0 ? 1 : 0;
            return;
        }
        const ComparisonGraph graph = comparison_graph(*pairs_);
        fit_.component = graph.component;
        fit_.components = graph.components;
        if (graph.components > 1 && fit_.comparisons > 0.0) {
            say(
                fmt::format("The comparisons fall into {} pieces that never met: strengths compare "
                            "within a piece only.",
                            graph.components));
        }
        if (!graph.separable()) return;
        if (options_.prior_sd > 0.0) {
            say(fmt::format("Without the prior there is no finite maximum: {}.", who(graph)));
            return;
        }
        const double sd = options_.fallback_prior_sd;
        fit_.prior_sd = sd;
        fit_.prior_was_needed = true;
        std::vector<std::uint32_t> block(graph.components, all_.contenders);
        std::vector<bool> several(graph.components, false);
        for (std::uint32_t v = 0; v < all_.contenders; ++v) {
            std::uint32_t& known = block[graph.component[v]];
            if (known == all_.contenders) known = graph.block[v];
            if (known != graph.block[v]) several[graph.component[v]] = true;
        }
        fit_.precision.assign(all_.contenders, 0.0);
        for (std::uint32_t v = 0; v < all_.contenders; ++v) {
            if (several[graph.component[v]]) fit_.precision[v] = 1.0 / (sd * sd);
        }
        say(
            fmt::format("There is no finite maximum: {}. How far apart they are is decided by a "
                        "normal prior with a standard deviation of {} logits.",
                        who(graph), sd));
    }

    // The fit of one tie model; with a prior on its further coordinates too where one of them runs
    // off, which a graph alone does not tell.
    Estimate fit_as(TieModel model) {
        const Kernel kernel = comparisons::kernel_of(model);
        const comparisons::NewtonOptions newton =
            comparisons::newton_options(options_, fit_.comparisons);
        Prior prior{.precision = fit_.precision, .further = fit_.further_precision};
        Estimate out =
            comparisons::fit_model(rows_, kernel, prior, {.theta = start_}, newton, true, job_);
        if (!out.newton.diverged || fit_.further_precision > 0.0) return out;
        if (fit_.prior_sd == 0.0) {
            fit_.prior_sd = options_.fallback_prior_sd;
            fit_.prior_was_needed = true;
        }
        const double precision = 1.0 / (fit_.prior_sd * fit_.prior_sd);
        fit_.precision.assign(all_.contenders, precision);
        fit_.further_precision = precision;
        say(fmt::format(
            "There is no finite maximum in {}: a normal prior with a standard deviation "
            "of {} logits decides on it and on strengths.",
            fit_.position_fitted ? "the tie parameter or the advantage of being "
                                   "shown first"
                                 : "the tie parameter",
            fit_.prior_sd));
        prior = {.precision = fit_.precision, .further = fit_.further_precision};
        return comparisons::fit_model(rows_, kernel, prior, {}, newton, true, job_);
    }

    void fit_either() {
        Estimate davidson = fit_as(TieModel::davidson);
        const bool held = fit_.further_precision > 0.0;
        Estimate rao_kupper = fit_as(TieModel::rao_kupper);
        // Under one prior both, or under none.
        if (!held && fit_.further_precision > 0.0) davidson = fit_as(TieModel::davidson);
        const auto value = [](const Estimate& e) { return e.log_likelihood - e.penalty; };
        fit_.log_likelihood_davidson = davidson.log_likelihood;
        fit_.log_likelihood_rao_kupper = rao_kupper.log_likelihood;
        const int both = davidson.newton.iterations + rao_kupper.newton.iterations;
        if (value(rao_kupper) >= value(davidson)) {
            keep(std::move(rao_kupper), TieModel::rao_kupper);
        } else {
            keep(std::move(davidson), TieModel::davidson);
        }
        fit_.iterations = both;
    }

    void keep(Estimate&& found, TieModel model) {
        fit_.theta = std::move(found.theta);
        fit_.ties = model;
        if (model == TieModel::davidson) {
            fit_.tie_parameter = found.kernel == Kernel::plain ? 0.0 : std::exp(found.tie);
            fit_.log_likelihood_davidson = found.log_likelihood;
        } else if (model == TieModel::rao_kupper) {
            fit_.tie_parameter = found.kernel == Kernel::plain ? 1.0 : std::exp(found.tie);
            fit_.log_likelihood_rao_kupper = found.log_likelihood;
        }
        fit_.position = found.position;
        fit_.log_likelihood = found.log_likelihood;
        fit_.gradient_norm = found.newton.gradient_norm;
        fit_.iterations = found.newton.iterations;
        fit_.converged = found.newton.converged;
    }

    void say(std::string_view sentence) {
        if (!fit_.note.empty()) fit_.note += ' ';
        fit_.note += sentence;
    }

    std::string named(std::span<const std::uint32_t> contenders) const {
        constexpr std::size_t kMost = 5;
        std::vector<std::string> words;
        for (const std::uint32_t v : contenders.first(std::min(kMost, contenders.size()))) {
            words.push_back(names_.empty() ? fmt::format("contender {}", v) : names_[v]);
        }
        std::string out = join(words, ", ");
        if (contenders.size() > kMost)
            out += fmt::format(" and {} more", contenders.size() - kMost);
        return out;
    }

    std::string who(const ComparisonGraph& graph) const {
        constexpr std::size_t kMost = 3;
        std::vector<std::string> words;
        for (const auto& s : graph.separations) {
            if (words.size() == kMost) break;
            words.push_back(
                fmt::format("{} never lost to or tied with {}", named(s.above), named(s.below)));
        }
        std::string out = join(words, "; ");
        if (graph.separations.size() > kMost) {
            out += fmt::format("; and so in {} more places", graph.separations.size() - kMost);
        }
        return out;
    }

    const PairCounts& all_;
    const BradleyTerryOptions& options_;
    const Job& job_;
    std::span<const double> start_;
    std::span<const std::string> names_;
    PairCounts fewer_;
    const PairCounts* pairs_ = nullptr;  // all_ or fewer_
    PairRows rows_;
    BradleyTerryFit fit_;
};

}  // namespace

std::string_view name_of(TieModel model) noexcept {
    switch (model) {
        case TieModel::automatic:
            return "automatic";
        case TieModel::none:
            return "none";
        case TieModel::half:
            return "half";
        case TieModel::davidson:
            return "davidson";
        case TieModel::rao_kupper:
            return "rao_kupper";
    }
    return "";
}

BradleyTerryFit fit_bradley_terry(const PairCounts& pairs, const BradleyTerryOptions& options,
                                  const Job& job, std::span<const double> start,
                                  std::span<const std::string> names) {
    check(pairs, options, start, names);
    return Fitter(pairs, options, job, start, names).run();
}

PairProbability probability(const BradleyTerryFit& fit, double theta_first, double theta_second) {
    const double d = theta_first - theta_second;
    const double a = std::exp(std::min(0.0, d)), b = std::exp(std::min(0.0, -d));
    if (fit.ties == TieModel::davidson) {
        const double scale = 1.0 / (a + b + fit.tie_parameter * std::sqrt(a * b));
        return {a * scale, fit.tie_parameter * std::sqrt(a * b) * scale, b * scale};
    }
    if (fit.ties == TieModel::rao_kupper) {
        const double kappa = fit.tie_parameter;
        const double for_a = a + kappa * b, for_b = b + kappa * a;
        return {a / for_a, (kappa * kappa - 1.0) * a * b / (for_a * for_b), b / for_b};
    }
    return {a / (a + b), 0.0, b / (a + b)};
}

}  // namespace edgewise::estimate
