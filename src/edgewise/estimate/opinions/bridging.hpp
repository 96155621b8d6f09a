#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/observations.hpp"

namespace edgewise::estimate {

// One rating: 1 helpful (or agree), 0.5 somewhat (or pass), 0 not (or disagree).
struct NoteRating {
    std::uint32_t rater = 0;
    std::uint32_t note = 0;
    float value = 0.0F;
};

// Ratings compressed both ways, for alternating least squares.
class RatingMatrix {
public:
    // Error(invalid_argument) for an index out of range or a value outside [0, 1]. O(ratings).
    RatingMatrix(std::span<const NoteRating> ratings, std::size_t raters, std::size_t notes);

    struct Entry {
        std::uint32_t other = 0;  // note of a rater, or rater of a note
        float value = 0.0F;
    };
    std::size_t raters() const noexcept { return rater_begin_.size() - 1; }
    std::size_t notes() const noexcept { return note_begin_.size() - 1; }
    std::size_t ratings() const noexcept { return by_rater_.size(); }
    std::span<const Entry> of_rater(std::size_t u) const noexcept {
        return std::span(by_rater_).subspan(rater_begin_[u], rater_begin_[u + 1] - rater_begin_[u]);
    }
    std::span<const Entry> of_note(std::size_t n) const noexcept {
        return std::span(by_note_).subspan(note_begin_[n], note_begin_[n + 1] - note_begin_[n]);
    }

private:
    std::vector<std::size_t> rater_begin_, note_begin_;
    std::vector<Entry> by_rater_, by_note_;
};

// The utilities of a view (votes are 1, 0.5, 0). `raters` is the number of raters in the table.
RatingMatrix rating_matrix(const DimensionView& view, std::size_t raters);

struct BridgingOptions {
    double factor_penalty = 0.03;     // of rater and note factors
    double intercept_penalty = 0.15;  // of rater and note intercepts and of mu
    double tolerance = 1e-9;          // relative decrease of the objective in one sweep
    int most_sweeps = 500;
    double threshold = 0.40;  // a note's intercept from here on counts as bridging
    int starts = 5;
    int resamples = 0;  // of raters, behind the intervals; 0: no intervals
    std::uint64_t seed = 1;
};

// Intercept and factor of one rater or note.
struct Loading {
    double intercept = 0.0;
    double factor = 0.0;
};

struct Factorisation {
    double mu = 0.0;
    std::vector<Loading> rater, note;
    double objective = 0.0;
    double mean_squared_error = 0.0;
    int sweeps = 0;
    bool converged = false;
};

// The minimum over one start of
//
//     mean over ratings of (r_un - mu - i_u - i_n - f_u f_n)^2
//       + factor_penalty (mean_u f_u^2 + mean_n f_n^2)
//       + intercept_penalty (mean_u i_u^2 + mean_n i_n^2 + mu^2)
//
// as the core of the Community Notes scorer has it (Wojcik, Hilgard, Judd et al. 2022, "Birdwatch:
// crowd wisdom and bridging algorithms", arXiv 2210.15723; communitynotes 273c895), means over the
// raters and notes that have a rating. The factor takes up what one side likes and the other does
// not; the intercept of a note is what is left, liked across the sides. Raters and notes are solved
// for in turn, 2 x 2 systems in closed form (alternating least squares), so that the objective
// never rises; after each sweep mu, with everything else fixed. Sign: at least half of the raters'
// factors that are not 0 are negative. O(ratings) a sweep. `start` numbers the random start;
// `weight` (empty: all 1) multiplies all ratings of a rater, and their number counts as the sum of
// weights. Without ratings everything is 0 and converged.
Factorisation factorise(const RatingMatrix& ratings, const BridgingOptions& options,
                        std::uint64_t start, const Job& job, std::span<const float> weight = {},
                        const Factorisation* from = nullptr);

// How far the answer depends on where the search began: the kept start against each other one.
struct Stability {
    int starts = 0;
    double worst_objective = 0.0;                  // of any start
    std::optional<double> least_rank_correlation;  // of note intercepts (Spearman); the worst
    double largest_difference = 0.0;               // of any note's intercept
    double share_changing_side = 0.0;              // of notes, at the threshold; the worst
};

struct Bridging {
    Factorisation fit;  // of the start with the least objective, the earlier of equals
    Stability stability;
    std::vector<Interval> interval;  // of each note's intercept: 95 %, raters resampled; or empty
    bool defined = false;
    std::string why_not;  // where it is not defined: no ratings, one rater, no variety
};

// Several starts, compared, and (if asked) intervals: raters are resampled with Poisson(1) weights
// and each sample is fitted from the kept fit; the interval is the intercept and 1.96 standard
// deviations of the samples' intercepts to either side.
// Starts and samples run on job.threads() threads; the answer does not depend on their number.
Bridging bridge(const RatingMatrix& ratings, const BridgingOptions& options, const Job& job);

}  // namespace edgewise::estimate
