#pragma once

#include <cstddef>
#include <span>

namespace edgewise {

// How far distributions over the same categories lie apart. A distribution is given as counts or
// probabilities: any finite, non-negative numbers with a positive sum, divided by that sum here.
// Results are in nats where they are entropies. Everything else throws Error(invalid_argument),
// naming the parameter: an empty list, NaN, a negative number, no mass, unequal lengths.

// p ln(p / m) - p + m >= 0, for p >= 0 and m >= 0: one term of a relative entropy, whose parts p -
// m sum to zero over distributions. Keeps its digits where p and m hardly differ, which is where
// such sums are tested against noise. m at p = 0; infinite for m = 0 < p. Not checked, for inner
// loops.
double relative_entropy_term(double p, double m) noexcept;

// H(p) = -sum p ln p, in [0, ln C]. O(C). (Shannon 1948)
double entropy(std::span<const double> p);

// H(pooled) = sum_g w_g H(p_g) + JSD, exactly (Lin 1991): what of the pooled disagreement lies
// within the groups and what between them. All three >= 0.
struct EntropySplit {
    double pooled = 0.0;
    double within = 0.0;
    double between = 0.0;  // the weighted Jensen-Shannon divergence, at most H(weights)
};

// `weights`: G numbers, not negative, positive sum, divided by that sum. `distributions`: G rows of
// C = size / G categories. Rows of weight 0 are not read, so they may be empty of mass. O(G C).
EntropySplit entropy_split(std::span<const double> weights, std::span<const double> distributions);

// entropy_split(...).between: 0 up to about 1e-30 where all rows of positive weight are the same.
double jensen_shannon(std::span<const double> weights, std::span<const double> distributions);

// Half the L1 distance, in [0, 1].
double total_variation(std::span<const double> p, std::span<const double> q);

// Earth mover's distance between ordered categories one step apart, in [0, C - 1].
double wasserstein_ordinal(std::span<const double> p, std::span<const double> q);

}  // namespace edgewise
