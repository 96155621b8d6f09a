#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "edgewise/base/parallel.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/edge/drawn.hpp"

namespace edgewise::edge {
namespace {

UnitStudy study_unit(const Study& study, std::size_t u, Sums& sums) {
    const Unit& unit = study.units[u];
    UnitStudy out;
    out.unit = u;
    Tensor tensor;
    fill(study.model, unit, tensor);
    const auto& options = study.options;
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
    const auto which = which_units(study, only);
    const Drawn drawn = draw_units(study, which);
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
    list_cases(study, drawn, only, report);
}

}  // namespace edgewise::edge
