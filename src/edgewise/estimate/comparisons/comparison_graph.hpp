#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "edgewise/estimate/comparisons/contests.hpp"

namespace edgewise::estimate {

// Who met whom, and whether strengths are finite. The maximum likelihood estimate exists if, within
// every component, each contender reaches each other one along "beat or tied" (Ford 1957; Hunter
// 2004, assumption 1): the component is strongly connected.
struct ComparisonGraph {
    std::vector<std::uint32_t> component;  // contender -> component, numbered by first contender
    std::uint32_t components = 0;
    std::vector<std::uint32_t> block;  // contender -> strongly connected block
    std::uint32_t blocks = 0;
    // Blocks of which nothing in the component outside ever won against or tied (or the reverse).
    struct Separation {
        std::vector<std::uint32_t> above;  // contenders that never lost to or tied with `below`
        std::vector<std::uint32_t> below;
    };
    std::vector<Separation> separations;  // empty: the maximum exists

    bool separable() const noexcept { return !separations.empty(); }
};

// O(contenders + pairs), iterative (no recursion on long chains).
ComparisonGraph comparison_graph(const PairCounts& pairs);

}  // namespace edgewise::estimate
