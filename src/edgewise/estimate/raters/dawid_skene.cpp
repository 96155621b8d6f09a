#include "edgewise/estimate/raters/dawid_skene.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/parallel.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/estimate/raters/rounding_rater.hpp"

namespace edgewise::estimate {
namespace {

constexpr std::size_t kMostClasses = 64;
constexpr std::size_t kUnitGrain = 8192;
// Blocks of units that count answers as they go, each into tables of their own; past so many
// numbers a second pass, rater by rater, takes less memory.
constexpr std::size_t kMostBlocks = 16;
constexpr std::size_t kMostCounted = 1U << 18U;
constexpr std::size_t kRaterGrain = 32;

class Em {
public:
    Em(const CodedRatings& ratings, const RatingsByRater& by, const DawidSkeneOptions& options,
       const Job& job)
        : ratings_(ratings), by_(by), options_(options), job_(job), k_(ratings.levels.size()) {
        out_.confusion = options.confusion;
        out_.classes = k_;
        out_.prior.assign(k_, 1.0 / static_cast<double>(k_));
        out_.posterior.assign(ratings.units() * k_, 0.0);
        log_table_.assign(ratings.raters * k_ * k_, 0.0);
        counts_.assign(ratings.raters * k_ * k_, 0.0);
        penalty_.assign(ratings.raters, 0.0);
        grain_ = std::max(kUnitGrain, (ratings.units() + kMostBlocks - 1) / kMostBlocks);
        if (counts_.size() <= kMostCounted) {
            block_counts_.resize((ratings.units() + grain_ - 1) / grain_);
        }
        if (options.confusion == Confusion::ordinal) rounding_.resize(ratings.raters);
    }

    DawidSkene run() {
        start();
        maximise();
        double before = -HUGE_VAL;
        while (out_.iterations < options_.most_iterations) {
            job_.check();
            const double now = expect();
            out_.trace.push_back(now);
            ++out_.iterations;
            out_.objective = now;
            if (now - before <= options_.tolerance * (1.0 + std::fabs(now))) {
                out_.converged = true;
                break;
            }
            before = now;
            maximise();
        }
        finish();
        return std::move(out_);
    }

private:
    // Shares of votes.
    void start() {
        for (std::size_t u = 0; u < ratings_.units(); ++u) {
            const auto codes = ratings_.codes(u);
            if (codes.empty()) continue;
            answered_ += 1.0;
            for (const std::uint32_t c : codes) {
                out_.posterior[u * k_ + c] += 1.0 / static_cast<double>(codes.size());
            }
        }
    }

    // The truth given the raters; returns the objective.
    double expect() {
        switch (k_) {
            case 2:
                return expect_by<2>();
            case 3:
                return expect_by<3>();
            case 4:
                return expect_by<4>();
            case 5:
                return expect_by<5>();
            default:
                return expect_by<0>();
        }
    }

    // kClasses, if not 0, is the number of classes: the inner loops unroll.
    template <std::size_t kClasses>
    double expect_by() {
        const std::size_t k = kClasses == 0 ? k_ : kClasses;
        std::array<double, kMostClasses> log_prior{};
        for (std::size_t c = 0; c < k; ++c) {
            log_prior[c] = std::log(std::max(out_.prior[c], 1e-300));
        }
        const double* const table = log_table_.data();
        double* const posterior = out_.posterior.data();
        const auto add = [](double a, double b) { return a + b; };
        out_.log_likelihood = parallel_reduce(
            job_, ratings_.units(), grain_, 0.0,
            [&](std::size_t begin, std::size_t end) {
                CompensatedSum sum;
                double* counts = nullptr;
                if (!block_counts_.empty()) {
                    block_counts_[begin / grain_].assign(counts_.size(), 0.0);
                    counts = block_counts_[begin / grain_].data();
                }
                std::array<double, kClasses == 0 ? kMostClasses : kClasses> log_p;
                for (std::size_t u = begin; u < end; ++u) {
                    const std::uint32_t first = ratings_.begin[u];
                    const std::uint32_t last = ratings_.begin[u + 1];
                    if (first == last) {
                        for (std::size_t c = 0; c < k; ++c) posterior[u * k + c] = out_.prior[c];
                        continue;
                    }
                    for (std::size_t c = 0; c < k; ++c) log_p[c] = log_prior[c];
                    for (std::uint32_t i = first; i < last; ++i) {
                        const double* const row =
                            table + (ratings_.rater[i] * k + ratings_.code[i]) * k;
                        for (std::size_t c = 0; c < k; ++c) log_p[c] += row[c];
                    }
                    double most = log_p[0];
                    for (std::size_t c = 1; c < k; ++c) most = std::max(most, log_p[c]);
                    double total = 0.0;
                    for (std::size_t c = 0; c < k; ++c) {
                        log_p[c] = std::exp(log_p[c] - most);
                        total += log_p[c];
                    }
                    sum.add(most + std::log(total));
                    const double share = 1.0 / total;
                    for (std::size_t c = 0; c < k; ++c) posterior[u * k + c] = log_p[c] *= share;
                    if (counts == nullptr) continue;
                    for (std::uint32_t i = first; i < last; ++i) {
                        double* const row = counts + (ratings_.rater[i] * k + ratings_.code[i]) * k;
                        for (std::size_t c = 0; c < k; ++c) row[c] += log_p[c];
                    }
                }
                return sum.value();
            },
            add);
        CompensatedSum penalty;
        for (const double each : penalty_) penalty.add(each);
        return out_.log_likelihood + penalty.value();
    }

