#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/words.hpp"
#include "edgewise/estimate/comparisons/leaderboard_study.hpp"

namespace edgewise::estimate::board {
namespace {

using judgment::kNone;

constexpr std::uint32_t kMostBlocks = 20;
constexpr double kNoFiniteEffect = 10.0;  // logits: there is no maximum, only a stop

// --- position ---

// Units (raters, cases, rows) dealt into at most kMostBlocks blocks, in order of appearance.
std::vector<std::uint32_t> blocks_of(std::span<const Id> unit, std::uint32_t& blocks) {
    std::vector<std::uint32_t> out(unit.size());
    std::vector<std::uint32_t> number;
    std::uint32_t units = 0;
    for (std::size_t k = 0; k < unit.size(); ++k) {
        if (unit[k] >= number.size()) number.resize(std::size_t{unit[k]} + 1, kNone);
        if (number[unit[k]] == kNone) number[unit[k]] = units++;
        out[k] = number[unit[k]] % kMostBlocks;
    }
    blocks = std::min(units, kMostBlocks);
    return out;
}

// Variance of the position effect by leaving out one block at a time (Quenouille 1956; Kott 2001
// for groups), or nothing where there are too few blocks or a refit has no maximum.
std::optional<double> jackknife(const Contests& contests, const BradleyTerryFit& fit,
                                const BradleyTerryOptions& options, std::span<const Id> unit,
                                std::uint32_t& blocks, const Job& job) {
    const std::vector<std::uint32_t> block = blocks_of(unit, blocks);
    if (blocks < 2) return std::nullopt;
    std::vector<double> without(blocks);
    std::vector<float> weight(contests.size());
    for (std::uint32_t b = 0; b < blocks; ++b) {
        job.check();
        double left = 0.0;
        for (std::size_t k = 0; k < weight.size(); ++k) {
            const float own = contests.weight.empty() ? 1.0F : contests.weight[k];
            weight[k] = block[k] == b ? 0.0F : own;
            left += double{weight[k]};
        }
        if (left <= 0.0) return std::nullopt;
        const BradleyTerryFit again =
            fit_bradley_terry(count_pairs(contests, weight, job), options, job, fit.theta);
        if (!again.converged || std::abs(again.position) > kNoFiniteEffect) return std::nullopt;
        without[b] = again.position;
    }
    const double mean = pairwise_sum(without) / blocks;
    double squares = 0.0;
    for (const double each : without) squares += (each - mean) * (each - mean);
    return squares * (blocks - 1.0) / blocks;
}

struct Meetings {
    std::uint64_t pairs = 0, both_ways = 0;
};
Meetings meetings(const PairCounts& pairs) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> met;
    met.reserve(pairs.size());
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        met.push_back(std::minmax(pairs.first[k], pairs.second[k]));
    }
    std::ranges::sort(met);
    Meetings out;
    for (std::size_t k = 0; k < met.size();) {
        std::size_t end = k;
        while (end < met.size() && met[end] == met[k]) ++end;
        ++out.pairs;
        out.both_ways += end - k > 1 ? 1U : 0U;
        k = end;
    }
    return out;
}

void say_position(BoardPosition& out, double level) {
    const double chance = 1.0 / (1.0 + std::exp(-*out.effect));
    const std::string figures = fmt::format(
        "between equals the one shown first would win {:.1f} % of decided comparisons ({:.0f} % "
        "interval {:.1f} to {:.1f} %)",
        100.0 * chance, 100.0 * level, 100.0 / (1.0 + std::exp(-out.interval->low)),
        100.0 / (1.0 + std::exp(-out.interval->high)));
    if (out.pairs_both_ways == 0) {
        out.verdict = "cannot_tell";
        out.words =
            "No pair was shown in both orders, so that an advantage of the first place "
            "cannot be told from one of the contenders that were put there: " +
            figures + ".";
    } else if (out.interval->low > 0.0 || out.interval->high < 0.0) {
        out.verdict = "shown";
        out.words = std::string("The place in which a contender is shown matters: ") + figures +
                    (out.corrected ? "; strengths are corrected for it."
                                   : "; --position corrects strengths for it.");
    } else {
        out.verdict = "not_shown";
        out.words = "No advantage of being shown first or second is seen: " + figures + ".";
    }
}

// --- fit ---

