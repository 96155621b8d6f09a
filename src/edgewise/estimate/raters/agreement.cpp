#include "edgewise/estimate/raters/agreement.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "edgewise/base/parallel.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/estimate/raters/alpha_jackknife.hpp"
#include "edgewise/estimate/raters/unit_patterns.hpp"

namespace edgewise::estimate {
namespace {

constexpr const char* kOneAnswer =
    "all answers are the same, so that agreement beyond chance is not defined";

double credit(std::size_t a, std::size_t b, std::size_t levels, Weighting weighting) noexcept {
    if (weighting == Weighting::identity || levels < 2) return a == b ? 1.0 : 0.0;
    const double apart = (a > b ? static_cast<double>(a - b) : static_cast<double>(b - a)) /
                         static_cast<double>(levels - 1);
    return 1.0 - (weighting == Weighting::linear ? apart : apart * apart);
}

enum Which : std::uint8_t { kObserved, kFleiss, kRandolph, kAc1, kAc2, kCount };
using Values = std::array<double, kCount>;

// What units add up to; a coefficient is a function of the sums.
struct Sums {
    double units = 0.0;   // judged at least twice
    double judged = 0.0;  // judged at all
    double agree = 0.0;   // sum of the share of agreeing pairs
    double agree_weighted = 0.0;
    std::vector<double> answers;  // by level, in units judged at least twice
    std::vector<double> shares;   // by level, over units judged at all

    explicit Sums(std::size_t levels) : answers(levels, 0.0), shares(levels, 0.0) {}
};

class Coefficients {
public:
    Coefficients(std::size_t levels, Weighting weighting) : levels_(levels), weighting_(weighting) {
        for (std::size_t a = 0; a < levels; ++a) {
            for (std::size_t b = 0; b < levels; ++b) total_ += credit(a, b, levels, weighting);
        }
    }

    // `one_less`, if not kAll: as if one answer of that level had not been given.
    static constexpr std::uint32_t kAll = 0xFFFFFFFF;
    void add(Sums& s, std::span<const Tally> tallies, double m, double times,
             std::uint32_t one_less = kAll) const {
        if (one_less != kAll) m -= 1.0;
        if (m < 1.0) return;
        const auto number = [&](const Tally& t) {
            return static_cast<double>(t.times) - (t.code == one_less ? 1.0 : 0.0);
        };
        s.judged += times;
        for (const Tally& t : tallies) s.shares[t.code] += times * number(t) / m;
        if (m < 2.0) return;
        double agree = 0.0;
        double weighted = 0.0;
        for (const Tally& a : tallies) {
            s.answers[a.code] += times * number(a);
            agree += number(a) * (number(a) - 1.0);
            if (weighting_ == Weighting::identity) continue;
            for (const Tally& b : tallies) {
                weighted += number(a) * (number(b) - (a.code == b.code ? 1.0 : 0.0)) *
                            credit(a.code, b.code, levels_, weighting_);
            }
        }
        if (weighting_ == Weighting::identity) weighted = agree;
        s.units += times;
        s.agree += times * agree / (m * (m - 1.0));
        s.agree_weighted += times * weighted / (m * (m - 1.0));
    }

