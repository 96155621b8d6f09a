#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "edgewise/structure/scores.hpp"

namespace edgewise::structure {

// How far an option can be put ahead of all others by the best choice of weights.
struct Support {
    // t* = max over w in the simplex of min over j != k of w.(s_k - s_j), in score units, as
    // `weights` attain it. Negative: no weighted sum ever picks this option. +infinity for a single
    // option.
    double margin = 0.0;
    // Proof that no weights do better: a mixture of the rivals is at least this close everywhere.
    // margin <= bound, and the two differ by rounding only.
    double bound = 0.0;
    std::vector<double> weights;  // one a dimension, >= 0, sum 1
};

// Margins are told from zero up to this part of the largest difference between two scores.
inline constexpr double kSupportTolerance = 1e-9;

// The support margin of one option: a linear program in m + 1 variables (Das and Dennis 1997;
// Geoffrion 1968), solved as the matrix game of weights against rivals by a dense simplex of our
// own with an anti-cycling rule. Exact to rounding, about 1e-12 of the range of the scores. An
// exact duplicate elsewhere caps the margin at 0. O(n m) a pivot, some m pivots in practice. Throws
// Error(invalid_argument) for an unknown option.
Support support(const Scores& scores, std::size_t option);

// The same for every option, in their order. O(n) programs.
std::vector<Support> support_margins(const Scores& scores);

// One mark an option: 1 if it is on the front, yet t* < 0, beyond kSupportTolerance of the range of
// the scores: a value judgment that every weighted sum rules out. Faster than support_margins,
// since rivals off the front and options that are best on some dimension need no program.
std::vector<std::uint8_t> unsupported(const Scores& scores);

// |front without supported| / |front|, in [0, 1); 0 for one option or one dimension.
double unsupported_share(const Scores& scores);

}  // namespace edgewise::structure
