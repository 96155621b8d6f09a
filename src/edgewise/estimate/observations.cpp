#include "edgewise/estimate/observations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <utility>

#include "edgewise/base/dictionary.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/base/parallel.hpp"
#include "edgewise/estimate/rater_weights.hpp"

namespace edgewise::estimate {
namespace {

using judgment::Dimension;
using judgment::JudgmentTable;
using judgment::Kind;
using judgment::kNone;
using judgment::Scale;

constexpr std::size_t kMostLevels = 7;

// Why a dimension has no utilities, or nothing if it has.
std::string why_left_out(const Dimension& dimension, std::size_t judgments,
                         std::size_t weightless) {
    if (dimension.kind == Kind::ranking) return "rankings are not audited yet";
    if (dimension.kind == Kind::approval) return "approvals are not audited yet";
    if (dimension.kind == Kind::label && dimension.scale != Scale::binary) {
        return fmt::format("its {} labels have no order", dimension.categories.size());
    }
    if (judgments == 0 && weightless > 0) return "every judgment has weight 0";
    if (judgments == 0) return "no judgments by people";
    if (!(dimension.low < dimension.high)) {
        return fmt::format("every judgment is {} and no scale is declared", dimension.low);
    }
    return {};
}

bool stands_on_pairs(const Dimension& dimension) { return dimension.kind == Kind::comparison; }

// From what was judged to its item.
struct ItemIndex {
    std::vector<std::uint32_t> of_option;  // kNone: no item
    HashIndex pairs;                       // (lower, higher option) -> place in `all`
    std::vector<std::pair<Id, Id>> all;    // pairs in order of first appearance
    std::vector<std::uint32_t> of_pair;    // place -> item

    static std::uint64_t hash(std::pair<Id, Id> pair) {
        const std::uint64_t mixed =
            ((std::uint64_t{pair.first} << 32) | pair.second) * 0x9E3779B97F4A7C15U;
        return mixed ^ (mixed >> 32);
    }
    void add(std::pair<Id, Id> pair) {
        const auto fresh = static_cast<std::uint32_t>(all.size());
        const std::uint32_t place = pairs.find_or_add(
            hash(pair), fresh, [&](std::uint32_t known) { return all[known] == pair; });
        if (place == fresh) all.push_back(pair);
    }
    std::uint32_t item(std::pair<Id, Id> pair) const {
        return of_pair[pairs.find(hash(pair),
                                  [&](std::uint32_t known) { return all[known] == pair; })];
    }
};

// Places of `keys` in ascending order of key, in their own order among equals.
std::vector<std::uint32_t> counting_order(std::span<const Id> keys, std::size_t bound) {
    std::vector<std::uint32_t> next(bound + 1, 0);
    for (const Id key : keys) ++next[key + 1];
    std::partial_sum(next.begin(), next.end(), next.begin());
    std::vector<std::uint32_t> order(keys.size());
    for (std::uint32_t i = 0; i < keys.size(); ++i) order[next[keys[i]]++] = i;
    return order;
}

// Rated options of a case, then its compared pairs, both ascending.
ItemIndex make_items(const JudgmentTable& table, std::span<const std::uint32_t> rows,
                     Observations& out) {
    const std::vector<Id>& case_of = table.options().case_of;
    ItemIndex index;
    index.of_option.assign(case_of.size(), kNone);
    for (const std::uint32_t row : rows) {
        const Id option = table.option()[row];
        if (stands_on_pairs(table.dimensions()[table.dimension()[row]])) {
            index.add(std::minmax({option, table.other()[row]}));
        } else {
            index.of_option[option] = 0;
        }
    }
    std::vector<std::uint32_t> pairs(index.all.size());
    std::iota(pairs.begin(), pairs.end(), 0U);
    std::ranges::sort(pairs, {}, [&](std::uint32_t place) {
        return std::tuple(case_of[index.all[place].first], index.all[place]);
    });
    index.of_pair.resize(pairs.size());

    const std::size_t cases = table.cases().ids.size();
    const std::vector<std::uint32_t> options = counting_order(case_of, cases);
    auto option = options.begin();
    auto pair = pairs.begin();
    for (Id c = 0; c < cases; ++c) {
        out.case_begin.push_back(static_cast<std::uint32_t>(out.items.size()));
        for (; option != options.end() && case_of[*option] == c; ++option) {
            if (index.of_option[*option] == kNone) continue;
            index.of_option[*option] = static_cast<std::uint32_t>(out.items.size());
            out.items.push_back({.case_ = c, .option = *option, .other = kNone});
        }
        for (; pair != pairs.end() && case_of[index.all[*pair].first] == c; ++pair) {
            index.of_pair[*pair] = static_cast<std::uint32_t>(out.items.size());
            const auto [lower, higher] = index.all[*pair];
            out.items.push_back({.case_ = c, .option = lower, .other = higher});
        }
    }
    out.case_begin.push_back(static_cast<std::uint32_t>(out.items.size()));
    return index;
}

// The distinct utilities, ascending, if there are at most kMostLevels; else nothing.
std::vector<float> levels_of(std::span<const float> utilities) {
    std::vector<float> levels;
    for (const float u : utilities) {
        const auto at = std::ranges::lower_bound(levels, u);
        if (at != levels.end() && *at == u) continue;
        if (levels.size() == kMostLevels) return {};
        levels.insert(at, u);
    }
    return levels;
}

class ViewMaker {
public:
    ViewMaker(const JudgmentTable& table, const ItemIndex& index, const RowWeights& weights,
              std::size_t items)
        : table_(table), index_(index), weights_(weights), items_(items) {}

