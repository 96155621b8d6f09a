#include "edgewise/estimate/raters/behaviour.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include <doctest/doctest.h>

#include "edgewise/base/random.hpp"
#include "support/tables.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

constexpr int kRaters = 24;
constexpr int kItems = 150;

// Ratings 1 to 5 by raters who see the item's centre with noise; `say` may change what a rater says
// (given rater, item, and what they would have said). One judgment every `gap` seconds.
judgment::JudgmentTable table(std::uint64_t seed,
                              const std::function<double(int, int, double)>& say,
                              bool timed = true) {
    judgment::TableBuilder builder;
    auto dimension = builder.dimension_id("quality", judgment::Kind::rating);
    auto& d = builder.dimension(dimension);
    d.low = 1.0;
    d.high = 5.0;
    d.range_declared = true;
    Rng rng(41, seed);
    for (int item = 0; item < kItems; ++item) {
        const double centre = 3.0 + next_normal(rng);
        const auto in = builder.case_id("c" + std::to_string(item));
        const auto option = builder.option_id(in, "o");
        for (int r = 0; r < kRaters; ++r) {
            const double noise = next_normal(rng);
            if ((item + r) % 3 == 0) continue;
            judgment::Row row;
            row.option = option;
            row.rater = builder.rater_id("r" + std::to_string(r));
            row.dimension = dimension;
            const double said = std::clamp(std::round(centre + 0.8 * noise), 1.0, 5.0);
            row.value = static_cast<float>(say(r, item, said));
            if (timed) row.time = 1'700'000'000'123 + item * 30'000 + r;
            builder.add(row);
        }
    }
    return std::move(builder).finish();
}

double plain(int, int, double said) { return said; }

std::vector<RaterBehaviour> behave(const judgment::JudgmentTable& t, unsigned threads = 1) {
    const std::vector<std::uint8_t> person(t.raters().ids.size(), 1);
    return rater_behaviour(rater_view(t, 0), person, 3.0, {}, Job({}, {}, threads));
}

std::uint32_t id_of(const judgment::JudgmentTable& t, const std::string& name) {
    for (std::uint32_t r = 0; r < t.raters().ids.size(); ++r) {
        if (t.raters().ids[r] == name) return r;
    }
    return 0;
}

}  // namespace

