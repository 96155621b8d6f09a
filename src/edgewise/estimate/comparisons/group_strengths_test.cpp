#include "edgewise/estimate/comparisons/group_strengths.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "edgewise/base/error.hpp"
#include "edgewise/base/random.hpp"
#include "edgewise/estimate/comparisons/group_cells.hpp"
#include "edgewise/estimate/comparisons/group_model.hpp"

// Laws: tau 0 is Bradley-Terry on all together; one group is Bradley-Terry; renaming groups renames
// their cells; a group that said nothing has the centre's strengths; more of a group's own
// comparisons move it from the centre to its own.

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

struct World {
    Contests contests;
    Grouping grouping;
};

struct Recipe {
    std::size_t contenders = 8;
    std::size_t groups = 3;
    std::size_t comparisons = 3000;
    std::size_t raters = 90;
    double tau = 0.6;
    double nu = 0.0;
    double position = 0.0;
    std::uint64_t seed = 1;
};

World make(const Recipe& r) {
    Rng rng(r.seed, 0);
    World out;
    std::vector<double> theta(r.contenders), strength;
    for (std::size_t i = 0; i < r.contenders; ++i) {
        out.contests.contender.push_back("c" + std::to_string(i));
        theta[i] = next_normal(rng);
    }
    for (std::size_t g = 0; g < r.groups; ++g) {
        out.grouping.groups.push_back("g" + std::to_string(g));
        for (const double t : theta) strength.push_back(t + r.tau * next_normal(rng));
    }
    for (std::size_t k = 0; k < r.comparisons; ++k) {
        const auto rater = static_cast<Id>(rng.next_below(r.raters));
        const std::size_t g = rater % r.groups;
        const std::size_t i = rng.next_below(r.contenders);
        const std::size_t j = (i + 1 + rng.next_below(r.contenders - 1)) % r.contenders;
        const double d =
            strength[g * r.contenders + i] - strength[g * r.contenders + j] + r.position;
        const PairChances p = chances(PairKernel::davidson, d, r.nu);
        const double u = rng.next_unit();
        out.contests.first.push_back(static_cast<std::uint32_t>(i));
        out.contests.second.push_back(static_cast<std::uint32_t>(j));
        out.contests.outcome.push_back(u < p.first           ? Outcome::first
                                       : u < p.first + p.tie ? Outcome::tie
                                                             : Outcome::second);
        out.contests.rater.push_back(rater);
        out.contests.case_.push_back(static_cast<Id>(k % 40));
        out.grouping.group.push_back(static_cast<std::uint16_t>(g));
        out.grouping.unit.push_back(rater);
    }
    return out;
}

double apart(std::span<const double> a, std::span<const double> b) {
    REQUIRE(a.size() == b.size());
    double most = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
    return most;
}

BradleyTerryFit plain(const World& w, const BradleyTerryOptions& options = {}) {
    return fit_bradley_terry(count_pairs(w.contests, {}, Job{}), options, Job{});
}

std::span<const double> group(const GroupStrengths& s, std::size_t g) {
    return std::span(s.strength).subspan(g * s.contenders, s.contenders);
}

}  // namespace

