#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/estimator.hpp"
#include "edgewise/estimate/observations.hpp"
#include "edgewise/judgment/partition.hpp"

namespace edgewise::edge {

// What is decided at once: the options of a case, or one pair that was compared. A unit with one
// item has two options, accept and reject (or first and second), whose utilities are u and 1 - u.
struct Unit {
    std::uint32_t case_ = 0;
    std::uint32_t first = 0;  // item
    std::uint32_t items = 0;
    bool mirrored() const noexcept { return items == 1; }
    std::size_t options() const noexcept { return mirrored() ? 2 : items; }
};

// Units with at least one judgment, in the order of their cases. O(items x dimensions).
std::vector<Unit> units(const estimate::Observations& observations);

// One partition fitted on every dimension.
struct Model {
    const judgment::Partition* partition = nullptr;
    std::vector<std::unique_ptr<estimate::Fit>> fits;  // one a dimension
    std::vector<double> share;                         // group -> share of the grouped raters
};

// Posterior cells of one unit: the value tensor before draws.
struct Tensor {
    std::size_t groups = 0;
    std::size_t dimensions = 0;
    std::size_t options = 0;
    bool mirrored = false;
    std::vector<estimate::Cell> cells;   // [group][dimension][option]
    std::vector<estimate::Cell> pooled;  // [dimension][option], all raters together
    std::vector<std::uint8_t> judged;    // [dimension]: somebody judged some option on it

    const estimate::Cell& at(std::size_t g, std::size_t d, std::size_t o) const {
        return cells[(g * dimensions + d) * options + o];
    }
    const estimate::Cell& everyone(std::size_t d, std::size_t o) const {
        return pooled[d * options + o];
    }
};

// Fills `out`, whose memory is used again. O(items x dimensions x groups).
void fill(const Model& model, const Unit& unit, Tensor& out);

// One draw of U[group][dimension][option] into `u`; a mirrored unit's second option is one minus
// the first. Cells are drawn independently: the posterior correlation of dimensions judged by the
// same rater is not modelled.
void draw(const Tensor& tensor, Rng& rng, std::span<double> u);
void draw_everyone(const Tensor& tensor, Rng& rng, std::span<double> u);  // [dimension][option]

// The scalar: what a reward model would be trained on.
struct Scalar {
    std::vector<double> weight;       // [dimension], >= 0
    std::vector<std::uint8_t> value;  // [dimension]: part of the axis of values (not the overall)
    std::size_t overall = static_cast<std::size_t>(-1);

    // Weights over the dimensions judged in this unit, summing to 1; equal ones where all declared
    // weights fall on dimensions that nobody judged here.
    void normalised(const Tensor& tensor, std::span<double> out) const;
};

}  // namespace edgewise::edge
