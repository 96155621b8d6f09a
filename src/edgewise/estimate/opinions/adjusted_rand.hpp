#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace edgewise::estimate {

// How alike two ways of sorting the same things are, corrected for chance (Hubert and Arabie 1985,
// Journal of Classification 2, equation 5):
//
//     (sum_ij C(n_ij, 2) - e) / ((sum_i C(a_i, 2) + sum_j C(b_j, 2)) / 2 - e),
//     e = sum_i C(a_i, 2) sum_j C(b_j, 2) / C(n, 2)
//
// 1: the same but for names; 0: what chance gives on average; may be negative. Labels are any
// numbers; things with `none` in either list are left out. Empty where it is not defined, that is
// with fewer than two things, and where both lists are a single class or both keep everything
// apart: they agree then, but could not have done otherwise. O(n log n).
std::optional<double> adjusted_rand(std::span<const std::uint32_t> a,
                                    std::span<const std::uint32_t> b, std::uint32_t none);

}  // namespace edgewise::estimate
