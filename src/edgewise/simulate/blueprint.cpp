#include "edgewise/simulate/blueprint.hpp"

#include <cmath>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "edgewise/base/rng.hpp"
#include "edgewise/judgment/partition.hpp"
#include "edgewise/simulate/gaussian.hpp"

namespace edgewise::simulate {
namespace {

using judgment::kNoGroup;

WorldOptions checked(WorldOptions options) {
    validate(options);
    for (DimensionSpec& dimension : options.dimensions) {
        if (!std::isnan(dimension.low)) continue;
        switch (options.answers) {
            case Answers::ordinal:
                dimension.low = 1.0, dimension.high = 5.0;
                break;
            case Answers::continuous:
                dimension.low = 0.0, dimension.high = 100.0;
                break;
            case Answers::votes:
                dimension.low = -1.0, dimension.high = 1.0;
                break;
        }
    }
    for (GroupSpec& group : options.groups) {
        if (std::isnan(group.sample_share)) group.sample_share = group.population_share;
    }
    return options;
}

Scale scale_of(const WorldOptions& options) {
    switch (options.answers) {
        case Answers::ordinal: {
            const DimensionSpec& first = options.dimensions.front();
            return Scale::equal_levels(static_cast<int>(first.high - first.low) + 1);
        }
        case Answers::votes:
            return Scale::levels({0.5 - options.pass_width / 2.0, 0.5 + options.pass_width / 2.0});
        case Answers::continuous:
            break;
    }
    return Scale::continuous();
}

double total_sd(const WorldOptions& options, double extra) {
    return std::sqrt(options.severity_sd * options.severity_sd +
                     options.residual_sd * options.residual_sd + extra * extra);
}

// `total` divided as the shares say, by largest remainders, so that realised shares are within one
// unit of those asked for.
std::vector<std::uint32_t> apportion(const std::vector<double>& shares, std::uint32_t total) {
    std::vector<std::uint32_t> seats;
    std::vector<double> remainders;
    std::uint32_t given = 0;
    for (const double share : shares) {
        const double quota = share * total;
        seats.push_back(static_cast<std::uint32_t>(std::min(quota + 1e-9, total * 1.0)));
        remainders.push_back(quota - seats.back());
        given += seats.back();
    }
    while (given < total) {
        const auto most = std::max_element(remainders.begin(), remainders.end());
        ++seats[static_cast<std::size_t>(most - remainders.begin())];
        *most = -1.0;
        ++given;
    }
    return seats;
}

template <class T>
void shuffle(std::vector<T>& values, Rng& rng) {
    for (std::size_t i = values.size(); i > 1; --i) {
        std::swap(values[i - 1], values[static_cast<std::size_t>(rng.next_below(i))]);
    }
}

std::size_t digits(std::size_t count) { return fmt::formatted_size("{}", count); }

double within(double utility) { return std::clamp(utility, kLeastUtility, kGreatestUtility); }

std::uint16_t position(const auto& specs, const std::string& name) {
    const auto found = std::find_if(specs.begin(), specs.end(),
                                    [&](const auto& spec) { return spec.name == name; });
    return static_cast<std::uint16_t>(found - specs.begin());
}

}  // namespace

// A case's utilities as planned, before answers are considered.
struct Blueprint::Draft {
    std::size_t dimensions;
    std::size_t groups;
    std::vector<double> base;   // [option][dimension]
    std::vector<double> shift;  // [option][group][dimension]

