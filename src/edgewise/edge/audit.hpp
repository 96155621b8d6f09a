#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/edge/report_types.hpp"
#include "edgewise/judgment/table.hpp"

namespace edgewise::edge {

struct AuditOptions {
    std::string title;
    std::uint64_t seed = 1;
    std::uint64_t permutations = 200;
    std::uint64_t draws = 200;
    double fdr = 0.10;
    std::uint64_t least_group = 5;  // raters; a smaller group is left out by name
    std::uint64_t least_cell = 10;  // judgments of a group on an item to count in flip rates
    double target_shift = 0.25;     // the difference, in utility, that the user wants to resolve
    double material = 0.05;         // a loss below this is not worth acting on
    std::vector<std::string> attributes;  // partitions to analyse; empty: all that are suitable
    std::vector<std::string> cuts;        // "attribute=c1,c2": bins of a numeric attribute
    std::vector<std::string> dimensions;  // empty: all
    std::vector<std::string> weights;     // "dimension=weight" of the scalar; default equal
    std::string overall;  // the dimension that is itself a scalar; default one named "overall"
    bool include_machines = false;
    std::uint64_t most_cases = 200;
    std::uint64_t most_flags = 200;
    std::uint64_t heat_maps = 12;
};

// What one number hides in these judgments, in the order DESIGN.md section 6 prescribes:
// resolvability, global permutation tests with raters as the unit, rates beside their nulls,
// shrunken and corrected flags, clustered intervals, noise-corrected dimension conflict, and the
// three losses. Deterministic in (table, options), whatever job.threads(). Throws
// Error(invalid_argument) for options that make no sense and Error(invalid_data) when nothing can
// be audited. O(judgments x permutations x attributes) time, O(judgments) memory.
AuditReport audit(const judgment::JudgmentTable& table, const AuditOptions& options,
                  const Job& job);

struct ShowReport {
    CaseRow row;
    std::vector<HeatMap> heat_maps;      // one a partition
    std::vector<std::string> judgments;  // the raw judgments in words, at most 200
    std::uint64_t judgments_total = 0;
};

// One case, whole: its heat map for every partition and the raw judgments. Throws
// Error(not_found) with the nearest ids.
ShowReport show(const judgment::JudgmentTable& table, const std::string& case_id,
                const AuditOptions& options, const Job& job);

}  // namespace edgewise::edge
