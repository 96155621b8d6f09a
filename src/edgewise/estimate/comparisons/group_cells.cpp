#include "edgewise/estimate/comparisons/group_cells.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "edgewise/base/require.hpp"
#include "edgewise/judgment/partition.hpp"

namespace edgewise::estimate {
namespace {

struct Counts {
    double wins = 0.0, losses = 0.0, ties = 0.0;
    bool any() const noexcept { return wins + losses + ties > 0.0; }
    void add(const Counts& other) noexcept {
        wins += other.wins;
        losses += other.losses;
        ties += other.ties;
    }
};

void append(GroupCells& out, std::size_t first, std::size_t second, const Counts& counts) {
    out.first.push_back(static_cast<std::uint32_t>(first));
    out.second.push_back(static_cast<std::uint32_t>(second));
    out.wins.push_back(counts.wins);
    out.losses.push_back(counts.losses);
    out.ties.push_back(counts.ties);
}

// Adds up the counts of one group's rows by pair: a table of all pairs where that is small beside
// the rows or the cache, else a sort.
class Adder {
public:
    explicit Adder(std::uint32_t contenders) : n_(contenders) {}

    // `row(k)` gives the pair and counts of the k-th of `rows`.
    template <class Row>
    void add(GroupCells& out, std::size_t rows, Row row) {
        const std::size_t pairs = n_ * n_;
        if (pairs <= 65'536 || pairs / 16 <= rows) {
            table_.resize(pairs);
            for (std::size_t k = 0; k < rows; ++k) {
                const auto [first, second, counts] = row(k);
                table_[first * n_ + second].add(counts);
            }
            for (std::size_t a = 0; a < n_; ++a) {
                for (std::size_t b = 0; b < n_; ++b) {
                    Counts& cell = table_[a * n_ + b];
                    if (!cell.any()) continue;
                    append(out, a, b, cell);
                    cell = {};
                }
            }
            return;
        }
        keys_.clear();
        for (std::size_t k = 0; k < rows; ++k) {
            const auto [first, second, counts] = row(k);
            keys_.emplace_back(first * n_ + second, k);
        }
        std::ranges::sort(keys_);
        for (std::size_t k = 0; k < rows;) {
            Counts sum;
            const std::size_t key = keys_[k].first;
            for (; k < rows && keys_[k].first == key; ++k) {
                sum.add(std::get<2>(row(keys_[k].second)));
            }
            if (sum.any()) append(out, key / n_, key % n_, sum);
        }
    }

private:
    std::size_t n_;
    std::vector<Counts> table_;
    std::vector<std::pair<std::size_t, std::size_t>> keys_;
};

}  // namespace

GroupCells count_cells(const CellCounting& how, std::span<const std::uint32_t> first,
                       std::span<const std::uint32_t> second, std::span<const Outcome> outcome,
                       std::span<const std::uint16_t> group, std::span<const float> weight,
                       const Job& job) {
    require(second.size() == first.size() && outcome.size() == first.size() &&
                group.size() == first.size() && (weight.empty() || weight.size() == first.size()),
            "comparisons", "columns of one length");
    GroupCells out{.contenders = how.contenders, .groups = how.groups, .position = how.position};
    const auto block = [&](std::size_t k) {
        return group[k] == judgment::kNoGroup ? how.groups : std::uint32_t{group[k]};
    };
    std::vector<std::size_t> next(how.groups + 2, 0);
    for (std::size_t k = 0; k < first.size(); ++k) {
        require(group[k] == judgment::kNoGroup || group[k] < how.groups, "group",
                "the number of a group");
        require(first[k] < how.contenders && second[k] < how.contenders && first[k] != second[k],
                "comparisons", "two different contenders");
        ++next[block(k) + 1];
    }
    std::partial_sum(next.begin(), next.end(), next.begin());
    const std::vector<std::size_t> ends = next;
    std::vector<std::uint32_t> order(first.size());
    for (std::size_t k = 0; k < first.size(); ++k) {
        order[next[block(k)]++] = static_cast<std::uint32_t>(k);
    }
    Adder adder(how.contenders);
    for (std::uint32_t g = 0; g <= how.groups; ++g) {
        job.check();
        out.begin.push_back(out.size());
        adder.add(out, ends[g + 1] - ends[g], [&](std::size_t at) {
            const std::size_t k = order[ends[g] + at];
            const double w = weight.empty() ? 1.0 : double{weight[k]};
            Counts counts;
            if (outcome[k] == Outcome::first) {
                counts.wins = w;
            } else if (outcome[k] == Outcome::second) {
                counts.losses = w;
            } else if (outcome[k] == Outcome::tie || how.both_bad == BothBad::as_tie) {
                counts.ties = w;
            }
            std::size_t a = first[k], b = second[k];
            if (!how.position && a > b) {
                std::swap(a, b);
                std::swap(counts.wins, counts.losses);
            }
            return std::tuple(a, b, counts);
        });
    }
    out.begin.push_back(out.size());
    return out;
}

GroupCells pool(const GroupCells& cells) {
    GroupCells out{.contenders = cells.contenders, .groups = 0, .position = cells.position};
    out.begin.push_back(0);
    Adder adder(cells.contenders);
    adder.add(out, cells.size(), [&](std::size_t c) {
        return std::tuple(
            std::size_t{cells.first[c]}, std::size_t{cells.second[c]},
            Counts{.wins = cells.wins[c], .losses = cells.losses[c], .ties = cells.ties[c]});
    });
    out.begin.push_back(out.size());
    return out;
}

void without_ties(GroupCells& cells, bool halve) {
    for (std::size_t c = 0; c < cells.size(); ++c) {
        if (halve) {
            cells.wins[c] += 0.5 * cells.ties[c];
            cells.losses[c] += 0.5 * cells.ties[c];
        }
        cells.ties[c] = 0.0;
    }
}

}  // namespace edgewise::estimate
