#include "edgewise/base/stats.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "edgewise/base/error.hpp"

namespace edgewise {
namespace {

[[noreturn]] void mistake(const char* parameter, const char* expected) {
    throw Error(ErrorCode::invalid_argument, std::string("expected ") + expected, parameter);
}

void check_proportion(std::uint64_t successes, std::uint64_t trials, double confidence) {
    if (successes > trials) mistake("successes", "at most as many as trials");
    if (!(confidence > 0.0 && confidence < 1.0)) mistake("confidence", "a number between 0 and 1");
}

// A table without its empty rows and columns is what the tests see.
struct Margins {
    std::vector<double> row;
    std::vector<double> column;
    double total = 0.0;
};

Margins margins(std::span<const double> counts, std::size_t columns) {
    if (columns == 0 || counts.empty() || counts.size() % columns != 0) {
        mistake("counts", "rows of `columns` cells each");
    }
    Margins out{.row = std::vector<double>(counts.size() / columns),
                .column = std::vector<double>(columns)};
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (!(counts[i] >= 0.0 && counts[i] <= std::numeric_limits<double>::max())) {
            mistake("counts", "finite numbers from 0");
        }
        out.row[i / columns] += counts[i];
        out.column[i % columns] += counts[i];
    }
    out.total = pairwise_sum(out.row);
    return out;
}

// `term(observed, expected)` is a cell's share of the statistic.
template <class Term>
TableTest table_test(std::span<const double> counts, std::size_t columns, Term term) {
    const Margins m = margins(counts, columns);
    TableTest out;
    if (m.total == 0.0) return out;
    const auto filled = [](const std::vector<double>& margin) {
        return static_cast<double>(std::ranges::count_if(margin, [](double x) { return x > 0.0; }));
    };
    out.df = (filled(m.row) - 1.0) * (filled(m.column) - 1.0);
    out.least_expected = std::numeric_limits<double>::infinity();
    CompensatedSum statistic;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double row = m.row[i / columns];
        const double column = m.column[i % columns];
        if (row == 0.0 || column == 0.0) continue;
        const double expected = row * (column / m.total);
        out.least_expected = std::min(out.least_expected, expected);
        statistic.add(term(counts[i], expected));
    }
    if (out.df > 0.0) out.statistic = std::max(0.0, statistic.value());
    out.p = chi_squared_sf(out.statistic, out.df);
    return out;
}

// Indices that put `p` in ascending order; refuses what is not a probability.
std::vector<std::size_t> ascending(std::span<const double> p) {
    for (const double x : p) {
        if (!(x >= 0.0 && x <= 1.0)) mistake("p", "probabilities from 0 to 1");
    }
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(
        order, [&](std::size_t a, std::size_t b) { return p[a] != p[b] ? p[a] < p[b] : a < b; });
    return order;
}

// Step-up: from the largest p down, never more than its larger neighbour. `factor` is 1 for
// Benjamini-Hochberg and the harmonic sum for Benjamini-Yekutieli.
std::vector<double> step_up(std::span<const double> p, double factor) {
    const std::vector<std::size_t> order = ascending(p);
    const auto n = static_cast<double>(p.size());
    std::vector<double> out(p.size());
    double least = 1.0;
    for (std::size_t rank = p.size(); rank > 0; --rank) {
        const std::size_t at = order[rank - 1];
        // n/rank >= 1 in floating point too, so that the result is never below p.
        least = std::min(least, p[at] * (n / static_cast<double>(rank)) * factor);
        out[at] = least;
    }
    return out;
}

}  // namespace

Interval clopper_pearson(std::uint64_t successes, std::uint64_t trials, double confidence) {
    check_proportion(successes, trials, confidence);
    if (trials == 0) return {};
    const auto k = static_cast<double>(successes);
    const auto n = static_cast<double>(trials);
    const double tail = (1.0 - confidence) / 2.0;
    return {.low = successes == 0 ? 0.0 : beta_quantile(tail, k, n - k + 1.0),
            .high = successes == trials ? 1.0 : beta_quantile(1.0 - tail, k + 1.0, n - k)};
}

Interval wilson(std::uint64_t successes, std::uint64_t trials, double confidence) {
    check_proportion(successes, trials, confidence);
    if (trials == 0) return {};
    const auto k = static_cast<double>(successes);
    const auto n = static_cast<double>(trials);
    const double z = -normal_quantile((1.0 - confidence) / 2.0);
    const double rate = k / n;
    const double scale = 1.0 + z * z / n;
    const double centre = (rate + z * z / (2.0 * n)) / scale;
    const double half = z / scale * std::sqrt(rate * (1.0 - rate) / n + z * z / (4.0 * n * n));
    // At the ends the bound is exactly 0 or 1; rounding must not say 1e-18.
    return {.low = successes == 0 ? 0.0 : std::max(0.0, centre - half),
            .high = successes == trials ? 1.0 : std::min(1.0, centre + half)};
}

Interval newcombe_difference(std::uint64_t successes1, std::uint64_t trials1,
                             std::uint64_t successes2, std::uint64_t trials2, double confidence) {
    const Interval first = wilson(successes1, trials1, confidence);
    const Interval second = wilson(successes2, trials2, confidence);
    if (trials1 == 0 || trials2 == 0) return {.low = -1.0, .high = 1.0};
    const double p1 = static_cast<double>(successes1) / static_cast<double>(trials1);
    const double p2 = static_cast<double>(successes2) / static_cast<double>(trials2);
    return {.low = p1 - p2 - std::hypot(p1 - first.low, second.high - p2),
            .high = p1 - p2 + std::hypot(first.high - p1, p2 - second.low)};
}

