#include "edgewise/estimate/opinions/opinion_groups.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "edgewise/base/require.hpp"
#include "edgewise/estimate/opinions/k_means.hpp"

namespace edgewise::estimate {
namespace {

struct Base {
    std::vector<std::uint32_t> of;  // place in the list of raters -> base cluster
    std::vector<Point> centre;
    std::vector<double> size;
};

Base base_clusters(std::span<const Point> points, std::size_t most) {
    const std::vector<double> ones(points.size(), 1.0);
    Clusters found = k_means(points, ones, most);
    Base out{.of = std::move(found.of), .centre = std::move(found.centre), .size = {}};
    out.size.assign(out.centre.size(), 0.0);
    for (const std::uint32_t c : out.of) out.size[c] += 1.0;
    // The last assignment may have emptied one.
    std::vector<std::uint32_t> renumbered(out.size.size(), 0);
    std::uint32_t kept = 0;
    for (std::size_t c = 0; c < out.size.size(); ++c) {
        renumbered[c] = kept;
        if (!(out.size[c] > 0.0)) continue;
        out.centre[kept] = out.centre[c];
        out.size[kept++] = out.size[c];
    }
    out.centre.resize(kept);
    out.size.resize(kept);
    for (std::uint32_t& c : out.of) c = renumbered[c];
    return out;
}

std::size_t distinct(std::vector<Point> points) {
    std::ranges::sort(points);
    return static_cast<std::size_t>(std::ranges::unique(points).begin() - points.begin());
}

// Numbers the groups by size, the largest first; equal ones by their first rater.
void hand_out(VoteGrouping& out, std::span<const std::uint32_t> raters, const Base& base,
              const Clusters& groups) {
    const std::size_t count = groups.centre.size();
    std::vector<std::size_t> size(count, 0), first(count, raters.size());
    for (std::size_t i = 0; i < raters.size(); ++i) {
        const std::uint32_t g = groups.of[base.of[i]];
        ++size[g];
        first[g] = std::min(first[g], i);
    }
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        return size[a] != size[b] ? size[a] > size[b] : first[a] < first[b];
    });
    std::vector<std::uint16_t> named(count, kNoOpinionGroup);
    for (std::size_t place = 0; place < count; ++place) {
        const std::size_t g = order[place];
        if (size[g] == 0) continue;
        named[g] = static_cast<std::uint16_t>(out.size.size());
        out.size.push_back(size[g]);
        out.centre.push_back(groups.centre[g]);
    }
    for (std::size_t i = 0; i < raters.size(); ++i) {
        out.of[raters[i]] = named[groups.of[base.of[i]]];
    }
}

}  // namespace

std::vector<std::uint32_t> taking_part(const VoteMatrix& votes, const std::vector<bool>& counted,
                                       const GroupingOptions& options) {
    const auto statements = static_cast<std::size_t>(std::ranges::count(counted, true));
    const std::size_t least = std::max<std::size_t>(1, std::min(options.least_votes, statements));
    std::vector<std::size_t> given(votes.raters(), 0);
    std::vector<std::uint32_t> out, rest;
    for (std::uint32_t r = 0; r < votes.raters(); ++r) {
        for (const std::uint32_t s : votes.of_rater(r).index) given[r] += counted[s] ? 1U : 0U;
        if (given[r] >= least) {
            out.push_back(r);
        } else if (given[r] > 0) {
            rest.push_back(r);
        }
    }
    if (out.size() < options.least_raters && !rest.empty()) {
        std::ranges::stable_sort(rest, std::ranges::greater{},
                                 [&](std::uint32_t r) { return given[r]; });
        rest.resize(std::min(rest.size(), options.least_raters - out.size()));
        out.insert(out.end(), rest.begin(), rest.end());
        std::ranges::sort(out);
    }
    return out;
}

VoteGrouping sort_into_groups(const OpinionSpace& space, std::span<const std::uint32_t> raters,
                              const GroupingOptions& options) {
    require(options.base_clusters >= 2, "base_clusters", "at least two");
    require(options.groups != 1, "groups", "at least two groups, or 0 to let the data choose");
    require(options.most_groups >= 2 && options.most_groups <= 24, "most_groups", "2 to 24");
    require(options.groups <= 24, "groups", "at most 24");
    VoteGrouping out;
    out.converged = space.converged;
    out.of.assign(space.rater.size(), kNoOpinionGroup);
    out.taking_part = raters.size();
    std::vector<Point> points;
    points.reserve(raters.size());
    for (const std::uint32_t r : raters) points.push_back(space.rater[r]);
    const Base base = base_clusters(points, options.base_clusters);
    out.base_clusters = base.centre.size();
    const std::size_t different = distinct(base.centre);
    if (different < 2) {
        out.why_none = raters.empty()       ? "nobody voted"
                       : raters.size() == 1 ? "only one rater takes part"
                                            : "everybody who takes part stands at the same place";
        if (!raters.empty()) {
            hand_out(out, raters, base, k_means(base.centre, base.size, 1));
        }
        return out;
    }
    const std::size_t most = options.groups > 0
                                 ? options.groups
                                 : std::min(options.most_groups, 2 + base.centre.size() / 12);
    const KMeansOptions lloyd{.most_iterations = options.starts > 1 ? 100 : 20,
                              .least_shift = options.starts > 1 ? 0.0 : 0.01,
                              .starts = options.starts,
                              .seed = options.seed};
    Clusters best;
    for (std::size_t k = options.groups > 0 ? options.groups : 2; k <= most; ++k) {
        Clusters tried = k_means(base.centre, base.size, std::min(k, different), lloyd);
        const auto quality = silhouette(base.centre, tried.of, tried.centre.size());
        // Where every position is a group of its own, distances within one say nothing.
        const bool enough = tried.centre.size() == k && k < different;
        out.tried.push_back({.groups = k, .silhouette = enough ? quality : std::nullopt});
        const bool better = best.centre.empty() ||
                            (enough && quality && out.silhouette && *quality > *out.silhouette);
        if (!better) continue;
        out.silhouette = enough ? quality : std::nullopt;
        best = std::move(tried);
    }
    out.converged = out.converged && best.converged;
    hand_out(out, raters, base, best);
    if (out.groups() < 2) out.why_none = "everybody who takes part ended up in one group";
    return out;
}

OpinionGroups find_opinion_groups(const VoteMatrix& votes, const std::vector<bool>& used,
                                  const GroupingOptions& options) {
    OpinionSpace space = opinion_space(votes, used, options.space);
    const std::vector<bool> all(votes.statements(), true);
    const auto raters = taking_part(votes, options.space.unused_count ? all : used, options);
    VoteGrouping groups = sort_into_groups(space, raters, options);
    return {std::move(groups), std::move(space)};
}

}  // namespace edgewise::estimate
