#include "edgewise/edge/losses.hpp"

#include <algorithm>
#include <functional>

#include "edgewise/base/stats.hpp"
#include "edgewise/cognition/value_of_information.hpp"
#include "edgewise/norms/regret.hpp"

namespace edgewise::edge {
namespace {

// v[o] = sum_d w_d u[d][o].
void weigh(std::span<const double> u, std::span<const double> weight, std::size_t options,
           std::span<double> v) {
    std::ranges::fill(v, 0.0);
    for (std::size_t d = 0; d < weight.size(); ++d) {
        for (std::size_t o = 0; o < options; ++o) v[o] += weight[d] * u[d * options + o];
    }
}

std::size_t argmax(std::span<const double> v) {
    return static_cast<std::size_t>(std::ranges::max_element(v) - v.begin());
}

// Summarises the draws of a loss and adds them to `sums`.
void summarise(std::vector<double>& draws, double material, std::span<double> sums, UnitLoss& out) {
    double total = 0.0;
    std::size_t above = 0;
    for (std::size_t s = 0; s < draws.size(); ++s) {
        total += draws[s];
        sums[s] += draws[s];
        above += draws[s] > material ? 1U : 0U;
    }
    const auto n = static_cast<double>(draws.size());
    out.mean = total / n;
    out.material = static_cast<double>(above) / n;
    std::ranges::sort(draws);
    out.low = quantile_sorted(draws, 0.05);
    out.high = quantile_sorted(draws, 0.95);
}

}  // namespace

UnitLosses everyone_losses(const Tensor& tensor, const Scalar& scalar, std::uint64_t draws,
                           double material, Rng rng, std::span<double> sums) {
    const std::size_t options = tensor.options;
    const std::size_t dimensions = tensor.dimensions;
    std::vector<double> weight(dimensions);
    scalar.normalised(tensor, weight);
    // The axis of values: dimensions that somebody judged here, the overall one left out.
    std::vector<std::size_t> axis;
    for (std::size_t d = 0; d < dimensions; ++d) {
        if (tensor.judged[d] != 0 && scalar.value[d] != 0) axis.push_back(d);
    }
    std::vector<double> u(dimensions * options);
    std::vector<double> by_value(axis.size() * options);
    std::vector<double> v(options);
    const auto excess = [&] {
        for (std::size_t k = 0; k < axis.size(); ++k) {
            std::copy_n(u.begin() + static_cast<std::ptrdiff_t>(axis[k] * options), options,
                        by_value.begin() + static_cast<std::ptrdiff_t>(k * options));
        }
        return norms::AxisUtilities{by_value, axis.size(), options};
    };
    UnitLosses out;
    for (std::size_t i = 0; i < u.size(); ++i) u[i] = tensor.pooled[i].mean;
    weigh(u, weight, options, v);
    out.pick = argmax(v);
    out.scalar = v[out.pick];
    out.flattening.known = axis.size() > 1;
    if (out.flattening.known) {
        const auto at_means = norms::worst_regret_excess(excess(), out.pick);
        out.flattening.plug_in = at_means.excess;
        out.flattening.worst = axis[at_means.worst_at];
    }
    std::vector<double> scalars(draws * options);
    std::vector<double> losses(out.flattening.known ? draws : 0);
    for (std::uint64_t s = 0; s < draws; ++s) {
        draw_everyone(tensor, rng, u);
        weigh(u, weight, options, std::span(scalars).subspan(s * options, options));
        if (out.flattening.known) losses[s] = norms::worst_regret_excess(excess(), out.pick).excess;
    }
    if (out.flattening.known) summarise(losses, material, sums, out.flattening);
    const auto information = cognition::perfect_information({scalars, draws, options});
    out.blindness = information.evpi;
    std::uint64_t best = 0;
    for (std::uint64_t s = 0; s < draws; ++s) {
        const auto row = std::span(scalars).subspan(s * options, options);
        best += row[out.pick] >= *std::ranges::max_element(row) ? 1U : 0U;
    }
    out.pick_support = static_cast<double>(best) / static_cast<double>(draws);
    return out;
}

UnitLoss representation_loss(const Tensor& tensor, const Scalar& scalar, std::size_t pick,
                             std::uint64_t draws, double material, Rng rng,
                             std::span<double> sums) {
    UnitLoss out;
    std::size_t present = 0;
    const std::size_t cells = tensor.dimensions * tensor.options;
    for (std::size_t g = 0; g < tensor.groups; ++g) {
        const auto own = std::span(tensor.cells).subspan(g * cells, cells);
        present += std::ranges::any_of(own, [](const auto& c) { return c.n > 0; }) ? 1U : 0U;
    }
    if (present < 2) return out;
    out.known = true;
    std::vector<double> weight(tensor.dimensions);
    scalar.normalised(tensor, weight);
    std::vector<double> u(tensor.cells.size());
    std::vector<double> v(tensor.groups * tensor.options);
    const auto excess = [&] {
        for (std::size_t g = 0; g < tensor.groups; ++g) {
            weigh(std::span<const double>(u).subspan(g * cells, cells), weight, tensor.options,
                  std::span(v).subspan(g * tensor.options, tensor.options));
        }
        return norms::worst_regret_excess({v, tensor.groups, tensor.options}, pick);
    };
    for (std::size_t i = 0; i < u.size(); ++i) u[i] = tensor.cells[i].mean;
    const auto at_means = excess();
    out.plug_in = at_means.excess;
    out.worst = at_means.worst_at;
    std::vector<double> losses(draws);
    for (double& loss : losses) {
        draw(tensor, rng, u);
        loss = excess().excess;
    }
    summarise(losses, material, sums, out);
    return out;
}

std::size_t surely_material(std::vector<double> material, double fdr) {
    std::ranges::sort(material, std::greater{});
    double wrong = 0.0;
    std::size_t out = 0;
    for (std::size_t k = 0; k < material.size(); ++k) {
        wrong += 1.0 - material[k];
        if (wrong > fdr * static_cast<double>(k + 1)) break;
        out = k + 1;
    }
    return out;
}

}  // namespace edgewise::edge
