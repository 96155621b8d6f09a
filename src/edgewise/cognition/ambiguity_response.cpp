#include "edgewise/cognition/ambiguity_response.hpp"

#include "edgewise/base/require.hpp"

namespace edgewise::cognition {

Proportion AmbiguityResponse::caught() const noexcept {
    Proportion out;
    for (const CaseKind kind : {CaseKind::underspecified, CaseKind::unanswerable}) {
        const Proportion answered = rate(kind, Response::answer);
        out.count += answered.of - answered.count;
        out.of += answered.of;
    }
    return out;
}

std::optional<double> AmbiguityResponse::ask_contrast() const noexcept {
    const auto needed = rate(CaseKind::underspecified, Response::ask).value();
    const auto idle = over_ask().value();
    if (!needed || !idle) return std::nullopt;
    return *needed - *idle;
}

AmbiguityResponse ambiguity_response(std::span<const CaseKind> kinds,
                                     std::span<const Response> responses) {
    require(kinds.size() == responses.size(), "responses", "one response a case");
    AmbiguityResponse out;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const auto kind = static_cast<std::size_t>(kinds[i]);
        const auto response = static_cast<std::size_t>(responses[i]);
        require(kind < 3 && response < 3, "responses", "known kinds and responses");
        ++out.counts[kind][response];
    }
    return out;
}

}  // namespace edgewise::cognition
