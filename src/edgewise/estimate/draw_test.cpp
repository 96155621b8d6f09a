#include <cmath>

#include <doctest/doctest.h>

#include "edgewise/estimate/estimator.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

TEST_SUITE("estimate/draw") {
    TEST_CASE("draws have the mean and sd of the cell") {
        for (const Family family : {Family::normal, Family::beta}) {
            for (const auto& [mean, sd] : {std::pair{0.5, 0.1}, {0.3, 0.02}, {0.62, 0.08}}) {
                const Cell cell{.mean = mean, .sd = sd, .family = family};
                Rng rng(11, 0);
                double sum = 0.0, squares = 0.0;
                constexpr int kDraws = 100'000;
                for (int i = 0; i < kDraws; ++i) {
                    const double x = draw(cell, rng);
                    sum += x;
                    squares += x * x;
                }
                CHECK(std::abs(sum / kDraws - mean) < 5.0 * sd / std::sqrt(kDraws));
                const double spread = std::sqrt(squares / kDraws - std::pow(sum / kDraws, 2));
                CHECK(spread == doctest::Approx(sd).epsilon(0.02));
            }
        }
    }
    TEST_CASE("every draw is a utility, whatever the cell") {
        Rng rng(12, 0);
        for (const Family family : {Family::normal, Family::beta}) {
            for (const double mean : {0.0, 1e-9, 0.5, 0.999, 1.0}) {
                for (const double sd : {0.0, 1e-9, 0.3, 0.5, 10.0}) {
                    for (int i = 0; i < 200; ++i) {
                        const double x = draw({.mean = mean, .sd = sd, .family = family}, rng);
                        CHECK((x >= 0.0 && x <= 1.0));
                    }
                }
            }
        }
    }
    TEST_CASE("a cell known for certain is drawn as its mean") {
        Rng rng(13, 0);
        CHECK(draw({.mean = 0.7, .sd = 0.0}, rng) == 0.7);
        CHECK(draw({.mean = 1.0, .sd = 0.2, .family = Family::beta}, rng) == 1.0);
    }
    TEST_CASE("the same stream gives the same draws") {
        Rng one(14, 3), two(14, 3);
        const Cell cell{.mean = 0.4, .sd = 0.1, .family = Family::beta};
        for (int i = 0; i < 50; ++i) CHECK(draw(cell, one) == draw(cell, two));
    }
}
