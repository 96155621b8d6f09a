#include "edgewise/estimate/tensor/fit_tensor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/estimate/tensor/slices.hpp"
#include "edgewise/estimate/tensor/tensor_findings.hpp"
#include "edgewise/judgment/kind_names.hpp"

namespace edgewise::estimate {
namespace {

void check(const TensorOptions& o) {
    const auto refuse_option = [](const char* name, const char* expected) {
        throw Error(ErrorCode::invalid_argument, fmt::format("expected {}", expected), name);
    };
    if (!(o.level > 0.0 && o.level < 1.0)) refuse_option("level", "a number between 0 and 1");
    if (o.least_group < 2) refuse_option("least_group", "2 raters or more");
    if (o.least_cell < 1 || o.least_cell > 1'000'000) refuse_option("least_cell", "1 or more");
    if (!(o.most_weight == 0.0 || o.most_weight >= 1.0)) {
        refuse_option("most_weight", "0 (no bound) or a multiple of the mean from 1");
    }
    if (o.permutations != 0 && (o.permutations < 19 || o.permutations > 100'000)) {
        refuse_option("permutations", "0, or 19 (the least for p = 0.05) to 100,000");
    }
    if (o.model.empty()) refuse_option("model", "auto, a model, or dimension=model");
}

// The dimensions to fit, in the table's order.
std::vector<std::uint16_t> wanted_dimensions(const judgment::JudgmentTable& table,
                                             const TensorOptions& options) {
    const auto all = table.dimensions();
    std::vector<std::uint8_t> keep(all.size(), options.dimensions.empty() ? 1 : 0);
    for (const std::string& name : options.dimensions) {
        const auto found = std::ranges::find(all, name, &judgment::Dimension::name);
        if (found == all.end()) {
            std::vector<std::string_view> known;
            for (const auto& each : all) known.push_back(each.name);
            throw Error(
                ErrorCode::not_found,
                fmt::format("no dimension \"{}\"; there are: {}", name, fmt::join(known, ", ")),
                "dimensions");
        }
        keep[static_cast<std::size_t>(found - all.begin())] = 1;
    }
    std::vector<std::uint16_t> out;
    for (std::size_t d = 0; d < keep.size(); ++d) {
        if (keep[d] != 0) out.push_back(static_cast<std::uint16_t>(d));
    }
    return out;
}

// "dimension=id" for this dimension, else an id for all, else "auto".
std::string model_of(const TensorOptions& options, const std::string& dimension) {
    std::string out = "auto";
    for (const std::string& each : options.model) {
        const std::size_t equals = each.rfind('=');
        if (equals == std::string::npos) {
            out = each;
        } else if (each.substr(0, equals) == dimension) {
            return each.substr(equals + 1);
        }
    }
    return out;
}

// A model given for a dimension that there is not.
void check_models(const judgment::JudgmentTable& table, const TensorOptions& options) {
    for (const std::string& each : options.model) {
        const std::size_t equals = each.rfind('=');
        if (equals == std::string::npos) continue;
        const std::string name = each.substr(0, equals);
        if (std::ranges::none_of(table.dimensions(), [&](const judgment::Dimension& dimension) {
                return dimension.name == name;
            })) {
            throw Error(ErrorCode::not_found, "no dimension \"" + name + "\"", "model");
        }
    }
}

TensorRow row_of(const TensorCell& cell) {
    return {.dimension = std::string(cell.dimension),
            .attribute = std::string(cell.attribute),
            .group = std::string(cell.group),
            .case_ = std::string(cell.case_),
            .option = std::string(cell.option),
            .other = std::string(cell.other),
            .category = std::string(cell.category),
            .state = std::string(cell.state),
            .mean = cell.mean,
            .sd = cell.sd,
            .interval = cell.interval,
            .n = cell.n,
            .n_eff = cell.n_eff};
}

DimensionFit fit_dimension(const SliceTask& task, const Observations& observations,
                           const Job& job) {
    DimensionFit out;
    const judgment::Kind kind = task.meaning().kind;
    const auto view =
        std::ranges::find(observations.dimensions, task.dimension, &DimensionView::dimension);
    if (kind == judgment::Kind::comparison) {
        out = fit_comparisons(task, job);
    } else if (kind == judgment::Kind::ranking) {
        out = fit_rankings(task, job);
    } else if (kind == judgment::Kind::label && task.meaning().scale != judgment::Scale::binary) {
        out = fit_labels(task, job);
    } else if (view != observations.dimensions.end()) {
        out = fit_utilities(task, observations, *view, job);
    } else {
        const std::string& name = task.meaning().name;
        const auto why = std::ranges::find_if(observations.left_out, [&](const std::string& each) {
            return each.find(name) != std::string::npos;
        });
        out.why = why == observations.left_out.end() ? "nobody judged it" : *why;
    }
    out.dimension = task.meaning().name;
    out.kind = judgment::name_of(kind);
    return out;
}

}  // namespace

TensorReport fit_tensor(const judgment::JudgmentTable& table, const TensorOptions& options,
                        const TensorSink& sink, const Job& job) {
    check(options);
    check_models(table, options);
    TensorReport report;
    report.title = options.title;
    report.judgments = table.size();
    std::vector<std::uint8_t> active(table.raters().ids.size());
    for (const Id rater : table.rater()) active[rater] = 1;
    for (std::size_t r = 0; r < active.size(); ++r) {
        if (active[r] == 0) continue;
        const bool person = r >= table.raters().kinds.size() ||
                            table.raters().kinds[r] == judgment::RaterKind::person;
        ++(person || options.include_machines ? report.raters : report.machine_raters);
    }
    job.progress(0.0, "arranging judgments");
    if (!options.margins.empty()) {
        RakingOptions raking;
        raking.include_machines = options.include_machines;
        if (options.most_weight > 0.0) raking.most_weight = options.most_weight;
        report.population = rake(table, read_margins(options.margins), raking, job);
    }
    const std::span<const double> rater_weight =
        report.population ? std::span<const double>(report.population->weight)
                          : std::span<const double>();
    const Observations observations = observe(table, job, options.include_machines, rater_weight);
    judgment::PartitionOptions partition_options;
    partition_options.least_raters = static_cast<std::uint32_t>(options.least_group);
    partition_options.include_machines = options.include_machines;
    const auto partitions =
        judgment::partitions(table, options.attributes, options.cuts, partition_options);
    for (const auto& each : partitions.unsuitable) {
        report.attributes_left_out.push_back({each.attribute, each.reason});
    }
    const judgment::Partition everyone = judgment::everyone(table);
    const TensorSink counting = [&](const TensorCell& cell) {
        if (report.cells_total++ < options.most_cells) report.cells.push_back(row_of(cell));
        if (sink) sink(cell);
    };
    const auto dimensions = wanted_dimensions(table, options);
    for (std::size_t k = 0; k < dimensions.size(); ++k) {
        const SliceTask task{.table = table,
                             .options = options,
                             .partitions = partitions.usable,
                             .everyone = everyone,
                             .dimension = dimensions[k],
                             .model = model_of(options, table.dimensions()[dimensions[k]].name),
                             .rater_weight = rater_weight,
                             .sink = counting};
        const double parts = static_cast<double>(dimensions.size());
        const Job part = job.part(0.1 + 0.9 * static_cast<double>(k) / parts,
                                  0.1 + 0.9 * static_cast<double>(k + 1) / parts);
        part.progress(0.0, "fitting " + task.meaning().name);
        report.dimensions.push_back(fit_dimension(task, observations, part));
    }
    if (report.cells_total == 0) {
        std::string why = "nothing here can be fitted";
        for (const DimensionFit& each : report.dimensions) {
            why += "; " + each.dimension + ": " + each.why;
        }
        throw Error(ErrorCode::invalid_data, why);
    }
    conclude_tensor(options, report);
    return report;
}

}  // namespace edgewise::estimate
