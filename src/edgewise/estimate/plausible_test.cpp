#include "edgewise/estimate/plausible.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace edgewise::estimate;

namespace {

struct Summary {
    double weight = 0.0, mean = 0.0, sd = 0.0;
};

Summary summary(const std::vector<Plausible>& nodes) {
    Summary out;
    for (const Plausible& each : nodes) {
        out.weight += each.weight;
        out.mean += each.weight * each.sd;
    }
    for (const Plausible& each : nodes) out.sd += each.weight * std::pow(each.sd - out.mean, 2);
    out.sd = std::sqrt(out.sd);
    return out;
}

}  // namespace

TEST_SUITE("estimate/plausible") {
    TEST_CASE("a normal likelihood gives a posterior of its mean and standard deviation") {
        for (const double width : {0.03, 0.05, 0.1}) {
            const auto nodes =
                plausible([&](double sd) { return -0.5 * std::pow((sd - 0.4) / width, 2); }, 0.4,
                          0.0, 1.0, 7);
            CHECK(nodes.size() == 7);
            const Summary s = summary(nodes);
            CHECK(s.weight == doctest::Approx(1.0));
            CHECK(s.mean == doctest::Approx(0.4).epsilon(0.01));
            CHECK(s.sd == doctest::Approx(width).epsilon(0.05));  // cut at 2.4 of them
        }
    }
    TEST_CASE("a likelihood that leaves no doubt gives one node, the best") {
        const auto nodes = plausible(
            [](double sd) { return -0.5 * std::pow((sd - 0.4) / 0.01, 2); }, 0.4, 0.0, 1.0, 7);
        REQUIRE(nodes.size() == 1);
        CHECK(nodes[0].sd == 0.4);
        CHECK(nodes[0].weight == 1.0);
    }
    TEST_CASE("a likelihood that says nothing gives the whole range, equally") {
        const auto nodes = plausible([](double) { return -7.0; }, 0.2, 0.1, 0.9, 4);
        REQUIRE(nodes.size() == 4);
        for (std::size_t k = 0; k < 4; ++k) {
            CHECK(nodes[k].weight == doctest::Approx(0.25));
            CHECK(nodes[k].sd == doctest::Approx(0.2 + 0.2 * static_cast<double>(k)));
        }
    }
    TEST_CASE("with the best at the lower end only what lies above is plausible") {
        const auto nodes = plausible([](double sd) { return -50.0 * sd * sd; }, 0.0, 0.0, 2.0, 7);
        const Summary s = summary(nodes);
        CHECK(nodes.front().sd > 0.0);
        CHECK(s.mean == doctest::Approx(0.1 * std::sqrt(2.0 / 3.14159265)).epsilon(0.05));
    }
}
