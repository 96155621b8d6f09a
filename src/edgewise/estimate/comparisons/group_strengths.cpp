#include "edgewise/estimate/comparisons/group_strengths.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/require.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/comparisons/group_cells.hpp"
#include "edgewise/estimate/comparisons/group_laplace.hpp"
#include "edgewise/estimate/comparisons/group_model.hpp"
#include "edgewise/estimate/comparisons/group_shuffle.hpp"
#include "edgewise/estimate/comparisons/group_utilities.hpp"
#include "edgewise/estimate/plausible.hpp"

namespace edgewise::estimate {
namespace {

using judgment::kNoGroup;

// Deviations of a hundredth of a logit change no probability by more than a quarter of a percent.
constexpr double kLeastTau = 0.01;
constexpr double kMostTau = 10.0;
constexpr std::size_t kNodes = 7;
constexpr double kSmall = 1e8;       // groups x contenders^3 for whole covariances
constexpr double kSureFrom = 200.0;  // deviations known: tau is known to some 5 %

PairKernel kernel_of(const BradleyTerryFit& fit) {
    if (fit.ties == TieModel::davidson && fit.tie_parameter > 0.0) return PairKernel::davidson;
    if (fit.ties == TieModel::rao_kupper && fit.tie_parameter > 1.0) return PairKernel::rao_kupper;
    return PairKernel::plain;
}

PairCounts as_pairs(const GroupCells& pooled) {
    return {.contenders = pooled.contenders,
            .first = pooled.first,
            .second = pooled.second,
            .first_wins = pooled.wins,
            .second_wins = pooled.losses,
            .ties = pooled.ties,
            .both_bad = std::vector<double>(pooled.size(), 0.0)};
}

// The mode at one tau and the curvature there.
struct Mode {
    double tau = 0.0;
    std::vector<double> x;
    NewtonOutcome newton;
    double log_likelihood = 0.0;
    double evidence = 0.0;
    double squares = 0.0;  // sum of deviations squared
    Curvature curvature;
};

class Solver {
public:
    Solver(const GroupCells& cells, PairKernel kernel, const BradleyTerryFit& pooled,
           const GroupStrengthOptions& options, const Job& job)
        : cells_(cells),
          pooled_(pooled),
          options_(options),
          job_(job),
          model_(cells, kernel, 1.0, pooled.precision, pooled.further_precision),
          diagonal_(cubes() > options.exact_limit),
          small_(cubes() <= kSmall) {
        for (std::size_t b = 0; b <= cells.groups; ++b) {
            x_.insert(x_.end(), pooled.theta.begin(), pooled.theta.end());
        }
        if (kernel == PairKernel::davidson || kernel == PairKernel::rao_kupper) {
            x_.push_back(std::log(pooled.tie_parameter));
        }
        if (cells.position) x_.push_back(pooled.position);
    }

    bool diagonal() const noexcept { return diagonal_; }
    bool small() const noexcept { return small_; }
    int steps() const noexcept { return steps_; }
    std::span<const double> information() const noexcept { return model_.information(); }

    // From the mode found last.
    Mode at(double tau, Detail detail = Detail::variance) {
        job_.check();
        model_.set_tau(tau);
        Mode out{.tau = tau};
        // Deviations to start from: those found last, scaled as the prior's pull has changed.
        rescale(tau);
        out.newton = newton_cg(model_, x_,
                               {.tolerance = options_.model.tolerance,
                                .most_iterations = options_.model.most_iterations},
                               job_);
        steps_ += out.newton.iterations;
        out.x = x_;
        out.log_likelihood = model_.log_likelihood();
        const std::size_t n = cells_.contenders;
        for (std::size_t k = n; k < model_.strengths(); ++k) {
            out.squares += (x_[k] - x_[k % n]) * (x_[k] - x_[k % n]);
        }
        out.curvature = curvature_at(cells_, model_, tau, pooled_.precision, pooled_.component,
                                     diagonal_, small_ ? detail : Detail::variance);
        out.evidence = out.log_likelihood - model_.penalty() - out.curvature.half_log_determinant;
        last_tau_ = tau;
        return out;
    }

    // The first guess, from the scores and informations of groups at the pooled strengths alone.
    double guess() {
        std::vector<double> gradient(model_.size());
        model_.set_tau(1.0);
        model_.evaluate(x_, gradient);
        const std::size_t n = cells_.contenders;
        pulled_.assign(model_.strengths(), 0.0);
        for (std::size_t k = n; k < model_.strengths(); ++k) pulled_[k] = -gradient[k];
        // Theta was fitted to the same comparisons, which takes one group's worth of scatter.
        const double groups = std::max(1.0, static_cast<double>(cells_.groups));
        return solve(std::max(0.5, (groups - 1.0) / groups));
    }

