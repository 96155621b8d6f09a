#pragma once

#include <array>
#include <string_view>

#include "edgewise/judgment/ids.hpp"

namespace edgewise::judgment {

// Kinds of judgments as files, messages and reports name them, in the order of the enumeration.
inline constexpr std::array<std::string_view, 6> kKindNames{"rating",  "vote",     "comparison",
                                                            "ranking", "approval", "label"};

constexpr std::string_view name_of(Kind kind) noexcept {
    return kKindNames[static_cast<std::size_t>(kind)];
}

}  // namespace edgewise::judgment
