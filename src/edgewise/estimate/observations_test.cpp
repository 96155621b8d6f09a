#include "edgewise/estimate/observations.hpp"

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/rng.hpp"
#include "edgewise/judgment/builder.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using edgewise::estimate::DimensionView;
using edgewise::estimate::Observations;
using edgewise::estimate::observe;

namespace {

struct World {
    TableBuilder builder;

    void say(const std::string& dimension, Kind kind, const std::string& case_,
             const std::string& option, const std::string& rater, float value,
             const std::string& other = {}) {
        Row row;
        const Id c = builder.case_id(case_);
        row.option = builder.option_id(c, option);
        if (!other.empty()) row.other = builder.option_id(c, other);
        row.rater = builder.rater_id(rater);
        row.dimension = builder.dimension_id(dimension, kind);
        row.value = value;
        if (kind == Kind::ranking || kind == Kind::approval) row.ballot = builder.next_ballot();
        builder.add(row);
    }
    void rate(const std::string& case_, const std::string& rater, float value) {
        say("d", Kind::rating, case_, "o", rater, value);
    }
    void declare(double low, double high, Polarity polarity = Polarity::positive) {
        Dimension& d = builder.dimension(builder.dimension_id("d", Kind::rating));
        d.low = low;
        d.high = high;
        d.range_declared = true;
        d.polarity = polarity;
    }
    JudgmentTable table() { return std::move(builder).finish(); }
};

using Floats = std::vector<float>;

Floats of(std::span<const float> values) { return {values.begin(), values.end()}; }

}  // namespace

