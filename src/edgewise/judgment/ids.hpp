#pragma once

#include <cstdint>

namespace edgewise::judgment {

// Dense numbers in the order of first appearance in the input, so that the same file gives the same
// ids whatever the number of threads. Every entity has its own space.
using Id = std::uint32_t;
inline constexpr Id kNone = 0xFFFFFFFF;

// How a rater judged. The meaning of JudgmentTable::value() depends on it.
enum class Kind : std::uint8_t {
    rating,      // the rating, on the dimension's scale
    vote,        // +1 agree, 0 pass, -1 disagree
    comparison,  // 1 option() preferred, 0 other() preferred, 0.5 tie
    ranking,     // rank of option(), 1 is best, equal ranks are ties; rows share a ballot()
    approval,    // 1 approved, 0 offered and not approved; rows share a ballot()
    label,       // index into Dimension::categories
};

enum class RaterKind : std::uint8_t { person, machine, check };
enum class Polarity : std::uint8_t { positive, negative };
enum class Scale : std::uint8_t { ordinal, continuous, binary, nominal };

// Bits of JudgmentTable::flags().
inline constexpr std::uint8_t kUnderspecified = 1;  // "cannot be answered as put"
inline constexpr std::uint8_t kBothBad = 2;         // a tie in which neither option will do

}  // namespace edgewise::judgment
