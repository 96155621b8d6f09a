#include "edgewise/cognition/value_of_information.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"

using namespace edgewise;
using namespace edgewise::cognition;

namespace {

using Row = std::vector<double>;

struct Problem {
    Row values;
    Row p;
    std::size_t states;
    std::size_t options;
    StateUtilities utilities() const { return {values, states, options}; }
};

Problem random_problem(Rng& rng) {
    Problem out{
        .values = {}, .p = {}, .states = 1 + rng.next_below(5), .options = 1 + rng.next_below(5)};
    out.values.resize(out.states * out.options);
    for (double& x : out.values) x = 2.0 * rng.next_unit() - 1.0;
    out.p.resize(out.states);
    for (double& x : out.p) x = 0.01 + rng.next_unit();
    return out;
}

// Answers x states, columns summing to 1.
Row random_likelihood(Rng& rng, std::size_t answers, std::size_t states) {
    Row out(answers * states);
    for (std::size_t s = 0; s < states; ++s) {
        double total = 0.0;
        for (std::size_t y = 0; y < answers; ++y) {
            total += out[y * states + s] = 0.001 + rng.next_unit();
        }
        for (std::size_t y = 0; y < answers; ++y) out[y * states + s] /= total;
    }
    return out;
}

// E_s[max_o v] - max_o E_s v as written.
double evpi_as_written(const Problem& problem) {
    double mass = 0.0;
    double best = 0.0;
    Row expected(problem.options, 0.0);
    for (std::size_t s = 0; s < problem.states; ++s) {
        double top = -std::numeric_limits<double>::infinity();
        for (std::size_t o = 0; o < problem.options; ++o) {
            top = std::max(top, problem.utilities().at(s, o));
            expected[o] += problem.p[s] * problem.utilities().at(s, o);
        }
        best += problem.p[s] * top;
        mass += problem.p[s];
    }
    return (best - *std::ranges::max_element(expected)) / mass;
}

}  // namespace

