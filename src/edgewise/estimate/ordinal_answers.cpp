#include "edgewise/estimate/ordinal_answers.hpp"

#include <cmath>

#include "edgewise/estimate/ordinal_scale.hpp"

namespace edgewise::estimate {

const FewNodes& few_nodes() noexcept {
    static const FewNodes nodes = [] {
        FewNodes made{};
        double sum = 0.0;
        for (std::size_t k = 0; k < made.z.size(); ++k) {
            made.z[k] = 0.8 * (static_cast<double>(k) - 5.0);
            made.weight[k] = std::exp(-0.5 * made.z[k] * made.z[k]);
            sum += made.weight[k];
        }
        for (double& w : made.weight) w /= sum;
        return made;
    }();
    return nodes;
}

double expected_utility(const std::vector<double>& cuts, std::span<const double> value, double eta,
                        double sd) {
    double u = value.back();
    for (std::size_t c = 0; c < cuts.size(); ++c) {
        u -= (value[c + 1] - value[c]) * mixed_logistic(cuts[c] - eta, sd);
    }
    return u;
}

Answers::Answers(const std::vector<double>& cuts, std::span<const double> value, double severity_sd)
    : columns_(cuts.size() + 1) {
    const double reach = 14.0 + 4.5 * severity_sd;
    from_ = cuts.front() - reach;
    per_ = kSteps / (cuts.back() + reach - from_);
    for (std::size_t k = 0; k <= static_cast<std::size_t>(kSteps); ++k) {
        const double eta = from_ + static_cast<double>(k) / per_;
        double u = value.back();
        for (std::size_t c = 0; c < cuts.size(); ++c) {
            const double below = mixed_logistic(cuts[c] - eta, severity_sd);
            table_.push_back(below);
            u -= (value[c + 1] - value[c]) * below;
        }
        table_.push_back(u);
    }
}

}  // namespace edgewise::estimate
