#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "edgewise/estimate/comparisons/contests.hpp"
#include "edgewise/judgment/partition.hpp"

namespace edgewise::estimate {

// Comparisons sorted into groups: of raters by an attribute, or of cases by their context.
struct Grouping {
    std::string attribute;
    std::vector<std::string> groups;
    std::vector<std::uint16_t> group;  // comparison -> group or judgment::kNoGroup
    std::vector<Id> unit;  // comparison -> rater or case: what has the attribute, and is shuffled
};
Grouping group_by_rater(const Contests& contests, const judgment::Partition& partition);
// By a context attribute of cases (domain, topic). Values with fewer than `least_cases` cases
// compared are in no group. Throws Error(not_found) for an attribute that cases do not have, and
// Error(unsupported) for one with more values than `most_groups`.
Grouping group_by_context(const Contests& contests, const judgment::JudgmentTable& table,
                          const std::string& attribute, std::uint32_t least_cases = 1,
                          std::size_t most_groups = 200);

}  // namespace edgewise::estimate
