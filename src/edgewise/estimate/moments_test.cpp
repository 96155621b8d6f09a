#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/estimator.hpp"

using namespace edgewise;
using estimate::Moments;

TEST_SUITE("estimate/moments") {
    TEST_CASE("merging in any order gives the same bytes") {
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            Rng rng(seed, 1);
            std::vector<float> utilities(1 + rng.next_below(60));
            for (float& u : utilities) u = static_cast<float>(rng.next_unit());
            Moments straight;
            for (const float u : utilities) straight.add(u);

            std::vector<Moments> parts(1 + rng.next_below(8));
            for (const float u : utilities) parts[rng.next_below(parts.size())].add(u);
            while (parts.size() > 1) {  // any two at a time: associative and commutative
                const std::size_t a = rng.next_below(parts.size());
                std::swap(parts[a], parts.back());
                const Moments last = parts.back();
                parts.pop_back();
                parts[rng.next_below(parts.size())] += last;
            }
            CHECK(parts[0] == straight);
        }
    }
    TEST_CASE("mean and variance agree with the two-pass formulas") {
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
            Rng rng(seed, 2);
            std::vector<float> utilities(2 + rng.next_below(500));
            Moments m;
            double sum = 0.0;
            for (float& u : utilities) {
                u = static_cast<float>(rng.next_unit());
                m.add(u);
                sum += static_cast<double>(u);
            }
            const auto n = static_cast<double>(utilities.size());
            double spread = 0.0;
            for (const float u : utilities) spread += std::pow(static_cast<double>(u) - sum / n, 2);
            CHECK(m.mean() == doctest::Approx(sum / n).epsilon(1e-9));
            CHECK(m.variance() == doctest::Approx(spread / (n - 1.0)).epsilon(1e-7));
        }
    }
    TEST_CASE("nothing has no mean, one utility no variance, equal ones none to speak of") {
        Moments m;
        CHECK(std::isnan(m.mean()));
        m.add(0.25F);
        CHECK(m.mean() == 0.25);
        CHECK(std::isnan(m.variance()));
        for (int i = 0; i < 1000; ++i) m.add(0.25F);
        CHECK(m.variance() == 0.0);
        Moments odd;
        for (int i = 0; i < 1000; ++i) odd.add(0.1F);
        CHECK(odd.variance() < 1e-9);
    }
}
