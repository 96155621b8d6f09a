#include "edgewise/estimate/opinions/bridging.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/base/json.hpp"
#include "edgewise/base/random.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/base/source.hpp"

// Laws:
//   the objective reported is the documented one at the parameters reported
//   it is no higher than the peer's, from every start
//   no small move of any parameter lowers it
//   threads change no bit
//   raters of two sides: a note that both like beats one that a side loves

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

double objective(const RatingMatrix& ratings, const Factorisation& fit) {
    double squares = 0.0;
    double raters = 0.0, notes = 0.0, iu = 0.0, fu = 0.0, in = 0.0, fn = 0.0;
    for (std::size_t u = 0; u < ratings.raters(); ++u) {
        const Loading& r = fit.rater[u];
        raters += ratings.of_rater(u).empty() ? 0.0 : 1.0;
        iu += r.intercept * r.intercept;
        fu += r.factor * r.factor;
        for (const auto& entry : ratings.of_rater(u)) {
            const Loading& n = fit.note[entry.other];
            const double e = static_cast<double>(entry.value) - fit.mu - r.intercept - n.intercept -
                             r.factor * n.factor;
            squares += e * e;
        }
    }
    for (std::size_t n = 0; n < ratings.notes(); ++n) {
        notes += ratings.of_note(n).empty() ? 0.0 : 1.0;
        in += fit.note[n].intercept * fit.note[n].intercept;
        fn += fit.note[n].factor * fit.note[n].factor;
    }
    return squares / static_cast<double>(ratings.ratings()) + 0.03 * (fu / raters + fn / notes) +
           0.15 * (iu / raters + in / notes + fit.mu * fit.mu);
}

struct Planted {
    std::vector<NoteRating> ratings;
    std::size_t raters = 0, notes = 0;
    RatingMatrix matrix() const { return {ratings, raters, notes}; }
};

// Two sides of raters; note 0 is liked by four in five of either side, notes 1 and 2 by all of one
// side, the others at random.
Planted two_sides(std::uint64_t seed, std::size_t raters = 120, std::size_t notes = 30) {
    Planted out{.ratings = {}, .raters = raters, .notes = notes};
    Rng rng(seed, 0);
    for (std::uint32_t u = 0; u < raters; ++u) {
        const bool left = u % 2 == 0;
        for (std::uint32_t n = 0; n < notes; ++n) {
            const bool leans = n % 2 == 1;
            const double p = n == 0   ? 0.8
                             : n <= 2 ? (leans == left ? 1.0 : 0.0)
                                      : (leans == left ? 0.8 : 0.2);
            if (n > 2 && rng.next_unit() < 0.4) continue;
            out.ratings.push_back(
                {.rater = u, .note = n, .value = rng.next_unit() < p ? 1.0F : 0.0F});
        }
    }
    return out;
}

}  // namespace

