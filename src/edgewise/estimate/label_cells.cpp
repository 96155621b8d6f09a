#include "edgewise/estimate/label_cells.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/estimate/crossed.hpp"
#include "edgewise/estimate/rater_weights.hpp"

namespace edgewise::estimate {
namespace {

struct Row {
    Id option, rater;
    std::uint32_t category;
    double weight;
};

// Labels by item, level and category, with the weights of a cell brought to Kish's number.
struct Counts {
    std::size_t levels = 1;
    std::vector<double> all;
    std::vector<std::uint32_t> n;  // item by level
    std::vector<double> n_eff;
    std::vector<double> pooled_eff;               // item: of all its labels
    std::array<double, kMostGroups + 1> share{};  // level: of the raters, by mean weight
};

Counts count(const LabelView& view, const judgment::Partition& partition) {
    Counts out;
    const std::size_t groups = partition.groups.size(), categories = view.categories.size();
    out.levels = groups + 1;
    out.all.assign(view.items() * out.levels * categories, 0.0);
    out.n.assign(view.items() * out.levels, 0);
    out.n_eff.assign(out.n.size(), 0.0);
    std::vector<double> sum, judged;
    std::vector<double> total(out.levels), squares(out.levels);
    const auto level = [&](Id r) {
        const std::uint16_t g =
            r < partition.group_of.size() ? partition.group_of[r] : judgment::kNoGroup;
        return g == judgment::kNoGroup ? groups : std::size_t{g};
    };
    for (std::size_t item = 0; item < view.items(); ++item) {
        std::ranges::fill(total, 0.0);
        std::ranges::fill(squares, 0.0);
        double all = 0.0, all_squares = 0.0;
        for (std::size_t k = view.begin[item]; k < view.begin[item + 1]; ++k) {
            const Id r = view.rater[k];
            const double w = view.weight.empty() ? 1.0 : static_cast<double>(view.weight[k]);
            const std::size_t l = level(r);
            out.all[(item * out.levels + l) * categories + view.category[k]] += w;
            ++out.n[item * out.levels + l];
            total[l] += w;
            squares[l] += w * w;
            all += w;
            all_squares += w * w;
            if (r >= sum.size()) {
                sum.resize(std::size_t{r} + 1, 0.0);
                judged.resize(sum.size(), 0.0);
            }
            sum[r] += w;
            judged[r] += 1.0;
        }
        for (std::size_t l = 0; l < out.levels; ++l) {
            if (total[l] <= 0.0) continue;
            const double scale = view.weight.empty() ? 1.0 : total[l] / squares[l];
            out.n_eff[item * out.levels + l] = total[l] * scale;
            for (std::size_t k = 0; k < categories; ++k) {
                out.all[(item * out.levels + l) * categories + k] *= scale;
            }
        }
        out.pooled_eff.push_back(all_squares > 0.0 ? all * all / all_squares : 0.0);
    }
    double everyone = 0.0;
    for (std::size_t r = 0; r < sum.size(); ++r) {
        if (judged[r] == 0.0) continue;
        out.share[level(static_cast<Id>(r))] += sum[r] / judged[r];
        everyone += sum[r] / judged[r];
    }
    for (double& s : out.share) s /= std::max(everyone, 1e-300);
    return out;
}

CellState state_of(std::uint32_t n, const FitOptions& options) {
    return n == 0                   ? CellState::pooled
           : n < options.least_cell ? CellState::insufficient
                                    : CellState::observed;
}

// Posterior shares of an item's groups and of everybody.
void fill_item(const LabelCounts& labels, const Counts& counts, std::size_t item, LabelCells& out) {
    const std::size_t categories = labels.categories, groups = out.groups.size();
    const std::span<const double> everybody = std::span(counts.share).first(groups + 1);
    std::vector<double> mean(categories), sd(categories);
    for (std::size_t row = 0; row <= groups; ++row) {
        if (row < groups) {
            label_shares(labels, out.fit, item, row, mean, sd);
        } else {
            label_shares(labels, out.fit, item, everybody, mean, sd);
        }
        for (std::size_t k = 0; k < categories; ++k) {
            out.share[out.cell(item, row) * categories + k] = {mean[k], sd[k]};
        }
    }
}

}  // namespace

LabelView observe_labels(const judgment::JudgmentTable& table, std::uint16_t dimension,
                         bool include_machines, std::span<const double> rater_weight) {
    ensure(dimension < table.dimensions().size(), "the dimension exists");
    const judgment::Dimension& meaning = table.dimensions()[dimension];
    if (meaning.kind != judgment::Kind::label) {
        throw Error(ErrorCode::invalid_argument,
                    "dimension \"" + meaning.name + "\" does not hold labels", "dimension");
    }
    const RowWeights weights(table, rater_weight);
    LabelView out;
    out.dimension = dimension;
    for (std::size_t k = 0; k < meaning.categories.size(); ++k) {
        out.categories.emplace_back(meaning.categories[k]);
    }
    std::vector<Row> rows;
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table.dimension()[i] != dimension) continue;
        const Id rater = table.rater()[i];
        if (!include_machines && table.raters().kinds[rater] != judgment::RaterKind::person) {
            continue;
        }
        const double weight = weights.any() ? weights(i) : 1.0;
        if (weight <= 0.0) {
            ++out.weightless;
            continue;
        }
        rows.push_back(
            {table.option()[i], rater, static_cast<std::uint32_t>(table.value()[i]), weight});
    }
    std::ranges::stable_sort(rows, {},
                             [](const Row& row) { return std::tuple(row.option, row.rater); });
    std::vector<double> weight;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i + 1 < rows.size() && rows[i + 1].option == rows[i].option &&
            rows[i + 1].rater == rows[i].rater) {
            ++out.repeated;
            continue;
        }
        if (out.option.empty() || out.option.back() != rows[i].option) {
            out.option.push_back(rows[i].option);
            out.begin.push_back(static_cast<std::uint32_t>(out.rater.size()));
        }
        out.rater.push_back(rows[i].rater);
        out.category.push_back(rows[i].category);
        weight.push_back(rows[i].weight);
    }
    out.begin.push_back(static_cast<std::uint32_t>(out.rater.size()));
    out.weight = normalised_weights(weight);
    return out;
}

