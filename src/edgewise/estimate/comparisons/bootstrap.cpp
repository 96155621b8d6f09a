#include <algorithm>
#include <array>
#include <cmath>

#include "edgewise/base/parallel.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/comparisons/comparison_graph.hpp"
#include "edgewise/estimate/comparisons/model.hpp"
#include "edgewise/estimate/comparisons/radix_sort.hpp"
#include "edgewise/estimate/comparisons/reach.hpp"
#include "edgewise/estimate/comparisons/strength_errors.hpp"

// Comparisons are sorted by pair and outcome once. A replicate draws a weight for every unit, adds
// weights up along that order, without a jump in memory, and climbs from the fit.

namespace edgewise::estimate {
namespace {

using comparisons::Estimate;
using comparisons::Kernel;
using comparisons::PairRows;
using comparisons::Prior;
using comparisons::Ties;

// Poisson(1) from 32 random bits, exact to 2^-33: the number of values of the distribution function
// at or below them. A byte tells most draws; the others count.
class PoissonOne {
public:
    PoissonOne() {
        double probability = std::exp(-1.0), below = 0.0;
        for (std::size_t k = 0; k < cuts_.size(); ++k) {
            below += probability;
            probability /= static_cast<double>(k + 1);
            cuts_[k] = std::min(0x1.0p32, std::round(below * 0x1.0p32));
        }
        for (std::uint32_t byte = 0; byte < known_.size(); ++byte) {
            const std::uint8_t low = count(byte << 24), high = count((byte << 24) | 0xFFFFFFU);
            known_[byte] = low == high ? low : kUnclear;
        }
    }
    std::uint8_t operator()(std::uint32_t bits) const noexcept {
        const std::uint8_t known = known_[bits >> 24];
        return known != kUnclear ? known : count(bits);
    }
    void fill(Rng& rng, std::span<std::uint8_t> weights) const noexcept {
        std::size_t i = 0;
        for (; i + 1 < weights.size(); i += 2) {
            const std::uint64_t bits = rng.next_u64();
            weights[i] = (*this)(static_cast<std::uint32_t>(bits));
            weights[i + 1] = (*this)(static_cast<std::uint32_t>(bits >> 32));
        }
        if (i < weights.size()) weights[i] = (*this)(static_cast<std::uint32_t>(rng.next_u64()));
    }

private:
    static constexpr std::uint8_t kUnclear = 0xFF;
    std::uint8_t count(std::uint32_t bits) const noexcept {
        std::uint8_t k = 0;
        while (k < cuts_.size() && static_cast<double>(bits) >= cuts_[k]) ++k;
        return k;
    }
    std::array<double, 13> cuts_{};
    std::array<std::uint8_t, 256> known_{};
};

// Who is drawn: a number for each comparison in sorted order, without gaps.
struct Units {
    std::uint32_t count = 0;
    std::vector<std::uint32_t> of;  // empty: each comparison is its own
};

class Resampler {
public:
    Resampler(const Contests& contests, const BradleyTerryFit& fit,
              const BradleyTerryOptions& options, Resample unit)
        : fit_(fit), options_(options), kernel_(comparisons::kernel_of(fit.ties)) {
        sort(contests);
        if (unit == Resample::comparison) {
            units_.push_back({static_cast<std::uint32_t>(slot_.size()), {}});
        }
        if (unit == Resample::rater || unit == Resample::rater_and_case) {
            units_.push_back(units_of(contests.rater));
        }
        if (unit == Resample::case_ || unit == Resample::rater_and_case) {
            units_.push_back(units_of(contests.case_));
        }
        row_ = {};
    }

    std::uint32_t least_units() const {
        std::uint32_t out = units_.front().count;
        for (const Units& u : units_) out = std::min(out, u.count);
        return out;
    }
    std::size_t comparisons() const noexcept { return slot_.size(); }

    // What one thread needs, for replicate after replicate.
    struct Scratch {
        PairRows rows;
        std::vector<std::vector<std::uint8_t>> weights;
    };
    Scratch scratch() const {
        Scratch out{rows_, {}};
        for (const Units& u : units_) out.weights.emplace_back(u.count);
        return out;
    }

