#include "edgewise/estimate/opinions/bridging.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "edgewise/base/parallel.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/base/rng.hpp"

namespace edgewise::estimate {
namespace {

constexpr std::size_t kGrain = 4096;  // raters or notes; a block takes about a millisecond

// Weighted sums over the ratings of one rater or note, of r - mu - the other side's intercept.
struct Sums {
    double n = 0.0, y = 0.0, yy = 0.0, f = 0.0, ff = 0.0, yf = 0.0;
};

struct Solved {
    Loading at;
    double left = 0.0;  // squared errors and own penalty at the minimum
};

// Minimises sum w (y - i - f g)^2 + a i^2 + b f^2 over i and f, g the other side's factors. a and b
// are positive, so the system has one solution and its determinant is positive.
Solved solve(const Sums& sums, double a, double b) {
    const double p = sums.n + a, q = sums.f, r = sums.ff + b;
    const double determinant = p * r - q * q;
    Solved out;
    out.at.intercept = (r * sums.y - q * sums.yf) / determinant;
    out.at.factor = (p * sums.yf - q * sums.y) / determinant;
    out.left = std::max(0.0, sums.yy - out.at.intercept * sums.y - out.at.factor * sums.yf);
    return out;
}

struct Side {
    double present = 0.0;                  // raters or notes with a rating
    double intercept = 0.0, factor = 0.0;  // sums of squares over them
};

Side squares(const std::vector<Loading>& loadings) {
    Side out;
    for (const Loading& each : loadings) {
        out.intercept += each.intercept * each.intercept;
        out.factor += each.factor * each.factor;
    }
    return out;
}

class Search {
public:
    Search(const RatingMatrix& ratings, const BridgingOptions& options,
           std::span<const float> weight, const Job& job)
        : ratings_(ratings), options_(options), weight_(weight), job_(job) {
        for (std::size_t u = 0; u < ratings.raters(); ++u) {
            const double w = of(u);
            const auto size = static_cast<double>(ratings.of_rater(u).size());
            total_ += w * size;
            raters_ += w > 0.0 && size > 0.0 ? 1.0 : 0.0;
        }
        for (std::size_t n = 0; n < ratings.notes(); ++n) {
            notes_ += std::ranges::any_of(ratings.of_note(n),
                                          [&](const auto& entry) { return of(entry.other) > 0.0; })
                          ? 1.0
                          : 0.0;
        }
    }

    bool empty() const noexcept { return !(total_ > 0.0); }

    Factorisation run(Factorisation fit) {
        double before = sweep(fit);
        while (fit.sweeps < options_.most_sweeps && !fit.converged) {
            job_.check();
            const double now = sweep(fit);
            // An exact minimum of each block cannot raise the objective by more than rounding.
            fit.converged = before - now <= options_.tolerance * now;
            before = now;
        }
        fit.objective = before;
        const Side u = squares(fit.rater), n = squares(fit.note);
        fit.mean_squared_error =
            before - options_.factor_penalty * (u.factor / raters_ + n.factor / notes_) -
            options_.intercept_penalty *
                (u.intercept / raters_ + n.intercept / notes_ + fit.mu * fit.mu);
        return fit;
    }

private:
    double of(std::size_t u) const {
        return weight_.empty() ? 1.0 : static_cast<double>(weight_[u]);
    }

