#include "edgewise/estimate/raters/unit_patterns.hpp"

#include <algorithm>
#include <bit>

#include "edgewise/base/dictionary.hpp"

namespace edgewise::estimate {
namespace {

std::uint64_t mixed(std::uint64_t key) noexcept {
    key ^= key >> 31;
    key *= 0x9E3779B97F4A7C15U;
    return key ^ (key >> 29);
}

}  // namespace

UnitPatterns unit_patterns(const CodedRatings& ratings, std::uint32_t least) {
    UnitPatterns out;
    out.begin.push_back(0);
    out.of_unit.assign(ratings.units(), UnitPatterns::kNoPattern);
    std::uint32_t largest = 0;
    for (std::size_t u = 0; u < ratings.units(); ++u) {
        largest = std::max(largest, ratings.begin[u + 1] - ratings.begin[u]);
    }
    const auto bits = static_cast<std::size_t>(std::bit_width(largest));
    const bool packed = ratings.levels.size() * bits <= 64;

    HashIndex index;
    std::vector<std::uint64_t> keys;  // of the patterns, where packed
    std::vector<std::uint32_t> sorted;
    for (std::uint32_t u = 0; u < ratings.units(); ++u) {
        const auto codes = ratings.codes(u);
        if (codes.size() < least || codes.empty()) continue;
        const auto fresh = static_cast<std::uint32_t>(out.size.size());
        std::uint32_t at = 0;
        if (packed) {
            std::uint64_t key = 0;
            for (const std::uint32_t c : codes) key += std::uint64_t{1} << (bits * c);
            if (!keys.empty() && u > 0 && out.of_unit[u - 1] != UnitPatterns::kNoPattern &&
                keys[out.of_unit[u - 1]] == key) {
                at = out.of_unit[u - 1];
            } else {
                at = index.find_or_add(mixed(key), fresh,
                                       [&](std::uint32_t p) { return keys[p] == key; });
            }
            if (at == fresh) {
                keys.push_back(key);
                const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
                for (std::uint32_t c = 0; c < ratings.levels.size(); ++c) {
                    const auto times = static_cast<std::uint32_t>((key >> (bits * c)) & mask);
                    if (times > 0) out.tally.push_back({c, times});
                }
            }
        } else {
            sorted.assign(codes.begin(), codes.end());
            std::ranges::sort(sorted);
            std::uint64_t hash = codes.size();
            for (const std::uint32_t c : sorted) hash = mixed(hash ^ c) + c;
            at = index.find_or_add(hash, fresh, [&](std::uint32_t p) {
                if (out.size[p] != sorted.size()) return false;
                std::size_t k = 0;
                for (const Tally& t : out.tallies(p)) {
                    for (std::uint32_t i = 0; i < t.times; ++i) {
                        if (sorted[k++] != t.code) return false;
                    }
                }
                return true;
            });
            if (at == fresh) {
                for (std::size_t k = 0; k < sorted.size(); ++k) {
                    if (k > 0 && sorted[k] == sorted[k - 1]) {
                        ++out.tally.back().times;
                    } else {
                        out.tally.push_back({sorted[k], 1});
                    }
                }
            }
        }
        if (at == fresh) {
            out.begin.push_back(static_cast<std::uint32_t>(out.tally.size()));
            out.size.push_back(static_cast<std::uint32_t>(codes.size()));
            out.units.push_back(0);
        }
        ++out.units[at];
        out.of_unit[u] = at;
    }
    return out;
}

}  // namespace edgewise::estimate
