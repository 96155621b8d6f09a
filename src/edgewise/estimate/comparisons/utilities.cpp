#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "edgewise/base/require.hpp"
#include "edgewise/estimate/comparisons/bradley_terry.hpp"

namespace edgewise::estimate {
namespace {

constexpr std::size_t kMostDirect = 2'000;
constexpr double kGrid = 0.05;

double beats(const BradleyTerryFit& fit, double x, double y) {
    const PairProbability p = probability(fit, x, y);
    return p.first + 0.5 * p.tie;
}

// The sum over `members` of P(x beats member) + P(tie) / 2, a smooth function of x.
double field(const BradleyTerryFit& fit, std::span<const double> members, double x) {
    double sum = 0.0;
    for (const double y : members) sum += beats(fit, x, y);
    return sum;
}

// Members of one component, ascending, to sums over all of them, each itself included (1/2).
std::vector<double> sums(const BradleyTerryFit& fit, std::span<const double> members) {
    std::vector<double> out;
    out.reserve(members.size());
    if (members.size() <= kMostDirect) {
        for (const double x : members) out.push_back(field(fit, members, x));
        return out;
    }
    // Lagrange's cubic through the four grid points around x; cells without members cost nothing,
    // and points are taken over from one cell to the next.
    double cell = std::numeric_limits<double>::quiet_NaN();
    double at[4] = {};
    for (const double x : members) {
        const double own = std::floor(x / kGrid);
        if (own != cell) {
            const double ahead = own - cell;  // NaN at first: nothing is kept
            for (int k = 0; k < 4; ++k) {
                const double from = k + ahead;
                at[k] = ahead <= 3.0 && from <= 3.0 ? at[static_cast<int>(from)]
                                                    : field(fit, members, (own + k - 1.0) * kGrid);
            }
            cell = own;
        }
        const double t = x / kGrid - own;
        out.push_back(-at[0] * t * (t - 1.0) * (t - 2.0) / 6.0 +
                      at[1] * (t + 1.0) * (t - 1.0) * (t - 2.0) / 2.0 -
                      at[2] * (t + 1.0) * t * (t - 2.0) / 2.0 +
                      at[3] * (t + 1.0) * t * (t - 1.0) / 6.0);
    }
    return out;
}

}  // namespace

std::vector<double> utilities(const BradleyTerryFit& fit, std::span<const double> theta) {
    require(theta.size() == fit.component.size(), "theta", "one log-strength a contender");
    std::vector<std::uint32_t> order(theta.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, [&](std::uint32_t i, std::uint32_t j) {
        return std::tuple(fit.component[i], theta[i], i) <
               std::tuple(fit.component[j], theta[j], j);
    });
    std::vector<double> out(theta.size(), 0.5), members;
    for (std::size_t begin = 0; begin < order.size();) {
        members.clear();
        std::size_t end = begin;
        for (; end < order.size() && fit.component[order[end]] == fit.component[order[begin]];
             ++end) {
            members.push_back(theta[order[end]]);
        }
        if (members.size() > 1) {
            const std::vector<double> sum = sums(fit, members);
            const double others = static_cast<double>(members.size() - 1);
            for (std::size_t k = begin; k < end; ++k) {
                out[order[k]] = std::clamp((sum[k - begin] - 0.5) / others, 0.0, 1.0);
            }
        }
        begin = end;
    }
    return out;
}

}  // namespace edgewise::estimate
