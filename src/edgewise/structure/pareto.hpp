#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "edgewise/structure/scores.hpp"

namespace edgewise::structure {

// a dominates b: at least as good everywhere and better somewhere (Pareto). Equal lengths. O(m).
// Irreflexive and transitive.
bool dominates(std::span<const double> a, std::span<const double> b);

// One mark an option: 1 if no other option dominates it. Duplicates of a front option are all on
// the front, which is never empty. Equivariant under permutations of options and dimensions, and
// unchanged by strictly increasing maps of any dimension. O(n log n) for one and two dimensions
// (Kung, Luccio and Preparata 1975); above, sorted by sum and compared with the front so far:
// O(n log n + n f m) for a front of f options, at worst O(n^2 m).
std::vector<std::uint8_t> pareto_front(const Scores& scores);

// Share of the n (n - 1) / 2 pairs of options in which each is better than the other on some
// dimension, so that only a weighing of values can order them. In [0, 1]; 0 for one option and for
// one dimension. Two equal options are not incomparable: nothing has to be weighed. O(n^2 m).
double incomparable_share(const Scores& scores);

struct ParetoViolations {
    std::uint64_t pairs = 0;      // n (n - 1) / 2
    std::uint64_t dominance = 0;  // pairs in which one option dominates the other
    std::uint64_t violated = 0;   // and of which the scalar strictly prefers the dominated one

    // violated / dominance, in [0, 1]; 0 where no option dominates another.
    double rate() const noexcept {
        return dominance == 0 ? 0.0
                              : static_cast<double>(violated) / static_cast<double>(dominance);
    }
};

// Pairs in which `scalar` (one number an option, larger is better) contradicts what all dimensions
// agree on, as a linear reward head can (Ge et al. 2024). None for a scalar that increases in every
// dimension. Throws Error(invalid_argument) for a scalar of another length or not finite. O(n^2 m).
ParetoViolations pareto_violations(const Scores& scores, std::span<const double> scalar);

}  // namespace edgewise::structure