    struct Result {
        bool converged = false;
        bool prior_was_needed = false;
    };
    Result replicate(Rng rng, Scratch& scratch, std::span<double> theta, const Job& job) const {
        constexpr int kMostTries = 1'000;  // with two units one try in seven draws nothing
        for (int k = 0; k < kMostTries && !reweight(rng, scratch); ++k) {
        }
        const PairRows& rows = scratch.rows;
        double decisive = 0.0;
        for (std::size_t k = 0; k < rows.size(); ++k) decisive += rows.wins[k] + rows.losses[k];
        Result out;
        if (decisive == 0.0) {  // ties only, or nothing
            std::ranges::fill(theta, 0.0);
            out.converged = true;
            return out;
        }
        Prior prior{.precision = fit_.precision, .further = fit_.further_precision};
        out.prior_was_needed = add_fallback(rows, prior);
        comparisons::Start start{.theta = fit_.theta, .position = fit_.position};
        if (kernel_ != Kernel::plain && fit_.tie_parameter > 0.0) {
            start.tie = comparisons::tie_coordinate(kernel_, fit_.tie_parameter);
            // At the edge of what lambda may be there is no way in.
            start.has_tie = kernel_ == Kernel::davidson || start.tie > 1e-6;
        }
        const comparisons::NewtonOptions newton =
            comparisons::newton_options(options_, fit_.comparisons);
        Estimate found = comparisons::fit_model(rows, kernel_, prior, start, newton, false, job);
        if (found.newton.diverged) {
            const double sd =
                options_.prior_sd > 0.0 ? options_.prior_sd : options_.fallback_prior_sd;
            prior.precision.assign(rows.contenders, 1.0 / (sd * sd));
            prior.further = 1.0 / (sd * sd);
            out.prior_was_needed = true;
            found = comparisons::fit_model(rows, kernel_, prior, {}, newton, false, job);
        }
        std::ranges::copy(found.theta, theta.begin());
        comparisons::centre(theta, fit_.component, fit_.components);
        out.converged = found.newton.converged;
        return out;
    }

private:
    // Slots: 4 x pair + 0 won, 1 lost, 2 tied, 3 half won and half lost.
    struct Row {
        std::uint64_t key;
        std::uint32_t row;
    };

    void sort(const Contests& contests) {
        const auto n = static_cast<std::uint32_t>(contests.contenders());
        const unsigned bits = bits_below(n);
        const Ties ties = comparisons::ties_of(fit_.ties);
        std::vector<Row> rows;
        rows.reserve(contests.size());
        for (std::uint32_t i = 0; i < contests.size(); ++i) {
            const Outcome outcome = contests.outcome[i];
            const bool tie = outcome == Outcome::tie || outcome == Outcome::both_bad;
            if (tie && ties == Ties::dropped) continue;
            if (outcome == Outcome::both_bad && options_.both_bad == BothBad::left_out) continue;
            if (!contests.weight.empty() && contests.weight[i] == 0.0F) continue;
            std::uint64_t a = contests.first[i], b = contests.second[i];
            std::uint64_t kind = outcome == Outcome::first ? 0 : 1;
            if (tie) kind = ties == Ties::halved ? 3 : 2;
            if (!fit_.position_fitted && a > b) {
                std::swap(a, b);
                if (!tie) kind = 1 - kind;
            }
            rows.push_back({(((a << bits) | b) << 2) | kind, i});
        }
        radix_sort(rows, 0, 2 * bits + 2, [](const Row& row) { return row.key; });

        rows_.contenders = n;
        rows_.position = fit_.position_fitted;
        rows_.begin.assign(n + std::size_t{1}, 0);
        std::uint64_t last = ~std::uint64_t{0};
        for (const Row& row : rows) {
            const std::uint64_t pair = row.key >> 2;
            if (pair != last) {
                ++rows_.begin[(pair >> bits) + 1];
                rows_.other.push_back(
                    static_cast<std::uint32_t>(pair & ((std::uint64_t{1} << bits) - 1)));
                last = pair;
            }
            slot_.push_back(
                static_cast<std::uint32_t>(4 * (rows_.other.size() - 1) + (row.key & 3U)));
            row_.push_back(row.row);
            if (!contests.weight.empty()) weight_.push_back(contests.weight[row.row]);
        }
        for (std::size_t a = 0; a < n; ++a) rows_.begin[a + 1] += rows_.begin[a];
        rows_.wins.resize(rows_.other.size());
        rows_.losses.resize(rows_.other.size());
        rows_.ties.resize(rows_.other.size());
    }

