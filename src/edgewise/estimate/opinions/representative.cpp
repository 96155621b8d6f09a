#include "edgewise/estimate/opinions/representative.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "edgewise/base/require.hpp"

namespace edgewise::estimate {
namespace {

double two_proportions(double in, double out, double seen_in, double seen_out) {
    const double a = in + 1.0, b = out + 1.0, n = seen_in + 1.0, m = seen_out + 1.0;
    const double pooled = (a + b) / (n + m);
    if (pooled == 1.0) return 0.0;
    const double spread = std::sqrt(pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m));
    return (a / n - b / m) / spread;
}

bool passes(const Representative& test) { return test.side.z > kZ90 && test.ratio_z > kZ90; }

// Both sides of a statement; the one that sets the group further apart.
struct Sides {
    Representative agree, disagree;
    const Representative& further() const {
        return agree.ratio_z > disagree.ratio_z ? agree : disagree;
    }
};

bool better_agreement(const Representative& agree, const std::optional<Representative>& best) {
    if (best && best->ratio > 1.0) return agree.strength() > best->strength();
    if (best) return agree.side.share * agree.side.z > best->side.share * best->side.z;
    return agree.side.z > kZ90 || (agree.ratio > 1.0 && agree.side.share > 0.5);
}

}  // namespace

Representative representativeness(const GroupVotes& votes, std::size_t group,
                                  std::uint32_t statement, bool agree) {
    const VoteTally& in = votes.at(group, statement);
    const VoteTally all = votes.grouped(statement);
    Representative out;
    out.side = side_test(in, statement, agree);
    const double seen = all.seen - in.seen;
    const double n = agree ? all.agree - in.agree : all.disagree - in.disagree;
    out.ratio = out.side.share / ((1.0 + n) / (2.0 + seen));
    out.ratio_z = two_proportions(out.side.n, n, in.seen, seen);
    return out;
}

std::vector<Representative> representative_statements(const GroupVotes& votes, std::size_t group,
                                                      const std::vector<bool>& listed,
                                                      std::size_t most) {
    require(listed.size() == votes.statements(), "listed", "one entry for each statement");
    require(group < votes.groups(), "group", "a group");
    std::vector<Representative> out;
    std::optional<Representative> furthest, best_agree;
    for (std::uint32_t s = 0; s < votes.statements(); ++s) {
        const VoteTally& tally = votes.at(group, s);
        if (!listed[s] || tally.seen == 0) continue;
        const Sides sides{.agree = representativeness(votes, group, s, true),
                          .disagree = representativeness(votes, group, s, false)};
        const Representative& further = sides.further();
        if (passes(sides.agree) || passes(sides.disagree)) out.push_back(further);
        if (!furthest || further.ratio_z > furthest->ratio_z) furthest = further;
        if (tally.agree + tally.disagree > 0 && better_agreement(sides.agree, best_agree)) {
            best_agree = sides.agree;
        }
    }
    if (out.empty()) {
        if (best_agree) {
            best_agree->best_agree = true;
            best_agree->significant = passes(*best_agree);
            return {*best_agree};
        }
        if (!furthest) return {};
        furthest->significant = false;
        return {*furthest};
    }
    std::ranges::stable_sort(out, std::ranges::greater{}, &Representative::strength);
    if (best_agree) {
        std::erase_if(out, [&](const Representative& other) {
            return other.side.statement == best_agree->side.statement;
        });
        best_agree->best_agree = true;
        best_agree->significant = passes(*best_agree);
        out.insert(out.begin(), *best_agree);
    }
    if (out.size() > most) out.resize(most);
    std::ranges::stable_sort(out, [](const Representative& a, const Representative& b) {
        return a.side.agree && !b.side.agree;
    });
    return out;
}

}  // namespace edgewise::estimate
