#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "edgewise/base/parallel.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/edge/signals.hpp"
#include "edgewise/edge/study.hpp"
#include "edgewise/edge/study_structure.hpp"

namespace edgewise::edge {
namespace {

constexpr double kUnderspecified = 0.2;  // share of a case's judgments so marked that makes E on

// Everything drawn for one unit.
struct UnitStudy {
    std::size_t unit = 0;
    UnitLosses losses;
    std::vector<UnitLoss> people;  // one a partition
    ValueConflict conflict;
    StructureSums structure;
    double epistemic = 0.0;  // variance of the mean over that of one more judgment
    double cells = 0.0;
    double judgments = 0.0;
    bool groups_deep = true;  // every partition has least_cell judgments in every group
};

struct Sums {
    std::vector<double> flattening;
    std::vector<std::vector<double>> people;  // one a partition
};

UnitStudy study_unit(const Study& study, std::size_t u, Sums& sums) {
    const Unit& unit = study.units[u];
    UnitStudy out;
    out.unit = u;
    Tensor tensor;
    fill(study.model, unit, tensor);
    const AuditOptions& options = study.options;
    out.losses = everyone_losses(tensor, study.scalar, options.draws, options.material,
                                 Rng(options.seed, stream::kEveryone + u), sums.flattening);
    out.conflict = value_conflict(tensor, study.scalar);
    out.structure = structure_of(tensor, study.scalar, out.losses.pick,
                                 Rng(options.seed, stream::kWeights + u));
    for (std::size_t d = 0; d < tensor.dimensions; ++d) {
        const double residual = study.model.fits[d]->summary().components.residual;
        for (std::size_t o = 0; o < (tensor.mirrored ? 1 : tensor.options); ++o) {
            const auto& cell = tensor.everyone(d, o);
            if (cell.n == 0) continue;
            const double variance = cell.sd * cell.sd;
            // Votes have no residual of their own: p (1 - p).
            const double one_more = residual > 0.0 ? residual : cell.mean * (1.0 - cell.mean);
            if (variance + one_more > 0.0) out.epistemic += variance / (variance + one_more);
            out.cells += 1.0;
            out.judgments += cell.n;
        }
    }
    for (std::size_t k = 0; k < study.groups.size(); ++k) {
        fill(study.groups[k].model, unit, tensor);
        out.people.push_back(representation_loss(
            tensor, study.scalar, out.losses.pick, options.draws, options.material,
            Rng(options.seed, stream::kPartition + (static_cast<std::uint64_t>(k) << 32) + u),
            sums.people[k]));
        out.groups_deep =
            out.groups_deep && std::ranges::all_of(tensor.cells, [&](const auto& cell) {
                return cell.n >= options.least_cell;
            });
    }
    return out;
}

struct Drawn {
    std::vector<UnitStudy> units;
    Sums sums;
};

Drawn draw_units(const Study& study, std::span<const std::size_t> which) {
    constexpr std::size_t kGrain = 16;
    Drawn out;
    out.units.resize(which.size());
    const auto empty = [&] {
        Sums sums;
        sums.flattening.assign(study.options.draws, 0.0);
        sums.people.assign(study.groups.size(), std::vector<double>(study.options.draws, 0.0));
        return sums;
    };
    std::vector<Sums> parts((which.size() + kGrain - 1) / kGrain);
    parallel_blocks(study.job, which.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        Sums& part = parts[begin / kGrain];
        part = empty();
        for (std::size_t i = begin; i < end; ++i) out.units[i] = study_unit(study, which[i], part);
    });
    out.sums = empty();
    const auto add = [](std::vector<double>& to, const std::vector<double>& from) {
        for (std::size_t s = 0; s < to.size(); ++s) to[s] += from[s];
    };
    for (const Sums& part : parts) {
        add(out.sums.flattening, part.flattening);
        for (std::size_t k = 0; k < part.people.size(); ++k) {
            add(out.sums.people[k], part.people[k]);
        }
    }
    return out;
}

// A loss over the units for which it is known.
template <class Get>
Loss over_units(const Study& study, const Drawn& drawn, std::vector<double> sums, Get&& get) {
    Loss out;
    out.material = study.options.material;
    out.sampled = study.drawn.size() < study.units.size();
    std::vector<double> material;
    double plug_in = 0.0;
    for (const UnitStudy& unit : drawn.units) {
        const UnitLoss& loss = get(unit);
        if (!loss.known) continue;
        material.push_back(loss.material);
        plug_in += loss.plug_in;
    }
    out.cases = material.size();
    if (material.empty()) return out;
    const auto n = static_cast<double>(material.size());
    for (double& sum : sums) sum /= n;
    out.mean = pairwise_sum(sums) / static_cast<double>(sums.size());
    out.plug_in = plug_in / n;
    std::ranges::sort(sums);
    out.interval = Interval{quantile_sorted(sums, 0.05), quantile_sorted(sums, 0.95)};
    out.share_material =
        static_cast<double>(surely_material(std::move(material), study.options.fdr)) / n;
    return out;
}

Loss flattening(const Study& study, const Drawn& drawn) {
    Loss out =
        over_units(study, drawn, drawn.sums.flattening,
                   [](const UnitStudy& u) -> const UnitLoss& { return u.losses.flattening; });
    out.name = "flattening";
    out.axis = "values";
    if (out.cases == 0) {
        out.verdict = "cannot_tell";
        out.why = "no case was judged on two dimensions, so nothing can be said about values";
        return out;
    }
    const auto sure = std::llround(out.share_material * static_cast<double>(out.cases));
    if (sure > 0) {
        out.verdict = "shown";
        out.why = fmt::format(
            "in {} of {} cases the scalar's pick leaves its worst dimension more than {:.2f} of "
            "the "
            "scale worse off than another pick would",
            sure, out.cases, out.material);
    } else if (*out.mean > out.material) {
        out.verdict = "cannot_tell";
        out.why = fmt::format(
            "the mean is above {:.2f} but in no single case is it sure: too few judgments a case",
            out.material);
    } else {
        out.verdict = "not_shown";
        out.why = fmt::format(
            "in none of {} cases does the scalar's pick surely cost a dimension "
            "more than {:.2f} of the scale",
            out.cases, out.material);
    }
    return out;
}

Loss representation(const Study& study, const Drawn& drawn, const AuditReport& report,
                    std::size_t k) {
    const GroupStudy& group = study.groups[k];
    Loss out = over_units(study, drawn, drawn.sums.people[k],
                          [k](const UnitStudy& u) -> const UnitLoss& { return u.people[k]; });
    out.name = "representation";
    out.axis = "people";
    out.attribute = group.partition.attribute;
    const PartitionReport& partition = report.partitions[k];
    if (out.cases == 0) {
        out.verdict = "cannot_tell";
        out.why = "no case was judged by two groups";
        return out;
    }
    if (std::isfinite(group.representation.front())) {
        out.null = against_null(group.representation, out.cases);
    }
    if (partition.verdict == "cannot_tell" || !out.null) {
        out.verdict = "cannot_tell";
        out.why = "these data cannot tell whether groups by " + out.attribute + " differ at all";
        out.share_material = 0.0;
        return out;
    }
    return out;
}

// The verdicts of the losses over people, after Benjamini-Hochberg over the attributes.
void judge_representation(const Study& study, AuditReport& report) {
    std::vector<Loss*> tested;
    std::vector<double> p;
    for (Loss& loss : report.losses) {
        if (loss.axis != "people" || loss.verdict == "cannot_tell") continue;
        tested.push_back(&loss);
        p.push_back(loss.null->p);
    }
    const auto q = benjamini_hochberg(p);
    for (std::size_t i = 0; i < tested.size(); ++i) {
        Loss& loss = *tested[i];
        loss.null->q = q[i];
        const auto partition =
            std::ranges::find(report.partitions, loss.attribute, &PartitionReport::attribute);
        const bool significant = p[i] <= 0.05 && q[i] <= study.options.fdr;
        loss.verdict = !significant                        ? "not_shown"
                       : partition->learned_from_judgments ? "caution"
                                                           : "shown";
        loss.why = significant ? fmt::format(
                                     "the worst-off group loses {} more than it need ({} "
                                     "under shuffled labels, p {:.3f})",
                                     loss_words(loss.null->observed),
                                     loss_words(loss.null->null_mean), p[i])
                               : fmt::format("no more than shuffled labels give (p {:.2f})", p[i]);
        if (!significant) loss.share_material = 0.0;
        if (partition->learned_from_judgments) {
            loss.why += "; groups were clustered on these judgments, which overstates it";
        }
    }
}

Loss blindness(const Study& study, const Drawn& drawn) {
    Loss out;
    out.name = "blindness";
    out.axis = "uncertainty";
    out.material = study.options.material;
    out.sampled = study.drawn.size() < study.units.size();
    out.cases = drawn.units.size();
    std::vector<double> values;
    std::size_t undecided = 0;
    std::size_t material = 0;
    for (const UnitStudy& unit : drawn.units) {
        values.push_back(unit.losses.blindness);
        undecided += in_doubt(unit.losses, out.material) ? 1U : 0U;
        material += unit.losses.blindness > out.material ? 1U : 0U;
    }
    const auto n = static_cast<double>(values.size());
    const double mean = pairwise_sum(values) / n;
    double squares = 0.0;
    for (const double x : values) squares += (x - mean) * (x - mean);
    const double se = n > 1.0 ? std::sqrt(squares / (n - 1.0) / n) : 0.0;
    out.mean = mean;
    out.plug_in = mean;
    out.interval = Interval{std::max(0.0, mean - 1.645 * se), mean + 1.645 * se};
    out.share_material = static_cast<double>(material) / n;
    out.verdict =
        mean >= kWorthKnowing * out.material || out.share_material >= 0.01 ? "shown" : "not_shown";
    out.why = fmt::format(
        "in {} of {} cases the pick is best with less than {:.0f} % posterior probability and "
        "knowing better is worth {:.2f} or more; a scalar shows no such doubt",
        undecided, values.size(), 100.0 * kSure, kWorthKnowing * out.material);
    return out;
}

void uncertainty(const Study& study, const Drawn& drawn, AuditReport& report) {
    UncertaintyReport& out = report.uncertainty;
    double epistemic = 0.0;
    double cells = 0.0;
    std::vector<double> judgments;
    double undecided = 0.0;
    for (const UnitStudy& unit : drawn.units) {
        epistemic += unit.epistemic;
        cells += unit.cells;
        if (unit.cells > 0.0) judgments.push_back(unit.judgments / unit.cells);
        undecided += in_doubt(unit.losses, study.options.material) ? 1.0 : 0.0;
    }
    if (cells > 0.0) out.epistemic_share = epistemic / cells;
    out.cases_undecided = undecided / static_cast<double>(drawn.units.size());
    if (!judgments.empty()) out.further_judgments = std::ceil(3.0 * quantile(judgments, 0.5));
    if (study.table.size() > 0 && report.data.underspecified > 0) {
        out.underspecified = static_cast<double>(report.data.underspecified) /
                             static_cast<double>(study.table.size());
    }
    out.verdict = report.losses.back().verdict;
    out.why = report.losses.back().why;
}

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
        if (code == judgment::kNone) continue;
        row.context.push_back(fmt::format("{}={}", attribute.name, attribute.values[code]));
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
    const UnitLoss& flat = drawn.losses.flattening;
    if (flat.known) row.worst_dimension = study.names[flat.worst];
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

// The units whose losses are drawn, and those of the one case that is asked for.
std::vector<std::size_t> which_units(const Study& study, judgment::Id only) {
    std::vector<std::size_t> out = study.drawn;
    for (std::size_t u = 0; only != judgment::kNone && u < study.units.size(); ++u) {
        if (study.units[u].case_ == only) out.push_back(u);
    }
    std::ranges::sort(out);
    const auto repeated = std::ranges::unique(out);
    out.erase(repeated.begin(), repeated.end());
    return out;
}

}  // namespace

void study_cases(Study& study, AuditReport& report, judgment::Id only) {
    study.job.progress(0.85, "drawing losses");
    const Drawn drawn = draw_units(study, which_units(study, only));
    report.cases_total = study.units.size();
    if (drawn.units.empty()) return;
    report.losses.push_back(flattening(study, drawn));
    for (std::size_t k = 0; k < study.groups.size(); ++k) {
        report.losses.push_back(representation(study, drawn, report, k));
    }
    judge_representation(study, report);
    report.losses.push_back(blindness(study, drawn));
    uncertainty(study, drawn, report);
    StructureSums structure;
    for (const UnitStudy& unit : drawn.units) structure += unit.structure;
    describe_structure(study, structure, report.conflicts);

    study.job.progress(0.95, "ranking cases");
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
