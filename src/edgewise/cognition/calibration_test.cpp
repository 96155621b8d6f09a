#include "edgewise/cognition/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"

using namespace edgewise;
using namespace edgewise::cognition;

namespace {

using Row = std::vector<double>;
using Marks = std::vector<std::uint8_t>;

struct Cases {
    Row confidence;
    Row loss;
    Marks wrong;
};

Cases random_cases(Rng& rng, std::size_t most) {
    Cases out;
    const std::size_t n = 1 + rng.next_below(most);
    for (std::size_t i = 0; i < n; ++i) {
        out.confidence.push_back(static_cast<double>(rng.next_below(8)) / 7.0);
        out.wrong.push_back(rng.next_below(3) == 0 ? 1 : 0);
        out.loss.push_back(out.wrong.back());
    }
    return out;
}

// AURC of one order of the cases.
double aurc_in_order(const Cases& cases, const std::vector<std::size_t>& order) {
    double sum = 0.0;
    double area = 0.0;
    for (std::size_t k = 0; k < order.size(); ++k) {
        sum += cases.loss[order[k]];
        area += sum / static_cast<double>(k + 1);
    }
    return area / static_cast<double>(order.size());
}

}  // namespace

TEST_SUITE("cognition/calibration") {
    TEST_CASE("Brier = reliability - resolution + uncertainty") {
        Rng rng(9, 1);
        for (int i = 0; i < 1000; ++i) {
            const Cases cases = random_cases(rng, 60);
            const auto split = murphy_split(cases.confidence, cases.wrong);
            CHECK(std::abs(split.brier -
                           (split.reliability - split.resolution + split.uncertainty)) < 1e-12);
            double brier = 0.0;
            for (std::size_t k = 0; k < cases.loss.size(); ++k) {
                brier += std::pow(cases.confidence[k] - cases.loss[k], 2);
            }
            CHECK(std::abs(split.brier - brier / static_cast<double>(split.n)) < 1e-12);
            CHECK(split.resolution <= split.uncertainty + 1e-12);
            CHECK(split.bins <= 8);
        }
    }

    TEST_CASE("a constant forecast at the base rate has neither reliability error nor resolution") {
        const auto split = murphy_split(Row(8, 0.25), Marks{1, 0, 0, 0, 1, 0, 0, 0});
        CHECK(split.reliability == 0.0);
        CHECK(split.resolution == 0.0);
        CHECK(split.brier == doctest::Approx(0.1875).epsilon(1e-14));
        CHECK(split.bins == 1);
    }

    TEST_CASE("the split of one case, and of outcomes without variance") {
        const auto one = murphy_split(Row{0.8}, Marks{1});
        CHECK(one.brier == doctest::Approx(0.04));
        CHECK(one.uncertainty == 0.0);
        const auto sure = murphy_split(Row{1, 1, 0}, Marks{1, 1, 0});
        CHECK(sure.brier == 0.0);
        CHECK(sure.resolution == doctest::Approx(sure.uncertainty));
    }

    TEST_CASE("bins are closed above, and 0 falls into the first") {
        const auto found = expected_calibration_error(Row{0.0, 0.5, 1.0}, Marks{0, 0, 1}, 2);
        CHECK(found.filled == 2);
        CHECK(found.expected == doctest::Approx(0.5 / 3.0));
        CHECK(found.largest == doctest::Approx(0.25));
        // One bin: the mean forecast against the base rate.
        CHECK(expected_calibration_error(Row{0.0, 0.5, 1.0}, Marks{0, 0, 1}, 1).expected ==
              doctest::Approx(0.5 - 1.0 / 3.0));
    }

    TEST_CASE("calibration error lies in 0..1 and below its largest bin") {
        Rng rng(9, 2);
        for (int i = 0; i < 500; ++i) {
            const Cases cases = random_cases(rng, 40);
            const auto found =
                expected_calibration_error(cases.confidence, cases.wrong, 1 + rng.next_below(20));
            CHECK(found.expected >= 0.0);
            CHECK(found.expected <= found.largest + 1e-12);
            CHECK(found.largest <= 1.0 + 1e-12);
        }
    }

    TEST_CASE("overconfident errors are counted over all cases") {
        CHECK(overconfident_wrong(Row{0.9, 0.95, 0.3, 0.9}, Marks{1, 0, 1, 1}, 0.9) ==
              Proportion{2, 4});
        CHECK(!overconfident_wrong(Row{}, Marks{}, 0.9).value());
    }

    TEST_CASE("AURC depends on the order of confidences alone") {
        Rng rng(9, 3);
        for (int i = 0; i < 300; ++i) {
            const Cases cases = random_cases(rng, 30);
            Cases other = cases;
            for (double& c : other.confidence) c = std::exp(3.0 * c) - 7.0;
            std::ranges::reverse(other.confidence);
            std::ranges::reverse(other.loss);
            const auto a = selective_risk(cases.confidence, cases.loss);
            const auto b = selective_risk(other.confidence, other.loss);
            CHECK(a.aurc == b.aurc);
            CHECK(a.augrc == b.augrc);
            CHECK(a.e_aurc >= 0.0);
            CHECK(a.risk == b.risk);
        }
    }

    TEST_CASE("ties are averaged over all orders of the tied cases") {
        const Cases cases{.confidence = {2, 1, 1, 1}, .loss = {0, 1, 0, 1}, .wrong = {}};
        std::vector<std::size_t> tied{1, 2, 3};
        double mean = 0.0;
        do {
            mean += aurc_in_order(cases, {0, tied[0], tied[1], tied[2]}) / 6.0;
        } while (std::ranges::next_permutation(tied).found);
        CHECK(std::abs(selective_risk(cases.confidence, cases.loss).aurc - mean) < 1e-14);
    }

    TEST_CASE("a perfect order has no excess, equal confidence has the overall risk") {
        const auto best = selective_risk(Row{4, 3, 2, 1}, Row{0, 0, 1, 1});
        CHECK(best.e_aurc == 0.0);
        const auto blind = selective_risk(Row(4, 0.5), Row{0, 0, 1, 1});
        CHECK(blind.aurc == doctest::Approx(0.5));
        CHECK(blind.augrc == doctest::Approx(0.5 * 10.0 / 16.0));
        CHECK(selective_risk(Row{0.1}, Row{1}).aurc == 1.0);
        CHECK(selective_risk(Row{3, 2}, Row{0, 0}).aurc == 0.0);
    }

    TEST_CASE("no cases, unequal lengths and numbers outside their range are refused") {
        CHECK_THROWS_AS(murphy_split(Row{}, Marks{}), Error);
        CHECK_THROWS_AS(murphy_split(Row{1.5}, Marks{1}), Error);
        CHECK_THROWS_AS(murphy_split(Row{0.5}, Marks{2}), Error);
        CHECK_THROWS_AS(expected_calibration_error(Row{0.5}, Marks{1}, 0), Error);
        CHECK_THROWS_AS(selective_risk(Row{}, Row{}), Error);
        CHECK_THROWS_AS(selective_risk(Row{1}, Row{-1}), Error);
        CHECK_THROWS_AS(selective_risk(Row{std::nan("")}, Row{1}), Error);
        CHECK_THROWS_AS(overconfident_wrong(Row{1}, Marks{}, 0.5), Error);
    }
}
