#include "edgewise/estimate/rankings/choices.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

namespace edgewise::estimate {
namespace {

// A number and its derivative along one direction.
struct Dual {
    double v = 0.0;
    double t = 0.0;
};
Dual operator+(Dual a, Dual b) { return {a.v + b.v, a.t + b.t}; }
Dual operator*(Dual a, Dual b) { return {a.v * b.v, a.t * b.v + a.v * b.t}; }
Dual operator*(double a, Dual b) { return {a * b.v, a * b.t}; }
Dual operator/(Dual a, Dual b) {
    const double q = a.v / b.v;
    return {q, (a.t - q * b.t) / b.v};
}
Dual& operator+=(Dual& a, Dual b) { return a = a + b; }
double value(double a) { return a; }
double value(Dual a) { return a.v; }

// One ballot's places: where the choice of each place starts, and whether there is one.
struct Places {
    std::size_t first = 0;  // row of the ballot
    std::size_t size = 0;
    bool choice = false;
};

// Calls f(first, size, choice) for each place from the front.
template <class F>
void each_place(std::span<const std::uint32_t> level, bool last_unordered, F f) {
    const std::size_t m = level.size();
    for (std::size_t k = 0; k < m;) {
        std::size_t end = k + 1;
        while (end < m && level[end] == level[k]) ++end;
        const bool last = end == m;
        const bool alone = last && end - k == 1;  // one left: no choice
        f(Places{.first = k, .size = end - k, .choice = !alone && !(last && last_unordered)});
        k = end;
    }
}

// Expected features of one ballot's choices: for each option the expected share of places won
// (1 / order for a place shared), for each order of ties the expected number of such places. These
// are the derivatives of the sum of log-normalisers by theta and by ln delta.
template <class T>
class Expectation {
public:
    Expectation(std::span<const std::uint32_t> orders, std::vector<T> delta)
        : orders_(orders), delta_(std::move(delta)) {
        for (const std::uint32_t k : orders_) {
            offset_.push_back(width_);
            width_ += k + 1;
        }
    }

    // `strength(o, i)` is exp(theta_i / orders[o]) for the i-th option of the ballot. Fills
    // `option` and `order`, and returns the sum of log-normalisers.
    template <class Strength>
    double operator()(std::span<const std::uint32_t> level, bool last_unordered, Strength strength,
                      std::vector<T>& option, std::vector<T>& order) {
        const std::size_t m = level.size();
        history_.assign((m + 1) * width_, T{});
        for (std::size_t o = 0; o < orders_.size(); ++o) history_[offset_[o]] = T{} + one();
        // Row h of the history holds the polynomials of the last h options.
        for (std::size_t h = 0; h < m; ++h) {
            const T* from = &history_[h * width_];
            T* to = &history_[(h + 1) * width_];
            for (std::size_t o = 0; o < orders_.size(); ++o) {
                const T x = strength(o, m - 1 - h);
                const T* e = from + offset_[o];
                T* next = to + offset_[o];
                next[0] = e[0];
                for (std::size_t j = 1; j <= orders_[o]; ++j) next[j] = e[j] + x * e[j - 1];
            }
        }
        option.assign(m, T{});
        order.assign(orders_.size(), T{});
        adjoint_.assign(width_, T{});
        double normalisers = 0.0;
        const auto back = [&](const Places& place) {
            if (place.choice) {
                const T* e = &history_[(m - place.first) * width_];
                T z{};
                for (std::size_t o = 0; o < orders_.size(); ++o) {
                    z += delta_[o] * e[offset_[o] + orders_[o]];
                }
                normalisers += std::log(value(z));
                for (std::size_t o = 0; o < orders_.size(); ++o) {
                    const T share = delta_[o] / z;
                    adjoint_[offset_[o] + orders_[o]] += share;
                    order[o] += share * e[offset_[o] + orders_[o]];
                }
            }
            for (std::size_t k = place.first; k < place.first + place.size; ++k) {
                const T* e = &history_[(m - 1 - k) * width_];
                for (std::size_t o = 0; o < orders_.size(); ++o) {
                    const T x = strength(o, k);
                    T* adjoint = &adjoint_[offset_[o]];
                    T by_x{};
                    for (std::size_t j = 1; j <= orders_[o]; ++j) {
                        by_x += adjoint[j] * e[offset_[o] + j - 1];
                        adjoint[j - 1] += x * adjoint[j];
                    }
                    option[k] += (1.0 / orders_[o]) * (x * by_x);
                }
            }
        };
        each_place(level, last_unordered, back);
        return normalisers;
    }

private:
    static T one() {
        if constexpr (std::is_same_v<T, double>) {
            return 1.0;
        } else {
            return {1.0, 0.0};
        }
    }

