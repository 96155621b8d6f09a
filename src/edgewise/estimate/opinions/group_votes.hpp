#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/estimate/opinions/vote_matrix.hpp"

namespace edgewise::estimate {

struct VoteTally {
    std::uint32_t agree = 0;
    std::uint32_t disagree = 0;
    std::uint32_t seen = 0;  // agree, disagree and pass
    friend bool operator==(const VoteTally&, const VoteTally&) = default;
};

// How each group voted on each statement, in one block: group after group.
class GroupVotes {
public:
    // `group_of`: rater -> group, anything from `groups` up is in none. O(votes).
    GroupVotes(const VoteMatrix& votes, std::span<const std::uint16_t> group_of,
               std::size_t groups);

    std::size_t groups() const noexcept { return groups_; }
    std::size_t statements() const noexcept { return everybody_.size(); }
    const VoteTally& at(std::size_t group, std::size_t statement) const noexcept {
        return tally_[group * everybody_.size() + statement];
    }
    // All raters, those in no group too.
    const VoteTally& everybody(std::size_t statement) const noexcept {
        return everybody_[statement];
    }
    // All groups together.
    VoteTally grouped(std::size_t statement) const noexcept;

private:
    std::size_t groups_;
    std::vector<VoteTally> tally_, everybody_;
};

}  // namespace edgewise::estimate
