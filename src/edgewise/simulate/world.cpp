#include "edgewise/simulate/world.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "edgewise/judgment/builder.hpp"
#include "edgewise/judgment/partition.hpp"
#include "edgewise/simulate/blueprint.hpp"

namespace edgewise::simulate {
namespace {

using judgment::Kind;
using judgment::TableBuilder;

template <class Weight>
double average(const Truth& truth, std::size_t dimension, std::size_t option, Weight weight) {
    double sum = 0.0;
    double weights = 0.0;
    for (std::size_t g = 0; g < truth.groups.size(); ++g) {
        sum += weight(g) * truth.utility(g, dimension, option);
        weights += weight(g);
    }
    return sum / weights;
}

void declare_dimensions(const Blueprint& blueprint, TableBuilder& builder) {
    const Answers answers = blueprint.options().answers;
    for (const DimensionSpec& spec : blueprint.options().dimensions) {
        const Id id =
            builder.dimension_id(spec.name, answers == Answers::votes ? Kind::vote : Kind::rating);
        judgment::Dimension& dimension = builder.dimension(id);
        dimension.scale = answers == Answers::continuous ? judgment::Scale::continuous
                          : spec.high - spec.low == 1.0  ? judgment::Scale::binary
                                                         : judgment::Scale::ordinal;
        dimension.scale_declared = true;
        dimension.polarity = spec.polarity;
        dimension.polarity_declared = true;
        dimension.low = spec.low;
        dimension.high = spec.high;
        dimension.range_declared = true;
        dimension.ideal = spec.ideal;
        dimension.property = spec.property;
        dimension.object = spec.object;
    }
}

void declare_raters(const Blueprint& blueprint, TableBuilder& builder) {
    const WorldOptions& options = blueprint.options();
    for (std::size_t r = 0; r < blueprint.raters(); ++r) {
        const Id rater = builder.rater_id(blueprint.rater_name(r));
        const std::uint16_t group = blueprint.group_of()[r];
        if (group == judgment::kNoGroup) {
            builder.set_rater_kind(rater, judgment::RaterKind::machine);
            continue;
        }
        builder.set_attribute(rater, options.group_attribute, options.groups[group].name);
        for (std::size_t a = 0; a < options.attributes.size(); ++a) {
            const Id code = blueprint.attribute(a, rater);
            if (code == kNone) continue;
            builder.set_attribute(rater, options.attributes[a].name,
                                  options.attributes[a].values[code]);
        }
        for (std::size_t k = 0; k < options.numbers.size(); ++k) {
            builder.set_attribute(rater, options.numbers[k].name,
                                  fmt::format("{}", blueprint.number(k, rater)));
        }
    }
}

// First option of each case; cases + 1.
std::vector<Id> declare_cases(const Blueprint& blueprint, TableBuilder& builder) {
    std::vector<Id> begin{0};
    for (std::size_t c = 0; c < blueprint.cases(); ++c) {
        const Id case_ = builder.case_id(blueprint.case_name(c));
        const bool scripted = !blueprint.options().scripted.empty();
        const CaseSpec none;
        const CaseSpec& spec = scripted ? blueprint.options().scripted[c] : none;
        builder.set_case_text(case_, spec.text);
        builder.set_context(case_, "source", "simulated");
        for (const auto& [attribute, value] : spec.context) {
            builder.set_context(case_, attribute, value);
        }
        for (std::size_t o = 0; o < blueprint.options_in(c); ++o) {
            const Id option = builder.option_id(case_, blueprint.option_name(c, o));
            if (scripted) builder.set_option_text(option, spec.options[o].text);
        }
        begin.push_back(begin.back() + static_cast<Id>(blueprint.options_in(c)));
    }
    return begin;
}

Truth declared_truth(const Blueprint& blueprint) {
    Truth truth;
    truth.group_attribute = blueprint.options().group_attribute;
    for (const GroupSpec& group : blueprint.options().groups) {
        truth.groups.push_back(group.name);
        truth.population_shares.push_back(group.population_share);
    }
    truth.group_sizes = blueprint.group_sizes();
    truth.group_of = blueprint.group_of();
    truth.severity = blueprint.severity();
    truth.dimensions = blueprint.options().dimensions.size();
    truth.components = true_components(blueprint);
    return truth;
}

void record(DrawnCase& drawn, Id first_option, Truth& truth) {
    truth.utilities.insert(truth.utilities.end(), drawn.utility.begin(), drawn.utility.end());
    for (PlantedConflict planted : drawn.conflicts) {
        planted.better_on_gains += first_option;
        planted.better_on_costs += first_option;
        truth.conflicts.push_back(planted);
    }
    for (PlantedDisagreement planted : drawn.disagreements) {
        planted.option += first_option;
        truth.disagreements.push_back(planted);
    }
    if (drawn.ambiguous) truth.ambiguous.push_back(drawn.case_);
}

}  // namespace

double Truth::by_raters(std::size_t dimension, std::size_t option) const noexcept {
    return average(*this, dimension, option,
                   [&](std::size_t g) { return static_cast<double>(group_sizes[g]); });
}

double Truth::by_population(std::size_t dimension, std::size_t option) const noexcept {
    return average(*this, dimension, option, [&](std::size_t g) { return population_shares[g]; });
}

World make_world(const WorldOptions& options, const Job& job) {
    const Blueprint blueprint(options);
    TableBuilder builder;
    declare_dimensions(blueprint, builder);
    declare_raters(blueprint, builder);
    const std::vector<Id> option_begin = declare_cases(blueprint, builder);
    Truth truth = declared_truth(blueprint);

    using Block = std::vector<DrawnCase>;
    std::uint32_t source_row = 0;
    in_case_order<Block>(
        blueprint, job,
        [&](std::size_t first, std::size_t end) {
            Block block(end - first);
            for (std::size_t c = first; c < end; ++c) blueprint.draw(c, block[c - first]);
            return block;
        },
        [&](Block&& block) {
            for (DrawnCase& drawn : block) {
                const Id first_option = option_begin[drawn.case_];
                record(drawn, first_option, truth);
                for (const Answer& answer : drawn.answers) {
                    judgment::Row row;
                    row.option = first_option + answer.option;
                    row.rater = answer.rater;
                    row.dimension = answer.dimension;
                    row.value = answer.value;
                    row.flags = answer.underspecified ? judgment::kUnderspecified : std::uint8_t{0};
                    row.source_row = ++source_row;
                    builder.add(row);
                }
            }
        });
    return World{.table = std::move(builder).finish(), .truth = std::move(truth)};
}

}  // namespace edgewise::simulate
