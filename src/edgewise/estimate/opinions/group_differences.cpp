#include "edgewise/estimate/opinions/group_differences.hpp"

#include "edgewise/base/distributions.hpp"

namespace edgewise::estimate {

GroupDifference group_difference(const GroupVotes& votes, std::size_t statement,
                                 std::uint32_t least) {
    GroupDifference out;
    double n = 0.0, sum = 0.0, squares = 0.0, of_means = 0.0, groups = 0.0;
    for (std::size_t g = 0; g < votes.groups(); ++g) {
        const VoteTally& tally = votes.at(g, statement);
        if (tally.seen == 0 || tally.seen < least) continue;
        const double agree = tally.agree, disagree = tally.disagree, seen = tally.seen;
        n += seen;
        sum += agree - disagree;
        squares += agree + disagree;
        of_means += (agree - disagree) * (agree - disagree) / seen;
        groups += 1.0;
    }
    if (groups < 2.0 || n <= groups) return out;
    out.total = squares - sum * sum / n;
    if (!(out.total > 1e-9 * n)) return out;
    out.between = of_means - sum * sum / n;
    out.between = out.between < 0.0 ? 0.0 : out.between;
    const double within = out.total > out.between ? out.total - out.between : 0.0;
    out.chance = (groups - 1.0) * within / (n - groups);
    out.p = chi_squared_sf((n - 1.0) * out.between / out.total, groups - 1.0);
    out.defined = true;
    return out;
}

}  // namespace edgewise::estimate
