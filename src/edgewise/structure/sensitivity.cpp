#include "edgewise/structure/sensitivity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace edgewise::structure {
namespace {

// Rows s_k - s_j of the rivals that can win somewhere; a rival that is nowhere ahead cannot.
std::vector<double> leads(const Scores& scores, std::size_t declared) {
    std::vector<double> out;
    for (std::size_t j = 0; j < scores.options; ++j) {
        bool ahead = false;
        for (std::size_t d = 0; d < scores.dimensions; ++d) {
            ahead |= scores.at(j, d) > scores.at(declared, d);
        }
        if (!ahead) continue;
        for (std::size_t d = 0; d < scores.dimensions; ++d) {
            out.push_back(scores.at(declared, d) - scores.at(j, d));
        }
    }
    return out;
}

// Length of the x in [0, 1] for which weights (x, 1 - x) keep the declared option.
double kept_interval(std::span<const double> lead) {
    double low = 0.0;
    double high = 1.0;
    for (std::size_t j = 0; j < lead.size(); j += 2) {
        const double at_one = lead[j];
        const double at_zero = lead[j + 1];
        if (at_one < 0.0 && at_zero < 0.0) return 0.0;
        if (at_one == at_zero) continue;
        const double root = at_zero / (at_zero - at_one);
        if (at_one > at_zero) {
            low = std::max(low, root);
        } else {
            high = std::min(high, root);
        }
    }
    return std::max(0.0, high - low);
}

using Weights3 = std::array<double, 3>;

// Share of the triangle of weights that the half-planes keep (Sutherland and Hodgman 1974).
double kept_polygon(std::span<const double> lead) {
    std::vector<Weights3> polygon{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    std::vector<Weights3> clipped;
    for (std::size_t j = 0; j < lead.size(); j += 3) {
        const auto ahead = [&](const Weights3& w) {
            return w[0] * lead[j] + w[1] * lead[j + 1] + w[2] * lead[j + 2];
        };
        clipped.clear();
        for (std::size_t i = 0; i < polygon.size(); ++i) {
            const Weights3& from = polygon[i];
            const Weights3& to = polygon[(i + 1) % polygon.size()];
            const double at_from = ahead(from);
            const double at_to = ahead(to);
            if (at_from >= 0.0) clipped.push_back(from);
            if ((at_from > 0.0 && at_to < 0.0) || (at_from < 0.0 && at_to > 0.0)) {
                const double t = at_from / (at_from - at_to);
                Weights3 crossing{};
                for (std::size_t d = 0; d < 3; ++d) crossing[d] = from[d] + t * (to[d] - from[d]);
                clipped.push_back(crossing);
            }
        }
        polygon.swap(clipped);
        if (polygon.size() < 3) return 0.0;
    }
    // Twice the area in the first two weights; the whole triangle has 1.
    double area = 0.0;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        const Weights3& a = polygon[i];
        const Weights3& b = polygon[(i + 1) % polygon.size()];
        area += a[0] * b[1] - a[1] * b[0];
    }
    return std::clamp(std::abs(area), 0.0, 1.0);
}

bool beaten(std::span<const double> lead, std::span<const double> weights) {
    for (std::size_t j = 0; j < lead.size(); j += weights.size()) {
        double sum = 0.0;
        for (std::size_t d = 0; d < weights.size(); ++d) sum += weights[d] * lead[j + d];
        if (sum < 0.0) return true;
    }
    return false;
}

}  // namespace

void draw_weights(Rng& rng, std::span<double> weights) {
    double total = 0.0;
    for (double& w : weights) {
        w = -std::log1p(-rng.next_unit());
        total += w;
    }
    for (double& w : weights) {
        w = total > 0.0 ? w / total : 1.0 / static_cast<double>(weights.size());
    }
}

WeightSensitivity weight_sensitivity(const Scores& scores, std::size_t declared, Rng rng,
                                     std::uint64_t draws) {
    check(scores);
    require(declared < scores.options, "declared", "the index of an option");
    const std::vector<double> lead = leads(scores, declared);
    if (lead.empty()) return {};
    if (scores.dimensions == 1) return {.share = 1.0};
    if (scores.dimensions == 2) return {.share = 1.0 - kept_interval(lead)};
    if (scores.dimensions == 3) return {.share = 1.0 - kept_polygon(lead)};

    require(draws > 0, "draws", "at least 1 for more than three dimensions");
    std::vector<double> weights(scores.dimensions);
    std::uint64_t changed = 0;
    for (std::uint64_t i = 0; i < draws; ++i) {
        draw_weights(rng, weights);
        changed += beaten(lead, weights);
    }
    const double n = static_cast<double>(draws);
    const double share = static_cast<double>(changed) / n;
    return {.share = share, .standard_error = std::sqrt(share * (1.0 - share) / n), .draws = draws};
}

}  // namespace edgewise::structure