    double& at(std::size_t option, std::size_t d) { return base[option * dimensions + d]; }
    double& moved(std::size_t option, std::size_t group, std::size_t d) {
        return shift[(option * groups + group) * dimensions + d];
    }
};

Blueprint::Blueprint(WorldOptions options)
    : options_(checked(std::move(options))),
      clear_(scale_of(options_), total_sd(options_, 0.0)),
      murky_(scale_of(options_), total_sd(options_, options_.ambiguous.extra_sd)) {
    draw_raters();
    plant_cases();
}

std::size_t Blueprint::cases() const noexcept {
    return options_.scripted.empty() ? options_.cases : options_.scripted.size();
}

std::size_t Blueprint::options_in(std::size_t case_) const noexcept {
    return options_.scripted.empty() ? options_.options_per_case
                                     : options_.scripted[case_].options.size();
}

void Blueprint::draw_raters() {
    std::vector<double> shares;
    for (const GroupSpec& group : options_.groups) shares.push_back(group.sample_share);
    group_sizes_ = apportion(shares, options_.raters);
    for (std::size_t g = 0; g < group_sizes_.size(); ++g) {
        group_of_.insert(group_of_.end(), group_sizes_[g], static_cast<std::uint16_t>(g));
    }
    Rng rng(options_.seed, stream(Purpose::groups));
    shuffle(group_of_, rng);
    group_of_.insert(group_of_.end(), options_.machines.count, kNoGroup);

    severity_.resize(group_of_.size(), -options_.machines.leniency);
    for (std::size_t r = 0; r < options_.raters; ++r) {
        Rng own(options_.seed, stream(Purpose::severity, r));
        severity_[r] = options_.severity_sd * Gaussian(own)();
    }
}

Id Blueprint::attribute(std::size_t a, Id rater) const noexcept {
    const AttributeSpec& spec = options_.attributes[a];
    if (group_of_[rater] == kNoGroup) return kNone;
    Rng rng(options_.seed, stream(Purpose::attribute, a << 32 | rater));
    if (rng.next_unit() < spec.unknown) return kNone;
    if (spec.shares.empty()) return static_cast<Id>(rng.next_below(spec.values.size()));
    double left = rng.next_unit();
    Id code = 0;
    while (code + 1 < spec.values.size() && left >= spec.shares[code]) left -= spec.shares[code++];
    return code;
}

std::int64_t Blueprint::number(std::size_t k, Id rater) const noexcept {
    const NumberSpec& spec = options_.numbers[k];
    const std::uint64_t index = (options_.attributes.size() + k) << 32 | rater;
    Rng rng(options_.seed, stream(Purpose::attribute, index));
    return spec.low + static_cast<std::int64_t>(
                          rng.next_below(static_cast<std::uint64_t>(spec.high - spec.low) + 1));
}

// Every kind gets its share of the cases to the nearest whole number, at random places.
void Blueprint::plant_cases() {
    std::vector<Role> planted;
    const auto add = [&](Plant plant, std::size_t spec, double share) {
        const auto wanted = static_cast<std::size_t>(std::llround(share * options_.cases));
        const std::size_t count = std::min(wanted, options_.cases - planted.size());
        planted.insert(planted.end(), count, Role{plant, static_cast<std::uint8_t>(spec)});
    };
    for (std::size_t i = 0; i < options_.conflicts.size(); ++i) {
        add(Plant::conflict, i, options_.conflicts[i].share);
    }
    for (std::size_t i = 0; i < options_.disagreements.size(); ++i) {
        add(Plant::disagreement, i, options_.disagreements[i].share);
    }
    add(Plant::ambiguous, 0, options_.ambiguous.share);
    if (planted.empty()) return;
    planted.resize(options_.cases);
    roles_ = std::move(planted);
    Rng rng(options_.seed, stream(Purpose::planting));
    shuffle(roles_, rng);
}

std::string Blueprint::case_name(std::size_t case_) const {
    if (!options_.scripted.empty()) return options_.scripted[case_].id;
    return fmt::format("c{:0{}}", case_ + 1, digits(options_.cases));
}

std::string Blueprint::option_name(std::size_t case_, std::size_t option) const {
    if (!options_.scripted.empty()) return options_.scripted[case_].options[option].id;
    return std::string(1, static_cast<char>('a' + option));
}

std::string Blueprint::rater_name(std::size_t rater) const {
    if (rater < options_.raters) return fmt::format("r{:0{}}", rater + 1, digits(options_.raters));
    return fmt::format("m{}", rater - options_.raters + 1);
}

void Blueprint::draw(std::size_t case_, DrawnCase& out) const {
    draw_truth(case_, out);
    draw_answers(case_, out);
}

void Blueprint::scripted_truth(const CaseSpec& spec, Draft& draft, DrawnCase& out) const {
    for (std::size_t o = 0; o < out.options; ++o) {
        for (std::size_t d = 0; d < draft.dimensions; ++d) {
            draft.at(o, d) = spec.options[o].utility[d];
        }
    }
    for (const ShiftSpec& shift : spec.shifts) {
        draft.moved(shift.option, shift.group, shift.dimension) += shift.size;
        out.disagreements.push_back({.case_ = out.case_,
                                     .group = shift.group,
                                     .option = shift.option,
                                     .dimension = shift.dimension});
    }
    out.ambiguous = spec.ambiguous;
    if (spec.gains == spec.costs) return;
    const auto best = [&](std::size_t d) {
        std::size_t most = 0;
        for (std::size_t o = 1; o < out.options; ++o) {
            if (draft.at(o, d) > draft.at(most, d)) most = o;
        }
        return static_cast<Id>(most);
    };
    out.conflicts.push_back({.case_ = out.case_,
                             .gains = spec.gains,
                             .costs = spec.costs,
                             .better_on_gains = best(spec.gains),
                             .better_on_costs = best(spec.costs)});
}

void Blueprint::random_truth(std::size_t case_, Draft& draft, DrawnCase& out) const {
    Rng rng(options_.seed, stream(Purpose::truth, case_));
    Gaussian normal(rng);
    const double common = std::sqrt(options_.dimension_correlation);
    const double own = std::sqrt(1.0 - options_.dimension_correlation);
    for (std::size_t o = 0; o < out.options; ++o) {
        const double shared = normal();
        for (std::size_t d = 0; d < draft.dimensions; ++d) {
            const double z = own > 0.0 ? common * shared + own * normal() : shared;
            draft.at(o, d) = within(0.5 + options_.item_sd * z);
        }
    }
    if (options_.item_by_group_sd > 0.0) {
        for (double& shift : draft.shift) shift = options_.item_by_group_sd * normal();
    }
    const Role role = roles_.empty() ? Role{} : roles_[case_];
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(rng.next_below(n)); };

