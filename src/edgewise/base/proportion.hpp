#pragma once

#include <cstdint>
#include <optional>

namespace edgewise {

// `count` out of `of`, kept as counts so that an interval can be put around it and shares add up.
struct Proportion {
    std::uint64_t count = 0;
    std::uint64_t of = 0;

    // In [0, 1]; empty where nothing was counted: unknown, not zero.
    std::optional<double> value() const noexcept {
        if (of == 0) return std::nullopt;
        return static_cast<double>(count) / static_cast<double>(of);
    }
    friend bool operator==(const Proportion&, const Proportion&) = default;
};

}  // namespace edgewise
