#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "edgewise/estimate/opinions/consensus.hpp"
#include "edgewise/estimate/opinions/group_votes.hpp"

namespace edgewise::estimate {

// A statement that sets a group apart from the others.
struct Representative {
    SideTest side;       // in the group
    double ratio = 1.0;  // share in the group over that among the others, both with +1 and +2
    double ratio_z = 0.0;
    // The statement that the group agrees with and that sets it apart best: always shown first.
    bool best_agree = false;
    // False: no statement passed both tests; this is merely the most telling one.
    bool significant = true;

    double strength() const noexcept { return ratio * ratio_z * side.share * side.z; }
};

// The tests of one group and statement, agreeing or disagreeing:
//   ratio = share / ((1 + n_others) / (2 + seen_others))
//   ratio_z: two proportions (n + 1) / (seen + 1) in and out, pooled; 0 where the pooled share is 1
// Others are the members of all other groups. O(groups).
Representative representativeness(const GroupVotes& votes, std::size_t group,
                                  std::uint32_t statement, bool agree);

// At most `most` statements that represent a group, chosen as Polis chooses them: those whose side
// is significant in itself and against the others (both z > 1.2816), by strength; the best one that
// the group agrees with goes first; at last agreements before disagreements. Where none passes, the
// one statement with the largest ratio_z. `listed`: statements to consider. O(statements * groups).
std::vector<Representative> representative_statements(const GroupVotes& votes, std::size_t group,
                                                      const std::vector<bool>& listed,
                                                      std::size_t most = 5);

}  // namespace edgewise::estimate
