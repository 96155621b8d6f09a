#pragma once

#include <cstddef>
#include <span>

namespace edgewise::cognition {

// Utility of each option in each state of the world (or posterior draw): a view of a row-major
// state x option matrix.
struct StateUtilities {
    std::span<const double> values;
    std::size_t states = 0;
    std::size_t options = 0;

    double at(std::size_t state, std::size_t option) const {
        return values[state * options + option];
    }
};

struct PerfectInformation {
    double evpi = 0.0;      // >= 0, in utility units
    std::size_t best = 0;   // the first option with the largest expected utility
    double expected = 0.0;  // its expected utility
    // Probability that it is (one of) the best in the true state; can be 0 for a hedge.
    double support = 1.0;
};

// EVPI = E_s[max_o v_s(o)] - max_o E_s v_s(o) (Raiffa and Schlaifer 1961), summed as the expected
// shortfall of the best option, so that rounding cannot make it negative. `probabilities`: one a
// state, divided by their sum; empty for equal ones. 0 for one state, one option, or an option that
// is best in every state. Throws Error(invalid_argument) for an empty or non-finite matrix or
// probabilities that are negative or sum to 0. O(states x options).
PerfectInformation perfect_information(const StateUtilities& utilities,
                                       std::span<const double> probabilities = {});

// EVPI for a given pick in place of the best: E_s[max_o v_s(o) - v_s(pick)] >= evpi.
double expected_shortfall_of(const StateUtilities& utilities, std::size_t pick,
                             std::span<const double> probabilities = {});

// EVSI(q) = sum_y max_a sum_s p(s) L(y|s) U(a, s) - max_a E U, the worth of an answer y to a
// question whose answers have the likelihood `likelihood[y][s]` (row-major answer x state; each
// state's column sums to 1, to 1e-9). In [0, EVPI]; 0 if one option stays the best after every
// answer; never less after a finer question (Blackwell 1953). Throws Error(invalid_argument)
// otherwise. O(answers x states x options).
double sample_information(const StateUtilities& utilities, std::span<const double> probabilities,
                          std::span<const double> likelihood);

}  // namespace edgewise::cognition