struct Expected {
    double points = 0.5;    // P(first) + P(tie) / 2
    double variance = 0.0;  // of the points of one comparison
};
Expected expected(const BradleyTerryFit& fit, std::uint32_t first, std::uint32_t second) {
    const PairProbability p = probability(fit, fit.theta[first], fit.theta[second]);
    const double points = p.first + p.tie / 2.0;
    return {points, std::max(0.0, p.first + p.tie / 4.0 - points * points)};
}

double points_of(Outcome outcome) {
    return outcome == Outcome::first ? 1.0 : outcome == Outcome::second ? 0.0 : 0.5;
}

struct Residual {
    Id unit = 0;
    std::uint8_t bin = 0;
    double value = 0.0;
};

// Sum over clusters of the squared sum of residuals, for each bin.
template <std::size_t kBins>
std::array<double, kBins> clustered(std::vector<Residual> residuals) {
    std::ranges::sort(residuals, [](const Residual& a, const Residual& b) {
        return std::pair(a.bin, a.unit) < std::pair(b.bin, b.unit);
    });
    std::array<double, kBins> out{};
    for (std::size_t k = 0; k < residuals.size();) {
        double sum = 0.0;
        const Residual& start = residuals[k];
        for (; k < residuals.size() && residuals[k].bin == start.bin &&
               residuals[k].unit == start.unit;
             ++k) {
            sum += residuals[k].value;
        }
        out[start.bin] += sum * sum;
    }
    return out;
}

}  // namespace

BoardPosition position_effect(const Contests& contests, const Strengths& strengths,
                              const BradleyTerryOptions& fit, double level, const Job& job) {
    BoardPosition out;
    out.corrected = fit.position;
    const Meetings met = meetings(strengths.pairs);
    out.pairs = met.pairs;
    out.pairs_both_ways = met.both_ways;
    std::uint64_t first = 0;
    for (const Outcome outcome : contests.outcome) {
        first += outcome == Outcome::first ? 1U : 0U;
        out.decided += outcome == Outcome::first || outcome == Outcome::second ? 1U : 0U;
    }
    if (out.decided > 0) {
        out.first_share = static_cast<double>(first) / static_cast<double>(out.decided);
    }
    BradleyTerryOptions with = fit;
    with.position = true;
    with.ties = strengths.fit.ties;
    const BradleyTerryFit fitted =
        fit.position ? strengths.fit
                     : fit_bradley_terry(strengths.pairs, with, job, strengths.fit.theta);
    out.verdict = "cannot_tell";
    if (out.decided == 0) {
        out.words = "Nothing was decided, so that nothing is known of an advantage of place.";
        return out;
    }
    if (!fitted.position_fitted || !fitted.converged ||
        std::abs(fitted.position) > kNoFiniteEffect) {
        out.words =
            "An advantage of being shown first cannot be told from strengths here: the order in "
            "which pairs were shown goes with who they are, or with who won.";
        return out;
    }
    // Two-way, but never less than either way alone.
    std::uint32_t raters = 0;
    std::uint32_t cases = 0;
    std::uint32_t rows = 0;
    std::vector<Id> row(contests.size());
    std::iota(row.begin(), row.end(), 0U);
    const auto by_rater = jackknife(contests, fitted, with, contests.rater, raters, job);
    const auto by_case = jackknife(contests, fitted, with, contests.case_, cases, job);
    const auto by_row = jackknife(contests, fitted, with, row, rows, job);
    if (!by_row) {
        out.words =
            "There are too few comparisons to say how large an advantage of being shown "
            "first is.";
        return out;
    }
    double variance = *by_row;
    std::uint32_t blocks = rows;
    const auto widen = [&](const std::optional<double>& each, std::uint32_t its) {
        if (!each || *each <= variance) return;
        variance = *each;
        blocks = its;
    };
    widen(by_rater, raters);
    widen(by_case, cases);
    if (by_rater && by_case) {
        variance = std::max(variance, *by_rater + *by_case - *by_row);
    }
    const double half = student_t_quantile(0.5 + level / 2.0, blocks - 1.0) * std::sqrt(variance);
    out.effect = fitted.position;
    out.interval = Interval{fitted.position - half, fitted.position + half};
    say_position(out, level);
    return out;
}

