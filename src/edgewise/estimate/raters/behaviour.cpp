#include "edgewise/estimate/raters/behaviour.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/parallel.hpp"
#include "edgewise/base/rng.hpp"

namespace edgewise::estimate {
namespace {

constexpr std::size_t kGrain = 16;  // raters
constexpr double kFirstDraws = 199.0;
constexpr double kExtremeDraws = 10.0;     // after as many the null is known well enough
constexpr std::uint64_t kLeastTimed = 20;  // judgments for a trend

// One answer beside those of the other people on its item.
struct Beside {
    double others = 0.0;
    double agree = 0.0;
    double pairs = 0.0;  // how far the others agree with each other; NaN: fewer than two
    double gap = 0.0;
    bool turns = false;  // the item changes side without this answer
};

int side(double x) noexcept { return x > 1e-9 ? 1 : x < -1e-9 ? -1 : 0; }

class Unit {
public:
    Unit(const RaterView& view, std::span<const std::uint8_t> person, double middle)
        : view_(view), person_(person), middle_(middle), count_(view.ratings.levels.size(), 0.0) {
        const auto& levels = view.ratings.levels;
        range_ = levels.empty() ? 0.0 : levels.back() - levels.front();
    }

    void beside(std::size_t u, std::span<Beside> out) {
        const auto codes = view_.ratings.codes(u);
        const auto who = view_.ratings.who(u);
        m_ = sum_ = squares_ = together_ = 0.0;
        const double origin = view_.ratings.levels[codes.front()];  // no cancellation
        const auto value = [&](std::uint32_t code) { return view_.ratings.levels[code] - origin; };
        for (std::size_t i = 0; i < codes.size(); ++i) {
            if (person_[who[i]] == 0) continue;
            const double x = value(codes[i]);
            m_ += 1.0;
            sum_ += x;
            squares_ += x * x;
            if (view_.steps) together_ += 2.0 * count_[codes[i]]++;
        }
        for (std::size_t i = 0; i < codes.size(); ++i) {
            out[i] = one(codes[i], person_[who[i]] != 0 ? 1.0 : 0.0, value(codes[i]));
            if (person_[who[i]] != 0) out[i].turns = turns(codes, codes[i], origin);
        }
        if (view_.steps) {
            for (const std::uint32_t c : codes) count_[c] = 0.0;
        }
    }

private:
    Beside one(std::uint32_t code, double self, double x) const {
        Beside b;
        b.others = m_ - self;
        b.pairs = std::nan("");
        if (b.others < 0.5) return b;
        const double sum = sum_ - self * x;
        const double squares = squares_ - self * x * x;
        b.gap = x - sum / b.others;
        const double pairs = b.others * (b.others - 1.0);
        const double scale = range_ > 0.0 ? 1.0 / (range_ * range_) : 0.0;
        if (view_.steps) {
            b.agree = (count_[code] - self) / b.others;
            if (pairs > 0.5) {
                b.pairs = (together_ - self * 2.0 * (count_[code] - 1.0)) / pairs;
            }
        } else {
            const double apart = b.others * x * x - 2.0 * x * sum + squares;
            b.agree = 1.0 - std::max(0.0, apart) * scale / b.others;
            if (pairs > 0.5) {
                const double spread = 2.0 * (b.others * squares - sum * sum);
                b.pairs = 1.0 - std::max(0.0, spread) * scale / pairs;
            }
        }
        return b;
    }

    bool turns(std::span<const std::uint32_t> codes, std::uint32_t own, double origin) const {
        if (m_ < 1.5) return false;  // nobody is left who could say otherwise
        if (view_.ordered) {
            const double x = view_.ratings.levels[own] - origin;
            const double centre = middle_ - origin;
            return side(sum_ / m_ - centre) != side((sum_ - x) / (m_ - 1.0) - centre);
        }
        return leader(codes, own, 0.0) != leader(codes, own, 1.0);
    }
    // The level with strictly most answers when `less` of one level's are taken away.
    std::uint32_t leader(std::span<const std::uint32_t> codes, std::uint32_t of,
                         double less) const {
        std::uint32_t best = 0xFFFFFFFF;
        double most = 0.0;
        for (const std::uint32_t c : codes) {
            const double n = count_[c] - (c == of ? less : 0.0);
            if (n > most) {
                most = n;
                best = c;
            } else if (n == most && c != best) {
                best = 0xFFFFFFFF;
            }
        }
        return best;
    }