    if (role.plant == Plant::conflict) {
        const ConflictSpec& spec = options_.conflicts[role.spec];
        const double half = spec.size / 2.0;
        std::size_t gains = position(options_.dimensions, spec.gains);
        std::size_t costs = position(options_.dimensions, spec.costs);
        if (spec.gains.empty()) {
            gains = below(draft.dimensions);
            costs = (gains + 1 + below(draft.dimensions - 1)) % draft.dimensions;
        }
        const std::size_t a = below(out.options);
        const std::size_t b = out.options == 1 ? a : (a + 1 + below(out.options - 1)) % out.options;
        for (const auto& [d, up, down] : {std::tuple{gains, a, b}, std::tuple{costs, b, a}}) {
            double centre = (draft.at(a, d) + draft.at(b, d)) / 2.0;
            centre = std::clamp(centre, kLeastUtility + half, kGreatestUtility - half);
            if (out.options == 1) centre = 0.5;
            // A third option must not be the way out of the conflict.
            for (std::size_t o = 0; o < out.options; ++o) {
                draft.at(o, d) = std::min(draft.at(o, d), centre - half);
            }
            draft.at(down, d) = centre - half;
            if (out.options > 1 || d == gains) draft.at(up, d) = centre + half;
        }
        out.conflicts.push_back({.case_ = out.case_,
                                 .gains = static_cast<std::uint16_t>(gains),
                                 .costs = static_cast<std::uint16_t>(costs),
                                 .better_on_gains = static_cast<Id>(a),
                                 .better_on_costs = static_cast<Id>(b)});
    }
    if (role.plant == Plant::disagreement) {
        const DisagreementSpec& spec = options_.disagreements[role.spec];
        const std::size_t group =
            spec.group.empty() ? below(draft.groups) : position(options_.groups, spec.group);
        std::size_t best = 0;
        double most = -1.0;
        for (std::size_t o = 0; o < out.options; ++o) {
            double mean = 0.0;
            for (std::size_t d = 0; d < draft.dimensions; ++d) mean += draft.at(o, d);
            if (mean > most) most = mean, best = o;
        }
        const double size = out.options == 1 && below(2) == 0 ? spec.size : -spec.size;
        for (std::size_t d = 0; d < draft.dimensions; ++d) {
            if (!spec.dimension.empty() && options_.dimensions[d].name != spec.dimension) continue;
            double& base = draft.at(best, d);
            base = std::clamp(base, std::max(kLeastUtility, kLeastUtility - size),
                              std::min(kGreatestUtility, kGreatestUtility - size));
            draft.moved(best, group, d) += size;
            out.disagreements.push_back({.case_ = out.case_,
                                         .group = static_cast<std::uint16_t>(group),
                                         .option = static_cast<Id>(best),
                                         .dimension = static_cast<std::uint16_t>(d)});
        }
    }
    out.ambiguous = role.plant == Plant::ambiguous;
}

