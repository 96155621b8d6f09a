#include "edgewise/edge/few_raters.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "edgewise/base/dictionary.hpp"
#include "edgewise/base/parallel.hpp"

namespace edgewise::edge {
namespace {

// Shuffles worked on together: one cache line of labels a rater.
constexpr std::size_t kLanes = 64;
// What fits a counter of 8 bits before it is flushed.
constexpr std::size_t kMostInByte = 255;

// One byte a shuffle. Vectors of 16 bytes are what every 64-bit x86 and Arm machine has; comparing
// gives 0 and -1.
constexpr std::size_t kVector = 16;
constexpr std::size_t kParts = kLanes / kVector;
using Vector [[gnu::vector_size(kVector)]] = std::uint8_t;
using SignedVector [[gnu::vector_size(kVector)]] = std::int8_t;
using Bytes = std::array<Vector, kParts>;
template <class T>
using Lanes = std::array<T, kLanes>;

Vector repeated(std::uint32_t value) { return Vector{} + static_cast<std::uint8_t>(value); }

// Labels of kLanes shuffles, rater by rater.
class TransposedLabels {
public:
    // Lanes beyond the last shuffle repeat it and are not read.
    void load(const Labels& labels, std::size_t from) {
        of_rater_.resize(labels.raters);
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const auto row = labels.row(std::min(from + lane, labels.shuffles() - 1));
            for (std::size_t r = 0; r < labels.raters; ++r) {
                of_rater_[r][lane / kVector][lane % kVector] = row[r];
            }
        }
    }
    const Bytes& operator[](std::uint32_t rater) const noexcept { return of_rater_[rater]; }

private:
    std::vector<Bytes> of_rater_;
};

void flush(Bytes& bytes, Lanes<std::uint32_t>& into) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        into[lane] += bytes[lane / kVector][lane % kVector];
    }
    bytes = Bytes{};
}

// How often labels of a and b agree.
void count_equal(const TransposedLabels& labels, std::span<const std::uint32_t> a,
                 std::span<const std::uint32_t> b, Lanes<std::uint32_t>& out) {
    out.fill(0);
    for (std::size_t done = 0; done < a.size(); done += kMostInByte) {
        Bytes counts{};
        const std::size_t end = std::min(a.size(), done + kMostInByte);
        for (std::size_t i = done; i < end; ++i) {
            const Bytes& one = labels[a[i]];
            const Bytes& other = labels[b[i]];
            for (std::size_t p = 0; p < kParts; ++p) {
                counts[p] -= reinterpret_cast<Vector>(one[p] == other[p]);
            }
        }
        flush(counts, out);
    }
}

// Sizes of an item's largest group, and of its largest group against the majority.
struct Largest {
    Bytes any{}, opposed{};

    Largest(const TransposedLabels& labels, std::span<const std::uint32_t> rater,
            std::span<const std::int8_t> side, std::size_t groups) {
        for (std::size_t g = 0; g < groups; ++g) {
            const Vector group = repeated(static_cast<std::uint32_t>(g));
            for (std::size_t p = 0; p < kParts; ++p) {
                SignedVector n{}, sum{};
                for (std::size_t i = 0; i < rater.size(); ++i) {
                    const SignedVector own = labels[rater[i]][p] == group;
                    n -= own;
                    sum += side[i] < 0 ? own : -own;
                }
                const auto size = reinterpret_cast<Vector>(n);
                const Vector against = size & reinterpret_cast<Vector>(sum < 0);
                any[p] = size > any[p] ? size : any[p];
                opposed[p] = against > opposed[p] ? against : opposed[p];
            }
        }
    }
};

std::size_t chunk_size(std::size_t count) {
    // Depends on the data alone: 64 chunks are enough for the threads there are in a machine.
    return std::max<std::size_t>(2048, (count + 63) / 64);
}

}  // namespace

class FewRaterItems::Tile : public TransposedLabels {};

// Over a chunk of pairs.
struct FewRaterItems::PairSums {
    Lanes<double> within{}, across{};
    Lanes<std::uint32_t> together{};
};

// Over a chunk of items.
struct FewRaterItems::FlipSums {
    std::array<Lanes<std::uint32_t>, 5> eligible{}, flips{};
};