    const RaterView& view_;
    std::span<const std::uint8_t> person_;
    double middle_;
    double range_ = 0.0;
    double m_ = 0.0, sum_ = 0.0, squares_ = 0.0, together_ = 0.0;
    std::vector<double> count_;
};

struct Moments {
    double n = 0.0, mean = 0.0, squares = 0.0;
    void add(double x) noexcept {
        n += 1.0;
        const double d = x - mean;
        mean += d / n;
        squares += d * (x - mean);
    }
    double se() const noexcept { return std::sqrt(squares / (n - 1.0) / n); }
};

Interval around(double centre, double se, double df) {
    const double half = student_t_quantile(0.975, df) * se;
    return {centre - half, centre + half};
}

// p of t, two-sided; without any spread only a value of 0 is unremarkable.
double two_sided(double value, double se, double df) {
    if (se <= 0.0) return value == 0.0 ? 1.0 : 0.0;
    return 2.0 * student_t_cdf(-std::fabs(value / se), df);
}

std::optional<Measured> trend(std::span<const std::pair<double, double>> points) {
    if (points.size() < kLeastTimed) return std::nullopt;
    Moments x;
    Moments y;
    for (const auto& [at, value] : points) {
        x.add(at);
        y.add(value);
    }
    double across = 0.0;
    for (const auto& [at, value] : points) across += (at - x.mean) * (value - y.mean);
    if (x.squares <= 0.0) return std::nullopt;
    const double slope = across / x.squares;
    const double df = x.n - 2.0;
    const double rest = std::max(0.0, y.squares - slope * across);
    const double se = std::sqrt(rest / df / x.squares);
    if (!(se > 0.0)) return std::nullopt;
    return Measured{
        .value = slope, .interval = around(slope, se, df), .p = two_sided(slope, se, df), .q = 1.0};
}

struct Shape {
    double run = 0.0;
    double entropy = 0.0;
};

// The longest run and the entropy of a sequence of codes.
class Shaper {
public:
    explicit Shaper(std::size_t levels) : count_(levels, 0.0) {}
    template <class CodeAt>
    Shape of(std::size_t n, CodeAt&& code_at) {
        std::ranges::fill(count_, 0.0);
        Shape out;
        double run = 0.0;
        std::uint32_t last = 0xFFFFFFFF;
        for (std::size_t i = 0; i < n; ++i) {
            const std::uint32_t code = code_at(i);
            run = code == last ? run + 1.0 : 1.0;
            last = code;
            out.run = std::max(out.run, run);
            count_[code] += 1.0;
        }
        for (const double c : count_) {
            if (c > 0.0)
                out.entropy -= c / static_cast<double>(n) * std::log2(c / static_cast<double>(n));
        }
        return out;
    }

private:
    std::vector<double> count_;
};

class Behaviour {
public:
    Behaviour(const RaterView& view, std::span<const std::uint8_t> person, double middle,
              const BehaviourOptions& options, const Job& job)
        : view_(view), person_(person), options_(options), job_(job), by_(by_rater(view.ratings)) {
        beside_.resize(view.ratings.size());
        parallel_blocks(job, view.ratings.units(), 8192, [&](std::size_t begin, std::size_t end) {
            Unit unit(view, person, middle);
            for (std::size_t u = begin; u < end; ++u) {
                const std::uint32_t first = view.ratings.begin[u];
                const std::uint32_t last = view.ratings.begin[u + 1];
                if (first == last) continue;
                unit.beside(u, std::span(beside_).subspan(first, last - first));
            }
        });
    }

