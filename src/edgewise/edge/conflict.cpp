#include "edgewise/edge/conflict.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "edgewise/base/stats.hpp"

namespace edgewise::edge {
namespace {

constexpr std::size_t kMostOptions = 64;

struct Tuple {
    std::uint32_t rater;
    std::uint32_t item;
    std::uint32_t dimension;
    float utility;
};

// A share with sums that give its variance clustered by rater and by case.
class ClusteredShare {
public:
    explicit ClusteredShare(std::size_t raters = 0) : rater_hits_(raters), rater_n_(raters) {}

    void add(std::uint32_t rater, bool hit) {
        cell_hits_ += hit ? 1.0 : 0.0;
        cell_n_ += 1.0;
        rater_hits_[rater] += hit ? 1.0F : 0.0F;
        rater_n_[rater] += 1.0F;
    }
    // Ends one rater's units of one case.
    void end_rater() {
        if (cell_n_ == 0.0) return;
        both_.add(cell_hits_, cell_n_);
        case_hits_ += cell_hits_;
        case_n_ += cell_n_;
        cell_hits_ = cell_n_ = 0.0;
    }
    void end_case() {
        if (case_n_ == 0.0) return;
        cases_.add(case_hits_, case_n_);
        ++case_count_;
        case_hits_ = case_n_ = 0.0;
    }
    double n() const noexcept { return cases_.n; }
    double share() const noexcept { return cases_.hits / cases_.n; }
    // 95 %, cut to [0, 1].
    Interval interval() const {
        const double p = share();
        if (cases_.hits == 0.0 || cases_.hits == cases_.n) {
            const auto some = [](float n) { return n > 0.0F; };
            const auto clusters = std::min<std::uint64_t>(
                case_count_, static_cast<std::uint64_t>(std::ranges::count_if(rater_n_, some)));
            return clopper_pearson(cases_.hits == 0.0 ? 0 : clusters, clusters);
        }
        double by_rater = 0.0;
        for (std::size_t r = 0; r < rater_n_.size(); ++r) {
            const double e = double{rater_hits_[r]} - p * double{rater_n_[r]};
            by_rater += e * e;
        }
        const double sum = std::max(0.0, by_rater + cases_.residual(p) - both_.residual(p));
        const double se = std::sqrt(std::max(sum, both_.residual(p))) / cases_.n;
        return {std::max(0.0, p - 1.96 * se), std::min(1.0, p + 1.96 * se)};
    }

private:
    struct Squares {
        double hits = 0.0, n = 0.0, hh = 0.0, hn = 0.0, nn = 0.0;
        void add(double h, double m) {
            hits += h;
            n += m;
            hh += h * h;
            hn += h * m;
            nn += m * m;
        }
        double residual(double p) const { return hh - 2.0 * p * hn + p * p * nn; }
    };
    std::vector<float> rater_hits_, rater_n_;
    std::uint64_t case_count_ = 0;
    Squares both_, cases_;
    double cell_hits_ = 0.0, cell_n_ = 0.0, case_hits_ = 0.0, case_n_ = 0.0;
};

// Error rate of one rater's sign from the opposition D = 2 e (1 - e) between two raters.
double sign_error(double opposed, double pairs) {
    if (pairs <= 0.0) return 0.0;
    const double d = std::min(0.5, opposed / pairs);
    return 0.5 * (1.0 - std::sqrt(1.0 - 2.0 * d));
}

class Counter {
public:
    Counter(std::size_t dimensions, std::size_t reference, std::size_t raters)
        : dimensions_(dimensions),
          reference_(reference),
          any_(raters),
          opposed_(dimensions),
          pairs_of_raters_(dimensions),
          replicated_(dimensions) {
        for (std::size_t k = 0; k < dimensions * (dimensions - 1) / 2; ++k) {
            pair_.emplace_back(raters);
        }
    }

