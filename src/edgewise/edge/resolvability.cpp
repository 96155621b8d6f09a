#include "edgewise/edge/resolvability.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "edgewise/base/stats.hpp"
#include "edgewise/base/words.hpp"

namespace edgewise::edge {
namespace {

double z_total(double fdr) { return normal_quantile(1.0 - fdr / 40.0) + normal_quantile(0.8); }

// Against the rest, which is at least as large as one other group.
double unequal(std::size_t groups) {
    return 1.0 + 1.0 / static_cast<double>(std::max<std::size_t>(groups, 2) - 1);
}

Answer global_answer(const Resolvability& r, const ShuffleSums& observed) {
    if (r.groups < 2) return {"no", "only one group"};
    if (observed.matched_weight <= 0.0) {
        return {"no", "no item was judged by two raters of one group and by raters of two groups"};
    }
    if (!std::isfinite(observed.ratio())) return {"no", "raters of one group never differ"};
    if (r.smallest_p > 0.05) {
        return {"no", fmt::format("{} raters can be dealt into these groups in so few ways that p "
                                  "never falls below {:.2f}",
                                  r.raters, r.smallest_p)};
    }
    const double pairs = std::min(observed.within_pairs, observed.across_pairs);
    if (r.smallest_p > 0.01 || pairs < 100.0 || r.smallest_group < 10) {
        return {"weak",
                fmt::format("smallest group {} raters, {} pairs of raters to compare",
                            r.smallest_group, grouped_digits(static_cast<std::uint64_t>(pairs)))};
    }
    return {"yes", fmt::format("{} raters, {} pairs of raters to compare", r.raters,
                               grouped_digits(static_cast<std::uint64_t>(pairs)))};
}

}  // namespace

double smallest_attainable_p(std::span<const std::uint64_t> group_sizes) {
    double log_p = 0.0;
    double total = 0.0;
    std::map<std::uint64_t, std::uint64_t> same_size;
    for (const std::uint64_t n : group_sizes) {
        if (n == 0) continue;
        log_p += log_gamma(static_cast<double>(n) + 1.0);
        total += static_cast<double>(n);
        ++same_size[n];
    }
    for (const auto& [n, count] : same_size) log_p += log_gamma(static_cast<double>(count) + 1.0);
    return std::min(1.0, std::exp(log_p - log_gamma(total + 1.0)));
}

double raters_needed(double variance, double shift, std::size_t groups, double fdr) {
    const double z = z_total(fdr);
    return std::max<double>(kFlagLeast,
                            std::ceil(z * z * variance * unequal(groups) / (shift * shift)));
}

double detectable_shift(double variance, double n, std::size_t groups, double fdr) {
    if (n <= 0.0) return 1.0;
    return std::min(1.0, z_total(fdr) * std::sqrt(variance * unequal(groups) / n));
}

Resolvability resolvability(const judgment::Partition& partition, const std::string& dimension,
                            const GroupedView& view, const Labels& labels, const Nulls& nulls,
                            const estimate::FitSummary& fit, double target_shift, double fdr) {
    Resolvability out;
    out.attribute = partition.attribute;
    out.dimension = dimension;
    out.groups = labels.groups;
    out.target_shift = target_shift;
    out.items = view.item.size();

    // Sizes count the raters who judged something on this dimension.
    std::vector<std::uint8_t> active(labels.raters);
    std::vector<std::uint32_t> cell_sizes;
    std::vector<std::uint32_t> in_group(labels.groups);
    const auto label = labels.row(0);
    for (std::size_t r = 0; r < view.item.size(); ++r) {
        std::ranges::fill(in_group, 0U);
        for (std::size_t i = view.begin[r]; i < view.begin[r + 1]; ++i) {
            active[view.rater[i]] = 1;
            ++in_group[label[view.rater[i]]];
        }
        for (const std::uint32_t n : in_group) {
            if (n > 0) cell_sizes.push_back(n);
        }
    }
    std::vector<std::uint64_t> sizes(labels.groups);
    for (std::size_t i = 0; i < labels.raters; ++i) sizes[label[i]] += active[i];
    for (const std::uint64_t n : sizes) out.raters += n;
    out.smallest_group = sizes.empty() ? 0 : *std::ranges::min_element(sizes);
    out.cells = cell_sizes.size();
    if (!cell_sizes.empty()) {
        std::ranges::sort(cell_sizes);
        const std::size_t m = cell_sizes.size();
        out.cell_median = 0.5 * (cell_sizes[(m - 1) / 2] + cell_sizes[m / 2]);
        const auto from = [&](std::uint32_t n) {
            return static_cast<double>(cell_sizes.end() - std::ranges::lower_bound(cell_sizes, n)) /
                   static_cast<double>(m);
        };
        out.cells_from_5 = from(5);
        out.cells_from_10 = from(10);
    }
    out.smallest_p =
        std::max(smallest_attainable_p(sizes),
                 1.0 / static_cast<double>(std::max<std::size_t>(1, labels.shuffles())));
    out.strength_at_ceiling = fit.strength_at_ceiling;
    if (fit.strength > 0.0) out.strength = fit.strength;
    const ShuffleSums& observed = nulls.sums.front();
    const double variance = observed.within_variance();
    out.detectable_shift = detectable_shift(variance, out.cell_median, out.groups, fdr);
    const double needed = raters_needed(variance, target_shift, out.groups, fdr);
    out.further_raters =
        static_cast<std::uint64_t>(std::max(0.0, std::ceil(needed - std::floor(out.cell_median))));
    out.global = global_answer(out, observed);

    if (out.global.can == "no") {
        out.items_answer = {"no", "see the first question"};
        return out;
    }
    const auto enough = [&] {
        const auto least = static_cast<std::uint32_t>(std::min(needed, 4e9));
        return static_cast<double>(cell_sizes.end() - std::ranges::lower_bound(cell_sizes, least)) /
               static_cast<double>(cell_sizes.size());
    }();
    const std::string sizes_words =
        fmt::format("cells hold {:.0f} raters (median); finding a shift of {:.2f} takes {:.0f}",
                    out.cell_median, target_shift, needed);
    out.items_answer = {enough >= 0.5 ? "yes" : enough >= 0.05 ? "weak" : "no", sizes_words};
    return out;
}

}  // namespace edgewise::edge
