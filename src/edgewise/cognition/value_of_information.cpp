#include "edgewise/cognition/value_of_information.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "edgewise/base/require.hpp"

namespace edgewise::cognition {
namespace {

std::span<const double> row(const StateUtilities& utilities, std::size_t state) {
    return utilities.values.subspan(state * utilities.options, utilities.options);
}

// The checked probabilities, with sum 1.
std::vector<double> belief(const StateUtilities& utilities, std::span<const double> probabilities) {
    require(utilities.states > 0 && utilities.options > 0, "utilities",
            "at least one state and one option");
    require(utilities.values.size() == utilities.states * utilities.options, "utilities",
            "states x options values");
    require_finite(utilities.values, utilities.options, "utilities");
    if (probabilities.empty()) {
        return std::vector<double>(utilities.states, 1.0 / static_cast<double>(utilities.states));
    }
    require(probabilities.size() == utilities.states, "probabilities", "one number a state");
    for (const double p : probabilities) {
        require(p >= 0.0 && std::isfinite(p), "probabilities", "finite numbers from 0");
    }
    const double total = std::accumulate(probabilities.begin(), probabilities.end(), 0.0);
    require(total > 0.0 && std::isfinite(total), "probabilities", "a positive, finite sum");
    std::vector<double> out(probabilities.begin(), probabilities.end());
    for (double& p : out) p /= total;
    return out;
}

// sum_s weight(s) v_s(o) for each option.
std::vector<double> expectations(const StateUtilities& utilities, std::span<const double> weight) {
    std::vector<double> out(utilities.options, 0.0);
    for (std::size_t s = 0; s < utilities.states; ++s) {
        const auto values = row(utilities, s);
        for (std::size_t o = 0; o < values.size(); ++o) out[o] += weight[s] * values[o];
    }
    return out;
}

std::size_t first_largest(std::span<const double> values) {
    return static_cast<std::size_t>(std::ranges::max_element(values) - values.begin());
}

double shortfall(const StateUtilities& utilities, std::size_t pick, std::span<const double> p) {
    double sum = 0.0;
    for (std::size_t s = 0; s < utilities.states; ++s) {
        const auto values = row(utilities, s);
        sum += p[s] * (*std::ranges::max_element(values) - values[pick]);
    }
    return sum;
}

}  // namespace

PerfectInformation perfect_information(const StateUtilities& utilities,
                                       std::span<const double> probabilities) {
    const std::vector<double> p = belief(utilities, probabilities);
    const std::vector<double> expected = expectations(utilities, p);
    PerfectInformation out;
    out.best = first_largest(expected);
    out.expected = expected[out.best];
    out.evpi = shortfall(utilities, out.best, p);
    double support = 0.0;
    for (std::size_t s = 0; s < utilities.states; ++s) {
        const auto values = row(utilities, s);
        if (values[out.best] == *std::ranges::max_element(values)) support += p[s];
    }
    out.support = std::min(1.0, support);
    return out;
}

double expected_shortfall_of(const StateUtilities& utilities, std::size_t pick,
                             std::span<const double> probabilities) {
    require(pick < utilities.options, "pick", "the index of an option");
    return shortfall(utilities, pick, belief(utilities, probabilities));
}

double sample_information(const StateUtilities& utilities, std::span<const double> probabilities,
                          std::span<const double> likelihood) {
    const std::vector<double> p = belief(utilities, probabilities);
    const std::size_t states = utilities.states;
    require(!likelihood.empty() && likelihood.size() % states == 0, "likelihood",
            "one row an answer, with one number a state");
    std::vector<double> column(states, 0.0);
    for (std::size_t i = 0; i < likelihood.size(); ++i) {
        require(likelihood[i] >= 0.0 && likelihood[i] <= 1.0, "likelihood", "numbers in 0..1");
        column[i % states] += likelihood[i];
    }
    for (const double total : column) {
        require(std::abs(total - 1.0) <= 1e-9, "likelihood", "answers that sum to 1 in each state");
    }
    const std::size_t best = first_largest(expectations(utilities, p));
    // Per answer, what changing one's mind gains: never negative, so neither is the sum.
    double gain = 0.0;
    std::vector<double> joint(states);
    for (std::size_t y = 0; y < likelihood.size() / states; ++y) {
        for (std::size_t s = 0; s < states; ++s) joint[s] = p[s] * likelihood[y * states + s];
        const std::vector<double> after = expectations(utilities, joint);
        gain += after[first_largest(after)] - after[best];
    }
    return std::min(gain, shortfall(utilities, best, p));
}

}  // namespace edgewise::cognition
