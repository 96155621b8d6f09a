#include "edgewise/norms/disagreement.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/require.hpp"

namespace edgewise::norms {
namespace {

constexpr double kLeastExpected = 5.0;            // Cochran 1954
constexpr std::uint64_t kMostTables = 20'000;     // beyond, drawing is as fast as listing
constexpr std::uint64_t kMostCount = 1ULL << 40;  // sums stay exact as doubles

void check(const GroupCounts& counts) {
    require(counts.groups > 0 && counts.categories > 0, "counts",
            "at least one group and one category");
    require(counts.counts.size() == counts.groups * counts.categories, "counts",
            "groups x categories values");
    for (const std::uint64_t x : counts.counts) require(x <= kMostCount, "counts", "at most 2^40");
}

// The table without its empty rows and columns.
struct Table {
    std::vector<std::uint64_t> cells;
    std::vector<std::uint64_t> row;
    std::vector<std::uint64_t> column;
    std::uint64_t n = 0;
};

Table filled_part(const GroupCounts& counts) {
    std::vector<std::uint64_t> row(counts.groups);
    std::vector<std::uint64_t> column(counts.categories);
    for (std::size_t g = 0; g < counts.groups; ++g) {
        for (std::size_t c = 0; c < counts.categories; ++c) {
            row[g] += counts.row(g)[c];
            column[c] += counts.row(g)[c];
        }
    }
    Table out;
    for (std::size_t g = 0; g < counts.groups; ++g) {
        if (row[g] == 0) continue;
        out.row.push_back(row[g]);
        out.n += row[g];
        for (std::size_t c = 0; c < counts.categories; ++c) {
            if (column[c] != 0) out.cells.push_back(counts.row(g)[c]);
        }
    }
    std::ranges::copy_if(column, std::back_inserter(out.column), [](auto x) { return x != 0; });
    return out;
}

double x_log_x(std::uint64_t x) {
    const double value = static_cast<double>(x);
    return x == 0 ? 0.0 : value * std::log(value);
}

// With margins fixed, G is a constant plus twice the sum of n ln n over the cells.
double order_key(std::span<const std::uint64_t> cells) {
    return std::accumulate(cells.begin(), cells.end(), 0.0,
                           [](double sum, std::uint64_t x) { return sum + x_log_x(x); });
}

// A relabelling with the same cells in another place must tie, whatever the order of the sum.
double with_slack(double key) { return key - 1e-11 * std::max(1.0, key); }

// Sums the probability of all tables with the margins of `table` whose key reaches the limit.
class Enumeration {
public:
    Enumeration(const Table& table, double limit)
        : rows_(table.row), left_(table.column), limit_(limit) {
        const std::uint64_t most =
            std::max(*std::ranges::max_element(table.row), *std::ranges::max_element(table.column));
        log_factorial_.resize(most + 1);
        x_log_x_.resize(most + 1);
        for (std::uint64_t x = 1; x <= most; ++x) {
            const double value = static_cast<double>(x);
            const double log = std::log(value);
            log_factorial_[x] = log_factorial_[x - 1] + log;
            x_log_x_[x] = value * log;
        }
        constant_ = -log_gamma(static_cast<double>(table.n) + 1.0);
        for (const auto x : table.row) constant_ += log_factorial_[x];
        for (const auto x : table.column) constant_ += log_factorial_[x];
    }

    // Empty when there are more than kMostTables.
    std::optional<double> p() {
        fill_row(0, 0.0, constant_);
        if (tables_ > kMostTables) return std::nullopt;
        return std::min(1.0, p_);
    }

private:
    void fill_row(std::size_t g, double key, double log_p) {
        if (g + 1 < rows_.size()) {
            const std::uint64_t capacity =
                std::accumulate(left_.begin(), left_.end(), std::uint64_t{0});
            fill_cell(g, 0, rows_[g], capacity, key, log_p);
            return;
        }
        for (const std::uint64_t x : left_) {  // the last row is what is left
            key += x_log_x_[x];
            log_p -= log_factorial_[x];
        }
        ++tables_;
        if (key >= limit_) p_ += std::exp(log_p);
    }

    // `need` judgments of row g still to place in categories from c on, which have room for
    // `capacity`.
    void fill_cell(std::size_t g, std::size_t c, std::uint64_t need, std::uint64_t capacity,
                   double key, double log_p) {
        if (tables_ > kMostTables) return;
        if (c == left_.size()) return fill_row(g + 1, key, log_p);
        const std::uint64_t later = capacity - left_[c];
        const std::uint64_t most = std::min(need, left_[c]);
        for (std::uint64_t x = need > later ? need - later : 0; x <= most; ++x) {
            left_[c] -= x;
            fill_cell(g, c + 1, need - x, later, key + x_log_x_[x], log_p - log_factorial_[x]);
            left_[c] += x;
        }
    }

