#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "edgewise/estimate/opinions/opinion_space.hpp"

namespace edgewise::estimate {

struct Clusters {
    std::vector<std::uint32_t> of;  // point -> cluster
    std::vector<Point> centre;      // at most as many as asked for: empty ones are dropped
    double within = 0.0;            // weighted sum of squared distances to the centres
    int iterations = 0;
    bool converged = false;
};

struct KMeansOptions {
    int most_iterations = 20;
    double least_shift = 0.01;  // stop when no centre moved further; 0: until nothing changes
    // The first start are the first k distinct points, as Polis does it. Further ones are drawn by
    // k-means++ (Arthur and Vassilvitskii 2007); the start with the least `within` is kept, the
    // earlier of equals.
    int starts = 1;
    std::uint64_t seed = 0;
};

// Lloyd's algorithm (1982) on weighted points. `weights` are positive, one for each point; `k` at
// least 1. No points give no clusters; k above the number of distinct points gives fewer clusters.
// A point at equal distance goes to the earlier cluster. O(starts * iterations * points * k).
Clusters k_means(std::span<const Point> points, std::span<const double> weights, std::size_t k,
                 const KMeansOptions& options = {});

// Mean over all points of (b - a) / max(a, b), a the mean distance to the others of its own
// cluster, b the least mean distance to another cluster (Rousseeuw 1987); 0 for a point alone in
// its cluster. In [-1, 1]; empty with fewer than two clusters: not defined. O(points^2).
std::optional<double> silhouette(std::span<const Point> points,
                                 std::span<const std::uint32_t> cluster, std::size_t clusters);

}  // namespace edgewise::estimate