TEST_SUITE("estimate/observations") {
    TEST_CASE("ratings become utilities on their scale, mirrored where they are unwanted") {
        for (const Polarity polarity : {Polarity::positive, Polarity::negative}) {
            World world;
            world.declare(1, 5, polarity);
            for (int i = 1; i <= 5; ++i) world.rate("c", std::to_string(i), static_cast<float>(i));
            const Observations seen = observe(world.table(), {});
            const DimensionView& view = seen.dimensions.at(0);
            const Floats up{0.0F, 0.25F, 0.5F, 0.75F, 1.0F};
            const bool positive = polarity == Polarity::positive;
            CHECK(of(view.utilities(0)) == (positive ? up : Floats(up.rbegin(), up.rend())));
            CHECK(view.cuts == Floats{0.25F, 0.5F, 0.75F, 1.0F});
            CHECK(view.levels() == 5);
            // 3, 4 and 5 say that it is there, whatever its polarity.
            int present = 0;
            for (const float u : view.utilities(0)) present += view.present(u) ? 1 : 0;
            CHECK(present == 3);
            CHECK_FALSE(view.binary);
            CHECK_FALSE(view.votes);
        }
    }

    TEST_CASE("repeated judgments of a rater are averaged and counted") {
        World world;
        world.declare(0, 1);
        for (const float value : {1.0F, 0.0F, 1.0F, 1.0F}) world.rate("c", "b", value);
        world.rate("c", "a", 1.0F);
        const DimensionView view = observe(world.table(), {}).dimensions.at(0);
        CHECK(view.repeated == 3);
        REQUIRE(view.raters(0).size() == 2);
        CHECK(view.utilities(0)[0] == 0.75F);
        CHECK_FALSE(view.binary);
    }

    TEST_CASE("a later vote of the same rater replaces the earlier one") {
        World world;
        for (const float vote : {1.0F, 0.0F, -1.0F}) {
            world.say("agreement", Kind::vote, "c", "only", "b", vote);
        }
        world.say("agreement", Kind::vote, "c", "only", "a", 1.0F);
        const DimensionView view = observe(world.table(), {}).dimensions.at(0);
        CHECK(view.repeated == 2);
        CHECK(of(view.utilities(0)) == Floats{0.0F, 1.0F});
    }

    TEST_CASE("a comparison speaks of the pair's lower option whichever way round it was asked") {
        World world;
        world.say("p", Kind::comparison, "c", "x", "1", 1.0F, "y");
        world.say("p", Kind::comparison, "c", "y", "2", 1.0F, "x");
        world.say("p", Kind::comparison, "c", "y", "3", 0.5F, "x");
        world.say("d", Kind::rating, "c", "y", "3", 1.0F);
        world.say("d", Kind::rating, "c", "y", "4", 2.0F);
        const Observations seen = observe(world.table(), {});
        REQUIRE(seen.items.size() == 2);
        CHECK(seen.items[0].option == 1);
        CHECK(seen.items[0].other == kNone);
        CHECK(seen.items[1].option == 0);
        CHECK(seen.items[1].other == 1);
        CHECK(of(seen.dimensions.at(0).utilities(1)) == Floats{1.0F, 0.0F, 0.5F});
        CHECK(seen.dimensions[0].utilities(0).empty());
        CHECK(of(seen.dimensions.at(1).utilities(0)) == Floats{0.0F, 1.0F});
    }

    TEST_CASE("what cannot be audited is named with the reason") {
        World world;
        world.say("order", Kind::ranking, "c", "x", "1", 1.0F);
        world.say("approval", Kind::approval, "c", "x", "1", 1.0F);
        world.rate("c", "1", 4.0F);
        world.builder.category_id(world.builder.dimension_id("l", Kind::label), "red");
        world.say("l", Kind::label, "c", "x", "1", 0.0F);
        world.say("m", Kind::vote, "c", "x", "robot", 1.0F);
        world.builder.set_rater_kind(world.builder.find_rater("robot"), RaterKind::machine);
        const JudgmentTable table = world.table();
        const Observations seen = observe(table, {});
        CHECK(seen.dimensions.empty());
        CHECK(seen.items.empty());
        CHECK(seen.machine == 1);
        CHECK(seen.left_out == std::vector<std::string>{
                                   "order: rankings are not audited yet",
                                   "approval: approvals are not audited yet",
                                   "d: every judgment is 4 and no scale is declared",
                                   "l: its 1 labels have no order", "m: no judgments by people"});
        CHECK(observe(table, {}, true).dimensions.size() == 1);
    }

    TEST_CASE("votes and binary labels have their levels, long scales their thirds") {
        World world;
        for (int i = 0; i < 3; ++i) {
            world.say("v", Kind::vote, "c", "x", std::to_string(i), static_cast<float>(i - 1));
        }
        const Id label = world.builder.dimension_id("l", Kind::label);
        world.builder.category_id(label, "yes");
        world.builder.category_id(label, "no");
        world.say("l", Kind::label, "c", "x", "0", 0.0F);
        world.say("l", Kind::label, "c", "x", "1", 1.0F);
        for (int i = 0; i <= 10; ++i) world.rate("c", std::to_string(i), static_cast<float>(i));
        const Observations seen = observe(world.table(), {});
        REQUIRE(seen.dimensions.size() == 3);
        CHECK(seen.dimensions[0].votes);
        CHECK(seen.dimensions[0].cuts == Floats{0.5F, 1.0F});
        CHECK(seen.dimensions[1].binary);
        CHECK(of(seen.dimensions[1].utilities(1)) == Floats{});
        CHECK(of(seen.dimensions[1].utilities(0)) == Floats{1.0F, 0.0F});
        CHECK(seen.dimensions[2].levels() == 3);
        CHECK(seen.dimensions[2].level(0.5F) == 1);
    }

    TEST_CASE("an empty table has nothing to observe") {
        const Observations seen = observe(World().table(), {});
        CHECK(seen.items.empty());
        CHECK(seen.case_begin == std::vector<std::uint32_t>{0});
    }

    TEST_CASE("views hold what a map of all judgments holds, for any number of threads") {
        World world;
        Rng rng(4, 0);
        std::map<std::tuple<std::string, std::string, std::string, std::string>,
                 std::pair<double, int>>
            expected;
        for (int i = 0; i < 4000; ++i) {
            const std::string c = "c" + std::to_string(rng.next_below(40));
            const std::string o = "o" + std::to_string(rng.next_below(3));
            const std::string r = "r" + std::to_string(rng.next_below(25));
            const std::string d = "d" + std::to_string(rng.next_below(4));
            const auto value = static_cast<float>(rng.next_below(5));
            world.say(d, Kind::rating, c, o, r, value);
            auto& cell = expected[{d, c, o, r}];
            cell.first += double{value} / 4.0;
            ++cell.second;
        }
        const JudgmentTable table = world.table();
        for (const unsigned threads : {1U, 3U}) {
            const Observations seen = observe(table, Job({}, {}, threads));
            std::size_t found = 0;
            for (const DimensionView& view : seen.dimensions) {
                REQUIRE(view.items() == seen.items.size());
                for (std::size_t i = 0; i < view.items(); ++i) {
                    for (std::size_t k = 0; k < view.raters(i).size(); ++k) {
                        if (k > 0) REQUIRE(view.raters(i)[k - 1] < view.raters(i)[k]);
                        const auto& cell =
                            expected.at({table.dimensions()[view.dimension].name,
                                         std::string(table.cases().ids[seen.items[i].case_]),
                                         std::string(table.options().ids[seen.items[i].option]),
                                         std::string(table.raters().ids[view.raters(i)[k]])});
                        REQUIRE(view.utilities(i)[k] ==
                                doctest::Approx(cell.first / cell.second).epsilon(1e-6));
                        ++found;
                    }
                }
            }
            CHECK(found == expected.size());
            REQUIRE(seen.case_begin.size() == table.cases().ids.size() + 1);
            for (Id c = 0; c + 1 < seen.case_begin.size(); ++c) {
                for (std::uint32_t i = seen.case_begin[c]; i < seen.case_begin[c + 1]; ++i) {
                    REQUIRE(seen.items[i].case_ == c);
                    if (i > seen.case_begin[c]) {
                        REQUIRE(seen.items[i - 1].option < seen.items[i].option);
                    }
                }
            }
        }
    }
}