    std::vector<RaterBehaviour> run() {
        std::vector<RaterBehaviour> out(view_.ratings.raters);
        parallel_blocks(job_, out.size(), kGrain, [&](std::size_t begin, std::size_t end) {
            Shaper shaper(view_.ratings.levels.size());
            for (std::size_t r = begin; r < end; ++r) one(r, shaper, out[r]);
        });
        correct(out);
        return out;
    }

private:
    void one(std::size_t r, Shaper& shaper, RaterBehaviour& out) const {
        const auto place = by_.places(r);
        out.n = place.size();
        Moments agree;
        Moments others;
        Moments difference;
        Moments gap;
        Moments own;
        Moments mean;
        double across = 0.0;
        for (const std::uint32_t i : place) {
            const Beside& b = beside_[i];
            out.turned += b.turns ? 1 : 0;
            if (b.others < 0.5) continue;
            ++out.shared;
            agree.add(b.agree);
            gap.add(b.gap);
            const double x = view_.ratings.levels[view_.ratings.code[i]];
            const double before = own.mean;
            own.add(x);
            mean.add(x - b.gap);
            across += (x - before) * (x - b.gap - mean.mean);
            if (std::isfinite(b.pairs)) {
                others.add(b.pairs);
                difference.add(b.agree - b.pairs);
            }
        }
        if (agree.n > 0.0) out.agreement = agree.mean;
        if (others.n > 0.0) out.others_agreement = others.mean;
        if (out.shared < std::max<std::uint64_t>(3, options_.least_shared)) return;
        if (agree.se() > 0.0) {
            Interval i = around(agree.mean, agree.se(), agree.n - 1.0);
            out.agreement_interval = Interval{std::max(0.0, i.low), std::min(1.0, i.high)};
        }
        if (difference.n >= 3.0 && difference.se() > 0.0) {
            const double t = difference.mean / difference.se();
            out.below_others =
                Measured{.value = difference.mean,
                         .interval = around(difference.mean, difference.se(), difference.n - 1.0),
                         .p = student_t_cdf(t, difference.n - 1.0),
                         .q = 1.0};
        }
        if (view_.ordered) {
            if (gap.se() > 0.0) {
                out.severity = Measured{.value = gap.mean,
                                        .interval = around(gap.mean, gap.se(), gap.n - 1.0),
                                        .p = two_sided(gap.mean, gap.se(), gap.n - 1.0),
                                        .q = 1.0};
            }
            if (own.squares > 0.0 && mean.squares > 0.0 && own.n > 3.0) {
                const double rho =
                    std::clamp(across / std::sqrt(own.squares * mean.squares), -1.0, 1.0);
                out.correlation = rho;
                if (std::fabs(rho) < 1.0 - 1e-12) {  // Fisher 1921
                    const double half = 1.959963984540054 / std::sqrt(own.n - 3.0);
                    out.correlation_interval = Interval{std::tanh(std::atanh(rho) - half),
                                                        std::tanh(std::atanh(rho) + half)};
                }
            }
        }
        const std::vector<std::uint32_t> order = in_time(place, out);
        if (view_.steps) straight(r, order, shaper, out);
    }

    // Shared answers in time, else in the order of the table; trends where every time is known.
    std::vector<std::uint32_t> in_time(std::span<const std::uint32_t> place,
                                       RaterBehaviour& out) const {
        std::vector<std::uint32_t> order;
        bool timed = true;
        for (const std::uint32_t i : place) {
            if (beside_[i].others < 0.5) continue;
            order.push_back(i);
            timed = timed && view_.time[i] != kNoTime;
        }
        std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
            return timed && view_.time[a] != view_.time[b] ? view_.time[a] < view_.time[b]
                                                           : view_.row[a] < view_.row[b];
        });
        if (!timed) return order;
        std::vector<std::pair<double, double>> gaps;
        std::vector<std::pair<double, double>> agrees;
        const double last = std::max(1.0, static_cast<double>(order.size()) - 1.0);
        for (std::size_t k = 0; k < order.size();) {
            std::size_t end = k;  // equal times share their rank
            while (end < order.size() && view_.time[order[end]] == view_.time[order[k]]) ++end;
            const double at = 0.5 * static_cast<double>(k + end - 1) / last;
            for (; k < end; ++k) {
                gaps.emplace_back(at, beside_[order[k]].gap);
                agrees.emplace_back(at, beside_[order[k]].agree);
            }
        }
        if (view_.ordered) out.severity_drift = trend(gaps);
        out.agreement_drift = trend(agrees);
        return order;
    }

