#include "edgewise/estimate/crossed.hpp"

#include <algorithm>
#include <string>

#include "edgewise/base/parallel.hpp"

namespace edgewise::estimate {
namespace {

constexpr std::size_t kMostBlocks = 16;

struct Sums {
    std::array<double, kMostLevels> utility{};
    std::array<std::uint64_t, kMostLevels> judgments{};
    std::uint64_t cells = 0, items = 0, most_per_item = 0, most_per_cell = 0;
};

Sums operator+(Sums a, const Sums& b) {
    for (std::size_t l = 0; l < kMostLevels; ++l) {
        a.utility[l] += b.utility[l];
        a.judgments[l] += b.judgments[l];
    }
    a.cells += b.cells;
    a.items += b.items;
    a.most_per_item = std::max(a.most_per_item, b.most_per_item);
    a.most_per_cell = std::max(a.most_per_cell, b.most_per_cell);
    return a;
}

Sums sum_items(const Crossed& design, std::size_t begin, std::size_t end) {
    Sums sums;
    for (std::size_t item = begin; item < end; ++item) {
        const auto raters = design.view->raters(item);
        const auto utilities = design.view->utilities(item);
        if (raters.empty()) continue;
        std::array<std::uint32_t, kMostLevels> n{};
        for (std::size_t k = 0; k < raters.size(); ++k) {
            const std::size_t l = design.level_of[raters[k]];
            ++n[l];
            const auto u = static_cast<double>(utilities[k]);
            sums.utility[l] +=
                design.weighted()
                    ? static_cast<double>(design.weight[design.view->begin[item] + k]) * u
                    : u;
        }
        ++sums.items;
        sums.most_per_item = std::max<std::uint64_t>(sums.most_per_item, raters.size());
        for (std::size_t l = 0; l < design.levels(); ++l) {
            sums.judgments[l] += n[l];
            if (l == design.groups || n[l] == 0) continue;
            ++sums.cells;
            sums.most_per_cell = std::max<std::uint64_t>(sums.most_per_cell, n[l]);
        }
    }
    return sums;
}

// Scales the view's weights level by level and sums them by rater. One pass to sum, one to scale;
// on one thread, since it is only where weights differ.
void weigh(Crossed& design) {
    const DimensionView& view = *design.view;
    PerLevel sum{}, squares{};
    for (std::size_t k = 0; k < view.rater.size(); ++k) {
        const auto w = static_cast<double>(view.weight[k]);
        const std::size_t l = design.level_of[view.rater[k]];
        sum[l] += w;
        squares[l] += w * w;
    }
    PerLevel scale{};
    for (std::size_t l = 0; l < design.levels(); ++l) {
        scale[l] = squares[l] > 0.0 ? sum[l] / squares[l] : 1.0;
        design.amount[l] = sum[l] * scale[l];
    }
    const std::size_t raters = design.level_of.size();
    std::vector<double> of_rater(raters, 0.0), squares_of(raters, 0.0);
    design.amount_of.assign(raters, 0.0);
    design.counts_for.assign(raters, 0.0);
    design.weight.resize(view.weight.size());
    for (std::size_t k = 0; k < view.rater.size(); ++k) {
        const Id r = view.rater[k];
        const auto w = static_cast<double>(view.weight[k]);
        design.weight[k] = static_cast<float>(w * scale[design.level_of[r]]);
        design.amount_of[r] += static_cast<double>(design.weight[k]);
        of_rater[r] += w;
        squares_of[r] += w * w;
    }
    double all = 0.0;
    PerLevel raters_of{};
    for (std::size_t r = 0; r < raters; ++r) {
        if (design.judgments_of[r] == 0) continue;
        design.counts_for[r] = of_rater[r] * of_rater[r] / squares_of[r];
        const double weight = of_rater[r] / design.judgments_of[r];
        raters_of[design.level_of[r]] += weight;
        all += weight;
    }
    for (std::size_t l = 0; l < design.levels(); ++l) design.share[l] = raters_of[l] / all;
    design.effective = effective_number(view.weight, view.weight.size());
    // The mean of all, by the weights as they are rather than scaled within levels.
    double weighted = 0.0, total = 0.0;
    for (std::size_t k = 0; k < view.weight.size(); ++k) {
        weighted += static_cast<double>(view.weight[k]) * static_cast<double>(view.utility[k]);
        total += static_cast<double>(view.weight[k]);
    }
    design.mean = weighted / total;
}

}  // namespace

std::size_t Crossed::grain() const noexcept {
    const std::size_t affordable = total / (2 * std::max<std::size_t>(judgments_of.size(), 1));
    const std::size_t blocks = std::clamp<std::size_t>(affordable, 1, kMostBlocks);
    return std::max<std::size_t>((view->items() + blocks - 1) / blocks, 256);
}

Crossed cross(const DimensionView& view, const judgment::Partition& partition, const Job& job) {
    if (partition.groups.size() > kMostGroups) {
        throw Error(ErrorCode::invalid_argument, "attribute \"" + partition.attribute + "\" has " +
                                                     std::to_string(partition.groups.size()) +
                                                     " groups; an estimator takes at most " +
                                                     std::to_string(kMostGroups));
    }
    Crossed design;
    design.view = &view;
    design.groups = partition.groups.size();
    std::size_t raters = partition.group_of.size();
    for (const Id r : view.rater) raters = std::max<std::size_t>(raters, std::size_t{r} + 1);
    design.level_of.assign(raters, static_cast<std::uint8_t>(design.groups));
    for (std::size_t r = 0; r < partition.group_of.size(); ++r) {
        const std::uint16_t g = partition.group_of[r];
        if (g == judgment::kNoGroup) continue;
        ensure(g < design.groups, "a rater's group is one of the partition's");
        design.level_of[r] = static_cast<std::uint8_t>(g);
    }
    design.judgments_of.assign(raters, 0);
    for (const Id r : view.rater) ++design.judgments_of[r];
    for (std::size_t r = 0; r < raters; ++r) {
        const std::uint64_t n = design.judgments_of[r];
        if (n > 0) ++design.raters[design.level_of[r]];
        design.most_per_rater = std::max(design.most_per_rater, n);
    }
    design.total = view.rater.size();
    design.effective = static_cast<double>(design.total);
    if (!view.weight.empty()) {
        ensure(view.weight.size() == view.rater.size(), "one weight for every judgment");
        weigh(design);
    }

    const Sums sums = parallel_reduce(
        job, view.items(), design.grain(), Sums{},
        [&](std::size_t begin, std::size_t end) { return sum_items(design, begin, end); },
        [](Sums a, const Sums& b) { return a + b; });
    design.cells = sums.cells;
    design.items = sums.items;
    design.most_per_item = sums.most_per_item;
    design.most_per_cell = sums.most_per_cell;
    design.judgments = sums.judgments;
    if (!design.weighted()) {
        double all = 0.0, raters_all = 0.0;
        for (const double s : sums.utility) all += s;
        design.mean = design.total == 0 ? 0.5 : all / static_cast<double>(design.total);
        for (const std::uint64_t n : design.raters) raters_all += static_cast<double>(n);
        for (std::size_t l = 0; l < design.levels(); ++l) {
            design.amount[l] = static_cast<double>(sums.judgments[l]);
            if (raters_all > 0.0) {
                design.share[l] = static_cast<double>(design.raters[l]) / raters_all;
            }
        }
    }
    for (std::size_t l = 0; l < kMostLevels; ++l) {
        const double n = design.amount[l];
        design.level_mean[l] = n > 0.0 ? sums.utility[l] / n : design.mean;
    }
    return design;
}

Estimable estimable(const Crossed& design) {
    std::uint64_t levels = 0, raters = 0;
    for (const std::uint64_t n : design.raters) {
        levels += n > 0;
        raters += n;
    }
    Estimable can;
    can.item = design.items >= 2 && design.most_per_item >= 2;
    can.rater = design.most_per_rater >= 2 && raters > levels;
    can.item_by_group = design.items >= 2 && levels >= 2 && design.most_per_cell >= 2;
    return can;
}

}  // namespace edgewise::estimate
