#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/raters/coded_ratings.hpp"

namespace edgewise::estimate {

// How raters turn what is true into what they say.
//   full      every rater has a table of their own, P(says l | true k) (Dawid and Skene 1979)
//   one_coin  a rater is right with probability a_r and else says any other class alike
//   ordinal   a rater sees the true class k with a bias b_r and logistic noise of scale s_r, and
//             says the nearest class: P(says at most l | k) = F((l + 1/2 - k - b_r) / s_r), a
//             cumulative logit with two parameters a rater (ours, after Uebersax and Grove 1993)
enum class Confusion : std::uint8_t { full, one_coin, ordinal };
std::string_view name_of(Confusion confusion) noexcept;

struct DawidSkeneOptions {
    Confusion confusion = Confusion::full;
    // Answers added to each place of a rater's table (Dirichlet prior), so that a class which a
    // rater never met is not impossible. The objective is the penalised log-likelihood. For
    // one_coin: that much right and that much wrong. For ordinal: b ~ N(0, 2^2), ln s ~ N(-1/2, 1).
    double smoothing = 0.01;
    double tolerance = 1e-11;  // of the objective, relative to its size
    std::uint64_t most_iterations = 5000;
};

struct DawidSkene {
    Confusion confusion = Confusion::full;
    std::uint64_t classes = 0;
    std::vector<double> prior;      // of the classes
    std::vector<double> posterior;  // unit x class; units without answers hold the prior
    std::vector<double> table;      // rater x true class x said class
    double log_likelihood = 0.0;    // marginal, truth summed out
    double objective = 0.0;         // that and the log-density of the prior, up to a constant
    std::vector<double> trace;      // the objective after every round; never falls
    std::uint64_t iterations = 0;
    bool converged = false;
    double parameters = 0.0;    // free ones
    double bic = 0.0;           // parameters ln(answers) - 2 log_likelihood
    std::vector<double> bias;   // ordinal only, by rater, in classes
    std::vector<double> noise;  // ordinal only, by rater, in classes

    double confusion_of(std::size_t rater, std::size_t truth, std::size_t said) const noexcept {
        return table[(rater * classes + truth) * classes + said];
    }
    // The likeliest class of a unit, the first among equals.
    std::size_t label(std::size_t unit) const noexcept;
};

// Truth and raters together by EM, started from the shares of votes on each unit. A round cannot
// make the objective fall (Dempster, Laird and Rubin 1977): it is the marginal log-likelihood that
// is watched, not a bound of it, so that a run does not stop early. 1 to 64 classes
// (ratings.levels, in their order for ordinal). Throws Error(invalid_argument) for more.
// O(n classes) a round; the same bytes for any number of threads.
DawidSkene dawid_skene(const CodedRatings& ratings, const DawidSkeneOptions& options,
                       const Job& job = {});

// All variants that make sense (ordinal only where `ordered` and there are three classes or more),
// the one with the least BIC first. The penalty counts every rater's parameters.
std::vector<DawidSkene> dawid_skene_variants(const CodedRatings& ratings, bool ordered,
                                             const DawidSkeneOptions& options, const Job& job = {});

// A rater against the posterior labels.
struct RaterSkill {
    std::uint64_t n = 0;
    std::optional<double> accuracy;    // expected share of right answers
    std::optional<Interval> interval;  // 95 %, Jeffreys' on the expected counts
    std::vector<double> counts;        // true x said, expected
};
RaterSkill skill_of(const CodedRatings& ratings, const RatingsByRater& by, const DawidSkene& model,
                    std::size_t rater);

}  // namespace edgewise::estimate
