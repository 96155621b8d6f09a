#include "edgewise/estimate/opinions/priority.hpp"

#include <cmath>

namespace edgewise::estimate {

double statement_priority(const VoteTally& tally, double extremity, bool meta) {
    constexpr double kMeta = 7.0;
    if (meta) return kMeta * kMeta;
    const double seen = tally.seen;
    const double passed = seen - tally.agree - tally.disagree;
    const double importance = (1.0 - (passed + 1.0) / (seen + 2.0)) * (extremity + 1.0) *
                              ((tally.agree + 1.0) / (seen + 2.0));
    const double root = importance * (1.0 + 8.0 * std::exp2(-seen / 5.0));
    return root * root;
}

}  // namespace edgewise::estimate
