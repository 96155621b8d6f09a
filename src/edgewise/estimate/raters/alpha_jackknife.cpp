#include "edgewise/estimate/raters/alpha_jackknife.hpp"

#include <algorithm>
#include <cmath>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/parallel.hpp"
#include "edgewise/estimate/raters/difference.hpp"

namespace edgewise::estimate {
namespace {

constexpr std::size_t kRankedAnew = 24;  // levels up to which ordinal ranks are those of the rest
constexpr std::size_t kGrain = 64;       // raters

// What deleting a cluster takes away.
struct Deleted {
    double observed = 0.0;          // from Do
    double n = 0.0;                 // values
    double pull = 0.0;              // their differences from everything
    std::vector<Weighted> answers;  // ascending
};

// For differences that do not depend on which answers there are: De (n - 1) is a quadratic form in
// the level counts, from which a cluster's share comes off exactly.
class Fixed {
public:
    Fixed(const UnitPatterns& patterns, std::span<const double> counts, Difference difference)
        : patterns_(patterns), difference_(std::move(difference)) {
        if (difference_.metric() == Metric::ordinal) difference_.rank(counts);
        pulls_ = difference_.pulls(counts);
        for (std::size_t k = 0; k < counts.size(); ++k) {
            n_ += counts[k];
            spread_ += counts[k] * pulls_[k];
        }
        within_.resize(patterns.count());
        for (std::size_t p = 0; p < patterns.count(); ++p) {
            within_[p] = difference_.spread(patterns.tallies(p));
            observed_ += patterns.units[p] * within_[p] / (patterns.size[p] - 1.0);
        }
    }

    double without_unit(std::size_t p) const {
        Deleted gone;
        gone.observed = within_[p] / (patterns_.size[p] - 1.0);
        for (const Tally& t : patterns_.tallies(p)) take(gone, t.code, t.times);
        return rest(gone, within_[p]);
    }

    template <class Each>
    double without_rater(const Each& each_unit, Deleted& gone) const {
        gone = {.observed = 0.0, .n = 0.0, .pull = 0.0, .answers = std::move(gone.answers)};
        gone.answers.clear();
        each_unit([&](std::size_t p, std::uint32_t code) {
            const double m = patterns_.size[p];
            if (m < 3.0) {  // the other answer has nobody to be compared with
                gone.observed += within_[p];
                for (const Tally& t : patterns_.tallies(p)) {
                    for (std::uint32_t i = 0; i < t.times; ++i) {
                        take(gone, t.code, 1.0);
                        gone.answers.push_back({t.code, 1.0});
                    }
                }
                return;
            }
            const double left = within_[p] - 2.0 * difference_.pull(code, patterns_.tallies(p));
            gone.observed += within_[p] / (m - 1.0) - std::max(0.0, left) / (m - 2.0);
            take(gone, code, 1.0);
            gone.answers.push_back({code, 1.0});
        });
        if (difference_.metric() != Metric::interval) {
            std::ranges::sort(gone.answers, {}, &Weighted::code);
            std::size_t to = 0;
            for (std::size_t i = 0; i < gone.answers.size(); ++i) {
                if (to > 0 && gone.answers[to - 1].code == gone.answers[i].code) {
                    gone.answers[to - 1].times += gone.answers[i].times;
                } else {
                    gone.answers[to++] = gone.answers[i];
                }
            }
            gone.answers.resize(to);
        }
        return rest(gone, difference_.spread(gone.answers));
    }

private:
    void take(Deleted& gone, std::uint32_t code, double times) const {
        gone.n += times;
        gone.pull += times * pulls_[code];
    }
    double rest(const Deleted& gone, double own) const {
        const double n = n_ - gone.n;
        const double spread = spread_ - 2.0 * gone.pull + own;
        if (n < 2.0 || spread <= 1e-11 * spread_) return std::nan("");
        return 1.0 - (observed_ - gone.observed) / (spread / (n - 1.0));
    }

    const UnitPatterns& patterns_;
    Difference difference_;
    std::vector<double> pulls_;
    std::vector<double> within_;
    double n_ = 0.0;
    double spread_ = 0.0;
    double observed_ = 0.0;
};

// For ordinal ranks, which change with what is deleted: the coincidences of every two levels are
// kept, and ranks are taken anew. O(levels^2) a cluster.
class Ranked {
public:
    Ranked(const UnitPatterns& patterns, std::span<const double> counts)
        : patterns_(patterns), counts_(counts.begin(), counts.end()) {
        together_.assign(counts_.size() * counts_.size(), 0.0);
        for (std::size_t p = 0; p < patterns.count(); ++p) {
            const double weight = patterns.units[p] / (patterns.size[p] - 1.0);
            add(together_, patterns.tallies(p), weight);
        }
    }

    double without_unit(std::size_t p) const {
        std::vector<double> together = together_;
        std::vector<double> counts = counts_;
        add(together, patterns_.tallies(p), -1.0 / (patterns_.size[p] - 1.0));
        for (const Tally& t : patterns_.tallies(p)) counts[t.code] -= t.times;
        return alpha(together, counts);
    }

