#include "edgewise/cognition/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "edgewise/base/require.hpp"

namespace edgewise::cognition {
namespace {

void check(std::span<const double> forecasts, std::span<const std::uint8_t> outcomes) {
    require(!forecasts.empty(), "forecasts", "at least one case");
    require(forecasts.size() == outcomes.size(), "outcomes", "one outcome a forecast");
    for (const double f : forecasts) require(f >= 0.0 && f <= 1.0, "forecasts", "numbers in 0..1");
    for (const auto o : outcomes) require(o <= 1, "outcomes", "0 or 1");
}

std::vector<std::size_t> order_by(std::span<const double> key) {
    std::vector<std::size_t> order(key.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return key[a] < key[b]; });
    return order;
}

double square(double x) { return x * x; }

// 1/n sum_k (mean of the first k).
double area_of(std::span<const double> losses) {
    double summed = 0.0;
    double area = 0.0;
    for (std::size_t k = 0; k < losses.size(); ++k) {
        summed += losses[k];
        area += summed / static_cast<double>(k + 1);
    }
    return area / static_cast<double>(losses.size());
}

}  // namespace

MurphySplit murphy_split(std::span<const double> forecasts,
                         std::span<const std::uint8_t> outcomes) {
    check(forecasts, outcomes);
    const std::vector<std::size_t> order = order_by(forecasts);
    const double n = static_cast<double>(forecasts.size());
    const double base = std::accumulate(outcomes.begin(), outcomes.end(), 0.0) / n;
    MurphySplit out;
    out.n = forecasts.size();
    out.uncertainty = base * (1.0 - base);
    for (std::size_t i = 0; i < order.size();) {
        const double f = forecasts[order[i]];
        double size = 0.0;
        double happened = 0.0;
        for (; i < order.size() && forecasts[order[i]] == f; ++i) {
            size += 1.0;
            happened += outcomes[order[i]];
        }
        const double rate = happened / size;
        out.brier += (happened * square(f - 1.0) + (size - happened) * square(f)) / n;
        out.reliability += size * square(f - rate) / n;
        out.resolution += size * square(rate - base) / n;
        ++out.bins;
    }
    return out;
}

CalibrationError expected_calibration_error(std::span<const double> forecasts,
                                            std::span<const std::uint8_t> outcomes,
                                            std::size_t bins) {
    check(forecasts, outcomes);
    require(bins > 0, "bins", "at least 1");
    struct Bin {
        double size = 0.0;
        double forecast = 0.0;
        double happened = 0.0;
    };
    std::vector<Bin> filled(bins);
    for (std::size_t i = 0; i < forecasts.size(); ++i) {
        const double upper = std::ceil(forecasts[i] * static_cast<double>(bins));
        Bin& bin = filled[static_cast<std::size_t>(std::max(1.0, upper)) - 1];
        bin.size += 1.0;
        bin.forecast += forecasts[i];
        bin.happened += outcomes[i];
    }
    CalibrationError out;
    out.bins = bins;
    out.n = forecasts.size();
    for (const Bin& bin : filled) {
        if (bin.size == 0.0) continue;
        const double gap = std::abs(bin.happened - bin.forecast);
        out.expected += gap / static_cast<double>(out.n);
        out.largest = std::max(out.largest, gap / bin.size);
        ++out.filled;
    }
    return out;
}

Proportion overconfident_wrong(std::span<const double> confidence,
                               std::span<const std::uint8_t> wrong, double threshold) {
    require(confidence.size() == wrong.size(), "wrong", "one mark a case");
    require(!std::isnan(threshold), "threshold", "a number");
    require_finite(confidence, 1, "confidence");
    Proportion out;
    for (std::size_t i = 0; i < wrong.size(); ++i) {
        require(wrong[i] <= 1, "wrong", "0 or 1");
        ++out.of;
        out.count += wrong[i] == 1 && confidence[i] >= threshold;
    }
    return out;
}

SelectiveRisk selective_risk(std::span<const double> confidence, std::span<const double> loss) {
    require(!loss.empty(), "loss", "at least one case");
    require(confidence.size() == loss.size(), "loss", "one loss a confidence");
    for (const double c : confidence) require(!std::isnan(c), "confidence", "numbers");
    for (const double l : loss) require(std::isfinite(l) && l >= 0.0, "loss", "numbers from 0");

    std::vector<std::size_t> order = order_by(confidence);
    std::ranges::reverse(order);
    // Over all orders of tied cases each of them loses, on average, their mean.
    std::vector<double> expected;
    expected.reserve(order.size());
    std::vector<double> tied;
    for (std::size_t i = 0; i < order.size();) {
        const double level = confidence[order[i]];
        tied.clear();
        for (; i < order.size() && confidence[order[i]] == level; ++i) {
            tied.push_back(loss[order[i]]);
        }
        std::ranges::sort(tied);  // so that the sum does not depend on the order of the cases
        const double mean =
            std::accumulate(tied.begin(), tied.end(), 0.0) / static_cast<double>(tied.size());
        expected.insert(expected.end(), tied.size(), mean);
    }
    std::vector<double> best(loss.begin(), loss.end());
    std::ranges::sort(best);

    const double n = static_cast<double>(loss.size());
    SelectiveRisk out;
    out.n = loss.size();
    out.aurc = area_of(expected);
    out.e_aurc = std::max(0.0, out.aurc - area_of(best));
    double summed = 0.0;
    for (const double l : expected) {
        summed += l;
        out.augrc += summed / (n * n);
    }
    out.risk = std::accumulate(best.begin(), best.end(), 0.0) / n;
    return out;
}

}  // namespace edgewise::cognition
