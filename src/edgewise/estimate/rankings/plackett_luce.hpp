#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/estimate/comparisons/contests.hpp"
#include "edgewise/estimate/comparisons/strength_errors.hpp"
#include "edgewise/estimate/rankings/ballots.hpp"

namespace edgewise::estimate {

// Rankings as repeated choices of the best among what is left (Plackett 1975; Luce 1959), over the
// options that the ballot holds. With ties the set C is chosen out of S with probability
//
//     f(C) / sum of f(C') over C' in S with |C'| an order of ties seen,
//     f(C) = delta_|C| (product of exp(theta_i) over C)^(1 / |C|),   delta_1 = 1
//
// (Davidson-Luce: Firth, Kosmidis and Turner 2019; Turner, van Etten, Firth and Kosmidis 2020). For
// ballots of two it is Davidson's model with nu = delta_2, without ties Bradley and Terry's.
struct PlackettLuceOptions {
    // The options tied at the end of a ballot are the rest in no order ("top three of ten"), not
    // judged alike: the choice among them is left out.
    bool last_place_unordered = false;
    // As in BradleyTerryOptions.
    double prior_sd = 0.0;
    double fallback_prior_sd = 2.0;
    double tolerance = 1e-7;
    int most_iterations = 500;
};

struct TieOrder {
    std::uint32_t options = 2;
    double delta = 0.0;  // between alike options: a tie of so many against one of them alone
    double seen = 0.0;   // weighted number of such places
};

struct PlackettLuceFit {
    std::vector<double> theta;   // log-strengths; mean 0 over each connected component
    std::vector<TieOrder> ties;  // ascending; empty: no ties
    double prior_sd = 0.0;       // the prior on theta that was used; 0: none
    double tie_prior_sd = 0.0;   // the prior on ln delta that was used; 0: none
    bool prior_was_needed = false;
    double log_likelihood = 0.0;  // without the priors' terms
    double gradient_norm = 0.0;
    int iterations = 0;
    bool converged = false;  // gradient_norm <= tolerance; never silently false
    double ballots = 0.0;    // weighted number that entered, those of one option too
    double choices = 0.0;    // weighted number of places won against somebody
    std::vector<std::uint32_t> component;
    std::uint32_t components = 0;
    std::string note;  // what a reader has to know, in plain words; empty: nothing
};

// Strengths by truncated Newton on the (penalised) log-likelihood. `weight` replaces the ballots'
// own where it is not empty (bootstrap, raking); `start` is a guess of theta. Where no finite
// maximum exists the fallback prior is used, and the note names the contenders. Contenders in no
// ballot are components of their own with theta 0; no ballots give an empty fit that converged.
// O(steps x rows of ballots) without ties, times the sum of their orders with.
// Throws Error(invalid_argument) for options out of range.
PlackettLuceFit fit_plackett_luce(const Ballots& ballots, const PlackettLuceOptions& options,
                                  const Job& job, std::span<const float> weight = {},
                                  std::span<const double> start = {});

// Who was put above whom, by neighbours only, for comparison_graph(): the strengths have a finite
// maximum if and only if those of these pairs have (Hunter 2004, section 5).
PairCounts neighbours(const Ballots& ballots, bool last_place_unordered,
                      std::span<const float> weight = {});

// As for Bradley-Terry; the unit of `fisher` is the ballot. O(rows x longest ballot
// + contenders^3).
Covariance covariance(const Ballots& ballots, const PlackettLuceFit& fit,
                      const PlackettLuceOptions& options, ErrorKind kind, const Job& job);

// As for Bradley-Terry; Resample::comparison draws ballots. A draw that leaves no ballot any weight
// is drawn again.
StrengthDraws bootstrap(const Ballots& ballots, const PlackettLuceFit& fit,
                        const PlackettLuceOptions& options, Resample unit, std::size_t replicates,
                        std::uint64_t seed, const Job& job);

// The probability of a place order among `theta`, level by level from the best as in Ballots.
double log_probability(const PlackettLuceFit& fit, std::span<const std::uint32_t> option,
                       std::span<const std::uint32_t> level);

// Strengths as utilities in [0, 1]: the mean over the other contenders of the component of
// P(above) + P(tied) / 2 in a ballot of the two. A component of one is 0.5. O(contenders^2).
std::vector<double> utilities(const PlackettLuceFit& fit);

}  // namespace edgewise::estimate