    std::span<const std::uint32_t> orders_;
    std::vector<T> delta_;
    std::vector<std::size_t> offset_;
    std::size_t width_ = 0;
    std::vector<T> history_, adjoint_;
};

}  // namespace

std::vector<std::uint32_t> tie_orders(const Ballots& ballots, bool last_place_unordered,
                                      std::span<const float> weight) {
    std::vector<std::uint32_t> out{1};
    for (std::size_t b = 0; b < ballots.size(); ++b) {
        if (!weight.empty() && weight[b] == 0.0F) continue;
        each_place(ballots.levels(b), last_place_unordered, [&](const Places& place) {
            const auto size = static_cast<std::uint32_t>(place.size);
            if (place.choice && size > 1 && std::ranges::find(out, size) == out.end()) {
                out.push_back(size);
            }
        });
    }
    std::ranges::sort(out);
    return out;
}

Choices::Choices(const Ballots& ballots, const Setup& setup)
    : contenders_(static_cast<std::uint32_t>(ballots.contenders())),
      begin_(ballots.begin),
      option_(ballots.option),
      level_(ballots.level),
      weight_(setup.weight.empty() ? std::span<const float>(ballots.weight) : setup.weight),
      last_place_unordered_(setup.last_place_unordered),
      theta_precision_(setup.prior_sd > 0.0 ? 1.0 / (setup.prior_sd * setup.prior_sd) : 0.0),
      tie_precision_(setup.tie_prior_sd > 0.0 ? 1.0 / (setup.tie_prior_sd * setup.tie_prior_sd)
                                              : 0.0),
      orders_(setup.orders.empty() ? tie_orders(ballots, setup.last_place_unordered, weight_)
                                   : setup.orders) {
    const std::size_t t = orders_.size();
    linear_.assign(contenders_ + t - 1, 0.0);
    order_seen_.assign(t, 0.0);
    strict_.assign(t == 1 ? ballots.size() : 0, 0);
    std::size_t longest = 0;
    for (std::size_t b = 0; b < ballots.size(); ++b) {
        const double w = weight(b);
        weighted_ballots_ += w;
        longest = std::max(longest, ballots.options(b).size());
        const std::uint32_t* options = &option_[begin_[b]];
        std::uint32_t choices = 0;
        each_place(ballots.levels(b), last_place_unordered_, [&](const Places& place) {
            if (!place.choice || w == 0.0) return;
            ++choices;
            const double share = w / static_cast<double>(place.size);
            for (std::size_t k = place.first; k < place.first + place.size; ++k) {
                linear_[options[k]] += share;
            }
            const auto at = std::ranges::lower_bound(orders_, place.size) - orders_.begin();
            order_seen_[static_cast<std::size_t>(at)] += w;
            if (at > 0) linear_[contenders_ + static_cast<std::size_t>(at) - 1] += w;
        });
        if (t == 1) strict_[b] = choices;
    }
    strength_.resize(t * contenders_);
    delta_.assign(t, 1.0);
    shares_.resize(contenders_);
    if (t == 1) curve_.resize(option_.size());
    diagonal_.resize(parameters());
    scratch_.resize(parameters());
    tail_.resize(longest);
}

double Choices::evaluate(std::span<const double> x, std::span<double> gradient) {
    const std::span<const double> theta = x.first(contenders_);
    double low = 0.0, high = 0.0;
    if (contenders_ > 0) {
        const auto [least, most] = std::ranges::minmax_element(theta);
        low = *least, high = *most;
    }
    if (!(high - low < kWidest)) return std::numeric_limits<double>::infinity();
    double linear = 0.0, penalty = 0.0;
    for (std::size_t i = 0; i < contenders_; ++i) {
        strength_[i] = std::exp(theta[i] - high);
        linear += linear_[i] * (theta[i] - high);
        penalty += 0.5 * theta_precision_ * theta[i] * theta[i];
    }
    for (std::size_t o = 1; o < orders_.size(); ++o) {
        for (std::size_t i = 0; i < contenders_; ++i) {
            strength_[o * contenders_ + i] = std::exp((theta[i] - high) / orders_[o]);
        }
        const double log_delta = x[contenders_ + o - 1];
        delta_[o] = std::exp(log_delta);
        linear += linear_[contenders_ + o - 1] * log_delta;
        penalty += 0.5 * tie_precision_ * log_delta * log_delta;
    }
    const double normalisers = orders_.size() == 1 ? evaluate_strict() : evaluate_tied(gradient);
    if (orders_.size() == 1) {
        for (std::size_t i = 0; i < contenders_; ++i) {
            gradient[i] = strength_[i] * shares_[i].expected;
            diagonal_[i] = gradient[i] - strength_[i] * strength_[i] * shares_[i].squared;
        }
    }
    for (std::size_t p = 0; p < parameters(); ++p) {
        const double precision = p < contenders_ ? theta_precision_ : tie_precision_;
        gradient[p] += precision * x[p] - linear_[p];
        diagonal_[p] = std::max(diagonal_[p], 0.0) + precision;
    }
    log_likelihood_ = linear - normalisers;
    return penalty - log_likelihood_;
}

double Choices::evaluate_strict() {
    std::ranges::fill(shares_, Shares{});
    double total = 0.0;
    for (std::size_t b = 0; b + 1 < begin_.size(); ++b) {
        const double w = weight(b);
        const std::size_t choices = strict_[b];
        if (choices == 0 || w == 0.0) continue;
        const std::size_t m = begin_[b + 1] - begin_[b];
        const std::uint32_t* option = &option_[begin_[b]];
        double* curve = &curve_[begin_[b]];
        double z = 0.0;
        for (std::size_t k = m; k-- > choices;) z += strength_[option[k]];
        double logs = 0.0, product = 1.0;
        for (std::size_t k = choices; k-- > 0;) {
            z += strength_[option[k]];
            curve[k] = z;
            product *= z;
            if (product < 1e-200 || product > 1e200) {
                logs += std::log(product);
                product = 1.0;
            }
        }
        total += w * (logs + std::log(product));
        double expected = 0.0, squared = 0.0;
        for (std::size_t k = 0; k < choices; ++k) {
            const double inverse = 1.0 / curve[k];
            const double share = w * inverse;
            curve[k] = share * inverse;
            expected += share;
            squared += curve[k];
            shares_[option[k]].expected += expected;
            shares_[option[k]].squared += squared;
        }
        for (std::size_t k = choices; k < m; ++k) {
            shares_[option[k]].expected += expected;
            shares_[option[k]].squared += squared;
        }
    }
    return total;
}

double Choices::evaluate_tied(std::span<double> gradient) {
    const std::size_t t = orders_.size();
    std::ranges::fill(gradient, 0.0);
    std::ranges::fill(diagonal_, 0.0);
    Expectation<double> expectation(orders_, delta_);
    std::vector<double> of_option, of_order;
    double total = 0.0;
    for (std::size_t b = 0; b + 1 < begin_.size(); ++b) {
        const double w = weight(b);
        const std::size_t m = begin_[b + 1] - begin_[b];
        if (m < 2 || w == 0.0) continue;
        const std::uint32_t* option = &option_[begin_[b]];
        const auto strength = [&](std::size_t o, std::size_t k) {
            return strength_[o * contenders_ + option[k]];
        };
        total += w * expectation(level_.subspan(begin_[b], m), last_place_unordered_, strength,
                                 of_option, of_order);
        for (std::size_t k = 0; k < m; ++k) gradient[option[k]] += w * of_option[k];
        double choices = of_order[0];
        for (std::size_t o = 1; o < t; ++o) choices += of_order[o];
        for (std::size_t o = 1; o < t; ++o) {
            gradient[contenders_ + o - 1] += w * of_order[o];
            // As if a tie were as likely at each choice of the ballot.
            diagonal_[contenders_ + o - 1] +=
                choices > 0.0 ? w * of_order[o] * (1.0 - of_order[o] / choices) : 0.0;
        }
    }
    for (std::size_t i = 0; i < contenders_; ++i) diagonal_[i] = 0.7 * gradient[i];
    return total;
}

void Choices::times_hessian(std::span<const double> v, std::span<double> out) {
    std::ranges::fill(out, 0.0);
    if (orders_.size() == 1) {
        for (std::size_t i = 0; i < contenders_; ++i) scratch_[i] = strength_[i] * v[i];
        for (std::size_t b = 0; b + 1 < begin_.size(); ++b) {
            const std::size_t choices = strict_[b];
            if (choices == 0 || weight(b) == 0.0) continue;
            const std::size_t m = begin_[b + 1] - begin_[b];
            const std::uint32_t* option = &option_[begin_[b]];
            const double* curve = &curve_[begin_[b]];
            // From the back, so that a weak tail is summed among its like.
            double all = 0.0;
            for (std::size_t k = m; k-- > choices;) all += scratch_[option[k]];
            for (std::size_t k = choices; k-- > 0;) {
                all += scratch_[option[k]];
                tail_[k] = all * curve[k];
            }
            double sum = 0.0;
            for (std::size_t k = 0; k < choices; ++k) {
                sum += tail_[k];
                out[option[k]] -= sum;
            }
            for (std::size_t k = choices; k < m; ++k) out[option[k]] -= sum;
        }
        for (std::size_t i = 0; i < contenders_; ++i) {
            out[i] = strength_[i] * (out[i] + v[i] * shares_[i].expected);
        }
    } else {
        const std::size_t t = orders_.size();
        std::vector<Dual> delta(t);
        for (std::size_t o = 0; o < t; ++o) {
            delta[o] = {delta_[o], o == 0 ? 0.0 : delta_[o] * v[contenders_ + o - 1]};
        }
        Expectation<Dual> expectation(orders_, std::move(delta));
        std::vector<Dual> of_option, of_order;
        for (std::size_t b = 0; b + 1 < begin_.size(); ++b) {
            const double w = weight(b);
            const std::size_t m = begin_[b + 1] - begin_[b];
            if (m < 2 || w == 0.0) continue;
            const std::uint32_t* option = &option_[begin_[b]];
            const auto strength = [&](std::size_t o, std::size_t k) {
                const double s = strength_[o * contenders_ + option[k]];
                return Dual{s, s * v[option[k]] / orders_[o]};
            };
            expectation(level_.subspan(begin_[b], m), last_place_unordered_, strength, of_option,
                        of_order);
            for (std::size_t k = 0; k < m; ++k) out[option[k]] += w * of_option[k].t;
            for (std::size_t o = 1; o < t; ++o) out[contenders_ + o - 1] += w * of_order[o].t;
        }
    }
    for (std::size_t p = 0; p < parameters(); ++p) {
        out[p] += (p < contenders_ ? theta_precision_ : tie_precision_) * v[p];
    }
}

void Choices::precondition(std::span<const double> r, std::span<double> out) {
    for (std::size_t p = 0; p < parameters(); ++p) {
        out[p] = r[p] / std::max(diagonal_[p], 1e-10);
    }
}

void Choices::local_score(std::size_t ballot, std::vector<double>& score) const {
    const std::size_t t = orders_.size();
    const std::size_t m = begin_[ballot + 1] - begin_[ballot];
    const std::uint32_t* option = &option_[begin_[ballot]];
    const auto level = level_.subspan(begin_[ballot], m);
    Expectation<double> expectation(orders_, delta_);
    std::vector<double> of_option, of_order;
    expectation(
        level, last_place_unordered_,
        [&](std::size_t o, std::size_t k) { return strength_[o * contenders_ + option[k]]; },
        of_option, of_order);
    score.assign(m + t - 1, 0.0);
    const double w = weight(ballot);
    for (std::size_t k = 0; k < m; ++k) score[k] = -w * of_option[k];
    for (std::size_t o = 1; o < t; ++o) score[m + o - 1] = -w * of_order[o];
    each_place(level, last_place_unordered_, [&](const Places& place) {
        if (!place.choice) return;
        for (std::size_t k = place.first; k < place.first + place.size; ++k) {
            score[k] += w / static_cast<double>(place.size);
        }
        const auto at = std::ranges::lower_bound(orders_, place.size) - orders_.begin();
        if (at > 0) score[m + static_cast<std::size_t>(at) - 1] += w;
    });
}

void Choices::local_information(std::size_t ballot, std::vector<double>& information) const {
    const std::size_t t = orders_.size();
    const std::size_t m = begin_[ballot + 1] - begin_[ballot];
    const std::uint32_t* option = &option_[begin_[ballot]];
    const auto level = level_.subspan(begin_[ballot], m);
    const std::size_t p = m + t - 1;
    information.assign(p * p, 0.0);
    const double w = weight(ballot);
    if (t == 1) {
        const std::size_t choices = strict_[ballot];
        const double* curve = &curve_[begin_[ballot]];
        // Rows k and l share the choices up to the earlier of the two.
        double expected = 0.0, squared = 0.0;
        for (std::size_t k = 0; k < m; ++k) {
            if (k < choices) {
                expected += std::sqrt(w * curve[k]);  // weight / normaliser
                squared += curve[k];
            }
            const double one = strength_[option[k]];
            information[k * p + k] = one * expected - one * one * squared;
            for (std::size_t l = k + 1; l < m; ++l) {
                information[k * p + l] = information[l * p + k] =
                    -one * strength_[option[l]] * squared;
            }
        }
        return;
    }
    std::vector<Dual> of_option, of_order;
    for (std::size_t along = 0; along < p; ++along) {
        std::vector<Dual> delta(t);
        for (std::size_t o = 0; o < t; ++o) {
            delta[o] = {delta_[o], o > 0 && along == m + o - 1 ? delta_[o] : 0.0};
        }
        Expectation<Dual> expectation(orders_, std::move(delta));
        const auto strength = [&](std::size_t o, std::size_t k) {
            const double s = strength_[o * contenders_ + option[k]];
            return Dual{s, k == along ? s / orders_[o] : 0.0};
        };
        expectation(level, last_place_unordered_, strength, of_option, of_order);
        for (std::size_t k = 0; k < m; ++k) information[along * p + k] = w * of_option[k].t;
        for (std::size_t o = 1; o < t; ++o) information[along * p + m + o - 1] = w * of_order[o].t;
    }
}

}  // namespace edgewise::estimate
