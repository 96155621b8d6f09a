#include "edgewise/estimate/opinions/adjusted_rand.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "edgewise/base/require.hpp"

namespace edgewise::estimate {
namespace {

// Sum of C(n, 2) over runs of equal entries of a sorted list.
template <class T>
double pairs_in_runs(const std::vector<T>& sorted) {
    double sum = 0.0;
    for (std::size_t i = 0; i < sorted.size();) {
        std::size_t end = i;
        while (end < sorted.size() && sorted[end] == sorted[i]) ++end;
        const auto n = static_cast<double>(end - i);
        sum += n * (n - 1.0) / 2.0;
        i = end;
    }
    return sum;
}

}  // namespace

std::optional<double> adjusted_rand(std::span<const std::uint32_t> a,
                                    std::span<const std::uint32_t> b, std::uint32_t none) {
    require(a.size() == b.size(), "b", "as many labels as in the first list");
    std::vector<std::pair<std::uint32_t, std::uint32_t>> both;
    std::vector<std::uint32_t> rows, columns;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] == none || b[i] == none) continue;
        both.emplace_back(a[i], b[i]);
        rows.push_back(a[i]);
        columns.push_back(b[i]);
    }
    if (both.size() < 2) return std::nullopt;
    std::ranges::sort(both);
    std::ranges::sort(rows);
    std::ranges::sort(columns);
    const auto n = static_cast<double>(both.size());
    const double together = pairs_in_runs(both);
    const double in_rows = pairs_in_runs(rows), in_columns = pairs_in_runs(columns);
    const double expected = in_rows * in_columns / (n * (n - 1.0) / 2.0);
    const double most = (in_rows + in_columns) / 2.0;
    if (!(most > expected)) return std::nullopt;
    return (together - expected) / (most - expected);
}

}  // namespace edgewise::estimate