    template <class Each>
    double without_rater(const Each& each_unit, Deleted&) const {
        std::vector<double> together = together_;
        std::vector<double> counts = counts_;
        const std::size_t levels = counts.size();
        each_unit([&](std::size_t p, std::uint32_t code) {
            const auto tallies = patterns_.tallies(p);
            const double m = patterns_.size[p];
            if (m < 3.0) {
                add(together, tallies, -1.0);
                for (const Tally& t : tallies) counts[t.code] -= t.times;
                return;
            }
            add(together, tallies, 1.0 / (m - 2.0) - 1.0 / (m - 1.0));
            for (const Tally& t : tallies) {
                if (t.code == code) continue;
                const double gone = t.times / (m - 2.0);
                together[code * levels + t.code] -= gone;
                together[t.code * levels + code] -= gone;
            }
            counts[code] -= 1.0;
        });
        return alpha(together, counts);
    }

private:
    void add(std::vector<double>& together, std::span<const Tally> tallies, double weight) const {
        const std::size_t levels = counts_.size();
        for (const Tally& a : tallies) {
            for (const Tally& b : tallies) {
                if (a.code == b.code) continue;
                together[a.code * levels + b.code] +=
                    weight * static_cast<double>(a.times) * static_cast<double>(b.times);
            }
        }
    }

    static double alpha(std::span<const double> together, std::span<const double> counts) {
        const std::size_t levels = counts.size();
        std::vector<double> rank(levels);
        double n = 0.0;
        double given = 0.0;
        for (std::size_t k = 0; k < levels; ++k) {
            rank[k] = n + 0.5 * counts[k];
            n += counts[k];
            given += counts[k] > 0.5 ? 1.0 : 0.0;
        }
        if (given < 2.0) return std::nan("");
        double observed = 0.0;
        double expected = 0.0;
        for (std::size_t a = 0; a < levels; ++a) {
            for (std::size_t b = 0; b < a; ++b) {
                const double square = (rank[a] - rank[b]) * (rank[a] - rank[b]);
                observed += together[a * levels + b] * square;
                expected += counts[a] * counts[b] * square;
            }
        }
        return 1.0 - observed / (expected / (n - 1.0));
    }

    const UnitPatterns& patterns_;
    std::vector<double> counts_;
    std::vector<double> together_;
};

template <class Deletion>
void delete_each(const Deletion& deletion, const CodedRatings& ratings,
                 const UnitPatterns& patterns, const Job& job, std::vector<double>& units,
                 std::vector<double>& raters) {
    parallel_blocks(job, units.size(), 4096, [&](std::size_t begin, std::size_t end) {
        for (std::size_t p = begin; p < end; ++p) units[p] = deletion.without_unit(p);
    });
    const RatingsByRater by = by_rater(ratings);
    parallel_blocks(job, raters.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        Deleted gone;
        for (std::size_t r = begin; r < end; ++r) {
            const auto unit = by.units(r);
            const auto place = by.places(r);
            bool any = false;
            const auto each = [&](auto&& visit) {
                for (std::size_t i = 0; i < unit.size(); ++i) {
                    const std::uint32_t p = patterns.of_unit[unit[i]];
                    if (p != UnitPatterns::kNoPattern) visit(p, ratings.code[place[i]]);
                }
            };
            for (const std::uint32_t u : unit) {
                any = any || patterns.of_unit[u] != UnitPatterns::kNoPattern;
            }
            raters[r] = any ? deletion.without_rater(each, gone) : std::nan("");
        }
    });
}

}  // namespace

JackknifeError jackknife_error(std::span<const double> values, std::span<const double> times) {
    JackknifeError out;
    double origin = 0.0;
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) continue;
        if (out.clusters == 0.0) origin = values[i];  // differences: no cancellation
        const double apart = values[i] - origin;
        out.clusters += times[i];
        sum += times[i] * apart;
        squares += times[i] * apart * apart;
    }
    if (out.clusters < 2.0) return {};
    const double spread = std::max(0.0, squares - sum * sum / out.clusters);
    out.se = std::sqrt((out.clusters - 1.0) / out.clusters * spread);
    return out;
}

std::optional<Interval> two_way_interval(double value, const JackknifeError& rater,
                                         const JackknifeError& unit, double low, double high) {
    if (rater.clusters < 2.0 || unit.clusters < 2.0) return std::nullopt;
    const double of_rater = rater.se * rater.se;
    const double of_unit = unit.se * unit.se;
    const double variance = of_rater + of_unit;
    if (!(variance > 0.0)) return std::nullopt;
    const double df =
        variance * variance /
        (of_rater * of_rater / (rater.clusters - 1.0) + of_unit * of_unit / (unit.clusters - 1.0));
    const double half = student_t_quantile(0.975, std::max(1.0, df)) * std::sqrt(variance);
    return Interval{std::max(low, value - half), std::min(high, value + half)};
}

void jackknife_alpha(const CodedRatings& ratings, const UnitPatterns& patterns,
                     std::span<const double> counts, Metric metric, double value, const Job& job,
                     AlphaErrors& out) {
    std::vector<double> units(patterns.count());
    std::vector<double> raters(ratings.raters);
    if (metric == Metric::ordinal && counts.size() <= kRankedAnew) {
        delete_each(Ranked(patterns, counts), ratings, patterns, job, units, raters);
    } else {
        delete_each(Fixed(patterns, counts, Difference(metric, ratings.levels)), ratings, patterns,
                    job, units, raters);
    }
    const std::vector<double> times(patterns.units.begin(), patterns.units.end());
    const JackknifeError unit = jackknife_error(units, times);
    const JackknifeError rater = jackknife_error(raters, std::vector<double>(raters.size(), 1.0));
    if (unit.clusters >= 2.0) out.se_unit = unit.se;
    if (rater.clusters >= 2.0) out.se_rater = rater.se;
    out.two_way = two_way_interval(value, rater, unit, -HUGE_VAL, 1.0);
    out.without_rater.resize(raters.size());
    for (std::size_t r = 0; r < raters.size(); ++r) {
        if (std::isfinite(raters[r])) out.without_rater[r] = raters[r];
    }
}

}  // namespace edgewise::estimate
