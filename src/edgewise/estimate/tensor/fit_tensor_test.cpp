#include "edgewise/estimate/tensor/fit_tensor.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "edgewise/base/random.hpp"
#include "edgewise/estimate/tensor/slices.hpp"
#include "support/tables.hpp"

namespace edgewise {
namespace {

using estimate::TensorOptions;
using estimate::TensorReport;
using judgment::JudgmentTable;

// Two groups of raters; "stern" gives `shift` less on everything.
JudgmentTable ratings_of_two_groups(double shift, int raters = 40, int items = 30) {
    test::HandTable hand;
    hand.scale("quality", 0.0, 1.0);
    Rng rng(7, 1);
    std::vector<double> severity;
    for (int r = 0; r < raters; ++r) severity.push_back(0.05 * next_normal(rng));
    for (int i = 0; i < items; ++i) {
        const double item = 0.5 + 0.1 * next_normal(rng);
        for (int r = 0; r < raters; ++r) {
            const double u = item + severity[static_cast<std::size_t>(r)] -
                             (r % 2 == 0 ? shift : 0.0) + 0.1 * next_normal(rng);
            hand.rate("case " + std::to_string(i), "only", "rater " + std::to_string(r), "quality",
                      std::clamp(u, 0.0, 1.0));
        }
    }
    for (int r = 0; r < raters; ++r) {
        hand.rater("rater " + std::to_string(r), "kind", r % 2 == 0 ? "stern" : "mild");
    }
    return hand.table();
}

std::string refusal(const JudgmentTable& table, const TensorOptions& options) {
    try {
        static_cast<void>(estimate::fit_tensor(table, options, {}, {}));
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

TEST_SUITE("estimate/tensor") {
    TEST_CASE("a group that is stricter on everything is found, with its size in the interval") {
        const JudgmentTable table = ratings_of_two_groups(0.2);
        const TensorReport report = estimate::fit_tensor(table, {}, {}, {});
        REQUIRE(report.dimensions.size() == 1);
        REQUIRE(report.dimensions[0].partitions.size() == 1);
        const auto& groups = report.dimensions[0].partitions[0].groups;
        REQUIRE(groups.size() == 2);
        for (const auto& group : groups) {
            // Half of the raters are in the group: against everybody it shows half of the shift.
            const double truth = group.group == "stern" ? -0.1 : 0.1;
            REQUIRE(group.shift_interval);
            CHECK(group.shift_interval->low < truth);
            CHECK(group.shift_interval->high > truth);
            CHECK(*group.shift_q < 0.001);
        }
        REQUIRE_FALSE(report.findings.empty());
        CHECK(report.findings.front().verdict == "shown");
    }

    TEST_CASE("groups that do not differ are seldom said to") {
        int false_alarms = 0;
        for (int seed = 0; seed < 40; ++seed) {
            test::HandTable hand;
            hand.scale("quality", 0.0, 1.0);
            Rng rng(static_cast<std::uint64_t>(seed), 2);
            std::vector<double> severity;
            for (int r = 0; r < 20; ++r) severity.push_back(0.1 * next_normal(rng));
            for (int i = 0; i < 15; ++i) {
                for (int r = 0; r < 20; ++r) {
                    const double u =
                        0.5 + severity[static_cast<std::size_t>(r)] + 0.1 * next_normal(rng);
                    hand.rate(std::to_string(i), "o", std::to_string(r), "quality",
                              std::clamp(u, 0.0, 1.0));
                }
            }
            for (int r = 0; r < 20; ++r) {
                hand.rater(std::to_string(r), "side", r % 2 == 0 ? "left" : "right");
            }
            const TensorReport report = estimate::fit_tensor(hand.table(), {}, {}, {});
            for (const auto& finding : report.findings) {
                if (finding.verdict == "shown") ++false_alarms;
            }
        }
        // Both groups show the same difference, so an alarm counts twice; 0.05 of 40 are 2.
        CHECK(false_alarms <= 10);
    }

    TEST_CASE("the sink gets every cell once, everybody first, and the report counts them") {
        const JudgmentTable table = ratings_of_two_groups(0.1, 12, 5);
        TensorOptions options;
        options.most_cells = 7;
        std::vector<std::string> seen;
        const TensorReport report = estimate::fit_tensor(
            table, options,
            [&](const estimate::TensorCell& cell) {
                seen.push_back(std::string(cell.group) + " " + std::string(cell.case_));
                CHECK(cell.interval->low <= *cell.mean);
                CHECK(cell.interval->high >= *cell.mean);
            },
            {});
        CHECK(report.cells_total == seen.size());
        CHECK(seen.size() == 5 + 5 * 2);
        CHECK(report.cells.size() == 7);
        CHECK(seen[0] == "everyone case 0");
        CHECK(std::ranges::count_if(
                  seen, [](const std::string& each) { return each.starts_with("everyone"); }) == 5);
        std::ranges::sort(seen);
        CHECK(std::ranges::adjacent_find(seen) == seen.end());
        const auto& cells = report.dimensions[0].partitions[0].cells;
        CHECK(cells.observed + cells.pooled + cells.insufficient == 10);
    }

    TEST_CASE("a cell of too few judgments is insufficient, one of none is pooled") {
        test::HandTable hand;
        hand.scale("quality", 0.0, 1.0);
        for (int r = 0; r < 12; ++r) {
            const std::string rater = std::to_string(r);
            hand.rate("a", "o", rater, "quality", 0.1 * (r % 7));
            if (r % 2 == 0) hand.rate("b", "o", rater, "quality", 0.1 * (r % 5));
            if (r % 2 == 0 || r == 1) hand.rate("c", "o", rater, "quality", 0.1 * (r % 3));
            hand.rater(rater, "side", r % 2 == 0 ? "even" : "odd");
        }
        const JudgmentTable table = hand.table();
        std::vector<std::string> states;
        estimate::fit_tensor(table, {},
                             [&](const estimate::TensorCell& cell) {
                                 if (cell.group == "odd") states.emplace_back(cell.state);
                             },
                             {});
        CHECK(states == std::vector<std::string>{"observed", "pooled", "insufficient"});
    }

    TEST_CASE("the number of threads changes nothing") {
        const JudgmentTable table = ratings_of_two_groups(0.1, 30, 20);
        const auto digest = [&](unsigned threads) {
            std::string out;
            const TensorReport report = estimate::fit_tensor(
                table, {},
                [&](const estimate::TensorCell& cell) {
                    out += std::to_string(*cell.mean) + std::to_string(*cell.sd);
                },
                Job({}, {}, threads));
            return out + std::to_string(*report.dimensions[0].partitions[0].groups[0].shift);
        };
        CHECK(digest(1) == digest(2));
    }

    TEST_CASE("options that make no sense are refused by name") {
        const JudgmentTable table = ratings_of_two_groups(0.1, 12, 5);
        TensorOptions options;
        options.level = 1.0;
        CHECK(refusal(table, options).find("between 0 and 1") != std::string::npos);
        options = {};
        options.model = {"nonsense"};
        CHECK(refusal(table, options).find("there is no estimator \"nonsense\"") !=
              std::string::npos);
        options.model = {"beta_votes"};
        CHECK(refusal(table, options).find("does not suit dimension \"quality\"") !=
              std::string::npos);
        options.model = {"absent=beta_votes"};
        CHECK(refusal(table, options).find("no dimension \"absent\"") != std::string::npos);
        options = {};
        options.dimensions = {"absent"};
        CHECK(refusal(table, options).find("there are: quality") != std::string::npos);
        options = {};
        options.least_group = 1;
        CHECK_FALSE(refusal(table, options).empty());
    }

    TEST_CASE("one rater, or one item, gives figures that claim nothing") {
        test::HandTable one;
        one.scale("quality", 0.0, 1.0).rate("a", "o", "r", "quality", 0.3);
        const TensorReport report = estimate::fit_tensor(one.table(), {}, {}, {});
        REQUIRE(report.cells.size() == 1);
        CHECK(report.cells[0].state == "insufficient");
        CHECK(std::isfinite(*report.cells[0].mean));
        CHECK(report.dimensions[0].partitions.empty());
    }

    TEST_CASE("an interval covers its mean and widens with its level") {
        Rng rng(3, 3);
        for (int k = 0; k < 500; ++k) {
            estimate::Cell cell;
            cell.mean = rng.next_unit();
            cell.sd = 0.4 * rng.next_unit();
            cell.family = k % 2 == 0 ? estimate::Family::beta : estimate::Family::normal;
            const Interval narrow = estimate::credible_interval(cell, 0.5);
            const Interval wide = estimate::credible_interval(cell, 0.95);
            CHECK(wide.low <= narrow.low);
            CHECK(wide.high >= narrow.high);
            CHECK(narrow.low <= cell.mean);
            CHECK(narrow.high >= cell.mean);
            CHECK(wide.low >= 0.0);
            CHECK(wide.high <= 1.0);
        }
    }
}

}  // namespace
}  // namespace edgewise
