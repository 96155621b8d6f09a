#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace edgewise {

enum class Case { matters, ignored };

// Insertions, deletions and replacements of bytes that make one text of the other (Levenshtein
// 1966); with Case::ignored "A" and "a" are the same letter (ASCII only). O(|a| |b|).
std::size_t edit_distance(std::string_view a, std::string_view b, Case letters = Case::matters);

// 1234567 as people write it: "1,234,567".
std::string grouped_digits(std::uint64_t number);

}  // namespace edgewise
