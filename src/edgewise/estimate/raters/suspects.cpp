#include <algorithm>
#include <cmath>
#include <tuple>

#include "edgewise/base/dictionary.hpp"
#include "edgewise/base/distributions.hpp"
#include "edgewise/estimate/raters/behaviour.hpp"

// What the clock and the comparison of raters with each other tell: speed, and duplicates.
namespace edgewise::estimate {
namespace {

constexpr std::uint64_t kMostPairs = 50'000'000;
constexpr double kSame = 0.95;
constexpr double kFewer = 0.2;
constexpr double kLeastDifferences = 5.0;

struct Pair {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t common = 0;
    std::uint32_t same = 0;
    float elsewhere = 0.0F;  // sum over items of how far the others agree
};

std::uint64_t hash_pair(std::uint32_t a, std::uint32_t b) noexcept {
    const std::uint64_t mixed = ((std::uint64_t{a} << 32) | b) * 0x9E3779B97F4A7C15U;
    return mixed ^ (mixed >> 32);
}

}  // namespace

std::vector<std::optional<Speed>> rater_speed(const judgment::JudgmentTable& table,
                                              double least_seconds) {
    std::vector<std::optional<Speed>> out(table.raters().ids.size());
    if (table.time().empty()) return out;
    struct Event {
        std::uint32_t rater;
        judgment::Id case_;
        std::int64_t time;
    };
    std::vector<Event> events;
    bool coarse = true;
    for (std::size_t row = 0; row < table.size(); ++row) {
        const std::int64_t t = table.time()[row];
        if (t == kNoTime) continue;
        coarse = coarse && t % 60'000 == 0;
        events.push_back({table.rater()[row], table.options().case_of[table.option()[row]], t});
    }
    if (coarse) return out;
    std::ranges::sort(events, [](const Event& a, const Event& b) {
        return std::tie(a.rater, a.case_, a.time) < std::tie(b.rater, b.case_, b.time);
    });
    std::uint64_t zero = 0;
    std::uint64_t all = 0;
    std::vector<std::int64_t> times;
    std::vector<double> gaps;
    for (std::size_t i = 0; i < events.size();) {
        const std::uint32_t rater = events[i].rater;
        times.clear();
        for (; i < events.size() && events[i].rater == rater; ++i) {
            const bool last_of_case = i + 1 == events.size() || events[i + 1].rater != rater ||
                                      events[i + 1].case_ != events[i].case_;
            if (last_of_case) times.push_back(events[i].time);
        }
        if (times.size() < 2) continue;
        std::ranges::sort(times);
        gaps.clear();
        Speed speed;
        for (std::size_t k = 1; k < times.size(); ++k) {
            gaps.push_back(static_cast<double>(times[k] - times[k - 1]) / 1000.0);
            zero += times[k] == times[k - 1] ? 1U : 0U;
            speed.share_below += gaps.back() < least_seconds ? 1.0 : 0.0;
        }
        all += gaps.size();
        speed.gaps = gaps.size();
        speed.share_below /= static_cast<double>(gaps.size());
        speed.median_seconds = quantile(gaps, 0.5);
        out[rater] = speed;
    }
    // Most of the times the same: they say when a batch was stored, not when people answered.
    if (2 * zero > all) out.assign(out.size(), std::nullopt);
    return out;
}

Duplicates find_duplicates(const RaterView& view, std::span<const std::uint8_t> person,
                           std::span<const RaterBehaviour> behaviour, std::uint64_t least_common,
                           double alpha) {
    Duplicates out;
    if (!view.steps) return out;
    const CodedRatings& ratings = view.ratings;
    HashIndex index;
    std::vector<Pair> pairs;
    std::vector<double> count(ratings.levels.size(), 0.0);
    std::uint64_t looked = 0;
    std::vector<std::uint32_t> people;
    for (std::size_t u = 0; u < ratings.units(); ++u) {
        const auto who = ratings.who(u);
        const auto codes = ratings.codes(u);
        people.clear();
        std::ranges::fill(count, 0.0);
        double together = 0.0;
        for (std::uint32_t i = 0; i < who.size(); ++i) {
            if (person[who[i]] == 0) continue;
            people.push_back(i);
            together += 2.0 * count[codes[i]]++;
        }
        const auto m = static_cast<double>(people.size());
        const std::uint64_t here = people.size() * people.size() / 2;
        if (looked + here > kMostPairs) {
            ++out.skipped_units;
            continue;
        }
        looked += here;
        for (std::size_t i = 0; i < people.size(); ++i) {
            for (std::size_t j = i + 1; j < people.size(); ++j) {
                const std::uint32_t a = who[people[i]];
                const std::uint32_t b = who[people[j]];
                const std::uint32_t ca = codes[people[i]];
                const std::uint32_t cb = codes[people[j]];
                const auto fresh = static_cast<std::uint32_t>(pairs.size());
                const std::uint32_t at = index.find_or_add(
                    hash_pair(a, b), fresh,
                    [&](std::uint32_t p) { return pairs[p].a == a && pairs[p].b == b; });
                if (at == fresh) pairs.push_back({.a = a, .b = b});
                Pair& pair = pairs[at];
                ++pair.common;
                pair.same += ca == cb ? 1 : 0;
                // The others' agreement without a and b, where there are two others.
                if (m > 3.5) {
                    const double rest = together - 2.0 * (count[ca] - 1.0) -
                                        2.0 * (count[cb] - 1.0 - (ca == cb ? 1.0 : 0.0));
                    pair.elsewhere += static_cast<float>(rest / ((m - 2.0) * (m - 3.0)));
                }
            }
        }
    }
    for (const Pair& pair : pairs) out.examined += pair.common >= least_common ? 1 : 0;
    for (const Pair& pair : pairs) {
        const auto n = static_cast<double>(pair.common);
        const auto same = static_cast<double>(pair.same);
        if (pair.common < least_common || same < kSame * n) continue;
        Duplicate found{.a = pair.a, .b = pair.b, .common = pair.common, .same = pair.same};
        found.expected = std::max({static_cast<double>(pair.elsewhere) / n,
                                   behaviour[pair.a].agreement.value_or(1.0),
                                   behaviour[pair.b].agreement.value_or(1.0)});
        // Each rater's agreement holds the other's, too: a little to their advantage.
        const double differ = n * (1.0 - found.expected);
        if (differ < kLeastDifferences || n - same > kFewer * differ) continue;
        found.p = beta_cdf(found.expected, same, n - same + 1.0);
        found.p_corrected = std::min(1.0, found.p * static_cast<double>(out.examined));
        if (found.p_corrected < alpha) out.found.push_back(found);
    }
    std::ranges::sort(out.found, [](const Duplicate& x, const Duplicate& y) {
        return std::tie(x.p, x.a, x.b) < std::tie(y.p, y.a, y.b);
    });
    return out;
}

}  // namespace edgewise::estimate
