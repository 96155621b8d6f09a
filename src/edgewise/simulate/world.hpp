#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/judgment/table.hpp"

// Worlds whose truth is known: what is planted is there, what is not planted is not. They serve the
// bundled sample, the recovery tests and the benchmarks. The model, for one answer y of rater r of
// group g to option o on dimension d, all on the utility scale [0, 1]:
//
//     y = answer(x[g,d,o] - severity[r] + e),  severity ~ N(0, severity_sd), e ~ N(0, residual_sd)
//
// where answer() cuts x to the scale (its levels, or its ends) and x is chosen such that the mean
// answer of the group's endless population is exactly the true utility U[g,d,o].
namespace edgewise::simulate {

using judgment::Id;
using judgment::kNone;

inline constexpr double kUndeclared = std::numeric_limits<double>::quiet_NaN();

// True utilities stay in this range, so that floors and ceilings hide no effect.
inline constexpr double kLeastUtility = 0.05;
inline constexpr double kGreatestUtility = 0.95;

enum class Answers : std::uint8_t {
    ordinal,     // whole numbers, 1 to 5 unless the dimension says otherwise
    continuous,  // 0 to 100 unless the dimension says otherwise, in steps of a 10,000th
    votes,       // agree, pass, disagree
};

struct DimensionSpec {
    std::string name = {};
    judgment::Polarity polarity = judgment::Polarity::positive;
    double low = kUndeclared;  // of the scale; votes have none
    double high = kUndeclared;
    std::string ideal = {};  // as in judgment::Dimension
    std::string property = {};
    std::string object = {};
};

// A stakeholder group. Where the shares differ, raters have selected themselves.
struct GroupSpec {
    std::string name = {};
    double population_share = 1.0;
    double sample_share = kUndeclared;  // among the raters; undeclared: as in the population
};

// An attribute of raters that has no effect on any answer.
struct AttributeSpec {
    std::string name = {};
    std::vector<std::string> values = {};
    std::vector<double> shares = {};  // empty: equal
    double unknown = 0.0;             // share of raters of whom it is not known
};

// A numeric attribute without effect: a whole number, uniform in [low, high].
struct NumberSpec {
    std::string name = {};
    std::int64_t low = 0;
    std::int64_t high = 0;
};

// Cases in which two options trade off: one is better by `size` on dimension `gains`, the other by
// `size` on `costs`. Empty names: two dimensions drawn for each case. A case with one option is
// `size` / 2 above the middle on `gains` and as much below it on `costs`.
struct ConflictSpec {
    double share = 0.0;  // of the cases
    double size = 0.3;   // in utility
    std::string gains = {};
    std::string costs = {};
};

// Cases in which one group sees the option that is best for the others `size` lower (with one
// option: lower or higher, by the toss of a coin).
struct DisagreementSpec {
    double share = 0.0;
    double size = 0.3;
    std::string group = {};      // empty: drawn for each case
    std::string dimension = {};  // empty: all
};

// Cases that cannot be answered as put.
struct AmbiguousSpec {
    double share = 0.0;
    double marked = 0.5;     // probability that an answer is marked underspecified
    double extra_sd = 0.25;  // added to the residual, independent
};

// Models used as judges: they see the mean of all raters' groups and judge every case.
struct MachineSpec {
    std::uint32_t count = 0;
    double sd = 0.1;
    double leniency = 0.0;  // added to what they see
};

struct OptionSpec {
    std::string id = {};
    std::string text = {};
    std::vector<double> utility = {};  // one per dimension, in [kLeastUtility, kGreatestUtility]
};

// `group` sees `option` `size` higher (negative: lower) on `dimension`, by position.
struct ShiftSpec {
    std::uint16_t group = 0;
    std::uint16_t option = 0;
    std::uint16_t dimension = 0;
    double size = 0.0;
};

// A case written by hand instead of drawn.
struct CaseSpec {
    std::string id = {};
    std::string text = {};
    std::vector<std::pair<std::string, std::string>> context = {};
    std::vector<OptionSpec> options = {};
    std::vector<ShiftSpec> shifts = {};
    std::uint16_t gains = 0;  // dimensions of a planted conflict; equal: none
    std::uint16_t costs = 0;
    bool ambiguous = false;
};

struct WorldOptions {
    std::uint64_t seed = 1;
    std::uint32_t cases = 100;
    std::uint32_t options_per_case = 1;  // 1: items to accept or reject
    std::uint32_t raters = 300;
    double raters_per_case = 30.0;  // a fraction: that share of the cases has one rater more
    std::uint32_t dimensions_per_case = 0;  // a case is judged on so many, drawn; 0: on all
    Answers answers = Answers::ordinal;
    double pass_width = 0.1;  // votes: how wide the latent band is in which raters pass
    std::vector<DimensionSpec> dimensions = {{.name = "helpfulness"}, {.name = "honesty"}};
    // Correlation of an option's utilities on different dimensions. At 1 only planted conflicts
    // exist.
    double dimension_correlation = 1.0;
    double item_sd = 0.15;          // between options
    double item_by_group_sd = 0.0;  // every group's own deviation on every option
    double severity_sd = 0.1;       // between raters, on everything they judge
    double residual_sd = 0.2;
    std::string group_attribute = "community";
    std::vector<GroupSpec> groups = {{.name = "A", .population_share = 0.5},
                                     {.name = "B", .population_share = 0.3},
                                     {.name = "C", .population_share = 0.2}};
    std::vector<AttributeSpec> attributes = {
        {.name = "region", .values = {"north", "east", "south", "west"}},
        {.name = "age_band", .values = {"18-34", "35-54", "55+"}}};
    std::vector<NumberSpec> numbers = {{.name = "years_online", .low = 0, .high = 30}};
    // Planted cases are disjoint: together at most all cases.
    std::vector<ConflictSpec> conflicts;
    std::vector<DisagreementSpec> disagreements;
    AmbiguousSpec ambiguous;
    MachineSpec machines;
    std::vector<CaseSpec> scripted;  // not empty: these are the cases, and nothing else is planted
};

struct PlantedConflict {
    Id case_ = kNone;
    std::uint16_t gains = 0;
    std::uint16_t costs = 0;
    Id better_on_gains = kNone;  // option
    Id better_on_costs = kNone;  // the same option when the case has only one
    double size = 0.0;           // the smaller of the two differences, pooled by the raters' shares
};

struct PlantedDisagreement {
    Id case_ = kNone;
    std::uint16_t group = 0;
    Id option = kNone;
    std::uint16_t dimension = 0;
    double size = 0.0;  // the group's utility minus what the others see, negative: lower
};

// Variances on the utility scale as answers show them, after cutting to the scale.
struct TrueComponents {
    double item = 0.0;
    double rater = 0.0;
    double item_by_group = 0.0;
    double residual = 0.0;
};

// What a perfect estimator would find. Ids are those of the world's table.
struct Truth {
    std::string group_attribute;
    std::vector<std::string> groups;
    std::vector<std::uint32_t> group_sizes;  // raters
    std::vector<double> population_shares;
    std::vector<std::uint16_t> group_of;  // rater -> group; judgment::kNoGroup for machines
    std::vector<double> severity;         // rater -> severity, positive is stricter
    std::size_t dimensions = 0;
    std::vector<float> utilities;  // U[g,d,o] at (o * groups + g) * dimensions + d
    std::vector<PlantedConflict> conflicts;
    std::vector<PlantedDisagreement> disagreements;
    std::vector<Id> ambiguous;               // cases
    std::vector<TrueComponents> components;  // one per dimension, from at most 200 options

    std::size_t options() const noexcept { return utilities.size() / (groups.size() * dimensions); }
    double utility(std::size_t group, std::size_t dimension, std::size_t option) const noexcept {
        return static_cast<double>(
            utilities[(option * groups.size() + group) * dimensions + dimension]);
    }
    // Mean over groups, weighted by their raters or by their share of the population.
    double by_raters(std::size_t dimension, std::size_t option) const noexcept;
    double by_population(std::size_t dimension, std::size_t option) const noexcept;
};

struct World {
    judgment::JudgmentTable table;
    Truth truth;
};

// Checks `options`: Error(invalid_argument) whose where() names the member ("raters").
void validate(const WorldOptions& options);

// A world. The same options give the same bytes whatever job.threads() is. Throws what validate()
// throws. O(judgments + cases x options x groups x dimensions) time and memory.
//
// Random numbers come from Rng(seed, purpose << 56 | index); blueprint.hpp lists the purposes.
World make_world(const WorldOptions& options, const Job& job);

}  // namespace edgewise::simulate
