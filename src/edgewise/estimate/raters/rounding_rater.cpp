#include "edgewise/estimate/raters/rounding_rater.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace edgewise::estimate {
namespace {

constexpr double kSlip = 1e-4;
constexpr double kBiasSd = 2.0;
constexpr double kNoiseMean = -0.5;
constexpr double kNoiseSd = 1.0;

struct Share {
    double p = 0.0;
    double by_bias = 0.0;       // derivative
    double by_log_noise = 0.0;  // derivative
};

// The logistic distribution function and its density, without overflow.
double cdf(double z) noexcept {
    if (z >= 0.0) return 1.0 / (1.0 + std::exp(-z));
    const double e = std::exp(z);
    return e / (1.0 + e);
}

// P(said - truth = apart), apart from slips; the first and last class take everything beyond.
Share share(const RoundingRater& rater, std::size_t truth, std::size_t said,
            std::size_t classes) noexcept {
    const double scale = std::exp(-rater.log_noise);
    const double apart = static_cast<double>(said) - static_cast<double>(truth) - rater.bias;
    Share out;
    double above = 1.0;
    double below = 0.0;
    if (said + 1 < classes) {
        const double z = (apart + 0.5) * scale;
        above = cdf(z);
        const double density = above * (1.0 - above);
        out.by_bias -= density * scale;
        out.by_log_noise -= density * z;
    }
    if (said > 0) {
        const double z = (apart - 0.5) * scale;
        below = cdf(z);
        const double density = below * (1.0 - below);
        out.by_bias += density * scale;
        out.by_log_noise += density * z;
    }
    const double even = kSlip / static_cast<double>(classes);
    out.p = (1.0 - kSlip) * std::max(0.0, above - below) + even;
    out.by_bias *= 1.0 - kSlip;
    out.by_log_noise *= 1.0 - kSlip;
    return out;
}

double objective(const RoundingRater& rater, std::span<const double> counts,
                 std::size_t classes) noexcept {
    double sum = rater.log_prior();
    for (std::size_t said = 0; said < classes; ++said) {
        for (std::size_t truth = 0; truth < classes; ++truth) {
            const double n = counts[said * classes + truth];
            if (n > 0.0) sum += n * std::log(share(rater, truth, said, classes).p);
        }
    }
    return sum;
}

}  // namespace

double RoundingRater::log_prior() const noexcept {
    const double b = bias / kBiasSd;
    const double s = (log_noise - kNoiseMean) / kNoiseSd;
    return -0.5 * (b * b + s * s);
}

void RoundingRater::log_table(std::span<double> table, std::size_t classes) const {
    for (std::size_t said = 0; said < classes; ++said) {
        for (std::size_t truth = 0; truth < classes; ++truth) {
            table[said * classes + truth] = std::log(share(*this, truth, said, classes).p);
        }
    }
}

void RoundingRater::improve(std::span<const double> counts, std::size_t classes) {
    double now = objective(*this, counts, classes);
    for (int step = 0; step < 2; ++step) {
        // Score and information of the prior, then of the answers.
        double score_b = -bias / (kBiasSd * kBiasSd);
        double score_s = -(log_noise - kNoiseMean) / (kNoiseSd * kNoiseSd);
        double bb = 1.0 / (kBiasSd * kBiasSd);
        double ss = 1.0 / (kNoiseSd * kNoiseSd);
        double bs = 0.0;
        for (std::size_t truth = 0; truth < classes; ++truth) {
            double n = 0.0;
            for (std::size_t said = 0; said < classes; ++said) n += counts[said * classes + truth];
            for (std::size_t said = 0; said < classes; ++said) {
                const Share s = share(*this, truth, said, classes);
                const double seen = counts[said * classes + truth] / s.p;
                score_b += seen * s.by_bias;
                score_s += seen * s.by_log_noise;
                bb += n * s.by_bias * s.by_bias / s.p;
                ss += n * s.by_log_noise * s.by_log_noise / s.p;
                bs += n * s.by_bias * s.by_log_noise / s.p;
            }
        }
        const double determinant = bb * ss - bs * bs;
        if (!(determinant > 0.0)) return;
        double move_b = (ss * score_b - bs * score_s) / determinant;
        double move_s = (bb * score_s - bs * score_b) / determinant;
        bool moved = false;
        for (int halving = 0; halving < 25 && !moved; ++halving) {
            RoundingRater next = *this;
            next.bias += move_b;
            next.log_noise = std::clamp(next.log_noise + move_s, -6.0, 6.0);
            const double then = objective(next, counts, classes);
            if (then >= now) {
                moved = true;
                *this = next;
                now = then;
            }
            move_b *= 0.5;
            move_s *= 0.5;
        }
        if (!moved) return;
    }
}

}  // namespace edgewise::estimate