double fisher_exact(std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d) {
    const auto row1 = static_cast<double>(a + b);
    const auto row2 = static_cast<double>(c + d);
    const auto column1 = static_cast<double>(a + c);
    const double least = std::max(0.0, column1 - row2);
    const double most = std::min(row1, column1);
    const auto seen = static_cast<double>(a);
    if (least >= most) return 1.0;

    // Weights relative to the most likely table, by the ratio of neighbours: no logarithms of huge
    // factorials, whose rounding would swamp the comparison below.
    const auto up = [&](double k) {  // P(k + 1) / P(k)
        return (row1 - k) / (k + 1.0) * ((column1 - k) / (row2 - column1 + k + 1.0));
    };
    const double mode =
        std::clamp(std::floor((row1 + 1.0) * (column1 + 1.0) / (row1 + row2 + 2.0)), least, most);
    const auto each_table = [&](const auto& visit) {
        visit(mode, 1.0);
        double weight = 1.0;
        for (double k = mode; k < most && weight > 0.0; ++k) visit(k + 1.0, weight *= up(k));
        weight = 1.0;
        for (double k = mode; k > least && weight > 0.0; --k) visit(k - 1.0, weight /= up(k - 1.0));
    };
    double of_seen = 0.0;
    each_table([&](double k, double weight) {
        if (k == seen) of_seen = weight;
    });
    CompensatedSum all;
    CompensatedSum extreme;
    each_table([&](double, double weight) {
        all.add(weight);
        if (weight <= of_seen * (1.0 + 1e-7)) extreme.add(weight);
    });
    const double p = extreme.value() / all.value();
    // A table so unlikely that its weight left the range of a double.
    return std::clamp(p, std::numeric_limits<double>::min(), 1.0);
}

TableTest chi_squared_test(std::span<const double> counts, std::size_t columns) {
    return table_test(counts, columns, [](double observed, double expected) {
        return (observed - expected) * (observed - expected) / expected;
    });
}

TableTest g_test(std::span<const double> counts, std::size_t columns) {
    return table_test(counts, columns, [](double observed, double expected) {
        return 2.0 * relative_entropy_term(observed, expected);
    });
}

std::vector<double> benjamini_hochberg(std::span<const double> p) { return step_up(p, 1.0); }

std::vector<double> benjamini_yekutieli(std::span<const double> p) {
    CompensatedSum harmonic;
    for (std::size_t i = 1; i <= p.size(); ++i) harmonic.add(1.0 / static_cast<double>(i));
    return step_up(p, harmonic.value());
}

std::vector<double> holm(std::span<const double> p) {
    const std::vector<std::size_t> order = ascending(p);
    std::vector<double> out(p.size());
    double most = 0.0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const std::size_t at = order[rank];
        most = std::max(most, std::min(1.0, p[at] * static_cast<double>(p.size() - rank)));
        out[at] = most;
    }
    return out;
}

std::vector<double> bonferroni(std::span<const double> p) {
    std::vector<double> out(p.size());
    for (const std::size_t at : ascending(p)) {
        out[at] = std::min(1.0, p[at] * static_cast<double>(p.size()));
    }
    return out;
}

std::vector<double> sidak(std::span<const double> p) {
    std::vector<double> out(p.size());
    for (const std::size_t at : ascending(p)) {
        // 1 - (1 - p)^n without losing small p.
        const double together = -std::expm1(static_cast<double>(p.size()) * std::log1p(-p[at]));
        out[at] = std::max(p[at], together);
    }
    return out;
}

double permutation_p_value(double observed, std::span<const double> null) {
    if (std::isnan(observed)) mistake("observed", "a number");
    const double bar = std::isinf(observed) ? observed : observed - 1e-12 * std::abs(observed);
    std::size_t at_least = 0;
    for (const double value : null) {
        if (std::isnan(value)) mistake("null", "numbers");
        at_least += value >= bar ? 1 : 0;
    }
    return static_cast<double>(1 + at_least) / static_cast<double>(1 + null.size());
}

double quantile_sorted(std::span<const double> sorted, double p) {
    if (sorted.empty()) mistake("values", "at least one value");
    if (!(p >= 0.0 && p <= 1.0)) mistake("p", "a number from 0 to 1");
    const double position = p * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    // Equal neighbours, also infinite ones, need no interpolation.
    if (sorted[below] == sorted[above]) return sorted[below];
    const double fraction = position - static_cast<double>(below);
    return fraction == 0.0 ? sorted[below] : std::lerp(sorted[below], sorted[above], fraction);
}

double quantile(std::span<const double> values, double p) {
    if (std::ranges::any_of(values, [](double x) { return std::isnan(x); })) {
        mistake("values", "numbers");
    }
    std::vector<double> copy(values.begin(), values.end());
    if (copy.empty() || !(p >= 0.0 && p <= 1.0)) return quantile_sorted(copy, p);
    // Only the two neighbours need their places.
    const auto below = static_cast<std::size_t>(p * static_cast<double>(copy.size() - 1));
    const auto middle = copy.begin() + static_cast<std::ptrdiff_t>(below);
    std::ranges::nth_element(copy, middle);
    if (below + 1 < copy.size()) {
        std::ranges::iter_swap(middle + 1, std::ranges::min_element(middle + 1, copy.end()));
    }
    return quantile_sorted(copy, p);
}

double pairwise_sum(std::span<const double> values) {
    constexpr std::size_t kPlain = 64;
    if (values.size() <= kPlain) {
        double sum = 0.0;
        for (const double value : values) sum += value;
        return sum;
    }
    const std::size_t half = values.size() / 2;
    return pairwise_sum(values.first(half)) + pairwise_sum(values.subspan(half));
}

}  // namespace edgewise
