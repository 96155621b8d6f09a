#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/observations.hpp"
#include "edgewise/judgment/partition.hpp"

namespace edgewise::estimate {

enum class CellState : std::uint8_t {
    observed,      // the group judged this item, enough to speak about
    pooled,        // the group did not judge it: the estimate is borrowed from everybody
    insufficient,  // fewer judgments than the caller's least; shown, never claimed
};

enum class Family : std::uint8_t { normal, beta };

// Posterior of one group's utility for one item on one dimension.
struct Cell {
    double mean = 0.5;  // in [0, 1]
    double sd = 0.0;    // posterior standard deviation, >= 0
    double n_eff =
        0.0;  // judgments it rests on, borrowed strength not counted; Kish's where weighted
    std::uint32_t n = 0;
    CellState state = CellState::pooled;
    Family family = Family::normal;
};

// One draw from the cell's posterior, in [0, 1]: a beta distribution with the cell's mean and sd,
// or a normal one cut to the range.
double draw(const Cell& cell, Rng& rng);

// Where the differences between judgments come from, on the utility scale.
struct Components {
    double item = 0.0;
    double rater = 0.0;          // severity: some raters are stricter on everything
    double item_by_group = 0.0;  // groups see particular items differently
    double residual = 0.0;
};

struct FitSummary {
    std::string estimator;  // registry id
    std::string method;     // "reml", "moments", "marginal_likelihood"
    std::string why;        // why this estimator and method, in one sentence
    Components components;  // zero where the estimator has none
    double strength = 0.0;  // beta: prior judgments a group is worth; ratings: residual / group var
    bool strength_at_ceiling = false;  // no group effect is resolvable at all
    std::vector<double> group_effect;  // mean of a group over all items minus the grand mean
    double log_likelihood = 0.0;       // REML criterion or marginal likelihood; 0 for moments
    double log_likelihood_without_groups = 0.0;
    int iterations = 0;
    bool converged = true;
    std::uint64_t judgments = 0;
    double effective = 0.0;    // judgments of equal weight that would tell as much (Kish 1965)
    std::vector<double> cuts;  // cumulative logit: cut points on the logit scale, ascending
    Components latent;         // cumulative logit: components on that scale
};

// A dimension fitted for one partition. Immutable; cells() may be called from many threads.
// It refers to the view it was fitted to, which has to outlive it.
class Fit {
public:
    virtual ~Fit() = default;
    virtual const FitSummary& summary() const noexcept = 0;
    // Fills groups[g] for every group of the partition and returns the pooled cell (all raters
    // together, those without a group too). O(judgments of the item + groups^2).
    virtual Cell cells(std::size_t item, std::span<Cell> groups) const = 0;
};

struct FitOptions {
    std::uint32_t least_cell = 1;        // fewer judgments: CellState::insufficient
    std::uint64_t exact_limit = 60'000;  // more judgments than this: moments instead of REML
};

// An estimator, one file each, one line in estimators(). `handles` says whether it suits a
// dimension; the first in the table that does and is `automatic` is taken by choose(). The others
// are asked for by name, or found better by choose_rating_model() (rating_model.hpp).
struct Estimator {
    std::string_view id;
    std::string_view summary;
    std::string_view source;
    bool automatic;
    bool (*handles)(const DimensionView& view);
    std::unique_ptr<Fit> (*fit)(const DimensionView& view, const judgment::Partition& partition,
                                const FitOptions& options, const Job& job);
};

// Sorted by id.
std::span<const Estimator> estimators() noexcept;
const Estimator& estimator(std::string_view id);     // Error(not_found) names the known ones
const Estimator& choose(const DimensionView& view);  // "auto"

// Moments of one cell that merge in any order to the same bits: sums are whole multiples of 2^-32.
struct Moments {
    std::uint32_t n = 0;
    std::int64_t sum = 0;
    std::int64_t sum_squares = 0;

    void add(float utility) noexcept;
    Moments& operator+=(const Moments& other) noexcept;
    double mean() const noexcept;      // NaN when empty
    double variance() const noexcept;  // unbiased; NaN below two
    friend bool operator==(const Moments&, const Moments&) = default;
};

}  // namespace edgewise::estimate
