#include "edgewise/estimate/raters/alpha.hpp"

#include <algorithm>
#include <cmath>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/parallel.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/raters/alpha_jackknife.hpp"
#include "edgewise/estimate/raters/difference.hpp"
#include "edgewise/estimate/raters/poisson.hpp"

namespace edgewise::estimate {
namespace {

constexpr std::size_t kRatioLevels = 64;  // more make a replicate cost too much

// How much every pattern tells of alpha, for the metrics whose differences stay as they are.
struct PatternSums {
    double observed = 0.0;
    double n = 0.0;
    double sum = 0.0;
    double squares = 0.0;
};

class Bootstrap {
public:
    Bootstrap(const UnitPatterns& patterns, Metric metric, std::span<const double> levels)
        : patterns_(patterns), difference_(metric, levels), counts_(levels.size()) {
        sums_.resize(patterns.count());
        if (metric == Metric::ordinal) return;
        for (std::size_t p = 0; p < patterns.count(); ++p) {
            PatternSums& s = sums_[p];
            s.observed = difference_.spread(patterns.tallies(p)) / (patterns.size[p] - 1.0);
            for (const Tally& t : patterns.tallies(p)) {
                const double x = difference_.positions()[t.code];
                s.n += t.times;
                s.sum += t.times * x;
                s.squares += t.times * x * x;
            }
        }
    }

    // NaN where nothing varies.
    double operator()(std::span<const std::uint32_t> weight) {
        if (difference_.metric() == Metric::interval) return by_sums(weight);
        std::ranges::fill(counts_, 0.0);
        double n = 0.0;
        double observed = 0.0;
        for (std::size_t p = 0; p < weight.size(); ++p) {
            const double w = weight[p];
            if (w == 0.0) continue;
            for (const Tally& t : patterns_.tallies(p)) counts_[t.code] += w * t.times;
            n += w * patterns_.size[p];
            observed += w * sums_[p].observed;
        }
        if (difference_.metric() == Metric::ordinal) {
            difference_.rank(counts_);
            for (std::size_t p = 0; p < weight.size(); ++p) {
                if (weight[p] == 0) continue;
                observed += weight[p] * difference_.spread(patterns_.tallies(p)) /
                            (patterns_.size[p] - 1.0);
            }
        }
        all_.clear();
        for (std::uint32_t k = 0; k < counts_.size(); ++k) {
            if (counts_[k] > 0.0) all_.push_back({k, counts_[k]});
        }
        if (all_.size() < 2) return std::nan("");
        return 1.0 - observed / (difference_.spread(all_) / (n - 1.0));
    }

private:
    double by_sums(std::span<const std::uint32_t> weight) const {
        PatternSums total;
        for (std::size_t p = 0; p < weight.size(); ++p) {
            const double w = weight[p];
            total.observed += w * sums_[p].observed;
            total.n += w * sums_[p].n;
            total.sum += w * sums_[p].sum;
            total.squares += w * sums_[p].squares;
        }
        const double spread = 2.0 * (total.n * total.squares - total.sum * total.sum);
        if (spread <= 1e-12 * total.n * total.squares) return std::nan("");
        return 1.0 - total.observed / (spread / (total.n - 1.0));
    }

