#include <algorithm>

#include "edgewise/edge/study.hpp"

namespace edgewise::edge {
namespace {

constexpr double kZ90 = 1.6448536269514722;

// `judged`: somebody judged the option on the dimension; else nothing is known, and the estimate is
// only the mean of other options.
CellReport report_cell(const estimate::Cell& cell, bool judged, const Study& study) {
    CellReport out;
    out.n = cell.n;
    if (!judged) {
        out.state = "insufficient";
        return out;
    }
    if (cell.n == 0) {
        out.state = "pooled";
    } else {
        out.state = cell.n < study.options.least_group ? "insufficient" : "observed";
    }
    out.mean = cell.mean;
    out.interval = Interval{std::max(0.0, cell.mean - kZ90 * cell.sd),
                            std::min(1.0, cell.mean + kZ90 * cell.sd)};
    return out;
}

}  // namespace

HeatMap heat_map(const Study& study, const Unit& unit, const GroupStudy* group) {
    Tensor everyone;
    fill(study.model, unit, everyone);
    Tensor tensor;
    HeatMap out;
    out.case_id = study.case_name(unit);
    out.case_text = std::string(study.table.cases().texts[unit.case_]);
    out.dimensions = study.names;
    if (group != nullptr) {
        out.attribute = group->partition.attribute;
        out.groups = group->partition.groups;
        fill(group->model, unit, tensor);
    }
    std::vector<double> weight(study.names.size());
    study.scalar.normalised(everyone, weight);
    // A single option is shown as it is; rejecting it is only the mirror.
    for (std::size_t o = 0; o < unit.items; ++o) {
        OptionCells option;
        const auto judged = [&](std::size_t d) { return everyone.everyone(d, o).n > 0; };
        const auto& item = study.observations.items[unit.first + o];
        option.id = std::string(study.table.options().ids[item.option]);
        option.text = std::string(study.table.options().texts[item.option]);
        if (item.other != judgment::kNone) {
            option.text = "utility of \"" + option.id + "\" against \"" +
                          std::string(study.table.options().ids[item.other]) + "\"";
        }
        for (std::size_t d = 0; d < study.names.size(); ++d) {
            option.pooled.push_back(report_cell(everyone.everyone(d, o), judged(d), study));
            option.scalar += weight[d] * everyone.everyone(d, o).mean;
        }
        for (std::size_t g = 0; g < out.groups.size(); ++g) {
            auto& row = option.cells.emplace_back();
            for (std::size_t d = 0; d < study.names.size(); ++d) {
                row.push_back(report_cell(tensor.at(g, d, o), judged(d), study));
            }
        }
        out.options.push_back(std::move(option));
    }
    return out;
}

std::vector<HeatMap> heat_maps(const Study& study, const Unit& unit) {
    std::vector<HeatMap> out;
    for (const GroupStudy& group : study.groups) out.push_back(heat_map(study, unit, &group));
    if (out.empty()) out.push_back(heat_map(study, unit, nullptr));
    return out;
}

}  // namespace edgewise::edge
