#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "edgewise/base/error.hpp"
#include "edgewise/estimate/raters/agreement.hpp"
#include "edgewise/estimate/raters/rater_study.hpp"

namespace edgewise::estimate {
namespace {

constexpr std::size_t kLeastDiffering = 10;
constexpr std::size_t kMostTables = 20'000'000;  // numbers in all raters' tables

void count(DimensionAgreement& out, const CodedRatings& people) {
    std::vector<std::uint8_t> seen(people.raters, 0);
    for (std::size_t u = 0; u < people.units(); ++u) {
        const std::size_t m = people.codes(u).size();
        out.items += m > 0 ? 1 : 0;
        out.shared_items += m > 1 ? 1 : 0;
        for (const std::uint32_t r : people.who(u)) seen[r] = 1;
    }
    out.judgments = people.size();
    out.raters = static_cast<std::uint64_t>(std::ranges::count(seen, 1));
}

void add_cohen(DimensionAgreement& out, const CodedRatings& people) {
    std::vector<std::uint32_t> a;
    std::vector<std::uint32_t> b;
    for (std::size_t u = 0; u < people.units(); ++u) {
        const auto codes = people.codes(u);
        if (codes.size() != 2) continue;
        a.push_back(codes[0]);  // raters ascend
        b.push_back(codes[1]);
    }
    const bool three = people.levels.size() > 2;
    for (const auto& [weighting, of] : {std::pair{Weighting::identity, "unweighted"},
                                        std::pair{Weighting::linear, "linear weights"},
                                        std::pair{Weighting::quadratic, "quadratic weights"}}) {
        if (weighting != Weighting::identity && !three) break;
        const Coefficient k = cohen_kappa(a, b, people.levels.size(), weighting).kappa;
        out.coefficients.push_back({"cohen_kappa", of, k.value, k.interval, k.why});
    }
}

void add_coefficients(const DimensionStudy& study, DimensionAgreement& out, const Job& job) {
    const CodedRatings& people = study.people;
    const bool ratio = study.view.ordered && out.kind == "rating" && !people.levels.empty() &&
                       people.levels.front() >= 0.0;
    AlphaOptions none;
    none.replicates = 0;
    for (const Metric metric :
         {Metric::nominal, Metric::ordinal, Metric::interval, Metric::ratio}) {
        if (metric == Metric::nominal ? !study.view.steps : !study.view.ordered) continue;
        if (metric == Metric::ratio && !ratio) continue;
        if (people.levels.size() <= 2 && metric != Metric::nominal) continue;  // all the same
        const Alpha alpha = krippendorff_alpha(people, metric, job);
        out.coefficients.push_back({"krippendorff_alpha", std::string(name_of(metric)), alpha.value,
                                    alpha_errors(people, metric, none, job).two_way, alpha.why});
    }
    if (!study.view.steps) return;
    const bool weighted = study.view.ordered && people.levels.size() > 2;
    const ChanceCorrected k = chance_corrected(
        people, weighted ? Weighting::quadratic : Weighting::identity, people.levels.size(), job);
    out.percent_agreement = k.observed;
    out.percent_interval = k.observed_interval;
    const auto add = [&](const char* name, const char* of, const Coefficient& c) {
        out.coefficients.push_back({name, of, c.value, c.interval, c.why});
    };
    add("fleiss_kappa", "unweighted", k.fleiss);
    add("randolph_kappa", "unweighted", k.randolph);
    add("gwet_ac1", "unweighted", k.ac1);
    if (weighted) add("gwet_ac2", "quadratic weights", k.ac2);
    if (out.raters == 2) add_cohen(out, people);
}

void add_models(DimensionStudy& study, DimensionAgreement& out, const RaterOptions& options,
                const Job& job) {
    const CodedRatings& people = study.people;
    const std::size_t k = people.levels.size();
    if (!study.view.steps) {
        out.model_why = fmt::format("{} different answers: no classes that could be true", k);
        return;
    }
    if (k < 2 || out.raters < 3 || out.shared_items < options.least_shared) {
        out.model_why = fmt::format(
            "what is true and who says it can be told apart with 2 answers, 3 raters and {} items "
            "in common or more",
            options.least_shared);
        return;
    }
    if (people.raters * k * k > kMostTables) {
        out.model_why = "too many raters for a table each";
        return;
    }
    DawidSkeneOptions em;
    em.tolerance = 1e-9;
    em.most_iterations = 1000;
    const bool ordered = study.view.ordered && out.kind != "comparison";
    auto fits = dawid_skene_variants(people, ordered, em, job);
    for (const DawidSkene& fit : fits) {
        out.models.push_back({.variant = std::string(name_of(fit.confusion)),
                              .log_likelihood = fit.log_likelihood,
                              .bic = fit.bic,
                              .parameters = static_cast<std::uint64_t>(fit.parameters),
                              .iterations = fit.iterations,
                              .converged = fit.converged,
                              .chosen = false});
    }
    out.models.front().chosen = true;
    out.model_why =
        fmt::format("{} has the least BIC of {}", out.models.front().variant, fits.size());
    if (!fits.front().converged) {
        out.model_why +=
            fmt::format("; it had not converged after {} rounds", fits.front().iterations);
    }
    study.model = std::move(fits.front());
    std::uint64_t relabelled = 0;
    std::vector<std::uint32_t> votes(k);
    for (std::size_t u = 0; u < people.units(); ++u) {
        if (people.codes(u).empty()) continue;
        std::ranges::fill(votes, 0U);
        for (const std::uint32_t c : people.codes(u)) ++votes[c];
        const auto most = std::ranges::max_element(votes) - votes.begin();
        relabelled += study.model->label(u) != static_cast<std::size_t>(most) ? 1U : 0U;
    }
    out.relabelled = relabelled;
}

}  // namespace

Metric metric_asked(const RaterOptions& options, const RaterView& view) {
    if (options.metric == "auto") return view.metric;
    for (const Metric m : {Metric::nominal, Metric::ordinal, Metric::interval, Metric::ratio}) {
        if (options.metric == name_of(m)) return m;
    }
    throw Error(ErrorCode::invalid_argument,
                "expected auto, nominal, ordinal, interval or ratio, found " + options.metric,
                "metric");
}

void study_agreement(RaterStudy& all, std::size_t d, const Job& job) {
    DimensionStudy& study = all.dimensions[d];
    DimensionAgreement& out = study.report;
    const RaterOptions& options = all.options;
    count(out, study.people);
    out.repeated = study.view.repeated;
    if (out.repeated > 0) {
        out.repeated_same =
            static_cast<double>(study.view.repeated_same) / static_cast<double>(out.repeated);
    }
    const Metric metric = metric_asked(options, study.view);
    out.metric = name_of(metric);
    const Alpha alpha = krippendorff_alpha(study.people, metric, job);
    out.alpha = alpha.value;
    out.alpha_why = alpha.why;
    AlphaErrors errors = alpha_errors(
        study.people, metric,
        {.seed = options.seed, .stream = rater_stream(d, 0), .replicates = options.replicates},
        job);
    out.alpha_interval = errors.two_way;
    out.alpha_items_only = errors.unit_bootstrap;
    out.se_raters = errors.se_rater;
    out.se_items = errors.se_unit;
    study.alpha_without = std::move(errors.without_rater);
    study.alpha_without.resize(study.people.raters);
    add_coefficients(study, out, job);
    add_models(study, out, options, job);

    std::vector<double> given(study.people.levels.size(), 0.0);
    for (const std::uint32_t c : study.people.code) given[c] += 1.0;
    if (study.view.steps && !study.people.code.empty()) {
        for (std::uint32_t c = 0; c < given.size(); ++c) {
            ClassShare share{.name = study.view.level_name(all.table, c),
                             .given = given[c] / static_cast<double>(study.people.size()),
                             .estimated = std::nullopt};
            if (study.model) share.estimated = study.model->prior[c];
            out.classes.push_back(std::move(share));
        }
    }
    const auto most = given.empty() ? 0.0 : *std::ranges::max_element(given);
    const auto differing = study.people.size() - static_cast<std::size_t>(most);
    out.state = "observed";
    if (!out.alpha) {
        out.state = "insufficient";
        out.why = out.alpha_why;
    } else if (out.shared_items < options.least_shared) {
        out.state = "insufficient";
        out.why = fmt::format("{} items judged by two raters or more, of {} wanted",
                              out.shared_items, options.least_shared);
    } else if (differing < kLeastDiffering) {
        out.state = "insufficient";
        out.why = fmt::format("only {} of {} answers differ from the most frequent one", differing,
                              study.people.size());
    } else if (!out.alpha_interval) {
        out.state = "insufficient";
        out.why = out.raters < 3 ? "fewer than three raters: how much depends on who they are "
                                   "cannot be told"
                                 : "nothing varies when a rater or an item is left out";
    }
}

}  // namespace edgewise::estimate
