#include "edgewise/structure/pareto.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>

namespace edgewise::structure {
namespace {

enum class Order : std::uint8_t { equal, first, second, incomparable };

Order compare(std::span<const double> a, std::span<const double> b) {
    bool a_ahead = false;
    bool b_ahead = false;
    for (std::size_t d = 0; d < a.size(); ++d) {
        a_ahead |= a[d] > b[d];
        b_ahead |= b[d] > a[d];
    }
    if (a_ahead) return b_ahead ? Order::incomparable : Order::first;
    return b_ahead ? Order::second : Order::equal;
}

double pairs_of(std::size_t n) { return static_cast<double>(n) * static_cast<double>(n - 1) / 2; }

// Best first on the first dimension; whatever is on the front then beats all before it on the
// second. `second` is the only dimension where there is one.
void front_in_plane(const Scores& scores, std::span<std::uint8_t> mask) {
    const std::size_t second = scores.dimensions - 1;
    std::vector<std::size_t> order(scores.options);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        if (scores.at(a, 0) != scores.at(b, 0)) return scores.at(a, 0) > scores.at(b, 0);
        return scores.at(a, second) > scores.at(b, second);
    });
    double best = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < order.size();) {
        const double first = scores.at(order[i], 0);
        const double top = scores.at(order[i], second);
        for (; i < order.size() && scores.at(order[i], 0) == first; ++i) {
            mask[order[i]] = top > best && scores.at(order[i], second) == top;
        }
        best = std::max(best, top);
    }
}

// A dominating option has no smaller sum, since rounded addition is monotone, and is ahead in
// lexicographic order where the sums tie. So whatever dominates an option comes before it here.
void front_by_sum(const Scores& scores, std::span<std::uint8_t> mask) {
    std::vector<double> sum(scores.options);
    std::vector<std::size_t> order(scores.options);
    for (std::size_t i = 0; i < scores.options; ++i) {
        order[i] = i;
        for (const double x : scores.row(i)) sum[i] += x;
    }
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        if (sum[a] != sum[b]) return sum[a] > sum[b];
        return std::ranges::lexicographical_compare(scores.row(b), scores.row(a));
    });
    std::vector<std::size_t> front;
    for (const std::size_t i : order) {
        const auto row = scores.row(i);
        if (std::ranges::any_of(front,
                                [&](std::size_t f) { return dominates(scores.row(f), row); })) {
            continue;
        }
        front.push_back(i);
        mask[i] = 1;
    }
}

}  // namespace

bool dominates(std::span<const double> a, std::span<const double> b) {
    bool ahead = false;
    for (std::size_t d = 0; d < a.size(); ++d) {
        if (a[d] < b[d]) return false;
        ahead |= a[d] > b[d];
    }
    return ahead;
}

std::vector<std::uint8_t> pareto_front(const Scores& scores) {
    check(scores);
    std::vector<std::uint8_t> mask(scores.options, 0);
    if (scores.dimensions <= 2) {
        front_in_plane(scores, mask);
    } else {
        front_by_sum(scores, mask);
    }
    return mask;
}

double incomparable_share(const Scores& scores) {
    check(scores);
    if (scores.options < 2) return 0.0;
    std::uint64_t count = 0;
    for (std::size_t i = 1; i < scores.options; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            count += compare(scores.row(i), scores.row(j)) == Order::incomparable;
        }
    }
    return static_cast<double>(count) / pairs_of(scores.options);
}

ParetoViolations pareto_violations(const Scores& scores, std::span<const double> scalar) {
    check(scores);
    require(scalar.size() == scores.options, "scalar", "one number an option");
    require_finite(scalar, 1, "scalar");
    ParetoViolations out;
    for (std::size_t i = 1; i < scores.options; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const Order order = compare(scores.row(i), scores.row(j));
            ++out.pairs;
            if (order != Order::first && order != Order::second) continue;
            ++out.dominance;
            out.violated += order == Order::first ? scalar[i] < scalar[j] : scalar[j] < scalar[i];
        }
    }
    return out;
}

}  // namespace edgewise::structure
