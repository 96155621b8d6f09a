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
    // One for each block that nobody outside ever beat or tied (it stands above those it met), and
    // one for each that never beat or tied anybody outside (those it met stand above).
    struct Separation {
        std::vector<std::uint32_t> above;  // contenders that never lost to or tied with `below`
        std::vector<std::uint32_t> below;  // both ascending
    };
    std::vector<Separation> separations;  // empty: the maximum exists

    bool separable() const noexcept { return !separations.empty(); }
};

// O(contenders + pairs), iterative (no recursion on long chains). Pairs whose counts are all 0 did
// not meet. Source: Tarjan 1972 for the blocks.
ComparisonGraph comparison_graph(const PairCounts& pairs);

// Whether all contenders are one block: one component, and its maximum exists. The same as
// comparison_graph(pairs).blocks == 1, but reads a few rows only where many met many.
bool strongly_connected(const PairCounts& pairs);

// Whether an advantage of being shown first can be told from strengths: not if some strengths
// explain every placement, as where each pair was shown one way round and no three close a circle
// that says otherwise. O(contenders + pairs).
bool position_identified(const PairCounts& pairs);

}  // namespace edgewise::estimate
