#include "edgewise/edge/audit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "edgewise/base/words.hpp"
#include "edgewise/edge/study.hpp"

namespace edgewise::edge {
namespace {

AuditReport run(Study& study, judgment::Id only) {
    AuditReport report;
    study.model.partition = &study.everyone;
    study.job.progress(0.05, "fitting everyone together");
    for (const auto& view : study.observations.dimensions) {
        study.model.fits.push_back(estimate::choose(view).fit(view, study.everyone, {}, study.job));
    }
    describe_data(study, report);
    study_groups(study, report);
    study_conflicts(study, report);
    study_cases(study, report, only);
    conclude(study, report);
    study.job.progress(1.0, "done");
    return report;
}

judgment::Id find_case(const judgment::JudgmentTable& table, const std::string& id) {
    const auto& ids = table.cases().ids;
    std::size_t nearest = 0;
    std::size_t least = static_cast<std::size_t>(-1);
    for (std::size_t c = 0; c < ids.size(); ++c) {
        if (ids[c] == id) return static_cast<judgment::Id>(c);
        if (ids[c].size() > 64 || id.size() > 64) continue;
        const std::size_t d = edit_distance(ids[c], id);
        if (d < least) {
            least = d;
            nearest = c;
        }
    }
    throw Error(ErrorCode::not_found,
                fmt::format("no case \"{}\" among {}; the nearest is \"{}\"", id, ids.size(),
                            ids.size() == 0 ? "" : ids[nearest]),
                "case");
}

std::string judgment_words(const judgment::JudgmentTable& table, std::size_t i) {
    using judgment::Kind;
    const auto& dimension = table.dimensions()[table.dimension()[i]];
    const auto& options = table.options();
    const std::string_view option = options.ids[table.option()[i]];
    const float value = table.value()[i];
    std::string words =
        fmt::format("{} on {}: ", table.raters().ids[table.rater()[i]], dimension.name);
    switch (dimension.kind) {
        case Kind::vote:
            words += fmt::format("{} {}",
                                 value > 0   ? "agrees with"
                                 : value < 0 ? "disagrees with"
                                             : "passes on",
                                 option);
            break;
        case Kind::comparison: {
            const std::string_view other = options.ids[table.other()[i]];
            if (value > 0.5F) words += fmt::format("{} over {}", option, other);
            if (value < 0.5F) words += fmt::format("{} over {}", other, option);
            if (value == 0.5F) words += fmt::format("{} ties with {}", option, other);
            break;
        }
        case Kind::label:
            words += fmt::format("{} is {}", option,
                                 dimension.categories[static_cast<std::size_t>(value)]);
            break;
        default:
            words += fmt::format("{} gets {:g}", option, value);
    }
    if ((table.flags()[i] & judgment::kUnderspecified) != 0) words += " (underspecified)";
    return words;
}

}  // namespace

AuditReport audit(const judgment::JudgmentTable& table, const AuditOptions& options,
                  const Job& job) {
    Study study = begin_study(table, options, job);
    return run(study, judgment::kNone);
}

ShowReport show(const judgment::JudgmentTable& table, const std::string& case_id,
                const AuditOptions& options, const Job& job) {
    const judgment::Id wanted = find_case(table, case_id);
    Study study = begin_study(table, options, job);
    AuditReport report = run(study, wanted);
    ShowReport out;
    if (report.cases.empty()) {
        throw Error(ErrorCode::not_found,
                    "case \"" + case_id +
                        "\" has no judgment that can be "
                        "audited",
                    "case");
    }
    out.row = report.cases.front();
    for (const Unit& unit : study.units) {
        if (unit.case_ != wanted) continue;
        auto maps = heat_maps(study, unit);
        std::ranges::move(maps, std::back_inserter(out.heat_maps));
    }
    constexpr std::size_t kMostJudgments = 200;
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table.options().case_of[table.option()[i]] != wanted) continue;
        ++out.judgments_total;
        if (out.judgments.size() < kMostJudgments)
            out.judgments.push_back(judgment_words(table, i));
    }
    return out;
}

}  // namespace edgewise::edge
