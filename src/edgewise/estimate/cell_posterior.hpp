#pragma once

#include "edgewise/estimate/crossed.hpp"

namespace edgewise::estimate {

using LevelMatrix = std::array<PerLevel, kMostLevels>;

// The hierarchy  mu_l + item + cell  given what an item's judgments say, on whatever scale it is
// linear. Cells of one item, given severities, are an arrowhead system: the item effect, and one
// cell per group that touches the others through the item alone. So everything is closed form. On
// top of that conditional posterior comes what the conditioning hides (ours, checked by the
// coverage tests): the fixed effects are uncertain for two reasons that reach a cell by different
// ways: the items that happened to be judged (which moves mu_l and the item effects against each
// other) and the raters that happened to judge (which moves mu_l and the severities against each
// other, so that no number of judgments by the same three raters tells what their group at large
// would say).
struct CellModel {
    std::size_t groups = 0;
    double item = 0.0;           // variances
    double item_by_group = 0.0;  // level `groups` has no cell
    // How well the two are known: the variance of their logarithms, 0 where that is neglected. It
    // enters a cell by how its shrinkage would move (the delta method).
    double item_doubt = 0.0;
    double cell_doubt = 0.0;
    PerLevel mean{};              // mu_l
    PerLevel rater_sampling{};    // variance of mu_l from who its raters happen to be
    PerLevel reach{};             // how far severities follow an error in mu_l, 0 to 1
    LevelMatrix item_sampling{};  // covariance of levels' mu from which items were judged
};

// What an item's judgments say, level by level, severities taken off.
struct ItemSays {
    std::array<std::uint32_t, kMostLevels> n{};
    PerLevel precision{};  // of the level's judgments taken together; 0 where there are none
    PerLevel weighted{};   // precision times their mean
};

// Posterior of every level's mu + item + cell. O(levels^2).
struct CellPosterior {
    PerLevel mean;
    PerLevel variance;

    // Of the sum over levels of weight times mu + item + cell. O(levels^2).
    double variance_of_sum(const CellModel& model, const PerLevel& weight) const;

    PerLevel free;         // 1 - B: how much of a cell follows the item
    PerLevel own;          // how much of an error in its mu stays in a cell
    PerLevel conditional;  // variance of a cell given item and mu
    PerLevel by_items;     // how much the item effect moves with an error in mu_h, either way
    PerLevel by_raters;
    PerLevel by_item_doubt;  // how much a cell moves with the logarithm of the items' variance
    double item_variance = 0.0;
    double item_doubt = 0.0;  // the model's
};
CellPosterior cell_posterior(const CellModel& model, const ItemSays& says);

}  // namespace edgewise::estimate