    DimensionView make(std::uint16_t d, std::span<const std::uint32_t> rows) const {
        const Dimension& dimension = table_.dimensions()[d];
        DimensionView view;
        view.dimension = d;
        view.votes = dimension.kind == Kind::vote;
        view.high_is_present = dimension.polarity == judgment::Polarity::positive;

        // Counting sort by item.
        view.begin.assign(items_ + 1, 0);
        for (const std::uint32_t row : rows) ++view.begin[item(dimension, row) + 1];
        std::partial_sum(view.begin.begin(), view.begin.end(), view.begin.begin());
        view.rater.resize(rows.size());
        view.utility.resize(rows.size());
        std::vector<double> weight(weights_.any() ? rows.size() : 0);
        {
            std::vector<std::uint32_t> next(view.begin.begin(), view.begin.end() - 1);
            for (const std::uint32_t row : rows) {
                const std::uint32_t at = next[item(dimension, row)]++;
                view.rater[at] = table_.rater()[row];
                view.utility[at] = utility(dimension, row);
                if (!weight.empty()) weight[at] = weights_(row);
            }
        }
        set_levels(view);
        if (weight.empty()) {
            merge_repeats(view);
        } else {
            merge_weighted_repeats(view, weight);
            view.weight = normalised_weights(weight);
        }
        return view;
    }

private:
    std::uint32_t item(const Dimension& dimension, std::uint32_t row) const {
        const Id option = table_.option()[row];
        if (!stands_on_pairs(dimension)) return index_.of_option[option];
        return index_.item(std::minmax({option, table_.other()[row]}));
    }

    float utility(const Dimension& dimension, std::uint32_t row) const {
        const double value = double{table_.value()[row]};
        const double share = (value - dimension.low) / (dimension.high - dimension.low);
        bool mirrored = dimension.polarity == judgment::Polarity::negative;
        if (stands_on_pairs(dimension) && table_.option()[row] > table_.other()[row]) {
            mirrored = !mirrored;
        }
        return static_cast<float>(mirrored ? 1.0 - share : share);
    }

    static void set_levels(DimensionView& view) {
        constexpr std::array kThirds{1.0F / 3.0F, 2.0F / 3.0F};
        const std::vector<float> levels = levels_of(view.utility);
        view.binary = !levels.empty() &&
                      std::ranges::all_of(levels, [](float u) { return u == 0.0F || u == 1.0F; });
        if (levels.size() >= 2) {
            view.cuts.assign(levels.begin() + 1, levels.end());
        } else if (levels.size() == 1) {
            view.cuts = {0.5F};
        } else {
            view.cuts.assign(kThirds.begin(), kThirds.end());
        }
    }

    // Sorts each item's raters and averages those that stand there twice; of votes the last counts,
    // as people may change their mind.
    static void merge_repeats(DimensionView& view) {
        std::vector<std::pair<Id, float>> own;
        std::uint32_t to = 0;
        for (std::size_t i = 0; i < view.items(); ++i) {
            const std::uint32_t begin = view.begin[i];
            const std::uint32_t end = view.begin[i + 1];
            view.begin[i] = to;
            own.clear();
            for (std::uint32_t k = begin; k < end; ++k) {
                own.emplace_back(view.rater[k], view.utility[k]);
            }
            if (view.votes) {
                std::ranges::stable_sort(own, {}, &std::pair<Id, float>::first);
            } else if (!std::ranges::is_sorted(own)) {
                // With the utility as second key the mean does not depend on the file's order.
                std::ranges::sort(own);
            }
            for (std::size_t k = 0; k < own.size();) {
                const Id rater = own[k].first;
                double sum = 0.0;
                std::size_t n = 0;
                for (; k < own.size() && own[k].first == rater; ++k, ++n) {
                    sum += double{own[k].second};
                }
                view.rater[to] = rater;
                view.utility[to++] = view.votes ? own[k - 1].second
                                                : static_cast<float>(sum / static_cast<double>(n));
                view.repeated += n - 1;
                view.binary = view.binary && (n == 1 || view.utility[to - 1] == 0.0F ||
                                              view.utility[to - 1] == 1.0F);
            }
        }
        if (!view.begin.empty()) view.begin.back() = to;
        view.rater.resize(to);
        view.utility.resize(to);
    }

