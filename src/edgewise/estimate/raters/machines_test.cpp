#include "edgewise/estimate/raters/machines.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/random.hpp"
#include "support/tables.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

struct Sample {
    std::vector<double> people, machine, rest;
};

// The machine sees what people see, with a bias of .4 and noise.
Sample sample(std::uint64_t seed, std::size_t labelled, std::size_t others, double noise) {
    Rng rng(51, seed);
    Sample out;
    for (std::size_t i = 0; i < labelled + others; ++i) {
        const double truth = next_normal(rng);
        const double machine = truth + 0.4 + noise * next_normal(rng);
        if (i < labelled) {
            out.people.push_back(truth);
            out.machine.push_back(machine);
        } else {
            out.rest.push_back(machine);
        }
    }
    return out;
}

}  // namespace

TEST_SUITE("estimate/raters/machines") {
    TEST_CASE("the corrected mean covers the truth and is shorter than people's alone") {
        int corrected = 0;
        int people = 0;
        double saved = 0.0;
        constexpr int kWorlds = 400;
        for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
            const Sample s = sample(seed, 100, 2000, 0.3);
            const auto p = prediction_powered_mean(s.people, s.machine, s.rest);
            const auto holds = [](const Interval& i) { return i.low <= 0.0 && 0.0 <= i.high; };
            corrected += holds(*p.corrected_interval) ? 1 : 0;
            people += holds(*p.people_interval) ? 1 : 0;
            CHECK(*p.machine > 0.2);  // uncorrected it is off
            CHECK(p.corrected_interval->high - p.corrected_interval->low <
                  0.6 * (p.people_interval->high - p.people_interval->low));
            saved += *p.saved / kWorlds;
        }
        CHECK(corrected >= 0.92 * kWorlds);
        CHECK(people >= 0.92 * kWorlds);
        // Var = lambda^2 var f / N + var(y - lambda f) / n, against var y / n.
        CHECK(saved > 500.0);
        CHECK(saved < 1000.0);
    }

    TEST_CASE("a machine that knows nothing is not used") {
        const Sample s = sample(1, 200, 1000, 50.0);
        const auto p = prediction_powered_mean(s.people, s.machine, s.rest);
        CHECK(*p.power < 0.02);
        CHECK(*p.corrected == doctest::Approx(*p.people).epsilon(0.2));
        CHECK(p.corrected_interval->high - p.corrected_interval->low <=
              1.001 * (p.people_interval->high - p.people_interval->low));
        // Nor is one that says the opposite: power is not below 0.
        Sample o = sample(2, 200, 1000, 0.3);
        for (double& x : o.machine) x = -x;
        CHECK(*prediction_powered_mean(o.people, o.machine, o.rest).power == 0.0);
    }

    TEST_CASE("the formulas of the paper, by hand") {
        const std::vector<double> y{0, 1, 1, 2}, f{0, 1, 2, 2}, rest{1, 3, 2, 2};
        const auto p = prediction_powered_mean(y, f, rest, 2);
        // cov(y, f) = (1.25 + 0 + 0 + .75) / 3; var f over all eight = mean 1.625.
        const double covariance = 2.0 / 3.0;
        double spread = 0.0;
        for (const double x : {0.0, 1.0, 2.0, 2.0, 1.0, 3.0, 2.0, 2.0}) {
            spread += (x - 1.625) * (x - 1.625) / 7.0;
        }
        const double power = covariance / (2.0 * spread);
        CHECK(*p.power == doctest::Approx(power));
        CHECK(*p.corrected == doctest::Approx(1.0 + power * (2.0 - 1.25)));
    }

    TEST_CASE("too little, and nothing to extend, are said") {
        const std::vector<double> few{1, 2, 3};
        CHECK_FALSE(prediction_powered_mean(few, few, few).corrected);
        CHECK_FALSE(prediction_powered_mean({}, {}, few).people);
        const std::vector<double> many(30, 1.0);
        const auto all = prediction_powered_mean(many, many, {});
        CHECK_FALSE(all.corrected);
        CHECK(all.why.find("extend") != std::string::npos);
        CHECK(*prediction_powered_mean(many, many, few).power == 0.0);  // nothing varies in people
        CHECK_THROWS_AS(prediction_powered_mean(many, few, few), Error);
    }

    TEST_CASE("a machine and a person are held to the same majorities") {
        // Ten items; people say 1 1 0, the machine 1, on the first six, else 0 0 1 and 1.
        test::HandTable hand;
        for (int i = 0; i < 10; ++i) {
            const std::string c = "c" + std::to_string(i);
            const double most = i < 6 ? 1.0 : 0.0;
            hand.rate(c, "o", "a", "d", most).rate(c, "o", "b", "d", most);
            hand.rate(c, "o", "c", "d", 1.0 - most).rate(c, "o", "m", "d", 1.0);
        }
        hand.rate("extra", "o", "m", "d", 0.0);
        const auto t = hand.table();
        const std::vector<std::uint8_t> person{1, 1, 1, 0};
        const auto m = against_people(rater_view(t, 0), person, 3, false);
        CHECK(m.n == 11);
        CHECK(m.shared == 10);
        // Leaving out a or b leaves a tie; leaving out c leaves the majority of a and b, which c
        // opposes.
        CHECK(m.with_majority.n == 10);
        CHECK(*m.with_majority.value == doctest::Approx(0.6));
        CHECK(*m.person_with_majority.value == 0.0);
        CHECK(*m.with_person.value == doctest::Approx((6 * 2 + 4 * 1) / 30.0));
        CHECK(*m.people_with_people.value == doctest::Approx(1.0 / 3.0));
        CHECK(m.confusion == std::vector<std::uint64_t>{0, 4, 0, 6});
        CHECK(m.mean.labelled == 10);
        CHECK(m.mean.unlabelled == 1);
    }
}
