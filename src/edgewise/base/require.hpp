#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string>

#include "edgewise/base/error.hpp"

namespace edgewise {

// Argument checks of numeric functions. Each throws Error(invalid_argument) that names the argument
// and says what was expected; the message is built only on failure.
inline void require(bool holds, const char* argument, const char* expected) {
    if (!holds) [[unlikely]] {
        throw Error(ErrorCode::invalid_argument, std::string("expected ") + expected, argument);
    }
}

// Every number finite. The message names the first that is not as row and column, 1-based, of a
// row-major matrix with `columns` columns. O(n).
inline void require_finite(std::span<const double> values, std::size_t columns,
                           const char* argument) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) [[unlikely]] {
            throw Error(ErrorCode::invalid_argument,
                        "expected a finite number in row " + std::to_string(i / columns + 1) +
                            ", column " + std::to_string(i % columns + 1),
                        argument);
        }
    }
}

}  // namespace edgewise
