#include <algorithm>
#include <array>
#include <string>

#include "edgewise/estimate/beta_votes.hpp"
#include "edgewise/estimate/cumulative_logit.hpp"
#include "edgewise/estimate/estimator.hpp"
#include "edgewise/estimate/hierarchical_ratings.hpp"

namespace edgewise::estimate {
namespace {

constexpr std::array kEstimators = {
    Estimator{.id = "beta_votes",
              .summary = "beta-binomial cells around the item's pooled share, for votes and "
                         "binary labels",
              .source = "Griffiths 1973; Gelman et al., Bayesian Data Analysis, ch. 5",
              .automatic = true,
              .handles = handles_votes,
              .fit = fit_beta_votes},
    Estimator{.id = "cumulative_logit",
              .summary =
                  "proportional odds with item, item-by-group and rater effects, for ratings "
                  "on two to seven levels",
              .source = "McCullagh 1980; Tutz & Hennevogl 1996; Renard, Molenberghs & Geys 2004",
              .automatic = false,
              .handles = handles_ordinal,
              .fit = fit_cumulative_logit},
    Estimator{.id = "hierarchical_ratings",
              .summary = "normal model with item, item-by-group and rater effects, for ratings",
              .source = "Bates, Maechler, Bolker & Walker 2015; Gao & Owen 2017",
              .automatic = true,
              .handles = handles_ratings,
              .fit = fit_hierarchical_ratings},
};

static_assert(std::ranges::is_sorted(kEstimators, {}, &Estimator::id));

}  // namespace

std::span<const Estimator> estimators() noexcept { return kEstimators; }

const Estimator& estimator(std::string_view id) {
    const auto found = std::ranges::lower_bound(kEstimators, id, {}, &Estimator::id);
    if (found != kEstimators.end() && found->id == id) return *found;
    std::string known;
    for (const Estimator& e : kEstimators) known.append(known.empty() ? "" : ", ").append(e.id);
    throw Error(ErrorCode::not_found,
                "there is no estimator \"" + std::string(id) + "\"; there are: " + known);
}

const Estimator& choose(const DimensionView& view) {
    const auto found = std::ranges::find_if(
        kEstimators, [&](const Estimator& e) { return e.automatic && e.handles(view); });
    ensure(found != kEstimators.end(), "some estimator handles every view");
    return *found;
}

}  // namespace edgewise::estimate
