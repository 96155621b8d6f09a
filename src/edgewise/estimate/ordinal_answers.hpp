#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace edgewise::estimate {

// Eleven points of a standard normal, by the trapezoid rule: for what a cell's posterior is
// integrated over, once a group and item.
struct FewNodes {
    std::array<double, 11> z, weight;
};
const FewNodes& few_nodes() noexcept;

// What raters of all severities answer at eta: the share at or below each cut, and the expected
// utility. Tabulated, since it is wanted for every cell; linear in between, error below 1e-4.
class Answers {
public:
    Answers(const std::vector<double>& cuts, std::span<const double> value, double severity_sd);

    // `row`: shares at or below each cut, then the utility.
    void at(double eta, std::span<double> row) const noexcept {
        const auto [k, part] = locate(eta);
        const double* a = &table_[k * columns_];
        for (std::size_t c = 0; c < columns_; ++c) row[c] = a[c] + part * (a[c + columns_] - a[c]);
    }
    double utility(double eta) const noexcept {
        const auto [k, part] = locate(eta);
        const double a = table_[(k + 1) * columns_ - 1], b = table_[(k + 2) * columns_ - 1];
        return a + part * (b - a);
    }
    std::size_t columns() const noexcept { return columns_; }

private:
    struct Spot {
        std::size_t k;
        double part;
    };
    Spot locate(double eta) const noexcept {
        const double x = std::clamp((eta - from_) * per_, 0.0, kSteps - 1e-9);
        const auto k = static_cast<std::size_t>(x);
        return {k, x - static_cast<double>(k)};
    }

    static constexpr double kSteps = 1536.0;
    std::size_t columns_;
    double from_ = 0.0, per_ = 1.0;
    std::vector<double> table_;
};

// E[U | eta] where the rest of what varies has standard deviation `sd`.
double expected_utility(const std::vector<double>& cuts, std::span<const double> value, double eta,
                        double sd);

}  // namespace edgewise::estimate
