#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "edgewise/base/proportion.hpp"

namespace edgewise::cognition {

enum class CaseKind : std::uint8_t { specified, underspecified, unanswerable };
enum class Response : std::uint8_t { answer, ask, abstain };

// How a model reacts to cases that can be answered as put, and to those that cannot (B0.3 of the
// working specification; AbstentionBench, QuestBench 2025). Counts, so that tables merge by adding.
struct AmbiguityResponse {
    std::array<std::array<std::uint64_t, 3>, 3> counts{};  // [CaseKind][Response]

    // P(response | kind); unknown where no case of this kind was seen.
    Proportion rate(CaseKind kind, Response response) const noexcept {
        const auto& row = counts[static_cast<std::size_t>(kind)];
        return {row[static_cast<std::size_t>(response)], row[0] + row[1] + row[2]};
    }
    Proportion over_ask() const noexcept { return rate(CaseKind::specified, Response::ask); }
    // Asked or abstained where an answer as put was not possible.
    Proportion caught() const noexcept;
    // ask_rate(underspecified) - ask_rate(specified): does asking follow need? In [-1, 1]; empty
    // where either kind was not seen.
    std::optional<double> ask_contrast() const noexcept;
};

// One kind and one response a case. Throws Error(invalid_argument) for unequal lengths. O(n).
AmbiguityResponse ambiguity_response(std::span<const CaseKind> kinds,
                                     std::span<const Response> responses);

}  // namespace edgewise::cognition