    std::vector<std::uint64_t> rows_;
    std::vector<std::uint64_t> left_;  // of each column
    std::vector<double> log_factorial_;
    std::vector<double> x_log_x_;
    double constant_ = 0.0;
    double limit_;
    double p_ = 0.0;
    std::uint64_t tables_ = 0;
};

// Deals the rarer categories to random judgments; the commonest one gets the rest.
double simulated_p(const Table& table, double limit, Rng rng, std::uint64_t shuffles) {
    const std::size_t columns = table.column.size();
    const auto common =
        static_cast<std::size_t>(std::ranges::max_element(table.column) - table.column.begin());
    std::vector<std::uint32_t> group_of;  // of each judgment; any order is a fair start
    group_of.reserve(table.n);
    for (std::size_t g = 0; g < table.row.size(); ++g) {
        group_of.insert(group_of.end(), table.row[g], static_cast<std::uint32_t>(g));
    }
    std::vector<double> key_of(*std::ranges::max_element(table.row) + 1);
    for (std::uint64_t x = 0; x < key_of.size(); ++x) key_of[x] = x_log_x(x);
    std::vector<std::uint64_t> cells(table.cells.size());
    std::uint64_t hits = 0;
    for (std::uint64_t shuffle = 0; shuffle < shuffles; ++shuffle) {
        std::ranges::fill(cells, std::uint64_t{0});
        for (std::size_t g = 0; g < table.row.size(); ++g) {
            cells[g * columns + common] = table.row[g];
        }
        std::uint64_t dealt = 0;
        for (std::size_t c = 0; c < columns; ++c) {
            if (c == common) continue;
            for (std::uint64_t i = 0; i < table.column[c]; ++i, ++dealt) {
                std::swap(group_of[dealt], group_of[dealt + rng.next_below(table.n - dealt)]);
                ++cells[group_of[dealt] * columns + c];
                --cells[group_of[dealt] * columns + common];
            }
        }
        double key = 0.0;
        for (const std::uint64_t x : cells) key += key_of[x];
        hits += key >= limit;
    }
    return static_cast<double>(1 + hits) / static_cast<double>(1 + shuffles);
}

void relabel(JsdTest& test, const Table& table, Rng rng, std::uint64_t shuffles) {
    const double limit = with_slack(order_key(table.cells));
    if (const auto exact = Enumeration(table, limit).p()) {
        test.method = JsdMethod::exact_permutation;
        test.p = *exact;
        return;
    }
    test.method = JsdMethod::simulated_permutation;
    test.shuffles = shuffles;
    test.p = simulated_p(table, limit, rng, shuffles);
}

}  // namespace

std::optional<EntropySplit> entropy_split(const GroupCounts& counts) {
    check(counts);
    std::vector<double> weights(counts.groups);
    const std::vector<double> values(counts.counts.begin(), counts.counts.end());
    double total = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        weights[i / counts.categories] += values[i];
        total += values[i];
    }
    if (total == 0.0) return std::nullopt;
    return edgewise::entropy_split(weights, values);
}

std::string_view name_of(JsdMethod method) noexcept {
    switch (method) {
        case JsdMethod::none:
            return "none";
        case JsdMethod::chi_squared:
            return "chi_squared";
        case JsdMethod::exact_permutation:
            return "exact_permutation";
        case JsdMethod::simulated_permutation:
            return "simulated_permutation";
    }
    return "none";
}

JsdTest jsd_test(const GroupCounts& counts, Rng rng, std::uint64_t shuffles) {
    require(shuffles > 0, "shuffles", "at least 1");
    JsdTest test;
    const auto split = entropy_split(counts);
    if (!split) return test;
    const Table table = filled_part(counts);
    const double n = static_cast<double>(table.n);
    test.n = table.n;
    test.jsd = split->between;
    test.pooled_entropy = split->pooled;
    test.g = 2.0 * n * test.jsd;
    test.df =
        static_cast<double>(table.row.size() - 1) * static_cast<double>(table.column.size() - 1);
    test.corrected = std::max(0.0, test.jsd - test.df / (2.0 * n));
    if (test.pooled_entropy > 0.0) {
        test.share = std::min(1.0, test.jsd / test.pooled_entropy);
        test.share_corrected = std::min(1.0, test.corrected / test.pooled_entropy);
    }
    test.least_expected = static_cast<double>(*std::ranges::min_element(table.row)) *
                          static_cast<double>(*std::ranges::min_element(table.column)) / n;
    if (test.df == 0.0) return test;
    test.p_chi_squared = chi_squared_sf(test.g, test.df);
    if (test.least_expected >= kLeastExpected) {
        test.method = JsdMethod::chi_squared;
        test.p = test.p_chi_squared;
    } else {
        relabel(test, table, rng, shuffles);
    }
    return test;
}

std::optional<std::size_t> majority(std::span<const std::uint64_t> counts) {
    const auto most = std::ranges::max_element(counts);
    if (most == counts.end() || *most == 0) return std::nullopt;
    if (std::find(most + 1, counts.end(), *most) != counts.end()) return std::nullopt;
    return static_cast<std::size_t>(most - counts.begin());
}

MajorityOverride majority_override(std::span<const GroupCounts> items, std::uint64_t least) {
    MajorityOverride out;
    if (items.empty()) return out;
    const std::size_t groups = items.front().groups;
    const std::size_t categories = items.front().categories;
    out.by_group.resize(groups);
    std::vector<std::uint64_t> pool(categories);
    for (const GroupCounts& item : items) {
        check(item);
        require(item.groups == groups && item.categories == categories, "items",
                "the same groups and categories in every item");
        std::ranges::fill(pool, std::uint64_t{0});
        for (std::size_t i = 0; i < item.counts.size(); ++i) pool[i % categories] += item.counts[i];
        const auto pooled = majority(pool);
        if (!pooled) continue;
        bool counted = false;
        bool overridden = false;
        for (std::size_t g = 0; g < groups; ++g) {
            const auto row = item.row(g);
            if (std::accumulate(row.begin(), row.end(), std::uint64_t{0}) < least) continue;
            const auto own = majority(row);
            if (!own) continue;
            counted = true;
            overridden |= *own != *pooled;
            ++out.by_group[g].of;
            out.by_group[g].count += *own != *pooled;
        }
        out.any.of += counted;
        out.any.count += overridden;
    }
    return out;
}

}  // namespace edgewise::norms