TEST_SUITE("estimate/comparisons/group_strengths") {
    TEST_CASE("gradient and Hessian are the slopes of the likelihood for every tie model") {
        const World w = make({.contenders = 5, .comparisons = 300, .nu = 0.8, .position = 0.3});
        for (const PairKernel kernel :
             {PairKernel::plain, PairKernel::davidson, PairKernel::rao_kupper}) {
            for (const bool position : {false, true}) {
                Grouping grouping = w.grouping;
                for (std::size_t k = 0; k < 50; ++k) grouping.group[k] = judgment::kNoGroup;
                GroupCells cells = count_cells({.contenders = 5, .groups = 3, .position = position},
                                               w.contests.first, w.contests.second,
                                               w.contests.outcome, grouping.group, {}, Job{});
                if (kernel == PairKernel::plain) without_ties(cells, true);
                const std::vector<double> precision(5, 0.3);
                GroupModel model(cells, kernel, 0.7, precision, 0.2);
                const std::size_t p = model.size();
                CHECK(p == 20 + (kernel == PairKernel::plain ? 0U : 1U) + (position ? 1U : 0U));
                std::vector<double> x(p), v(p), g(p), up(p), down(p), h(p), y;
                Rng rng(3, 0);
                for (double& one : x) one = rng.next_unit() - 0.3;
                x[std::min<std::size_t>(20, p - 1)] = 0.6;
                for (double& one : v) one = rng.next_unit() - 0.5;
                for (std::size_t i = 0; i < p; ++i) {
                    y = x;
                    y[i] += 1e-5;
                    const double above = model.evaluate(y, up);
                    y[i] -= 2e-5;
                    const double below = model.evaluate(y, down);
                    model.evaluate(x, g);
                    CHECK(g[i] == doctest::Approx((above - below) / 2e-5).epsilon(1e-5));
                }
                y = x;
                for (std::size_t i = 0; i < p; ++i) y[i] += 1e-5 * v[i];
                model.evaluate(y, up);
                for (std::size_t i = 0; i < p; ++i) y[i] -= 2e-5 * v[i];
                model.evaluate(y, down);
                model.evaluate(x, g);
                model.times_hessian(v, h);
                for (std::size_t i = 0; i < p; ++i) {
                    CHECK(h[i] == doctest::Approx((up[i] - down[i]) / 2e-5).epsilon(1e-4));
                }
            }
        }
    }

    TEST_CASE("without deviations every group has the strengths of Bradley-Terry on all") {
        for (const double nu : {0.0, 0.9}) {
            for (const bool position : {false, true}) {
                const World w = make({.nu = nu, .position = position ? 0.4 : 0.0});
                GroupStrengthOptions options{.model = {.position = position}, .tau = 0.0};
                const BradleyTerryFit all = plain(w, options.model);
                const GroupStrengths none = group_strengths(w.contests, w.grouping, options, Job{});
                options.tau = 1e-4;
                const GroupStrengths little =
                    group_strengths(w.contests, w.grouping, options, Job{});
                CHECK(none.converged);
                CHECK(little.converged);
                CHECK(little.gradient_norm <= 1e-7);
                CHECK(none.ties == all.ties);
                CHECK(none.tie_parameter == doctest::Approx(all.tie_parameter).epsilon(1e-6));
                CHECK(none.position == doctest::Approx(all.position).epsilon(1e-6));
                CHECK(none.log_likelihood == doctest::Approx(all.log_likelihood).epsilon(1e-9));
                CHECK(little.evidence == doctest::Approx(none.evidence).epsilon(1e-6));
                for (std::size_t g = 0; g < 3; ++g) {
                    CHECK(apart(group(none, g), all.theta) < 1e-7);
                    CHECK(apart(group(little, g), all.theta) < 1e-4);
                }
                const std::vector<double> expected = utilities(all, all.theta);
                for (std::size_t i = 0; i < 8; ++i) {
                    CHECK(none.cell(1, i).mean == doctest::Approx(expected[i]).epsilon(1e-6));
                    CHECK(none.pooled[i].sd > 0.0);
                }
            }
        }
    }

    TEST_CASE("one group has the strengths of Bradley-Terry, also under a prior") {
        const World w = make({.groups = 1});
        const GroupStrengths one = group_strengths(w.contests, w.grouping, {}, Job{});
        CHECK(one.tau == 0.0);
        CHECK(one.p_value == 1.0);
        CHECK(apart(group(one, 0), plain(w).theta) < 1e-7);
        // theta of variance 0.64 and deviations of variance 0.36 are strengths of variance 1.
        const GroupStrengths prior = group_strengths(
            w.contests, w.grouping, {.model = {.prior_sd = 0.8}, .tau = 0.6}, Job{});
        CHECK(prior.converged);
        CHECK(apart(group(prior, 0), plain(w, {.prior_sd = 1.0}).theta) < 1e-6);
    }

    TEST_CASE("posterior errors are those of Fisher's information without deviations") {
        const World w = make({.groups = 1});
        const PairCounts pairs = count_pairs(w.contests, {}, Job{});
        const GroupStrengths one = group_strengths(w.contests, w.grouping, {}, Job{});
        // The information of three thousand comparisons, inverted by its own series: the diagonal
        // of a Laplacian's inverse, from solving against each unit vector less its mean.
        const BradleyTerryFit fit = plain(w);
        const std::size_t n = 8;
        std::vector<double> h(n * n, 1.0 / 8.0);
        for (std::size_t k = 0; k < pairs.size(); ++k) {
            const std::size_t i = pairs.first[k], j = pairs.second[k];
            const double count = pairs.first_wins[k] + pairs.second_wins[k];
            const double p = 1.0 / (1.0 + std::exp(fit.theta[j] - fit.theta[i]));
            h[i * n + i] += count * p * (1.0 - p);
            h[j * n + j] += count * p * (1.0 - p);
            h[i * n + j] -= count * p * (1.0 - p);
            h[j * n + i] -= count * p * (1.0 - p);
        }
        for (std::size_t i = 0; i < n; ++i) {
            std::vector<double> x(n, 0.0), r(n, 0.0);
            r[i] = 1.0;
            // Gauss-Seidel.
            for (int sweep = 0; sweep < 2000; ++sweep) {
                for (std::size_t a = 0; a < n; ++a) {
                    double sum = r[a];
                    for (std::size_t b = 0; b < n; ++b) sum -= b == a ? 0.0 : h[a * n + b] * x[b];
                    x[a] = sum / h[a * n + a];
                }
            }
            CHECK(one.theta_sd[i] == doctest::Approx(std::sqrt(x[i] - 1.0 / 8.0)).epsilon(1e-5));
        }
    }

    TEST_CASE("renaming the groups renames their cells") {
        World w = make({.groups = 4, .nu = 0.5, .seed = 5});
        const GroupStrengths before = group_strengths(w.contests, w.grouping, {}, Job{});
        const std::vector<std::uint16_t> to{2, 0, 3, 1};
        for (std::uint16_t& g : w.grouping.group) g = to[g];
        const GroupStrengths after = group_strengths(w.contests, w.grouping, {}, Job{});
        CHECK(before.tau > 0.1);
        CHECK(after.tau == doctest::Approx(before.tau).epsilon(1e-6));
        CHECK(after.evidence == doctest::Approx(before.evidence).epsilon(1e-9));
        for (std::size_t g = 0; g < 4; ++g) {
            for (std::size_t i = 0; i < 8; ++i) {
                CHECK(after.cell(to[g], i).mean ==
                      doctest::Approx(before.cell(g, i).mean).epsilon(1e-6));
                CHECK(after.cell(to[g], i).sd ==
                      doctest::Approx(before.cell(g, i).sd).epsilon(1e-5));
                CHECK(after.cell(to[g], i).n == before.cell(g, i).n);
            }
        }
    }

    TEST_CASE("a group that said nothing is at the centre and less certain than the others") {
        World w = make({});
        w.grouping.groups.emplace_back("silent");
        const GroupStrengths s =
            group_strengths(w.contests, w.grouping, {.least_cell = 100'000}, Job{});
        CHECK(apart(group(s, 3), s.theta) < 1e-6);
        for (std::size_t i = 0; i < 8; ++i) {
            CHECK(s.cell(3, i).state == CellState::pooled);
            CHECK(s.cell(3, i).n == 0);
            CHECK(s.cell(3, i).mean == doctest::Approx(s.pooled[i].mean).epsilon(1e-6));
            CHECK(s.sd[3 * 8 + i] > s.sd[i]);
            CHECK(s.cell(0, i).state == CellState::insufficient);
        }
    }

    TEST_CASE("more comparisons of its own move a group from the centre towards its own") {
        const World w = make({.tau = 0.8, .seed = 9});
        const GroupStrengthOptions options{.tau = 0.4};
        World only = w;
        for (std::size_t k = 0; k < w.contests.size(); ++k) {
            if (w.grouping.group[k] != 0) only.grouping.group[k] = judgment::kNoGroup;
        }
        // Group 0 alone, as it would say by itself.
        World alone = w;
        alone.contests.weight.assign(w.contests.size(), 0.0F);
        for (std::size_t k = 0; k < w.contests.size(); ++k) {
            alone.contests.weight[k] = w.grouping.group[k] == 0 ? 1.0F : 0.0F;
        }
        const std::vector<double> own = plain(alone).theta;
        double before = 1e300;
        for (const float weight : {0.05F, 0.3F, 1.0F, 5.0F, 50.0F}) {
            World more = w;
            more.contests.weight.assign(w.contests.size(), 1.0F);
            for (std::size_t k = 0; k < w.contests.size(); ++k) {
                if (w.grouping.group[k] == 0) more.contests.weight[k] = weight;
            }
            const GroupStrengths s = group_strengths(more.contests, more.grouping, options, Job{});
            double distance = 0.0;
            for (std::size_t i = 0; i < 8; ++i) distance += std::pow(s.strength[i] - own[i], 2);
            CHECK(distance < before);
            before = distance;
        }
        CHECK(before < 1e-2);
    }

    TEST_CASE("tau and the tests see a difference that is there and none that is not") {
        double tau = 0.0;
        int called = 0;
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            const GroupStrengthOptions options{.permutations = 199, .seed = seed};
            const World differ = make({.contenders = 20,
                                       .groups = 5,
                                       .comparisons = 12'000,
                                       .tau = 0.5,
                                       .nu = 0.4,
                                       .seed = seed});
            const GroupStrengths d =
                group_strengths(differ.contests, differ.grouping, options, Job{});
            CHECK(d.p_value < 1e-6);
            CHECK(*d.permutation_p == doctest::Approx(0.005));
            CHECK(d.evidence > d.evidence_without_groups + 20.0);
            CHECK(d.log_likelihood > d.log_likelihood_without_groups);
            tau += d.tau / 5.0;
            const World alike = make({.contenders = 20,
                                      .groups = 5,
                                      .comparisons = 12'000,
                                      .tau = 0.0,
                                      .nu = 0.4,
                                      .seed = seed});
            const GroupStrengths a =
                group_strengths(alike.contests, alike.grouping, options, Job{});
            CHECK(a.tau < 0.15);
            called += a.p_value < 0.02 ? 1 : 0;
            called += *a.permutation_p < 0.02 ? 1 : 0;
        }
        CHECK(tau == doctest::Approx(0.5).epsilon(0.1));
        CHECK(called <= 1);
    }

    TEST_CASE("the diagonal stands in for the curvature where that would be too large") {
        const World w =
            make({.contenders = 30, .groups = 5, .comparisons = 30'000, .tau = 0.5, .seed = 3});
        const GroupStrengths exact = group_strengths(w.contests, w.grouping, {}, Job{});
        const GroupStrengths cut =
            group_strengths(w.contests, w.grouping, {.exact_limit = 0.0}, Job{});
        CHECK(cut.method.find("left out") != std::string::npos);
        CHECK(cut.tau == doctest::Approx(exact.tau).epsilon(0.1));
        for (std::size_t i = 0; i < cut.cells.size(); ++i) {
            CHECK(cut.cells[i].sd == doctest::Approx(exact.cells[i].sd).epsilon(0.15));
        }
    }

    TEST_CASE("degenerate comparisons give finite answers that say what they lack") {
        const auto finite = [](const GroupStrengths& s) {
            for (const Cell& cell : s.cells) {
                if (!std::isfinite(cell.mean) || !std::isfinite(cell.sd)) return false;
                if (cell.mean < 0.0 || cell.mean > 1.0) return false;
            }
            return std::isfinite(s.tau) && std::isfinite(s.evidence) && s.converged;
        };
        World w = make({.comparisons = 1});
        CHECK(finite(group_strengths(w.contests, w.grouping, {}, Job{})));
        w = make({.comparisons = 0});
        CHECK(finite(group_strengths(w.contests, w.grouping, {}, Job{})));
        CHECK(group_strengths(w.contests, w.grouping, {}, Job{}).cell(0, 0).state ==
              CellState::insufficient);
        w = make({.comparisons = 300});
        std::ranges::fill(w.contests.outcome, Outcome::tie);
        CHECK(finite(group_strengths(w.contests, w.grouping, {}, Job{})));
        std::ranges::fill(w.contests.outcome, Outcome::both_bad);
        CHECK(finite(group_strengths(w.contests, w.grouping,
                                     {.model = {.both_bad = BothBad::left_out}}, Job{})));
        // One who always wins.
        w = make({.comparisons = 300});
        for (std::size_t k = 0; k < 300; ++k) {
            if (w.contests.first[k] == 0) w.contests.outcome[k] = Outcome::first;
            if (w.contests.second[k] == 0) w.contests.outcome[k] = Outcome::second;
        }
        const GroupStrengths always = group_strengths(w.contests, w.grouping, {}, Job{});
        CHECK(finite(always));
        CHECK(always.prior_was_needed);
        CHECK(always.note.find("c0 never lost") != std::string::npos);
        // Two groups that met different contenders.
        w = make({.groups = 2, .comparisons = 400});
        for (std::size_t k = 0; k < 400; ++k) {
            const std::uint32_t from = w.grouping.group[k] == 0 ? 0 : 4;
            w.contests.first[k] = from + w.contests.first[k] % 4;
            w.contests.second[k] = from + (w.contests.first[k] + 1) % 4;
        }
        const GroupStrengths two = group_strengths(w.contests, w.grouping, {}, Job{});
        CHECK(finite(two));
        CHECK(two.components == 2);
        CHECK(two.cell(0, 5).state == CellState::pooled);
    }

    TEST_CASE("any number of threads gives the same bits") {
        const World w = make({.nu = 0.3});
        const GroupStrengthOptions options{.permutations = 50};
        const GroupStrengths one = group_strengths(w.contests, w.grouping, options, Job{});
        const GroupStrengths four =
            group_strengths(w.contests, w.grouping, options, Job({}, {}, 4));
        CHECK(one.strength == four.strength);
        CHECK(one.sd == four.sd);
        CHECK(one.permutation_p == four.permutation_p);
    }

    TEST_CASE("options and columns that make no sense are refused by name") {
        World w = make({.comparisons = 50});
        CHECK_THROWS_WITH_AS(group_strengths(w.contests, w.grouping, {.tau = -1.0}, Job{}),
                             doctest::Contains("tau"), Error);
        w.grouping.group.pop_back();
        CHECK_THROWS_WITH_AS(group_strengths(w.contests, w.grouping, {}, Job{}),
                             doctest::Contains("grouping"), Error);
    }
}
