#include "edgewise/estimate/opinions/honest_groups.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "edgewise/base/parallel.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/opinions/adjusted_rand.hpp"

namespace edgewise::estimate {
namespace {

constexpr double kLoose = 1e-6;  // of components that are only used to group

std::vector<std::uint32_t> labels(const VoteGrouping& groups) {
    return {groups.of.begin(), groups.of.end()};
}

std::optional<double> alike(const VoteGrouping& a, const VoteGrouping& b) {
    return adjusted_rand(labels(a), labels(b), kNoOpinionGroup);
}

// --- permuted votes ---------------------------------------------------------------------------

struct Permuted {
    std::optional<double> between, silhouette;
    double explained = 0.0;
    std::vector<float> statement;  // share between groups; NaN where it is not defined
    bool converged = true;
};

Permuted measure(const VoteMatrix& votes, const std::vector<bool>& used,
                 const OpinionGroups& groups) {
    Permuted out;
    out.silhouette = groups.silhouette;
    out.explained = groups.space.explained();
    out.converged = groups.converged;
    const GroupVotes tallies(votes, groups.of, groups.groups());
    SharedDifference shared;
    out.statement.assign(votes.statements(), std::nanf(""));
    for (std::size_t s = 0; s < votes.statements(); ++s) {
        if (!used[s]) continue;
        const GroupDifference each = group_difference(tallies, s);
        shared.add(each);
        if (each.defined) out.statement[s] = static_cast<float>(each.share());
    }
    out.between = shared.share();
    return out;
}

BesideNull beside(std::optional<double> observed, std::vector<double> null) {
    BesideNull out{.observed = observed};
    if (!observed || null.empty()) return out;
    out.p = permutation_p_value(*observed, null);
    out.null_mean = pairwise_sum(null) / static_cast<double>(null.size());
    std::ranges::sort(null);
    out.null_low = quantile_sorted(null, 0.025);
    out.null_high = quantile_sorted(null, 0.975);
    return out;
}

void add_null(const VoteMatrix& votes, const std::vector<bool>& used,
              const GroupingOptions& grouping, const HonestOptions& options, const Job& job,
              HonestGroups& out) {
    GroupingOptions anew = grouping;
    anew.space.tolerance = kLoose;
    std::vector<Permuted> null(options.permutations);
    parallel_blocks(job, null.size(), 1, [&](std::size_t begin, std::size_t) {
        const VoteMatrix permuted = votes.permuted(options.seed, begin);
        null[begin] = measure(permuted, used, find_opinion_groups(permuted, used, anew));
    });
    // A permutation without two groups has no difference between them and no silhouette.
    std::vector<double> between, silhouettes, explained;
    for (const Permuted& each : null) {
        between.push_back(each.between.value_or(0.0));
        silhouettes.push_back(each.silhouette.value_or(-1.0));
        explained.push_back(each.explained);
        out.converged = out.converged && each.converged;
    }
    out.between = beside(out.between.observed, between);
    out.silhouette = beside(out.silhouette.observed, silhouettes);
    out.explained = beside(out.explained.observed, explained);
    for (std::size_t s = 0; s < votes.statements(); ++s) {
        double sum = 0.0, n = 0.0;
        for (const Permuted& each : null) {
            if (std::isnan(each.statement[s])) continue;
            sum += static_cast<double>(each.statement[s]);
            n += 1.0;
        }
        if (n > 0.0) out.statements[s].null_mean = sum / n;
    }
}

// --- split statements -------------------------------------------------------------------------

// The numbering of `half` that agrees with `all` on most raters: half's group -> all's group. At
// most 24 groups: by exchange from the greedy start, which is exact for two and three groups and
// ends in a numbering that no exchange of two improves for more.
std::vector<std::uint16_t> match(const VoteGrouping& half, const VoteGrouping& all) {
    const std::size_t k = std::max(half.groups(), all.groups());
    std::vector<std::vector<std::size_t>> both(k, std::vector<std::size_t>(k, 0));
    for (std::size_t r = 0; r < all.of.size(); ++r) {
        if (half.of[r] != kNoOpinionGroup && all.of[r] != kNoOpinionGroup) {
            ++both[half.of[r]][all.of[r]];
        }
    }
    std::vector<std::uint16_t> to(k);
    std::iota(to.begin(), to.end(), std::uint16_t{0});
    for (bool better = true; better;) {
        better = false;
        for (std::size_t a = 0; a < k; ++a) {
            for (std::size_t b = a + 1; b < k; ++b) {
                if (both[a][to[b]] + both[b][to[a]] <= both[a][to[a]] + both[b][to[b]]) continue;
                std::swap(to[a], to[b]);
                better = true;
            }
        }
    }
    return to;
}

struct HeldOut {
    std::vector<GroupDifference> difference;  // of each statement, held out once in a split
    std::vector<VoteTally> tally;             // group after group, numbered as in the whole
    std::optional<double> between, halves, with_all;
    std::array<std::size_t, 2> chosen{};
    bool converged = true;
};

HeldOut split(const VoteMatrix& votes, const std::vector<bool>& used, const OpinionGroups& found,
              const GroupingOptions& grouping, std::uint64_t seed, std::size_t number) {
    constexpr std::uint64_t kStreams = std::uint64_t{3} << 60U;
    std::vector<std::uint32_t> order;
    for (std::uint32_t s = 0; s < used.size(); ++s) {
        if (used[s]) order.push_back(s);
    }
    Rng rng(seed, kStreams | number);
    for (std::size_t left = order.size(); left > 1; --left) {
        std::swap(order[left - 1], order[rng.next_below(left)]);
    }
    std::array<std::vector<bool>, 2> half;
    for (auto& each : half) each.assign(used.size(), false);
    for (std::size_t i = 0; i < order.size(); ++i) half[i % 2][order[i]] = true;

    const std::size_t k = found.groups();
    HeldOut out;
    out.difference.resize(used.size());
    out.tally.resize(k * used.size());
    GroupingOptions options = grouping;
    options.space.tolerance = kLoose;
    options.space.unused_count = false;
    options.least_votes = (grouping.least_votes + 1) / 2;
    std::array<VoteGrouping, 2> free;
    SharedDifference shared;
    double alike_all = 0.0;
    int alike_n = 0;
    for (std::size_t h = 0; h < 2; ++h) {
        const OpinionSpace space = opinion_space(votes, half[h], options.space);
        const auto raters = taking_part(votes, half[h], options);
        options.groups = grouping.groups;
        free[h] = sort_into_groups(space, raters, options);
        out.chosen[h] = free[h].groups();
        out.converged = out.converged && free[h].converged;
        const GroupVotes compared(votes, free[h].of, free[h].groups());
        options.groups = k;
        const VoteGrouping same =
            free[h].groups() == k ? free[h] : sort_into_groups(space, raters, options);
        const GroupVotes tallies(votes, same.of, same.groups());
        const auto to = match(same, found);
        if (const auto a = alike(same, found)) {
            alike_all += *a;
            ++alike_n;
        }
        for (std::size_t s = 0; s < used.size(); ++s) {
            if (!half[1 - h][s]) continue;
            out.difference[s] = group_difference(compared, s);
            shared.add(out.difference[s]);
            for (std::size_t g = 0; g < same.groups(); ++g) {
                if (to[g] < k) out.tally[to[g] * used.size() + s] = tallies.at(g, s);
            }
        }
    }
    out.between = shared.share();
    out.halves = alike(free[0], free[1]);
    if (alike_n > 0) out.with_all = alike_all / alike_n;
    return out;
}

struct Spread {
    std::optional<double> middle, least, most;
};
Spread spread(std::vector<double> values) {
    if (values.empty()) return {};
    std::ranges::sort(values);
    return {quantile_sorted(values, 0.5), values.front(), values.back()};
}

void add_splits(const VoteMatrix& votes, const std::vector<bool>& used, const OpinionGroups& found,
                const GroupingOptions& grouping, const HonestOptions& options, const Job& job,
                HonestGroups& out) {
    std::vector<HeldOut> all(options.splits);
    parallel_blocks(job, all.size(), 1, [&](std::size_t begin, std::size_t) {
        all[begin] = split(votes, used, found, grouping, options.seed, begin);
    });
    const auto of_all = [&](auto&& value) {
        std::vector<double> values;
        for (const HeldOut& each : all) {
            if (const std::optional<double> one = value(each)) values.push_back(*one);
        }
        return spread(std::move(values));
    };
    const Spread between = of_all([](const HeldOut& each) { return each.between; });
    out.held_out = between.middle;
    out.held_out_least = between.least;
    out.held_out_most = between.most;
    const Spread halves = of_all([](const HeldOut& each) { return each.halves; });
    out.halves_alike = halves.middle;
    out.halves_least = halves.least;
    out.halves_most = halves.most;
    out.half_and_all = of_all([](const HeldOut& each) { return each.with_all; }).middle;
    for (const HeldOut& each : all) {
        out.converged = out.converged && each.converged;
        for (const std::size_t k : each.chosen) {
            if (out.chosen.size() <= k) out.chosen.resize(k + 1, 0);
            ++out.chosen[k];
        }
    }
    std::vector<double> p, shares, tested;
    std::vector<std::size_t> place;
    const auto n = static_cast<double>(all.size());
    for (std::size_t s = 0; s < used.size(); ++s) {
        if (!used[s]) continue;
        HonestStatement& row = out.statements[s];
        p.clear();
        shares.clear();
        row.groups.assign(found.groups(), {});
        for (const HeldOut& each : all) {
            const GroupDifference& difference = each.difference[s];
            p.push_back(difference.p);
            if (difference.defined) shares.push_back(difference.share());
            for (std::size_t g = 0; g < found.groups(); ++g) {
                const VoteTally& tally = each.tally[g * used.size() + s];
                row.groups[g].agree += tally.agree / n;
                row.groups[g].disagree += tally.disagree / n;
                row.groups[g].seen += tally.seen / n;
            }
        }
        if (shares.empty()) continue;
        row.held_out = quantile(shares, 0.5);
        row.p = std::min(1.0, 2.0 * quantile(p, 0.5));
        place.push_back(s);
        tested.push_back(row.p);
    }
    const auto adjusted = benjamini_hochberg(tested);
    for (std::size_t i = 0; i < place.size(); ++i) out.statements[place[i]].q = adjusted[i];
}

}  // namespace

HonestGroups honest_groups(const VoteMatrix& votes, const std::vector<bool>& used,
                           const OpinionGroups& found, const GroupingOptions& grouping,
                           const HonestOptions& options, const Job& job) {
    HonestGroups out;
    out.statements.resize(votes.statements());
    const GroupVotes tallies(votes, found.of, found.groups());
    SharedDifference shared;
    for (std::size_t s = 0; s < votes.statements(); ++s) {
        if (!used[s]) continue;
        const GroupDifference each = group_difference(tallies, s);
        shared.add(each);
        if (!each.defined) continue;
        out.statements[s].raw = each.share();
        out.statements[s].raw_p = each.p;
    }
    out.between.observed = shared.share();
    out.silhouette.observed = found.silhouette;
    out.explained.observed = found.space.explained();
    if (found.groups() < 2) return out;
    const auto statements = static_cast<std::size_t>(std::ranges::count(used, true));
    out.permutations = options.permutations;
    out.splits = statements >= 4 ? options.splits : 0;  // a half needs two to span the space
    if (out.permutations > 0) {
        job.progress(0.0, "shuffling votes");
        add_null(votes, used, grouping, options, job.part(0.0, 0.7), out);
    }
    if (out.splits > 0) {
        job.progress(0.7, "splitting statements");
        add_splits(votes, used, found, grouping, options, job.part(0.7, 1.0), out);
    }
    return out;
}

}  // namespace edgewise::estimate