BoardFit fit_check(const Contests& contests, const Strengths& strengths, bool of_rankings,
                   double level) {
    constexpr std::size_t kBins = 10;  // of width 0.05, from 0.5
    const BradleyTerryFit& fit = strengths.fit;
    std::array<double, kBins> expectation{};
    std::array<double, kBins> observation{};
    std::array<double, kBins> total{};
    std::array<std::uint64_t, kBins> n{};
    std::vector<Residual> by_rater;
    std::vector<Residual> by_case;
    std::vector<Residual> by_row;
    for (std::size_t k = 0; k < contests.size(); ++k) {
        double e = expected(fit, contests.first[k], contests.second[k]).points;
        double o = points_of(contests.outcome[k]);
        if (e < 0.5) {
            e = 1.0 - e;
            o = 1.0 - o;
        }
        const auto bin = std::min<std::size_t>(kBins - 1, static_cast<std::size_t>((e - 0.5) * 20));
        const double weight = contests.weight.empty() ? 1.0 : double{contests.weight[k]};
        expectation[bin] += weight * e;
        observation[bin] += weight * o;
        total[bin] += weight;
        ++n[bin];
        const auto at = static_cast<std::uint8_t>(bin);
        by_rater.push_back({contests.rater[k], at, weight * (o - e)});
        by_case.push_back({contests.case_[k], at, weight * (o - e)});
        by_row.push_back({static_cast<Id>(k), at, weight * (o - e)});
    }
    const auto raters = clustered<kBins>(std::move(by_rater));
    const auto cases = clustered<kBins>(std::move(by_case));
    const auto rows = clustered<kBins>(std::move(by_row));
    BoardFit out;
    std::uint64_t outside = 0;
    std::uint64_t judged = 0;
    double gap = 0.0;                     // the largest outside
    constexpr double kMaterial = 0.02;    // a smaller one is not worth acting on
    constexpr std::uint64_t kLeast = 20;  // comparisons for an interval
    const auto bins = static_cast<double>(
        std::ranges::count_if(n, [](std::uint64_t each) { return each >= kLeast; }));
    for (std::size_t b = 0; b < kBins; ++b) {
        const double size = total[b];
        if (!(size > 0.0)) continue;
        BoardBin bin;
        bin.low = 0.5 + 0.05 * static_cast<double>(b);
        bin.high = bin.low + 0.05;
        bin.expected = expectation[b] / size;
        bin.observed = observation[b] / size;
        bin.n = n[b];
        if (n[b] >= kLeast) {
            const double variance =
                std::max({rows[b], raters[b], cases[b], raters[b] + cases[b] - rows[b]});
            // All bins at once (Bonferroni), so that one bin in twenty does not cry wolf.
            const double z = normal_quantile(1.0 - (1.0 - level) / (2.0 * bins));
            const double half = z * std::sqrt(variance) / size;
            bin.interval =
                Interval{std::max(0.0, bin.observed - half), std::min(1.0, bin.observed + half)};
            ++judged;
            if (bin.expected < bin.interval->low || bin.expected > bin.interval->high) {
                ++outside;
                gap = std::max(gap, std::abs(bin.observed - bin.expected));
            }
        }
        out.bins.push_back(bin);
    }
    // Pearson's chi-squared over pairs that met, ties as half points.
    double chi = 0.0;
    double all = 0.0;  // comparisons, and the variance of their points
    double all_variance = 0.0;
    std::vector<std::pair<std::uint64_t, std::size_t>> pairs(strengths.pairs.size());
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        const auto [low, high] = std::minmax(strengths.pairs.first[k], strengths.pairs.second[k]);
        pairs[k] = {std::uint64_t{low} << 32 | high, k};
    }
    std::ranges::sort(pairs);
    for (std::size_t k = 0; k < pairs.size();) {
        double residual = 0.0;
        double variance = 0.0;
        const std::uint64_t pair = pairs[k].first;
        for (; k < pairs.size() && pairs[k].first == pair; ++k) {
            const std::size_t at = pairs[k].second;
            const PairCounts& counts = strengths.pairs;
            const double ties = counts.ties[at] + counts.both_bad[at];
            const double met = counts.first_wins[at] + counts.second_wins[at] + ties;
            const Expected e = expected(fit, counts.first[at], counts.second[at]);
            const double sign = counts.first[at] < counts.second[at] ? 1.0 : -1.0;
            residual += sign * (counts.first_wins[at] + ties / 2.0 - met * e.points);
            variance += met * e.variance;
            all += met;
        }
        ++out.pairs;
        all_variance += variance;
        if (variance > 0.0) chi += residual * residual / variance;
    }
    const double df = static_cast<double>(out.pairs) - static_cast<double>(fit.theta.size()) +
                      static_cast<double>(fit.components);
    if (df > 0.0) out.dispersion = chi / df;
    double misfit = 0.0;  // of pairs, in points, what chance leaves over
    if (df > 0.0 && all > 0.0 && !of_rankings) {
        // What clustering adds is divided out (Rao and Scott 1981, first order).
        const double effect = std::max(1.0, strengths.design_effect);
        out.p = chi_squared_sf(chi / effect, df);
        misfit = std::sqrt(std::max(0.0, chi - effect * df) * all_variance) / all;
        out.misfit = misfit;
    }
    if (judged == 0) {
        out.verdict = "cannot_tell";
        out.words = "There are too few comparisons to check the model against them.";
    } else if (gap >= kMaterial) {
        out.verdict = "shown";
        out.words = fmt::format(
            "In {} of {} ranges of the expected share what came of the comparisons lies outside "
            "its interval, by up to {:.0f} points in 100. One number a contender does not tell "
            "who beats whom here; see who beat whom.",
            outside, judged, 100.0 * gap);
    } else if (out.p && *out.p < 1.0 - level && misfit >= kMaterial) {
        out.verdict = "shown";
        out.words = fmt::format(
            "Pairs of contenders differ from what their strengths say by {:.0f} points in 100 "
            "beyond chance (root mean square; p = {:.3f}): some beat those who beat others they "
            "lose to. See who beat whom.",
            100.0 * misfit, *out.p);
    } else if (outside > 0) {
        out.verdict = "not_shown";
        out.words = fmt::format(
            "Shares of wins differ from what the model expects by more than chance, but by {:.1f} "
            "points in 100 at most: too little to matter.",
            100.0 * gap);
    } else {
        out.verdict = "not_shown";
        out.words = fmt::format(
            "Shares of wins are as the model expects, within their intervals, in all {} ranges "
            "of the expected share.",
            judged);
    }
    return out;
}

