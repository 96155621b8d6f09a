#include "edgewise/edge/study.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "edgewise/base/csv.hpp"
#include "edgewise/base/stats.hpp"

namespace edgewise::edge {
namespace {

// Above this many units, losses are drawn for a random sample of this size.
constexpr std::size_t kMostDrawn = 5000;

std::size_t dimension_index(const Study& study, const std::string& name, const char* option) {
    const auto found = std::ranges::find(study.names, name);
    if (found != study.names.end()) return static_cast<std::size_t>(found - study.names.begin());
    throw Error(
        ErrorCode::not_found,
        fmt::format("no dimension \"{}\"; there are: {}", name, fmt::join(study.names, ", ")),
        option);
}

bool is_overall(std::string_view name) {
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : static_cast<char>(c);
    });
    return lower == "overall" || lower == "overall_score" || lower == "overall quality";
}

void keep_dimensions(Study& study) {
    if (study.options.dimensions.empty()) return;
    std::vector<std::uint8_t> keep(study.names.size());
    for (const std::string& name : study.options.dimensions) {
        keep[dimension_index(study, name, "dimensions")] = 1;
    }
    std::vector<estimate::DimensionView> views;
    std::vector<std::string> names;
    for (std::size_t d = 0; d < keep.size(); ++d) {
        if (keep[d] == 0) continue;
        views.push_back(std::move(study.observations.dimensions[d]));
        names.push_back(study.names[d]);
    }
    study.observations.dimensions = std::move(views);
    study.names = std::move(names);
}

void set_scalar(Study& study) {
    const std::size_t dimensions = study.names.size();
    study.scalar.weight.assign(dimensions, 1.0);
    study.scalar.value.assign(dimensions, 1);
    if (!study.options.overall.empty()) {
        study.scalar.overall = dimension_index(study, study.options.overall, "overall");
    } else if (dimensions > 1) {
        const auto found = std::ranges::find_if(study.names, is_overall);
        if (found != study.names.end()) {
            study.scalar.overall = static_cast<std::size_t>(found - study.names.begin());
        }
    }
    if (study.scalar.overall < dimensions && study.options.weights.empty()) {
        study.scalar.weight.assign(dimensions, 0.0);
        study.scalar.weight[study.scalar.overall] = 1.0;
    }
    if (study.scalar.overall < dimensions) study.scalar.value[study.scalar.overall] = 0;
    if (study.options.weights.empty()) return;
    study.scalar.weight.assign(dimensions, 0.0);
    for (const std::string& each : study.options.weights) {
        const std::size_t equals = each.rfind('=');
        double weight = 0.0;
        if (equals == std::string::npos ||
            !parse_number(std::string_view(each).substr(equals + 1), weight) || weight < 0.0) {
            throw Error(ErrorCode::invalid_argument,
                        "expected dimension=weight with a weight of 0 or more, found " + each,
                        "weights");
        }
        study.scalar.weight[dimension_index(study, each.substr(0, equals), "weights")] = weight;
    }
    if (pairwise_sum(study.scalar.weight) <= 0.0) {
        throw Error(ErrorCode::invalid_argument, "all weights are 0", "weights");
    }
}

void check(const AuditOptions& o) {
    const auto refuse_option = [](const char* name, const char* expected) {
        throw Error(ErrorCode::invalid_argument, fmt::format("expected {}", expected), name);
    };
    if (o.permutations < 19 || o.permutations > 100'000) {
        refuse_option("permutations", "19 (the least for p = 0.05) to 100,000");
    }
    if (o.draws < 20 || o.draws > 100'000) refuse_option("draws", "20 to 100,000");
    if (!(o.fdr > 0.0 && o.fdr < 1.0)) refuse_option("fdr", "a number between 0 and 1");
    if (!(o.target_shift > 0.0 && o.target_shift <= 1.0)) {
        refuse_option("target_shift", "a utility difference above 0 and up to 1");
    }
    if (!(o.material >= 0.0 && o.material < 1.0)) refuse_option("material", "a utility in [0, 1)");
    if (o.least_group < 2) refuse_option("least_group", "2 raters or more");
    if (o.least_cell < 1 || o.least_cell > 1'000'000) refuse_option("least_cell", "1 or more");
}

}  // namespace

