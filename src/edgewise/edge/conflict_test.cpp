#include "edgewise/edge/conflict.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/random.hpp"
#include "support/tables.hpp"

using namespace edgewise;
using namespace edgewise::edge;
using test::HandTable;

namespace {

struct Given {
    std::size_t c, o, r, d;
    double value;
};

std::string num(const char* prefix, std::size_t k) { return prefix + std::to_string(k); }

struct Result {
    ConflictRates rates;
    std::vector<std::string> names;
};

Result conflicts(const std::vector<Given>& rows, std::size_t dimensions,
                 std::size_t reference = kNoReference) {
    HandTable hand;
    Result out;
    for (std::size_t d = 0; d < dimensions; ++d) {
        hand.scale(num("d", d), 0, 1);
        out.names.push_back(num("d", d));
    }
    for (const Given& g : rows) {
        hand.rate(num("c", g.c), num("o", g.o), num("r", g.r), num("d", g.d), g.value);
    }
    const auto table = hand.table();
    out.rates = dimension_conflicts(estimate::observe(table, Job()), out.names, reference,
                                    table.raters().ids.size(), Job());
    return out;
}

// One option a case: signs by rater and dimension around a common sign, each wrong with `error`;
// with probability `conflict` the second dimension's common sign of a case is the opposite.
std::vector<Given> noisy_signs(std::size_t cases, std::size_t raters,
                               const std::vector<double>& error, double conflict, Rng& rng) {
    std::vector<Given> out;
    for (std::size_t c = 0; c < cases; ++c) {
        const bool common = rng.next_unit() < 0.5;
        const bool opposite = rng.next_unit() < conflict;
        for (std::size_t r = 0; r < raters; ++r) {
            for (std::size_t d = 0; d < error.size(); ++d) {
                const bool sign = (common != (opposite && d == 1)) != (rng.next_unit() < error[d]);
                out.push_back({c, 0, r, d, sign ? 0.9 : 0.1});
            }
        }
    }
    return out;
}

}  // namespace

