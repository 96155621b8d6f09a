#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "edgewise/base/random.hpp"
#include "edgewise/estimate/comparisons/bradley_terry.hpp"

// Comparisons made by hand or drawn from known strengths, for tests.

namespace edgewise::test {

using Counts = std::vector<std::vector<double>>;

// wins[i][j]: how often i beat j; ties symmetric. Counted with the lower number first.
inline estimate::PairCounts pairs_of(const Counts& wins, const Counts& ties = {}) {
    estimate::PairCounts out;
    out.contenders = static_cast<std::uint32_t>(wins.size());
    for (std::uint32_t i = 0; i < out.contenders; ++i) {
        for (std::uint32_t j = i + 1; j < out.contenders; ++j) {
            const double tied = ties.empty() ? 0.0 : ties[i][j];
            if (wins[i][j] + wins[j][i] + tied == 0.0) continue;
            out.first.push_back(i);
            out.second.push_back(j);
            out.first_wins.push_back(wins[i][j]);
            out.second_wins.push_back(wins[j][i]);
            out.ties.push_back(tied);
            out.both_bad.push_back(0.0);
        }
    }
    return out;
}

struct ContestRecipe {
    std::uint32_t contenders = 8;
    std::uint32_t raters = 20;
    std::uint32_t cases = 10;
    std::size_t comparisons = 600;
    double spread = 1.0;       // standard deviation of strengths
    double kappa = 1.5;        // ties as Rao and Kupper have them; 1: none
    double position = 0.0;     // logits in favour of the one shown first
    double rater_taste = 0.0;  // standard deviation of a rater's own strengths around the common
    double case_taste = 0.0;   // the same of a case
    std::vector<double> theta = {};  // the common strengths; empty: drawn
};

struct DrawnContests {
    estimate::Contests contests;
    std::vector<double> theta;  // mean 0
};

inline DrawnContests drawn_contests(const ContestRecipe& recipe, std::uint64_t seed) {
    DrawnContests out;
    Rng rng(seed, 0);
    const std::size_t n = recipe.contenders;
    double mean = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        out.theta.push_back(recipe.theta.empty() ? recipe.spread * next_normal(rng)
                                                 : recipe.theta[i]);
        mean += out.theta.back() / static_cast<double>(n);
        out.contests.contender.push_back("m" + std::to_string(i));
    }
    for (double& t : out.theta) t -= mean;
    std::vector<double> of_rater(recipe.raters * n), of_case(recipe.cases * n);
    for (double& t : of_rater) t = recipe.rater_taste * next_normal(rng);
    for (double& t : of_case) t = recipe.case_taste * next_normal(rng);
    for (std::size_t k = 0; k < recipe.comparisons; ++k) {
        const auto a = static_cast<std::uint32_t>(rng.next_below(n));
        auto b = static_cast<std::uint32_t>(rng.next_below(n - 1));
        b += b >= a ? 1U : 0U;
        const auto r = static_cast<std::uint32_t>(rng.next_below(recipe.raters));
        const auto c = static_cast<std::uint32_t>(rng.next_below(recipe.cases));
        const double d = out.theta[a] + of_rater[r * n + a] + of_case[c * n + a] - out.theta[b] -
                         of_rater[r * n + b] - of_case[c * n + b] + recipe.position;
        const double wins = 1.0 / (1.0 + recipe.kappa * std::exp(-d));
        const double loses = 1.0 / (1.0 + recipe.kappa * std::exp(d));
        const double u = rng.next_unit();
        out.contests.first.push_back(a);
        out.contests.second.push_back(b);
        out.contests.outcome.push_back(u < wins           ? estimate::Outcome::first
                                       : u < wins + loses ? estimate::Outcome::second
                                                          : estimate::Outcome::tie);
        out.contests.rater.push_back(r);
        out.contests.case_.push_back(c);
    }
    return out;
}

inline double furthest(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
    double most = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double d = std::abs(a[i] - b[i]);
        if (!(d <= most)) most = d;
    }
    return most;
}

}  // namespace edgewise::test
