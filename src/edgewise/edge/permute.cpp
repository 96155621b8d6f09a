#include "edgewise/edge/permute.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "edgewise/base/parallel.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/edge/paired_items.hpp"

namespace edgewise::edge {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMostGroups = 32;
// Judgments that a block of items holds: with utility, rater and side some 150 KB, inside L2.
constexpr std::size_t kBlockJudgments = 16384;

// Sums of one item by group. Lives on the stack; cleared for every item.
struct GroupSum {
    double sum = 0.0;
    double squares = 0.0;
    std::uint32_t n = 0;
    std::int32_t side = 0;
};
using GroupSums = std::array<GroupSum, kMostGroups>;

struct Row {
    std::span<const std::uint32_t> rater;
    std::span<const float> utility;
    std::span<const std::int8_t> side;
    int majority;
    float inverse_sd;
};

Row row_of(const GroupedView& view, std::size_t r) {
    const std::size_t begin = view.begin[r];
    const std::size_t count = view.begin[r + 1] - begin;
    return {std::span(view.rater).subspan(begin, count),
            std::span(view.utility).subspan(begin, count),
            std::span(view.side).subspan(begin, count), view.majority[r], view.inverse_sd[r]};
}

void gather(const Row& row, std::span<const std::uint8_t> label, std::size_t groups,
            GroupSums& at) {
    std::fill_n(at.begin(), groups, GroupSum{});
    for (std::size_t i = 0; i < row.rater.size(); ++i) {
        GroupSum& group = at[label[row.rater[i]]];
        const double u = row.utility[i];
        group.sum += u;
        group.squares += u * u;
        ++group.n;
        group.side += row.side[i];
    }
}

float score(double n, double sum, double total_n, double total, float inverse_sd) {
    const double rest = total_n - n;
    const double difference = std::abs(sum / n - (total - sum) / rest);
    return static_cast<float>(difference * double{inverse_sd} / std::sqrt(1.0 / n + 1.0 / rest));
}

std::size_t score_bin(float z) noexcept {
    return std::min(kScoreBins - 1, static_cast<std::size_t>(std::max(0.0F, z) * 50.0F));
}

using Histograms = std::array<std::vector<std::uint64_t>, kSizeBins>;

void add_item(const Row& row, const GroupSums& at, std::size_t groups, std::uint32_t least_cell,
              ShuffleSums& out, Histograms* null) {
    double total_n = 0.0;
    double total = 0.0;
    double squares = 0.0;
    double within = 0.0;
    double within_pairs = 0.0;
    std::uint32_t largest = 0;
    std::uint32_t largest_opposed = 0;
    for (std::size_t g = 0; g < groups; ++g) {
        const GroupSum& group = at[g];
        const double n = group.n;
        total_n += n;
        total += group.sum;
        squares += group.squares;
        within += n * group.squares - group.sum * group.sum;
        within_pairs += n * (n - 1.0);
        largest = std::max(largest, group.n);
        if (opposed(row.majority, group.side)) largest_opposed = std::max(largest_opposed, group.n);
    }
    within_pairs *= 0.5;
    const double pairs = 0.5 * total_n * (total_n - 1.0);
    out.within += within;
    out.across += (total_n * squares - total * total) - within;
    out.within_pairs += within_pairs;
    out.across_pairs += pairs - within_pairs;
    if (pairs > 0.0) {
        const double across_pairs = pairs - within_pairs;
        out.matched_within += within * across_pairs / pairs;
        out.matched_across += ((total_n * squares - total * total) - within) * within_pairs / pairs;
        out.matched_weight += within_pairs * across_pairs / pairs;
    }
    if (row.majority != 0) {
        const auto tally = [&](std::size_t k, std::uint32_t least) {
            out.eligible[k] += largest >= least ? 1U : 0U;
            out.flips[k] += largest_opposed >= least ? 1U : 0U;
        };
        for (std::size_t k = 0; k < kFlipLeast.size(); ++k) tally(k, kFlipLeast[k]);
        tally(kFlipLeast.size(), least_cell);
    }
    if (null == nullptr || largest < kFlagLeast) return;
    for (std::size_t g = 0; g < groups; ++g) {
        const double n = at[g].n;
        if (n < kFlagLeast || total_n - n < kFlagLeast) continue;
        const float z = score(n, at[g].sum, total_n, total, row.inverse_sd);
        ++(*null)[size_bin(at[g].n)][score_bin(z)];
    }
}

}  // namespace

std::size_t size_bin(std::uint32_t n) noexcept { return n < 5 ? 0 : n < 10 ? 1 : n < 20 ? 2 : 3; }

