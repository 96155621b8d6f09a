#pragma once

#include "edgewise/estimate/opinions/group_votes.hpp"

namespace edgewise::estimate {

// How much it is worth to show a statement to the next voter, as Polis weighs it: little passed
// over, far from the middle of the opinion space, agreed with, and new.
//   (meta ? 7 : (1 - (P + 1) / (S + 2)) (E + 1) (A + 1) / (S + 2) (1 + 8 * 2^(-S / 5)))^2
// A agreed, P passed, S saw it; E is its extremity in the opinion space. Positive. O(1).
double statement_priority(const VoteTally& tally, double extremity, bool meta = false);

}  // namespace edgewise::estimate
