#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/edge/audit.hpp"
#include "edgewise/edge/losses.hpp"
#include "edgewise/edge/permute.hpp"
#include "edgewise/edge/tensor.hpp"
#include "edgewise/judgment/partition.hpp"

// The stages of an audit share what is here. Each stage adds to it and to the report; audit.cpp
// says in which order.
namespace edgewise::edge {

// Streams of the random numbers, so that no two uses share one.
namespace stream {
inline constexpr std::uint64_t kLabels = 1ULL << 40;     // + partition << 20 + shuffle
inline constexpr std::uint64_t kUnits = 2ULL << 40;      // the sample of units
inline constexpr std::uint64_t kEveryone = 3ULL << 40;   // + unit
inline constexpr std::uint64_t kPartition = 4ULL << 40;  // + partition << 32 + unit
inline constexpr std::uint64_t kWeights = 5ULL << 40;    // + unit
}  // namespace stream

struct GroupStudy {
    judgment::Partition partition;
    Labels labels;
    Model model;
    std::vector<Nulls> nulls;                    // one a dimension
    std::vector<std::vector<CellScore>> scores;  // one a dimension
    std::vector<double> representation;          // null of the mean loss, [0] observed
};

// One flagged cell.
struct Flagged {
    std::size_t study = 0;
    std::size_t dimension = 0;
    CellScore score;
    double q = 1.0;
};

struct Study {
    const judgment::JudgmentTable& table;
    const AuditOptions& options;
    const Job& job;

    estimate::Observations observations;
    std::vector<std::string> names;              // of observations.dimensions
    std::vector<std::vector<std::int8_t>> side;  // one a dimension
    Scalar scalar;
    judgment::Partition everyone;
    Model model;                     // fitted without groups
    std::vector<Unit> units;         // all
    std::vector<std::size_t> drawn;  // units whose losses are drawn, ascending
    std::vector<GroupStudy> groups;
    std::vector<Flagged> flags;  // smallest q first

    const judgment::Dimension& dimension(std::size_t d) const {
        return table.dimensions()[observations.dimensions[d].dimension];
    }
    std::size_t raters() const { return table.raters().ids.size(); }
    std::string case_name(const Unit& unit) const;
    std::string option_name(const Unit& unit, std::size_t option) const;
};

// Observations, scalar, units and the fit without groups. Throws Error(invalid_data) when nothing
// can be audited and Error(invalid_argument) or (not_found) for options that name what is not
// there.
Study begin_study(const judgment::JudgmentTable& table, const AuditOptions& options,
                  const Job& job);

// Fills report.data, provenance.
void describe_data(const Study& study, AuditReport& report);

// Partitions, shuffles, resolvability, group effects, flags and the losses over people.
void study_groups(Study& study, AuditReport& report);

// Losses over values and uncertainty, structure of the tensor, signals, edge map and heat maps.
// `only` restricts rows and heat maps to one case (kNone: all).
void study_cases(Study& study, AuditReport& report, judgment::Id only = judgment::kNone);

// Dimension conflicts of raters beside their noise floor.
void study_conflicts(const Study& study, AuditReport& report);

// A loss in utility units for a sentence; never "0.000" for something that is not nothing.
std::string loss_words(double loss);

// What it all means, most important first.
void conclude(const Study& study, AuditReport& report);

// All heat maps of one case, one a partition.
std::vector<HeatMap> heat_maps(const Study& study, const Unit& unit);
HeatMap heat_map(const Study& study, const Unit& unit, const GroupStudy* group);

// Above this expected value of perfect information, in shares of the material loss, doubt matters.
inline constexpr double kWorthKnowing = 0.2;
inline constexpr double kSure = 0.95;  // posterior support of a pick that is not in doubt

// The pick may not be the best, and knowing better would be worth something: doubt between options
// that are worth nearly the same is no harm.
inline bool in_doubt(const UnitLosses& unit, double material) noexcept {
    return unit.pick_support < kSure && unit.blindness >= kWorthKnowing * material;
}

// An observed statistic ([0]) beside its null ([1..]); NaN values of the null are left out. q is p
// until the audit corrects it.
AgainstNull against_null(std::span<const double> values, std::uint64_t n);

}  // namespace edgewise::edge