std::vector<std::int8_t> sides(const estimate::DimensionView& view, judgment::Kind kind) {
    std::vector<std::int8_t> out(view.utility.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        const float u = view.utility[i];
        if (kind == judgment::Kind::comparison) {
            out[i] = static_cast<std::int8_t>((u > 0.5F) - (u < 0.5F));
        } else if (kind == judgment::Kind::vote) {
            const bool agrees = view.high_is_present ? u > 0.5F : u < 0.5F;
            out[i] = agrees ? 1 : -1;
        } else {
            out[i] = view.present(u) ? 1 : -1;
        }
    }
    return out;
}

Labels shuffled_labels(const judgment::Partition& partition, std::uint64_t permutations,
                       std::uint64_t seed, std::uint64_t stream) {
    ensure(partition.groups.size() <= kMostGroups, "a partition has at most 32 groups");
    Labels out;
    out.groups = partition.groups.size();
    std::vector<std::uint8_t> observed;
    for (std::uint32_t rater = 0; rater < partition.group_of.size(); ++rater) {
        if (partition.group_of[rater] == judgment::kNoGroup) continue;
        out.rater_of.push_back(rater);
        observed.push_back(static_cast<std::uint8_t>(partition.group_of[rater]));
    }
    out.raters = observed.size();
    out.label.reserve((permutations + 1) * out.raters);
    out.label.insert(out.label.end(), observed.begin(), observed.end());
    for (std::uint64_t b = 1; b <= permutations; ++b) {
        std::vector<std::uint8_t> shuffled = observed;
        Rng rng(seed, stream + b);
        for (std::size_t i = shuffled.size(); i > 1; --i) {
            std::swap(shuffled[i - 1], shuffled[rng.next_below(i)]);
        }
        out.label.insert(out.label.end(), shuffled.begin(), shuffled.end());
    }
    return out;
}

GroupedView grouped(const estimate::DimensionView& view, std::span<const std::int8_t> side,
                    const judgment::Partition& partition, const Labels& labels) {
    std::vector<std::uint32_t> dense(partition.group_of.size(), judgment::kNone);
    for (std::uint32_t i = 0; i < labels.rater_of.size(); ++i) dense[labels.rater_of[i]] = i;
    // Spread over all items, for moderating the spread of each.
    double total_squares = 0.0;
    double freedom = 0.0;
    const auto spread = [&](std::size_t item) {
        const auto u = view.utilities(item);
        double sum = 0.0;
        for (const double x : u) sum += x;
        const double mean = u.empty() ? 0.0 : sum / static_cast<double>(u.size());
        double squares = 0.0;
        for (const double x : u) squares += (x - mean) * (x - mean);
        return squares;
    };
    for (std::size_t item = 0; item < view.items(); ++item) {
        const std::size_t m = view.utilities(item).size();
        if (m < 2) continue;
        total_squares += spread(item);
        freedom += static_cast<double>(m - 1);
    }
    const double common = freedom > 0.0 ? total_squares / freedom : 0.0;

    GroupedView out;
    out.begin.push_back(0);
    for (std::size_t item = 0; item < view.items(); ++item) {
        const std::size_t start = out.rater.size();
        std::int64_t pooled = 0;
        for (std::size_t i = view.begin[item]; i < view.begin[item + 1]; ++i) {
            pooled += side[i];
            const std::uint32_t rater = dense[view.rater[i]];
            if (rater == judgment::kNone) continue;
            out.rater.push_back(rater);
            out.utility.push_back(view.utility[i]);
            out.side.push_back(side[i]);
        }
        if (out.rater.size() - start < 2) {
            out.rater.resize(start);
            out.utility.resize(start);
            out.side.resize(start);
            continue;
        }
        out.item.push_back(static_cast<std::uint32_t>(item));
        out.begin.push_back(static_cast<std::uint32_t>(out.rater.size()));
        out.majority.push_back(static_cast<std::int8_t>((pooled > 0) - (pooled < 0)));
        // The item's variance, moderated towards the common one with four degrees of freedom
        // (Smyth 2004). It does not depend on labels, so shuffling leaves it as it is.
        constexpr double kPrior = 4.0;
        const auto m = static_cast<double>(view.utilities(item).size());
        const double variance = (kPrior * common + spread(item)) / (kPrior + m - 1.0);
        out.inverse_sd.push_back(variance > 0.0 ? static_cast<float>(1.0 / std::sqrt(variance))
                                                : 0.0F);
    }
    return out;
}

ShuffleSums& ShuffleSums::operator+=(const ShuffleSums& other) noexcept {
    within += other.within;
    across += other.across;
    within_pairs += other.within_pairs;
    across_pairs += other.across_pairs;
    matched_within += other.matched_within;
    matched_across += other.matched_across;
    matched_weight += other.matched_weight;
    for (std::size_t k = 0; k < flips.size(); ++k) {
        flips[k] += other.flips[k];
        eligible[k] += other.eligible[k];
    }
    return *this;
}

