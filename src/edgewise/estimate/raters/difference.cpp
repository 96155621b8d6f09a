#include "edgewise/estimate/raters/difference.hpp"

#include <algorithm>

#include "edgewise/base/require.hpp"

namespace edgewise::estimate {
namespace {

constexpr double kStep = 0.25;
constexpr double kLeft = -18.5;  // phi is below 1e-8 before, so that its square is nothing
constexpr double kRight = 3.7;   // and below 1e-16 behind
constexpr std::size_t kPairByPair = 512;

double phi(double v) noexcept { return std::exp(v - std::exp(v)); }

}  // namespace

RatioGrid::RatioGrid(std::span<const double> levels) {
    double least = 0.0;
    double most = 0.0;
    for (const double x : levels) {
        if (x <= 0.0) continue;
        if (least == 0.0) least = x;
        most = x;
    }
    if (least == 0.0) return;
    first_ = kLeft - std::log(most);
    const double last = kRight - std::log(least);
    nodes_ = static_cast<std::size_t>(std::ceil((last - first_) / kStep)) + 1;
}

void RatioGrid::add(std::vector<double>& g, double x, double times) const {
    const double log_x = std::log(x);
    const double from = std::ceil((kLeft - log_x - first_) / kStep);
    const double to = std::floor((kRight - log_x - first_) / kStep);
    const auto last = std::min(static_cast<std::size_t>(std::max(to, 0.0)), nodes_ - 1);
    for (auto j = static_cast<std::size_t>(std::max(from, 0.0)); j <= last; ++j) {
        g[j] += times * phi(first_ + kStep * static_cast<double>(j) + log_x);
    }
}

double RatioGrid::at(std::span<const double> g, double x) const {
    const double log_x = std::log(x);
    const double from = std::ceil((kLeft - log_x - first_) / kStep);
    const double to = std::floor((kRight - log_x - first_) / kStep);
    const auto last = std::min(static_cast<std::size_t>(std::max(to, 0.0)), nodes_ - 1);
    double sum = 0.0;
    for (auto j = static_cast<std::size_t>(std::max(from, 0.0)); j <= last; ++j) {
        sum += g[j] * phi(first_ + kStep * static_cast<double>(j) + log_x);
    }
    return 4.0 * kStep * sum;
}

double RatioGrid::squares(std::span<const double> g) const {
    double sum = 0.0;
    for (const double each : g) sum += each * each;
    return 4.0 * kStep * sum;
}

Difference::Difference(Metric metric, std::span<const double> levels)
    : metric_(metric), x_(levels.begin(), levels.end()) {
    if (metric == Metric::ratio) {
        require(levels.empty() || levels.front() >= 0.0, "metric",
                "values of at least 0 for the ratio metric");
        if (levels.size() > kPairByPair) grid_.emplace_back(levels);
    } else if (metric == Metric::interval && !x_.empty()) {
        const double centre = x_[x_.size() / 2];  // sums of squares keep their digits
        for (double& x : x_) x -= centre;
    }
}

void Difference::rank(std::span<const double> counts) {
    double before = 0.0;
    for (std::size_t k = 0; k < x_.size(); ++k) {
        x_[k] = before + 0.5 * counts[k];
        before += counts[k];
    }
    for (double& x : x_) x -= 0.5 * before;
}

template <class Answer>
double Difference::spread_of(std::span<const Answer> answers) const {
    double n = 0.0;
    if (metric_ == Metric::nominal) {
        double same = 0.0;  // answers of one level stand together
        double run = 0.0;
        for (std::size_t k = 0; k < answers.size(); ++k) {
            const auto times = static_cast<double>(answers[k].times);
            if (k > 0 && answers[k].code != answers[k - 1].code) {
                same += run * run;
                run = 0.0;
            }
            run += times;
            n += times;
        }
        return n * n - same - run * run;
    }
    if (metric_ != Metric::ratio) {
        double sum = 0.0;
        double squares = 0.0;
        for (const Answer& a : answers) {
            const auto times = static_cast<double>(a.times);
            n += times;
            sum += times * x_[a.code];
            squares += times * x_[a.code] * x_[a.code];
        }
        return 2.0 * std::max(0.0, n * squares - sum * sum);
    }
    if (grid_.empty() || answers.size() <= kPairByPair / 8) {
        double total = 0.0;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            double row = 0.0;
            for (std::size_t j = 0; j < i; ++j) {
                row += static_cast<double>(answers[j].times) *
                       between(answers[i].code, answers[j].code);
            }
            total += 2.0 * static_cast<double>(answers[i].times) * row;
        }
        return total;
    }
    std::vector<double> g(grid_.front().nodes(), 0.0);
    double zeros = 0.0;
    for (const Answer& a : answers) {
        const auto times = static_cast<double>(a.times);
        n += times;
        if (x_[a.code] > 0.0) {
            grid_.front().add(g, x_[a.code], times);
        } else {
            zeros += times;
        }
    }
    return std::max(0.0, n * n - zeros * zeros - grid_.front().squares(g));
}

double Difference::spread(std::span<const Weighted> answers) const { return spread_of(answers); }
double Difference::spread(std::span<const Tally> answers) const { return spread_of(answers); }

double Difference::pull(std::uint32_t code, std::span<const Tally> answers) const noexcept {
    double sum = 0.0;
    for (const Tally& t : answers) sum += static_cast<double>(t.times) * between(code, t.code);
    return sum;
}

std::vector<double> Difference::pulls(std::span<const double> counts) const {
    std::vector<double> out(x_.size(), 0.0);
    double n = 0.0;
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t k = 0; k < x_.size(); ++k) {
        n += counts[k];
        sum += counts[k] * x_[k];
        squares += counts[k] * x_[k] * x_[k];
    }
    if (metric_ == Metric::nominal) {
        for (std::size_t k = 0; k < x_.size(); ++k) out[k] = n - counts[k];
    } else if (metric_ != Metric::ratio) {
        for (std::size_t k = 0; k < x_.size(); ++k) {
            out[k] = n * x_[k] * x_[k] - 2.0 * x_[k] * sum + squares;
        }
    } else if (grid_.empty()) {
        for (std::uint32_t k = 0; k < x_.size(); ++k) {
            for (std::uint32_t j = 0; j < x_.size(); ++j) out[k] += counts[j] * between(k, j);
        }
    } else {
        std::vector<double> g(grid_.front().nodes(), 0.0);
        for (std::size_t k = 0; k < x_.size(); ++k) {
            if (x_[k] > 0.0) grid_.front().add(g, x_[k], counts[k]);
        }
        for (std::size_t k = 0; k < x_.size(); ++k) {
            out[k] = x_[k] > 0.0 ? n - grid_.front().at(g, x_[k]) : n - counts[k];
        }
    }
    return out;
}

}  // namespace edgewise::estimate