    // The same with weights, which stay beside their judgments.
    static void merge_weighted_repeats(DimensionView& view, std::vector<double>& weight) {
        struct Own {
            Id rater;
            float utility;
            double weight;
            auto operator<=>(const Own&) const = default;
        };
        std::vector<Own> own;
        std::uint32_t to = 0;
        for (std::size_t i = 0; i < view.items(); ++i) {
            const std::uint32_t begin = view.begin[i];
            const std::uint32_t end = view.begin[i + 1];
            view.begin[i] = to;
            own.clear();
            for (std::uint32_t k = begin; k < end; ++k) {
                own.push_back({view.rater[k], view.utility[k], weight[k]});
            }
            if (view.votes) {
                std::ranges::stable_sort(own, {}, &Own::rater);
            } else {
                std::ranges::sort(own);
            }
            for (std::size_t k = 0; k < own.size();) {
                const Id rater = own[k].rater;
                double sum = 0.0, weighed = 0.0;
                std::size_t n = 0;
                for (; k < own.size() && own[k].rater == rater; ++k, ++n) {
                    sum += own[k].weight * static_cast<double>(own[k].utility);
                    weighed += own[k].weight;
                }
                const Own& last = own[k - 1];
                const bool as_said = view.votes || n == 1;
                view.rater[to] = rater;
                view.utility[to] = as_said ? last.utility : static_cast<float>(sum / weighed);
                weight[to] = as_said ? last.weight : weighed / static_cast<double>(n);
                view.repeated += n - 1;
                view.binary = view.binary && (view.utility[to] == 0.0F || view.utility[to] == 1.0F);
                ++to;
            }
        }
        if (!view.begin.empty()) view.begin.back() = to;
        view.rater.resize(to);
        view.utility.resize(to);
        weight.resize(to);
    }

    const JudgmentTable& table_;
    const ItemIndex& index_;
    const RowWeights& weights_;
    std::size_t items_;
};

}  // namespace

Observations observe(const JudgmentTable& table, const Job& job, bool include_machines,
                     std::span<const double> rater_weight) {
    Observations out;
    const RowWeights weights(table, rater_weight);
    const std::size_t dimensions = table.dimensions().size();

    // Rows of each dimension, one dimension after the other, in the order of the table.
    const auto stakeholder = [&](std::size_t row) {
        return include_machines ||
               table.raters().kinds[table.rater()[row]] == judgment::RaterKind::person;
    };
    const auto counts = [&](std::size_t row) {
        return stakeholder(row) && (!weights.any() || weights(row) > 0.0);
    };
    std::vector<std::size_t> begin(dimensions + 1, 0), weightless(dimensions, 0);
    for (std::size_t row = 0; row < table.size(); ++row) {
        if ((table.flags()[row] & judgment::kUnderspecified) != 0) ++out.underspecified;
        if (counts(row)) {
            ++begin[table.dimension()[row] + std::size_t{1}];
        } else if (stakeholder(row)) {
            ++weightless[table.dimension()[row]];
            ++out.weightless;
        } else {
            ++out.machine;
        }
    }
    std::vector<bool> kept(dimensions);
    for (std::size_t d = 0; d < dimensions; ++d) {
        const Dimension& dimension = table.dimensions()[d];
        const std::string reason = why_left_out(dimension, begin[d + 1], weightless[d]);
        kept[d] = reason.empty();
        if (kept[d]) continue;
        out.left_out.push_back(fmt::format("{}: {}", dimension.name, reason));
        begin[d + 1] = 0;
    }
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    std::vector<std::uint32_t> rows(begin.back());
    {
        std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
        for (std::size_t row = 0; row < table.size(); ++row) {
            const std::size_t d = table.dimension()[row];
            if (kept[d] && counts(row)) rows[next[d]++] = static_cast<std::uint32_t>(row);
        }
    }
    job.check();

    const ItemIndex index = make_items(table, rows, out);
    const ViewMaker maker(table, index, weights, out.items.size());
    std::vector<DimensionView> views(dimensions);
    parallel_blocks(job, dimensions, 1, [&](std::size_t d, std::size_t) {
        if (!kept[d]) return;
        views[d] = maker.make(static_cast<std::uint16_t>(d),
                              std::span(rows).subspan(begin[d], begin[d + 1] - begin[d]));
    });
    for (std::size_t d = 0; d < dimensions; ++d) {
        if (kept[d]) out.dimensions.push_back(std::move(views[d]));
    }
    return out;
}

}  // namespace edgewise::estimate
