#include "edgewise/estimate/observations.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "edgewise/base/parallel.hpp"

namespace edgewise::estimate {
namespace {

using judgment::Dimension;
using judgment::JudgmentTable;
using judgment::Kind;

// Why a dimension makes no utilities; empty if it does.
std::string unsuitable(const Dimension& dimension) {
    switch (dimension.kind) {
        case Kind::ranking:
            return "rankings are stored; their estimator is not part of this audit";
        case Kind::approval:
            return "approvals are stored; their estimator is not part of this audit";
        case Kind::label:
            return dimension.categories.size() == 2
                       ? std::string()
                       : "labels of more than two categories have no order to average";
        default:
            break;
    }
    if (!std::isfinite(dimension.low) || !std::isfinite(dimension.high)) return "no scale";
    return {};
}

class ToUtility {
public:
    explicit ToUtility(const Dimension& d) {
        const bool negative = d.polarity == judgment::Polarity::negative;
        double low = d.low;
        double high = d.high;
        if (d.kind == Kind::vote) {
            low = -1.0;
            high = 1.0;
        } else if (d.kind == Kind::comparison || d.kind == Kind::label) {
            low = 0.0;
            high = 1.0;
        }
        const double range = high - low;
        // Without any range everything is worth the same: the middle.
        scale_ = range > 0.0 ? 1.0 / range : 0.0;
        offset_ = range > 0.0 ? -low / range : 0.5;
        if (negative) {
            scale_ = -scale_;
            offset_ = 1.0 - offset_;
        }
    }
    float operator()(float value) const noexcept {
        return static_cast<float>(std::clamp(offset_ + scale_ * double{value}, 0.0, 1.0));
    }

private:
    double scale_ = 1.0;
    double offset_ = 0.0;
};

// Items of the table: options that were judged alone and pairs that were compared, by case.
struct Index {
    std::vector<Item> items;
    std::vector<std::uint32_t> case_begin;
    std::vector<std::uint32_t> of_option;  // option -> item, for judgments of one option
    std::vector<std::uint32_t> of_row;     // judgment -> item; empty if no comparisons
};

Index index_items(const JudgmentTable& table) {
    Index out;
    const auto& options = table.options();
    const std::size_t option_count = options.ids.size();
    std::vector<std::uint8_t> alone(option_count);
    std::vector<std::pair<Id, Id>> pairs;  // (lower option, higher option), unsorted
    const auto kinds = table.dimensions();
    const bool compared = !table.other().empty();
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (kinds[table.dimension()[i]].kind == Kind::comparison) {
            pairs.push_back(std::minmax(table.option()[i], table.other()[i]));
        } else {
            alone[table.option()[i]] = 1;
        }
    }
    std::vector<std::pair<Id, Id>> distinct = pairs;
    std::ranges::sort(distinct);
    const auto repeated = std::ranges::unique(distinct);
    distinct.erase(repeated.begin(), repeated.end());
    for (Id option = 0; option < option_count; ++option) {
        if (alone[option] != 0) {
            out.items.push_back({options.case_of[option], option, judgment::kNone});
        }
    }
    for (const auto& [a, b] : distinct) out.items.push_back({options.case_of[a], a, b});
    // Options alone come before pairs within a case; both ascend.
    std::ranges::stable_sort(out.items, {}, &Item::case_);
    out.of_option.assign(option_count, judgment::kNone);
    std::vector<std::uint32_t> of_pair(distinct.size());
    for (std::uint32_t k = 0; k < out.items.size(); ++k) {
        const Item& item = out.items[k];
        const bool pair = item.other != judgment::kNone;
        if (k == 0 || out.items[k - 1].case_ != item.case_ ||
            (out.items[k - 1].other != judgment::kNone) != pair) {
            out.case_begin.push_back(k);  // ratings and comparisons of one case are told apart
        }
        if (pair) {
            const auto at = std::ranges::lower_bound(distinct, std::pair(item.option, item.other));
            of_pair[static_cast<std::size_t>(at - distinct.begin())] = k;
        } else {
            out.of_option[item.option] = k;
        }
    }
    out.case_begin.push_back(static_cast<std::uint32_t>(out.items.size()));
    if (!compared || distinct.empty()) return out;
    out.of_row.assign(table.size(), judgment::kNone);
    std::size_t next = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (kinds[table.dimension()[i]].kind != Kind::comparison) continue;
        const auto at = std::ranges::lower_bound(distinct, pairs[next++]);
        out.of_row[i] = of_pair[static_cast<std::size_t>(at - distinct.begin())];
    }
    return out;
}

