#include "edgewise/structure/support.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "edgewise/structure/pareto.hpp"

namespace edgewise::structure {
namespace {

// The matrix game in which weights (rows, one a dimension) meet rivals (columns): payoff[d][j] =
// s_k[d] - s_j[d]. Scaled to [1, 2] its value is positive, and the rivals' side is the program
//     maximise sum y  subject to  B y <= 1, y >= 0
// which starts feasible at y = 0; the weights are its dual values (von Neumann; Dantzig 1951).
class Game {
public:
    Game(std::size_t dimensions, std::size_t rivals)
        : rows_(dimensions), rivals_(rivals), payoff_(dimensions * rivals) {}

    double& payoff(std::size_t d, std::size_t j) { return payoff_[d * rivals_ + j]; }

    Support solve() {
        const auto [low, high] = std::ranges::minmax(payoff_);
        const double range = high - low;
        require(std::isfinite(range), "scores", "differences that do not overflow");
        std::vector<double> weights(rows_, 1.0 / static_cast<double>(rows_));
        if (range == 0.0) return {.margin = low, .bound = low, .weights = std::move(weights)};
        fill(low, range);
        pivot_to_optimum();

        const std::span<const double> objective = row(rows_);
        double total = 0.0;
        for (std::size_t d = 0; d < rows_; ++d) {
            weights[d] = std::max(0.0, -objective[rivals_ + d]);
            total += weights[d];
        }
        for (double& w : weights) w /= total;
        std::vector<double> mixture(rivals_, 0.0);
        double mass = 0.0;
        for (std::size_t d = 0; d < rows_; ++d) {
            if (basis_[d] >= rivals_) continue;
            mixture[basis_[d]] = std::max(0.0, row(d)[width_ - 1]);
            mass += mixture[basis_[d]];
        }
        for (double& y : mixture) y /= mass;
        return {.margin = least_lead(weights),
                .bound = most_lead(mixture),
                .weights = std::move(weights)};
    }

private:
    std::span<double> row(std::size_t i) { return std::span(table_).subspan(i * width_, width_); }

    // One row a constraint, then the objective; columns: rivals, slacks, right-hand side.
    void fill(double low, double range) {
        width_ = rivals_ + rows_ + 1;
        table_.assign((rows_ + 1) * width_, 0.0);
        basis_.resize(rows_);
        for (std::size_t d = 0; d < rows_; ++d) {
            const auto line = row(d);
            for (std::size_t j = 0; j < rivals_; ++j) {
                line[j] = 1.0 + (payoff(d, j) - low) / range;
            }
            line[rivals_ + d] = 1.0;
            line[width_ - 1] = 1.0;
            basis_[d] = rivals_ + d;
        }
        for (std::size_t j = 0; j < rivals_; ++j) row(rows_)[j] = 1.0;
    }

    // Largest coefficient first, which needs few pivots; after many, smallest index first, which
    // cannot cycle (Bland 1977).
    void pivot_to_optimum() {
        constexpr double kZero = 1e-12;
        const std::size_t patience = 20 * (rows_ + 10);
        const std::size_t limit = patience + 1000 * (rows_ + rivals_ + 10);
        for (std::size_t step = 0;; ++step) {
            ensure(step < limit, "the simplex method for support margins ends");
            const bool bland = step > patience;
            const std::span<const double> objective = row(rows_);
            std::size_t enter = width_;
            for (std::size_t j = 0; j + 1 < width_; ++j) {
                if (objective[j] <= kZero) continue;
                if (enter == width_ || (!bland && objective[j] > objective[enter])) enter = j;
            }
            if (enter == width_) return;
            const std::size_t leave = leaving(enter, kZero);
            // All entries of B are at least 1, so the program is bounded.
            if (leave == rows_) return;
            eliminate(leave, enter);
        }
    }

    std::size_t leaving(std::size_t enter, double zero) {
        std::size_t leave = rows_;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t d = 0; d < rows_; ++d) {
            const auto line = row(d);
            if (line[enter] <= zero) continue;
            const double ratio = line[width_ - 1] / line[enter];
            if (ratio < least || (ratio == least && basis_[d] < basis_[leave])) {
                least = ratio;
                leave = d;
            }
        }
        return leave;
    }

    void eliminate(std::size_t leave, std::size_t enter) {
        const auto pivot = row(leave);
        const double scale = 1.0 / pivot[enter];
        for (double& x : pivot) x *= scale;
        pivot[enter] = 1.0;
        for (std::size_t i = 0; i <= rows_; ++i) {
            const auto line = row(i);
            const double factor = line[enter];
            if (i == leave || factor == 0.0) continue;
            for (std::size_t j = 0; j < width_; ++j) line[j] -= factor * pivot[j];
            line[enter] = 0.0;
        }
        basis_[leave] = enter;
    }