TEST_SUITE("estimate/raters/behaviour") {
    TEST_CASE("raters who are alike are seldom called anything") {
        int tests = 0;
        int flagged = 0;
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            for (const RaterBehaviour& b : behave(table(seed, plain))) {
                REQUIRE(b.severity);
                REQUIRE(b.below_others);
                REQUIRE(b.severity_drift);
                REQUIRE(b.straight_p);
                for (const double p : {b.severity->p, b.below_others->p, b.severity_drift->p,
                                       b.agreement_drift->p, *b.straight_p}) {
                    ++tests;
                    flagged += p <= 0.05 ? 1 : 0;
                    CHECK(p > 0.0);
                    CHECK(p <= 1.0);
                }
            }
        }
        CHECK(flagged < 0.08 * tests);
    }

    TEST_CASE("a strict rater, a drifting one and one who repeats an answer are found") {
        const auto t = table(7, [](int r, int item, double said) {
            if (r == 0) return std::max(1.0, said - 1.0);
            if (r == 1) return std::clamp(said + (item > kItems / 2 ? 2.0 : 0.0), 1.0, 5.0);
            if (r == 2) return 3.0;
            return said;
        });
        const auto all = behave(t);
        const auto& strict = all[id_of(t, "r0")];
        CHECK(strict.severity->value < -0.5);
        CHECK(strict.severity->q < 1e-6);
        const auto& drifting = all[id_of(t, "r1")];
        CHECK(drifting.severity_drift->value > 0.5);
        CHECK(drifting.severity_drift->q < 0.01);
        const auto& repeating = all[id_of(t, "r2")];
        CHECK(*repeating.longest_run == repeating.shared);
        CHECK(*repeating.entropy == 0.0);
        CHECK(*repeating.straight_q < 0.05);
        CHECK(*repeating.expected_run < 10.0);
        CHECK(*repeating.expected_entropy > 1.0);
        CHECK(repeating.below_others->value < 0.0);
    }

    TEST_CASE("agreement is that of all pairs, counted one by one") {
        const auto t = table(3, plain);
        const RaterView view = rater_view(t, 0);
        const auto all = behave(t);
        for (std::uint32_t r = 0; r < 4; ++r) {
            double agree = 0.0;
            double severity = 0.0;
            double n = 0.0;
            std::uint64_t turned = 0;
            for (std::size_t u = 0; u < view.ratings.units(); ++u) {
                const auto who = view.ratings.who(u);
                const auto codes = view.ratings.codes(u);
                const auto at = std::ranges::find(who, r);
                if (at == who.end()) continue;
                const auto own = codes[static_cast<std::size_t>(at - who.begin())];
                double same = 0.0;
                double sum = 0.0;
                double others = 0.0;
                for (std::size_t i = 0; i < who.size(); ++i) {
                    if (who[i] == r) continue;
                    others += 1.0;
                    same += codes[i] == own ? 1.0 : 0.0;
                    sum += view.ratings.levels[codes[i]];
                }
                const double x = view.ratings.levels[own];
                agree += same / others;
                severity += x - sum / others;
                n += 1.0;
                const double with = (sum + x) / (others + 1.0) - 3.0;
                const double without = sum / others - 3.0;
                turned += (with > 1e-9) - (with < -1e-9) != (without > 1e-9) - (without < -1e-9)
                              ? 1U
                              : 0U;
            }
            CHECK(*all[r].agreement == doctest::Approx(agree / n));
            CHECK(all[r].severity->value == doctest::Approx(severity / n));
            CHECK(all[r].turned == turned);
        }
    }

    TEST_CASE("without times there is no drift and no speed") {
        const auto t = table(1, plain, false);
        for (const RaterBehaviour& b : behave(t)) {
            CHECK_FALSE(b.severity_drift);
            CHECK_FALSE(b.agreement_drift);
            CHECK(b.longest_run);
        }
        for (const auto& speed : rater_speed(t, 1.0)) CHECK_FALSE(speed);
    }

    TEST_CASE("speed is the time between items, and batches tell nothing of it") {
        const auto t = table(1, plain);
        const auto speeds = rater_speed(t, 1.0);
        REQUIRE(speeds[0]);
        CHECK(speeds[0]->median_seconds == doctest::Approx(30.0));
        CHECK(speeds[0]->share_below == 0.0);
        CHECK(rater_speed(t, 1000.0)[0]->share_below == 1.0);
        judgment::TableBuilder builder;
        for (int item = 0; item < 10; ++item) {
            judgment::Row row;
            row.option = builder.option_id(builder.case_id("c" + std::to_string(item)), "o");
            row.rater = builder.rater_id("r");
            row.dimension = builder.dimension_id("d", judgment::Kind::rating);
            row.value = static_cast<float>(item);
            row.time = 1'700'000'000'123;
            builder.add(row);
        }
        CHECK_FALSE(rater_speed(std::move(builder).finish(), 1.0)[0]);
    }

    TEST_CASE("a copied set of answers is found, two careful raters are not") {
        const auto t = table(9, plain);
        std::vector<double> copied(kItems, 0.0);
        const auto copy = table(9, [&](int r, int item, double said) {
            // Raters 3 and 6 judge the same items; 6 comes later in an item.
            if (r == 3) copied[static_cast<std::size_t>(item)] = said;
            return r == 6 ? copied[static_cast<std::size_t>(item)] : said;
        });
        const auto found = [](const judgment::JudgmentTable& in) {
            const std::vector<std::uint8_t> person(in.raters().ids.size(), 1);
            const RaterView view = rater_view(in, 0);
            return find_duplicates(view, person, behave(in), 10, 0.05);
        };
        CHECK(found(t).found.empty());
        CHECK(found(t).examined == kRaters * (kRaters - 1) / 2);
        const Duplicates one = found(copy);
        REQUIRE(one.found.size() == 1);
        CHECK(one.found[0].same == one.found[0].common);
        CHECK(copy.raters().ids[one.found[0].a] == std::string_view("r3"));
        CHECK(copy.raters().ids[one.found[0].b] == std::string_view("r6"));
        // All careful: everybody says the same on nearly every item.
        const auto careful = table(9, [](int, int item, double) { return 1.0 + item % 5; });
        CHECK(found(careful).found.empty());
    }

    TEST_CASE("the same comes from any number of threads") {
        const auto t = table(2, plain);
        const auto one = behave(t, 1);
        const auto many = behave(t, 4);
        for (std::size_t r = 0; r < one.size(); ++r) {
            CHECK(one[r].agreement == many[r].agreement);
            CHECK(one[r].straight_p == many[r].straight_p);
            CHECK(one[r].severity->q == many[r].severity->q);
        }
    }

    TEST_CASE("a rater with one answer and an item with one rater are no trouble") {
        test::HandTable hand;
        hand.rate("a", "o", "one", "d", 0.0).rate("b", "o", "two", "d", 1.0);
        hand.rate("b", "o", "three", "d", 1.0);
        const auto t = hand.table();
        const auto all = behave(t);
        CHECK(all[0].n == 1);
        CHECK(all[0].shared == 0);
        CHECK_FALSE(all[0].agreement);
        CHECK(*all[1].agreement == 1.0);
        CHECK_FALSE(all[1].severity);
        CHECK_FALSE(all[1].straight_p);
    }

    TEST_CASE("repeated judgments are one answer, counted") {
        test::HandTable hand;
        hand.rate("a", "o", "one", "d", 0.0).rate("a", "o", "one", "d", 1.0);
        hand.rate("a", "o", "one", "d", 1.0).rate("a", "o", "two", "d", 1.0);
        hand.vote("s", "one", -1.0).vote("s", "one", 1.0);
        const auto t = hand.table();
        const RaterView rating = rater_view(t, 0);
        CHECK(rating.ratings.size() == 2);
        CHECK(rating.repeated == 2);
        CHECK(rating.repeated_same == 1);
        CHECK(rating.ratings.levels[rating.ratings.code[0]] == 1.0);  // the step next to 2/3
        const RaterView vote = rater_view(t, 1);
        CHECK(vote.ratings.levels[vote.ratings.code[0]] == 1.0);  // the last counts
    }
}
