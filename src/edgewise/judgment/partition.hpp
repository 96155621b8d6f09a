#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgewise/judgment/table.hpp"

namespace edgewise::judgment {

inline constexpr std::uint16_t kNoGroup = 0xFFFF;

struct LeftOut {
    std::string group;
    std::uint32_t raters = 0;
    std::string reason;
};

// The raters sorted into stakeholder groups by one attribute. A rater belongs to one group or,
// where the attribute is not known or the group is too small to speak about, to none (kNoGroup).
struct Partition {
    std::string attribute;
    std::vector<std::string> groups;       // ascending by value for binned numbers, else by size
    std::vector<std::uint32_t> raters_in;  // group -> raters who judged something
    std::vector<std::uint16_t> group_of;   // rater -> group or kNoGroup
    std::vector<LeftOut> left_out;         // groups below the least size
    std::uint32_t unknown = 0;             // raters whose attribute is not known
    bool learned_from_judgments = false;   // opinion groups clustered on the votes analysed
    std::string note;                      // how numbers were cut into bins, in plain words
};

struct PartitionOptions {
    std::uint32_t least_raters = 5;  // a smaller group is left out by name, never merged
    std::size_t most_groups = 24;
    std::size_t bin_above = 3;  // a numeric attribute with more distinct values is cut at terciles
    bool include_machines = false;  // machine raters are no stakeholders
};

// An attribute that makes no partition, and why ("1,000,000 distinct values").
struct Unsuitable {
    std::string attribute;
    std::string reason;
};

struct Partitions {
    std::vector<Partition> usable;
    std::vector<Unsuitable> unsuitable;
};

// Partitions by the attributes named, or by all. Only raters with at least one judgment count.
// Throws Error(not_found) for an attribute that the table does not have.
Partitions partitions(const JudgmentTable& table, std::span<const std::string> attributes,
                      const PartitionOptions& options);

// `attribute` cut at `cuts` (ascending): value <= cuts[0], cuts[0] < value <= cuts[1], ...
Partition partition_at(const JudgmentTable& table, const std::string& attribute,
                       std::span<const double> cuts, const PartitionOptions& options);

// Partitions as people ask for them: by the attributes named, or by all; and where `cuts` says
// "attribute=c1,c2", that attribute cut there instead. A cut that leaves no two groups to compare
// is unsuitable, like an attribute. Throws as the two functions above, and
// Error(invalid_argument) for a cut that is not written so.
Partitions partitions(const JudgmentTable& table, std::span<const std::string> attributes,
                      std::span<const std::string> cuts, const PartitionOptions& options);

// All raters in one group named "everyone".
Partition everyone(const JudgmentTable& table);

}  // namespace edgewise::judgment
