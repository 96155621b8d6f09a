#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/estimate/comparisons/bradley_terry.hpp"

namespace edgewise::estimate {

// What is taken as independent when the errors of strengths are estimated.
enum class ErrorKind : std::uint8_t {
    fisher,            // every comparison (inverse observed information)
    sandwich_rater,    // raters: clustered sandwich (Huber 1967; Liang and Zeger 1986)
    sandwich_case,     // cases
    sandwich_two_way,  // raters and cases: V_rater + V_case - V_both (Cameron et al. 2011)
};
std::string_view name_of(ErrorKind kind) noexcept;

// Covariance of theta (centred within components: rows sum to 0), contenders x contenders,
// row-major. Positive semi-definite: a two-way estimate that is not gets its negative eigenvalues
// set to 0, and says so. Cluster corrections G / (G - 1). With fewer than two clusters the kind is
// not defined: `defined` is false and `why` says so. O(comparisons + contenders^3).
struct Covariance {
    std::vector<double> values;
    std::vector<double> se;  // contender -> standard error
    ErrorKind kind = ErrorKind::fisher;
    bool defined = false;
    std::uint64_t clusters = 0;  // the smaller number of clusters where there are two kinds
    std::string why;
};
Covariance covariance(const Contests& contests, const PairCounts& pairs, const BradleyTerryFit& fit,
                      const BradleyTerryOptions& options, ErrorKind kind, const Job& job);

enum class Resample : std::uint8_t { comparison, rater, case_, rater_and_case };

std::string_view name_of(Resample unit) noexcept;

// Refits under Poisson(1) weights, drawn for each unit from Rng(seed, replicate): replicates x
// contenders log-strengths, row-major, each row centred within the components of `fit`.
// `rater_and_case` multiplies the two weights (Owen and Eckles 2012). Refits the model of `fit`,
// with its prior, from where it stands; a replicate in which the maximum does not exist uses the
// fallback prior, and one that drew nothing is drawn again. The same bits for any number of
// threads. No replicates, and `why`, where nothing was compared or there are fewer than two units:
// one rater says nothing of how raters differ. O(replicates x (comparisons + fit)).
struct StrengthDraws {
    std::size_t replicates = 0;
    std::size_t contenders = 0;
    std::vector<double> theta;
    std::uint64_t not_converged = 0;
    std::uint64_t prior_was_needed =
        0;  // replicates with the fallback prior that `fit` did without
    std::string why;
};
StrengthDraws bootstrap(const Contests& contests, const BradleyTerryFit& fit,
                        const BradleyTerryOptions& options, Resample unit, std::size_t replicates,
                        std::uint64_t seed, const Job& job);

// Draws from N(theta, covariance): the Laplace posterior where the covariance is Fisher's. None,
// and `why`, where the covariance is not defined. Replicate r draws from Rng(seed, r); the same
// bits for any number of threads. O(contenders^3 + replicates x contenders^2).
StrengthDraws normal_draws(std::span<const double> theta, const Covariance& covariance,
                           std::size_t replicates, std::uint64_t seed, const Job& job);

}  // namespace edgewise::estimate
