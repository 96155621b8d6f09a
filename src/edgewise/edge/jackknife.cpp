#include "edgewise/edge/jackknife.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace edgewise::edge {
namespace {

// Deletes one cluster at a time: `value_without(k)` for k < clusters, NaN where nothing is left.
template <class Without>
double jackknife_se(std::size_t clusters, Without&& value_without) {
    double sum = 0.0;
    double squares = 0.0;
    double count = 0.0;
    double origin = 0.0;  // differences from a typical value: no cancellation
    for (std::size_t k = 0; k < clusters; ++k) {
        const double value = value_without(k);
        if (!std::isfinite(value)) continue;
        if (count == 0.0) origin = value;
        sum += value - origin;
        squares += (value - origin) * (value - origin);
        count += 1.0;
    }
    if (count < 2.0) return 0.0;
    const double spread = std::max(0.0, squares - sum * sum / count);
    return std::sqrt((count - 1.0) / count * spread);
}

struct Alpha {
    double disagreement = 0.0;  // Do
    double n = 0.0;
    double sum = 0.0;
    double squares = 0.0;

    Alpha minus(const Alpha& o) const noexcept {
        return {disagreement - o.disagreement, n - o.n, sum - o.sum, squares - o.squares};
    }
    Alpha& operator+=(const Alpha& o) noexcept {
        disagreement += o.disagreement;
        n += o.n;
        sum += o.sum;
        squares += o.squares;
        return *this;
    }
    double value() const noexcept {
        const double expected = 2.0 * (n * squares - sum * sum) / (n - 1.0);
        return n < 2.0 || expected <= 1e-12 ? std::nan("") : 1.0 - disagreement / expected;
    }
};

// A unit's share from its count, sum and sum of squares; nothing if it cannot be paired.
Alpha unit(double m, double sum, double squares) noexcept {
    if (m < 2.0) return {};
    return {2.0 * std::max(0.0, m * squares - sum * sum) / (m - 1.0), m, sum, squares};
}

// Pairs of raters of one item, and their squared differences.
struct Pairs {
    double within = 0.0, across = 0.0, within_pairs = 0.0, across_pairs = 0.0;
};

// Items' pairs under the weights of Mantel and Haenszel.
struct Matched {
    double within = 0.0, across = 0.0, weight = 0.0;

    Matched minus(const Matched& o) const noexcept {
        return {within - o.within, across - o.across, weight - o.weight};
    }
    Matched& operator+=(const Matched& o) noexcept {
        within += o.within;
        across += o.across;
        weight += o.weight;
        return *this;
    }
    double ratio() const noexcept {
        if (weight <= 1e-9 || within <= 1e-12 * weight) return std::nan("");
        return across / within;
    }
};

Matched matched(const Pairs& item) noexcept {
    const double pairs = item.within_pairs + item.across_pairs;
    if (pairs < 0.5) return {};
    return {item.within * item.across_pairs / pairs, item.across * item.within_pairs / pairs,
            item.within_pairs * item.across_pairs / pairs};
}

}  // namespace

double Clustered::se() const noexcept { return std::sqrt(se_rater * se_rater + se_item * se_item); }

Interval Clustered::interval() const noexcept {
    constexpr double kZ = 1.959963984540054;
    return {value - kZ * se(), value + kZ * se()};
}

std::optional<Clustered> krippendorff_alpha(const estimate::DimensionView& view,
                                            std::size_t raters) {
    Alpha total;
    std::vector<Alpha> of_unit;
    std::vector<Alpha> of_rater(raters);
    for (std::size_t item = 0; item < view.items(); ++item) {
        const auto u = view.utilities(item);
        const auto who = view.raters(item);
        if (u.size() < 2) continue;
        const auto m = static_cast<double>(u.size());
        double sum = 0.0;
        double squares = 0.0;
        for (const double x : u) {
            sum += x;
            squares += x * x;
        }
        const Alpha whole = unit(m, sum, squares);
        total += whole;
        of_unit.push_back(whole);
        for (std::size_t i = 0; i < u.size(); ++i) {
            const double x = u[i];
            of_rater[who[i]] += whole.minus(unit(m - 1.0, sum - x, squares - x * x));
        }
    }
    if (!std::isfinite(total.value())) return std::nullopt;
    Clustered out;
    out.value = total.value();
    std::erase_if(of_rater, [](const Alpha& a) { return a.n == 0.0; });
    out.se_item = jackknife_se(of_unit.size(),
                               [&](std::size_t k) { return total.minus(of_unit[k]).value(); });
    out.se_rater = jackknife_se(of_rater.size(),
                                [&](std::size_t k) { return total.minus(of_rater[k]).value(); });
    return out;
}

std::optional<Clustered> disagreement_ratio(const GroupedView& view, const Labels& labels) {
    struct Sums {
        double n = 0.0, sum = 0.0, squares = 0.0;
        // Sum of squared differences between x and everybody here.
        double from(double x) const noexcept { return n * x * x - 2.0 * x * sum + squares; }
    };
    const auto label = labels.row(0);
    Matched total;
    std::vector<Matched> of_item(view.item.size());
    std::vector<Matched> of_rater(labels.raters);
    std::vector<std::uint8_t> active(labels.raters);
    std::vector<Sums> group(labels.groups);
    for (std::size_t r = 0; r < view.item.size(); ++r) {
        group.assign(labels.groups, {});
        Sums all;
        for (std::size_t i = view.begin[r]; i < view.begin[r + 1]; ++i) {
            const double u = view.utility[i];
            for (Sums* s : {&all, &group[label[view.rater[i]]]}) {
                s->n += 1.0;
                s->sum += u;
                s->squares += u * u;
            }
        }
        Pairs item;
        for (const Sums& g : group) {
            item.within += g.n * g.squares - g.sum * g.sum;
            item.within_pairs += 0.5 * g.n * (g.n - 1.0);
        }
        item.across = all.n * all.squares - all.sum * all.sum - item.within;
        item.across_pairs = 0.5 * all.n * (all.n - 1.0) - item.within_pairs;
        of_item[r] = matched(item);
        total += of_item[r];
        for (std::size_t i = view.begin[r]; i < view.begin[r + 1]; ++i) {
            const double u = view.utility[i];
            const Sums& own = group[label[view.rater[i]]];
            const Pairs rest{item.within - own.from(u), item.across - all.from(u) + own.from(u),
                             item.within_pairs - (own.n - 1.0),
                             item.across_pairs - (all.n - own.n)};
            of_rater[view.rater[i]] += of_item[r].minus(matched(rest));
            active[view.rater[i]] = 1;
        }
    }
    if (!std::isfinite(total.ratio())) return std::nullopt;
    Clustered out;
    out.value = total.ratio();
    out.se_item = jackknife_se(of_item.size(),
                               [&](std::size_t k) { return total.minus(of_item[k]).ratio(); });
    out.se_rater = jackknife_se(of_rater.size(), [&](std::size_t k) {
        return active[k] != 0 ? total.minus(of_rater[k]).ratio() : std::nan("");
    });
    return out;
}

}  // namespace edgewise::edge
