#pragma once

#include <string>
#include <string_view>

namespace edgewise {

// The texts of a range with `separator` between them. (fmt::join of strings trips a false
// -Wstringop-overflow in GCC 12 at -O3.) O(length of the result).
template <class Range>
std::string join(const Range& texts, std::string_view separator) {
    std::string out;
    bool first = true;
    for (const auto& text : texts) {
        if (!first) out += separator;
        first = false;
        out += text;
    }
    return out;
}

}  // namespace edgewise