    // The raters given the truth.
    void maximise() {
        std::vector<double> sums(k_, 0.0);
        // Blocks of units, added in order: the same bytes for any number of threads.
        sums = parallel_reduce(
            job_, ratings_.units(), kUnitGrain, sums,
            [&](std::size_t begin, std::size_t end) {
                std::vector<double> part(k_, 0.0);
                for (std::size_t u = begin; u < end; ++u) {
                    if (ratings_.begin[u] == ratings_.begin[u + 1]) continue;
                    for (std::size_t c = 0; c < k_; ++c) part[c] += out_.posterior[u * k_ + c];
                }
                return part;
            },
            [](std::vector<double> a, const std::vector<double>& b) {
                for (std::size_t c = 0; c < a.size(); ++c) a[c] += b[c];
                return a;
            });
        for (std::size_t c = 0; c < k_; ++c) out_.prior[c] = sums[c] / answered_;
        parallel_blocks(job_, ratings_.raters, kRaterGrain,
                        [&](std::size_t begin, std::size_t end) {
                            for (std::size_t r = begin; r < end; ++r) {
                                count(r);
                                switch (options_.confusion) {
                                    case Confusion::full:
                                        full(r);
                                        break;
                                    case Confusion::one_coin:
                                        one_coin(r);
                                        break;
                                    case Confusion::ordinal:
                                        ordinal(r);
                                        break;
                                }
                            }
                        });
    }

    // Expected answers of a rater: said x true.
    void count(std::size_t r) {
        double* const own = counts_.data() + r * k_ * k_;
        std::fill_n(own, k_ * k_, 0.0);
        if (out_.iterations > 0 && !block_counts_.empty()) {  // counted as the truth was inferred
            for (const std::vector<double>& block : block_counts_) {
                for (std::size_t i = 0; i < k_ * k_; ++i) own[i] += block[r * k_ * k_ + i];
            }
            return;
        }
        const auto place = by_.places(r);
        const auto unit = by_.units(r);
        const double* const posterior = out_.posterior.data();
        const auto add = [&](auto classes) {
            const std::size_t k = decltype(classes)::value == 0 ? k_ : decltype(classes)::value;
            for (std::size_t i = 0; i < place.size(); ++i) {
                double* const row = own + ratings_.code[place[i]] * k;
                const double* const truth = posterior + unit[i] * k;
                for (std::size_t c = 0; c < k; ++c) row[c] += truth[c];
            }
        };
        if (k_ == 4) {
            add(std::integral_constant<std::size_t, 4>{});
        } else if (k_ == 2) {
            add(std::integral_constant<std::size_t, 2>{});
        } else {
            add(std::integral_constant<std::size_t, 0>{});
        }
    }

    void full(std::size_t r) {
        const double* const own = counts_.data() + r * k_ * k_;
        double* const table = log_table_.data() + r * k_ * k_;
        penalty_[r] = 0.0;
        for (std::size_t truth = 0; truth < k_; ++truth) {
            double total = 0.0;
            for (std::size_t said = 0; said < k_; ++said) {
                total += own[said * k_ + truth] + options_.smoothing;
            }
            for (std::size_t said = 0; said < k_; ++said) {
                const double log_p =
                    std::log((own[said * k_ + truth] + options_.smoothing) / total);
                table[said * k_ + truth] = log_p;
                penalty_[r] += options_.smoothing * log_p;
            }
        }
    }

    void one_coin(std::size_t r) {
        const double* const own = counts_.data() + r * k_ * k_;
        double right = 0.0;
        for (std::size_t c = 0; c < k_; ++c) right += own[c * k_ + c];
        const auto n = static_cast<double>(by_.places(r).size());
        const double total = n + 2.0 * options_.smoothing;
        const double yes = std::log((right + options_.smoothing) / total);
        const double no = std::log((std::max(0.0, n - right) + options_.smoothing) / total);
        penalty_[r] = options_.smoothing * (yes + no);
        const double other = no - std::log(std::max(1.0, static_cast<double>(k_) - 1.0));
        double* const table = log_table_.data() + r * k_ * k_;
        std::fill_n(table, k_ * k_, other);
        for (std::size_t c = 0; c < k_; ++c) table[c * k_ + c] = k_ == 1 ? 0.0 : yes;
    }

