#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/opinions/group_votes.hpp"

namespace edgewise::estimate {

// How far all groups agree with a statement: prod_g (A_g + 1) / (S_g + 2), A_g of the S_g members
// who saw it agreeing (group-informed consensus; Small et al. 2021). In (0, 1); 2^-groups where
// nobody saw it, which is not the same as dissent: see `consensus_bound`. O(groups).
double group_informed_consensus(const GroupVotes& votes, std::size_t statement);

// The same product's equal-tailed interval where each factor is Beta(1 + A_g, 1 + S_g - A_g), by
// `draws` draws from streams of (seed, statement). O(draws * groups).
Interval group_informed_consensus_interval(const GroupVotes& votes, std::size_t statement,
                                           double confidence, std::size_t draws,
                                           std::uint64_t seed);

// A share of agreement that every group exceeds, all at once, with probability at least 1 - alpha:
// min_g Beta^-1(alpha / G; 1 + A_g, 1 + S_g - A_g) (LCB consensus, ours; DESIGN section 8). A
// statement that few people saw gets little. Empty without groups. O(groups).
std::optional<double> consensus_bound(const GroupVotes& votes, std::size_t statement,
                                      double alpha = 0.1);
// The same of disagreement: what every group rejects.
std::optional<double> dissent_bound(const GroupVotes& votes, std::size_t statement,
                                    double alpha = 0.1);

// What one group, or everybody, thinks of a statement, as Polis' tests see it.
//   p = (n + 1) / (seen + 2); test z = 2 sqrt(seen + 1) ((n + 1) / (seen + 1) - 1/2)
struct SideTest {
    std::uint32_t statement = 0;
    bool agree = true;  // the side tested
    std::uint32_t n = 0;
    std::uint32_t seen = 0;
    double share = 0.5;
    double z = 0.0;
};
SideTest side_test(const VoteTally& tally, std::uint32_t statement, bool agree);

inline constexpr double kZ90 = 1.2816;  // one-sided 10 %, as Polis rounds it

// Statements on which everybody who voted agrees (or disagrees) in the majority, significantly
// (share > 1/2 and z > 1.2816), ordered by share * z, at most `most`. `listed`: statements to
// consider. O(statements log statements).
std::vector<SideTest> consensus_statements(const GroupVotes& votes, const std::vector<bool>& listed,
                                           bool agree, std::size_t most = 5);

}  // namespace edgewise::estimate