    Values of(const Sums& s) const {
        Values out;
        out.fill(std::nan(""));
        if (s.units < 0.5) return out;
        const double observed = s.agree / s.units;
        out[kObserved] = observed;
        const auto k = static_cast<double>(levels_);
        if (levels_ < 2) return out;
        double n = 0.0;
        for (const double c : s.answers) n += c;
        double pooled = 0.0;
        for (const double c : s.answers) pooled += c * c / (n * n);
        if (pooled < 1.0 - 1e-12) out[kFleiss] = (observed - pooled) / (1.0 - pooled);
        out[kRandolph] = (observed - 1.0 / k) / (1.0 - 1.0 / k);
        double undecided = 0.0;
        for (const double c : s.shares) undecided += c / s.judged * (1.0 - c / s.judged);
        const double chance = undecided / (k - 1.0);
        out[kAc1] = (observed - chance) / (1.0 - chance);
        const double weighted = total_ / (k * (k - 1.0)) * undecided;
        if (weighted < 1.0 - 1e-12) {
            out[kAc2] = (s.agree_weighted / s.units - weighted) / (1.0 - weighted);
        }
        return out;
    }

private:
    std::size_t levels_;
    Weighting weighting_;
    double total_ = 0.0;
};

}  // namespace

Cohen cohen_kappa(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b,
                  std::size_t levels, Weighting weighting) {
    require(a.size() == b.size(), "b", "as many answers as there are in a");
    Cohen out;
    out.units = a.size();
    if (a.empty()) {
        out.kappa.why = "the two raters have no item in common";
        return out;
    }
    std::vector<double> joint(levels * levels, 0.0);
    std::vector<double> row(levels, 0.0);
    std::vector<double> column(levels, 0.0);
    const auto n = static_cast<double>(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        require(a[i] < levels && b[i] < levels, "levels", "codes below the number of levels");
        joint[a[i] * levels + b[i]] += 1.0 / n;
        row[a[i]] += 1.0 / n;
        column[b[i]] += 1.0 / n;
    }
    // Mean credit of each level against the other's margin.
    std::vector<double> row_credit(levels, 0.0);
    std::vector<double> column_credit(levels, 0.0);
    for (std::size_t i = 0; i < levels; ++i) {
        for (std::size_t j = 0; j < levels; ++j) {
            const double w = credit(i, j, levels, weighting);
            row_credit[i] += w * column[j];
            column_credit[j] += w * row[i];
            out.observed += w * joint[i * levels + j];
            out.expected += w * row[i] * column[j];
        }
    }
    const double room = 1.0 - out.expected;
    if (room < 1e-12) {
        out.kappa.why = kOneAnswer;
        return out;
    }
    const double kappa = (out.observed - out.expected) / room;
    out.kappa.value = kappa;
    double squares = 0.0;
    for (std::size_t i = 0; i < levels; ++i) {
        for (std::size_t j = 0; j < levels; ++j) {
            const double term = credit(i, j, levels, weighting) -
                                (row_credit[i] + column_credit[j]) * (1.0 - kappa);
            squares += joint[i * levels + j] * term * term;
        }
    }
    const double centre = kappa - out.expected * (1.0 - kappa);
    const double variance = (squares - centre * centre) / (room * room * n);
    if (variance > 1e-15) {
        const double half = 1.959963984540054 * std::sqrt(variance);
        out.kappa.interval = Interval{std::max(-1.0, kappa - half), std::min(1.0, kappa + half)};
    }
    return out;
}

ChanceCorrected chance_corrected(const CodedRatings& ratings, Weighting weighting,
                                 std::size_t levels, const Job& job) {
    ChanceCorrected out;
    const std::size_t k = std::max(levels, ratings.levels.size());
    out.levels = ratings.levels.size();
    const Coefficients coefficients(k, weighting);
    const UnitPatterns patterns = unit_patterns(ratings, 1);
    Sums total(k);
    for (std::size_t p = 0; p < patterns.count(); ++p) {
        coefficients.add(total, patterns.tallies(p), patterns.size[p], patterns.units[p]);
    }
    out.units = static_cast<std::uint64_t>(std::llround(total.units));
    const Values whole = coefficients.of(total);

    // Without a unit, one pattern at a time; without a rater.
    std::vector<Values> units(patterns.count());
    parallel_blocks(job, units.size(), 1024, [&](std::size_t begin, std::size_t end) {
        for (std::size_t p = begin; p < end; ++p) {
            Sums rest = total;
            coefficients.add(rest, patterns.tallies(p), patterns.size[p], -1.0);
            units[p] = coefficients.of(rest);
        }
    });
    const RatingsByRater by = by_rater(ratings);
    std::vector<Values> raters(ratings.raters);
    parallel_blocks(job, raters.size(), 64, [&](std::size_t begin, std::size_t end) {
        for (std::size_t r = begin; r < end; ++r) {
            raters[r].fill(std::nan(""));
            const auto place = by.places(r);
            const auto unit = by.units(r);
            if (place.empty()) continue;
            Sums rest = total;
            for (std::size_t i = 0; i < place.size(); ++i) {
                const std::uint32_t p = patterns.of_unit[unit[i]];
                const double m = patterns.size[p];
                coefficients.add(rest, patterns.tallies(p), m, -1.0);
                coefficients.add(rest, patterns.tallies(p), m, 1.0, ratings.code[place[i]]);
            }
            raters[r] = coefficients.of(rest);
        }
    });

    const std::vector<double> times(patterns.units.begin(), patterns.units.end());
    const std::vector<double> once(raters.size(), 1.0);
    const auto coefficient = [&](Which which) {
        Coefficient c;
        if (!std::isfinite(whole[which])) {
            c.why = out.units == 0 ? "no item was judged by two raters" : kOneAnswer;
            return c;
        }
        c.value = whole[which];
        std::vector<double> values(units.size());
        for (std::size_t p = 0; p < units.size(); ++p) values[p] = units[p][which];
        const JackknifeError unit = jackknife_error(values, times);
        values.resize(raters.size());
        for (std::size_t r = 0; r < raters.size(); ++r) values[r] = raters[r][which];
        c.interval = two_way_interval(*c.value, jackknife_error(values, once), unit,
                                      which == kObserved ? 0.0 : -HUGE_VAL, 1.0);
        return c;
    };
    const Coefficient observed = coefficient(kObserved);
    out.observed = observed.value;
    out.observed_interval = observed.interval;
    out.fleiss = coefficient(kFleiss);
    out.randolph = coefficient(kRandolph);
    out.ac1 = coefficient(kAc1);
    out.ac2 = coefficient(kAc2);
    return out;
}

}  // namespace edgewise::estimate
