#include "edgewise/structure/spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace edgewise::structure {
namespace {

// Differences that rounding of the inputs explains are not variation.
constexpr double kConstant = 1e-12;

// `n` values from `first`, every `stride`-th, centred and scaled to unit sum of squares; empty if
// they are constant. Divided by the largest deviation first, so that squares neither overflow nor
// vanish.
std::vector<double> standardised(std::span<const double> values, std::size_t first,
                                 std::size_t stride, std::size_t n) {
    std::vector<double> out(n);
    double size = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        out[i] = values[first + i * stride];
        size = std::max(size, std::abs(out[i]));
    }
    if (size == 0.0) return {};
    double mean = 0.0;
    for (double& x : out) {
        x /= size;
        mean += x / static_cast<double>(n);
    }
    double largest = 0.0;
    for (double& x : out) {
        x -= mean;
        largest = std::max(largest, std::abs(x));
    }
    if (largest <= kConstant) return {};
    double squares = 0.0;
    for (double& x : out) {
        x /= largest;
        squares += x * x;
    }
    for (double& x : out) x /= std::sqrt(squares);
    return out;
}

double dot(std::span<const double> a, std::span<const double> b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

std::vector<std::vector<double>> varying_dimensions(const Scores& scores) {
    std::vector<std::vector<double>> out;
    for (std::size_t d = 0; d < scores.dimensions; ++d) {
        auto column = standardised(scores.values, d, scores.dimensions, scores.options);
        if (!column.empty()) out.push_back(std::move(column));
    }
    return out;
}

double participation(double trace, double squares, std::size_t size) {
    return std::clamp(trace * trace / squares, 1.0, static_cast<double>(size));
}

}  // namespace

std::optional<double> effective_dimensions(std::span<const double> matrix, std::size_t size) {
    require(size > 0 && matrix.size() == size * size, "matrix", "size x size values");
    require_finite(matrix, size, "matrix");
    double largest = 0.0;
    for (const double x : matrix) largest = std::max(largest, std::abs(x));
    if (largest == 0.0) return std::nullopt;
    double trace = 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i < size; ++i) {
        const double diagonal = matrix[i * size + i] / largest;
        require(diagonal >= 0.0, "matrix", "a diagonal that is not negative");
        trace += diagonal;
        for (std::size_t j = 0; j < size; ++j) {
            const double x = matrix[i * size + j] / largest;
            require(std::abs(x - matrix[j * size + i] / largest) <= 1e-9, "matrix",
                    "a symmetric matrix");
            squares += x * x;
        }
    }
    return participation(trace, squares, size);
}

std::optional<double> effective_dimensions(const Scores& scores) {
    check(scores);
    const auto columns = varying_dimensions(scores);
    if (columns.empty()) return std::nullopt;
    double squares = 0.0;
    for (const auto& a : columns) {
        for (const auto& b : columns) {
            const double correlation = dot(a, b);
            squares += correlation * correlation;
        }
    }
    return participation(static_cast<double>(columns.size()), squares, columns.size());
}

std::optional<double> scalar_r2(const Scores& scores, std::span<const double> scalar) {
    check(scores);
    require(scalar.size() == scores.options, "scalar", "one number an option");
    require_finite(scalar, 1, "scalar");
    const auto columns = varying_dimensions(scores);
    if (columns.empty()) return std::nullopt;
    const auto explained = standardised(scalar, 0, 1, scalar.size());
    if (explained.empty()) return 0.0;
    double sum = 0.0;
    for (const auto& column : columns) {
        const double correlation = dot(column, explained);
        sum += correlation * correlation;
    }
    return std::clamp(sum / static_cast<double>(columns.size()), 0.0, 1.0);
}

}  // namespace edgewise::structure