    // Raters, then notes, then mu; the objective after it.
    double sweep(Factorisation& fit) {
        ++fit.sweeps;
        const double a_u = options_.intercept_penalty * total_ / raters_;
        const double b_u = options_.factor_penalty * total_ / raters_;
        const double a_n = options_.intercept_penalty * total_ / notes_;
        const double b_n = options_.factor_penalty * total_ / notes_;
        parallel_blocks(job_, ratings_.raters(), kGrain, [&](std::size_t begin, std::size_t end) {
            for (std::size_t u = begin; u < end; ++u) {
                // Their weight multiplies all their ratings alike.
                const double w = of(u);
                const auto line = ratings_.of_rater(u);
                if (line.empty() || !(w > 0.0)) {
                    fit.rater[u] = {};
                    continue;
                }
                Sums sums;
                for (const auto& entry : line) {
                    const Loading& note = fit.note[entry.other];
                    const double y = static_cast<double>(entry.value) - fit.mu - note.intercept;
                    sums.y += y;
                    sums.f += note.factor;
                    sums.ff += note.factor * note.factor;
                    sums.yf += y * note.factor;
                }
                sums.n = static_cast<double>(line.size());
                fit.rater[u] = solve(sums, a_u / w, b_u / w).at;
            }
        });
        struct Part {
            double left = 0.0, residual = 0.0;
        };
        const bool weighted = !weight_.empty();
        const Part part = parallel_reduce(
            job_, ratings_.notes(), kGrain, Part{},
            [&](std::size_t begin, std::size_t end) {
                Part out;
                for (std::size_t n = begin; n < end; ++n) {
                    Sums sums;
                    for (const auto& entry : ratings_.of_note(n)) {
                        const double w = weighted ? static_cast<double>(weight_[entry.other]) : 1.0;
                        const Loading& rater = fit.rater[entry.other];
                        const double y =
                            static_cast<double>(entry.value) - fit.mu - rater.intercept;
                        sums.n += w;
                        sums.y += w * y;
                        sums.yy += w * y * y;
                        sums.f += w * rater.factor;
                        sums.ff += w * rater.factor * rater.factor;
                        sums.yf += w * y * rater.factor;
                    }
                    if (!(sums.n > 0.0)) {
                        fit.note[n] = {};
                        continue;
                    }
                    const Solved solved = solve(sums, a_n, b_n);
                    fit.note[n] = solved.at;
                    out.left += solved.left;
                    out.residual +=
                        sums.y - solved.at.intercept * sums.n - solved.at.factor * sums.f;
                }
                return out;
            },
            [](Part a, const Part& b) {
                a.left += b.left;
                a.residual += b.residual;
                return a;
            });
        // left / total is the mean squared error and the notes' penalty. With e the mean residual,
        // moving mu by d changes the mean squared error by d^2 - 2 d e and the penalty by
        // c (2 mu d + d^2); the least is at d = (e - c mu) / (1 + c).
        const double mean = part.residual / total_;
        const double c = options_.intercept_penalty;
        const double shift = (mean - c * fit.mu) / (1.0 + c);
        fit.mu += shift;
        const Side u = squares(fit.rater);
        return part.left / total_ - 2.0 * shift * mean + shift * shift +
               options_.factor_penalty * u.factor / raters_ +
               c * (u.intercept / raters_ + fit.mu * fit.mu);
    }

    const RatingMatrix& ratings_;
    const BridgingOptions& options_;
    std::span<const float> weight_;
    const Job& job_;
    double total_ = 0.0, raters_ = 0.0, notes_ = 0.0;
};

void turn(Factorisation& fit) {
    std::ptrdiff_t balance = 0;
    for (const Loading& each : fit.rater) {
        balance += (each.factor > 0.0) - (each.factor < 0.0);
    }
    if (balance <= 0) return;
    for (Loading& each : fit.rater) each.factor = -each.factor;
    for (Loading& each : fit.note) each.factor = -each.factor;
}

// Mid-ranks.
std::vector<double> ranks(const std::vector<Loading>& notes) {
    std::vector<std::size_t> order(notes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return notes[i].intercept; });
    std::vector<double> out(notes.size());
    for (std::size_t i = 0; i < order.size();) {
        std::size_t end = i + 1;
        while (end < order.size() && notes[order[end]].intercept == notes[order[i]].intercept) {
            ++end;
        }
        for (std::size_t k = i; k < end; ++k) {
            out[order[k]] = static_cast<double>(i + end - 1) / 2.0;
        }
        i = end;
    }
    return out;
}

std::optional<double> correlation(const std::vector<double>& a, const std::vector<double>& b) {
    const auto n = static_cast<double>(a.size());
    const double middle = (n - 1.0) / 2.0;
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += (a[i] - middle) * (b[i] - middle);
        aa += (a[i] - middle) * (a[i] - middle);
        bb += (b[i] - middle) * (b[i] - middle);
    }
    if (!(aa > 0.0) || !(bb > 0.0)) return std::nullopt;
    return ab / std::sqrt(aa * bb);
}

