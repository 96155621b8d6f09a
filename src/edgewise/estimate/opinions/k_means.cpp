#include "edgewise/estimate/opinions/k_means.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "edgewise/base/require.hpp"
#include "edgewise/base/rng.hpp"

namespace edgewise::estimate {
namespace {

double squared(const Point& a, const Point& b) {
    const double x = a[0] - b[0], y = a[1] - b[1];
    return x * x + y * y;
}

std::vector<Point> first_distinct(std::span<const Point> points, std::size_t k) {
    std::vector<Point> out;
    for (const Point& point : points) {
        if (out.size() == k) break;
        if (std::ranges::find(out, point) == out.end()) out.push_back(point);
    }
    return out;
}

std::vector<Point> plus_plus(std::span<const Point> points, std::span<const double> weights,
                             std::size_t k, Rng& rng) {
    std::vector<Point> out;
    std::vector<double> mass(weights.begin(), weights.end()), nearest(points.size());
    std::ranges::fill(nearest, std::numeric_limits<double>::infinity());
    while (out.size() < k) {
        double total = 0.0;
        for (const double m : mass) total += m;
        if (!(total > 0.0)) break;
        double left = rng.next_unit() * total;
        std::size_t at = 0;
        while (at + 1 < mass.size() && left >= mass[at]) left -= mass[at++];
        while (mass[at] <= 0.0) --at;  // rounding may have carried it past the last with any mass
        out.push_back(points[at]);
        for (std::size_t i = 0; i < points.size(); ++i) {
            nearest[i] = std::min(nearest[i], squared(points[i], out.back()));
            mass[i] = weights[i] * nearest[i];
        }
    }
    return out;
}

// Puts each point to its nearest centre; true if any changed.
bool assign(std::span<const Point> points, const std::vector<Point>& centre,
            std::vector<std::uint32_t>& of) {
    bool changed = false;
    for (std::size_t i = 0; i < points.size(); ++i) {
        std::uint32_t best = 0;
        double least = squared(points[i], centre[0]);
        for (std::uint32_t c = 1; c < centre.size(); ++c) {
            const double d = squared(points[i], centre[c]);
            if (d < least) {
                least = d;
                best = c;
            }
        }
        changed = changed || of[i] != best;
        of[i] = best;
    }
    return changed;
}

// Moves centres to the means of their points, drops those that have none; the furthest move.
double move(std::span<const Point> points, std::span<const double> weights,
            std::vector<Point>& centre, std::vector<std::uint32_t>& of) {
    std::vector<Point> sum(centre.size(), Point{});
    std::vector<double> mass(centre.size(), 0.0);
    for (std::size_t i = 0; i < points.size(); ++i) {
        sum[of[i]][0] += weights[i] * points[i][0];
        sum[of[i]][1] += weights[i] * points[i][1];
        mass[of[i]] += weights[i];
    }
    double furthest = 0.0;
    std::vector<std::uint32_t> renumbered(centre.size(), 0);
    std::vector<Point> kept;
    for (std::size_t c = 0; c < centre.size(); ++c) {
        renumbered[c] = static_cast<std::uint32_t>(kept.size());
        if (!(mass[c] > 0.0)) continue;
        const Point to{sum[c][0] / mass[c], sum[c][1] / mass[c]};
        furthest = std::max(furthest, std::sqrt(squared(to, centre[c])));
        kept.push_back(to);
    }
    if (kept.size() < centre.size()) {
        for (std::uint32_t& c : of) c = renumbered[c];
    }
    centre = std::move(kept);
    return furthest;
}

Clusters run(std::span<const Point> points, std::span<const double> weights,
             std::vector<Point> start, const KMeansOptions& options) {
    Clusters out;
    out.centre = std::move(start);
    out.of.assign(points.size(), 0);
    assign(points, out.centre, out.of);
    while (out.iterations < options.most_iterations && !out.converged) {
        ++out.iterations;
        const double furthest = move(points, weights, out.centre, out.of);
        out.converged = furthest < options.least_shift;
        if (!assign(points, out.centre, out.of)) out.converged = true;
    }
    for (std::size_t i = 0; i < points.size(); ++i) {
        out.within += weights[i] * squared(points[i], out.centre[out.of[i]]);
    }
    return out;
}

}  // namespace

Clusters k_means(std::span<const Point> points, std::span<const double> weights, std::size_t k,
                 const KMeansOptions& options) {
    require(k >= 1, "k", "at least one cluster");
    require(weights.size() == points.size(), "weights", "one for each point");
    for (const double w : weights) require(w > 0.0 && std::isfinite(w), "weights", "positive ones");
    if (points.empty()) return {.of = {}, .centre = {}, .converged = true};
    Clusters best = run(points, weights, first_distinct(points, k), options);
    for (int start = 1; start < options.starts; ++start) {
        constexpr std::uint64_t kStreams = std::uint64_t{2} << 60U;
        Rng rng(options.seed,
                kStreams | (std::uint64_t{k} << 32U) | static_cast<std::uint32_t>(start));
        Clusters other = run(points, weights, plus_plus(points, weights, k, rng), options);
        // By more than rounding, and without losing clusters.
        if (other.centre.size() >= best.centre.size() &&
            other.within < best.within * (1.0 - 1e-9)) {
            best = std::move(other);
        }
    }
    return best;
}

std::optional<double> silhouette(std::span<const Point> points,
                                 std::span<const std::uint32_t> cluster, std::size_t clusters) {
    require(cluster.size() == points.size(), "cluster", "one for each point");
    std::vector<double> size(clusters, 0.0), distance(clusters);
    for (const std::uint32_t c : cluster) {
        require(c < clusters, "cluster", "a number below the number of clusters");
        size[c] += 1.0;
    }
    if (std::ranges::count_if(size, [](double n) { return n > 0.0; }) < 2) return std::nullopt;
    double sum = 0.0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const std::uint32_t own = cluster[i];
        if (size[own] < 2.0) continue;
        std::ranges::fill(distance, 0.0);
        for (std::size_t j = 0; j < points.size(); ++j) {
            distance[cluster[j]] += std::sqrt(squared(points[i], points[j]));
        }
        double other = std::numeric_limits<double>::infinity();
        for (std::size_t c = 0; c < clusters; ++c) {
            if (c != own && size[c] > 0.0) other = std::min(other, distance[c] / size[c]);
        }
        const double inside = distance[own] / (size[own] - 1.0);
        const double largest = std::max(inside, other);
        if (largest > 0.0) sum += (other - inside) / largest;
    }
    return sum / static_cast<double>(points.size());
}

}  // namespace edgewise::estimate
