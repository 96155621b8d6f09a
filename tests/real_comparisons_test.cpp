// Strengths on real comparisons: figures that were measured by other programs.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/estimate/comparisons/standings.hpp"
#include "edgewise/estimate/comparisons/strength_errors.hpp"
#include "edgewise/judgment/import.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::estimate;
using namespace edgewise::test;

namespace {

Contests read(const char* name) {
    const std::string path = shared(name);
    if (path.empty()) return {};
    return contests(import_file(from(path)).table, 0, {}, Job());
}

// The comparisons among the `most` contenders that were compared most often.
Contests among_most_compared(const Contests& all, std::size_t most) {
    std::vector<std::size_t> count(all.contenders(), 0);
    for (std::size_t i = 0; i < all.size(); ++i) {
        ++count[all.first[i]];
        ++count[all.second[i]];
    }
    std::vector<std::uint32_t> order(count.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, std::greater{}, [&](std::uint32_t i) { return count[i]; });
    std::vector<std::uint32_t> number(count.size(), 0xFFFFFFFF);
    Contests out;
    for (std::uint32_t k = 0; k < most; ++k) {
        number[order[k]] = k;
        out.contender.push_back(all.contender[order[k]]);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::uint32_t a = number[all.first[i]], b = number[all.second[i]];
        if (a >= most || b >= most) continue;
        out.first.push_back(a);
        out.second.push_back(b);
        out.outcome.push_back(all.outcome[i]);
        out.rater.push_back(all.rater[i]);
        out.case_.push_back(all.case_[i]);
    }
    return out;
}

BradleyTerryFit fitted(const Contests& contests, const BradleyTerryOptions& options = {}) {
    return fit_bradley_terry(count_pairs(contests, {}, Job()), options, Job(), {},
                             contests.contender);
}

}  // namespace

TEST_SUITE("comparisons on real data") {
    TEST_CASE("rao-kupper beats davidson by 8.3 on twelve models and 4.6 on MT-Bench") {
        const Contests llmfao = read("llmfao/crowd-comparisons.csv");
        if (llmfao.size() > 0) {
            const BradleyTerryFit fit = fitted(among_most_compared(llmfao, 12));
            CHECK(fit.ties == TieModel::rao_kupper);
            CHECK(fit.comparisons == 1020.0);
            CHECK(fit.converged);
            CHECK(fit.log_likelihood_rao_kupper - fit.log_likelihood_davidson ==
                  doctest::Approx(8.3).epsilon(0.01));
            CHECK(fit.tie_parameter == doctest::Approx(2.94).epsilon(0.002));
        }
        const Contests mtbench = read("mtbench_human/comparisons.csv");
        if (mtbench.size() > 0) {
            const BradleyTerryFit fit = fitted(mtbench);
            CHECK(fit.ties == TieModel::rao_kupper);
            CHECK(fit.log_likelihood_rao_kupper ==
                  doctest::Approx(-1532.69522846291).epsilon(1e-9));
            CHECK(fit.log_likelihood_rao_kupper - fit.log_likelihood_davidson ==
                  doctest::Approx(4.6).epsilon(0.01));
            CHECK(fit.tie_parameter == doctest::Approx(1.99).epsilon(0.002));
        }
    }

    TEST_CASE("errors clustered by prompt are wider than those of single comparisons") {
        // Measured elsewhere: 1.66 times on LLMFAO (0.186 against 0.112, ties as half a win).
        const Contests llmfao = read("llmfao/crowd-comparisons.csv");
        if (llmfao.size() == 0) return;
        const BradleyTerryOptions options{.ties = TieModel::half};
        const PairCounts pairs = count_pairs(llmfao, {}, Job());
        const BradleyTerryFit fit = fitted(llmfao, options);
        CHECK(fit.theta.size() == 59);
        CHECK(fit.converged);
        CHECK(fit.components == 1);
        CHECK_FALSE(fit.prior_was_needed);
        const double by_prompt = quantile(
            covariance(llmfao, pairs, fit, options, estimate::ErrorKind::sandwich_case, Job()).se,
            0.5);
        // Not fisher's, which takes half wins for coins and makes ties wider than they are.
        const StrengthDraws draws =
            bootstrap(llmfao, fit, options, Resample::comparison, 200, 1, Job());
        std::vector<double> se(fit.theta.size(), 0.0);
        for (std::size_t i = 0; i < se.size(); ++i) {
            for (std::size_t r = 0; r < draws.replicates; ++r) {
                se[i] += std::pow(draws.theta[r * se.size() + i] - fit.theta[i], 2) / 200.0;
            }
            se[i] = std::sqrt(se[i]);
        }
        CHECK(by_prompt == doctest::Approx(0.186).epsilon(0.01));
        CHECK(quantile(se, 0.5) == doctest::Approx(0.112).epsilon(0.05));
    }

    TEST_CASE("the left-hand answer has an advantage on LLMFAO") {
        const Contests llmfao = read("llmfao/crowd-comparisons.csv");
        if (llmfao.size() == 0) return;
        const BradleyTerryFit without = fitted(llmfao);
        const BradleyTerryFit with = fitted(llmfao, {.position = true});
        CHECK(with.position_fitted);
        CHECK(with.converged);
        MESSAGE("logits for the one shown first: ", with.position, ", log-likelihood up by ",
                with.log_likelihood - without.log_likelihood);
        CHECK(with.log_likelihood > without.log_likelihood);
    }

    TEST_CASE("gpt-4 leads MT-Bench and the two behind it cannot be told apart") {
        const Contests mtbench = read("mtbench_human/comparisons.csv");
        if (mtbench.size() == 0) return;
        const PairCounts pairs = count_pairs(mtbench, {}, Job());
        const BradleyTerryFit fit = fitted(mtbench);
        const Covariance errors =
            covariance(mtbench, pairs, fit, {}, estimate::ErrorKind::sandwich_two_way, Job());
        REQUIRE(errors.defined);
        const StrengthDraws draws = normal_draws(fit.theta, errors, 2'000, 1, Job());
        const auto table = standings(fit.theta, draws.theta, fit.component, 0.9);
        std::map<std::string, Standing> by_name;
        for (std::size_t i = 0; i < table.size(); ++i) by_name[mtbench.contender[i]] = table[i];
        CHECK(by_name["gpt-4"].rank == 1);
        CHECK(by_name["gpt-4"].p_best > 0.9);
        CHECK(by_name["claude-v1"].rank == 2);
        CHECK(by_name["claude-v1"].rank_high == 3);
        CHECK_FALSE(by_name["claude-v1"].apart_from_next);
        CHECK(by_name["llama-13b"].rank_low == 6);
    }
}
