#include "edgewise/estimate/opinions/group_votes.hpp"

#include "edgewise/base/require.hpp"

namespace edgewise::estimate {

GroupVotes::GroupVotes(const VoteMatrix& votes, std::span<const std::uint16_t> group_of,
                       std::size_t groups)
    : groups_(groups), tally_(groups * votes.statements()), everybody_(votes.statements()) {
    require(group_of.size() == votes.raters(), "group_of", "one entry for each rater");
    const auto add = [](VoteTally& tally, std::int8_t value) {
        tally.agree += value > 0 ? 1U : 0U;
        tally.disagree += value < 0 ? 1U : 0U;
        ++tally.seen;
    };
    for (std::size_t s = 0; s < votes.statements(); ++s) {
        const auto line = votes.on_statement(s);
        for (std::size_t k = 0; k < line.index.size(); ++k) {
            add(everybody_[s], line.value[k]);
            const std::size_t g = group_of[line.index[k]];
            if (g < groups) add(tally_[g * everybody_.size() + s], line.value[k]);
        }
    }
}

VoteTally GroupVotes::grouped(std::size_t statement) const noexcept {
    VoteTally out;
    for (std::size_t g = 0; g < groups_; ++g) {
        const VoteTally& part = at(g, statement);
        out.agree += part.agree;
        out.disagree += part.disagree;
        out.seen += part.seen;
    }
    return out;
}

}  // namespace edgewise::estimate
