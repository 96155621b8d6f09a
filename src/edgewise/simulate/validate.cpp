#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "edgewise/base/error.hpp"
#include "edgewise/simulate/world.hpp"

namespace edgewise::simulate {
namespace {

constexpr double kLargest = 0.9;  // kGreatestUtility - kLeastUtility

[[noreturn]] void reject(std::string_view member, const std::string& expected,
                         const std::string& found) {
    throw Error(ErrorCode::invalid_argument, fmt::format("expected {}, found {}", expected, found),
                Place{.file = {},
                      .line = 0,
                      .field = std::string(member),
                      .expected = expected,
                      .found = found});
}

void check_between(std::string_view member, double value, double low, double high,
                   std::string_view what) {
    if (value >= low && value <= high) return;  // false for NaN
    reject(member, fmt::format("{} from {} to {}", what, low, high), fmt::format("{}", value));
}

void check_sd(std::string_view member, double value) {
    check_between(member, value, 0.0, 10.0, "a standard deviation");
}

void check_shares(std::string_view member, const std::vector<double>& shares) {
    double sum = 0.0;
    for (const double share : shares) {
        check_between(member, share, 0.0, 1.0, "a share");
        sum += share;
    }
    if (!(std::abs(sum - 1.0) <= 1e-6)) {
        reject(member, "shares that sum to 1", fmt::format("{:.6g}", sum));
    }
}

template <class Specs>
void check_names(std::string_view member, const Specs& specs, std::string_view what,
                 std::set<std::string> taken = {}) {
    for (const auto& spec : specs) {
        if (spec.name.empty()) reject(member, fmt::format("a name for every {}", what), "none");
        if (!taken.insert(spec.name).second) {
            reject(member, fmt::format("{}s with different names", what),
                   fmt::format("\"{}\" twice", spec.name));
        }
    }
}

template <class Specs>
void check_known(std::string_view member, const std::string& name, const Specs& specs) {
    if (name.empty()) return;
    std::string known;
    for (const auto& spec : specs) {
        if (spec.name == name) return;
        known += (known.empty() ? "\"" : ", \"") + spec.name + "\"";
    }
    reject(member, "one of " + known, fmt::format("\"{}\"", name));
}

double levels(const DimensionSpec& dimension) {
    return std::isnan(dimension.low) ? 5.0 : dimension.high - dimension.low + 1.0;
}

void check_dimensions(const WorldOptions& options) {
    if (options.dimensions.empty()) reject("dimensions", "at least one dimension", "none");
    if (options.dimensions.size() > 1000) {
        reject("dimensions", "at most 1000", fmt::format("{}", options.dimensions.size()));
    }
    check_names("dimensions", options.dimensions, "dimension");
    for (const DimensionSpec& dimension : options.dimensions) {
        const bool low = !std::isnan(dimension.low);
        const bool high = !std::isnan(dimension.high);
        if (low != high) reject("dimensions", "both ends of the scale, or none", "one");
        if (options.answers == Answers::votes) {
            if (low) reject("dimensions", "no scale, since votes have none", dimension.name);
            if (dimension.polarity == judgment::Polarity::negative) {
                reject("dimensions", "positive dimensions, since to agree is to want",
                       fmt::format("\"{}\" negative", dimension.name));
            }
        }
        // One link serves the whole world, so all ordinal scales need the same number of levels.
        if (options.answers == Answers::ordinal &&
            levels(dimension) != levels(options.dimensions.front())) {
            reject("dimensions", "ordinal scales of the same number of levels",
                   fmt::format("{} and {}", levels(options.dimensions.front()), levels(dimension)));
        }
        if (!low) continue;
        const std::string found = fmt::format("{}..{}", dimension.low, dimension.high);
        if (!(dimension.low < dimension.high) || !std::isfinite(dimension.high - dimension.low)) {
            reject("dimensions", "a scale whose low end is below its high end", found);
        }
        const bool whole = std::floor(dimension.low) == dimension.low &&
                           std::floor(dimension.high) == dimension.high;
        if (options.answers == Answers::ordinal &&
            (!whole || dimension.high - dimension.low > 100.0)) {
            reject("dimensions", "an ordinal scale of 2 to 101 whole numbers", found);
        }
    }
    if (options.dimensions_per_case > options.dimensions.size()) {
        reject("dimensions_per_case", fmt::format("at most {}", options.dimensions.size()),
               fmt::format("{}", options.dimensions_per_case));
    }
}

void check_raters(const WorldOptions& options) {
    if (options.raters == 0) reject("raters", "at least one rater", "0");
    if (options.raters > 100'000'000) {
        reject("raters", "at most 100,000,000", fmt::format("{}", options.raters));
    }
    if (!(options.raters_per_case > 0.0)) {
        reject("raters_per_case", "more than 0", fmt::format("{}", options.raters_per_case));
    }
    check_between("raters_per_case", options.raters_per_case, 0.0, options.raters,
                  "a number of raters");
    if (options.machines.count > 10'000) {
        reject("machines", "at most 10,000", fmt::format("{}", options.machines.count));
    }
    check_sd("machines", options.machines.sd);
    check_between("machines", options.machines.leniency, -1.0, 1.0, "a leniency");

    if (options.groups.empty()) reject("groups", "at least one group", "none");
    if (options.groups.size() > 10'000) {
        reject("groups", "at most 10,000", fmt::format("{}", options.groups.size()));
    }
    if (options.group_attribute.empty()) reject("group_attribute", "a name", "none");
    check_names("groups", options.groups, "group");
    std::vector<double> population;
    std::vector<double> sample;
    for (const GroupSpec& group : options.groups) {
        population.push_back(group.population_share);
        sample.push_back(std::isnan(group.sample_share) ? group.population_share
                                                        : group.sample_share);
    }
    check_shares("groups", population);
    check_shares("groups", sample);
    std::set<std::string> taken{options.group_attribute};
    check_names("attributes", options.attributes, "attribute", taken);
    for (const AttributeSpec& attribute : options.attributes) {
        if (attribute.values.empty()) {
            reject("attributes", "at least one value", fmt::format("\"{}\"", attribute.name));
        }
        if (!attribute.shares.empty()) {
            if (attribute.shares.size() != attribute.values.size()) {
                reject("attributes", "a share for every value", attribute.name);
            }
            check_shares("attributes", attribute.shares);
        }
        check_between("attributes", attribute.unknown, 0.0, 1.0, "a share");
        taken.insert(attribute.name);
    }
    check_names("numbers", options.numbers, "number", taken);
    for (const NumberSpec& number : options.numbers) {
        if (number.low > number.high || number.high > 1'000'000'000 ||
            number.low < -1'000'000'000) {
            reject("numbers", "a range of whole numbers within a billion of 0",
                   fmt::format("{}..{}", number.low, number.high));
        }
    }
}

void check_planted(const WorldOptions& options) {
    const auto check_size = [](std::string_view member, double size) {
        if (!(size > 0.0)) reject(member, "a size above 0", fmt::format("{}", size));
        check_between(member, size, 0.0, kLargest, "a size");
    };
    double sum = options.ambiguous.share;
    check_between("ambiguous", options.ambiguous.share, 0.0, 1.0, "a share");
    check_between("ambiguous", options.ambiguous.marked, 0.0, 1.0, "a probability");
    check_sd("ambiguous", options.ambiguous.extra_sd);
    if (options.conflicts.size() > 200 || options.disagreements.size() > 200) {
        reject("conflicts", "at most 200 kinds of conflict and of disagreement", "more");
    }
    for (const ConflictSpec& spec : options.conflicts) {
        check_between("conflicts", spec.share, 0.0, 1.0, "a share");
        check_size("conflicts", spec.size);
        check_known("conflicts", spec.gains, options.dimensions);
        check_known("conflicts", spec.costs, options.dimensions);
        if (options.dimensions.size() < 2) reject("conflicts", "at least two dimensions", "one");
        if (spec.gains.empty() != spec.costs.empty() ||
            (!spec.gains.empty() && spec.gains == spec.costs)) {
            reject("conflicts", "two different dimensions, or none named",
                   fmt::format("\"{}\" and \"{}\"", spec.gains, spec.costs));
        }
        sum += spec.share;
    }
    for (const DisagreementSpec& spec : options.disagreements) {
        check_between("disagreements", spec.share, 0.0, 1.0, "a share");
        check_size("disagreements", spec.size);
        check_known("disagreements", spec.group, options.groups);
        check_known("disagreements", spec.dimension, options.dimensions);
        if (options.groups.size() < 2) reject("disagreements", "at least two groups", "one");
        sum += spec.share;
    }
    if (sum > 1.0 + 1e-9) {
        reject("conflicts", "shares of planted cases that sum to at most 1",
               fmt::format("{:.6g}", sum));
    }
}

void check_scripted(const WorldOptions& options) {
    const std::size_t dimensions = options.dimensions.size();
    std::set<std::string> ids;
    for (const CaseSpec& spec : options.scripted) {
        const std::string here = fmt::format("case \"{}\"", spec.id);
        if (spec.id.empty() || !ids.insert(spec.id).second) {
            reject("scripted", "cases with different ids", here);
        }
        if (spec.options.empty()) reject("scripted", "at least one option", here);
        for (const OptionSpec& option : spec.options) {
            if (option.id.empty()) reject("scripted", "an id for every option", here);
            if (option.utility.size() != dimensions) {
                reject("scripted", "a utility for every dimension", here);
            }
            for (const double utility : option.utility) {
                check_between("scripted", utility, kLeastUtility, kGreatestUtility, "a utility");
            }
        }
        for (const ShiftSpec& shift : spec.shifts) {
            if (shift.group >= options.groups.size() || shift.option >= spec.options.size() ||
                shift.dimension >= dimensions || !std::isfinite(shift.size)) {
                reject("scripted", "a shift of a group, option and dimension that exist", here);
            }
        }
        if (spec.gains >= dimensions || spec.costs >= dimensions) {
            reject("scripted", "a conflict of dimensions that exist", here);
        }
    }
    const bool planted = !options.conflicts.empty() || !options.disagreements.empty() ||
                         options.ambiguous.share > 0.0;
    if (!options.scripted.empty() && planted) {
        reject("scripted", "nothing planted by share beside scripted cases", "both");
    }
}

}  // namespace

void validate(const WorldOptions& options) {
    if (options.cases == 0 && options.scripted.empty()) reject("cases", "at least one case", "0");
    if (options.cases > 1'000'000'000) {
        reject("cases", "at most 1,000,000,000", fmt::format("{}", options.cases));
    }
    if (options.options_per_case == 0 || options.options_per_case > 26) {
        reject("options_per_case", "from 1 to 26", fmt::format("{}", options.options_per_case));
    }
    check_between("dimension_correlation", options.dimension_correlation, 0.0, 1.0,
                  "a correlation");
    check_sd("item_sd", options.item_sd);
    check_sd("item_by_group_sd", options.item_by_group_sd);
    check_sd("severity_sd", options.severity_sd);
    check_sd("residual_sd", options.residual_sd);
    check_between("pass_width", options.pass_width, 0.0, 1.0, "a width");
    check_dimensions(options);
    check_raters(options);
    check_planted(options);
    check_scripted(options);
}

}  // namespace edgewise::simulate
