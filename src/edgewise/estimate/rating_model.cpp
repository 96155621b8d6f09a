#include "edgewise/estimate/rating_model.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/base/words.hpp"
#include "edgewise/estimate/cumulative_logit.hpp"
#include "edgewise/estimate/hierarchical_ratings.hpp"
#include "edgewise/estimate/ordinal_scale.hpp"

namespace edgewise::estimate {
namespace {

constexpr double kLeastProbability = 1e-9;
constexpr std::uint64_t kLeastScored = 20;
constexpr std::uint32_t kLeastRaters = 5;

// Evenly spaced items of about so many judgments, as a view of their own.
DimensionView thin(const DimensionView& view, std::uint64_t most) {
    DimensionView out = view;
    const std::uint64_t stride = most == 0 ? 1 : (view.rater.size() + most - 1) / most;
    if (stride <= 1) return out;
    out.begin.assign(1, 0);
    out.rater.clear();
    out.utility.clear();
    out.weight.clear();
    std::size_t judged = 0;
    for (std::size_t item = 0; item < view.items(); ++item) {
        if (view.raters(item).empty() || judged++ % stride != 0) continue;
        for (std::size_t k = view.begin[item]; k < view.begin[item + 1]; ++k) {
            out.rater.push_back(view.rater[k]);
            out.utility.push_back(view.utility[k]);
            if (!view.weight.empty()) out.weight.push_back(view.weight[k]);
        }
        out.begin.push_back(static_cast<std::uint32_t>(out.rater.size()));
    }
    return out;
}

// The view without, or with only, the raters of one fold.
DimensionView part(const DimensionView& view, const std::vector<std::uint32_t>& fold,
                   std::uint32_t one, bool held_out) {
    DimensionView out = view;
    out.rater.clear();
    out.utility.clear();
    out.weight.clear();
    out.begin.assign(1, 0);
    for (std::size_t item = 0; item < view.items(); ++item) {
        for (std::size_t k = view.begin[item]; k < view.begin[item + 1]; ++k) {
            if ((fold[view.rater[k]] == one) != held_out) continue;
            out.rater.push_back(view.rater[k]);
            out.utility.push_back(view.utility[k]);
            if (!view.weight.empty()) out.weight.push_back(view.weight[k]);
        }
        out.begin.push_back(static_cast<std::uint32_t>(out.rater.size()));
    }
    return out;
}

// Probabilities of the levels for a rater of a cell, by the normal model.
void normal_shares(const Cell& cell, const Components& c, const OrdinalScale& scale,
                   std::span<double> out) {
    const double sd = std::sqrt(std::max(cell.sd * cell.sd + c.rater + c.residual, 1e-9));
    double below = 0.0;
    for (std::size_t k = 0; k < scale.categories(); ++k) {
        const double up =
            k + 1 == scale.categories()
                ? 1.0
                : normal_cdf((0.5 * (scale.value[k] + scale.value[k + 1]) - cell.mean) / sd);
        out[k] = up - below;
        below = up;
    }
}

struct Tally {
    std::vector<double> difference, weight;  // by rater
    std::vector<std::uint32_t> judgments;
    double normal = 0.0, ordinal = 0.0, total = 0.0;
    std::uint64_t scored = 0;
    bool normal_converged = true, ordinal_converged = true;
};

class Scorer {
public:
    Scorer(const judgment::Partition& partition, const OrdinalScale& scale,
           const FitOptions& options)
        : partition_(partition), scale_(scale), options_(options) {
        options_.exact_limit = 0;  // moments: both models by pairs
    }

