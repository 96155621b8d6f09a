#include "edgewise/edge/paired_items.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "edgewise/base/dictionary.hpp"
#include "edgewise/base/parallel.hpp"

namespace edgewise::edge {
namespace {

// Shuffles counted together: one cache line of labels a rater.
constexpr std::size_t kLanes = 64;
// Pairs between two flushes of counters of 8 bits.
constexpr std::size_t kMostInByte = 255;

using Bytes = std::array<std::uint8_t, kLanes>;

// Labels of kLanes shuffles from `from` on, rater by rater. Lanes beyond the last shuffle repeat it
// and are not read.
void transpose(const Labels& labels, std::size_t from, std::vector<std::uint8_t>& out) {
    out.resize(labels.raters * kLanes);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const auto row = labels.row(std::min(from + lane, labels.shuffles() - 1));
        for (std::size_t r = 0; r < labels.raters; ++r) out[r * kLanes + lane] = row[r];
    }
}

// How often labels of a and b agree, lane by lane. The compiler makes vector code of the loops
// because every array has its size in the type.
void count_equal(const std::uint8_t* labels, const std::uint32_t* a, const std::uint32_t* b,
                 std::size_t pairs, std::array<std::uint32_t, kLanes>& out) {
    out.fill(0);
    for (std::size_t done = 0; done < pairs; done += kMostInByte) {
        Bytes counts{};
        const std::size_t end = std::min(pairs, done + kMostInByte);
        for (std::size_t i = done; i < end; ++i) {
            const std::uint8_t* x = labels + std::size_t{a[i]} * kLanes;
            const std::uint8_t* y = labels + std::size_t{b[i]} * kLanes;
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                counts[lane] = static_cast<std::uint8_t>(counts[lane] + (x[lane] == y[lane]));
            }
        }
        for (std::size_t lane = 0; lane < kLanes; ++lane) out[lane] += counts[lane];
    }
}

}  // namespace

// Sums over a chunk of pairs, one a lane.
struct PairedItems::Tile {
    std::array<double, kLanes> within{}, across{};
    std::array<std::uint32_t, kLanes> together{}, decided{}, flips_together{}, flips_apart{};
};

bool PairedItems::Class::same(const Class& other) const noexcept {
    return squared_difference == other.squared_difference && decided == other.decided &&
           flips_together == other.flips_together && flips_apart == other.flips_apart;
}

PairedItems::Class PairedItems::classify(const GroupedView& view, std::size_t row) {
    const std::size_t at = view.begin[row];
    const double a = view.utility[at];
    const double b = view.utility[at + 1];
    const int majority = view.majority[row];
    const int one = view.side[at];
    const int other = view.side[at + 1];
    return {.squared_difference = 2.0 * (a * a + b * b) - (a + b) * (a + b),
            .decided = majority != 0,
            .flips_together = opposed(majority, one + other),
            .flips_apart = opposed(majority, one) || opposed(majority, other)};
}

PairedItems::PairedItems(const GroupedView& view) {
    const std::size_t rows = view.item.size();
    std::vector<std::uint32_t> class_of;
    HashIndex index;
    const auto paired = [&](std::size_t r) { return view.begin[r + 1] - view.begin[r] == 2; };
    for (std::size_t r = 0; r < rows; ++r) {
        if (!paired(r)) continue;
        const Class found = classify(view, r);
        // A multiplicative hash (Knuth): the low bits of such numbers are mostly zero.
        const std::uint64_t hash =
            std::bit_cast<std::uint64_t>(found.squared_difference) * 0x9E3779B97F4A7C15ULL;
        const auto fresh = static_cast<std::uint32_t>(classes_.size());
        const std::uint32_t id = index.find_or_add(
            hash, fresh, [&](std::uint32_t known) { return classes_[known].same(found); });
        if (id == fresh) classes_.push_back(found);
        ++classes_[id].end;
        class_of.push_back(id);
        decided_ += found.decided ? 1U : 0U;
    }
    std::vector<std::uint32_t> next;
    std::uint32_t begin = 0;
    for (Class& each : classes_) {
        next.push_back(begin);
        begin += each.end;
        each.end = begin;
    }
    first_.resize(class_of.size());
    second_.resize(class_of.size());
    std::size_t pair = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        if (!paired(r)) continue;
        const std::uint32_t to = next[class_of[pair++]]++;
        first_[to] = view.rater[view.begin[r]];
        second_[to] = view.rater[view.begin[r] + 1];
    }
}

void PairedItems::count(std::span<const std::uint8_t> labels, std::size_t begin, std::size_t end,
                        Tile& out) const {
    auto at = std::ranges::upper_bound(classes_, begin, {}, &Class::end);
    std::array<std::uint32_t, kLanes> equal;
    for (; begin < end; ++at) {
        const std::size_t stop = std::min<std::size_t>(end, at->end);
        const auto pairs = static_cast<std::uint32_t>(stop - begin);
        count_equal(labels.data(), first_.data() + begin, second_.data() + begin, pairs, equal);
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            out.within[lane] += at->squared_difference * equal[lane];
            out.across[lane] += at->squared_difference * (pairs - equal[lane]);
            out.together[lane] += equal[lane];
        }
        for (std::size_t lane = 0; at->decided && lane < kLanes; ++lane) {
            out.decided[lane] += equal[lane];
            out.flips_together[lane] += at->flips_together ? equal[lane] : 0;
            out.flips_apart[lane] += at->flips_apart ? pairs - equal[lane] : 0;
        }
        begin = stop;
    }
}

void PairedItems::add_to(std::span<ShuffleSums> sums, const Labels& labels,
                         std::uint32_t least_cell, const Job& job) const {
    // Chunks depend on the data alone: 64 are enough for the threads there are in a machine.
    const std::size_t grain = std::max<std::size_t>(4096, (size() + 63) / 64);
    std::vector<Tile> tiles((size() + grain - 1) / grain);
    std::vector<std::uint8_t> transposed;
    for (std::size_t from = 0; size() > 0 && from < sums.size(); from += kLanes) {
        transpose(labels, from, transposed);
        parallel_blocks(job, size(), grain, [&](std::size_t begin, std::size_t end) {
            Tile tile;
            count(transposed, begin, end, tile);
            tiles[begin / grain] = tile;
        });
        const std::size_t lanes = std::min(kLanes, sums.size() - from);
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            ShuffleSums& out = sums[from + lane];
            std::uint64_t together = 0, decided = 0, flips_together = 0, flips_apart = 0;
            for (const Tile& tile : tiles) {
                out.within += tile.within[lane];
                out.across += tile.across[lane];
                together += tile.together[lane];
                decided += tile.decided[lane];
                flips_together += tile.flips_together[lane];
                flips_apart += tile.flips_apart[lane];
            }
            out.within_pairs += static_cast<double>(together);
            out.across_pairs += static_cast<double>(size() - together);
            // Together, the two make a cell of two judgments; apart, two cells of one.
            for (std::size_t k = 0; k <= kFlipLeast.size(); ++k) {
                const std::uint32_t least = k < kFlipLeast.size() ? kFlipLeast[k] : least_cell;
                if (least <= 2) {
                    out.eligible[k] += decided;
                    out.flips[k] += flips_together;
                }
                if (least <= 1) {
                    out.eligible[k] += decided_ - decided;
                    out.flips[k] += flips_apart;
                }
            }
        }
    }
}

}  // namespace edgewise::edge
