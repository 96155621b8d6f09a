#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/estimate/comparisons/contests.hpp"
#include "edgewise/estimate/comparisons/radix_sort.hpp"

// Rows become numbers of which the high bits are the pair, the low two the outcome. The fewer bytes
// a row takes the faster it sorts: 4 below 32,769 contenders, 8 above, and its weight beside it
// where there are weights.

namespace edgewise::estimate {
namespace {

constexpr unsigned kOutcomeBits = 2;

template <class Number>
struct Row {
    Number key;
    static double weight() noexcept { return 1.0; }
};

template <class Number>
struct WeightedRow {
    Number key;
    float value;
    double weight() const noexcept { return double{value}; }
};

void check_rows(std::uint32_t contenders, std::span<const std::uint32_t> first,
                std::span<const std::uint32_t> second) {
    bool sound = true;
    for (std::size_t i = 0; i < first.size(); ++i) {
        sound &= first[i] < contenders && second[i] < contenders && first[i] != second[i];
    }
    for (std::size_t i = 0; !sound && i < first.size(); ++i) {
        if (first[i] < contenders && second[i] < contenders && first[i] != second[i]) continue;
        throw Error(ErrorCode::invalid_data,
                    fmt::format("expected two different contenders below {} in comparison {}, "
                                "found {} and {}",
                                contenders, i + 1, first[i], second[i]),
                    "second");
    }
}

void check_weights(std::span<const float> weight) {
    double total = 0.0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
        if (!std::isfinite(weight[i]) || weight[i] < 0.0F) {
            throw Error(ErrorCode::invalid_data,
                        fmt::format("expected a finite number, 0 or more, for comparison {}, "
                                    "found {}",
                                    i + 1, weight[i]),
                        "weight");
        }
        total += double{weight[i]};
    }
    if (!weight.empty() && total == 0.0) {
        throw Error(
            ErrorCode::invalid_data,
            fmt::format("expected a weight above 0, found 0 on all {} comparisons", weight.size()),
            "weight");
    }
}

template <class Item, class Number>
PairCounts count(std::vector<Item>& rows, std::uint32_t contenders, unsigned bits, Number) {
    radix_sort(rows, kOutcomeBits, 2 * bits, [](const Item& row) { return row.key; });
    std::size_t pairs = 0;
    Number last = 0;
    for (const Item& row : rows) {
        const Number pair = static_cast<Number>(row.key >> kOutcomeBits);
        pairs += static_cast<std::size_t>(pair != last);  // pair 0 would be 0 against itself
        last = pair;
    }
    PairCounts out;
    out.contenders = contenders;
    out.first.resize(pairs);
    out.second.resize(pairs);
    const std::array<std::vector<double>*, 4> columns{&out.second_wins, &out.first_wins, &out.ties,
                                                      &out.both_bad};
    std::array<double*, 4> counts{};
    for (std::size_t k = 0; k < columns.size(); ++k) {
        columns[k]->assign(pairs, 0.0);
        counts[k] = columns[k]->data();
    }
    const Number mask = static_cast<Number>((Number{1} << bits) - 1);
    std::size_t at = static_cast<std::size_t>(-1);
    last = 0;
    for (const Item& row : rows) {
        const Number pair = static_cast<Number>(row.key >> kOutcomeBits);
        if (pair != last) {
            ++at;
            out.first[at] = static_cast<std::uint32_t>(pair >> bits);
            out.second[at] = static_cast<std::uint32_t>(pair & mask);
            last = pair;
        }
        counts[row.key & 3U][at] += row.weight();
    }
    return out;
}

template <class Number>
PairCounts count_as(std::uint32_t contenders, std::span<const std::uint32_t> first,
                    std::span<const std::uint32_t> second, std::span<const Outcome> outcome,
                    std::span<const float> weight) {
    const unsigned bits = bits_below(contenders);
    const auto key = [&](std::size_t i) {
        const auto pair = static_cast<Number>((Number{first[i]} << bits) | Number{second[i]});
        return static_cast<Number>((pair << kOutcomeBits) | static_cast<Number>(outcome[i]));
    };
    if (weight.empty()) {
        std::vector<Row<Number>> rows(first.size());
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i].key = key(i);
        return count(rows, contenders, bits, Number{});
    }
    std::vector<WeightedRow<Number>> rows(first.size());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = {key(i), weight[i]};
    return count(rows, contenders, bits, Number{});
}

}  // namespace

PairCounts count_pairs(std::uint32_t contenders, std::span<const std::uint32_t> first,
                       std::span<const std::uint32_t> second, std::span<const Outcome> outcome,
                       std::span<const float> weight, const Job& job) {
    require(second.size() == first.size(), "second", "as many as of `first`");
    require(outcome.size() == first.size(), "outcome", "as many as of `first`");
    require(weight.empty() || weight.size() == first.size(), "weight", "none or one a comparison");
    require(contenders <= std::uint32_t{1} << 30, "contenders", "at most 2^30");
    require(first.size() <= std::numeric_limits<std::uint32_t>::max(), "first",
            "at most 4,294,967,295 comparisons");
    static_assert(static_cast<int>(Outcome::second) == 0 && static_cast<int>(Outcome::first) == 1 &&
                  static_cast<int>(Outcome::tie) == 2 && static_cast<int>(Outcome::both_bad) == 3);
    check_rows(contenders, first, second);
    check_weights(weight);
    job.check();
    if (2 * bits_below(contenders) + kOutcomeBits <= 32) {
        return count_as<std::uint32_t>(contenders, first, second, outcome, weight);
    }
    return count_as<std::uint64_t>(contenders, first, second, outcome, weight);
}

PairCounts count_pairs(const Contests& contests, std::span<const float> weight, const Job& job) {
    return count_pairs(static_cast<std::uint32_t>(contests.contenders()), contests.first,
                       contests.second, contests.outcome,
                       weight.empty() ? std::span<const float>(contests.weight) : weight, job);
}

}  // namespace edgewise::estimate