    Units units_of(std::span<const Id> ids) const {
        Units out;
        std::vector<std::uint8_t> occurs;
        for (const std::uint32_t row : row_) {
            if (ids[row] >= occurs.size()) occurs.resize(ids[row] + std::size_t{1}, 0);
            occurs[ids[row]] = 1;
        }
        std::vector<std::uint32_t> number(occurs.size());
        for (std::size_t id = 0; id < occurs.size(); ++id) {
            number[id] = out.count;
            out.count += occurs[id];
        }
        for (const std::uint32_t row : row_) out.of.push_back(number[ids[row]]);
        return out;
    }

    template <class Weight>
    double add_up(PairRows& rows, Weight weight) const {
        std::ranges::fill(rows.wins, 0.0);
        std::ranges::fill(rows.losses, 0.0);
        std::ranges::fill(rows.ties, 0.0);
        const std::array<double*, 3> to{rows.wins.data(), rows.losses.data(), rows.ties.data()};
        const std::uint32_t* slot = slot_.data();
        double total = 0.0;
        for (std::size_t i = 0; i < slot_.size(); ++i) {
            const double w = weight(i);
            total += w;
            const std::uint32_t kind = slot[i] & 3U;
            const std::uint32_t pair = slot[i] >> 2;
            if (kind < 3) {
                to[kind][pair] += w;
            } else {
                to[0][pair] += 0.5 * w;
                to[1][pair] += 0.5 * w;
            }
        }
        return total;
    }

    // False where nothing was drawn.
    bool reweight(Rng& rng, Scratch& scratch) const {
        for (auto& weights : scratch.weights) poisson_.fill(rng, weights);
        const std::uint8_t* one = scratch.weights[0].data();
        const float* own = weight_.empty() ? nullptr : weight_.data();
        const auto times = [own](std::size_t i, unsigned drawn) {
            return own == nullptr ? double(drawn) : double(drawn) * double{own[i]};
        };
        if (units_[0].of.empty()) {
            return add_up(scratch.rows, [&](std::size_t i) { return times(i, one[i]); }) > 0.0;
        }
        const std::uint32_t* of = units_[0].of.data();
        if (units_.size() == 1) {
            return add_up(scratch.rows, [&](std::size_t i) { return times(i, one[of[i]]); }) > 0.0;
        }
        const std::uint8_t* two = scratch.weights[1].data();
        const std::uint32_t* also = units_[1].of.data();
        return add_up(scratch.rows, [&](std::size_t i) {
                   return times(i, unsigned{one[of[i]]} * unsigned{two[also[i]]});
               }) > 0.0;
    }

