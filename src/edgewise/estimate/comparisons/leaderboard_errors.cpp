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

Estimated estimate_all(const Contests& contests, const PairCounts& pairs,
                       const BradleyTerryFit& fit, const BradleyTerryOptions& options,
                       bool of_rankings, double level, const Job& job) {
    Estimated out;
    for (const Kind& kind : kKinds) {
        job.check();
        BoardErrors& report = out.report.emplace_back();
        report.kind = kind.name;
        report.independent = kind.independent;
        Covariance& covariance = out.covariance.emplace_back();
        covariance = estimate::covariance(contests, pairs, fit, options, kind.kind, job);
        if (kind.kind == ErrorKind::fisher && covariance.defined && !covariance.se.empty()) {
            out.plain_se = median(covariance.se);
            if (of_rankings) {
                covariance.defined = false;
                covariance.why = "the comparisons that one order implies depend on each other";
            }
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

Strengths strengths(const Contests& contests, const BradleyTerryOptions& fit,
                    std::string_view errors, bool of_rankings, const LeaderboardOptions& options,
                    const Job& job) {
    Strengths out;
    job.progress(0.0, "strengths");
    out.pairs = count_pairs(contests, {}, job);
    out.fit = fit_bradley_terry(out.pairs, fit, job, {}, contests.contender);
    job.progress(0.1, "errors");
    BradleyTerryOptions same = fit;  // the errors are those of the model that was chosen
    same.ties = out.fit.ties;
    Estimated estimated = estimate_all(contests, out.pairs, out.fit, same, of_rankings,
                                       options.level, job.part(0.1, 0.5));
    out.errors = std::move(estimated.report);
    if (errors == "bootstrap") {
        BoardErrors& report = out.errors.emplace_back();
        report.kind = "bootstrap";
        report.defined = report.used = true;
        const Resample unit = unit_of(contests, report.independent, report.clusters);
        job.progress(0.5, "drawing raters and cases again");
        out.draws = bootstrap(contests, out.fit, same, unit, options.replicates, options.seed,
                              job.part(0.5, 0.9));
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