TEST_SUITE("estimate/opinions/bridging") {
    TEST_CASE("the objective is no higher than that of the Community Notes scorer") {
        const auto path = std::filesystem::path(EDGEWISE_SHARED) /
                          "oracles/socialchoice/communitynotes_mf_small.json";
        if (!std::filesystem::exists(path)) {
            MESSAGE("skipped: " << path.string() << " is not here");
            return;
        }
        const Json oracle = Json::parse(read_text(path));
        std::vector<NoteRating> ratings;
        std::size_t raters = 0, notes = 0;
        for (const Json& row : *oracle.find("ratings")->elements()) {
            double u = 0.0, n = 0.0, value = 0.0;
            (*row.elements())[0].get(u);
            (*row.elements())[1].get(n);
            (*row.elements())[2].get(value);
            ratings.push_back({.rater = static_cast<std::uint32_t>(u),
                               .note = static_cast<std::uint32_t>(n),
                               .value = static_cast<float>(value)});
            raters = std::max(raters, static_cast<std::size_t>(u) + 1);
            notes = std::max(notes, static_cast<std::size_t>(n) + 1);
        }
        const RatingMatrix matrix(ratings, raters, notes);
        const Bridging bridging = bridge(matrix, {}, Job{});
        double theirs = 0.0;
        oracle.find("stats")->find("objective")->get(theirs);
        CHECK(bridging.fit.converged);
        CHECK(bridging.fit.objective <= theirs);
        CHECK(bridging.fit.objective == doctest::Approx(0.100378).epsilon(1e-5));
        CHECK(bridging.stability.worst_objective <= theirs);
        CHECK(bridging.stability.largest_difference < 1e-2);
        CHECK(objective(matrix, bridging.fit) ==
              doctest::Approx(bridging.fit.objective).epsilon(1e-12));
        std::size_t helpful = 0;
        for (const Loading& note : bridging.fit.note) helpful += note.intercept >= 0.40 ? 1 : 0;
        CHECK(helpful == 29);
        double furthest = 0.0;
        for (const auto& [name, value] : *oracle.find("notes")->members()) {
            double intercept = 0.0;
            (*value.elements())[0].get(intercept);
            const double ours = bridging.fit.note[std::stoul(name)].intercept;
            furthest = std::max(furthest, std::abs(ours - intercept));
        }
        MESSAGE("objective " << bridging.fit.objective << " in " << bridging.fit.sweeps
                             << " sweeps; peer " << theirs << "; largest difference of a note "
                             << furthest << "; between starts "
                             << bridging.stability.largest_difference);
        CHECK(furthest < 2e-2);
    }
    TEST_CASE("no small move of a parameter lowers the objective") {
        const Planted world = two_sides(3, 40, 12);
        const RatingMatrix matrix = world.matrix();
        BridgingOptions options;
        options.tolerance = 0.0;
        const Factorisation fit = factorise(matrix, options, 0, Job{});
        const double least = objective(matrix, fit);
        CHECK(least == doctest::Approx(fit.objective).epsilon(1e-12));
        const auto try_move = [&](auto&& parameter) {
            for (const double step : {-1e-3, 1e-3}) {
                Factorisation moved = fit;
                parameter(moved) += step;
                CHECK(objective(matrix, moved) > least);
            }
        };
        try_move([](Factorisation& f) -> double& { return f.mu; });
        for (std::size_t u = 0; u < matrix.raters(); ++u) {
            try_move([u](Factorisation& f) -> double& { return f.rater[u].intercept; });
            try_move([u](Factorisation& f) -> double& { return f.rater[u].factor; });
        }
        for (std::size_t n = 0; n < matrix.notes(); ++n) {
            try_move([n](Factorisation& f) -> double& { return f.note[n].intercept; });
            try_move([n](Factorisation& f) -> double& { return f.note[n].factor; });
        }
    }
    TEST_CASE("what both sides like beats what one side loves") {
        const Planted world = two_sides(1);
        const Bridging bridging = bridge(world.matrix(), {}, Job{});
        CHECK(bridging.fit.note[0].intercept > 0.1);
        CHECK(bridging.fit.note[0].intercept > bridging.fit.note[1].intercept + 0.1);
        CHECK(bridging.fit.note[0].intercept > bridging.fit.note[2].intercept + 0.1);
        // The two sides have factors of different sign.
        for (std::size_t u = 2; u < world.raters; ++u) {
            CHECK((bridging.fit.rater[u].factor > 0.0) == (bridging.fit.rater[u % 2].factor > 0.0));
        }
        CHECK((bridging.fit.rater[0].factor > 0.0) != (bridging.fit.rater[1].factor > 0.0));
        CHECK(bridging.stability.share_changing_side == 0.0);
        CHECK(bridging.stability.least_rank_correlation.value_or(0.0) > 0.999);
    }
    TEST_CASE("at least half of the raters' factors are not positive") {
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const Planted world = two_sides(seed, 31, 10);
            const Factorisation fit = factorise(world.matrix(), {}, seed, Job{});
            std::size_t positive = 0;
            for (const Loading& rater : fit.rater) positive += rater.factor > 0.0 ? 1 : 0;
            CHECK(2 * positive <= fit.rater.size());
        }
    }
    TEST_CASE("threads change no bit") {
        const Planted world = two_sides(5);
        BridgingOptions options;
        options.resamples = 8;
        const Bridging one = bridge(world.matrix(), options, Job{});
        const Bridging three = bridge(world.matrix(), options, Job({}, {}, 3));
        CHECK(one.fit.objective == three.fit.objective);
        for (std::size_t n = 0; n < world.notes; ++n) {
            CHECK(one.fit.note[n].intercept == three.fit.note[n].intercept);
            CHECK(one.interval[n] == three.interval[n]);
        }
    }
    TEST_CASE("an interval lies around most intercepts and is wider with fewer raters") {
        BridgingOptions options;
        options.resamples = 40;
        double width[2] = {};
        for (const std::size_t which : {std::size_t{0}, std::size_t{1}}) {
            const Planted world = two_sides(9, which == 0 ? 30 : 300);
            const Bridging bridging = bridge(world.matrix(), options, Job{});
            std::size_t inside = 0;
            for (std::size_t n = 0; n < world.notes; ++n) {
                const double at = bridging.fit.note[n].intercept;
                inside += bridging.interval[n].low <= at && at <= bridging.interval[n].high;
                width[which] += bridging.interval[n].high - bridging.interval[n].low;
            }
            CHECK(inside >= world.notes * 8 / 10);
        }
        CHECK(width[0] > 1.5 * width[1]);
    }
    TEST_CASE("without sides nothing is bridged, and it says why") {
        const auto why = [](std::vector<NoteRating> ratings, std::size_t raters) {
            const RatingMatrix matrix(ratings, raters, 3);
            const Bridging out = bridge(matrix, {}, Job{});
            CHECK(!out.defined);
            CHECK(std::isfinite(out.fit.objective));
            for (const Loading& note : out.fit.note) CHECK(std::isfinite(note.intercept));
            return out.why_not;
        };
        CHECK(why({}, 4) == "nobody voted");
        CHECK(why({{0, 0, 1.0F}, {0, 1, 0.0F}}, 1).starts_with("only one rater"));
        CHECK(why({{0, 0, 1.0F}, {1, 1, 1.0F}}, 2).starts_with("all votes are the same"));
    }
    TEST_CASE("a rating outside 0 to 1 and an unknown rater are refused") {
        const std::vector<NoteRating> high{{0, 0, 1.5F}}, stranger{{7, 0, 1.0F}};
        CHECK_THROWS_WITH_AS(RatingMatrix(high, 1, 1), doctest::Contains("from 0 to 1"), Error);
        CHECK_THROWS_WITH_AS(RatingMatrix(stranger, 1, 1), doctest::Contains("a rater"), Error);
    }
}
