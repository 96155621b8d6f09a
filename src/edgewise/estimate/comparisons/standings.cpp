#include "edgewise/estimate/comparisons/standings.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "edgewise/base/require.hpp"

namespace edgewise::estimate {
namespace {

// Draws of the contenders of one component, contender by contender.
class Component {
public:
    Component(std::span<const std::uint32_t> members, std::span<const double> strength,
              std::span<const double> draws)
        : members_(members),
          replicates_(draws.size() / strength.size()),
          strength_(members.size()),
          error_(members.size() * replicates_) {
        for (std::size_t i = 0; i < members.size(); ++i) {
            strength_[i] = strength[members[i]];
            for (std::size_t r = 0; r < replicates_; ++r) {
                error_[r * members.size() + i] =
                    draws[r * strength.size() + members[i]] - strength_[i];
            }
        }
        set_covariance();
    }

    std::size_t size() const noexcept { return members_.size(); }
    double strength(std::size_t i) const { return strength_[i]; }
    double draw(std::size_t r, std::size_t i) const {
        return strength_[i] + error_[r * size() + i];
    }
    // Standard deviation of the difference of i and j over the draws.
    double sd(std::size_t i, std::size_t j) const {
        const double v = covariance_[i * size() + i] + covariance_[j * size() + j] -
                         2.0 * covariance_[i * size() + j];
        const double scale = covariance_[i * size() + i] + covariance_[j * size() + j];
        return v <= 1e-14 * scale ? 0.0 : std::sqrt(v);
    }

    // The quantile at `level` of the largest studentised difference: with it all pairs' intervals
    // hold together.
    double critical(double level) const {
        const std::size_t m = size();
        std::vector<double> inverse(m * m, 0.0);
        for (std::size_t i = 0; i < m; ++i) {
            for (std::size_t j = 0; j < m; ++j) {
                const double s = sd(i, j);
                inverse[i * m + j] = s > 0.0 ? 1.0 / s : 0.0;
            }
        }
        std::vector<double> largest(replicates_, 0.0);
        for (std::size_t r = 0; r < replicates_; ++r) {
            const double* error = error_.data() + r * m;
            double most = 0.0;
            for (std::size_t i = 0; i < m; ++i) {
                const double own = error[i];
                const double* scale = inverse.data() + i * m;
                for (std::size_t j = 0; j < i; ++j) {
                    const double t = std::abs(own - error[j]) * scale[j];
                    most = t > most ? t : most;
                }
            }
            largest[r] = most;
        }
        return quantile(largest, level);
    }

private:
    void set_covariance() {
        const std::size_t m = size();
        covariance_.assign(m * m, 0.0);
        std::vector<double> mean(m, 0.0), centred(m);
        for (std::size_t r = 0; r < replicates_; ++r) {
            for (std::size_t i = 0; i < m; ++i) mean[i] += error_[r * m + i];
        }
        for (double& x : mean) x /= static_cast<double>(replicates_);
        for (std::size_t r = 0; r < replicates_; ++r) {
            for (std::size_t i = 0; i < m; ++i) centred[i] = error_[r * m + i] - mean[i];
            for (std::size_t i = 0; i < m; ++i) {
                double* row = covariance_.data() + i * m;
                for (std::size_t j = 0; j < m; ++j) row[j] += centred[i] * centred[j];
            }
        }
        for (double& x : covariance_) x /= static_cast<double>(replicates_ - 1);
    }

