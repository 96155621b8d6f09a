// The audit as a whole on tables made by hand: the same bytes whatever the threads, and an answer
// rather than a number that is none where a table holds next to nothing.

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/json.hpp"
#include "edgewise/base/random.hpp"
#include "edgewise/edge/audit.hpp"
#include "edgewise/service/codec.hpp"
#include "edgewise/service/ops/ops.hpp"
#include "support/tables.hpp"

using namespace edgewise;
using test::HandTable;

namespace {

edge::AuditOptions quick() {
    edge::AuditOptions options;
    options.permutations = 49;
    options.draws = 40;
    return options;
}

// Encoding refuses every number that is not finite, and names it.
std::string bytes(const judgment::JudgmentTable& table, const edge::AuditOptions& options,
                  unsigned threads = 1) {
    return service::encode(edge::audit(table, options, Job({}, {}, threads))).dump();
}

edge::AuditReport report(HandTable& hand, const edge::AuditOptions& options = quick()) {
    const auto table = hand.table();
    auto out = edge::audit(table, options, Job());
    CHECK_NOTHROW(service::encode(out));
    return out;
}

const edge::Loss& loss(const edge::AuditReport& report, std::string_view name) {
    for (const auto& each : report.losses) {
        if (each.name == name) return each;
    }
    FAIL("no loss " << name);
    return report.losses.front();
}

std::string num(const char* prefix, std::size_t k) { return prefix + std::to_string(k); }

// Forty raters of a city, more of the north, who rate two replies in each of six cases on two
// dimensions. The first reply is warm to the north and cold to the south, the second in between.
HandTable town(double split) {
    HandTable hand;
    hand.scale("warmth", 0, 1).scale("truth", 0, 1);
    Rng rng(5, 1);
    for (std::size_t r = 0; r < 40; ++r) {
        const std::string rater = num("r", r);
        const bool north = r % 10 < 7;
        hand.rater(rater, "city", north ? "north" : "south");
        const double severity = 0.05 * next_normal(rng);
        for (std::size_t c = 0; c < 6; ++c) {
            for (std::size_t o = 0; o < 2; ++o) {
                const double own = north ? split : -split;
                const double wants = (o == 0 ? own : 0.25 * split) + severity;
                const auto clamp = [](double x) { return std::min(1.0, std::max(0.0, x)); };
                hand.rate(num("c", c), num("o", o), rater, "warmth",
                          clamp(0.5 + wants + 0.1 * next_normal(rng)));
                hand.rate(num("c", c), num("o", o), rater, "truth",
                          clamp(0.6 + severity + 0.1 * next_normal(rng)));
            }
        }
    }
    return hand;
}

}  // namespace

