#include "edgewise/edge/representation_null.hpp"

#include <algorithm>
#include <cmath>

#include "edgewise/base/parallel.hpp"
#include "edgewise/norms/regret.hpp"

namespace edgewise::edge {
namespace {

struct Variances {
    double between = 0.0;
    double within = 0.0;
    double shrinkage(double n) const noexcept {
        return n <= 0.0 || between <= 0.0 ? 0.0 : between / (between + within / n);
    }
};

// One unit's judgments by grouped raters, flat, and its pooled means.
struct Flat {
    std::vector<std::uint32_t> rater;  // dense
    std::vector<float> utility;
    std::vector<std::uint32_t> cell;  // dimension x option
    std::vector<double> pooled;       // [dimension][option]
    std::vector<double> weight;       // [dimension]
    std::size_t pick = 0;
};

class UnitNull {
public:
    UnitNull(const estimate::Observations& observations, const Scalar& scalar,
             std::span<const std::uint32_t> dense, const Labels& labels)
        : observations_(observations), scalar_(scalar), dense_(dense), labels_(labels) {}

    void load(const Unit& unit) {
        const auto& views = observations_.dimensions;
        unit_ = unit;
        items_ = unit.items;
        tensor_.judged.assign(views.size(), 0);
        flat_.rater.clear();
        flat_.utility.clear();
        flat_.cell.clear();
        flat_.pooled.assign(views.size() * items_, 0.5);
        for (std::size_t d = 0; d < views.size(); ++d) {
            for (std::size_t i = 0; i < items_; ++i) {
                const auto who = views[d].raters(unit.first + i);
                const auto u = views[d].utilities(unit.first + i);
                if (u.empty()) continue;
                tensor_.judged[d] = 1;
                double sum = 0.0;
                for (std::size_t k = 0; k < u.size(); ++k) {
                    sum += double{u[k]};
                    const std::uint32_t rater = dense_[who[k]];
                    if (rater == judgment::kNone) continue;
                    flat_.rater.push_back(rater);
                    flat_.utility.push_back(u[k]);
                    flat_.cell.push_back(static_cast<std::uint32_t>(d * items_ + i));
                }
                flat_.pooled[d * items_ + i] = sum / static_cast<double>(u.size());
            }
        }
        flat_.weight.resize(views.size());
        scalar_.normalised(tensor_, flat_.weight);
        v_.assign(unit.options(), 0.0);
        scalarise(flat_.pooled, v_);
        flat_.pick = static_cast<std::size_t>(std::ranges::max_element(v_) - v_.begin());
    }

    double loss(std::span<const std::uint8_t> label, std::span<const Variances> variance) {
        const std::size_t dimensions = variance.size();
        const std::size_t cells = dimensions * items_;
        n_.assign(labels_.groups * cells, 0.0);
        sum_.assign(labels_.groups * cells, 0.0);
        for (std::size_t k = 0; k < flat_.rater.size(); ++k) {
            const std::size_t at = label[flat_.rater[k]] * cells + flat_.cell[k];
            n_[at] += 1.0;
            sum_[at] += double{flat_.utility[k]};
        }
        const std::size_t options = unit_.options();
        by_group_.resize(labels_.groups * options);
        mean_.resize(cells);
        for (std::size_t g = 0; g < labels_.groups; ++g) {
            for (std::size_t c = 0; c < cells; ++c) {
                const double n = n_[g * cells + c];
                const double pooled = flat_.pooled[c];
                mean_[c] = pooled;
                if (n > 0.0) {
                    const double b = variance[c / items_].shrinkage(n);
                    mean_[c] += b * (sum_[g * cells + c] / n - pooled);
                }
            }
            scalarise(mean_, std::span(by_group_).subspan(g * options, options));
        }
        return norms::worst_regret_excess({by_group_, labels_.groups, options}, flat_.pick).excess;
    }

private:
    void scalarise(std::span<const double> mean, std::span<double> v) const {
        std::ranges::fill(v, 0.0);
        for (std::size_t d = 0; d < flat_.weight.size(); ++d) {
            for (std::size_t i = 0; i < items_; ++i) v[i] += flat_.weight[d] * mean[d * items_ + i];
        }
        if (unit_.mirrored()) v[1] = 1.0 - v[0];
    }

    const estimate::Observations& observations_;
    const Scalar& scalar_;
    std::span<const std::uint32_t> dense_;
    const Labels& labels_;
    Unit unit_;
    std::size_t items_ = 0;
    Tensor tensor_;  // only `judged` is used
    Flat flat_;
    std::vector<double> n_, sum_, mean_, by_group_, v_;
};

}  // namespace

std::vector<double> representation_null(const estimate::Observations& observations,
                                        std::span<const Unit> units, const Scalar& scalar,
                                        const Labels& labels, std::size_t raters,
                                        std::span<const Nulls> nulls, const Job& job) {
    const std::size_t shuffles = labels.shuffles();
    const std::size_t dimensions = nulls.size();
    if (units.empty()) return std::vector<double>(shuffles, std::nan(""));
    std::vector<std::uint32_t> dense(raters, judgment::kNone);
    for (std::uint32_t i = 0; i < labels.rater_of.size(); ++i) dense[labels.rater_of[i]] = i;
    std::vector<Variances> variance(shuffles * dimensions);
    std::vector<std::size_t> live;  // shuffles whose loss is not 0 from the outset
    for (std::size_t b = 0; b < shuffles; ++b) {
        bool any = false;
        for (std::size_t d = 0; d < dimensions; ++d) {
            Variances& at = variance[b * dimensions + d];
            at = {nulls[d].sums[b].between_variance(), nulls[d].sums[b].within_variance()};
            any = any || at.between > 0.0;
        }
        if (any) live.push_back(b);
    }
    constexpr std::size_t kGrain = 64;
    std::vector<std::vector<double>> parts((units.size() + kGrain - 1) / kGrain);
    parallel_blocks(job, units.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        auto& part = parts[begin / kGrain];
        part.assign(shuffles, 0.0);
        UnitNull unit(observations, scalar, dense, labels);
        for (std::size_t k = begin; k < end; ++k) {
            unit.load(units[k]);
            for (const std::size_t b : live) {
                part[b] += unit.loss(labels.row(b),
                                     std::span(variance).subspan(b * dimensions, dimensions));
            }
        }
    });
    std::vector<double> out(shuffles, 0.0);
    for (const auto& part : parts) {
        for (std::size_t b = 0; b < shuffles; ++b) out[b] += part[b];
    }
    for (double& mean : out) mean /= static_cast<double>(units.size());
    return out;
}

}  // namespace edgewise::edge