    std::span<const std::uint32_t> members_;
    std::size_t replicates_;
    std::vector<double> strength_, error_, covariance_;
};

// p of "the two are equally strong", two-sided, the difference taken as normal.
double p_equal(double difference, double sd) {
    if (sd > 0.0) return std::min(1.0, 2.0 * normal_sf(std::abs(difference) / sd));
    return difference == 0.0 ? 1.0 : 0.0;
}

struct Neighbours {
    std::vector<std::uint32_t> upper;
    std::vector<double> p;
};

void place(std::span<const std::uint32_t> members, std::span<const double> strength,
           std::span<const double> draws, double level, std::vector<Standing>& out,
           Neighbours& neighbours) {
    const Component component(members, strength, draws);
    const std::size_t m = members.size(), replicates = draws.size() / strength.size();

    std::vector<std::size_t> order(m);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater{},
                             [&](std::size_t i) { return component.strength(i); });
    const double critical = m > 1 ? component.critical(level) : 0.0;
    std::vector<double> values(replicates);
    std::vector<std::uint64_t> best(m, 0);
    for (std::size_t r = 0; r < replicates; ++r) {
        double most = component.draw(r, 0);
        for (std::size_t i = 1; i < m; ++i) most = std::max(most, component.draw(r, i));
        for (std::size_t i = 0; i < m; ++i) best[i] += component.draw(r, i) == most ? 1U : 0U;
    }
    std::uint32_t rank = 1;
    for (std::size_t k = 0; k < m; ++k) {
        const std::size_t i = order[k];
        if (k > 0 && component.strength(order[k - 1]) != component.strength(i)) {
            rank = static_cast<std::uint32_t>(k + 1);
        }
        Standing& s = out[members[i]];
        s.strength = component.strength(i);
        s.rank = rank;
        for (std::size_t r = 0; r < replicates; ++r) values[r] = component.draw(r, i);
        std::ranges::sort(values);
        s.interval = {quantile_sorted(values, 0.5 * (1.0 - level)),
                      quantile_sorted(values, 0.5 * (1.0 + level))};
        s.p_best = static_cast<double>(best[i]) / static_cast<double>(replicates);
        std::uint32_t above = 0, below = 0;
        for (std::size_t j = 0; j < m; ++j) {
            const double lead = component.strength(i) - component.strength(j);
            const double reach = critical * component.sd(i, j);
            above += lead < -reach ? 1U : 0U;
            below += lead > reach ? 1U : 0U;
        }
        s.rank_low = 1 + above;
        s.rank_high = static_cast<std::uint32_t>(m) - below;
        if (k + 1 == m) continue;
        const std::size_t next = order[k + 1];
        s.surely_above_next =
            component.strength(i) - component.strength(next) > critical * component.sd(i, next);
        double wins = 0.0;
        for (std::size_t r = 0; r < replicates; ++r) {
            const double lead = component.draw(r, i) - component.draw(r, next);
            wins += lead > 0.0 ? 1.0 : lead == 0.0 ? 0.5 : 0.0;
        }
        s.p_above_next = wins / static_cast<double>(replicates);
        neighbours.upper.push_back(members[i]);
        neighbours.p.push_back(
            p_equal(component.strength(i) - component.strength(next), component.sd(i, next)));
    }
}

}  // namespace

std::vector<Standing> standings(std::span<const double> strength, std::span<const double> draws,
                                std::span<const std::uint32_t> component, double level) {
    const std::size_t n = strength.size();
    require(level > 0.0 && level < 1.0, "level", "a number between 0 and 1");
    require(component.empty() || component.size() == n, "component", "none or one a contender");
    if (n == 0) return {};
    require(draws.size() % n == 0 && draws.size() / n >= 2, "draws",
            "at least two rows, one number a contender");
    require_finite(strength, n, "strength");
    require_finite(draws, n, "draws");

    std::vector<std::uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0U);
    if (!component.empty()) {
        std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return component[i]; });
    }
    std::vector<Standing> out(n);
    Neighbours neighbours;
    for (std::size_t begin = 0; begin < n;) {
        std::size_t end = begin + 1;
        while (end < n && (component.empty() || component[order[end]] == component[order[begin]])) {
            ++end;
        }
        place(std::span(order).subspan(begin, end - begin), strength, draws, level, out,
              neighbours);
        begin = end;
    }
    const std::vector<double> adjusted = holm(neighbours.p);
    for (std::size_t k = 0; k < adjusted.size(); ++k) {
        out[neighbours.upper[k]].apart_from_next = adjusted[k] < 1.0 - level;
    }
    return out;
}

}  // namespace edgewise::estimate
