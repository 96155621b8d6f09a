#include "edgewise/estimate/rankings/plackett_luce.hpp"
#include "edgewise/estimate/comparisons/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/base/words.hpp"
#include "edgewise/estimate/comparisons/comparison_graph.hpp"
#include "edgewise/estimate/rankings/choices.hpp"

namespace edgewise::estimate {
namespace {

// Where a tie parameter has no finite maximum, the gradient falls below any tolerance above 1e-7 a
// choice before ln delta passes 16. Beyond this a tie would be a million times as likely as not.
constexpr double kFarthestLogDelta = 14.0;

void check(const PlackettLuceOptions& o) {
    require(std::isfinite(o.prior_sd) && o.prior_sd >= 0.0, "prior_sd", "a number, 0 or more");
    require(std::isfinite(o.fallback_prior_sd) && o.fallback_prior_sd > 0.0, "fallback_prior_sd",
            "a number above 0");
    require(o.tolerance > 0.0 && o.tolerance < 1.0, "tolerance", "a number between 0 and 1");
    require(o.most_iterations >= 1, "most_iterations", "1 or more");
}

// "a, b and 3 more".
std::string named(const Ballots& ballots, std::span<const std::uint32_t> contenders) {
    constexpr std::size_t kMost = 5;
    std::string out;
    const std::size_t shown = std::min(contenders.size(), kMost);
    for (std::size_t k = 0; k < shown; ++k) {
        const bool last = k + 1 == contenders.size();
        out += (k == 0 ? "" : last ? " and " : ", ") + ballots.contender[contenders[k]];
    }
    if (contenders.size() > kMost) out += fmt::format(" and {} more", contenders.size() - kMost);
    return out;
}

std::string why_prior(const Ballots& ballots, const ComparisonGraph& graph, double sd) {
    const auto& first = graph.separations.front();
    std::string out = fmt::format(
        "No finite strengths fit best: {} never stood below or beside {}. A normal prior with "
        "standard deviation {:.4g} decides how far apart they are.",
        named(ballots, first.above), named(ballots, first.below), sd);
    if (graph.separations.size() > 1) {
        out += fmt::format(" There are {} such divides.", graph.separations.size());
    }
    return out;
}

void add_note(PlackettLuceFit& fit, std::string_view note) {
    if (!fit.note.empty()) fit.note += ' ';
    fit.note += note;
}

struct Attempt {
    NewtonOutcome outcome;
    bool finite = true;
};

Attempt attempt(Choices& choices, std::vector<double>& x, const PlackettLuceOptions& options,
                std::size_t contenders, bool tie_prior, const Job& job) {
    Attempt out;
    out.outcome = newton_cg(
        choices, x, {.tolerance = options.tolerance, .most_iterations = options.most_iterations},
        job);
    out.finite = out.outcome.converged;
    if (!tie_prior) {
        for (std::size_t p = contenders; p < x.size(); ++p) {
            out.finite = out.finite && std::abs(x[p]) < kFarthestLogDelta;
        }
    }
    return out;
}

// ln delta to start from: as if every option were alike, the ratio seen.
void start_ties(const Choices& choices, std::vector<double>& x, std::size_t contenders) {
    const auto seen = choices.order_seen();
    for (std::size_t o = 1; o < seen.size(); ++o) {
        x[contenders + o - 1] =
            std::clamp(std::log(std::max(seen[o], 0.5) / std::max(seen[0], 0.5)), -8.0, 4.0);
    }
}

}  // namespace

PairCounts neighbours(const Ballots& ballots, bool last_place_unordered,
                      std::span<const float> weight) {
    if (weight.empty()) weight = ballots.weight;
    std::vector<std::uint32_t> first, second;
    std::vector<Outcome> outcome;
    const auto say = [&](std::uint32_t a, std::uint32_t b, Outcome what) {
        first.push_back(a);
        second.push_back(b);
        outcome.push_back(what);
    };
    for (std::size_t b = 0; b < ballots.size(); ++b) {
        if (!weight.empty() && weight[b] == 0.0F) continue;
        const auto option = ballots.options(b);
        const auto level = ballots.levels(b);
        std::size_t above = 0;  // one of the place before
        for (std::size_t k = 1; k < option.size(); ++k) {
            const bool open = last_place_unordered && level[k] == level.back();
            if (level[k] != level[k - 1]) {
                above = k - 1;
                say(option[above], option[k], Outcome::first);
            } else if (!open) {
                say(option[k - 1], option[k], Outcome::tie);
            } else if (level[0] != level[k]) {
                say(option[above], option[k], Outcome::first);
            }
        }
    }
    return count_pairs(static_cast<std::uint32_t>(ballots.contenders()), first, second, outcome, {},
                       Job{});
}

PlackettLuceFit fit_plackett_luce(const Ballots& ballots, const PlackettLuceOptions& options,
                                  const Job& job, std::span<const float> weight,
                                  std::span<const double> start) {
    check(options);
    const std::size_t n = ballots.contenders();
    require(weight.empty() || weight.size() == ballots.size(), "weight", "one for each ballot");
    require(start.empty() || start.size() == n, "start", "one for each contender");
    for (const float w : weight) {
        require(std::isfinite(w) && w >= 0.0F, "weight", "finite numbers, 0 or more");
    }
    PlackettLuceFit out;
    const ComparisonGraph graph =
        comparison_graph(neighbours(ballots, options.last_place_unordered, weight));
    out.component = graph.component;
    out.components = graph.components;
    out.prior_sd = options.prior_sd;
    if (graph.separable() && options.prior_sd == 0.0) {
        out.prior_sd = options.fallback_prior_sd;
        out.prior_was_needed = true;
        add_note(out, why_prior(ballots, graph, out.prior_sd));
    }
    Choices::Setup setup{.last_place_unordered = options.last_place_unordered,
                         .prior_sd = out.prior_sd,
                         .weight = weight,
                         .orders = {}};
    std::optional<Choices> choices(std::in_place, ballots, setup);
    std::vector<double> x(choices->parameters(), 0.0);
    std::ranges::copy(start, x.begin());
    start_ties(*choices, x, n);
    Attempt fitted = attempt(*choices, x, options, n, false, job);
    if (!fitted.finite) {
        // Numbers so far apart, or a tie at every chance: the rest of the way goes with priors.
        setup.tie_prior_sd = options.fallback_prior_sd;
        if (setup.prior_sd == 0.0) setup.prior_sd = options.fallback_prior_sd;
        out.prior_sd = setup.prior_sd;
        out.tie_prior_sd = setup.tie_prior_sd;
        out.prior_was_needed = true;
        add_note(out, fmt::format("Strengths or ties have no finite best value (places that could "
                                  "be shared nearly always are, or strengths lie too far apart): a "
                                  "normal prior with standard deviation {:.4g} decides.",
                                  setup.tie_prior_sd));
        choices.emplace(ballots, setup);
        x.assign(x.size(), 0.0);
        fitted = attempt(*choices, x, options, n, true, job);
    }
    out.theta.assign(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(n));
    comparisons::centre(out.theta, out.component, out.components);
    for (std::size_t o = 1; o < choices->orders().size(); ++o) {
        out.ties.push_back({.options = choices->orders()[o],
                            .delta = std::exp(x[n + o - 1]),
                            .seen = choices->order_seen()[o]});
    }
    out.log_likelihood = choices->log_likelihood();
    out.gradient_norm = fitted.outcome.gradient_norm;
    out.iterations = fitted.outcome.iterations;
    out.converged = fitted.outcome.converged;
    out.ballots = choices->weighted_ballots();
    for (const double seen : choices->order_seen()) out.choices += seen;
    if (!out.converged) {
        add_note(out, fmt::format("Stopped after {} steps with a gradient of {:.2g}: strengths are "
                                  "not at their best values.",
                                  out.iterations, out.gradient_norm));
    }
    if (out.components > 1) {
        add_note(out, fmt::format("{} groups of options never met in a ballot: each has a scale of "
                                  "its own.",
                                  out.components));
    }
    return out;
}

double log_probability(const PlackettLuceFit& fit, std::span<const std::uint32_t> option,
                       std::span<const std::uint32_t> level) {
    require(option.size() == level.size() && !option.empty(), "level", "one for each option");
    Ballots one;
    one.contender.resize(fit.theta.size());
    one.begin = {0, static_cast<std::uint32_t>(option.size())};
    one.option.assign(option.begin(), option.end());
    one.level.assign(level.begin(), level.end());
    Choices::Setup setup{.weight = {}, .orders = {1}};
    for (const TieOrder& tie : fit.ties) setup.orders.push_back(tie.options);
    for (const std::uint32_t order : tie_orders(one, false, {})) {
        require(std::ranges::find(setup.orders, order) != setup.orders.end(), "level",
                "ties of orders that were seen when the model was fitted");
    }
    std::vector<double> x = fit.theta;
    for (const TieOrder& tie : fit.ties) x.push_back(std::log(tie.delta));
    Choices choices(one, setup);
    std::vector<double> gradient(x.size());
    choices.evaluate(x, gradient);
    return choices.log_likelihood();
}

std::vector<double> utilities(const PlackettLuceFit& fit) {
    const std::size_t n = fit.theta.size();
    double nu = 0.0;
    for (const TieOrder& tie : fit.ties) nu = tie.options == 2 ? tie.delta : nu;
    std::vector<double> out(n, 0.0), others(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            if (fit.component[i] != fit.component[j]) continue;
            const double half = std::exp(-0.5 * std::abs(fit.theta[i] - fit.theta[j]));
            const double better = (1.0 + 0.5 * nu * half) / (1.0 + half * half + nu * half);
            const bool first = fit.theta[i] >= fit.theta[j];
            out[i] += first ? better : 1.0 - better;
            out[j] += first ? 1.0 - better : better;
            others[i] += 1.0;
            others[j] += 1.0;
        }
    }
    for (std::size_t i = 0; i < n; ++i) out[i] = others[i] > 0.0 ? out[i] / others[i] : 0.5;
    return out;
}

}  // namespace edgewise::estimate
