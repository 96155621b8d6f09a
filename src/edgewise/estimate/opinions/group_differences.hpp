#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "edgewise/estimate/opinions/group_votes.hpp"

namespace edgewise::estimate {

// How differently groups vote on one statement: votes (-1, 0, 1) in a one-way layout.
struct GroupDifference {
    double between = 0.0;  // sum of squares between the groups' means
    double total = 0.0;    // sum of squares about the mean of all
    double chance = 0.0;   // what `between` is on average if groups mean nothing: see below
    double p = 1.0;        // chi-squared with groups - 1 of (n - 1) between / total
    bool defined = false;  // two groups voted, and not all alike

    // Share of the variety of votes that lies between groups, corrected for chance: epsilon squared
    // (Kelley 1935, PNAS 21), (between - (G - 1) within / (n - G)) / total. At most 1; its mean is
    // 0 where groups mean nothing, so it may be negative.
    double share() const noexcept { return defined ? (between - chance) / total : 0.0; }
};

// `least`: a group with fewer votes on it is left out. The statistic (n - 1) eta^2 has mean G - 1
// under every permutation of the votes (Kruskal and Wallis 1952 for ranks). O(groups).
GroupDifference group_difference(const GroupVotes& votes, std::size_t statement,
                                 std::uint32_t least = 1);

// Many statements together: sum of (between - chance) over sum of totals. Empty: none is defined.
class SharedDifference {
public:
    void add(const GroupDifference& each) noexcept {
        if (!each.defined) return;
        excess_ += each.between - each.chance;
        total_ += each.total;
    }
    std::optional<double> share() const noexcept {
        if (!(total_ > 0.0)) return std::nullopt;
        return excess_ / total_;
    }

private:
    double excess_ = 0.0, total_ = 0.0;
};

}  // namespace edgewise::estimate
