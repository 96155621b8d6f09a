#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace edgewise {

// XXH3, 64 bits. `seed` tells apart equal texts in different scopes.
std::uint64_t hash_text(std::string_view text, std::uint64_t seed = 0) noexcept;

// Finds dense 32-bit ids by a hash of what they stand for. Holds no keys: the caller, who keeps
// them anyway, says whether an id is the one sought. Open addressing with linear probing, at most
// two thirds full, 8 bytes a slot; part of the hash is kept beside the id, so that keys are rarely
// touched in vain.
class HashIndex {
public:
    static constexpr std::uint32_t kAbsent = 0xFFFFFFFF;

    // The id whose key has this hash and for which equal(id) holds, or kAbsent. Expected O(1).
    template <class Equal>
    std::uint32_t find(std::uint64_t hash, Equal equal) const {
        if (slots_.empty()) return kAbsent;
        const Slot& slot = slots_[place(hash, equal)];
        return slot.id;
    }

    // The same, but takes `fresh` in when there is none and returns it. Changes nothing otherwise,
    // so that other threads may look up meanwhile what is known to be there.
    template <class Equal>
    std::uint32_t find_or_add(std::uint64_t hash, std::uint32_t fresh, Equal equal) {
        if (!slots_.empty()) {
            Slot& slot = slots_[place(hash, equal)];
            if (slot.id != kAbsent) return slot.id;
            if (3 * (used_ + 1) <= 2 * slots_.size()) {
                slot = {tag(hash), fresh};
                ++used_;
                return fresh;
            }
        }
        grow();
        slots_[place(hash, equal)] = {tag(hash), fresh};
        ++used_;
        return fresh;
    }

private:
    // The place of a slot is told from its tag alone, so that growing needs no keys.
    struct Slot {
        std::uint32_t tag = 0;
        std::uint32_t id = kAbsent;
    };

    static std::uint32_t tag(std::uint64_t hash) noexcept {
        return static_cast<std::uint32_t>(hash >> 32) ^ static_cast<std::uint32_t>(hash);
    }

    template <class Equal>
    std::size_t place(std::uint64_t hash, Equal& equal) const {
        const std::uint32_t wanted = tag(hash);
        const std::size_t mask = slots_.size() - 1;
        std::size_t at = wanted & mask;
        while (slots_[at].id != kAbsent && (slots_[at].tag != wanted || !equal(slots_[at].id))) {
            at = (at + 1) & mask;
        }
        return at;
    }

    void grow();

    std::vector<Slot> slots_;
    std::size_t used_ = 0;
};

}  // namespace edgewise