TEST_SUITE("cognition/value of information") {
    TEST_CASE("EVPI is its definition and never negative, and EVSI lies between 0 and EVPI") {
        Rng rng(11, 1);
        for (int i = 0; i < 1000; ++i) {
            const Problem problem = random_problem(rng);
            const auto perfect = perfect_information(problem.utilities(), problem.p);
            CHECK(std::abs(perfect.evpi - evpi_as_written(problem)) < 1e-12);
            CHECK(perfect.evpi >= 0.0);
            CHECK((perfect.support >= 0.0 && perfect.support <= 1.0));
            const Row likelihood = random_likelihood(rng, 1 + rng.next_below(4), problem.states);
            const double worth = sample_information(problem.utilities(), problem.p, likelihood);
            CHECK(worth >= 0.0);
            CHECK(worth <= perfect.evpi);
        }
    }

    TEST_CASE("an answer that names the state is worth EVPI, one that ignores it nothing") {
        Rng rng(11, 2);
        for (int i = 0; i < 300; ++i) {
            const Problem problem = random_problem(rng);
            const std::size_t n = problem.states;
            Row naming(n * n, 0.0);
            for (std::size_t s = 0; s < n; ++s) naming[s * n + s] = 1.0;
            const double evpi = perfect_information(problem.utilities(), problem.p).evpi;
            CHECK(std::abs(sample_information(problem.utilities(), problem.p, naming) - evpi) <
                  1e-12);
            const Row idle(2 * n, 0.5);
            CHECK(sample_information(problem.utilities(), problem.p, idle) < 1e-12);
        }
    }

    TEST_CASE("garbling an answer never makes it worth more") {
        Rng rng(11, 3);
        for (int i = 0; i < 500; ++i) {
            const Problem problem = random_problem(rng);
            const Row fine = random_likelihood(rng, 3, problem.states);
            const Row garble = random_likelihood(rng, 2, 3);  // coarse answer x fine answer
            Row coarse(2 * problem.states, 0.0);
            for (std::size_t z = 0; z < 2; ++z) {
                for (std::size_t y = 0; y < 3; ++y) {
                    for (std::size_t s = 0; s < problem.states; ++s) {
                        coarse[z * problem.states + s] +=
                            garble[z * 3 + y] * fine[y * problem.states + s];
                    }
                }
            }
            CHECK(sample_information(problem.utilities(), problem.p, coarse) <=
                  sample_information(problem.utilities(), problem.p, fine) + 1e-12);
        }
    }

    TEST_CASE("a constant added in one state, and the scale of probabilities, change nothing") {
        Rng rng(11, 4);
        for (int i = 0; i < 300; ++i) {
            const Problem problem = random_problem(rng);
            Problem other = problem;
            for (std::size_t o = 0; o < problem.options; ++o) other.values[o] += 3.0;
            for (double& x : other.p) x *= 7.0;
            const auto a = perfect_information(problem.utilities(), problem.p);
            const auto b = perfect_information(other.utilities(), other.p);
            CHECK(std::abs(a.evpi - b.evpi) < 1e-12);
            CHECK(a.best == b.best);
        }
    }

    TEST_CASE("draws without probabilities weigh the same") {
        const Row draws{1, 0, 0, 1, 1, 0};  // three draws of two options
        const auto found = perfect_information({draws, 3, 2});
        CHECK(found.best == 0);
        CHECK(found.expected == doctest::Approx(2.0 / 3.0));
        CHECK(found.evpi == doctest::Approx(1.0 / 3.0));
        CHECK(found.support == doctest::Approx(2.0 / 3.0));
        CHECK(expected_shortfall_of({draws, 3, 2}, 1) == doctest::Approx(2.0 / 3.0));
        CHECK(expected_shortfall_of({draws, 3, 2}, 0) == found.evpi);
    }

    TEST_CASE("a hedge can be best on average and best in no state") {
        const Row values{1, 0, 0.6, 0, 1, 0.6};
        const auto found = perfect_information({values, 2, 3});
        CHECK(found.best == 2);
        CHECK(found.support == 0.0);
        CHECK(found.evpi == doctest::Approx(0.4));
    }

    TEST_CASE("one state, one option, ties and an option best in every state have no EVPI") {
        const Row values{1, 5, 3};
        CHECK(perfect_information({values, 1, 3}).evpi == 0.0);
        CHECK(perfect_information({values, 3, 1}).evpi == 0.0);
        const Row led{2, 1, 0.3, 0.1, 0.2, 0.2};
        CHECK(perfect_information({led, 3, 2}).evpi == 0.0);
        CHECK(perfect_information({led, 3, 2}).support == 1.0);
        CHECK(perfect_information({Row(6, 0.1), 3, 2}).evpi == 0.0);
    }

    TEST_CASE("matrices, probabilities and likelihoods that are none are refused") {
        const Row values{1, 2, 3, 4};
        const StateUtilities utilities{values, 2, 2};
        CHECK_THROWS_AS(perfect_information({values, 0, 4}), Error);
        CHECK_THROWS_AS(perfect_information({values, 2, 3}), Error);
        CHECK_THROWS_AS(perfect_information({Row{1, std::nan("")}, 1, 2}), Error);
        CHECK_THROWS_AS(perfect_information(utilities, Row{1}), Error);
        CHECK_THROWS_AS(perfect_information(utilities, Row{0, 0}), Error);
        CHECK_THROWS_AS(perfect_information(utilities, Row{-1, 2}), Error);
        CHECK_THROWS_AS(expected_shortfall_of(utilities, 2), Error);
        CHECK_THROWS_AS(sample_information(utilities, Row{1, 1}, Row{0.5, 0.5, 0.4, 0.5}), Error);
        CHECK_THROWS_AS(sample_information(utilities, Row{1, 1}, Row{}), Error);
    }
}
