#include <algorithm>
#include <cmath>
#include <vector>

#include "edgewise/simulate/blueprint.hpp"

namespace edgewise::simulate {
namespace {

constexpr std::size_t kMostOptions = 200;

struct Seen {
    bool ambiguous = false;
    std::vector<float> utility;  // [group][dimension]
    std::vector<double> latent;  // the same
};

std::vector<Seen> sample_options(const Blueprint& blueprint) {
    std::vector<Seen> seen;
    const std::size_t cells =
        blueprint.options().groups.size() * blueprint.options().dimensions.size();
    const std::size_t cases = blueprint.cases();
    const std::size_t step = (cases + kMostOptions - 1) / kMostOptions;
    DrawnCase drawn;
    for (std::size_t c = 0; c < cases; c += step) {
        blueprint.draw_truth(c, drawn);
        for (std::size_t o = 0; o < drawn.options && seen.size() < kMostOptions; ++o) {
            const auto from = static_cast<std::ptrdiff_t>(o * cells);
            const auto to = static_cast<std::ptrdiff_t>((o + 1) * cells);
            seen.push_back({.ambiguous = drawn.ambiguous,
                            .utility = {drawn.utility.begin() + from, drawn.utility.begin() + to},
                            .latent = {drawn.latent.begin() + from, drawn.latent.begin() + to}});
        }
    }
    return seen;
}

// Unbiased; 0 for fewer than two values.
double variance(const std::vector<double>& values) {
    if (values.size() < 2) return 0.0;
    double mean = 0.0;
    for (const double value : values) mean += value / static_cast<double>(values.size());
    double sum = 0.0;
    for (const double value : values) sum += (value - mean) * (value - mean);
    return sum / static_cast<double>(values.size() - 1);
}

// Variance over raters of a rater's mean answer to all options: the covariance of two answers of
// one rater, averaged over pairs of options.
double rater_variance(const Blueprint& blueprint, const std::vector<Seen>& seen, std::size_t d) {
    const WorldOptions& options = blueprint.options();
    if (options.severity_sd == 0.0) return 0.0;
    constexpr int kPoints = 33;
    double weights = 0.0;
    double first = 0.0;
    double second = 0.0;
    for (int i = 0; i < kPoints; ++i) {
        const double z = -4.0 + 8.0 * i / (kPoints - 1);
        const double weight = std::exp(-0.5 * z * z);
        double mean = 0.0;
        for (const Seen& option : seen) {
            const double extra = option.ambiguous ? options.ambiguous.extra_sd : 0.0;
            const double sd = std::sqrt(options.residual_sd * options.residual_sd + extra * extra);
            mean += mean_answer(blueprint.link(false).scale(),
                                option.latent[d] - z * options.severity_sd, sd);
        }
        mean /= static_cast<double>(seen.size());
        weights += weight;
        first += weight * mean;
        second += weight * mean * mean;
    }
    first /= weights;
    return std::max(0.0, second / weights - first * first);
}

}  // namespace

std::vector<TrueComponents> true_components(const Blueprint& blueprint) {
    const std::size_t groups = blueprint.options().groups.size();
    const std::size_t dimensions = blueprint.options().dimensions.size();
    const std::vector<Seen> seen = sample_options(blueprint);
    std::vector<TrueComponents> components(dimensions);
    for (std::size_t d = 0; d < dimensions; ++d) {
        std::vector<double> item_means;
        double between_groups = 0.0;
        double within = 0.0;
        for (const Seen& option : seen) {
            std::vector<double> cells;
            for (std::size_t g = 0; g < groups; ++g) {
                const std::size_t i = g * dimensions + d;
                cells.push_back(static_cast<double>(option.utility[i]));
                const Link& link = blueprint.link(option.ambiguous);
                within += variance_of_answer(link.scale(), option.latent[i], link.sd());
            }
            double mean = 0.0;
            for (const double cell : cells) mean += cell / static_cast<double>(groups);
            item_means.push_back(mean);
            between_groups += variance(cells);
        }
        const auto count = static_cast<double>(seen.size());
        const auto of_groups = static_cast<double>(groups);
        TrueComponents& out = components[d];
        out.item_by_group = between_groups / count;
        out.item = std::max(0.0, variance(item_means) - out.item_by_group / of_groups);
        out.rater = rater_variance(blueprint, seen, d);
        out.residual = std::max(0.0, within / (count * of_groups) - out.rater);
    }
    return components;
}

}  // namespace edgewise::simulate
