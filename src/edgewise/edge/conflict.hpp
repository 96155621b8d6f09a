#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/edge/report_types.hpp"
#include "edgewise/estimate/observations.hpp"

namespace edgewise::edge {

// How often one and the same rater orders two options one way on one dimension and the other way on
// another, and how much of that judges' noise alone would make *(ours)*.
//
// In a case with several options the unit is a pair of options that the rater judged on at least
// two dimensions, with strict signs sign(u_a - u_b); with one option (or one pair that was
// compared) it is the option itself, sign(u - 1/2): one dimension accepts what another refuses.
//
// Noise floor. Two raters who judge the same unit on dimension d strictly oppose each other in a
// share D_d of pairs. If both err independently about one common sign with probability e, then
// D = 2 e (1 - e). Were there no conflict at all, K strict dimensions with a common sign would
// still differ with probability 1 - prod(1 - e_k) - prod(e_k): that is the floor, corrected for
// noise and for the number of dimensions. Where raters truly differ, e is overstated and the floor
// is conservative; where the units that are hard to judge on one dimension are easy on the other,
// it is too low, since one e stands for all units. With fewer than ten pairs of raters on the same
// unit the floor is not known (floor_known false).
struct ConflictRates {
    std::uint64_t raters = 0;
    std::uint64_t cases = 0;
    std::optional<Rate> any;
    double any_floor_high =
        0.0;  // the floor with every D_d at its upper 95 % bound (Wilson, units)
    std::vector<DimensionConflict> pairs;  // most excess first
    bool compares_options = false;
    std::uint64_t skipped_options = 0;  // beyond the 64 first that one rater judged in one case
};

// `reference`: index into observations.dimensions of an overall dimension, or npos. With one, `any`
// asks whether some dimension opposes it. Intervals are clustered by rater and by case (Cameron,
// Gelbach & Miller 2011); where no unit or every unit conflicts, which leaves no variance, they are
// exact (Clopper & Pearson 1934) with the fewer of raters and cases for a sample size. O(judgments
// log(judgments a case) + units x dimensions^2).
inline constexpr std::size_t kNoReference = static_cast<std::size_t>(-1);
ConflictRates dimension_conflicts(const estimate::Observations& observations,
                                  std::span<const std::string> names, std::size_t reference,
                                  std::size_t raters, const Job& job);

}  // namespace edgewise::edge