// Levels for treating utilities as categories: the distinct values if these are two to seven, else
// below, at and above the middle.
std::vector<float> level_cuts(const DimensionView& view) {
    std::vector<float> levels;
    for (const float u : view.utility) {
        const auto at = std::ranges::lower_bound(levels, u);
        if (at != levels.end() && *at == u) continue;
        if (levels.size() == 7) return {0.45F, 0.55F};
        levels.insert(at, u);
    }
    if (levels.size() < 2) return {0.5F};
    levels.erase(levels.begin());
    return levels;
}

// Sorts the raters of one item and averages repeated judgments of one rater. Returns the new count.
std::size_t settle_item(std::span<std::pair<Id, float>> row) {
    std::ranges::stable_sort(row, {}, &std::pair<Id, float>::first);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < row.size();) {
        double sum = 0.0;
        std::size_t end = i;
        for (; end < row.size() && row[end].first == row[i].first; ++end) {
            sum += double{row[end].second};
        }
        row[kept++] = {row[i].first, static_cast<float>(sum / static_cast<double>(end - i))};
        i = end;
    }
    return kept;
}

DimensionView arrange(const JudgmentTable& table, const Index& index, std::uint16_t dimension,
                      std::span<const std::uint32_t> rows) {
    const Dimension& d = table.dimensions()[dimension];
    const ToUtility utility(d);
    DimensionView view;
    view.dimension = dimension;
    view.votes = d.kind == Kind::vote;
    view.high_is_present = d.polarity == judgment::Polarity::positive;
    const auto item_of = [&](std::uint32_t i) {
        return d.kind == Kind::comparison ? index.of_row[i] : index.of_option[table.option()[i]];
    };
    std::vector<std::uint32_t> begin(index.items.size() + 1);
    for (const std::uint32_t i : rows) ++begin[item_of(i) + 1];
    for (std::size_t k = 1; k < begin.size(); ++k) begin[k] += begin[k - 1];
    std::vector<std::pair<Id, float>> sorted(rows.size());
    std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
    for (const std::uint32_t i : rows) {
        float u = utility(table.value()[i]);
        // The pair's lower option id comes first, however it was shown.
        if (d.kind == Kind::comparison && table.option()[i] > table.other()[i]) u = 1.0F - u;
        sorted[next[item_of(i)]++] = {table.rater()[i], u};
    }
    view.begin.resize(begin.size());
    view.rater.reserve(rows.size());
    view.utility.reserve(rows.size());
    for (std::size_t k = 0; k + 1 < begin.size(); ++k) {
        const auto row = std::span(sorted).subspan(begin[k], begin[k + 1] - begin[k]);
        const std::size_t kept = settle_item(row);
        view.repeated += row.size() - kept;
        for (const auto& [rater, u] : row.first(kept)) {
            view.rater.push_back(rater);
            view.utility.push_back(u);
        }
        view.begin[k + 1] = static_cast<std::uint32_t>(view.rater.size());
    }
    view.binary = std::ranges::all_of(view.utility, [](float u) { return u == 0.0F || u == 1.0F; });
    view.cuts = level_cuts(view);
    return view;
}

}  // namespace

Observations observe(const JudgmentTable& table, const Job& job, bool include_machines) {
    Observations out;
    const auto dimensions = table.dimensions();
    std::vector<std::vector<std::uint32_t>> rows(dimensions.size());
    std::vector<std::uint8_t> usable(dimensions.size());
    for (std::size_t d = 0; d < dimensions.size(); ++d) {
        const std::string why = unsuitable(dimensions[d]);
        usable[d] = why.empty() ? 1 : 0;
        if (!why.empty())
            out.left_out.push_back("dimension \"" + dimensions[d].name + "\": " + why);
    }
    const auto& kinds = table.raters().kinds;
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        if ((table.flags()[i] & judgment::kUnderspecified) != 0) ++out.underspecified;
        if (usable[table.dimension()[i]] == 0) continue;
        const Id rater = table.rater()[i];
        if (!include_machines && rater < kinds.size() &&
            kinds[rater] != judgment::RaterKind::person) {
            ++out.machine;
            continue;
        }
        rows[table.dimension()[i]].push_back(i);
    }
    Index index = index_items(table);
    std::vector<std::uint16_t> which;
    for (std::size_t d = 0; d < dimensions.size(); ++d) {
        if (usable[d] == 0) continue;
        if (rows[d].empty()) {
            out.left_out.push_back("dimension \"" + dimensions[d].name +
                                   "\": no judgments by people");
            continue;
        }
        which.push_back(static_cast<std::uint16_t>(d));
    }
    out.dimensions.resize(which.size());
    parallel_blocks(job, which.size(), 1, [&](std::size_t k, std::size_t) {
        out.dimensions[k] = arrange(table, index, which[k], rows[which[k]]);
        rows[which[k]] = {};
    });
    out.items = std::move(index.items);
    out.case_begin = std::move(index.case_begin);
    return out;
}

}  // namespace edgewise::estimate