Stability compare(const std::vector<Factorisation>& fits, std::size_t kept, double threshold) {
    Stability out{.starts = static_cast<int>(fits.size())};
    const auto& best = fits[kept].note;
    const auto best_ranks = ranks(best);
    for (std::size_t i = 0; i < fits.size(); ++i) {
        out.worst_objective = std::max(out.worst_objective, fits[i].objective);
        if (i == kept) continue;
        const auto& other = fits[i].note;
        std::size_t changed = 0;
        for (std::size_t n = 0; n < best.size(); ++n) {
            out.largest_difference =
                std::max(out.largest_difference, std::abs(best[n].intercept - other[n].intercept));
            changed += (best[n].intercept >= threshold) != (other[n].intercept >= threshold);
        }
        out.share_changing_side =
            std::max(out.share_changing_side,
                     static_cast<double>(changed) / static_cast<double>(best.size()));
        if (const auto rho = correlation(best_ranks, ranks(other))) {
            out.least_rank_correlation = std::min(out.least_rank_correlation.value_or(1.0), *rho);
        }
    }
    return out;
}

float poisson_of_one(Rng& rng) {  // by inversion
    double left = rng.next_unit(), p = std::exp(-1.0);
    int k = 0;
    while (left >= p && k < 20) {
        left -= p;
        p /= ++k;
    }
    return static_cast<float>(k);
}

void resample(const RatingMatrix& ratings, const BridgingOptions& options, const Job& job,
              Bridging& out) {
    const auto samples = static_cast<std::size_t>(options.resamples);
    std::vector<std::vector<float>> intercept(samples);
    BridgingOptions quick = options;
    quick.tolerance = std::max(options.tolerance, 1e-7);
    const Job alone;
    parallel_blocks(job, samples, 1, [&](std::size_t begin, std::size_t) {
        constexpr std::uint64_t kStream = std::uint64_t{1} << 40U;
        Rng rng(options.seed, kStream + begin);
        std::vector<float> weight(ratings.raters());
        for (float& w : weight) w = poisson_of_one(rng);
        const Factorisation fit = factorise(ratings, quick, 0, alone, weight, &out.fit);
        intercept[begin].reserve(ratings.notes());
        for (const Loading& note : fit.note) {
            intercept[begin].push_back(static_cast<float>(note.intercept));
        }
    });
    // A sample has fewer distinct raters, so that its penalised intercepts are pulled further to 0:
    // their spread is of use, their place is not.
    constexpr double kZ95 = 1.959963984540054;
    out.interval.reserve(ratings.notes());
    for (std::size_t n = 0; n < ratings.notes(); ++n) {
        double mean = 0.0, squares = 0.0;
        for (const auto& sample : intercept) mean += static_cast<double>(sample[n]);
        mean /= static_cast<double>(samples);
        for (const auto& sample : intercept) {
            const double off = static_cast<double>(sample[n]) - mean;
            squares += off * off;
        }
        const double half = kZ95 * std::sqrt(squares / static_cast<double>(samples - 1));
        const double at = out.fit.note[n].intercept;
        out.interval.push_back({.low = at - half, .high = at + half});
    }
}

void check(const BridgingOptions& options) {
    require(options.factor_penalty > 0.0 && std::isfinite(options.factor_penalty), "factor_penalty",
            "a positive number");
    require(options.intercept_penalty > 0.0 && std::isfinite(options.intercept_penalty),
            "intercept_penalty", "a positive number");
    require(options.tolerance >= 0.0, "tolerance", "a number not below 0");
    require(options.most_sweeps >= 1, "most_sweeps", "at least one");
    require(options.starts >= 1, "starts", "at least one");
    require(options.resamples == 0 || options.resamples >= 2, "resamples", "0, or at least two");
}

}  // namespace

