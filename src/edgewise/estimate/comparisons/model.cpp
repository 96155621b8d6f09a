#include "edgewise/estimate/comparisons/model.hpp"

#include <algorithm>
#include <cmath>

namespace edgewise::estimate::comparisons {

Ties ties_of(TieModel model) noexcept {
    switch (model) {
        case TieModel::none:
            return Ties::dropped;
        case TieModel::half:
            return Ties::halved;
        default:
            return Ties::kept;
    }
}

Kernel kernel_of(TieModel model) noexcept {
    switch (model) {
        case TieModel::davidson:
            return Kernel::davidson;
        case TieModel::rao_kupper:
            return Kernel::rao_kupper;
        default:
            return Kernel::plain;
    }
}

double tie_coordinate(Kernel kernel, double parameter) {
    return kernel == Kernel::plain ? 0.0 : std::log(parameter);
}

double tie_start(Kernel kernel, double share) {
    // Among equals P(tie) is nu / (2 + nu), or (kappa - 1) / (kappa + 1).
    const double s = std::clamp(share, 1e-6, 1.0 - 1e-6);
    return kernel == Kernel::davidson ? std::log(2.0 * s / (1.0 - s))
                                      : std::log((1.0 + s) / (1.0 - s));
}

NewtonOptions newton_options(const BradleyTerryOptions& options, double comparisons) {
    // Weights that add up to less than 1 shrink the gradient with them; more than ten million
    // comparisons leave rounding of their own.
    const double tolerance =
        std::max(options.tolerance * std::min(1.0, comparisons), 1e-14 * comparisons);
    return {.tolerance = tolerance, .most_iterations = options.most_iterations};
}

Estimate fit_model(const PairRows& pairs, Kernel kernel, const Prior& prior, const Start& start,
                   const NewtonOptions& options, bool with_likelihood, const Job& job) {
    double ties = 0.0, total = 0.0;
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        ties += pairs.ties[k];
        total += pairs.wins[k] + pairs.losses[k] + pairs.ties[k];
    }
    Estimate out;
    out.kernel = ties > 0.0 ? kernel : Kernel::plain;
    Objective objective(pairs, out.kernel, prior.precision, prior.further);
    std::vector<double> x(objective.size(), 0.0);
    if (!start.theta.empty()) std::ranges::copy(start.theta, x.begin());
    if (objective.has_tie()) {
        x[objective.tie_at()] = start.has_tie ? start.tie : tie_start(out.kernel, ties / total);
    }
    if (pairs.position) x[objective.position_at()] = start.position;

    out.newton = maximise(objective, std::move(x), options, out.kernel == Kernel::rao_kupper, job);
    const std::vector<double>& found = out.newton.x;
    if (with_likelihood) {
        out.log_likelihood = objective.log_likelihood(found);
        out.penalty = objective.penalty(found);
    }
    if (objective.has_tie()) out.tie = found[objective.tie_at()];
    if (pairs.position) out.position = found[objective.position_at()];
    out.theta = std::move(out.newton.x);
    out.theta.resize(pairs.contenders);
    return out;
}

void centre(std::span<double> theta, std::span<const std::uint32_t> component,
            std::uint32_t components) {
    std::vector<double> sum(components, 0.0), count(components, 0.0);
    for (std::size_t i = 0; i < theta.size(); ++i) {
        sum[component[i]] += theta[i];
        count[component[i]] += 1.0;
    }
    for (std::size_t i = 0; i < theta.size(); ++i) {
        theta[i] -= sum[component[i]] / count[component[i]];
    }
}

}  // namespace edgewise::estimate::comparisons
