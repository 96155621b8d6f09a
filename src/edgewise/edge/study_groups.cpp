#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "edgewise/base/stats.hpp"
#include "edgewise/edge/divergence_share.hpp"
#include "edgewise/edge/jackknife.hpp"
#include "edgewise/edge/representation_null.hpp"
#include "edgewise/edge/resolvability.hpp"
#include "edgewise/edge/study.hpp"

namespace edgewise::edge {
namespace {

judgment::PartitionOptions partition_options(const AuditOptions& options) {
    judgment::PartitionOptions out;
    out.least_raters = static_cast<std::uint32_t>(options.least_group);
    out.include_machines = options.include_machines;
    return out;
}

void find_partitions(Study& study, AuditReport& report) {
    auto found = judgment::partitions(study.table, study.options.attributes, study.options.cuts,
                                      partition_options(study.options));
    for (auto& each : found.unsuitable) {
        report.attributes_left_out.push_back({each.attribute, 0, each.reason});
    }
    study.groups.resize(found.usable.size());
    for (std::size_t k = 0; k < found.usable.size(); ++k) {
        study.groups[k].partition = std::move(found.usable[k]);
    }
}

PartitionReport describe_partition(const Study& study, const GroupStudy& group) {
    const judgment::Partition& partition = group.partition;
    PartitionReport out;
    out.attribute = partition.attribute;
    out.raters_unknown = partition.unknown;
    out.learned_from_judgments = partition.learned_from_judgments;
    out.note = partition.note;
    std::vector<std::uint64_t> judgments(partition.groups.size());
    for (const auto& view : study.observations.dimensions) {
        for (const auto rater : view.rater) {
            const std::uint16_t g = partition.group_of[rater];
            if (g != judgment::kNoGroup) ++judgments[g];
        }
    }
    for (std::size_t g = 0; g < partition.groups.size(); ++g) {
        out.groups.push_back({partition.groups[g], partition.raters_in[g], judgments[g]});
    }
    for (const auto& each : partition.left_out) {
        out.left_out.push_back({each.group, each.raters, each.reason});
    }
    return out;
}

Components components(const estimate::FitSummary& fit) {
    const auto& c = fit.components;
    Components out{.item = c.item,
                   .rater = c.rater,
                   .item_by_group = c.item_by_group,
                   .residual = c.residual,
                   .share_item_by_group = 0.0,
                   .method = fit.method,
                   .likelihood_ratio = std::nullopt,
                   .converged = fit.converged};
    const double total = c.item + c.rater + c.item_by_group + c.residual;
    if (total > 0.0) out.share_item_by_group = c.item_by_group / total;
    if (fit.log_likelihood != 0.0 && fit.log_likelihood_without_groups != 0.0) {
        out.likelihood_ratio =
            std::max(0.0, 2.0 * (fit.log_likelihood - fit.log_likelihood_without_groups));
    }
    return out;
}

GroupEffect effect(const Study& study, const GroupStudy& group, std::size_t d,
                   const GroupedView& view) {
    GroupEffect out;
    out.attribute = group.partition.attribute;
    out.dimension = study.names[d];
    const Nulls& nulls = group.nulls[d];
    const std::size_t shuffles = nulls.sums.size();
    std::vector<double> values(shuffles);
    for (std::size_t b = 0; b < shuffles; ++b) values[b] = nulls.sums[b].ratio();
    if (std::isfinite(values[0])) {
        out.disagreement_ratio = against_null(values, view.item.size());
        if (const auto jack = disagreement_ratio(view, group.labels)) {
            out.disagreement_ratio->interval = jack->interval();
        }
        const ShuffleSums& observed = nulls.sums.front();
        out.within = observed.matched_within / observed.matched_weight;
        out.across = observed.matched_across / observed.matched_weight;
    }
    std::vector<std::pair<std::uint64_t, std::size_t>> least;
    for (std::size_t k = 0; k < kFlipLeast.size(); ++k) least.emplace_back(kFlipLeast[k], k);
    if (std::ranges::find(kFlipLeast, study.options.least_cell) == kFlipLeast.end()) {
        least.emplace_back(study.options.least_cell, kFlipLeast.size());
        std::ranges::sort(least);
    }
    for (const auto& [n, k] : least) {
        for (std::size_t b = 0; b < shuffles; ++b) values[b] = nulls.sums[b].flip_rate(k);
        if (!std::isfinite(values[0])) continue;
        out.flips.push_back({n, against_null(values, nulls.sums.front().eligible[k])});
    }
    if (const auto share = divergence_share(study.observations.dimensions[d], view, group.labels)) {
        out.jsd_share = share->raw;
        out.jsd_share_corrected = share->corrected;
    }
    const auto& fit = group.model.fits[d]->summary();
    if (fit.estimator == "hierarchical_ratings") out.components = components(fit);
    out.cells_tested = group.scores[d].size();
    return out;
}

void analyse(Study& study, std::size_t k, AuditReport& report) {
    GroupStudy& group = study.groups[k];
    const std::size_t dimensions = study.names.size();
    group.labels = shuffled_labels(group.partition, study.options.permutations, study.options.seed,
                                   stream::kLabels + (static_cast<std::uint64_t>(k) << 20));
    group.model.partition = &group.partition;
    double grouped_raters = 0.0;
    for (const auto n : group.partition.raters_in) grouped_raters += n;
    for (const auto n : group.partition.raters_in) group.model.share.push_back(n / grouped_raters);
    PartitionReport out = describe_partition(study, group);
    estimate::FitOptions fit_options;
    for (std::size_t d = 0; d < dimensions; ++d) {
        const auto& view = study.observations.dimensions[d];
        const double done = static_cast<double>(k * dimensions + d) /
                            static_cast<double>(study.groups.size() * dimensions);
        study.job.progress(
            0.1 + 0.7 * done,
            fmt::format("testing {} on {}", group.partition.attribute, study.names[d]));
        group.model.fits.push_back(
            estimate::choose(view).fit(view, group.partition, fit_options, study.job));
        const GroupedView rows = grouped(view, study.side[d], group.partition, group.labels);
        group.nulls.push_back(permute(
            rows, group.labels, static_cast<std::uint32_t>(study.options.least_cell), study.job));
        group.scores.push_back(cell_scores(rows, group.labels, group.nulls.back()));
        out.effects.push_back(effect(study, group, d, rows));
        report.resolvability.push_back(resolvability(
            group.partition, study.names[d], rows, group.labels, group.nulls.back(),
            group.model.fits.back()->summary(), study.options.target_shift, study.options.fdr));
    }
    std::vector<Unit> sample;
    for (const std::size_t i : study.drawn) sample.push_back(study.units[i]);
    group.representation =
        representation_null(study.observations, sample, study.scalar, group.labels, study.raters(),
                            group.nulls, study.job);
    report.partitions.push_back(std::move(out));
}

// q-values of the ratios (and of each flip rate) over the audit. Groups clustered on the judgments
// differ by construction: they are a family of their own, lest they lend the others significance.
void correct_globals(AuditReport& report, bool learned) {
    std::vector<AgainstNull*> ratios;
    std::vector<AgainstNull*> flips;
    for (auto& partition : report.partitions) {
        if (partition.learned_from_judgments != learned) continue;
        for (auto& each : partition.effects) {
            if (each.disagreement_ratio) ratios.push_back(&*each.disagreement_ratio);
            for (auto& flip : each.flips) flips.push_back(&flip.rate);
        }
    }
    for (auto* family : {&ratios, &flips}) {
        std::vector<double> p;
        for (const AgainstNull* each : *family) p.push_back(each->p);
        const auto q = benjamini_hochberg(p);
        for (std::size_t i = 0; i < q.size(); ++i) (*family)[i]->q = q[i];
    }
}

// Simes (1986): the p-value of "no cell of this family differs", sharp where few cells do.
double simes(std::vector<double> p) {
    std::ranges::sort(p);
    double out = 1.0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        out = std::min(out, p[i] * static_cast<double>(p.size()) / static_cast<double>(i + 1));
    }
    return out;
}

std::vector<double> cell_p(const GroupStudy& group, std::size_t d) {
    std::vector<double> out;
    out.reserve(group.scores[d].size());
    for (const CellScore& score : group.scores[d]) out.push_back(double{score.p});
    return out;
}

// Evidence that groups differ at all on one dimension: the ratio sees small differences everywhere,
// Simes over the cells sees large ones on a few items. Twice the smaller p (Bonferroni).
void correct_families(const Study& study, AuditReport& report, bool learned) {
    std::vector<GroupEffect*> families;
    std::vector<double> p;
    for (std::size_t k = 0; k < study.groups.size(); ++k) {
        if (study.groups[k].partition.learned_from_judgments != learned) continue;
        for (std::size_t d = 0; d < study.names.size(); ++d) {
            GroupEffect& each = report.partitions[k].effects[d];
            if (!each.disagreement_ratio) continue;
            each.sparse_p = simes(cell_p(study.groups[k], d));
            each.p = std::min(1.0, 2.0 * std::min(each.disagreement_ratio->p, *each.sparse_p));
            families.push_back(&each);
            p.push_back(each.p);
        }
    }
    const auto q = benjamini_hochberg(p);
    for (std::size_t i = 0; i < q.size(); ++i) families[i]->q = q[i];
}

// Flags of single cells, only inside the families (partition x dimension) that differ at all:
// within R selected of m families, Benjamini-Hochberg at level fdr R / m keeps the average false
// discovery rate over the selected at fdr (Benjamini & Bogomolov 2014).
void flag_cells(Study& study, AuditReport& report, bool learned) {
    const double fdr = study.options.fdr;
    std::vector<std::pair<std::size_t, std::size_t>> selected;
    std::size_t families = 0;
    for (std::size_t k = 0; k < study.groups.size(); ++k) {
        if (study.groups[k].partition.learned_from_judgments != learned) continue;
        for (std::size_t d = 0; d < study.names.size(); ++d) {
            const GroupEffect& each = report.partitions[k].effects[d];
            if (!each.disagreement_ratio) continue;
            ++families;
            if (each.q <= fdr) selected.emplace_back(k, d);
        }
    }
    for (const auto& [k, d] : selected) {
        const auto& scores = study.groups[k].scores[d];
        const auto q = benjamini_hochberg(cell_p(study.groups[k], d));
        const double factor = static_cast<double>(families) / static_cast<double>(selected.size());
        for (std::size_t i = 0; i < scores.size(); ++i) {
            const double adjusted = std::min(1.0, q[i] * factor);
            if (adjusted > fdr) continue;
            study.flags.push_back({k, d, scores[i], adjusted});
            ++report.partitions[k].effects[d].cells_flagged;
        }
    }
}

void list_flags(Study& study, AuditReport& report) {
    std::ranges::stable_sort(study.flags, [](const Flagged& a, const Flagged& b) {
        return a.q != b.q ? a.q < b.q : a.score.z > b.score.z;
    });
    report.flags_total = study.flags.size();
    const auto& table = study.table;
    for (const Flagged& flag : study.flags) {
        if (report.flags.size() >= study.options.most_flags) break;
        const GroupStudy& group = study.groups[flag.study];
        std::vector<estimate::Cell> cells(group.partition.groups.size());
        const auto pooled = group.model.fits[flag.dimension]->cells(flag.score.item, cells);
        const auto& cell = cells[flag.score.group];
        const auto& view = study.observations.dimensions[flag.dimension];
        double raw = 0.0;
        for (std::size_t i = view.begin[flag.score.item]; i < view.begin[flag.score.item + 1];
             ++i) {
            if (group.partition.group_of[view.rater[i]] == flag.score.group)
                raw += double{view.utility[i]};
        }
        const auto& item = study.observations.items[flag.score.item];
        report.flags.push_back({.case_id = std::string(table.cases().ids[item.case_]),
                                .option = std::string(table.options().ids[item.option]),
                                .attribute = group.partition.attribute,
                                .group = group.partition.groups[flag.score.group],
                                .dimension = study.names[flag.dimension],
                                .n = flag.score.n,
                                .raw = raw / flag.score.n,
                                .shrunken = cell.mean,
                                .interval = {std::max(0.0, cell.mean - 1.645 * cell.sd),
                                             std::min(1.0, cell.mean + 1.645 * cell.sd)},
                                .pooled = pooled.mean,
                                .q = flag.q,
                                .opposes = flag.score.opposes});
    }
}

std::string effect_words(const GroupEffect& e, const Resolvability& r) {
    if (!e.disagreement_ratio || r.global.can == "no") {
        return "These data cannot resolve whether " + e.attribute +
               " matters here: " + r.global.why + ".";
    }
    const AgainstNull& ratio = *e.disagreement_ratio;
    const double percent = 100.0 * ratio.excess;
    if (e.verdict == "shown" && ratio.p <= 0.05) {
        return fmt::format(
            "Raters of different {} differ {:.0f} % more than raters of the same "
            "(p {:.3f}, q {:.3f}); {} of {} cells stand apart after correction.",
            e.attribute, percent, ratio.p, e.q, e.cells_flagged, e.cells_tested);
    }
    if (e.verdict == "shown") {
        return fmt::format(
            "Over all items {} makes no difference that could be told from chance "
            "(p {:.2f}), but on some it does (q {:.3f}): {} of {} cells stand apart.",
            e.attribute, ratio.p, e.q, e.cells_flagged, e.cells_tested);
    }
    return fmt::format(
        "No difference by {} is shown (ratio {:.3f}, p {:.2f}, q {:.2f}{}).", e.attribute,
        ratio.observed, ratio.p, e.q,
        ratio.p <= 0.05 ? "; below 0.05 alone, not after correction for all tests" : "");
}

void judge_effects(const Study& study, AuditReport& report) {
    for (std::size_t k = 0; k < report.partitions.size(); ++k) {
        auto& partition = report.partitions[k];
        partition.verdict = "cannot_tell";
        for (std::size_t d = 0; d < partition.effects.size(); ++d) {
            auto& each = partition.effects[d];
            const auto& r = report.resolvability[k * study.names.size() + d];
            const bool told = each.disagreement_ratio && r.global.can != "no";
            each.verdict = !told                         ? "cannot_tell"
                           : each.q <= study.options.fdr ? "shown"
                                                         : "not_shown";
            each.words = effect_words(each, r);
            if (each.verdict == "shown" ||
                (each.verdict == "not_shown" && partition.verdict == "cannot_tell")) {
                partition.verdict = each.verdict;
            }
        }
        if (partition.learned_from_judgments && partition.verdict == "shown") {
            partition.verdict = "caution";
            for (auto& each : partition.effects) {
                each.words +=
                    " These groups were clustered on the very judgments analysed, so that they "
                    "differ by construction: the size is overstated and p means little.";
            }
        }
    }
}

}  // namespace

void study_groups(Study& study, AuditReport& report) {
    find_partitions(study, report);
    for (std::size_t k = 0; k < study.groups.size(); ++k) analyse(study, k, report);
    // Groups learned from the judgments differ by construction: they form families of their own, so
    // that they do not make others look surer.
    for (const bool learned : {false, true}) {
        correct_globals(report, learned);
        correct_families(study, report, learned);
        flag_cells(study, report, learned);
    }
    list_flags(study, report);
    judge_effects(study, report);
}

}  // namespace edgewise::edge
