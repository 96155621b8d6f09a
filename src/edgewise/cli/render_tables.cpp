#include "edgewise/cli/render_tables.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "edgewise/cli/render_parts.hpp"

namespace edgewise::cli {
namespace {

using edge::AuditReport;

Tone tone_of_answer(const std::string& can) {
    return can == "yes" ? Tone::good : can == "weak" ? Tone::warn : Tone::bad;
}

// Rows of one attribute whose answers are the same are told together.
struct Resolved {
    const edge::Resolvability* first;
    std::size_t dimensions = 1;
    double cell_low;
    double cell_high;
    double shift_low;
    double shift_high;
};

std::vector<Resolved> together(const AuditReport& report) {
    std::vector<Resolved> rows;
    for (const edge::Resolvability& each : report.resolvability) {
        const auto same = std::ranges::find_if(rows, [&](const Resolved& row) {
            return row.first->attribute == each.attribute && row.first->groups == each.groups &&
                   row.first->global.can == each.global.can &&
                   row.first->items_answer.can == each.items_answer.can;
        });
        if (same == rows.end()) {
            rows.push_back({&each, 1, each.cell_median, each.cell_median, each.detectable_shift,
                            each.detectable_shift});
            continue;
        }
        ++same->dimensions;
        same->cell_low = std::min(same->cell_low, each.cell_median);
        same->cell_high = std::max(same->cell_high, each.cell_median);
        same->shift_low = std::min(same->shift_low, each.detectable_shift);
        same->shift_high = std::max(same->shift_high, each.detectable_shift);
    }
    return rows;
}

std::string from_to(double low, double high, int places) {
    const std::string a = fixed(low, places);
    const std::string b = fixed(high, places);
    return a == b ? a : a + "–" + b;
}

std::string dimensions_of(const Resolved& row, std::size_t all) {
    if (row.dimensions == 1) return row.first->dimension;
    if (row.dimensions == all) return "all " + count(all);
    return row.first->dimension + " +" + count(row.dimensions - 1);
}

}  // namespace

void put_resolvability(Paper& paper, const AuditReport& report, const Limits& limits) {
    constexpr std::string_view kTitle = "What these data can tell about groups";
    if (report.resolvability.empty()) {
        paper.heading(kTitle);
        paper.paragraph("Nothing: no attribute of the raters makes groups that can be compared.",
                        2);
        for (std::size_t i = 0; i < std::min<std::size_t>(2, report.attributes_left_out.size());
             ++i) {
            const edge::LeftOutGroup& left = report.attributes_left_out[i];
            paper.paragraph(left.name + ": " + left.reason, 4, Tone::plain, 1);
        }
        return;
    }
    const std::vector<Resolved> rows = together(report);
    Table table;
    table.columns = {{"raters by", Align::left, 8, true},
                     {"value", Align::left, 8, true},
                     {"raters", Align::right},
                     {"groups", Align::right},
                     {"least", Align::right},
                     {"per cell", Align::right},
                     {"finds", Align::right},
                     {"differ?", Align::left},
                     {"where?", Align::left}};
    const std::size_t shown = std::min(limits.rows, rows.size());
    paper.heading(shown_of(kTitle, rows.size(), shown));
    for (std::size_t i = 0; i < shown; ++i) {
        const Resolved& row = rows[i];
        const edge::Resolvability& first = *row.first;
        table.rows.push_back({{first.attribute},
                              {dimensions_of(row, report.data.dimensions.size())},
                              {count(first.raters)},
                              {count(first.groups)},
                              {count(first.smallest_group)},
                              {from_to(row.cell_low, row.cell_high, 1)},
                              {from_to(row.shift_low, row.shift_high, 2)},
                              {first.global.can, tone_of_answer(first.global.can)},
                              {first.items_answer.can, tone_of_answer(first.items_answer.can)}});
    }
    paper.table(table);
    if (limits.why > 1) {
        paper.paragraph(
            "least: raters of the smallest group; per cell: judgments of a group on an item; "
            "finds: the least shift of a group on an item found with 80 % power.",
            2, Tone::dim);
    }
    // The weakest answer explains the most.
    const auto weak = std::ranges::find_if(
        rows, [](const Resolved& row) { return row.first->global.can != "yes"; });
    const auto vague = std::ranges::find_if(
        rows, [](const Resolved& row) { return row.first->items_answer.can != "yes"; });
    if (weak != rows.end()) {
        paper.paragraph(weak->first->attribute + ": " + weak->first->global.why, 2, Tone::plain,
                        limits.why);
    } else if (vague != rows.end()) {
        paper.paragraph(
            vague->first->attribute + ", on which items: " + vague->first->items_answer.why, 2,
            Tone::plain, limits.why);
    }
    if (!report.attributes_left_out.empty()) {
        const edge::LeftOutGroup& left = report.attributes_left_out.front();
        const std::size_t others = report.attributes_left_out.size() - 1;
        paper.paragraph("Left out: " + left.name + " (" + left.reason + ")" +
                            (others == 0 ? "" : " and " + count(others, "more attribute")),
                        2, Tone::dim, 1);
    }
}

void put_losses(Paper& paper, const AuditReport& report, const Limits& limits) {
    constexpr std::string_view kTitle = "What averaging loses, in utility from 0 to 1";
    const std::size_t shown = std::min(limits.losses, report.losses.size());
    paper.heading(shown_of(kTitle, report.losses.size(), shown));
    if (report.losses.empty()) {
        paper.paragraph("Not defined for these data.", 2);
        return;
    }
    Table table;
    table.columns = {{"", Align::left, 1},       {"averaged over", Align::left, 11, true},
                     {"mean", Align::right},     {"90 % interval", Align::right, 12},
                     {"null", Align::right},     {"p", Align::right},
                     {"material", Align::right}, {"cases", Align::right}};
    // What is averaged over values and over uncertainty is always told; of the ways to split people
    // those that stand out most from their null.
    std::vector<const edge::Loss*> losses;
    for (const edge::Loss& loss : report.losses) losses.push_back(&loss);
    const auto rank = [](const edge::Loss* loss) {
        return std::pair(loss->null ? loss->null->p : -1.0, -loss->mean.value_or(0.0));
    };
    std::ranges::stable_sort(losses, {}, rank);
    std::vector<const edge::Loss*> unknown;
    for (std::size_t i = 0; i < shown; ++i) {
        const edge::Loss& loss = *losses[i];
        if (loss.verdict == "cannot_tell") unknown.push_back(&loss);
        table.rows.push_back(
            {mark(loss.verdict),
             {loss.attribute.empty() ? loss.axis : loss.axis + ", by " + loss.attribute},
             {known(loss.mean, 3)},
             {known(loss.interval, 3)},
             {loss.null ? fixed(loss.null->null_mean, 3) : "–"},
             {loss.null ? p_value(loss.null->p) : "–"},
             {loss.mean ? percent(loss.share_material) : "–"},
             {count(loss.cases)}});
    }
    paper.table(table);
    for (std::size_t i = 0; i < std::min<std::size_t>(2, unknown.size()); ++i) {
        paper.paragraph(unknown[i]->axis + ": " + unknown[i]->why, 2, Tone::plain, limits.why);
    }
}

void put_effects(Paper& paper, const AuditReport& report, const Limits& limits) {
    std::vector<const edge::GroupEffect*> effects;
    const edge::PartitionReport* learned = nullptr;
    for (const edge::PartitionReport& partition : report.partitions) {
        if (partition.learned_from_judgments) learned = &partition;
        for (const edge::GroupEffect& effect : partition.effects) effects.push_back(&effect);
    }
    if (effects.empty()) return;
    const auto q_of = [](const edge::GroupEffect* effect) {
        const auto& ratio = effect->disagreement_ratio;
        return ratio ? std::pair(ratio->q, -ratio->excess) : std::pair(2.0, 0.0);
    };
    std::ranges::stable_sort(effects, {}, q_of);
    const std::size_t shown = std::min(limits.rows, effects.size());
    paper.heading(shown_of("Do groups disagree more across than within?", effects.size(), shown));
    Table table;
    table.columns = {{"", Align::left, 1},
                     {"raters by", Align::left, 8, true},
                     {"value", Align::left, 8, true},
                     {"ratio", Align::right},
                     {"p", Align::right},
                     {"q", Align::right},
                     {"flips", Align::right},
                     {"by chance", Align::right},
                     {"item × group", Align::right}};
    for (std::size_t i = 0; i < shown; ++i) {
        const edge::GroupEffect& effect = *effects[i];
        const auto& ratio = effect.disagreement_ratio;
        const edge::AgainstNull* flips = nullptr;
        for (const edge::FlipRate& rate : effect.flips) {
            const bool preferred = rate.least == report.provenance.least_cell;
            if (rate.rate.n > 0 && (flips == nullptr || preferred)) flips = &rate.rate;
        }
        table.rows.push_back(
            {mark(effect.verdict),
             {effect.attribute},
             {effect.dimension},
             {ratio ? fixed(ratio->observed, 2) : "–"},
             {ratio ? p_value(ratio->p) : "–"},
             {ratio ? p_value(ratio->q) : "–"},
             {flips != nullptr ? percent(flips->observed) : "–"},
             {flips != nullptr ? percent(flips->null_mean) : "–"},
             {effect.components ? percent(effect.components->share_item_by_group) : "–"}});
    }
    paper.table(table);
    if (learned != nullptr) {
        paper.paragraph(learned->attribute +
                            ": these groups were found in the same judgments, so that they differ "
                            "by construction." +
                            (learned->note.empty() ? "" : " " + learned->note),
                        2, Tone::warn, limits.why + 1);
    }
}

void put_conflicts(Paper& paper, const AuditReport& report, const Limits& limits) {
    const edge::ConflictReport& conflicts = report.conflicts;
    const std::size_t shown = std::min(limits.tail, conflicts.pairs.size());
    paper.heading(
        shown_of("Do values oppose each other, beyond noise?", conflicts.pairs.size(), shown));
    if (!conflicts.verdict.empty()) {
        paper.item(mark(conflicts.verdict), 2, conflicts.why, 2, limits.why);
    }
    if (conflicts.pairs.empty()) return;
    Table table;
    table.columns = {{"one value", Align::left, 8, true},
                     {"the other", Align::left, 8, true},
                     {"opposed", Align::right},
                     {"95 % interval", Align::right, 12},
                     {"noise floor", Align::right},
                     {"excess", Align::right},
                     {"n", Align::right}};
    for (std::size_t i = 0; i < shown; ++i) {
        const edge::DimensionConflict& pair = conflicts.pairs[i];
        const edge::Rate& rate = pair.rate;
        table.rows.push_back(
            {{pair.a},
             {pair.b},
             {percent(rate.observed)},
             {rate.interval ? percent(rate.interval->low) + " to " + percent(rate.interval->high)
                            : "–"},
             {rate.floor_known ? percent(rate.floor) : "not known"},
             {rate.floor_known ? percent(rate.excess) : "–"},
             {count(rate.n)}});
    }
    paper.table(table);
}

void put_flags(Paper& paper, const AuditReport& report, const Limits& limits) {
    std::uint64_t tested = 0;
    for (const edge::PartitionReport& partition : report.partitions) {
        for (const edge::GroupEffect& effect : partition.effects) tested += effect.cells_tested;
    }
    if (tested == 0 && report.flags.empty()) return;
    const std::size_t shown = std::min(limits.tail, report.flags.size());
    paper.heading(shown_of("Where a group stands apart", report.flags_total, shown));
    if (report.flags.empty()) {
        paper.paragraph("Nowhere: of " + count(tested) +
                            " groups on single items none differs from all beyond chance.",
                        2);
        return;
    }
    Table table;
    table.columns = {{"case", Align::left, 8},        {"group", Align::left, 10, true},
                     {"value", Align::left, 8, true}, {"n", Align::right},
                     {"group's", Align::right},       {"90 % interval", Align::right, 12},
                     {"all", Align::right},           {"q", Align::right}};
    for (std::size_t i = 0; i < shown; ++i) {
        const edge::Flag& flag = report.flags[i];
        table.rows.push_back({{flag.case_id},
                              {flag.attribute + ": " + flag.group},
                              {flag.dimension},
                              {count(flag.n)},
                              {fixed(flag.shrunken, 2), flag.opposes ? Tone::bad : Tone::plain},
                              {known(flag.interval, 2)},
                              {fixed(flag.pooled, 2)},
                              {p_value(flag.q)}});
    }
    paper.table(table);
}

void put_cases(Paper& paper, const AuditReport& report, const Limits& limits) {
    if (report.cases.empty()) return;
    const std::size_t shown = std::min(limits.tail, report.cases.size());
    paper.heading(shown_of("Cases that lose most", report.cases_total, shown));
    Table table;
    table.columns = {{"case", Align::left, 8},  {"text", Align::left, 4},  {"values", Align::right},
                     {"people", Align::right},  {"uncert.", Align::right}, {"V D E", Align::left},
                     {"suggested", Align::left}};
    const auto signal = [](const edge::SignalState& state, const char* name) -> std::string {
        return state.state == "on" ? name : state.state == "off" ? "·" : "?";
    };
    for (std::size_t i = 0; i < shown; ++i) {
        const edge::CaseRow& row = report.cases[i];
        table.rows.push_back({{row.id},
                              {row.text},
                              {known(row.flattening.mean, 2)},
                              {known(row.representation.mean, 2)},
                              {known(row.blindness.mean, 2)},
                              {signal(row.value_conflict, "V") + " " +
                               signal(row.disagreement, "D") + " " + signal(row.ambiguity, "E")},
                              {row.outcome, row.outcome == "answer" ? Tone::plain : Tone::warn}});
    }
    paper.table(table);
}

}  // namespace edgewise::cli
