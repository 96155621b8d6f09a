#include "edgewise/estimate/comparisons/group_shuffle.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "edgewise/base/parallel.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/base/stats.hpp"

namespace edgewise::estimate {
namespace {

using judgment::kNoGroup;

// Slopes of what each labelled unit said, in the strengths of the contenders it met.
struct Scores {
    std::vector<std::uint16_t> group;  // unit -> group
    std::vector<std::size_t> begin;    // units + 1
    std::vector<std::uint32_t> contender;
    std::vector<double> slope;
};

Scores scores_of(const Contests& contests, const Grouping& grouping, const BradleyTerryFit& fit,
                 PairKernel kernel, const BradleyTerryOptions& model) {
    struct Entry {
        Id unit;
        std::uint32_t contender;
        double slope;
        std::uint16_t group;
    };
    std::vector<Entry> entries;
    for (std::size_t k = 0; k < contests.size(); ++k) {
        const Outcome outcome = contests.outcome[k];
        const bool bad = outcome == Outcome::both_bad;
        const bool tie = bad || outcome == Outcome::tie;
        if (grouping.group[k] == kNoGroup || (bad && model.both_bad == BothBad::left_out) ||
            (tie && fit.ties == TieModel::none)) {
            continue;
        }
        const double w = contests.weight.empty() ? 1.0 : double{contests.weight[k]};
        const std::uint32_t i = contests.first[k], j = contests.second[k];
        const PairSlopes s = pair_slopes(
            kernel, outcome, fit.theta[i] - fit.theta[j] + fit.position, fit.tie_parameter);
        const Id unit = grouping.unit[k];
        entries.push_back({unit, i, w * s.slope, grouping.group[k]});
        entries.push_back({unit, j, -w * s.slope, grouping.group[k]});
    }
    std::ranges::stable_sort(entries, {},
                             [](const Entry& e) { return std::pair(e.unit, e.contender); });
    Scores out;
    for (std::size_t k = 0; k < entries.size(); ++k) {
        const Entry& e = entries[k];
        const bool fresh = k == 0 || entries[k - 1].unit != e.unit;
        if (fresh) {
            out.group.push_back(e.group);
            out.begin.push_back(out.slope.size());
        }
        if (fresh || entries[k - 1].contender != e.contender) {
            out.contender.push_back(e.contender);
            out.slope.push_back(0.0);
        }
        out.slope.back() += e.slope;
    }
    out.begin.push_back(out.slope.size());
    return out;
}

double statistic(const Scores& scores, std::span<const std::uint16_t> label, std::size_t contenders,
                 std::vector<double>& sum) {
    std::ranges::fill(sum, 0.0);
    double out = 0.0;
    for (std::size_t u = 0; u < label.size(); ++u) {
        double* of = sum.data() + label[u] * contenders;
        for (std::size_t k = scores.begin[u]; k < scores.begin[u + 1]; ++k) {
            of[scores.contender[k]] += scores.slope[k];
        }
    }
    for (const double s : sum) out += s * s;
    return out;
}

}  // namespace

double shuffle_p(const Contests& contests, const Grouping& grouping, const BradleyTerryFit& fit,
                 PairKernel kernel, const BradleyTerryOptions& model, std::size_t shuffles,
                 std::uint64_t seed, const Job& job) {
    const Scores scores = scores_of(contests, grouping, fit, kernel, model);
    const std::size_t contenders = contests.contenders();
    std::vector<double> sum(grouping.groups.size() * contenders);
    const double observed = statistic(scores, scores.group, contenders, sum);
    std::vector<double> null(shuffles);
    parallel_blocks(job, shuffles, 8, [&](std::size_t begin, std::size_t end) {
        std::vector<double> own(sum.size());
        std::vector<std::uint16_t> label;
        for (std::size_t p = begin; p < end; ++p) {
            Rng rng(seed, p);
            label = scores.group;
            for (std::size_t u = label.size(); u > 1; --u) {
                std::swap(label[u - 1], label[rng.next_below(u)]);
            }
            null[p] = statistic(scores, label, contenders, own);
        }
    });
    return permutation_p_value(observed, null);
}

}  // namespace edgewise::estimate
