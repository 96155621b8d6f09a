#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "edgewise/estimate/opinions/opinion_space.hpp"

namespace edgewise::estimate {

inline constexpr std::uint16_t kNoOpinionGroup = 0xFFFF;

struct GroupingOptions {
    std::size_t least_votes = 7;    // a rater with fewer takes no part, unless few statements exist
    std::size_t least_raters = 15;  // so many take part if they can: those with most votes
    std::size_t base_clusters = 100;
    std::size_t groups = 0;  // 0: by silhouette, 2 to most_groups
    std::size_t most_groups = 5;
    int starts = 10;  // of k-means on the base clusters; 1: Polis' start alone
    std::uint64_t seed = 1;
    SpaceOptions space;
};

struct TriedGroups {
    std::size_t groups = 0;
    std::optional<double> silhouette;  // over base clusters; empty: not so many distinct positions
};

// Raters sorted into opinion groups, the largest first.
struct Grouping {
    std::vector<std::uint16_t> of;  // rater -> group or kNoOpinionGroup
    std::vector<std::size_t> size;  // group -> raters
    std::vector<Point> centre;
    std::vector<TriedGroups> tried;    // one for each number of groups
    std::optional<double> silhouette;  // of the number chosen
    std::size_t base_clusters = 0;
    std::size_t taking_part = 0;
    bool converged = true;
    std::string why_none;  // why there are fewer than two groups; empty: there are

    std::size_t groups() const noexcept { return size.size(); }
};

struct OpinionGroups : Grouping {
    OpinionSpace space;
};

// Who takes part: at least min(least_votes, statements) votes; if fewer than least_raters have so
// many, those with the most votes, the earlier of equals. Ascending. O(raters log raters).
std::vector<std::uint32_t> taking_part(const VoteMatrix& votes, const std::vector<bool>& counted,
                                       const GroupingOptions& options);

// As Polis groups those who take part (`raters`, ascending) by where they stand: k-means into at
// most `base_clusters`, k-means on these weighted by their size for each number of groups up to
// min(most_groups, 2 + base / 12), the number whose mean silhouette is largest (the smaller of
// equals). Polis adds a smoother that waits until a number was best four times running; one run has
// no history. Deterministic. Fewer than two groups only where fewer than two positions differ.
// O(raters * base_clusters) an iteration.
Grouping sort_into_groups(const OpinionSpace& space, std::span<const std::uint32_t> raters,
                          const GroupingOptions& options = {});

// The whole way from votes to groups.
OpinionGroups find_opinion_groups(const VoteMatrix& votes, const std::vector<bool>& used,
                                  const GroupingOptions& options = {});

}  // namespace edgewise::estimate
