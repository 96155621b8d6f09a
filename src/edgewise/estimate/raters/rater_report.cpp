#include "edgewise/estimate/raters/rater_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "edgewise/base/error.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/base/words.hpp"
#include "edgewise/estimate/raters/rater_study.hpp"

namespace edgewise::estimate {
namespace {

constexpr std::uint64_t kLeastGaps = 20;
constexpr double kFasterThanOthers = 5.0;

const char* kind_name(judgment::Kind kind) {
    switch (kind) {
        case judgment::Kind::rating:
            return "rating";
        case judgment::Kind::vote:
            return "vote";
        case judgment::Kind::comparison:
            return "comparison";
        case judgment::Kind::ranking:
            return "ranking";
        case judgment::Kind::approval:
            return "approval";
        case judgment::Kind::label:
            break;
    }
    return "label";
}

void check(const RaterOptions& options) {
    require(options.fdr > 0.0 && options.fdr < 1.0, "fdr", "a number between 0 and 1");
    require(options.least_shared >= 3, "least_shared", "at least 3 items");
    require(options.least_seconds >= 0.0, "least_seconds", "at least 0 seconds");
    require(options.replicates <= 1'000'000, "replicates", "at most 1,000,000");
}

std::vector<std::uint16_t> dimensions_asked(const judgment::JudgmentTable& table,
                                            const RaterOptions& options) {
    std::vector<std::uint16_t> out;
    const auto all = table.dimensions();
    if (options.dimensions.empty()) {
        for (std::size_t d = 0; d < all.size(); ++d) out.push_back(static_cast<std::uint16_t>(d));
        return out;
    }
    for (const std::string& name : options.dimensions) {
        const auto at = std::ranges::find(all, name, &judgment::Dimension::name);
        if (at == all.end()) {
            std::string known;
            std::string nearest;
            std::size_t least = name.size() / 2 + 1;
            for (const auto& d : all) {
                known += (known.empty() ? "" : ", ") + d.name;
                const std::size_t distance = edit_distance(d.name, name, Case::ignored);
                if (distance < least) {
                    least = distance;
                    nearest = d.name;
                }
            }
            throw Error(ErrorCode::not_found,
                        fmt::format("there is no dimension \"{}\"; {}", name,
                                    nearest.empty() ? "there are " + known
                                                    : "did you mean \"" + nearest + "\"?"),
                        "dimensions");
        }
        out.push_back(static_cast<std::uint16_t>(at - all.begin()));
    }
    std::ranges::sort(out);
    const auto [first, last] = std::ranges::unique(out);
    out.erase(first, last);
    return out;
}

DimensionStudy open(const judgment::JudgmentTable& table, std::uint16_t d) {
    DimensionStudy study;
    study.view = rater_view(table, d);
    const judgment::Dimension& dimension = table.dimensions()[d];
    study.report.name = dimension.name;
    study.report.kind = kind_name(dimension.kind);
    study.person.resize(table.raters().ids.size(), 0);
    bool anybody = false;
    for (const std::uint32_t r : study.view.ratings.rater) {
        anybody = anybody || table.raters().kinds[r] == judgment::RaterKind::person;
    }
    study.report.machines_only = !anybody;
    for (std::size_t r = 0; r < study.person.size(); ++r) {
        const bool person = table.raters().kinds[r] == judgment::RaterKind::person;
        study.person[r] = person || !anybody ? 1 : 0;
    }
    study.people = only(study.view.ratings, study.person);
    const auto& levels = study.view.ratings.levels;
    study.range = dimension.high > dimension.low ? dimension.high - dimension.low
                  : levels.empty()               ? 0.0
                                                 : levels.back() - levels.front();
    return study;
}

double middle_of(const judgment::Dimension& dimension, const RaterView& view) {
    if (dimension.kind == judgment::Kind::vote) return 0.0;
    if (dimension.kind == judgment::Kind::comparison) return 0.5;
    if (dimension.kind == judgment::Kind::rating && dimension.high > dimension.low) {
        return 0.5 * (dimension.low + dimension.high);
    }
    const auto& levels = view.ratings.levels;
    return levels.empty() ? 0.0 : 0.5 * (levels.front() + levels.back());
}

void add_speeds(RaterStudy& study, RaterReport& report) {
    report.times_known = !study.table.time().empty();
    const auto speeds = rater_speed(study.table, study.options.least_seconds);
    std::vector<double> medians;
    for (const auto& speed : speeds) {
        if (speed && speed->gaps >= kLeastGaps) medians.push_back(speed->median_seconds);
    }
    const double usual = medians.size() < 5 ? 0.0 : quantile(medians, 0.5);
    for (std::uint32_t r = 0; r < speeds.size(); ++r) {
        if (!speeds[r]) continue;
        const Speed& s = *speeds[r];
        const bool flagged =
            s.gaps >= kLeastGaps && (s.median_seconds < study.options.least_seconds ||
                                     s.median_seconds * kFasterThanOthers < usual);
        study.fast[r] = flagged ? 1 : 0;
        report.speeds.push_back({.rater = study.name(r),
                                 .gaps = s.gaps,
                                 .median_seconds = s.median_seconds,
                                 .share_below = s.share_below,
                                 .flagged = flagged});
    }
    if (!report.times_known) {
        report.speed_note = "not known: the judgments have no times";
    } else if (report.speeds.empty()) {
        report.speed_note = "not known: the times are too coarse, too few, or those of batches";
    } else {
        report.speed_note =
            fmt::format("flagged from {} steps on, where the median is below {} seconds{}",
                        kLeastGaps, study.options.least_seconds,
                        usual > 0.0 ? fmt::format(" or a fifth of the usual {:.1f}", usual) : "");
    }
    std::ranges::stable_sort(report.speeds, [](const RaterSpeed& a, const RaterSpeed& b) {
        return a.flagged != b.flagged ? a.flagged : a.median_seconds < b.median_seconds;
    });
}

void add_duplicates(const RaterStudy& study, RaterReport& report) {
    std::uint64_t examined = 0;
    std::uint64_t skipped = 0;
    std::uint64_t without_steps = 0;
    for (const DimensionStudy& d : study.dimensions) {
        without_steps += d.view.steps ? 0 : 1;
        const Duplicates found =
            find_duplicates(d.view, d.person, d.behaviour, study.options.least_shared, 0.05);
        examined += found.examined;
        skipped += found.skipped_units;
        for (const Duplicate& each : found.found) {
            report.duplicates.push_back({.dimension = d.report.name,
                                         .a = study.name(each.a),
                                         .b = study.name(each.b),
                                         .common = each.common,
                                         .same = each.same,
                                         .expected = each.expected,
                                         .p = each.p_corrected});
        }
    }
    report.duplicates_note = fmt::format(
        "{} of raters with {} items or more in common examined",
        examined == 1 ? "1 pair" : grouped_digits(examined) + " pairs", study.options.least_shared);
    if (skipped > 0) {
        report.duplicates_note +=
            fmt::format("; {} items with too many raters were left out", grouped_digits(skipped));
    }
    if (without_steps > 0) {
        report.duplicates_note += "; scales without steps were left out";
    }
}

}  // namespace

RaterReport rater_report(const judgment::JudgmentTable& table, const RaterOptions& options,
                         const Job& job) {
    check(options);
    RaterStudy study{.table = table, .options = options, .dimensions = {}, .fast = {}};
    RaterReport report;
    report.title = options.title;
    report.judgments = table.size();
    for (const judgment::RaterKind kind : table.raters().kinds) {
        (kind == judgment::RaterKind::person ? report.people : report.machines) += 1;
    }
    study.fast.assign(table.raters().ids.size(), 0);
    const auto asked = dimensions_asked(table, options);
    for (std::size_t d = 0; d < asked.size(); ++d) {
        job.check();
        job.progress(static_cast<double>(d) / static_cast<double>(asked.size()),
                     "raters on " + table.dimensions()[asked[d]].name);
        study.dimensions.push_back(open(table, asked[d]));
        DimensionStudy& own = study.dimensions.back();
        study_agreement(study, d, job);
        own.behaviour =
            rater_behaviour(own.view, own.person, middle_of(table.dimensions()[asked[d]], own.view),
                            {.seed = options.seed,
                             .stream = rater_stream(d, 1),
                             .least_shared = options.least_shared,
                             .most_draws = 9999},
                            job);
    }
    add_speeds(study, report);
    add_duplicates(study, report);
    for (std::size_t d = 0; d < study.dimensions.size(); ++d) {
        DimensionStudy& own = study.dimensions[d];
        auto rows = rater_rows(study, d, report.duplicates);
        report.raters_total += rows.size();
        own.report.flagged =
            static_cast<std::uint64_t>(std::ranges::count_if(rows, [&](const RaterRow& row) {
                return !row.flags.empty() && (own.report.machines_only || row.kind == "person");
            }));
        report.flagged_total += own.report.flagged;
        if (rows.size() > options.most_raters) rows.resize(options.most_raters);
        std::ranges::move(rows, std::back_inserter(report.raters));
        if (!own.report.machines_only) {
            for (std::uint32_t r = 0; r < own.behaviour.size(); ++r) {
                if (own.person[r] == 0 && own.behaviour[r].n > 0) {
                    report.machine_rows.push_back(machine_row(study, d, r));
                }
            }
        }
        report.dimensions.push_back(own.report);
    }
    report.findings = rater_findings(report, options);
    return report;
}

}  // namespace edgewise::estimate