TEST_SUITE("edge/conflict") {
    TEST_CASE("rates are those counted unit by unit, with ties and gaps") {
        Rng rng(11, 1);
        for (const std::size_t options : {std::size_t{1}, std::size_t{3}}) {
            for (const std::size_t reference : {kNoReference, std::size_t{0}}) {
                std::vector<Given> rows;
                std::map<std::array<std::size_t, 4>, double> at;
                for (std::size_t c = 0; c < 6; ++c) {
                    for (std::size_t o = 0; o < options; ++o) {
                        for (std::size_t r = 0; r < 5; ++r) {
                            for (std::size_t d = 0; d < 3; ++d) {
                                if (rng.next_unit() < 0.2) continue;
                                const double u = 0.25 * static_cast<double>(rng.next_below(5));
                                rows.push_back({c, o, r, d, u});
                                at[{c, o, r, d}] = u;
                            }
                        }
                    }
                }
                double hits = 0.0, units = 0.0;
                std::array<std::array<double, 2>, 3> pair{};  // (0,1), (0,2), (1,2)
                const auto add = [&](std::array<int, 3> sign) {
                    const auto opposed = [&](std::size_t a, std::size_t b, std::size_t k) {
                        if (sign[a] == 0 || sign[b] == 0) return;
                        pair[k][1] += 1.0;
                        pair[k][0] += sign[a] != sign[b] ? 1.0 : 0.0;
                    };
                    opposed(0, 1, 0);
                    opposed(0, 2, 1);
                    opposed(1, 2, 2);
                    const auto strict = 3 - std::ranges::count(sign, 0);
                    if (strict < 2 || (reference == 0 && sign[0] == 0)) return;
                    units += 1.0;
                    const bool plus = std::ranges::count(sign, 1) > 0;
                    hits += plus && std::ranges::count(sign, -1) > 0 ? 1.0 : 0.0;
                };
                const auto sign_of = [](double x) { return (x > 0.0) - (x < 0.0); };
                for (std::size_t c = 0; c < 6; ++c) {
                    for (std::size_t r = 0; r < 5; ++r) {
                        for (std::size_t a = 0; a < options; ++a) {
                            for (std::size_t b = options == 1 ? 0 : a + 1; b < options; ++b) {
                                std::array<int, 3> sign{};
                                for (std::size_t d = 0; d < 3; ++d) {
                                    const auto x = at.find({c, a, r, d});
                                    const auto y = at.find({c, b, r, d});
                                    if (x == at.end() || y == at.end()) continue;
                                    sign[d] = sign_of(x->second - (options == 1 ? 0.5 : y->second));
                                }
                                add(sign);
                            }
                        }
                    }
                }
                const auto got = conflicts(rows, 3, reference);
                REQUIRE(got.rates.any);
                CHECK(got.rates.compares_options == (options > 1));
                CHECK(static_cast<double>(got.rates.any->n) == units);
                CHECK(got.rates.any->observed == doctest::Approx(hits / units));
                REQUIRE(got.rates.pairs.size() == 3);
                for (const auto& each : got.rates.pairs) {
                    const std::size_t k = each.a == "d1" ? 2 : each.b == "d1" ? 0 : 1;
                    CHECK(static_cast<double>(each.rate.n) == pair[k][1]);
                    CHECK(each.rate.observed == doctest::Approx(pair[k][0] / pair[k][1]));
                }
            }
        }
    }

    TEST_CASE("without conflict the floor explains what is observed, whatever the dimensions") {
        Rng rng(12, 1);
        for (const std::vector<double>& error :
             {std::vector{0.1, 0.1}, std::vector{0.05, 0.25}, std::vector{0.1, 0.2, 0.05, 0.15}}) {
            const auto got = conflicts(noisy_signs(1500, 3, error, 0.0, rng), error.size());
            double right = 1.0, wrong = 1.0;
            for (const double e : error) {
                right *= 1.0 - e;
                wrong *= e;
            }
            REQUIRE(got.rates.any);
            CHECK(got.rates.any->floor_known);
            CHECK(got.rates.any->floor == doctest::Approx(1.0 - right - wrong).epsilon(0.08));
            CHECK(std::abs(got.rates.any->excess) < 0.025);
            CHECK(got.rates.any_floor_high > got.rates.any->floor);
        }
    }

    TEST_CASE("a planted conflict is the excess over the floor") {
        Rng rng(13, 1);
        const auto got = conflicts(noisy_signs(2000, 3, {0.1, 0.1}, 0.3, rng), 2);
        REQUIRE(got.rates.any);
        // (1 - f) of the 30 % of cases flips over: 0.3 (1 - 2 f) with f = 0.18.
        CHECK(got.rates.any->excess == doctest::Approx(0.3 * (1.0 - 2.0 * 0.18)).epsilon(0.12));
        CHECK(got.rates.any->interval->low > got.rates.any_floor_high);
        CHECK(got.rates.pairs[0].rate.excess == doctest::Approx(got.rates.any->excess));
    }

    TEST_CASE("intervals cover although raters differ in how often they see conflict") {
        // Rater r sees conflict in a share of its own; the truth is the mean share of raters.
        std::size_t covered = 0;
        for (std::uint64_t seed = 1; seed <= 200; ++seed) {
            Rng rng(seed, 14);
            std::vector<Given> rows;
            for (std::size_t r = 0; r < 30; ++r) {
                const double share = next_beta(rng, 2.0, 4.0);
                for (std::size_t c = 0; c < 20; ++c) {
                    const bool conflict = rng.next_unit() < share;
                    rows.push_back({c, 0, r, 0, 0.9});
                    rows.push_back({c, 0, r, 1, conflict ? 0.1 : 0.9});
                }
            }
            const auto got = conflicts(rows, 2);
            const auto interval = *got.rates.any->interval;
            covered += interval.low <= 1.0 / 3.0 && 1.0 / 3.0 <= interval.high ? 1U : 0U;
        }
        CHECK(covered >= 180);  // 95 % less the price of thirty clusters
    }

    TEST_CASE("no conflict among few raters is no proof that there is none") {
        std::vector<Given> rows;
        for (std::size_t c = 0; c < 30; ++c) {
            for (std::size_t r = 0; r < 4; ++r) {
                for (std::size_t d = 0; d < 2; ++d) rows.push_back({c, 0, r, d, 0.9});
            }
        }
        const auto none = conflicts(rows, 2);
        REQUIRE(none.rates.any);
        CHECK(none.rates.any->observed == 0.0);
        CHECK(none.rates.any->floor == 0.0);
        CHECK(none.rates.any->interval->low == 0.0);
        CHECK(none.rates.any->interval->high == doctest::Approx(1.0 - std::pow(0.025, 0.25)));
        for (auto& row : rows) row.value = row.d == 0 ? 0.9 : 0.1;
        const auto all = conflicts(rows, 2);
        CHECK(all.rates.any->observed == 1.0);
        CHECK(all.rates.any->interval->low == doctest::Approx(std::pow(0.025, 0.25)));
        CHECK(all.rates.any->interval->high == 1.0);
    }

    TEST_CASE("the floor is unknown where raters never judge the same unit") {
        std::vector<Given> rows;
        for (std::size_t c = 0; c < 30; ++c) {
            rows.push_back({c, 0, c % 5, 0, 0.9});
            rows.push_back({c, 0, c % 5, 1, 0.1});
        }
        const auto got = conflicts(rows, 2);
        REQUIRE(got.rates.any);
        CHECK_FALSE(got.rates.any->floor_known);
        CHECK(got.rates.raters == 5);
        CHECK(got.rates.cases == 30);
    }

    TEST_CASE("ties, one dimension and nothing at all make no unit") {
        CHECK_FALSE(conflicts({{0, 0, 0, 0, 0.9}, {1, 0, 0, 0, 0.1}}, 1).rates.any);
        const auto ties = conflicts({{0, 0, 0, 0, 0.5}, {0, 0, 0, 1, 0.9}}, 2);
        CHECK_FALSE(ties.rates.any);
        CHECK(ties.rates.pairs.empty());
        CHECK(ties.rates.raters == 0);
        // Judged on one dimension by one rater and on the other by another: nobody's conflict.
        CHECK_FALSE(conflicts({{0, 0, 0, 0, 0.1}, {0, 0, 1, 1, 0.9}}, 2).rates.any);
        // The reference is a tie: nothing opposes it.
        CHECK_FALSE(
            conflicts({{0, 0, 0, 0, 0.5}, {0, 0, 0, 1, 0.9}, {0, 0, 0, 2, 0.1}}, 3, 0).rates.any);
    }

    TEST_CASE("a pair that was compared is a unit by its preference") {
        HandTable hand;
        hand.compare("c", "a", "b", "r", "warm", 1).compare("c", "b", "a", "r", "true", 1);
        hand.compare("d", "a", "b", "r", "warm", 1).compare("d", "a", "b", "r", "true", 1);
        const auto table = hand.table();
        const std::vector<std::string> names{"warm", "true"};
        const auto got =
            dimension_conflicts(estimate::observe(table, Job()), names, kNoReference, 1, Job());
        REQUIRE(got.any);
        CHECK(got.any->n == 2);
        CHECK(got.any->observed == 0.5);
        CHECK_FALSE(got.compares_options);
    }
}
