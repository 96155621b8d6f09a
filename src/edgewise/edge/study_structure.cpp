#include "edgewise/edge/study_structure.hpp"

#include <algorithm>

#include "edgewise/structure/pareto.hpp"
#include "edgewise/structure/sensitivity.hpp"
#include "edgewise/structure/spectrum.hpp"
#include "edgewise/structure/support.hpp"

namespace edgewise::edge {
namespace {

constexpr std::size_t kMostOptions = 64;  // larger units take no part: their linear programs add up
constexpr std::uint64_t kWeightDraws = 1000;

}  // namespace

StructureSums& StructureSums::operator+=(const StructureSums& o) noexcept {
    pairs += o.pairs;
    incomparable += o.incomparable;
    dominance += o.dominance;
    violated += o.violated;
    fronts += o.fronts;
    unsupported += o.unsupported;
    sensitivities += o.sensitivities;
    sensitivity += o.sensitivity;
    return *this;
}

StructureSums structure_of(const Tensor& tensor, const Scalar& scalar, std::size_t pick, Rng rng) {
    StructureSums out;
    std::vector<std::size_t> axis;
    for (std::size_t d = 0; d < tensor.dimensions; ++d) {
        if (tensor.judged[d] != 0 && scalar.value[d] != 0) axis.push_back(d);
    }
    const std::size_t options = tensor.options;
    if (axis.size() < 2 || options < 2 || options > kMostOptions) return out;
    std::vector<double> values(options * axis.size());
    std::vector<double> scalars(options, 0.0);
    std::vector<double> weight(tensor.dimensions);
    scalar.normalised(tensor, weight);
    for (std::size_t o = 0; o < options; ++o) {
        for (std::size_t k = 0; k < axis.size(); ++k) {
            values[o * axis.size() + k] = tensor.everyone(axis[k], o).mean;
        }
        for (std::size_t d = 0; d < tensor.dimensions; ++d) {
            scalars[o] += weight[d] * tensor.everyone(d, o).mean;
        }
    }
    const structure::Scores scores{values, options, axis.size()};
    const auto violations = structure::pareto_violations(scores, scalars);
    out.pairs = static_cast<double>(violations.pairs);
    out.incomparable = structure::incomparable_share(scores) * out.pairs;
    out.dominance = static_cast<double>(violations.dominance);
    out.violated = static_cast<double>(violations.violated);
    if (options > 2) {
        out.fronts = 1.0;
        out.unsupported = structure::unsupported_share(scores);
    }
    out.sensitivities = 1.0;
    out.sensitivity = structure::weight_sensitivity(scores, pick, rng, kWeightDraws).share;
    return out;
}

void describe_structure(const Study& study, const StructureSums& sums, ConflictReport& out) {
    out.option_pairs = static_cast<std::uint64_t>(sums.pairs);
    if (sums.pairs > 0.0) out.incomparable = sums.incomparable / sums.pairs;
    if (sums.dominance > 0.0) out.pareto_violations = sums.violated / sums.dominance;
    if (sums.fronts > 0.0) out.unsupported = sums.unsupported / sums.fronts;
    if (sums.sensitivities > 0.0) out.weight_sensitivity = sums.sensitivity / sums.sensitivities;
    // Effective dimensions over the items of the drawn units that were judged on every dimension.
    std::vector<double> rows;
    std::size_t items = 0;
    const std::size_t dimensions = study.names.size();
    const auto judged_everywhere = [&](std::size_t item) {
        return std::ranges::all_of(study.observations.dimensions, [&](const auto& view) {
            return view.begin[item + 1] > view.begin[item];
        });
    };
    for (const std::size_t u : study.drawn) {
        const Unit& unit = study.units[u];
        for (std::uint32_t i = unit.first; i < unit.first + unit.items; ++i) {
            if (!judged_everywhere(i)) continue;
            for (std::size_t d = 0; d < dimensions; ++d) {
                estimate::Cell everyone;
                rows.push_back(study.model.fits[d]->cells(i, {&everyone, 1}).mean);
            }
            ++items;
        }
    }
    if (items > 2 && dimensions > 1) {
        out.effective_dimensions =
            structure::effective_dimensions(structure::Scores{rows, items, dimensions});
    }
}

}  // namespace edgewise::edge
