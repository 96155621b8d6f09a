#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "edgewise/estimate/raters/ppi.hpp"
#include "edgewise/estimate/raters/rater_view.hpp"

namespace edgewise::estimate {

struct Rate {
    std::uint64_t n = 0;  // comparisons behind it
    std::optional<double> value;
    std::optional<Interval> interval;  // 95 %, clustered by item
};

// One machine rater against the people who judged the same items.
struct MachineAgainstPeople {
    std::uint32_t rater = 0;
    std::uint64_t n = 0;       // items it judged
    std::uint64_t shared = 0;  // of those, judged by people
    // With the majority of the people but one; and that one person with it, on the same items and
    // majorities. Only strict majorities count.
    Rate with_majority;
    Rate person_with_majority;
    Rate difference;  // the first less the second
    // Over pairs of answers on one item: machine and person, person and person. `strict` leaves out
    // pairs in which either answer is a tie or a pass.
    Rate with_person, people_with_people;
    Rate with_person_strict, people_with_people_strict;
    std::vector<std::uint64_t> confusion;  // people's strict majority x machine
    PredictionPowered mean;  // on the values of the scale; not for labels without an order
};

// `machine` is a rater of `view` for whom `person` is 0. Agreement is about same answers, so that
// views without steps have the mean only. Intervals: ratio of sums over items, linearised
// (Cochran 1977, section 6.4). O(n).
MachineAgainstPeople against_people(const RaterView& view, std::span<const std::uint8_t> person,
                                    std::uint32_t machine, bool middle_is_tie);

}  // namespace edgewise::estimate