std::string Study::case_name(const Unit& unit) const {
    std::string name(table.cases().ids[unit.case_]);
    const auto& item = observations.items[unit.first];
    if (item.other != judgment::kNone) {
        name += fmt::format(": {} or {}", table.options().ids[item.option],
                            table.options().ids[item.other]);
    }
    return name;
}

std::string Study::option_name(const Unit& unit, std::size_t option) const {
    const auto& item = observations.items[unit.first];
    if (!unit.mirrored()) {
        return std::string(table.options().ids[observations.items[unit.first + option].option]);
    }
    if (item.other != judgment::kNone) {
        return std::string(table.options().ids[option == 0 ? item.option : item.other]);
    }
    return option == 0 ? "accept" : "reject";
}

Study begin_study(const judgment::JudgmentTable& table, const AuditOptions& options,
                  const Job& job) {
    check(options);
    Study study{.table = table,
                .options = options,
                .job = job,
                .observations = {},
                .names = {},
                .side = {},
                .scalar = {},
                .everyone = {},
                .model = {},
                .units = {},
                .drawn = {},
                .groups = {},
                .flags = {}};
    job.progress(0.0, "arranging judgments");
    study.observations = estimate::observe(table, job, options.include_machines);
    for (const auto& view : study.observations.dimensions) {
        study.names.push_back(table.dimensions()[view.dimension].name);
    }
    keep_dimensions(study);
    if (study.observations.dimensions.empty()) {
        std::string why = "nothing here can be audited";
        for (const auto& left_out : study.observations.left_out) why += "; " + left_out;
        throw Error(ErrorCode::invalid_data, why);
    }
    for (const auto& view : study.observations.dimensions) {
        study.side.push_back(sides(view, table.dimensions()[view.dimension].kind));
    }
    set_scalar(study);
    study.units = units(study.observations);
    if (study.units.empty()) throw Error(ErrorCode::invalid_data, "no case has a judgment");
    study.drawn.resize(study.units.size());
    for (std::size_t i = 0; i < study.drawn.size(); ++i) study.drawn[i] = i;
    if (study.drawn.size() > kMostDrawn) {
        Rng rng(options.seed, stream::kUnits);
        for (std::size_t i = 0; i < kMostDrawn; ++i) {
            std::swap(study.drawn[i], study.drawn[i + rng.next_below(study.drawn.size() - i)]);
        }
        study.drawn.resize(kMostDrawn);
        std::ranges::sort(study.drawn);
    }
    study.everyone = judgment::everyone(table);
    study.model.partition = &study.everyone;
    study.model.share = {1.0};
    return study;
}

AgainstNull against_null(std::span<const double> values, std::uint64_t n) {
    AgainstNull out;
    out.observed = values.front();
    out.n = n;
    std::vector<double> null;
    for (const double x : values.subspan(1)) {
        if (std::isfinite(x)) null.push_back(x);
    }
    out.p = permutation_p_value(out.observed, null);
    out.q = out.p;
    if (null.empty()) return out;
    std::ranges::sort(null);
    out.null_mean = pairwise_sum(null) / static_cast<double>(null.size());
    out.null_low = quantile_sorted(null, 0.025);
    out.null_high = quantile_sorted(null, 0.975);
    out.excess = out.observed - out.null_mean;
    constexpr std::size_t kBins = 24;
    out.null.low = null.front();
    out.null.high = null.back() > null.front() ? null.back() : null.front() + 1e-9;
    out.null.counts.assign(kBins, 0);
    for (const double x : null) {
        const double at = (x - out.null.low) / (out.null.high - out.null.low);
        ++out.null.counts[std::min(kBins - 1, static_cast<std::size_t>(at * kBins))];
    }
    return out;
}

}  // namespace edgewise::edge
