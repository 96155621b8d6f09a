#include "edgewise/base/words.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace edgewise {

std::size_t edit_distance(std::string_view a, std::string_view b, Case letters) {
    const auto fold = [letters](char c) {
        return letters == Case::ignored && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    };
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t corner = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = corner + (fold(a[i]) == fold(b[j]) ? 0 : 1);
            corner = row[j + 1];
            row[j + 1] = std::min({replaced, row[j + 1] + 1, row[j] + 1});
        }
    }
    return row.back();
}

std::string grouped_digits(std::uint64_t number) {
    std::string out = std::to_string(number);
    for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, ",");
    return out;
}

}  // namespace edgewise
