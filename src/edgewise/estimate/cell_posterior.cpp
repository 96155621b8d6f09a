#include "edgewise/estimate/cell_posterior.hpp"

namespace edgewise::estimate {

CellPosterior cell_posterior(const CellModel& model, const ItemSays& says) {
    const std::size_t levels = model.groups + 1;
    CellPosterior out;  // each array filled as far as there are levels
    const auto prior = [&](std::size_t l) { return l == model.groups ? 0.0 : model.item_by_group; };

    // The item effect, cells integrated out.
    PerLevel shrinkage{};  // B: how much of a cell's own deviation is believed
    PerLevel link{};       // precision with which a level speaks about the item effect
    PerLevel deviation{};  // of the level's judgments from its mean
    double total = 0.0, pulled = 0.0;
    for (std::size_t l = 0; l < levels; ++l) {
        if (says.n[l] == 0) continue;
        link[l] = says.precision[l] / (1.0 + prior(l) * says.precision[l]);
        shrinkage[l] = prior(l) * link[l];
        deviation[l] = says.weighted[l] / says.precision[l] - model.mean[l];
        total += link[l];
        pulled += link[l] * deviation[l];
    }
    out.item_variance = model.item / (1.0 + model.item * total);
    const double effect = out.item_variance * pulled;
    const double shrunk = out.item_variance * total;  // how much of what is heard the effect takes
    out.item_doubt = model.item_doubt;

    PerLevel covariance{};
    for (std::size_t h = 0; h < levels; ++h) {
        out.by_items[h] = out.item_variance * link[h];
        out.by_raters[h] = out.by_items[h] * (1.0 - model.reach[h]);
    }
    double item_part = 0.0, rater_part = 0.0;
    for (std::size_t l = 0; l < levels; ++l) {
        for (std::size_t h = 0; h < levels; ++h) {
            covariance[l] += model.item_sampling[l][h] * out.by_items[h];
        }
        item_part += out.by_items[l] * covariance[l];
        rater_part += out.by_raters[l] * out.by_raters[l] * model.rater_sampling[l];
    }
    for (std::size_t l = 0; l < levels; ++l) {
        const double b = shrinkage[l], free = 1.0 - b;
        const double own = free + b * model.reach[l];
        const double sampling = model.rater_sampling[l];
        const double moves = b * free * (deviation[l] - effect);
        const double follows = free * effect * (1.0 - shrunk);
        out.mean[l] = model.mean[l] + effect + b * (deviation[l] - effect);
        out.by_item_doubt[l] = follows;
        out.free[l] = free;
        out.own[l] = own;
        out.conditional[l] = prior(l) * free;
        out.variance[l] =
            out.conditional[l] + free * free * out.item_variance +
            free * free * (model.item_sampling[l][l] - 2.0 * covariance[l] + item_part) +
            own * own * sampling - 2.0 * own * free * out.by_raters[l] * sampling +
            free * free * rater_part + model.cell_doubt * moves * moves +
            model.item_doubt * follows * follows;
    }
    return out;
}

double CellPosterior::variance_of_sum(const CellModel& model, const PerLevel& weight) const {
    const std::size_t levels = model.groups + 1;
    double sum_free = 0.0, total = 0.0;
    PerLevel own_items, own_raters;
    for (std::size_t l = 0; l < levels; ++l) {
        sum_free += weight[l] * free[l];
        total += weight[l] * weight[l] * conditional[l];
        own_items[l] = weight[l] * free[l];
        own_raters[l] = weight[l] * own[l];
    }
    total += sum_free * sum_free * item_variance;
    double follows = 0.0;
    for (std::size_t l = 0; l < levels && item_doubt > 0.0; ++l) {
        follows += weight[l] * by_item_doubt[l];
    }
    total += item_doubt * follows * follows;
    for (std::size_t l = 0; l < levels; ++l) {
        const double toward = own_raters[l] - sum_free * by_raters[l];
        total += toward * toward * model.rater_sampling[l];
        const double left = own_items[l] - sum_free * by_items[l];
        for (std::size_t h = 0; h < levels; ++h) {
            total += left * (own_items[h] - sum_free * by_items[h]) * model.item_sampling[l][h];
        }
    }
    return total;
}

}  // namespace edgewise::estimate
