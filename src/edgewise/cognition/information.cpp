#include "edgewise/cognition/information.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "edgewise/base/distributions.hpp"
#include "edgewise/base/divergence.hpp"
#include "edgewise/base/require.hpp"

namespace edgewise::cognition {

UncertaintySplit dirichlet_split(std::span<const double> alpha) {
    require(!alpha.empty(), "alpha", "at least one category");
    double total = 0.0;
    for (const double a : alpha) {
        require(std::isfinite(a) && a > 0.0, "alpha", "positive, finite numbers");
        total += a;
    }
    UncertaintySplit out;
    out.total = entropy(alpha);
    const double whole = digamma(total + 1.0);
    for (const double a : alpha) out.aleatoric += a / total * (whole - digamma(a + 1.0));
    out.aleatoric = std::clamp(out.aleatoric, 0.0, out.total);
    out.epistemic = out.total - out.aleatoric;
    return out;
}

UncertaintySplit beta_split(double a, double b) { return dirichlet_split(std::array{a, b}); }

UncertaintySplit draws_split(std::span<const double> draws, std::size_t categories) {
    require(categories > 0 && !draws.empty() && draws.size() % categories == 0, "draws",
            "rows of `categories` numbers each, at least one");
    const std::vector<double> equal(draws.size() / categories, 1.0);
    const EntropySplit split = entropy_split(equal, draws);
    return {.total = split.pooled, .aleatoric = split.within, .epistemic = split.between};
}

}  // namespace edgewise::cognition