TEST_SUITE("the audit as a whole") {
    TEST_CASE("an audit is the same bytes for 1, 2 and 5 threads and another for another seed") {
        const auto table = town(0.2).table();
        auto options = quick();
        const std::string one = bytes(table, options);
        CHECK(one == bytes(table, options, 2));
        CHECK(one == bytes(table, options, 5));
        options.seed = 2;
        CHECK(one != bytes(table, options));
    }

    TEST_CASE("a planted difference between groups is shown and its absence is not") {
        auto planted = town(0.3);
        const auto shown = report(planted);
        REQUIRE(shown.partitions.size() == 1);
        CHECK(shown.partitions[0].verdict == "shown");
        CHECK(shown.partitions[0].effects[0].dimension == "warmth");
        CHECK(shown.partitions[0].effects[0].verdict == "shown");
        CHECK(shown.partitions[0].effects[1].verdict == "not_shown");
        CHECK(shown.partitions[0].effects[0].cells_flagged == 12);  // every cell of the first
        CHECK(loss(shown, "representation").verdict == "shown");
        CHECK(shown.cases.front().disagreement.state == "on");
        CHECK(shown.findings.front().verdict == "shown");
        auto flat = town(0.0);
        const auto none = report(flat);
        CHECK(none.partitions[0].verdict == "not_shown");
        CHECK(none.flags_total == 0);
        CHECK(loss(none, "representation").verdict == "not_shown");
        for (const auto& row : none.cases) CHECK(row.disagreement.state != "on");
    }

    TEST_CASE("without group effects few audits show any although raters are severe and repeat") {
        // One attribute on one dimension: at a false discovery rate of 10 % at most one audit in
        // ten may show something.
        std::size_t shown = 0;
        for (std::uint64_t seed = 1; seed <= 120; ++seed) {
            HandTable hand;
            hand.scale("d", 0, 1);
            Rng rng(seed, 21);
            for (std::size_t r = 0; r < 24; ++r) {
                hand.rater(num("r", r), "city", r % 3 == 0 ? "north" : "south");
                const double severity = 0.12 * next_normal(rng);
                for (std::size_t c = 0; c < 15; ++c) {
                    if (rng.next_unit() < 0.3) continue;
                    const double noise = c < 5 ? 0.02 : 0.15;
                    const double u = 0.5 + severity + noise * next_normal(rng);
                    hand.rate(num("c", c), "o", num("r", r), "d", std::clamp(u, 0.0, 1.0));
                }
            }
            auto options = quick();
            options.permutations = 59;
            options.draws = 20;
            const auto got = edge::audit(hand.table(), options, Job());
            shown += got.partitions.front().verdict == "shown" ? 1U : 0U;
        }
        CHECK(shown <= 22);  // 12 expected at most, three standard deviations
    }

    TEST_CASE("the order of the rows changes no finding") {
        HandTable there, back;
        std::vector<std::array<std::string, 4>> rows;
        Rng rng(8, 1);
        std::vector<double> value;
        for (std::size_t r = 0; r < 20; ++r) {
            for (std::size_t c = 0; c < 8; ++c) {
                rows.push_back({num("c", c), "o", num("r", r), c % 2 == 0 ? "a" : "b"});
                value.push_back(rng.next_unit());
            }
        }
        for (auto* hand : {&there, &back}) hand->scale("a", 0, 1).scale("b", 0, 1);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::size_t j = rows.size() - 1 - i;
            there.rate(rows[i][0], rows[i][1], rows[i][2], rows[i][3], value[i]);
            back.rate(rows[j][0], rows[j][1], rows[j][2], rows[j][3], value[j]);
        }
        const auto a = report(there);
        const auto b = report(back);
        CHECK(a.data.dimensions[0].mean_utility ==
              doctest::Approx(b.data.dimensions[0].mean_utility).epsilon(1e-12));
        CHECK(*a.data.dimensions[0].alpha ==
              doctest::Approx(*b.data.dimensions[0].alpha).epsilon(1e-9));
        REQUIRE(a.findings.size() == b.findings.size());
        for (std::size_t i = 0; i < a.findings.size(); ++i) {
            CHECK(a.findings[i].verdict == b.findings[i].verdict);
        }
    }

    TEST_CASE("one judgment makes an audit in which nothing about people or values is told") {
        HandTable hand;
        hand.scale("d", 1, 5).rate("c", "o", "r", "d", 4);
        const auto got = report(hand);
        CHECK(got.data.judgments == 1);
        CHECK(got.partitions.empty());
        CHECK_FALSE(got.data.dimensions[0].alpha);
        CHECK(loss(got, "flattening").verdict == "cannot_tell");
        CHECK(got.conflicts.verdict == "cannot_tell");
        CHECK(got.cases.front().value_conflict.state == "unknown");
        CHECK(got.cases.front().disagreement.state == "unknown");
    }

    TEST_CASE("one rater shows no disagreement and no floor of noise") {
        HandTable hand;
        hand.scale("a", 0, 1).scale("b", 0, 1).rater("r", "city", "north");
        for (std::size_t c = 0; c < 30; ++c) {
            hand.rate(num("c", c), "o", "r", "a", c % 3 == 0 ? 0.1 : 0.9);
            hand.rate(num("c", c), "o", "r", "b", c % 3 == 0 ? 0.9 : 0.1);
        }
        const auto got = report(hand);
        CHECK(got.partitions.empty());
        CHECK(got.conflicts.verdict == "cannot_tell");
        REQUIRE(got.conflicts.any);
        CHECK_FALSE(got.conflicts.any->floor_known);
        CHECK(got.conflicts.any->observed == 1.0);
    }

    TEST_CASE("one group or a missing attribute makes no partition and says so") {
        HandTable hand;
        hand.scale("d", 0, 1);
        for (std::size_t r = 0; r < 12; ++r) {
            hand.rater(num("r", r), "city", "north");
            hand.rate("c", "o", num("r", r), "d", static_cast<double>(r) / 11.0);
        }
        const auto got = report(hand);
        CHECK(got.partitions.empty());
        REQUIRE(got.attributes_left_out.size() == 1);
        CHECK(got.attributes_left_out[0].reason == "the same for all raters");
    }

    TEST_CASE("a cut that leaves fewer than two groups is left out by name") {
        for (const char* cut : {"age=90", "age=5", "age=29,31,33,35,37,39,41,43,45,47,49"}) {
            HandTable hand;
            hand.scale("d", 0, 1);
            for (std::size_t r = 0; r < 12; ++r) {
                hand.rater(num("r", r), "age", num("", 30 + 2 * r));
                for (std::size_t c = 0; c < 3; ++c) {
                    hand.rate(num("c", c), "o", num("r", r), "d", static_cast<double>(r) / 11.0);
                }
            }
            auto options = quick();
            options.cuts = {cut};
            const auto got = report(hand, options);
            CHECK_MESSAGE(got.partitions.empty(), cut);
            REQUIRE(got.attributes_left_out.size() == 1);
            CHECK(got.attributes_left_out[0].name == "age");
        }
    }

    TEST_CASE("ratings that all sit on the middle of the scale leave no doubt and no loss") {
        for (const std::size_t dimensions : {std::size_t{1}, std::size_t{3}}) {
            HandTable hand;
            for (std::size_t d = 0; d < dimensions; ++d) hand.scale(num("d", d), 1, 5);
            for (std::size_t r = 0; r < 12; ++r) {
                hand.rater(num("r", r), "city", r % 2 == 0 ? "north" : "south");
                for (std::size_t c = 0; c < 8; ++c) {
                    for (std::size_t d = 0; d < dimensions; ++d) {
                        hand.rate(num("c", c), "o", num("r", r), num("d", d), 3);
                    }
                }
            }
            const auto got = report(hand);
            CHECK(*got.uncertainty.cases_undecided == 0.0);
            CHECK(loss(got, "blindness").verdict == "not_shown");
            CHECK(*loss(got, "blindness").mean < 0.01);
            CHECK_FALSE(std::ranges::any_of(got.findings, [](const auto& finding) {
                return finding.axis == "uncertainty" && finding.verdict == "shown";
            }));
            for (const auto& row : got.cases) CHECK(row.ambiguity.state == "off");
        }
    }

    TEST_CASE("votes and comparisons that all agree make finite reports") {
        HandTable votes, pairs;
        for (std::size_t r = 0; r < 10; ++r) {
            for (std::size_t c = 0; c < 5; ++c) {
                votes.vote(num("s", c), num("r", r), 1);
                pairs.compare(num("c", c), "a", "b", num("r", r), "better", 1);
            }
            votes.rater(num("r", r), "city", r % 2 == 0 ? "north" : "south");
            pairs.rater(num("r", r), "city", r % 2 == 0 ? "north" : "south");
        }
        for (auto* hand : {&votes, &pairs}) {
            const auto got = report(*hand);
            CHECK(got.partitions[0].verdict == "cannot_tell");
            CHECK(got.flags_total == 0);
            CHECK(got.cases_total == 5);
        }
    }

    TEST_CASE("a rating of everything alike tells neither alpha nor groups") {
        HandTable hand;
        hand.scale("d", 0, 10);
        for (std::size_t r = 0; r < 40; ++r) {
            hand.rater(num("r", r), "city", r % 2 == 0 ? "north" : "south");
            for (std::size_t c = 0; c < 5; ++c) hand.rate(num("c", c), "o", num("r", r), "d", 7);
        }
        const auto got = report(hand);
        CHECK_FALSE(got.data.dimensions[0].alpha);
        CHECK(got.partitions[0].verdict == "cannot_tell");
        CHECK_FALSE(got.partitions[0].effects[0].disagreement_ratio);
    }

    TEST_CASE("items of one rating each are read fast and told apart from silence") {
        HandTable hand;
        hand.scale("d", 0, 1);
        Rng rng(3, 1);
        constexpr std::size_t kItems = 20'000;
        for (std::size_t i = 0; i < kItems; ++i) {
            hand.rate(num("c", i), "o", num("r", i % 50), "d", rng.next_unit());
        }
        for (std::size_t r = 0; r < 50; ++r) {
            hand.rater(num("r", r), "city", r % 2 == 0 ? "north" : "south");
        }
        const auto got = report(hand);
        CHECK(got.cases_total == kItems);
        CHECK(got.partitions[0].verdict == "cannot_tell");
        CHECK(loss(got, "representation").verdict == "cannot_tell");
        CHECK(loss(got, "blindness").sampled);
    }

    TEST_CASE("options that make no sense are refused by name") {
        const auto table = town(0.1).table();
        const auto refused = [&](auto change) {
            auto options = quick();
            change(options);
            try {
                edge::audit(table, options, Job());
            } catch (const Error& error) {
                return error.where();
            }
            return std::string("accepted");
        };
        using Options = edge::AuditOptions;
        CHECK(refused([](Options& o) { o.permutations = 18; }) == "permutations");
        CHECK(refused([](Options& o) { o.draws = 0; }) == "draws");
        CHECK(refused([](Options& o) { o.fdr = 0.0; }) == "fdr");
        CHECK(refused([](Options& o) { o.target_shift = 1.5; }) == "target_shift");
        CHECK(refused([](Options& o) { o.least_group = 1; }) == "least_group");
        CHECK(refused([](Options& o) { o.least_cell = 0; }) == "least_cell");
        CHECK(refused([](Options& o) { o.material = 1.0; }) == "material");
        CHECK(refused([](Options& o) { o.dimensions = {"cost"}; }) == "dimensions");
        CHECK(refused([](Options& o) { o.weights = {"warmth=-1"}; }) == "weights");
        CHECK(refused([](Options& o) { o.weights = {"warmth=0"}; }) == "weights");
        CHECK(refused([](Options& o) { o.weights = {"warmth=inf"}; }) == "weights");
        CHECK(refused([](Options& o) { o.overall = "cost"; }) == "overall");
        CHECK(refused([](Options& o) { o.attributes = {"age"}; }) == "attribute");
        CHECK(refused([](Options& o) { o.cuts = {"city=1"}; }) == "attribute");
        CHECK(refused([](Options& o) { o.cuts = {"age=2,1"}; }) == "cuts");
    }

    TEST_CASE("showing a case names the nearest where there is none") {
        const auto table = town(0.2).table();
        const auto shown = edge::show(table, "c3", quick(), Job());
        CHECK(shown.row.id == "c3");
        CHECK(shown.judgments_total == 160);
        CHECK(shown.judgments.size() == 160);
        REQUIRE(shown.heat_maps.size() == 1);
        CHECK(shown.heat_maps[0].groups.size() == 2);
        CHECK_THROWS_WITH_AS(edge::show(table, "d3", quick(), Job()),
                             doctest::Contains("nearest is \"c3\""), Error);
    }
}