FewRaterItems::FewRaterItems(const GroupedView& view, std::uint32_t least_cell)
    : least_{kFlipLeast[0], kFlipLeast[1], kFlipLeast[2], kFlipLeast[3], least_cell} {
    std::vector<std::uint32_t> class_of;  // pair -> class, in the order of for_pairs()
    const auto for_pairs = [&](auto&& take) {
        for (std::size_t r = 0; r < view.item.size(); ++r) {
            if (!takes(view.begin[r + 1] - view.begin[r])) continue;
            for (std::uint32_t i = view.begin[r]; i < view.begin[r + 1]; ++i) {
                for (std::uint32_t j = i + 1; j < view.begin[r + 1]; ++j) take(i, j);
            }
        }
    };
    HashIndex index;
    for_pairs([&](std::uint32_t i, std::uint32_t j) {
        const double a = view.utility[i];
        const double b = view.utility[j];
        const double squared = 2.0 * (a * a + b * b) - (a + b) * (a + b);
        // A multiplicative hash (Knuth): the low bits of such numbers are mostly zero.
        const std::uint64_t hash = std::bit_cast<std::uint64_t>(squared) * 0x9E3779B97F4A7C15ULL;
        const auto fresh = static_cast<std::uint32_t>(classes_.size());
        const std::uint32_t id = index.find_or_add(hash, fresh, [&](std::uint32_t known) {
            return classes_[known].squared_difference == squared;
        });
        if (id == fresh) classes_.push_back({squared, 0});
        ++classes_[id].end;
        class_of.push_back(id);
    });
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
    for_pairs([&](std::uint32_t i, std::uint32_t j) {
        const std::uint32_t to = next[class_of[pair++]]++;
        first_[to] = view.rater[i];
        second_[to] = view.rater[j];
    });
    for (std::size_t r = 0; r < view.item.size(); ++r) {
        if (!takes(view.begin[r + 1] - view.begin[r]) || view.majority[r] == 0) continue;
        for (std::uint32_t i = view.begin[r]; i < view.begin[r + 1]; ++i) {
            rater_.push_back(view.rater[i]);
            side_.push_back(static_cast<std::int8_t>(view.side[i] * view.majority[r]));
        }
        begin_.push_back(static_cast<std::uint32_t>(rater_.size()));
    }
}

void FewRaterItems::add_pairs(const Tile& labels, std::size_t begin, std::size_t end,
                              PairSums& out) const {
    auto at = std::ranges::upper_bound(classes_, begin, {}, &Class::end);
    Lanes<std::uint32_t> equal;
    for (; begin < end; ++at) {
        const std::size_t stop = std::min<std::size_t>(end, at->end);
        const auto pairs = static_cast<std::uint32_t>(stop - begin);
        count_equal(labels, std::span(first_).subspan(begin, pairs),
                    std::span(second_).subspan(begin, pairs), equal);
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            out.within[lane] += at->squared_difference * equal[lane];
            out.across[lane] += at->squared_difference * (pairs - equal[lane]);
            out.together[lane] += equal[lane];
        }
        begin = stop;
    }
}

void FewRaterItems::add_flips(const Tile& labels, std::size_t groups, std::size_t begin,
                              std::size_t end, FlipSums& out) const {
    std::array<Bytes, 5> eligible{}, flips{};
    const auto flush_all = [&] {
        for (std::size_t k = 0; k < least_.size(); ++k) {
            flush(eligible[k], out.eligible[k]);
            flush(flips[k], out.flips[k]);
        }
    };
    for (std::size_t item = begin; item < end; ++item) {
        const std::size_t count = begin_[item + 1] - begin_[item];
        const Largest largest(labels, std::span(rater_).subspan(begin_[item], count),
                              std::span(side_).subspan(begin_[item], count), groups);
        for (std::size_t k = 0; k < least_.size(); ++k) {
            if (least_[k] > count) continue;
            const Vector bound = repeated(least_[k]);
            for (std::size_t p = 0; p < kParts; ++p) {
                eligible[k][p] -= reinterpret_cast<Vector>(largest.any[p] >= bound);
                flips[k][p] -= reinterpret_cast<Vector>(largest.opposed[p] >= bound);
            }
        }
        if ((item - begin) % kMostInByte == kMostInByte - 1) flush_all();
    }
    flush_all();
}

void FewRaterItems::add_to(std::span<ShuffleSums> sums, const Labels& labels,
                           const Job& job) const {
    const std::size_t items = begin_.size() - 1;
    const std::size_t pair_grain = chunk_size(first_.size());
    const std::size_t item_grain = chunk_size(items);
    std::vector<PairSums> pairs((first_.size() + pair_grain - 1) / pair_grain);
    std::vector<FlipSums> flips((items + item_grain - 1) / item_grain);
    Tile tile;
    for (std::size_t from = 0; !first_.empty() && from < sums.size(); from += kLanes) {
        tile.load(labels, from);
        parallel_blocks(job, first_.size(), pair_grain, [&](std::size_t begin, std::size_t end) {
            PairSums chunk;
            add_pairs(tile, begin, end, chunk);
            pairs[begin / pair_grain] = chunk;
        });
        parallel_blocks(job, items, item_grain, [&](std::size_t begin, std::size_t end) {
            FlipSums chunk;
            add_flips(tile, labels.groups, begin, end, chunk);
            flips[begin / item_grain] = chunk;
        });
        const std::size_t lanes = std::min(kLanes, sums.size() - from);
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            ShuffleSums& out = sums[from + lane];
            std::uint64_t together = 0;
            for (const PairSums& chunk : pairs) {
                out.within += chunk.within[lane];
                out.across += chunk.across[lane];
                together += chunk.together[lane];
            }
            out.within_pairs += static_cast<double>(together);
            out.across_pairs += static_cast<double>(first_.size() - together);
            for (const FlipSums& chunk : flips) {
                for (std::size_t k = 0; k < least_.size(); ++k) {
                    out.eligible[k] += chunk.eligible[k][lane];
                    out.flips[k] += chunk.flips[k][lane];
                }
            }
        }
    }
}

}  // namespace edgewise::edge
