#include <algorithm>
#include <functional>

#include "edgewise/base/parallel.hpp"
#include "edgewise/estimate/variance_components.hpp"

namespace edgewise::estimate {
namespace {

// Of ordered pairs of two judgments: how many, and the sum of half the squared differences.
// `weight` counts pairs with the weight their half squared differences got.
struct Pairs {
    double weight = 0.0;
    double half_squares = 0.0;

    Pairs& operator+=(const Pairs& o) {
        weight += o.weight;
        half_squares += o.half_squares;
        return *this;
    }
    bool any() const { return weight > 0.0; }
    double mean() const { return half_squares / weight; }
};

// All ordered pairs within numbers with these sums. A pair of judgments of weights v and w counts
// v w times (Korn & Graubard 2003): `n` is the sum of weights and `own` that of their squares, both
// the count where weights are 1.
Pairs within(double n, double own, double sum, double squares) {
    return {std::max(0.0, n * n - own), std::max(0.0, n * squares - sum * sum)};
}

Pairs scaled(Pairs p, double by) { return {p.weight * by, p.half_squares * by}; }

struct RaterSums {
    double sum = 0.0;
    double squares = 0.0;
};

struct ItemSums {
    Pairs same_cell;    // same item, same level; a pair in a cell of n weighs 1 / n
    Pairs same_item;    // same item, different groups; a pair in an item of n weighs 1 / n
    Pairs all_in_item;  // same item, any two with a group
    double n = 0.0, own = 0.0, sum = 0.0, squares = 0.0;  // over all judgments with a group
    std::vector<RaterSums> raters;
};

template <bool kWeighted>
ItemSums sum_items(const Crossed& design, bool ungrouped, std::size_t begin, std::size_t end) {
    ItemSums total;
    total.raters.resize(design.judgments_of.size());
    const std::size_t levels = design.levels();
    PerLevel n, own, sum, squares;
    for (std::size_t item = begin; item < end; ++item) {
        const auto raters = design.view->raters(item);
        const auto utilities = design.view->utilities(item);
        // Of the few levels there are, not of all that there could be: this is run for every item.
        for (PerLevel* each : {&n, &own, &sum, &squares}) std::fill_n(each->begin(), levels, 0.0);
        for (std::size_t k = 0; k < raters.size(); ++k) {
            const std::size_t l = design.level_of[raters[k]];
            const double z = static_cast<double>(utilities[k]) - design.level_mean[l];
            const double w =
                kWeighted ? static_cast<double>(design.weight[design.view->begin[item] + k]) : 1.0;
            n[l] += w;
            if constexpr (kWeighted) own[l] += w * w;
            sum[l] += w * z;
            squares[l] += w * z * z;
            RaterSums& r = total.raters[raters[k]];
            r.sum += w * z;
            r.squares += w * z * z;
        }
        double item_n = 0.0, item_own = 0.0, item_sum = 0.0, item_squares = 0.0;
        Pairs cells;
        for (std::size_t l = 0; l < levels; ++l) {
            if (n[l] == 0.0) continue;
            if constexpr (!kWeighted) own[l] = n[l];
            const Pairs cell = within(n[l], own[l], sum[l], squares[l]);
            total.same_cell += scaled(cell, 1.0 / n[l]);
            if (l == design.groups && !ungrouped) continue;
            cells += cell;
            item_n += n[l];
            item_own += own[l];
            item_sum += sum[l];
            item_squares += squares[l];
        }
        if (item_n == 0.0) continue;
        const Pairs all = within(item_n, item_own, item_sum, item_squares);
        total.all_in_item += all;
        total.same_item += scaled(
            {all.weight - cells.weight, all.half_squares - cells.half_squares}, 1.0 / item_n);
        total.n += item_n;
        total.own += item_own;
        total.sum += item_sum;
        total.squares += item_squares;
    }
    return total;
}

ItemSums combine(ItemSums a, ItemSums b) {
    if (a.raters.empty()) return b;
    if (b.raters.empty()) return a;
    a.same_cell += b.same_cell;
    a.same_item += b.same_item;
    a.all_in_item += b.all_in_item;
    a.n += b.n;
    a.own += b.own;
    a.sum += b.sum;
    a.squares += b.squares;
    for (std::size_t r = 0; r < a.raters.size(); ++r) {
        a.raters[r].sum += b.raters[r].sum;
        a.raters[r].squares += b.raters[r].squares;
    }
    return a;
}

}  // namespace

Components moment_components(const Crossed& design, const Job& job) {
    Components found;
    if (design.total < 2) return found;
    // Judgments without a group have no cell effect; they join only where nobody has a group.
    const bool ungrouped = design.judgments[design.groups] == design.total;
    const ItemSums sums = parallel_reduce(
        job, design.view->items(), design.grain(), ItemSums{},
        [&](std::size_t begin, std::size_t end) {
            return design.weighted() ? sum_items<true>(design, ungrouped, begin, end)
                                     : sum_items<false>(design, ungrouped, begin, end);
        },
        combine);

    Pairs same_rater, all_by_rater;
    for (std::size_t r = 0; r < sums.raters.size(); ++r) {
        const double n = design.amount_by(r);
        if (n == 0.0 || (design.level_of[r] == design.groups && !ungrouped)) continue;
        const Pairs pairs =
            within(n, n * n / design.count(r), sums.raters[r].sum, sums.raters[r].squares);
        all_by_rater += pairs;
        same_rater += scaled(pairs, 1.0 / n);
    }
    // A rater judges an item once, so that no pair shares both.
    const Pairs all = within(sums.n, sums.own, sums.sum, sums.squares);
    Pairs apart{all.weight - sums.all_in_item.weight - all_by_rater.weight,
                all.half_squares - sums.all_in_item.half_squares - all_by_rater.half_squares};

    // Weights do not cancel to the last bit: what is left of nothing is nothing.
    if (design.weighted() && apart.weight <= 1e-9 * all.weight) apart = {};

    // same cell:  residual + rater             same item:  residual + rater + cell
    // same rater: residual + item + cell       apart:      residual + rater + item + cell
    const Estimable can = estimable(design);
    const double everything = apart.any() ? apart.mean() : all.any() ? all.mean() : 0.0;
    const double cell_mean = sums.same_cell.any()   ? sums.same_cell.mean()
                             : sums.same_item.any() ? sums.same_item.mean()
                                                    : everything;
    if (can.item_by_group && sums.same_item.any() && sums.same_cell.any()) {
        found.item_by_group = std::max(0.0, sums.same_item.mean() - cell_mean);
    }
    if (can.item) found.item = std::max(0.0, everything - cell_mean - found.item_by_group);
    if (can.rater && same_rater.any()) {
        found.rater = std::clamp(everything - same_rater.mean(), 0.0, cell_mean);
    }
    // Where an item was never judged twice, item and residual are one; we call it residual: too
    // much noise leads to too cautious an answer.
    found.residual = std::max(cell_mean - found.rater, 1e-3 * everything);
    return found;
}

}  // namespace edgewise::estimate
