#include "edgewise/estimate/raters/coded_ratings.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "edgewise/base/require.hpp"

namespace edgewise::estimate {
namespace {

constexpr std::size_t kFewLevels = 64;

// Ascending distinct values if there are few; else nothing.
std::vector<double> few_levels(std::span<const double> values) {
    std::vector<double> levels;
    double last = std::nan("");
    for (const double x : values) {
        if (x == last) continue;
        last = x;
        const auto at = std::ranges::lower_bound(levels, x);
        if (at != levels.end() && *at == x) continue;
        if (levels.size() == kFewLevels) return {};
        levels.insert(at, x);
    }
    return levels;
}

}  // namespace

CodedRatings code_ratings(std::span<const std::uint32_t> begin,
                          std::span<const std::uint32_t> rater, std::span<const double> values) {
    require(!begin.empty() && begin.front() == 0 && begin.back() == values.size() &&
                std::ranges::is_sorted(begin),
            "begin", "ascending places from 0 to the number of values");
    require(rater.size() == values.size(), "rater", "one rater for every value");
    require_finite(values, 1, "values");
    CodedRatings out;
    out.begin.assign(begin.begin(), begin.end());
    out.rater.assign(rater.begin(), rater.end());
    out.raters = rater.empty() ? 0 : std::size_t{*std::ranges::max_element(rater)} + 1;
    out.levels = few_levels(values);
    if (out.levels.empty() && !values.empty()) {
        out.levels.assign(values.begin(), values.end());
        std::ranges::sort(out.levels);
        const auto [first, last] = std::ranges::unique(out.levels);
        out.levels.erase(first, last);
    }
    // Zeros of either sign are one value to == but two to a reader.
    for (double& level : out.levels) level += 0.0;
    out.code.resize(values.size());
    const double* const levels = out.levels.data();
    const std::size_t count = out.levels.size();
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::size_t at = 0;
        if (count <= 8) {  // counting beats branching
            for (std::size_t k = 0; k < count; ++k) at += levels[k] < values[i] ? 1U : 0U;
        } else {
            at = static_cast<std::size_t>(std::ranges::lower_bound(out.levels, values[i]) -
                                          out.levels.begin());
        }
        out.code[i] = static_cast<std::uint32_t>(at);
    }
    return out;
}

RatingsByRater by_rater(const CodedRatings& ratings) {
    RatingsByRater out;
    out.begin.assign(ratings.raters + 1, 0);
    for (const std::uint32_t r : ratings.rater) ++out.begin[r + 1];
    std::partial_sum(out.begin.begin(), out.begin.end(), out.begin.begin());
    std::vector<std::uint32_t> next(out.begin.begin(), out.begin.end() - 1);
    out.place.resize(ratings.size());
    out.unit.resize(ratings.size());
    for (std::uint32_t u = 0; u < ratings.units(); ++u) {
        for (std::uint32_t i = ratings.begin[u]; i < ratings.begin[u + 1]; ++i) {
            const std::uint32_t at = next[ratings.rater[i]]++;
            out.place[at] = i;
            out.unit[at] = u;
        }
    }
    return out;
}

}  // namespace edgewise::estimate
