#include "edgewise/estimate/raters/rater_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "edgewise/base/dictionary.hpp"

namespace edgewise::estimate {
namespace {

using judgment::Dimension;
using judgment::JudgmentTable;
using judgment::Kind;
using judgment::kNone;
using judgment::Scale;

// What stands for one judgment while rows are sorted.
struct Answer {
    std::uint32_t item = 0;
    std::uint32_t rater = 0;
    std::uint32_t row = 0;
    double value = 0.0;
};

std::uint64_t hash_pair(Id low, Id high) noexcept {
    const std::uint64_t mixed = ((std::uint64_t{low} << 32) | high) * 0x9E3779B97F4A7C15U;
    return mixed ^ (mixed >> 32);
}

// Items in order of first appearance.
class Items {
public:
    explicit Items(std::vector<Item>& items) : items_(items) {}
    std::uint32_t find_or_add(Id case_, Id option, Id other) {
        const auto fresh = static_cast<std::uint32_t>(items_.size());
        const std::uint32_t at =
            index_.find_or_add(hash_pair(option, other), fresh, [&](std::uint32_t known) {
                return items_[known].option == option && items_[known].other == other;
            });
        if (at == fresh) items_.push_back({.case_ = case_, .option = option, .other = other});
        return at;
    }

private:
    HashIndex index_;
    std::vector<Item>& items_;
};

double nearest(std::span<const double> levels, double value) {
    const auto above = std::ranges::lower_bound(levels, value);
    if (above == levels.begin()) return levels.front();
    if (above == levels.end()) return levels.back();
    const double below = *(above - 1);
    return value - below <= *above - value ? below : *above;
}

bool last_counts(const Dimension& d) {
    return d.kind == Kind::vote || (d.kind == Kind::label && d.scale != Scale::binary);
}

void set_metric(RaterView& view, const Dimension& d) {
    view.steps = view.ratings.levels.size() <= kMostSteps;
    view.ordered = d.kind != Kind::label || d.scale == Scale::binary;
    if (d.kind == Kind::comparison || d.kind == Kind::approval || d.kind == Kind::label ||
        view.ratings.levels.size() <= 2) {
        view.metric = Metric::nominal;
    } else if (d.kind == Kind::vote || d.kind == Kind::ranking || d.scale == Scale::ordinal) {
        view.metric = Metric::ordinal;
    } else {
        view.metric = Metric::interval;
    }
}

}  // namespace

std::string RaterView::level_name(const JudgmentTable& table, std::uint32_t code) const {
    const Dimension& d = table.dimensions()[dimension];
    const double value = ratings.levels[code];
    if (d.kind == Kind::label) {
        return std::string(d.categories[static_cast<std::size_t>(value)]);
    }
    if (d.kind == Kind::comparison) {
        return value > 0.75 ? "first of the pair" : value < 0.25 ? "second of the pair" : "tie";
    }
    if (d.kind == Kind::vote) return value > 0.0 ? "agree" : value < 0.0 ? "disagree" : "pass";
    return fmt::format("{:.6g}", value);
}

RaterView rater_view(const JudgmentTable& table, std::uint16_t dimension) {
    const Dimension& d = table.dimensions()[dimension];
    RaterView out;
    out.dimension = dimension;
    Items items(out.items);
    std::vector<Answer> answers;
    for (std::uint32_t row = 0; row < table.size(); ++row) {
        if (table.dimension()[row] != dimension) continue;
        Answer a{.item = 0,
                 .rater = table.rater()[row],
                 .row = row,
                 .value = double{table.value()[row]}};
        Id option = table.option()[row];
        Id other = kNone;
        if (d.kind == Kind::comparison) {
            other = table.other()[row];
            if (option > other) {
                std::swap(option, other);
                a.value = 1.0 - a.value;
            }
        }
        a.item = items.find_or_add(table.options().case_of[option], option, other);
        answers.push_back(a);
    }

    // By item (counting), then by rater, then in the order of the table.
    std::vector<std::uint32_t> begin(out.items.size() + 1, 0);
    for (const Answer& a : answers) ++begin[a.item + 1];
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    std::vector<Answer> sorted(answers.size());
    {
        std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
        for (const Answer& a : answers) sorted[next[a.item]++] = a;
    }
    std::vector<double> steps;  // distinct values, as long as they are few
    bool few = true;
    for (const Answer& a : answers) {
        const auto at = std::ranges::lower_bound(steps, a.value);
        if (!few || (at != steps.end() && *at == a.value)) continue;
        few = steps.size() < kMostSteps;
        if (few) steps.insert(at, a.value);
    }
    const bool snap = few && d.scale != Scale::continuous;

    std::vector<std::uint32_t> rater;
    std::vector<double> values;
    const bool timed = !table.time().empty();
    std::uint32_t from = 0;
    for (std::size_t u = 0; u < out.items.size(); ++u) {
        const std::uint32_t to = begin[u + 1];
        const auto first = sorted.begin() + from;
        std::sort(first, sorted.begin() + to, [](const Answer& a, const Answer& b) {
            return std::tie(a.rater, a.row) < std::tie(b.rater, b.row);
        });
        for (std::uint32_t k = from; k < to;) {
            const std::uint32_t start = k;
            double sum = 0.0;
            for (; k < to && sorted[k].rater == sorted[start].rater; ++k) {
                sum += sorted[k].value;
                if (k > start) {
                    ++out.repeated;
                    if (sorted[k].value == sorted[k - 1].value) ++out.repeated_same;
                }
            }
            double value = sorted[k - 1].value;
            if (k - start > 1 && !last_counts(d)) {
                value = sum / static_cast<double>(k - start);
                if (snap) value = nearest(steps, value);
            }
            rater.push_back(sorted[start].rater);
            values.push_back(value);
            out.row.push_back(sorted[k - 1].row);
            out.time.push_back(timed ? table.time()[sorted[k - 1].row] : kNoTime);
        }
        from = to;
        begin[u + 1] = static_cast<std::uint32_t>(values.size());
    }
    out.ratings = code_ratings(begin, rater, values);
    out.ratings.raters = table.raters().ids.size();
    set_metric(out, d);
    return out;
}

CodedRatings only(const CodedRatings& ratings, std::span<const std::uint8_t> keep) {
    CodedRatings out;
    out.levels = ratings.levels;
    out.raters = ratings.raters;
    out.begin.push_back(0);
    for (std::size_t u = 0; u < ratings.units(); ++u) {
        for (std::uint32_t i = ratings.begin[u]; i < ratings.begin[u + 1]; ++i) {
            if (keep[ratings.rater[i]] == 0) continue;
            out.rater.push_back(ratings.rater[i]);
            out.code.push_back(ratings.code[i]);
        }
        out.begin.push_back(static_cast<std::uint32_t>(out.code.size()));
    }
    return out;
}

}  // namespace edgewise::estimate
