#include "edgewise/base/dictionary.hpp"

#include <algorithm>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace edgewise {

std::uint64_t hash_text(std::string_view text, std::uint64_t seed) noexcept {
    return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

void HashIndex::grow() {
    constexpr std::size_t kLeast = 16;
    const std::vector<Slot> old =
        std::exchange(slots_, std::vector<Slot>(std::max(kLeast, slots_.size() * 2)));
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
        if (slot.id == kAbsent) continue;
        std::size_t at = slot.tag & mask;
        while (slots_[at].id != kAbsent) at = (at + 1) & mask;
        slots_[at] = slot;
    }
}

}  // namespace edgewise