    // The fallback prior on the components of the fit in which this replicate has no maximum.
    bool add_fallback(const PairRows& rows, Prior& prior) const {
        if (options_.prior_sd > 0.0) return false;
        const auto along = [&](std::size_t k) { return rows.wins[k] + rows.ties[k] > 0.0; };
        const auto against = [&](std::size_t k) { return rows.losses[k] + rows.ties[k] > 0.0; };
        const auto quick = comparisons::quickly_connected(
            rows.contenders,
            [&](auto visit) {
                for (std::uint32_t a = 0; a < rows.contenders; ++a) {
                    for (std::uint32_t k = rows.begin[a]; k < rows.begin[a + std::size_t{1}]; ++k) {
                        if (!visit(a, rows.other[k], k)) return;
                    }
                }
            },
            along, against);
        if (quick.value_or(false)) return false;

        PairCounts pairs;
        pairs.contenders = rows.contenders;
        for (std::uint32_t a = 0; a < rows.contenders; ++a) {
            pairs.first.insert(pairs.first.end(), rows.begin[a + std::size_t{1}] - rows.begin[a],
                               a);
        }
        pairs.second = rows.other;
        pairs.first_wins = rows.wins;
        pairs.second_wins = rows.losses;
        pairs.ties = rows.ties;
        pairs.both_bad.assign(rows.size(), 0.0);
        const ComparisonGraph graph = comparison_graph(pairs);
        constexpr std::uint32_t kNone = 0xFFFFFFFF;
        std::vector<std::uint32_t> block(fit_.components, kNone);
        std::vector<bool> several(fit_.components, false);
        for (std::uint32_t v = 0; v < rows.contenders; ++v) {
            std::uint32_t& known = block[fit_.component[v]];
            if (known == kNone) known = graph.block[v];
            if (known != graph.block[v]) several[fit_.component[v]] = true;
        }
        bool needed = false;
        if (prior.precision.empty()) prior.precision.assign(rows.contenders, 0.0);
        const double precision = 1.0 / (options_.fallback_prior_sd * options_.fallback_prior_sd);
        for (std::uint32_t v = 0; v < rows.contenders; ++v) {
            if (!several[fit_.component[v]] || prior.precision[v] > 0.0) continue;
            prior.precision[v] = precision;
            needed = true;
        }
        return needed;
    }

    const BradleyTerryFit& fit_;
    const BradleyTerryOptions& options_;
    Kernel kernel_;
    PoissonOne poisson_;
    PairRows rows_;
    std::vector<std::uint32_t> slot_, row_;
    std::vector<float> weight_;
    std::vector<Units> units_;
};

}  // namespace

std::string_view name_of(Resample unit) noexcept {
    switch (unit) {
        case Resample::comparison:
            return "comparison";
        case Resample::rater:
            return "rater";
        case Resample::case_:
            return "case";
        case Resample::rater_and_case:
            return "rater_and_case";
    }
    return "";
}

StrengthDraws bootstrap(const Contests& contests, const BradleyTerryFit& fit,
                        const BradleyTerryOptions& options, Resample unit, std::size_t replicates,
                        std::uint64_t seed, const Job& job) {
    require(fit.theta.size() == contests.contenders(), "fit", "a fit of these contests");
    require(fit.ties != TieModel::automatic, "fit", "a fit with a tie model");
    const bool raters = unit == Resample::rater || unit == Resample::rater_and_case;
    const bool cases = unit == Resample::case_ || unit == Resample::rater_and_case;
    require((!raters || contests.rater.size() == contests.size()) &&
                (!cases || contests.case_.size() == contests.size()),
            "contests", "a rater and a case for each comparison");
    StrengthDraws out;
    out.contenders = fit.theta.size();
    const Resampler resampler(contests, fit, options, unit);
    if (resampler.comparisons() == 0) {
        out.why = "nothing was compared";
        return out;
    }
    if (resampler.least_units() < 2) {
        out.why = unit == Resample::comparison ? "there is one comparison only"
                  : cases && !raters           ? "all comparisons are of one case"
                  : !cases                     ? "all comparisons are of one rater"
                                               : "all comparisons are of one rater or of one case";
        return out;
    }
    job.check();
    out.replicates = replicates;
    out.theta.resize(replicates * out.contenders);
    std::vector<Resampler::Result> results(replicates);
    // A block takes a millisecond or more.
    const std::size_t grain = 1 + 50'000 / resampler.comparisons();
    parallel_blocks(job, replicates, grain, [&](std::size_t begin, std::size_t end) {
        Resampler::Scratch scratch = resampler.scratch();
        for (std::size_t r = begin; r < end; ++r) {
            const std::span<double> theta(out.theta.data() + r * out.contenders, out.contenders);
            results[r] = resampler.replicate(Rng(seed, r), scratch, theta, job);
        }
    });
    for (const Resampler::Result& result : results) {
        out.not_converged += result.converged ? 0U : 1U;
        out.prior_was_needed += result.prior_was_needed ? 1U : 0U;
    }
    return out;
}

}  // namespace edgewise::estimate