double ShuffleSums::ratio() const noexcept {
    // What rounding leaves of raters who never differ is no variance.
    if (matched_weight <= 0.0 || matched_within <= 1e-12 * matched_weight) return kNaN;
    return matched_across / matched_within;
}

double ShuffleSums::flip_rate(std::size_t k) const noexcept {
    return eligible[k] == 0 ? kNaN
                            : static_cast<double>(flips[k]) / static_cast<double>(eligible[k]);
}

double ShuffleSums::within_variance() const noexcept {
    return within_pairs > 0.0 ? 0.5 * within / within_pairs : 0.0;
}

double ShuffleSums::between_variance() const noexcept {
    if (matched_weight <= 0.0) return 0.0;
    return std::max(0.0, 0.5 * (matched_across - matched_within) / matched_weight);
}

Nulls permute(const GroupedView& view, const Labels& labels, std::uint32_t least_cell,
              const Job& job) {
    const std::size_t shuffles = labels.shuffles();
    Nulls out;
    out.sums.resize(shuffles);
    for (auto& each : out.scores) each.assign(kScoreBins, 0);
    PairedItems(view).add_to(out.sums, labels, least_cell, job);
    // The others, in blocks of about kBlockJudgments judgments; they depend on the data alone.
    std::vector<std::uint32_t> larger;
    std::vector<std::size_t> block{0};
    std::size_t judgments = 0;
    for (std::uint32_t r = 0; r < view.item.size(); ++r) {
        const std::uint32_t count = view.begin[r + 1] - view.begin[r];
        if (count == 2) continue;
        larger.push_back(r);
        judgments += count;
        if (judgments < kBlockJudgments) continue;
        block.push_back(larger.size());
        judgments = 0;
    }
    if (block.back() != larger.size()) block.push_back(larger.size());
    const std::size_t blocks = block.size() - 1;

    struct Part {
        std::vector<ShuffleSums> sums;
        Histograms scores;
    };
    // A few blocks make a part, so that memory stays small when there are very many items.
    const std::size_t grain = std::max<std::size_t>(1, blocks / 64);
    std::vector<Part> parts((blocks + grain - 1) / grain);
    parallel_blocks(job, blocks, grain, [&](std::size_t first, std::size_t last) {
        Part& part = parts[first / grain];
        part.sums.resize(shuffles);
        for (auto& each : part.scores) each.assign(kScoreBins, 0);
        GroupSums at{};
        for (std::size_t k = first; k < last; ++k) {
            const auto rows = std::span(larger).subspan(block[k], block[k + 1] - block[k]);
            for (std::size_t b = 0; b < shuffles; ++b) {
                const auto label = labels.row(b);
                for (const std::uint32_t r : rows) {
                    const Row row = row_of(view, r);
                    gather(row, label, labels.groups, at);
                    add_item(row, at, labels.groups, least_cell, part.sums[b],
                             b == 0 ? nullptr : &part.scores);
                }
            }
        }
    });
    for (const Part& part : parts) {
        for (std::size_t b = 0; b < shuffles; ++b) out.sums[b] += part.sums[b];
        for (std::size_t k = 0; k < kSizeBins; ++k) {
            for (std::size_t z = 0; z < kScoreBins; ++z) out.scores[k][z] += part.scores[k][z];
        }
    }
    return out;
}

std::vector<CellScore> cell_scores(const GroupedView& view, const Labels& labels,
                                   const Nulls& nulls) {
    // Upper tail of each null histogram, so that p is one look-up.
    std::array<std::vector<double>, kSizeBins> tail;
    for (std::size_t k = 0; k < kSizeBins; ++k) {
        tail[k].assign(kScoreBins + 1, 0.0);
        for (std::size_t z = kScoreBins; z-- > 0;) {
            tail[k][z] = tail[k][z + 1] + static_cast<double>(nulls.scores[k][z]);
        }
    }
    std::vector<CellScore> out;
    GroupSums at{};
    for (std::size_t r = 0; r < view.item.size(); ++r) {
        const Row row = row_of(view, r);
        gather(row, labels.row(0), labels.groups, at);
        double total_n = 0.0;
        double total = 0.0;
        for (std::size_t g = 0; g < labels.groups; ++g) {
            total_n += at[g].n;
            total += at[g].sum;
        }
        for (std::size_t g = 0; g < labels.groups; ++g) {
            const std::uint32_t n = at[g].n;
            if (n < kFlagLeast || total_n - n < kFlagLeast) continue;
            const float z = score(n, at[g].sum, total_n, total, row.inverse_sd);
            const auto& upper = tail[size_bin(n)];
            const double p = (1.0 + upper[score_bin(z)]) / (1.0 + upper[0]);
            out.push_back({view.item[r], static_cast<std::uint16_t>(g), n, z, static_cast<float>(p),
                           opposed(row.majority, at[g].side)});
        }
    }
    return out;
}

}  // namespace edgewise::edge
