#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace edgewise::estimate::comparisons {

// Whether everybody reaches everybody along "beat or tied": from contender 0 along it, then against
// it, by sweeps over the pairs. Where many met many, a sweep over the first rows is enough; after
// four sweeps, as on a long chain, it gives up (nothing) and the caller looks for blocks.
// `each(visit)` calls visit(a, b, k) for pair after pair until that returns false; `along(k)` and
// `against(k)` say whether a beat or tied b, and b a.
template <class Each, class Along, class Against>
std::optional<bool> quickly_connected(std::uint32_t contenders, Each each, Along along,
                                      Against against) {
    constexpr int kMostSweeps = 4;
    for (const bool forward : {true, false}) {
        std::vector<std::uint8_t> reached(contenders, 0);
        std::uint32_t count = contenders > 0 ? 1 : 0;
        if (contenders > 0) reached[0] = 1;
        std::uint8_t* known = reached.data();
        for (int sweep = 0; sweep < kMostSweeps && count < contenders; ++sweep) {
            const std::uint32_t before = count;
            each([&](std::uint32_t a, std::uint32_t b, std::size_t k) {
                if (known[a] == known[b]) return true;
                if (!((known[a] != 0) == forward ? along(k) : against(k))) return true;
                known[a] = known[b] = 1;
                return ++count < contenders;
            });
            if (count == before) return false;  // a whole sweep reached nobody new
        }
        if (count < contenders) return std::nullopt;
    }
    return true;
}

}  // namespace edgewise::estimate::comparisons
