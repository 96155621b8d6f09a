#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/base/parallel.hpp"
#include "edgewise/estimate/comparisons/leaderboard_study.hpp"
#include "edgewise/estimate/rankings/plackett_luce.hpp"

namespace edgewise::estimate::board {
namespace {

constexpr std::size_t kMostForUtility = 200;  // contenders whose utilities get intervals
constexpr std::size_t kUtilityDraws = 400;

struct Kind {
    std::string_view name;
    std::string_view independent;
    ErrorKind kind;
};
constexpr std::array<Kind, 4> kKinds{{
    {"fisher", "every comparison", ErrorKind::fisher},
    {"rater", "raters", ErrorKind::sandwich_rater},
    {"case", "cases", ErrorKind::sandwich_case},
    {"two_way", "raters and cases", ErrorKind::sandwich_two_way},
}};

// With few clusters a normal interval is too short: Student's quantile with one degree of freedom
// less than there are clusters takes its place (Cameron and Miller 2015, section VI).
double widening(const Covariance& covariance, double level) {
    if (covariance.kind == ErrorKind::fisher || covariance.clusters < 2) return 1.0;
    const double df = static_cast<double>(covariance.clusters - 1);
    const double p = 0.5 + level / 2.0;
    return student_t_quantile(p, df) / normal_quantile(p);
}

struct Estimated {
    std::vector<Covariance> covariance;  // as kKinds
    std::vector<BoardErrors> report;
    std::optional<std::size_t> widest;  // with the largest median error
    double plain_se = 0.0;              // median error if comparisons were independent
};

template <class Estimate>
Estimated estimate_all(Estimate estimate, double level, const Job& job) {
    Estimated out;
    for (const Kind& kind : kKinds) {
        job.check();
        BoardErrors& report = out.report.emplace_back();
        report.kind = kind.name;
        report.independent = kind.independent;
        Covariance& covariance = out.covariance.emplace_back();
        covariance = estimate(kind.kind);
        if (kind.kind == ErrorKind::fisher && covariance.defined && !covariance.se.empty()) {
            out.plain_se = median(covariance.se);
        }
        report.defined = covariance.defined;
        report.why = covariance.why;
        report.clusters = covariance.clusters;
        if (!covariance.defined || covariance.se.empty()) continue;
        const double wider = widening(covariance, level);
        for (double& value : covariance.values) value *= wider * wider;
        for (double& value : covariance.se) value *= wider;
        report.median_se = median(covariance.se);
        const std::size_t at = out.report.size() - 1;
        if (!out.widest || *report.median_se > *out.report[*out.widest].median_se) {
            out.widest = at;
        }
    }
    for (BoardErrors& each : out.report) {
        if (each.median_se && out.plain_se > 0.0) each.ratio = *each.median_se / out.plain_se;
    }
    return out;
}

std::size_t chosen_kind(const Estimated& estimated, std::string_view wanted) {
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
        if (kKinds[i].name != wanted) continue;
        if (estimated.report[i].median_se) return i;
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("errors of kind {} are not defined here: {}", wanted,
                                estimated.report[i].why),
                    Place{.file = {},
                          .line = 0,
                          .field = "/errors",
                          .expected = "errors that these data define",
                          .found = std::string(wanted)});
    }
    if (!estimated.widest) {
        throw Error(ErrorCode::invalid_data,
                    "no errors are defined for these comparisons: neither raters nor cases repeat");
    }
    return *estimated.widest;
}

// The spread of draws as the error of a strength.
double spread(const StrengthDraws& draws, std::size_t contender) {
    double sum = 0.0;
    double squares = 0.0;
    const auto n = static_cast<double>(draws.replicates);
    for (std::size_t r = 0; r < draws.replicates; ++r) {
        const double value = draws.theta[r * draws.contenders + contender];
        sum += value;
        squares += value * value;
    }
    return n < 2.0 ? 0.0 : std::sqrt(std::max(0.0, (squares - sum * sum / n) / (n - 1.0)));
}

Resample unit_of(const Contests& contests, std::string& words, std::uint64_t& clusters) {
    const std::uint64_t raters = distinct(contests.rater);
    const std::uint64_t cases = distinct(contests.case_);
    clusters = std::min(raters > 1 ? raters : cases, cases > 1 ? cases : raters);
    if (raters > 1 && cases > 1) {
        words = "raters and cases";
        return Resample::rater_and_case;
    }
    if (raters > 1) {
        words = "raters";
        return Resample::rater;
    }
    if (cases > 1) {
        words = "cases";
        return Resample::case_;
    }
    words = "every comparison";
    clusters = contests.size();
    return Resample::comparison;
}