    void unit(std::uint32_t rater, std::span<const int> sign) {
        std::size_t at = 0;
        std::size_t strict = 0;
        for (std::size_t a = 0; a < dimensions_; ++a) {
            strict += sign[a] != 0 ? 1U : 0U;
            for (std::size_t b = a + 1; b < dimensions_; ++b, ++at) {
                if (sign[a] != 0 && sign[b] != 0) pair_[at].add(rater, sign[a] != sign[b]);
            }
        }
        if (strict < 2 || (reference_ != kNoReference && sign[reference_] == 0)) return;
        const auto [least, most] = std::ranges::minmax(sign);
        any_.add(rater, least < 0 && most > 0);
        for (std::size_t d = 0; d < dimensions_; ++d) key_[d] = sign[d] != 0;
        ++patterns_[key_];
    }
    void end_rater() {
        any_.end_rater();
        for (auto& p : pair_) p.end_rater();
    }
    void end_case() {
        any_.end_case();
        for (auto& p : pair_) p.end_case();
    }
    void noise(std::size_t dimension, double plus, double minus) {
        opposed_[dimension] += plus * minus;
        const double pairs = 0.5 * (plus + minus) * (plus + minus - 1.0);
        pairs_of_raters_[dimension] += pairs;
        replicated_[dimension] += pairs > 0.0 ? 1 : 0;
    }
    void finish(std::span<const std::string> names, ConflictRates& out) const;

private:
    Rate rate(const ClusteredShare& share, double floor, bool known) const {
        Rate out;
        out.observed = share.share();
        out.interval = share.interval();
        out.floor = known ? floor : 0.0;
        out.floor_known = known;
        out.excess = out.observed - out.floor;
        out.n = static_cast<std::uint64_t>(share.n());
        return out;
    }

