// check_unanimity() of linear_reward.hpp.

#include <algorithm>
#include <cmath>
#include <tuple>

#include "edgewise/base/require.hpp"
#include "edgewise/estimate/comparisons/linear_reward.hpp"

namespace edgewise::estimate {

UnanimityCheck check_unanimity(const Contests& contests, const Features& features,
                               const LinearReward& fit, std::span<const double> tabular,
                               std::uint32_t least_raters) {
    require(least_raters >= 1, "least_raters", "1 or more");
    require(tabular.size() == contests.contenders() && fit.theta.size() == tabular.size(),
            "tabular", "one strength for each contender");
    const std::vector<std::uint32_t> row = feature_rows(features, contests.contender);
    struct Vote {
        std::uint32_t low, high;  // contenders
        Id rater;
        std::int8_t for_low;  // 1, -1, 0 for a tie
    };
    std::vector<Vote> votes;
    for (std::size_t k = 0; k < contests.size(); ++k) {
        const std::uint32_t i = contests.first[k], j = contests.second[k];
        if (!fit.has_features[i] || !fit.has_features[j]) continue;
        if (!contests.weight.empty() && contests.weight[k] == 0.0F) continue;
        const std::int8_t first = contests.outcome[k] == Outcome::first    ? std::int8_t{1}
                                  : contests.outcome[k] == Outcome::second ? std::int8_t{-1}
                                                                           : std::int8_t{0};
        votes.push_back({std::min(i, j), std::max(i, j), contests.rater[k],
                         i < j ? first : static_cast<std::int8_t>(-first)});
    }
    std::ranges::sort(votes, {}, [](const Vote& v) { return std::tuple(v.low, v.high, v.rater); });
    UnanimityCheck out{.least_raters = least_raters};
    const std::size_t d = fit.coefficients.size();
    for (std::size_t k = 0; k < votes.size();) {
        std::uint32_t raters = 0;
        bool low = true, high = true;
        const std::size_t begin = k;
        for (; k < votes.size() && votes[k].low == votes[begin].low &&
               votes[k].high == votes[begin].high;
             ++k) {
            raters += k == begin || votes[k].rater != votes[k - 1].rater ? 1U : 0U;
            low = low && votes[k].for_low == 1;
            high = high && votes[k].for_low == -1;
        }
        if (raters < least_raters) continue;
        ++out.pairs;
        if (!low && !high) continue;
        ++out.unanimous;
        Reversal one{.winner = low ? votes[begin].low : votes[begin].high,
                     .loser = low ? votes[begin].high : votes[begin].low,
                     .raters = raters,
                     .comparisons = k - begin};
        one.reward_margin = fit.theta[one.winner] - fit.theta[one.loser];
        one.tabular_margin = tabular[one.winner] - tabular[one.loser];
        if (one.reward_margin > 0.0) continue;
        if (!(one.tabular_margin > 0.0)) {
            ++out.reversed_by_both;
            continue;
        }
        const auto a = features.row(row[one.winner]), b = features.row(row[one.loser]);
        double variance = 0.0;
        for (std::size_t f = 0; f < d; ++f) {
            for (std::size_t g = 0; g < d; ++g) {
                variance += (a[f] - b[f]) * (a[g] - b[g]) * fit.covariance[f * d + g];
            }
        }
        one.reward_se = std::sqrt(std::max(0.0, variance));
        out.reversals.push_back(one);
    }
    std::ranges::sort(out.reversals, [](const Reversal& a, const Reversal& b) {
        if (a.raters != b.raters) return a.raters > b.raters;
        return a.reward_margin < b.reward_margin;
    });
    return out;
}

}  // namespace edgewise::estimate
