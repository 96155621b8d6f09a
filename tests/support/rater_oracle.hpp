#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/estimate/raters/coded_ratings.hpp"

// Tests of raters: expected values of other programs, and ratings made by hand.
namespace edgewise::test {

// A JSON list; empty, with a message, where the values are not beside the checkout.
inline std::string rater_oracle(const char* name) {
    const auto path = std::filesystem::path(EDGEWISE_SHARED) / "oracles/prefmodels" / name;
    std::ifstream file(path);
    if (!file) {
        MESSAGE("skipped: " << path.string() << " is not there");
        return "[]";
    }
    return {std::istreambuf_iterator<char>(file), {}};
}

// rater x unit, NaN where nothing was said.
inline estimate::CodedRatings from_matrix(const std::vector<std::vector<double>>& matrix) {
    std::vector<std::uint32_t> begin{0};
    std::vector<std::uint32_t> rater;
    std::vector<double> values;
    const std::size_t units = matrix.empty() ? 0 : matrix.front().size();
    for (std::size_t u = 0; u < units; ++u) {
        for (std::uint32_t r = 0; r < matrix.size(); ++r) {
            if (!(matrix[r][u] == matrix[r][u])) continue;
            rater.push_back(r);
            values.push_back(matrix[r][u]);
        }
        begin.push_back(static_cast<std::uint32_t>(values.size()));
    }
    return estimate::code_ratings(begin, rater, values);
}

// Of a list of lists of numbers and nulls.
template <class Json>
std::vector<std::vector<double>> matrix_of(const Json& json) {
    std::vector<std::vector<double>> out;
    for (const auto& row : json) {
        auto& to = out.emplace_back();
        for (const auto& x : row) {
            to.push_back(x.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                     : x.template get<double>());
        }
    }
    return out;
}

}  // namespace edgewise::test