Cell LabelCells::as_cell(std::size_t item, std::size_t row, std::size_t category) const noexcept {
    const LabelShare& one = at(item, row, category);
    const std::size_t place = cell(item, row);
    return {.mean = one.mean,
            .sd = std::min(one.sd, std::sqrt(0.999 * one.mean * (1.0 - one.mean))),
            .n_eff = n_eff[place],
            .n = n[place],
            .state = state[place],
            .family = Family::beta};
}

Interval LabelCells::interval(std::size_t item, std::size_t row, std::size_t category,
                              double confidence) const {
    const Cell beta = as_cell(item, row, category);
    const double widest = beta.mean * (1.0 - beta.mean);
    if (widest <= 0.0 || beta.sd <= 0.0) return {beta.mean, beta.mean};
    const double size = widest / (beta.sd * beta.sd) - 1.0;
    const double a = beta.mean * size, b = (1.0 - beta.mean) * size;
    return {beta_quantile(0.5 * (1.0 - confidence), a, b),
            beta_quantile(0.5 * (1.0 + confidence), a, b)};
}

LabelCells label_cells(const LabelView& view, const judgment::Partition& partition,
                       const FitOptions& options, const Job& job) {
    if (partition.groups.size() > kMostGroups) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("attribute \"{}\" has {} groups; an estimator takes at most {}",
                                partition.attribute, partition.groups.size(), kMostGroups));
    }
    LabelCells out;
    out.categories = view.categories;
    out.groups = partition.groups;
    out.items = view.items();
    out.judgments = view.rater.size();
    out.effective = effective_number(view.weight, view.rater.size());
    if (view.rater.empty()) {
        out.why = "there are no labels by people";
        return out;
    }
    if (view.categories.size() < 2) {
        out.why = fmt::format("every label is \"{}\"", view.categories.front());
        return out;
    }
    const Counts counts = count(view, partition);
    const LabelCounts labels{.counts = {},
                             .items = view.items(),
                             .groups = counts.levels,
                             .categories = view.categories.size(),
                             .weighted = counts.all};
    out.fit = fit_dirichlet_labels(labels, job);
    out.defined = true;
    out.method = "marginal_likelihood";
    out.why = fmt::format("labels of {} categories without order: a share of each",
                          view.categories.size());
    if (!view.weight.empty()) {
        out.why += fmt::format("; weighted, {} labels tell as much as {:.0f} of equal weight",
                               out.judgments, out.effective);
    }
    out.share.resize(out.items * out.rows() * out.categories.size());
    out.n.assign(out.items * out.rows(), 0);
    out.n_eff.assign(out.n.size(), 0.0);
    out.state.assign(out.n.size(), CellState::pooled);
    for (std::size_t item = 0; item < out.items; ++item) {
        if (item % 1024 == 0) job.check();
        fill_item(labels, counts, item, out);
        for (std::size_t row = 0; row < out.rows(); ++row) {
            const bool everybody = row == out.groups.size();
            const std::size_t place = out.cell(item, row);
            out.n[place] = everybody ? view.begin[item + 1] - view.begin[item]
                                     : counts.n[item * counts.levels + row];
            out.n_eff[place] =
                everybody ? counts.pooled_eff[item] : counts.n_eff[item * counts.levels + row];
            out.state[place] = state_of(out.n[place], options);
        }
    }
    return out;
}

}  // namespace edgewise::estimate