void Blueprint::draw_truth(std::size_t case_, DrawnCase& out) const {
    const std::size_t dimensions = options_.dimensions.size();
    const std::size_t groups = options_.groups.size();
    out.case_ = static_cast<Id>(case_);
    out.options = options_in(case_);
    out.conflicts.clear();
    out.disagreements.clear();
    Draft draft{.dimensions = dimensions, .groups = groups, .base = {}, .shift = {}};
    draft.base.resize(out.options * dimensions);
    draft.shift.resize(out.options * groups * dimensions);
    if (options_.scripted.empty()) {
        random_truth(case_, draft, out);
    } else {
        scripted_truth(options_.scripted[case_], draft, out);
    }

    const Link& link = this->link(out.ambiguous);
    out.utility.resize(draft.shift.size());
    out.latent.resize(draft.shift.size());
    for (std::size_t o = 0; o < out.options; ++o) {
        for (std::size_t d = 0; d < dimensions; ++d) {
            const double base = within(draft.at(o, d));
            const double x = link.latent(base);
            const auto u = static_cast<float>(link.mean(x));
            for (std::size_t g = 0; g < groups; ++g) {
                const std::size_t i = (o * groups + g) * dimensions + d;
                const double shift = draft.shift[i];
                out.latent[i] = shift == 0.0 ? x : link.latent(within(base + shift));
                out.utility[i] = shift == 0.0 ? u : static_cast<float>(link.mean(out.latent[i]));
            }
        }
    }

    const auto utility = [&](std::size_t o, std::size_t g, std::size_t d) {
        return static_cast<double>(out.utility[(o * groups + g) * dimensions + d]);
    };
    for (PlantedConflict& planted : out.conflicts) {
        const auto pooled = [&](std::size_t o, std::size_t d) {
            double sum = 0.0;
            for (std::size_t g = 0; g < groups; ++g) sum += group_sizes_[g] * utility(o, g, d);
            return sum / options_.raters;
        };
        const Id a = planted.better_on_gains;
        const Id b = planted.better_on_costs;
        planted.size = a == b ? pooled(a, planted.gains) - pooled(a, planted.costs)
                              : std::min(pooled(a, planted.gains) - pooled(b, planted.gains),
                                         pooled(b, planted.costs) - pooled(a, planted.costs));
    }
    for (PlantedDisagreement& planted : out.disagreements) {
        const double base =
            link.mean(link.latent(within(draft.at(planted.option, planted.dimension))));
        planted.size = utility(planted.option, planted.group, planted.dimension) - base;
    }
}

}  // namespace edgewise::simulate
