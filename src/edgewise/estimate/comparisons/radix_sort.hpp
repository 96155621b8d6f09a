#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace edgewise::estimate {

// Sorts `items` by `bits` bits of key(item), an unsigned number, from bit `shift` up; stable.
// Least digit first, at most 11 bits a pass so that the counters and the open ends of the buckets
// stay in the cache (Knuth, volume 3, section 5.2.5). O(n) per pass, a copy of the items.
template <class Item, class Key>
void radix_sort(std::vector<Item>& items, unsigned shift, unsigned bits, Key key) {
    constexpr unsigned kMostBits = 11;
    constexpr unsigned kMostPasses = 6;
    if (bits == 0 || items.size() < 2) return;
    const unsigned passes = (bits + kMostBits - 1) / kMostBits;
    const unsigned width = (bits + passes - 1) / passes;
    const std::size_t buckets = std::size_t{1} << width;

    // One read of the items counts the digits of every pass.
    std::array<std::vector<std::uint32_t>, kMostPasses> counts;
    for (unsigned pass = 0; pass < passes; ++pass) counts[pass].assign(buckets, 0);
    for (const Item& item : items) {
        auto rest = key(item) >> shift;
        for (unsigned pass = 0; pass < passes; ++pass, rest >>= width) {
            ++counts[pass].data()[rest & (buckets - 1)];
        }
    }
    std::vector<Item> other(items.size());
    for (unsigned pass = 0; pass < passes; ++pass) {
        std::uint32_t* next = counts[pass].data();
        std::uint32_t begin = 0;
        for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
            begin += std::exchange(next[bucket], begin);
        }
        Item* to = other.data();
        for (const Item& item : items) {
            to[next[(key(item) >> (shift + pass * width)) & (buckets - 1)]++] = item;
        }
        items.swap(other);
    }
}

// Bits that hold every number below `bound`.
inline unsigned bits_below(std::uint64_t bound) noexcept {
    return bound < 2 ? 0 : static_cast<unsigned>(std::bit_width(bound - 1));
}

}  // namespace edgewise::estimate