    // False where the training part cannot be fitted on levels.
    bool score(const DimensionView& train, const DimensionView& test, const Job& job, Tally& out);

private:
    const judgment::Partition& partition_;
    const OrdinalScale& scale_;
    FitOptions options_;
};

bool Scorer::score(const DimensionView& train, const DimensionView& test, const Job& job,
                   Tally& out) {
    const auto seen = ordinal_scale(train);
    // A level that only the held-out use has no cut.
    if (!seen || seen->categories() != scale_.categories()) return false;
    const auto ordinal = fit_ordinal(train, partition_, options_, job);
    if (!ordinal) return false;
    const auto normal = fit_hierarchical_ratings(train, partition_, options_, job);
    out.normal_converged = out.normal_converged && normal->summary().converged;
    out.ordinal_converged = out.ordinal_converged && ordinal->summary().converged;
    const std::size_t groups = partition_.groups.size(), categories = scale_.categories();
    std::vector<Cell> cells(groups);
    std::vector<double> shares((groups + 1) * categories), sds(shares.size()), mine(categories);
    for (std::size_t item = 0; item < test.items(); ++item) {
        if (test.raters(item).empty()) continue;
        if (item % 256 == 0) job.check();
        const Cell pooled = normal->cells(item, cells);
        ordinal->shares(item, shares, sds);
        for (std::size_t k = test.begin[item]; k < test.begin[item + 1]; ++k) {
            const Id r = test.rater[k];
            const std::uint16_t g =
                r < partition_.group_of.size() ? partition_.group_of[r] : judgment::kNoGroup;
            const std::size_t row = g == judgment::kNoGroup ? groups : g;
            const std::size_t said = scale_.category(static_cast<double>(test.utility[k]));
            normal_shares(row == groups ? pooled : cells[row], normal->summary().components, scale_,
                          mine);
            const double w = test.weight.empty() ? 1.0 : static_cast<double>(test.weight[k]);
            const double by_normal = std::log(std::max(mine[said], kLeastProbability));
            const double by_ordinal =
                std::log(std::max(shares[row * categories + said], kLeastProbability));
            out.normal += w * by_normal;
            out.ordinal += w * by_ordinal;
            out.difference[r] += w * (by_ordinal - by_normal);
            out.weight[r] += w;
            ++out.judgments[r];
            out.total += w;
            ++out.scored;
        }
    }
    return true;
}

ModelChoice settled(std::string_view estimator, std::string why) {
    ModelChoice out;
    out.estimator = std::string(estimator);
    out.why = std::move(why);
    return out;
}

}  // namespace

ModelChoice choose_rating_model(const DimensionView& view, const judgment::Partition& partition,
                                const RatingModelOptions& options, const Job& job) {
    require(options.folds >= 2, "folds", "2 or more");
    const Estimator& plain = choose(view);
    if (plain.id != "hierarchical_ratings") {
        return settled(plain.id, view.votes ? "votes are agreement or not, not ratings"
                                            : "every judgment is 0 or 1, which is a share, not a "
                                              "rating");
    }
    const auto scale = ordinal_scale(view);
    if (!scale) {
        return settled(
            plain.id,
            view.utility.empty()
                ? "there are no judgments to choose by"
                : fmt::format("judgments stand on more than {} levels: numbers", kMostCategories));
    }
    if (scale->categories() < 2) return settled(plain.id, "every judgment is the same");

    const DimensionView used = thin(view, options.most_judgments);
    // Raters in the order of their ids, dealt out to the folds within their groups.
    std::uint32_t raters = 0;
    for (const Id r : used.rater) raters = std::max<std::uint32_t>(raters, r + 1);
    std::vector<bool> judged(raters, false);
    for (const Id r : used.rater) judged[r] = true;
    std::vector<std::uint32_t> fold(raters, 0), next(partition.groups.size() + 1, 0);
    for (std::uint32_t r = 0; r < raters; ++r) {
        if (!judged[r]) continue;
        const std::uint16_t g =
            r < partition.group_of.size() ? partition.group_of[r] : judgment::kNoGroup;
        const std::size_t row = g == judgment::kNoGroup ? partition.groups.size() : g;
        fold[r] = next[row]++ % options.folds;
    }
    Tally tally;
    tally.difference.assign(raters, 0.0);
    tally.weight.assign(raters, 0.0);
    tally.judgments.assign(raters, 0);
    Scorer scorer(partition, *scale, options.fit);
    for (std::uint32_t f = 0; f < options.folds; ++f) {
        job.check();
        scorer.score(part(used, fold, f, false), part(used, fold, f, true), job, tally);
    }
    ModelChoice out;
    out.used = used.rater.size();
    out.scored = tally.scored;
    for (const std::uint32_t n : tally.judgments) out.raters += n > 0;
    if (out.scored < kLeastScored || out.raters < kLeastRaters) {
        out.estimator = std::string(plain.id);
        out.why = fmt::format(
            "{} answers of {} raters could be held out, too few to compare models by: the normal "
            "model",
            out.scored, out.raters);
        return out;
    }
    const double mean = (tally.ordinal - tally.normal) / tally.total;
    double squares = 0.0;
    for (std::uint32_t r = 0; r < raters; ++r) {
        const double off = tally.difference[r] - mean * tally.weight[r];
        squares += off * off;
    }
    const double clusters = out.raters;
    out.difference = mean;
    out.standard_error = std::sqrt(squares * clusters / (clusters - 1.0)) / tally.total;
    out.normal =
        ModelScore{"hierarchical_ratings", tally.normal / tally.total, tally.normal_converged};
    out.ordinal =
        ModelScore{"cumulative_logit", tally.ordinal / tally.total, tally.ordinal_converged};
    const bool ordinal = mean > out.standard_error && tally.ordinal_converged;
    out.estimator = ordinal ? out.ordinal->estimator : out.normal->estimator;
    const std::string sample =
        out.used < view.rater.size()
            ? fmt::format(" (on {} of {} judgments, of evenly spaced items)",
                          grouped_digits(out.used), grouped_digits(view.rater.size()))
            : "";
    out.why = fmt::format(
        "{} levels; answers of held-out raters are {} by the cumulative logit, by {:.3f} +- {:.3f} "
        "log units each{}: {}",
        scale->categories(), mean >= 0.0 ? "better predicted" : "worse predicted", std::abs(mean),
        out.standard_error, sample,
        ordinal                     ? "that one is taken"
        : mean > out.standard_error ? "but it did not converge, so that the normal model is taken"
        : std::abs(mean) <= out.standard_error
            ? "too close to tell, so that the simpler normal model is taken"
            : "the normal model");
    return out;
}

}  // namespace edgewise::estimate
