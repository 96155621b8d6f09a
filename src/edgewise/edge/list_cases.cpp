#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "edgewise/base/stats.hpp"
#include "edgewise/edge/drawn.hpp"

namespace edgewise::edge {
namespace {

constexpr double kUnderspecified = 0.2;  // share of a case's judgments so marked that makes E on

// What rows need beyond the unit itself.
struct Evidence {
    std::vector<double> conflict_q;                         // one a drawn unit; 1 where unknown
    std::map<std::size_t, std::vector<std::size_t>> flags;  // unit -> indices into study.flags
    std::map<judgment::Id, std::pair<std::uint64_t, std::uint64_t>> marked;  // case -> marked, all
};

Evidence gather(const Study& study, const Drawn& drawn) {
    Evidence out;
    std::vector<double> p;
    std::vector<std::size_t> at;
    out.conflict_q.assign(drawn.units.size(), 1.0);
    for (std::size_t i = 0; i < drawn.units.size(); ++i) {
        if (!drawn.units[i].conflict.known) continue;
        p.push_back(drawn.units[i].conflict.p);
        at.push_back(i);
    }
    const auto q = benjamini_hochberg(p);
    for (std::size_t i = 0; i < q.size(); ++i) out.conflict_q[at[i]] = q[i];
    std::vector<std::uint32_t> unit_of(study.observations.items.size(), judgment::kNone);
    for (std::uint32_t u = 0; u < study.units.size(); ++u) {
        for (std::uint32_t i = 0; i < study.units[u].items; ++i) {
            unit_of[study.units[u].first + i] = u;
        }
    }
    for (std::size_t f = 0; f < study.flags.size(); ++f) {
        out.flags[unit_of[study.flags[f].score.item]].push_back(f);
    }
    if (study.observations.underspecified > 0) {
        const auto flags = study.table.flags();
        for (std::size_t i = 0; i < flags.size(); ++i) {
            auto& of_case = out.marked[study.table.options().case_of[study.table.option()[i]]];
            of_case.first += (flags[i] & judgment::kUnderspecified) != 0 ? 1U : 0U;
            ++of_case.second;
        }
    }
    return out;
}

SignalState value_signal(const Study& study, const UnitStudy& unit, double q) {
    const auto& c = unit.conflict;
    if (!c.known) return {"unknown", "judged on fewer than two dimensions", std::nullopt};
    if (q <= study.options.fdr) {
        const Unit& at = study.units[unit.unit];
        return {"on",
                fmt::format("{} is ahead on {} and {} on {}, by an estimated {:.2f} or more each",
                            study.option_name(at, c.first), study.names[c.on_first],
                            study.option_name(at, c.second), study.names[c.on_second], c.v),
                q};
    }
    if (c.upper < study.options.target_shift) {
        return {"off", fmt::format("any trade-off is below {:.2f}", c.upper), q};
    }
    return {"unknown",
            fmt::format("a trade-off of up to {:.2f} cannot be ruled out; more judgments needed",
                        c.upper),
            q};
}

SignalState people_signal(const Study& study, const UnitStudy& unit, const Evidence& evidence) {
    const auto found = evidence.flags.find(unit.unit);
    if (found != evidence.flags.end()) {
        const Flagged& flag = study.flags[found->second.front()];
        const auto& partition = study.groups[flag.study].partition;
        std::string words = fmt::format("{} {} stand apart on {} ({} raters)", partition.attribute,
                                        partition.groups[flag.score.group],
                                        study.names[flag.dimension], flag.score.n);
        if (found->second.size() > 1)
            words += fmt::format(", and {} more", found->second.size() - 1);
        if (partition.learned_from_judgments) words += "; groups clustered on these judgments";
        return {"on", words, flag.q};
    }
    if (study.groups.empty()) return {"unknown", "no attribute of the raters is known", {}};
    if (unit.groups_deep) {
        return {"off",
                fmt::format("every group has {} judgments or more and none stands apart",
                            study.options.least_cell),
                {}};
    }
    return {"unknown", "too few judgments a group to say", {}};
}

SignalState ambiguity_signal(const Study& study, const UnitStudy& unit, const Evidence& evidence) {
    const auto found = evidence.marked.find(study.units[unit.unit].case_);
    if (found != evidence.marked.end()) {
        const auto [marked, all] = found->second;
        if (static_cast<double>(marked) >= kUnderspecified * static_cast<double>(all)) {
            return {"on",
                    fmt::format("{} of {} judgments say that it cannot be answered as put", marked,
                                all),
                    {}};
        }
    }
    const double support = unit.losses.pick_support;
    const double worth = unit.losses.blindness;
    const std::string words = fmt::format(
        "the pick is best with probability {:.2f}; the truth is worth {:.3f}", support, worth);
    return {in_doubt(unit.losses, study.options.material) ? "on" : "off", words, {}};
}

CaseLoss case_loss(const UnitLoss& loss) {
    if (!loss.known) return {};
    return {loss.mean, Interval{loss.low, loss.high}};
}

CaseRow make_row(const Study& study, const UnitStudy& drawn, double q, const Evidence& evidence) {
    const Unit& unit = study.units[drawn.unit];
    const auto& cases = study.table.cases();
    CaseRow row;
    row.id = study.case_name(unit);
    row.text = std::string(cases.texts[unit.case_]);
    for (const auto& attribute : cases.context) {
        const auto code = attribute.code(unit.case_);
        if (code != judgment::kNone) {
            row.context.push_back(fmt::format("{}={}", attribute.name, attribute.values[code]));
        }
    }
    row.options = unit.options();
    std::set<judgment::Id> raters;
    for (const auto& view : study.observations.dimensions) {
        for (std::uint32_t i = unit.first; i < unit.first + unit.items; ++i) {
            const auto who = view.raters(i);
            row.judgments += who.size();
            raters.insert(who.begin(), who.end());
        }
    }
    row.raters = raters.size();
    row.pick = study.option_name(unit, drawn.losses.pick);
    row.pick_support = drawn.losses.pick_support;
    row.flattening = case_loss(drawn.losses.flattening);
    row.blindness.mean = drawn.losses.blindness;
    if (drawn.losses.flattening.known) {
        row.worst_dimension = study.names[drawn.losses.flattening.worst];
    }
    const UnitLoss* worst = nullptr;
    for (std::size_t k = 0; k < drawn.people.size(); ++k) {
        const UnitLoss& loss = drawn.people[k];
        if (!loss.known || (worst != nullptr && loss.low <= worst->low)) continue;
        worst = &loss;
        const auto& partition = study.groups[k].partition;
        row.worst_group = partition.attribute + ": " + partition.groups[loss.worst];
        row.representation = case_loss(loss);
    }
    row.value_conflict = value_signal(study, drawn, q);
    row.disagreement = people_signal(study, drawn, evidence);
    row.ambiguity = ambiguity_signal(study, drawn, evidence);
    row.outcome = suggested_outcome(row);
    return row;
}

// Surest first: signals, then the lower ends of the losses, then their means.
double rank_of(const UnitStudy& unit, bool conflict, bool flagged) {
    double low = unit.losses.flattening.known ? unit.losses.flattening.low : 0.0;
    double mean = unit.losses.blindness;
    for (const UnitLoss& loss : unit.people) low = std::max(low, loss.known ? loss.low : 0.0);
    mean += unit.losses.flattening.known ? unit.losses.flattening.mean : 0.0;
    return (conflict ? 1.0 : 0.0) + (flagged ? 1.0 : 0.0) + low + 1e-3 * mean;
}

}  // namespace

void list_cases(const Study& study, const Drawn& drawn, judgment::Id only, AuditReport& report) {
    const Evidence evidence = gather(study, drawn);
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t i = 0; i < drawn.units.size(); ++i) {
        const UnitStudy& unit = drawn.units[i];
        if (only != judgment::kNone && study.units[unit.unit].case_ != only) continue;
        order.emplace_back(-rank_of(unit, evidence.conflict_q[i] <= study.options.fdr,
                                    evidence.flags.contains(unit.unit)),
                           i);
    }
    std::ranges::sort(order);
    for (std::size_t i = 0; i < order.size() && i < study.options.most_cases; ++i) {
        const std::size_t at = order[i].second;
        const UnitStudy& unit = drawn.units[at];
        report.cases.push_back(make_row(study, unit, evidence.conflict_q[at], evidence));
        if (report.heat_maps.size() >= study.options.heat_maps) continue;
        const GroupStudy* worst = nullptr;
        double low = -1.0;
        for (std::size_t k = 0; k < unit.people.size(); ++k) {
            if (unit.people[k].known && unit.people[k].low > low) {
                low = unit.people[k].low;
                worst = &study.groups[k];
            }
        }
        report.heat_maps.push_back(heat_map(study, study.units[unit.unit], worst));
    }
}

}  // namespace edgewise::edge
