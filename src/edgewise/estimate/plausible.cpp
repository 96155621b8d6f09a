#include "edgewise/estimate/plausible.hpp"

#include <algorithm>
#include <cmath>

namespace edgewise::estimate {

std::vector<Plausible> plausible(const std::function<double(double sd)>& log_likelihood,
                                 double best, double least, double most, std::size_t count) {
    constexpr double kDrop = 3.0;
    constexpr double kFar = 1.13;
    const double top = log_likelihood(best);
    const auto drop = [&](double sd) { return top - log_likelihood(std::clamp(sd, least, most)); };
    if (drop(best * kFar) > 2.0 && drop(best / kFar) > 2.0) return {{best, 1.0}};
    const auto edge = [&](double end) {
        if (drop(end) <= kDrop) return end;
        double inside = best, outside = end;
        for (int k = 0; k < 8; ++k) {
            const double middle = 0.5 * (inside + outside);
            (drop(middle) <= kDrop ? inside : outside) = middle;
        }
        return outside;
    };
    const double low = edge(least), high = edge(most);
    std::vector<Plausible> out;
    double sum = 0.0;
    for (std::size_t k = 0; k < count; ++k) {
        const double part = (static_cast<double>(k) + 0.5) / static_cast<double>(count);
        const double sd = low + (high - low) * part;
        out.push_back({sd, std::exp(std::min(-drop(sd), kDrop))});
        sum += out.back().weight;
    }
    for (Plausible& each : out) each.weight /= sum;
    return out;
}

}  // namespace edgewise::estimate
