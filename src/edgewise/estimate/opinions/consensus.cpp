#include "edgewise/estimate/opinions/consensus.hpp"

#include <algorithm>
#include <cmath>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/random.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/base/rng.hpp"

namespace edgewise::estimate {
namespace {

std::optional<double> least_bound(const GroupVotes& votes, std::size_t statement,
                                  std::uint32_t VoteTally::* side, double alpha) {
    require(alpha > 0.0 && alpha < 1.0, "alpha", "a number between 0 and 1");
    if (votes.groups() == 0) return std::nullopt;
    double least = 1.0;
    for (std::size_t g = 0; g < votes.groups(); ++g) {
        const VoteTally& tally = votes.at(g, statement);
        least = std::min(least, beta_quantile(alpha / static_cast<double>(votes.groups()),
                                              1.0 + tally.*side, 1.0 + (tally.seen - tally.*side)));
    }
    return least;
}

}  // namespace

double group_informed_consensus(const GroupVotes& votes, std::size_t statement) {
    double out = 1.0;
    for (std::size_t g = 0; g < votes.groups(); ++g) {
        const VoteTally& tally = votes.at(g, statement);
        out *= (tally.agree + 1.0) / (tally.seen + 2.0);
    }
    return out;
}

Interval group_informed_consensus_interval(const GroupVotes& votes, std::size_t statement,
                                           double confidence, std::size_t draws,
                                           std::uint64_t seed) {
    require(confidence > 0.0 && confidence < 1.0, "confidence", "a number between 0 and 1");
    require(draws > 0, "draws", "at least one");
    Rng rng(seed, statement);
    std::vector<double> product(draws, 1.0);
    for (std::size_t g = 0; g < votes.groups(); ++g) {
        const VoteTally& tally = votes.at(g, statement);
        const double a = 1.0 + tally.agree, b = 1.0 + (tally.seen - tally.agree);
        for (double& p : product) p *= next_beta(rng, a, b);
    }
    std::ranges::sort(product);
    const double tail = (1.0 - confidence) / 2.0;
    return {.low = quantile_sorted(product, tail), .high = quantile_sorted(product, 1.0 - tail)};
}

std::optional<double> consensus_bound(const GroupVotes& votes, std::size_t statement,
                                      double alpha) {
    return least_bound(votes, statement, &VoteTally::agree, alpha);
}

std::optional<double> dissent_bound(const GroupVotes& votes, std::size_t statement, double alpha) {
    return least_bound(votes, statement, &VoteTally::disagree, alpha);
}

SideTest side_test(const VoteTally& tally, std::uint32_t statement, bool agree) {
    SideTest out{.statement = statement,
                 .agree = agree,
                 .n = agree ? tally.agree : tally.disagree,
                 .seen = tally.seen};
    const double seen = tally.seen;
    out.share = (out.n + 1.0) / (seen + 2.0);
    out.z = 2.0 * std::sqrt(seen + 1.0) * ((out.n + 1.0) / (seen + 1.0) - 0.5);
    return out;
}

std::vector<SideTest> consensus_statements(const GroupVotes& votes, const std::vector<bool>& listed,
                                           bool agree, std::size_t most) {
    require(listed.size() == votes.statements(), "listed", "one entry for each statement");
    std::vector<SideTest> out;
    for (std::uint32_t s = 0; s < votes.statements(); ++s) {
        if (!listed[s]) continue;
        const SideTest test = side_test(votes.everybody(s), s, agree);
        if (test.share > 0.5 && test.z > kZ90) out.push_back(test);
    }
    std::ranges::stable_sort(out, std::ranges::greater{},
                             [](const SideTest& test) { return test.share * test.z; });
    if (out.size() > most) out.resize(most);
    return out;
}

}  // namespace edgewise::estimate