    // The next tau by the fixed point squares = tau^2 known, both followed along tau as if the
    // curvature had no links between contenders; exact where it has arrived.
    double next(const Mode& mode) {
        const std::size_t n = cells_.contenders;
        const double precision = 1.0 / (mode.tau * mode.tau);
        pulled_.assign(model_.strengths(), 0.0);
        double known = 0.0;
        for (std::size_t k = n; k < model_.strengths(); ++k) {
            const double a = model_.information()[k];
            pulled_[k] = (mode.x[k] - mode.x[k % n]) * (a + precision);
            known += a / (a + precision);
        }
        return solve(known > 0.0 ? mode.curvature.deviations_known / known : 1.0);
    }

private:
    double cubes() const { return (1.0 + cells_.groups) * std::pow(cells_.contenders, 3.0); }

    // Where sum of deviation^2 / tau^2 = share x deviations known, along the diagonal; kLeastTau
    // where the data ask for less.
    double solve(double share) const {
        const std::size_t n = cells_.contenders;
        const auto excess = [&](double tau) {
            const double precision = 1.0 / (tau * tau);
            double squares = 0.0, known = 0.0;
            for (std::size_t k = n; k < model_.strengths(); ++k) {
                const double a = model_.information()[k];
                const double deviation = pulled_[k] / (a + precision);
                squares += deviation * deviation;
                known += a / (a + precision);
            }
            return squares * precision - share * known;
        };
        double low = std::log(kLeastTau), high = std::log(kMostTau);
        if (!(excess(kLeastTau) > 0.0)) return kLeastTau;
        for (int k = 0; k < 40; ++k) {
            const double middle = 0.5 * (low + high);
            (excess(std::exp(middle)) > 0.0 ? low : high) = middle;
        }
        return std::exp(0.5 * (low + high));
    }

    void rescale(double tau) {
        const std::size_t n = cells_.contenders;
        const double precision = 1.0 / (tau * tau);
        for (std::size_t k = n; k < model_.strengths(); ++k) {
            const double a = model_.information()[k];
            if (last_tau_ > 0.0) {
                const double before = 1.0 / (last_tau_ * last_tau_);
                x_[k] = x_[k % n] + (x_[k] - x_[k % n]) * (a + before) / (a + precision);
            } else if (!pulled_.empty()) {
                x_[k] = x_[k % n] + pulled_[k] / (a + precision);
            }
        }
    }