    // min_j w.(s_k - s_j)
    double least_lead(std::span<const double> weights) {
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t j = 0; j < rivals_; ++j) {
            double lead = 0.0;
            for (std::size_t d = 0; d < rows_; ++d) lead += weights[d] * payoff(d, j);
            least = std::min(least, lead);
        }
        return least;
    }

    // max_d of the lead over the mixture of rivals: no weights give more.
    double most_lead(std::span<const double> mixture) {
        double most = -std::numeric_limits<double>::infinity();
        for (std::size_t d = 0; d < rows_; ++d) {
            double lead = 0.0;
            for (std::size_t j = 0; j < rivals_; ++j) lead += mixture[j] * payoff(d, j);
            most = std::max(most, lead);
        }
        return most;
    }

    std::size_t rows_;
    std::size_t rivals_;
    std::size_t width_ = 0;
    std::vector<double> payoff_;
    std::vector<double> table_;
    std::vector<std::size_t> basis_;
};

Support against(const Scores& scores, std::size_t option, std::span<const std::size_t> rivals) {
    if (rivals.empty()) {
        const auto m = scores.dimensions;
        return {.margin = std::numeric_limits<double>::infinity(),
                .bound = std::numeric_limits<double>::infinity(),
                .weights = std::vector<double>(m, 1.0 / static_cast<double>(m))};
    }
    Game game(scores.dimensions, rivals.size());
    for (std::size_t d = 0; d < scores.dimensions; ++d) {
        for (std::size_t j = 0; j < rivals.size(); ++j) {
            game.payoff(d, j) = scores.at(option, d) - scores.at(rivals[j], d);
        }
    }
    return game.solve();
}

Support support_checked(const Scores& scores, std::size_t option) {
    std::vector<std::size_t> rivals;
    rivals.reserve(scores.options);
    for (std::size_t j = 0; j < scores.options; ++j) {
        if (j != option) rivals.push_back(j);
    }
    return against(scores, option, rivals);
}

struct Extremes {
    std::vector<double> most;  // one a dimension
    double range = 0.0;        // the largest difference on any dimension
};

Extremes extremes(const Scores& scores) {
    Extremes out;
    for (std::size_t d = 0; d < scores.dimensions; ++d) {
        double low = scores.at(0, d);
        double high = low;
        for (std::size_t o = 1; o < scores.options; ++o) {
            low = std::min(low, scores.at(o, d));
            high = std::max(high, scores.at(o, d));
        }
        out.most.push_back(high);
        out.range = std::max(out.range, high - low);
    }
    return out;
}

}  // namespace

Support support(const Scores& scores, std::size_t option) {
    check(scores);
    require(option < scores.options, "option", "the index of an option");
    return support_checked(scores, option);
}

std::vector<Support> support_margins(const Scores& scores) {
    check(scores);
    std::vector<Support> out;
    out.reserve(scores.options);
    for (std::size_t k = 0; k < scores.options; ++k) out.push_back(support_checked(scores, k));
    return out;
}

std::vector<std::uint8_t> unsupported(const Scores& scores) {
    const std::vector<std::uint8_t> front = pareto_front(scores);
    std::vector<std::uint8_t> out(scores.options, 0);
    // On a line and in one dimension every front option is best on some dimension.
    const Extremes extreme = extremes(scores);
    std::vector<std::size_t> rivals;
    for (std::size_t k = 0; k < scores.options; ++k) {
        if (front[k] == 0) continue;
        const auto row = scores.row(k);
        bool best_somewhere = false;
        for (std::size_t d = 0; d < row.size(); ++d) best_somewhere |= row[d] == extreme.most[d];
        if (best_somewhere) continue;
        rivals.clear();
        for (std::size_t j = 0; j < scores.options; ++j) {
            if (front[j] != 0 && !std::ranges::equal(row, scores.row(j))) rivals.push_back(j);
        }
        out[k] = against(scores, k, rivals).margin < -kSupportTolerance * extreme.range;
    }
    return out;
}

double unsupported_share(const Scores& scores) {
    const auto ones = [](const std::vector<std::uint8_t>& mask) {
        return static_cast<double>(std::ranges::count(mask, std::uint8_t{1}));
    };
    return ones(unsupported(scores)) / ones(pareto_front(scores));
}

}  // namespace edgewise::structure