    void ordinal(std::size_t r) {
        const std::span<const double> own(counts_.data() + r * k_ * k_, k_ * k_);
        rounding_[r].improve(own, k_);
        penalty_[r] = rounding_[r].log_prior();
        const std::span<double> table(log_table_.data() + r * k_ * k_, k_ * k_);
        rounding_[r].log_table(table, k_);
    }

    void finish() {
        out_.table.resize(log_table_.size());
        double raters = 0.0;
        for (std::size_t r = 0; r < ratings_.raters; ++r) {
            if (!by_.places(r).empty()) raters += 1.0;
            for (std::size_t truth = 0; truth < k_; ++truth) {
                for (std::size_t said = 0; said < k_; ++said) {
                    out_.table[(r * k_ + truth) * k_ + said] =
                        std::exp(log_table_[(r * k_ + said) * k_ + truth]);
                }
            }
        }
        for (const RoundingRater& rater : rounding_) {
            out_.bias.push_back(rater.bias);
            out_.noise.push_back(std::exp(rater.log_noise));
        }
        const auto k = static_cast<double>(k_);
        const double each = out_.confusion == Confusion::full       ? k * (k - 1.0)
                            : out_.confusion == Confusion::one_coin ? (k_ > 1 ? 1.0 : 0.0)
                                                                    : 2.0;
        out_.parameters = raters * each + k - 1.0;
        out_.bic = out_.parameters * std::log(std::max(1.0, static_cast<double>(ratings_.size()))) -
                   2.0 * out_.log_likelihood;
    }

    const CodedRatings& ratings_;
    const RatingsByRater& by_;
    const DawidSkeneOptions& options_;
    const Job& job_;
    std::size_t k_;
    DawidSkene out_;
    double answered_ = 0.0;
    std::vector<double> log_table_;  // rater x said x true
    std::vector<double> counts_;     // the same
    std::vector<double> penalty_;    // by rater
    std::size_t grain_ = kUnitGrain;
    std::vector<std::vector<double>> block_counts_;  // like counts_, by block of units
    std::vector<RoundingRater> rounding_;
};

DawidSkene fit(const CodedRatings& ratings, const RatingsByRater& by,
               const DawidSkeneOptions& options, const Job& job) {
    require(ratings.levels.size() <= kMostClasses, "classes", "at most 64 classes");
    require(options.smoothing > 0.0 && std::isfinite(options.smoothing), "smoothing",
            "a number above 0");
    require(options.tolerance >= 0.0, "tolerance", "a number of at least 0");
    if (ratings.size() == 0) {
        DawidSkene out;
        out.confusion = options.confusion;
        return out;
    }
    return Em(ratings, by, options, job).run();
}

}  // namespace

std::string_view name_of(Confusion confusion) noexcept {
    switch (confusion) {
        case Confusion::full:
            return "full";
        case Confusion::one_coin:
            return "one_coin";
        case Confusion::ordinal:
            break;
    }
    return "ordinal";
}

std::size_t DawidSkene::label(std::size_t unit) const noexcept {
    const auto own = std::span(posterior).subspan(unit * classes, classes);
    return static_cast<std::size_t>(std::ranges::max_element(own) - own.begin());
}

DawidSkene dawid_skene(const CodedRatings& ratings, const DawidSkeneOptions& options,
                       const Job& job) {
    return fit(ratings, by_rater(ratings), options, job);
}

std::vector<DawidSkene> dawid_skene_variants(const CodedRatings& ratings, bool ordered,
                                             const DawidSkeneOptions& options, const Job& job) {
    const RatingsByRater by = by_rater(ratings);
    std::vector<DawidSkene> out;
    DawidSkeneOptions one = options;
    for (const Confusion confusion : {Confusion::one_coin, Confusion::full, Confusion::ordinal}) {
        if (confusion == Confusion::ordinal && (!ordered || ratings.levels.size() < 3)) continue;
        one.confusion = confusion;
        out.push_back(fit(ratings, by, one, job));
    }
    std::ranges::stable_sort(out, {}, &DawidSkene::bic);
    return out;
}

RaterSkill skill_of(const CodedRatings& ratings, const RatingsByRater& by, const DawidSkene& model,
                    std::size_t rater) {
    RaterSkill out;
    const std::size_t k = model.classes;
    out.counts.assign(k * k, 0.0);
    const auto place = by.places(rater);
    const auto unit = by.units(rater);
    out.n = place.size();
    if (place.empty()) return out;
    double right = 0.0;
    for (std::size_t i = 0; i < place.size(); ++i) {
        const std::uint32_t said = ratings.code[place[i]];
        for (std::size_t truth = 0; truth < k; ++truth) {
            out.counts[truth * k + said] += model.posterior[unit[i] * k + truth];
        }
        right += model.posterior[unit[i] * k + said];
    }
    const auto n = static_cast<double>(out.n);
    right = std::clamp(right, 0.0, n);
    out.accuracy = right / n;
    out.interval = Interval{beta_quantile(0.025, right + 0.5, n - right + 0.5),
                            beta_quantile(0.975, right + 0.5, n - right + 0.5)};
    return out;
}

}  // namespace edgewise::estimate