    void straight(std::size_t r, std::span<const std::uint32_t> order, Shaper& shaper,
                  RaterBehaviour& out) const {
        const auto& ratings = view_.ratings;
        const Shape seen =
            shaper.of(order.size(), [&](std::size_t i) { return ratings.code[order[i]]; });
        out.longest_run = static_cast<std::uint64_t>(seen.run);
        out.entropy = seen.entropy;
        // Where each answer's unit begins, to draw another person's answer there.
        std::vector<std::uint32_t> unit(order.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            const auto after = std::ranges::upper_bound(ratings.begin, order[i]);
            unit[i] = static_cast<std::uint32_t>(after - ratings.begin.begin()) - 1;
        }
        Rng rng(options_.seed, options_.stream + r);
        const auto draw = [&](std::size_t i) {
            const auto codes = ratings.codes(unit[i]);
            const auto who = ratings.who(unit[i]);
            while (true) {
                const std::uint64_t k = rng.next_below(codes.size());
                if (who[k] != r && person_[who[k]] != 0) return codes[k];
            }
        };
        double runs = 0.0;
        double entropies = 0.0;
        double run = 0.0;
        double entropy = 0.0;
        double draws = 0.0;
        while (draws < static_cast<double>(options_.most_draws) &&
               (runs < kExtremeDraws || entropies < kExtremeDraws)) {
            const Shape null = shaper.of(order.size(), draw);
            draws += 1.0;
            runs += null.run >= seen.run ? 1.0 : 0.0;
            entropies += null.entropy <= seen.entropy + 1e-12 ? 1.0 : 0.0;
            run += null.run;
            entropy += null.entropy;
            // What is far from material is not worth the rest.
            if (draws == kFirstDraws && 2.0 * draws * seen.entropy > entropy &&
                seen.run * draws < 3.0 * run) {
                break;
            }
        }
        if (draws == 0.0) return;
        out.expected_run = run / draws;
        out.expected_entropy = entropy / draws;
        const double least = std::min(runs, entropies);
        out.straight_p = std::min(1.0, 2.0 * (1.0 + least) / (1.0 + draws));
    }

    static void correct(std::vector<RaterBehaviour>& raters) {
        const auto family = [](std::vector<std::pair<double, double*>>& tests) {
            std::vector<double> p;
            for (const auto& each : tests) p.push_back(each.first);
            const std::vector<double> q = benjamini_hochberg(p);
            for (std::size_t i = 0; i < q.size(); ++i) *tests[i].second = q[i];
        };
        std::vector<std::pair<double, double*>> below, severe, drift, straight;
        for (RaterBehaviour& r : raters) {
            if (r.below_others) below.emplace_back(r.below_others->p, &r.below_others->q);
            if (r.severity) severe.emplace_back(r.severity->p, &r.severity->q);
            for (auto* each : {&r.severity_drift, &r.agreement_drift}) {
                if (*each) drift.emplace_back((*each)->p, &(*each)->q);
            }
            if (r.straight_p) {
                r.straight_q = 1.0;
                straight.emplace_back(*r.straight_p, &*r.straight_q);
            }
        }
        for (auto* each : {&below, &severe, &drift, &straight}) family(*each);
    }

    const RaterView& view_;
    std::span<const std::uint8_t> person_;
    const BehaviourOptions& options_;
    const Job& job_;
    RatingsByRater by_;
    std::vector<Beside> beside_;
};

}  // namespace

std::vector<RaterBehaviour> rater_behaviour(const RaterView& view,
                                            std::span<const std::uint8_t> person, double middle,
                                            const BehaviourOptions& options, const Job& job) {
    return Behaviour(view, person, middle, options, job).run();
}

}  // namespace edgewise::estimate
