#include "edgewise/estimate/tensor/tensor_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "edgewise/base/words.hpp"

namespace edgewise::estimate {
namespace {

constexpr double kShown = 0.05;  // q below which a shift is shown
constexpr std::size_t kMostShifts = 4;

struct Shift {
    const DimensionFit* dimension;
    const PartitionFit* partition;
    GroupFit* group;
};

std::vector<Shift> shifts_of(TensorReport& report) {
    std::vector<Shift> out;
    for (DimensionFit& dimension : report.dimensions) {
        for (PartitionFit& partition : dimension.partitions) {
            for (GroupFit& group : partition.groups) {
                if (group.shift_p) out.push_back({&dimension, &partition, &group});
            }
        }
    }
    return out;
}

void find_shifts(TensorReport& report) {
    std::vector<Shift> shifts = shifts_of(report);
    std::vector<double> p;
    for (const Shift& each : shifts) p.push_back(*each.group->shift_p);
    const std::vector<double> q = benjamini_hochberg(p);
    for (std::size_t i = 0; i < q.size(); ++i) shifts[i].group->shift_q = q[i];
    std::erase_if(shifts, [](const Shift& each) { return *each.group->shift_q > kShown; });
    std::ranges::stable_sort(shifts, std::ranges::greater(),
                             [](const Shift& each) { return std::abs(*each.group->shift); });
    for (std::size_t i = 0; i < shifts.size() && i < kMostShifts; ++i) {
        const Shift& each = shifts[i];
        const GroupFit& group = *each.group;
        Finding finding;
        finding.verdict = each.partition->learned_from_judgments ? "caution" : "shown";
        finding.title = fmt::format(
            "{} = {} judges {} {} than the others", each.partition->attribute, group.group,
            each.dimension->dimension, *group.shift > 0 ? "higher" : "lower");
        finding.text = fmt::format(
            "A shift of {:.3f} on the utility scale, on the same items ({:.3f} to {:.3f}; {} "
            "raters, {} judgments; q {} over {} shifts).",
            *group.shift, group.shift_interval->low, group.shift_interval->high,
            grouped_digits(group.raters), grouped_digits(group.judgments),
            *group.shift_q < 0.001 ? "under 0.001" : fmt::format("= {:.2g}", *group.shift_q),
            grouped_digits(p.size()));
        if (each.partition->learned_from_judgments) {
            finding.text +=
                " The groups were clustered on these judgments, which makes them differ.";
        }
        if (i == 0) {
            finding.next = report.population
                               ? "Decide group by group where the groups' figures differ."
                               : "A pooled mean moves with who answers: weight the raters to the "
                                 "population with --margins, or decide group by group.";
        }
        report.findings.push_back(std::move(finding));
    }
    if (shifts.size() > kMostShifts) {
        report.findings.push_back({"shown",
                                   fmt::format("{} more shifts", shifts.size() - kMostShifts),
                                   "They are listed group by group below.", ""});
    }
    if (!p.empty() && shifts.empty()) {
        report.findings.push_back(
            {"not_shown", "No group judges everything higher or lower than the others",
             fmt::format("None of {} shifts is shown after correction. Groups can still differ on "
                         "single items: edgewise audit looks for that.",
                         grouped_digits(p.size())),
             ""});
    }
}

// Comparisons: do groups rank contenders differently at all?
void find_spreads(TensorReport& report) {
    struct Spread {
        const DimensionFit* dimension;
        PartitionFit* partition;
    };
    std::vector<Spread> all;
    std::vector<double> p;
    for (DimensionFit& dimension : report.dimensions) {
        for (PartitionFit& partition : dimension.partitions) {
            if (!partition.group_p) continue;
            all.push_back({&dimension, &partition});
            p.push_back(*partition.group_p);
        }
    }
    const std::vector<double> q = benjamini_hochberg(p);
    for (std::size_t i = 0; i < q.size(); ++i) {
        PartitionFit& partition = *all[i].partition;
        partition.group_q = q[i];
        std::uint64_t raters = 0;
        for (const GroupFit& group : partition.groups) raters += group.raters;
        const bool shown = q[i] <= kShown;
        report.findings.push_back(
            {!shown                             ? "not_shown"
             : partition.learned_from_judgments ? "caution"
                                                : "shown",
             fmt::format("{} by {}: the groups {}", all[i].dimension->dimension,
                         partition.attribute,
                         shown ? "rank differently" : "are not shown to rank differently"),
             fmt::format("Strengths of groups scatter by {:.2f} logits around everybody's; labels "
                         "shuffled between the {} raters: p = {:.3f}, q = {:.3f}.",
                         partition.group_spread.value_or(0.0), grouped_digits(raters), p[i], q[i]),
             shown ? "Look at the groups' own strengths before you publish one ranking." : ""});
    }
}

void find_small_cells(const TensorOptions& options, TensorReport& report) {
    CellCounts all;
    for (const DimensionFit& dimension : report.dimensions) {
        for (const PartitionFit& partition : dimension.partitions) {
            all.observed += partition.cells.observed;
            all.pooled += partition.cells.pooled;
            all.insufficient += partition.cells.insufficient;
        }
    }
    const std::uint64_t total = all.observed + all.pooled + all.insufficient;
    if (total == 0) return;
    const double share =
        static_cast<double>(all.pooled + all.insufficient) / static_cast<double>(total);
    if (share < 0.2) return;
    report.findings.push_back(
        {share > 0.9 ? "cannot_tell" : "caution",
         fmt::format("{:.0f} % of the groups' cells rest on few judgments", 100.0 * share),
         fmt::format("{} of {} cells have fewer than {} judgments of the group, {} of them none: "
                     "there the estimate is mostly everybody's. They are marked.",
                     grouped_digits(all.pooled + all.insufficient), grouped_digits(total),
                     options.least_cell, grouped_digits(all.pooled)),
         "Do not claim anything about a single marked cell; collect more judgments of the smaller "
         "groups first."});
}

void find_troubles(TensorReport& report) {
    for (const DimensionFit& dimension : report.dimensions) {
        if (dimension.model.empty()) {
            report.findings.push_back(
                {"cannot_tell", dimension.dimension + " could not be fitted", dimension.why, ""});
            continue;
        }
        std::vector<std::string> where;
        if (!dimension.everyone.converged) where.emplace_back("everybody together");
        for (const PartitionFit& partition : dimension.partitions) {
            if (!partition.converged) where.push_back(partition.attribute);
        }
        if (!where.empty()) {
            std::string text = "The search stopped before its end for ";
            for (std::size_t i = 0; i < where.size(); ++i) text += (i ? ", " : "") + where[i];
            report.findings.push_back(
                {"caution", dimension.dimension + ": the fit did not converge",
                 text + ". Its figures are approximate.", "Name another model with --model."});
        }
        for (const std::string& note : dimension.notes) {
            report.findings.push_back({"caution", dimension.dimension, note, ""});
        }
    }
}

}  // namespace

void conclude_tensor(const TensorOptions& options, TensorReport& report) {
    find_shifts(report);
    find_spreads(report);
    find_small_cells(options, report);
    find_troubles(report);
}

}  // namespace edgewise::estimate