    std::size_t dimensions_;
    std::size_t reference_;
    ClusteredShare any_;
    std::vector<ClusteredShare> pair_;
    std::vector<double> opposed_, pairs_of_raters_;
    std::vector<std::uint64_t> replicated_;  // units with a pair of raters
    std::vector<bool> key_ = std::vector<bool>(dimensions_);
    std::map<std::vector<bool>, std::uint64_t> patterns_;  // which dimensions were strict
};

void Counter::finish(std::span<const std::string> names, ConflictRates& out) const {
    std::vector<double> error(dimensions_);
    std::vector<double> most(dimensions_);  // error at the upper bound of D
    const auto known = [&](std::size_t d) { return pairs_of_raters_[d] >= 10.0; };
    for (std::size_t d = 0; d < dimensions_; ++d) {
        error[d] = sign_error(opposed_[d], pairs_of_raters_[d]);
        if (pairs_of_raters_[d] <= 0.0) continue;
        // Pairs within a unit are not independent: the units are the sample.
        const double opposed = opposed_[d] / pairs_of_raters_[d];
        const auto n = static_cast<double>(replicated_[d]);
        const auto hits = static_cast<std::uint64_t>(std::ceil(opposed * n - 1e-9));
        most[d] = sign_error(wilson(hits, replicated_[d]).high, 1.0);
    }
    std::size_t at = 0;
    for (std::size_t a = 0; a < dimensions_; ++a) {
        for (std::size_t b = a + 1; b < dimensions_; ++b, ++at) {
            if (pair_[at].n() <= 0.0) continue;
            const double floor = error[a] * (1.0 - error[b]) + error[b] * (1.0 - error[a]);
            out.pairs.push_back({names[a], names[b], rate(pair_[at], floor, known(a) && known(b))});
        }
    }
    std::ranges::stable_sort(
        out.pairs, [](const auto& x, const auto& y) { return x.rate.excess > y.rate.excess; });
    if (any_.n() <= 0.0) return;
    double floor = 0.0;
    double floor_high = 0.0;
    double units = 0.0;
    bool all_known = true;
    for (const auto& [strict, count] : patterns_) {
        double right = 1.0;
        double wrong = 1.0;
        double right_low = 1.0;
        double wrong_high = 1.0;
        for (std::size_t d = 0; d < dimensions_; ++d) {
            if (!strict[d]) continue;
            all_known = all_known && known(d);
            right *= 1.0 - error[d];
            wrong *= error[d];
            right_low *= 1.0 - most[d];
            wrong_high *= most[d];
        }
        floor += static_cast<double>(count) * (1.0 - right - wrong);
        floor_high += static_cast<double>(count) * (1.0 - right_low - wrong_high);
        units += static_cast<double>(count);
    }
    out.any_floor_high = floor_high / units;
    out.any = rate(any_, floor / units, all_known);
}

}  // namespace

ConflictRates dimension_conflicts(const estimate::Observations& observations,
                                  std::span<const std::string> names, std::size_t reference,
                                  std::size_t raters, const Job& job) {
    ConflictRates out;
    const auto& views = observations.dimensions;
    const std::size_t dimensions = views.size();
    if (dimensions < 2 || observations.case_begin.size() < 2) return out;
    Counter counter(dimensions, reference, raters);
    std::vector<Tuple> tuples;
    std::vector<std::uint8_t> seen(raters);
    std::vector<float> utility(kMostOptions * dimensions);
    std::vector<int> sign(dimensions);
    std::vector<double> plus, minus;  // by unit and dimension of this case

    for (std::size_t c = 0; c + 1 < observations.case_begin.size(); ++c) {
        if (c % 4096 == 0) job.check();
        const std::uint32_t first = observations.case_begin[c];
        const std::uint32_t last = observations.case_begin[c + 1];
        tuples.clear();
        for (std::uint32_t d = 0; d < dimensions; ++d) {
            for (std::uint32_t item = first; item < last; ++item) {
                const auto who = views[d].raters(item);
                const auto u = views[d].utilities(item);
                for (std::size_t i = 0; i < who.size(); ++i) {
                    tuples.push_back({who[i], item - first, d, u[i]});
                }
            }
        }
        if (tuples.empty()) continue;
        std::ranges::sort(tuples, [](const Tuple& a, const Tuple& b) {
            return std::tie(a.rater, a.item, a.dimension) < std::tie(b.rater, b.item, b.dimension);
        });
        const bool alone = last - first == 1 || observations.items[first].other != judgment::kNone;
        const std::size_t options = std::min<std::size_t>(last - first, kMostOptions);
        if (last - first > kMostOptions) out.skipped_options += last - first - kMostOptions;
        const std::size_t units = alone ? last - first : options * (options - 1) / 2;
        plus.assign(units * dimensions, 0.0);
        minus.assign(units * dimensions, 0.0);
        out.compares_options = out.compares_options || !alone;

        for (std::size_t begin = 0; begin < tuples.size();) {
            const std::uint32_t rater = tuples[begin].rater;
            std::size_t end = begin;
            std::size_t unit = 0;
            const auto count_unit = [&](std::size_t which) {
                int strict = 0;
                for (std::size_t d = 0; d < dimensions; ++d) {
                    plus[which * dimensions + d] += sign[d] > 0 ? 1.0 : 0.0;
                    minus[which * dimensions + d] += sign[d] < 0 ? 1.0 : 0.0;
                    strict += sign[d] != 0 ? 1 : 0;
                }
                if (strict < 2) return;
                counter.unit(rater, sign);
                seen[rater] = 1;
            };
            if (alone) {
                while (end < tuples.size() && tuples[end].rater == rater) {
                    const std::uint32_t item = tuples[end].item;
                    std::ranges::fill(sign, 0);
                    for (; end < tuples.size() && tuples[end].rater == rater &&
                           tuples[end].item == item;
                         ++end) {
                        const float u = tuples[end].utility;
                        sign[tuples[end].dimension] = (u > 0.5F) - (u < 0.5F);
                    }
                    count_unit(item);
                }
            } else {
                std::ranges::fill(utility, -1.0F);  // not judged
                for (; end < tuples.size() && tuples[end].rater == rater; ++end) {
                    if (tuples[end].item >= options) continue;
                    utility[tuples[end].item * dimensions + tuples[end].dimension] =
                        tuples[end].utility;
                }
                for (std::size_t a = 0; a < options; ++a) {
                    for (std::size_t b = a + 1; b < options; ++b, ++unit) {
                        for (std::size_t d = 0; d < dimensions; ++d) {
                            const float x = utility[a * dimensions + d];
                            const float y = utility[b * dimensions + d];
                            sign[d] = x < 0.0F || y < 0.0F ? 0 : (x > y) - (x < y);
                        }
                        count_unit(unit);
                    }
                }
            }
            counter.end_rater();
            begin = end;
        }
        counter.end_case();
        ++out.cases;
        for (std::size_t k = 0; k < units; ++k) {
            for (std::size_t d = 0; d < dimensions; ++d) {
                counter.noise(d, plus[k * dimensions + d], minus[k * dimensions + d]);
            }
        }
    }
    out.raters = static_cast<std::uint64_t>(std::ranges::count(seen, 1));
    counter.finish(names, out);
    return out;
}

}  // namespace edgewise::edge