    const GroupCells& cells_;
    const BradleyTerryFit& pooled_;
    const GroupStrengthOptions& options_;
    const Job& job_;
    GroupModel model_;
    std::vector<double> x_, pulled_;
    double last_tau_ = 0.0;
    bool diagonal_, small_;
    int steps_ = 0;
};

struct Best {
    Mode mode;
    std::vector<std::pair<double, Mode>> nodes;  // weight and mode
    bool at_zero = false;
};

Best estimate_tau(Solver& solver, const GroupStrengthOptions& options) {
    Best out;
    if (options.tau) {
        out.mode = solver.at(*options.tau, Detail::covariance);
        out.nodes = {{1.0, out.mode}};
        return out;
    }
    double tau = solver.guess();
    out.mode = solver.at(tau);
    for (int k = 0; k < 50; ++k) {
        const double next = solver.next(out.mode);
        if (std::abs(std::log(next / out.mode.tau)) < 1e-3) break;
        out.mode = solver.at(next);
        if (next == kLeastTau &&
            out.mode.squares <= kLeastTau * kLeastTau * out.mode.curvature.deviations_known) {
            break;
        }
    }
    out.at_zero = out.mode.tau <= kLeastTau;
    if (out.mode.curvature.deviations_known > kSureFrom) {
        if (solver.small()) out.mode = solver.at(out.mode.tau, Detail::covariance);
        out.nodes = {{1.0, out.mode}};
        return out;
    }
    const auto nodes = plausible([&](double sd) { return solver.at(sd).evidence; }, out.mode.tau,
                                 kLeastTau, kMostTau, kNodes);
    for (const Plausible& node : nodes) {
        out.nodes.emplace_back(node.weight, solver.at(node.sd, Detail::covariance));
    }
    return out;
}

// Sums of a mixture's means and squares, entry by entry.
struct Mixture {
    std::vector<double> mean, square;
    explicit Mixture(std::size_t size) : mean(size, 0.0), square(size, 0.0) {}
    void add(std::size_t at, double weight, double value, double sd) {
        mean[at] += weight * value;
        square[at] += weight * (value * value + sd * sd);
    }
    double sd(std::size_t at) const {
        return std::sqrt(std::max(0.0, square[at] - mean[at] * mean[at]));
    }
};

// Fills everything that is said of each group and contender. Block 0 is the centre.
void fill_cells(GroupStrengths& out, const Best& best, PairKernel kernel,
                std::span<const std::uint32_t> n_of, std::span<const double> weight_of,
                std::uint32_t least_cell) {
    const std::size_t n = out.contenders;
    const std::size_t blocks = std::size_t{out.groups} + 1;
    Mixture strength(blocks * n), utility(blocks * n);
    std::vector<double> size(out.components, 0.0);
    for (const std::uint32_t c : out.component) size[c] += 1.0;
    for (const auto& [weight, mode] : best.nodes) {
        const Curvature& curvature = mode.curvature;
        const bool own = curvature.variance.size() == blocks * n;
        ensure(mode.x.size() >= blocks * n, "a mode holds the strengths of every group");
        const double tie = kernel == PairKernel::plain ? 0.0 : std::exp(mode.x[blocks * n]);
        for (std::size_t b = 0; b < blocks; ++b) {
            const std::size_t at = own ? b : 0;
            const auto of = std::span(mode.x).subspan(b * n, n);
            const auto variance = std::span(curvature.variance).subspan(at * n, n);
            const auto covariance =
                curvature.covariance.empty()
                    ? std::span<const double>()
                    : std::span(curvature.covariance).subspan(at * n * n, n * n);
            const Utilities u =
                utilities_of(of, variance, covariance, kernel, tie, out.component, size);
            for (std::size_t i = 0; i < n; ++i) {
                strength.add(b * n + i, weight, of[i], std::sqrt(variance[i]));
                utility.add(b * n + i, weight, u.mean[i], u.sd[i]);
            }
        }
    }
    out.cells.resize(out.groups * n);
    out.pooled.resize(n);
    out.strength.resize(out.groups * n);
    out.sd.resize(out.groups * n);
    out.theta.resize(n);
    out.theta_sd.resize(n);
    for (std::size_t k = 0; k < blocks * n; ++k) {
        Cell& cell = k < n ? out.pooled[k] : out.cells[k - n];
        cell.mean = utility.mean[k];
        cell.sd = utility.sd(k);
        cell.n = n_of[k];
        cell.n_eff = weight_of[k];
        cell.state = cell.n == 0           ? CellState::pooled
                     : cell.n < least_cell ? CellState::insufficient
                                           : CellState::observed;
        if (size[out.component[k % n]] < 2.0) {
            cell = {.mean = 0.5, .sd = std::sqrt(1.0 / 12.0), .state = CellState::insufficient};
        }
        (k < n ? out.theta[k] : out.strength[k - n]) = strength.mean[k];
        (k < n ? out.theta_sd[k] : out.sd[k - n]) = strength.sd(k);
    }
}

// Mean 0 of each component in every block: what the priors alone decide.
void centre(Mode& mode, const GroupStrengths& out) {
    const std::size_t n = out.contenders;
    for (std::size_t b = 0; b <= out.groups; ++b) {
        std::vector<double> sum(out.components, 0.0), count(out.components, 0.0);
        for (std::size_t i = 0; i < n; ++i) {
            sum[out.component[i]] += mode.x[b * n + i];
            count[out.component[i]] += 1.0;
        }
        for (std::size_t i = 0; i < n; ++i) {
            mode.x[b * n + i] -= sum[out.component[i]] / count[out.component[i]];
        }
    }
}

void check(const Contests& contests, const Grouping& grouping,
           const GroupStrengthOptions& options) {
    require(grouping.group.size() == contests.size() && grouping.unit.size() == contests.size(),
            "grouping", "a group and a unit for each comparison");
    require(grouping.groups.size() < kNoGroup, "grouping", "fewer than 65,535 groups");
    require(!options.tau || (std::isfinite(*options.tau) && *options.tau >= 0.0), "tau",
            "a finite number of logits, 0 or more");
    require(options.exact_limit >= 0.0, "exact_limit", "a number, 0 or more");
}

}  // namespace

GroupStrengths group_strengths(const Contests& contests, const Grouping& grouping,
                               const GroupStrengthOptions& options, const Job& job) {
    check(contests, grouping, options);
    GroupStrengths out{.contenders = static_cast<std::uint32_t>(contests.contenders()),
                       .groups = static_cast<std::uint32_t>(grouping.groups.size())};
    CellCounting how{.contenders = out.contenders,
                     .groups = out.groups,
                     .position = options.model.position,
                     .both_bad = options.model.both_bad};
    const auto count = [&] {
        return count_cells(how, contests.first, contests.second, contests.outcome, grouping.group,
                           contests.weight, job);
    };
    GroupCells cells = count();
    GroupCells pooled = pool(cells);
    const BradleyTerryFit fit =
        fit_bradley_terry(as_pairs(pooled), options.model, job, {}, contests.contender);
    if (how.position && !fit.position_fitted) {
        how.position = false;
        cells = count();
        pooled = pool(cells);
    }
    const PairKernel kernel = kernel_of(fit);
    if (kernel == PairKernel::plain) {
        without_ties(cells, fit.ties == TieModel::half);
        without_ties(pooled, fit.ties == TieModel::half);
    }
    out.ties = fit.ties;
    out.prior_sd = fit.prior_sd;
    out.prior_was_needed = fit.prior_was_needed;
    out.component = fit.component;
    out.components = fit.components;
    out.note = fit.note;
    out.log_likelihood_without_groups = fit.log_likelihood;

    // What each group said of whom.
    const std::size_t n = out.contenders;
    std::vector<std::uint32_t> n_of((std::size_t{out.groups} + 1) * n, 0);
    std::vector<double> weight_of(n_of.size(), 0.0);
    std::vector<double> said(out.groups, 0.0);
    for (std::size_t k = 0; k < contests.size(); ++k) {
        const double w = contests.weight.empty() ? 1.0 : double{contests.weight[k]};
        const bool bad = contests.outcome[k] == Outcome::both_bad;
        const bool tie = bad || contests.outcome[k] == Outcome::tie;
        if (w == 0.0 || (bad && options.model.both_bad == BothBad::left_out) ||
            (tie && fit.ties == TieModel::none)) {
            continue;
        }
        const std::uint16_t g = grouping.group[k];
        for (const std::uint32_t i : {contests.first[k], contests.second[k]}) {
            ++n_of[i];
            weight_of[i] += w;
            if (g == kNoGroup) continue;
            ++n_of[(std::size_t{g} + 1) * n + i];
            weight_of[(std::size_t{g} + 1) * n + i] += w;
        }
        out.comparisons += w;
        (g == kNoGroup ? out.ungrouped : said[g]) += w;
    }

    // Without groups: the same model on all together.
    Solver alone(pooled, kernel, fit, options, job);
    Best best;
    best.mode = alone.at(0.0, Detail::covariance);
    out.evidence_without_groups = best.mode.evidence;
    const auto speaking = std::ranges::count_if(said, [](double w) { return w > 0.0; });
    const bool none =
        options.tau ? *options.tau == 0.0 : speaking < 2 || best.mode.curvature.variance.empty();
    if (none) {
        const std::vector<double> theta(best.mode.x.begin(),
                                        best.mode.x.begin() + static_cast<std::ptrdiff_t>(n));
        for (std::uint32_t g = 0; g < out.groups; ++g) {
            best.mode.x.insert(best.mode.x.begin() + static_cast<std::ptrdiff_t>(n), theta.begin(),
                               theta.end());
        }
        out.iterations = alone.steps();
        out.method = "no deviations";
        out.tau_at_zero = !options.tau;
        centre(best.mode, out);
        best.nodes = {{1.0, best.mode}};
    } else {
        Solver solver(cells, kernel, fit, options, job);
        best = estimate_tau(solver, options);
        for (auto& [weight, mode] : best.nodes) centre(mode, out);
        out.iterations = solver.steps();
        out.tau_at_zero = best.at_zero;
        out.method =
            fmt::format("{}{}", options.tau ? "given" : "Laplace evidence",
                        solver.diagonal() ? ", curvature between contenders left out" : "");
        if (best.nodes.size() > 1) out.method += ", tau averaged over what is plausible";
        out.deviations_known = best.mode.curvature.deviations_known;
        if (!options.tau) {
            double top = best.mode.evidence;
            for (const auto& node : best.nodes) top = std::max(top, node.second.evidence);
            const double ratio = 2.0 * (top - out.evidence_without_groups);
            if (!best.at_zero && ratio > 0.0) out.p_value = 0.5 * chi_squared_sf(ratio, 1.0);
        }
    }
    out.tau = best.mode.tau;
    out.log_likelihood = best.mode.log_likelihood;
    out.evidence = best.mode.evidence;
    out.gradient_norm = best.mode.newton.gradient_norm;
    out.converged = best.mode.newton.converged && fit.converged;
    std::size_t further = (std::size_t{out.groups} + 1) * n;
    out.tie_parameter = fit.tie_parameter;
    if (kernel != PairKernel::plain) out.tie_parameter = std::exp(best.mode.x[further++]);
    if (cells.position) out.position = best.mode.x[further];
    fill_cells(out, best, kernel, n_of, weight_of, options.least_cell);
    if (options.permutations > 0 && speaking >= 2) {
        out.permutation_p = shuffle_p(contests, grouping, fit, kernel, options.model,
                                      options.permutations, options.seed, job);
    }
    if (!out.converged) {
        out.note += fmt::format("{}The fit did not converge: the gradient is {:.2g}.",
                                out.note.empty() ? "" : " ", out.gradient_norm);
    }
    return out;
}

}  // namespace edgewise::estimate
