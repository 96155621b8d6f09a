#include "edgewise/estimate/raters/machines.hpp"

#include <algorithm>
#include <cmath>

namespace edgewise::estimate {
namespace {

constexpr std::uint32_t kNoLevel = 0xFFFFFFFF;

// A ratio of sums over items, with the error of a ratio estimator.
class RatioOfSums {
public:
    void add(double top, double bottom) {
        if (bottom == 0.0) return;
        items_ += 1.0;
        top_ += top;
        bottom_ += bottom;
        tt_ += top * top;
        tb_ += top * bottom;
        bb_ += bottom * bottom;
    }
    Rate rate(double low) const {
        Rate out;
        out.n = static_cast<std::uint64_t>(std::llround(bottom_));
        if (bottom_ <= 0.0) return out;
        const double value = top_ / bottom_;
        out.value = value;
        if (items_ < 5.0) return out;
        const double squares = tt_ - 2.0 * value * tb_ + value * value * bb_;
        const double variance =
            items_ / (items_ - 1.0) * std::max(0.0, squares) / (bottom_ * bottom_);
        if (!(variance > 1e-18)) return out;
        const double half = 1.959963984540054 * std::sqrt(variance);
        out.interval = Interval{std::max(low, value - half), std::min(1.0, value + half)};
        return out;
    }

private:
    double items_ = 0.0, top_ = 0.0, bottom_ = 0.0, tt_ = 0.0, tb_ = 0.0, bb_ = 0.0;
};

// The level with strictly most answers, when one answer of level `less` is taken away.
std::uint32_t majority(std::span<const double> count, std::uint32_t less) {
    std::uint32_t best = kNoLevel;
    double most = 0.0;
    for (std::uint32_t c = 0; c < count.size(); ++c) {
        const double n = count[c] - (c == less ? 1.0 : 0.0);
        if (n > most) {
            most = n;
            best = c;
        } else if (n == most) {
            best = kNoLevel;
        }
    }
    return best;
}

}  // namespace

MachineAgainstPeople against_people(const RaterView& view, std::span<const std::uint8_t> person,
                                    std::uint32_t machine, bool middle_is_tie) {
    MachineAgainstPeople out;
    out.rater = machine;
    const CodedRatings& ratings = view.ratings;
    const std::size_t levels = ratings.levels.size();
    if (view.steps) out.confusion.assign(levels * levels, 0);
    std::uint32_t tie = kNoLevel;
    if (middle_is_tie && levels > 0) {
        const double middle = view.ratings.levels.front() < 0.0 ? 0.0 : 0.5;
        const auto at = std::ranges::find(ratings.levels, middle);
        if (at != ratings.levels.end()) {
            tie = static_cast<std::uint32_t>(at - ratings.levels.begin());
        }
    }

    RatioOfSums machine_majority, person_majority, difference;
    RatioOfSums machine_pairs, people_pairs, machine_strict, people_strict;
    std::vector<double> people, labels, rest;
    std::vector<double> count(levels, 0.0);
    for (std::size_t u = 0; u < ratings.units(); ++u) {
        const auto codes = ratings.codes(u);
        const auto who = ratings.who(u);
        std::uint32_t said = kNoLevel;
        double m = 0.0;
        double sum = 0.0;
        for (std::size_t i = 0; i < codes.size(); ++i) {
            if (who[i] == machine) said = codes[i];
            if (person[who[i]] == 0) continue;
            m += 1.0;
            sum += ratings.levels[codes[i]];
        }
        if (said == kNoLevel) continue;
        ++out.n;
        if (m < 0.5) {
            rest.push_back(ratings.levels[said]);
            continue;
        }
        ++out.shared;
        people.push_back(sum / m);
        labels.push_back(ratings.levels[said]);
        if (!view.steps) continue;

        std::ranges::fill(count, 0.0);
        for (std::size_t i = 0; i < codes.size(); ++i) {
            if (person[who[i]] != 0) count[codes[i]] += 1.0;
        }
        double machine_right = 0.0;
        double person_right = 0.0;
        double references = 0.0;
        double same = 0.0;
        double same_strict = 0.0;
        for (std::uint32_t c = 0; c < levels; ++c) {
            same += count[c] * (count[c] - 1.0);
            if (c != tie) same_strict += count[c] * (count[c] - 1.0);
            if (m < 1.5 || count[c] == 0.0) continue;
            // Each of the count[c] people who said c against the others.
            const std::uint32_t other = majority(count, c);
            if (other == kNoLevel) continue;
            references += count[c];
            machine_right += other == said ? count[c] : 0.0;
            person_right += other == c ? count[c] : 0.0;
        }
        machine_majority.add(machine_right, references);
        person_majority.add(person_right, references);
        difference.add(machine_right - person_right, references);
        machine_pairs.add(count[said], m);
        people_pairs.add(same, m * (m - 1.0));
        const double ties = tie == kNoLevel ? 0.0 : count[tie];
        if (said != tie) machine_strict.add(count[said], m - ties);
        people_strict.add(same_strict, (m - ties) * (m - ties - 1.0));
        const std::uint32_t truth = majority(count, kNoLevel);
        if (truth != kNoLevel) ++out.confusion[truth * levels + said];
    }
    out.with_majority = machine_majority.rate(0.0);
    out.person_with_majority = person_majority.rate(0.0);
    out.difference = difference.rate(-1.0);
    out.with_person = machine_pairs.rate(0.0);
    out.people_with_people = people_pairs.rate(0.0);
    out.with_person_strict = machine_strict.rate(0.0);
    out.people_with_people_strict = people_strict.rate(0.0);
    if (view.ordered) {
        out.mean = prediction_powered_mean(people, labels, rest);
    } else {
        out.mean.labelled = people.size();
        out.mean.unlabelled = rest.size();
        out.mean.why = "labels without an order have no mean";
    }
    return out;
}

}  // namespace edgewise::estimate