    const UnitPatterns& patterns_;
    Difference difference_;
    std::vector<PatternSums> sums_;
    std::vector<double> counts_;
    std::vector<Weighted> all_;
};

void bootstrap(const UnitPatterns& patterns, Metric metric, std::span<const double> levels,
               const AlphaOptions& options, const Job& job, AlphaErrors& out) {
    if (options.replicates < 20) {
        out.bootstrap_note = "fewer than 20 replicates were asked for";
        return;
    }
    if (metric == Metric::ratio && levels.size() > kRatioLevels) {
        out.bootstrap_note =
            "more than 64 distinct values on the ratio metric: the two-way "
            "interval stands alone";
        return;
    }
    std::vector<double> values(options.replicates);
    // About a millisecond of work a block.
    const std::size_t grain =
        std::max<std::size_t>(1, 50'000 / std::max<std::size_t>(1, patterns.tally.size()));
    const Bootstrap prepared(patterns, metric, levels);
    parallel_blocks(job, values.size(), grain, [&](std::size_t begin, std::size_t end) {
        Bootstrap alpha = prepared;
        std::vector<std::uint32_t> weight(patterns.count());
        for (std::size_t b = begin; b < end; ++b) {
            Rng rng(options.seed, options.stream + b);
            for (std::size_t p = 0; p < weight.size(); ++p) {
                weight[p] = next_poisson(rng, patterns.units[p]);
            }
            values[b] = alpha(weight);
        }
    });
    std::erase_if(values, [](double v) { return !std::isfinite(v); });
    out.replicates = options.replicates;
    out.undefined = options.replicates - values.size();
    if (values.size() < 20 || out.undefined * 2 > options.replicates) {
        out.bootstrap_note = "in most resamples nothing varies";
        return;
    }
    std::ranges::sort(values);
    if (values.front() == values.back()) {
        out.bootstrap_note = "every resample gives the same";
        return;
    }
    out.unit_bootstrap = Interval{quantile_sorted(values, 0.025), quantile_sorted(values, 0.975)};
}

std::vector<double> level_counts(const UnitPatterns& patterns, std::size_t levels) {
    std::vector<double> counts(levels, 0.0);
    for (std::size_t p = 0; p < patterns.count(); ++p) {
        for (const Tally& t : patterns.tallies(p)) {
            counts[t.code] += static_cast<double>(t.times) * patterns.units[p];
        }
    }
    return counts;
}

Alpha alpha_of(const UnitPatterns& patterns, Metric metric, std::span<const double> levels) {
    Alpha out;
    Difference difference(metric, levels);
    const std::vector<double> counts = level_counts(patterns, levels.size());
    if (metric == Metric::ordinal) difference.rank(counts);
    CompensatedSum observed;
    for (std::size_t p = 0; p < patterns.count(); ++p) {
        out.units += patterns.units[p];
        out.values += std::uint64_t{patterns.units[p]} * patterns.size[p];
        observed.add(patterns.units[p] * difference.spread(patterns.tallies(p)) /
                     (patterns.size[p] - 1.0));
    }
    if (out.units == 0) {
        out.why = "no item was judged by two raters";
        return out;
    }
    std::vector<Weighted> all;
    for (std::uint32_t k = 0; k < counts.size(); ++k) {
        if (counts[k] > 0.0) all.push_back({k, counts[k]});
    }
    const auto n = static_cast<double>(out.values);
    if (all.size() < 2) {
        out.why = "all answers are the same, so that agreement beyond chance is not defined";
        return out;
    }
    out.observed = observed.value() / n;
    out.expected = difference.spread(all) / (n - 1.0) / n;
    out.value = 1.0 - out.observed / out.expected;
    return out;
}

}  // namespace

std::string_view name_of(Metric metric) noexcept {
    switch (metric) {
        case Metric::nominal:
            return "nominal";
        case Metric::ordinal:
            return "ordinal";
        case Metric::interval:
            return "interval";
        case Metric::ratio:
            break;
    }
    return "ratio";
}

Alpha krippendorff_alpha(const CodedRatings& ratings, Metric metric, const Job& job) {
    job.check();
    return alpha_of(unit_patterns(ratings, 2), metric, ratings.levels);
}

AlphaErrors alpha_unit_bootstrap(const CodedRatings& ratings, Metric metric,
                                 const AlphaOptions& options, const Job& job) {
    AlphaErrors out;
    bootstrap(unit_patterns(ratings, 2), metric, ratings.levels, options, job, out);
    return out;
}

AlphaErrors alpha_errors(const CodedRatings& ratings, Metric metric, const AlphaOptions& options,
                         const Job& job) {
    AlphaErrors out;
    const UnitPatterns patterns = unit_patterns(ratings, 2);
    const Alpha whole = alpha_of(patterns, metric, ratings.levels);
    if (!whole.value) {
        out.bootstrap_note = "alpha is not defined";
        return out;
    }
    bootstrap(patterns, metric, ratings.levels, options, job, out);
    jackknife_alpha(ratings, patterns, level_counts(patterns, ratings.levels.size()), metric,
                    *whole.value, job, out);
    return out;
}

}  // namespace edgewise::estimate