RatingMatrix::RatingMatrix(std::span<const NoteRating> ratings, std::size_t raters,
                           std::size_t notes)
    : rater_begin_(raters + 1, 0), note_begin_(notes + 1, 0) {
    for (const NoteRating& each : ratings) {
        require(each.rater < raters, "ratings", "a rater of the matrix");
        require(each.note < notes, "ratings", "a note of the matrix");
        require(each.value >= 0.0F && each.value <= 1.0F, "ratings", "a rating from 0 to 1");
        ++rater_begin_[each.rater + 1];
        ++note_begin_[each.note + 1];
    }
    for (std::size_t u = 0; u < raters; ++u) rater_begin_[u + 1] += rater_begin_[u];
    for (std::size_t n = 0; n < notes; ++n) note_begin_[n + 1] += note_begin_[n];
    by_rater_.resize(ratings.size());
    by_note_.resize(ratings.size());
    std::vector<std::size_t> next(rater_begin_.begin(), rater_begin_.end() - 1);
    for (const NoteRating& each : ratings) {
        by_rater_[next[each.rater]++] = {.other = each.note, .value = each.value};
    }
    next.assign(note_begin_.begin(), note_begin_.end() - 1);
    for (std::uint32_t u = 0; u < raters; ++u) {
        for (const Entry& entry : of_rater(u)) {
            by_note_[next[entry.other]++] = {.other = u, .value = entry.value};
        }
    }
}

RatingMatrix rating_matrix(const DimensionView& view, std::size_t raters) {
    std::vector<NoteRating> ratings;
    ratings.reserve(view.rater.size());
    for (std::uint32_t item = 0; item < view.items(); ++item) {
        const auto who = view.raters(item);
        const auto said = view.utilities(item);
        for (std::size_t k = 0; k < who.size(); ++k) {
            ratings.push_back({.rater = who[k], .note = item, .value = said[k]});
        }
    }
    return {ratings, raters, view.items()};
}

Factorisation factorise(const RatingMatrix& ratings, const BridgingOptions& options,
                        std::uint64_t start, const Job& job, std::span<const float> weight,
                        const Factorisation* from) {
    check(options);
    require(weight.empty() || weight.size() == ratings.raters(), "weight", "one for each rater");
    Factorisation fit;
    if (from != nullptr) {
        fit.mu = from->mu;
        fit.rater = from->rater;
        fit.note = from->note;
    } else {
        fit.rater.assign(ratings.raters(), {});
        fit.note.assign(ratings.notes(), {});
        Rng rng(options.seed, start);
        for (Loading& note : fit.note) note.factor = rng.next_unit() - 0.5;
    }
    Search search(ratings, options, weight, job);
    if (search.empty()) {
        fit.converged = true;
        return fit;
    }
    fit = search.run(std::move(fit));
    turn(fit);
    return fit;
}

Bridging bridge(const RatingMatrix& ratings, const BridgingOptions& options, const Job& job) {
    check(options);
    Bridging out;
    std::size_t raters = 0;
    for (std::size_t u = 0; u < ratings.raters(); ++u) raters += !ratings.of_rater(u).empty();
    float low = 1.0F, high = 0.0F;
    for (std::size_t u = 0; u < ratings.raters(); ++u) {
        for (const auto& entry : ratings.of_rater(u)) {
            low = std::min(low, entry.value);
            high = std::max(high, entry.value);
        }
    }
    if (ratings.ratings() == 0) {
        out.why_not = "nobody voted";
    } else if (raters < 2) {
        out.why_not = "only one rater voted: there are no sides to bridge";
    } else if (!(low < high)) {
        out.why_not = "all votes are the same: there are no sides to bridge";
    }
    std::vector<Factorisation> fits(static_cast<std::size_t>(options.starts));
    const Job alone;
    parallel_blocks(job, fits.size(), 1, [&](std::size_t begin, std::size_t) {
        fits[begin] = factorise(ratings, options, begin, alone);
    });
    std::size_t kept = 0;
    for (std::size_t i = 1; i < fits.size(); ++i) {
        if (fits[i].objective < fits[kept].objective) kept = i;
    }
    out.stability = compare(fits, kept, options.threshold);
    out.fit = std::move(fits[kept]);
    out.defined = out.why_not.empty();
    if (out.defined && options.resamples > 0) resample(ratings, options, job, out);
    return out;
}

}  // namespace edgewise::estimate
