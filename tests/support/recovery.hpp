#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "edgewise/base/parallel.hpp"

// Promises are shares of many simulated worlds. What happens in one world hangs together (its
// raters, its components of variance), so that the world is the unit of every error given here.

namespace edgewise::recovery {

// EDGEWISE_RECOVERY_SEEDS worlds, or `otherwise`, which keeps a debug build short.
inline std::uint64_t worlds(std::uint64_t otherwise) {
    const char* asked = std::getenv("EDGEWISE_RECOVERY_SEEDS");
    const std::uint64_t seeds = asked == nullptr ? 0 : std::strtoull(asked, nullptr, 10);
    return seeds > 0 ? seeds : otherwise;
}

// `hits` of `trials` in one world; trials may be 0.
struct Hits {
    double hits = 0.0;
    double trials = 0.0;
};

// A share over worlds with its standard error clustered by world (ratio estimator; Cochran 1977,
// section 6.3). Where every world agrees the error is that of one world that does not (the rule of
// three in its weakest form), so that a share of 0 or 1 is never certain.
struct Share {
    double value = 0.0;
    double se = 0.0;
    double trials = 0.0;
};

inline Share share(const std::vector<Hits>& by_world) {
    Share out;
    double hits = 0.0, count = 0.0;
    for (const Hits& world : by_world) {
        hits += world.hits;
        out.trials += world.trials;
        count += world.trials > 0.0 ? 1.0 : 0.0;
    }
    if (out.trials == 0.0) return out;
    out.value = hits / out.trials;
    double squares = 0.0;
    for (const Hits& world : by_world) {
        squares += std::pow(world.hits - out.value * world.trials, 2);
    }
    out.se = std::sqrt(squares) / out.trials;
    if (out.se == 0.0) out.se = 1.0 / count;
    return out;
}

inline std::string words(const Share& share) {
    return share.trials == 0.0 ? "none" : fmt::format("{:.3f} ± {:.3f}", share.value, share.se);
}

// One result a seed, 1, 2, ..., in the order of seeds.
template <class T>
std::vector<T> over_worlds(std::uint64_t count, const std::function<T(std::uint64_t seed)>& one) {
    std::vector<T> out(count);
    const Job job({}, {}, std::max(1U, std::thread::hardware_concurrency()));
    parallel_blocks(job, count, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t k = begin; k < end; ++k) out[k] = one(k + 1);
    });
    return out;
}

}  // namespace edgewise::recovery