BoardFurther further(const Contests& contests, const Strengths& strengths, std::uint32_t first,
                     std::uint32_t second, double level) {
    constexpr double kPower = 0.8;
    const StrengthDraws& draws = strengths.draws;
    BoardFurther out;
    out.first = contests.contender[first];
    out.second = contests.contender[second];
    out.difference = strengths.fit.theta[first] - strengths.fit.theta[second];
    std::vector<double> differences(draws.replicates);
    for (std::size_t r = 0; r < draws.replicates; ++r) {
        const double* row = draws.theta.data() + r * draws.contenders;
        differences[r] = row[first] - row[second];
    }
    const double mean = pairwise_sum(differences) / static_cast<double>(draws.replicates);
    double squares = 0.0;
    for (const double each : differences) squares += (each - mean) * (each - mean);
    const double variance = squares / static_cast<double>(draws.replicates - 1);
    const double z = normal_quantile(0.5 + level / 2.0);
    const double half = z * std::sqrt(variance);
    out.interval = {out.difference - half, out.difference + half};
    out.apart = strengths.standing[first].surely_above_next;
    if (out.apart) {
        out.words = fmt::format("{} and {} are told apart.", out.first, out.second);
        return out;
    }
    // Each comparison of the two adds information about their difference: the variance of its
    // points, less by as much as raters and cases cluster.
    const double information =
        expected(strengths.fit, first, second).variance / std::max(1.0, strengths.design_effect);
    // All pairs are judged together, so the level is shared between them (Bonferroni, cautious).
    const auto n = static_cast<double>(strengths.fit.theta.size());
    const double strict = normal_quantile(1.0 - (1.0 - level) / (n * (n - 1.0)));
    const double wanted = std::abs(out.difference) / (strict + normal_quantile(kPower));
    constexpr double kTooMany = 1e6;
    const double more = wanted > 0.0 && information > 0.0 && variance > 0.0
                            ? (1.0 / (wanted * wanted) - 1.0 / variance) / information
                            : 2.0 * kTooMany;
    if (more > kTooMany) {
        out.words = fmt::format(
            "{} and {} are so close that no number of comparisons worth collecting would tell "
            "them apart.",
            out.first, out.second);
    } else {
        out.comparisons = static_cast<std::uint64_t>(std::ceil(std::max(1.0, more)));
        out.words = fmt::format(
            "If the difference is what it seems, about {} more comparisons of {} with {} would "
            "tell them apart ({:.0f} % power).",
            grouped_digits(*out.comparisons), out.first, out.second, 100.0 * kPower);
    }
    return out;
}

}  // namespace edgewise::estimate::board