// For a ballot of two Plackett-Luce is Davidson's model, or Bradley and Terry's without ties.
BradleyTerryFit as_pairs(const PlackettLuceFit& order) {
    BradleyTerryFit out;
    out.theta = order.theta;
    for (const TieOrder& tie : order.ties) {
        if (tie.options != 2) continue;
        out.ties = TieModel::davidson;
        out.tie_parameter = tie.delta;
    }
    out.prior_sd = order.prior_sd;
    out.prior_was_needed = order.prior_was_needed;
    out.log_likelihood = order.log_likelihood;
    out.gradient_norm = order.gradient_norm;
    out.iterations = order.iterations;
    out.converged = order.converged;
    out.comparisons = order.choices;
    out.component = order.component;
    out.components = order.components;
    out.note = order.note;
    return out;
}

void add_utilities(Strengths& out, double level, const Job& job) {
    out.utility = utilities(out.fit, out.fit.theta);
    const std::size_t n = out.fit.theta.size();
    if (n > kMostForUtility || out.draws.replicates < 2) return;
    const std::size_t replicates = std::min(kUtilityDraws, out.draws.replicates);
    std::vector<double> all(n * replicates);
    parallel_blocks(job, replicates, 16, [&](std::size_t begin, std::size_t end) {
        for (std::size_t r = begin; r < end; ++r) {
            const std::vector<double> drawn =
                utilities(out.fit, std::span(out.draws.theta).subspan(r * n, n));
            for (std::size_t i = 0; i < n; ++i) all[i * replicates + r] = drawn[i];
        }
    });
    out.utility_interval.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        const std::span<double> mine = std::span(all).subspan(i * replicates, replicates);
        std::ranges::sort(mine);
        // A draw of everybody's strengths can leave the estimate outside by a hair.
        out.utility_interval[i] = {
            std::min(out.utility[i], quantile_sorted(mine, (1.0 - level) / 2.0)),
            std::max(out.utility[i], quantile_sorted(mine, (1.0 + level) / 2.0))};
    }
}

}  // namespace

double median(std::vector<double> values) { return quantile(values, 0.5); }

Strengths strengths(const Material& material, const BradleyTerryOptions& fit,
                    std::string_view errors, const LeaderboardOptions& options, const Job& job) {
    const Contests& contests = material.contests;
    Strengths out;
    job.progress(0.0, "strengths");
    out.pairs = count_pairs(contests, {}, job);
    PlackettLuceOptions orders;
    orders.prior_sd = fit.prior_sd;
    PlackettLuceFit order_fit;
    BradleyTerryOptions same = fit;  // the errors are those of the model that was chosen
    if (material.ranking) {
        order_fit = fit_plackett_luce(material.ballots, orders, job);
        out.fit = as_pairs(order_fit);
    } else {
        out.fit = fit_bradley_terry(out.pairs, fit, job, {}, contests.contender);
        same.ties = out.fit.ties;
    }
    job.progress(0.1, "errors");
    Estimated estimated = estimate_all(
        [&](ErrorKind kind) {
            return material.ranking ? covariance(material.ballots, order_fit, orders, kind, job)
                                    : covariance(contests, out.pairs, out.fit, same, kind, job);
        },
        options.level, job);
    out.errors = estimated.report;
    if (material.ranking) out.errors[0].independent = "every order";
    if (errors == "bootstrap") {
        BoardErrors& report = out.errors.emplace_back();
        report.kind = "bootstrap";
        report.defined = report.used = true;
        const Resample unit = unit_of(contests, report.independent, report.clusters);
        const Job drawing = job.part(0.5, 0.9);
        job.progress(0.5, "drawing raters and cases again");
        out.draws = material.ranking ? bootstrap(material.ballots, order_fit, orders, unit,
                                                 options.replicates, options.seed, drawing)
                                     : bootstrap(contests, out.fit, same, unit, options.replicates,
                                                 options.seed, drawing);
        std::vector<double> se(out.draws.contenders);
        for (std::size_t i = 0; i < se.size(); ++i) se[i] = spread(out.draws, i);
        report.median_se = median(se);
        report.why = "asked for";
        if (out.draws.not_converged > 0) {
            report.why += fmt::format("; {} of {} draws did not converge", out.draws.not_converged,
                                      out.draws.replicates);
        }
        if (estimated.plain_se > 0.0) report.ratio = *report.median_se / estimated.plain_se;
    } else {
        const std::size_t kind = chosen_kind(estimated, errors);
        out.errors[kind].used = true;
        out.errors[kind].why =
            errors == "auto" ? "the most cautious of those that are defined" : "asked for";
        out.draws = normal_draws(out.fit.theta, estimated.covariance[kind], options.replicates,
                                 options.seed, job.part(0.5, 0.9));
    }
    const auto used = std::ranges::find(out.errors, true, &BoardErrors::used);
    if (used != out.errors.end() && used->ratio) out.design_effect = *used->ratio * *used->ratio;
    job.progress(0.9, "places");
    out.standing = standings(out.fit.theta, out.draws.theta, out.fit.component, options.level);
    add_utilities(out, options.level, job.part(0.95, 1.0));
    return out;
}

}  // namespace edgewise::estimate::board
