#pragma once

#include <cstddef>
#include <span>

namespace edgewise::cognition {

// Uncertainty about the next judgment, in nats: total = aleatoric + epistemic, all >= 0.
struct UncertaintySplit {
    double total = 0.0;      // entropy of the predictive distribution
    double aleatoric = 0.0;  // expected entropy if the truth were known: people differ
    double epistemic = 0.0;  // mutual information: what more judgments would take away
    // epistemic / total, in [0, 1]; 0 where nothing is uncertain.
    double epistemic_share() const noexcept { return total > 0.0 ? epistemic / total : 0.0; }
};

// Under p ~ Dirichlet(alpha); two categories make it a Beta. E H = -sum (a_i / a_0) (digamma(a_i +
// 1) - digamma(a_0 + 1)) (Wolpert and Wolf 1995; BALD, Houlsby et al. 2011). Epistemic goes to 0 as
// alpha is multiplied. `alpha` positive and finite, at least one; else Error(invalid_argument).
// O(categories).
UncertaintySplit dirichlet_split(std::span<const double> alpha);
UncertaintySplit beta_split(double a, double b);

// From equally weighted draws (or ensemble members) of a distribution: `draws` is row-major draw x
// category, each row divided by its sum (Depeweg et al. 2018). O(draws x categories).
UncertaintySplit draws_split(std::span<const double> draws, std::size_t categories);

}  // namespace edgewise::cognition
