#include "edgewise/estimate/tensor/fit_tensor.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
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

    TEST_CASE("compared contenders get utilities in their order, and groups their own") {
        // Left prefers a to b to c, right the reverse; everybody puts d last.
        test::HandTable hand;
        Rng rng(11, 4);
        const std::vector<std::string> names{"a", "b", "c", "d"};
        const std::vector<double> left{1.5, 0.5, -0.5, -1.5};
        const std::vector<double> right{-0.5, 0.5, 1.5, -1.5};
        for (int r = 0; r < 40; ++r) {
            const std::string rater = "r" + std::to_string(r);
            hand.rater(rater, "side", r % 2 == 0 ? "left" : "right");
            const auto& theta = r % 2 == 0 ? left : right;
            for (int k = 0; k < 30; ++k) {
                const auto i = static_cast<std::size_t>(rng.next_below(4));
                const auto j = (i + 1 + static_cast<std::size_t>(rng.next_below(3))) % 4;
                const double p = 1.0 / (1.0 + std::exp(theta[j] - theta[i]));
                hand.compare("case " + std::to_string(k), names[i], names[j], rater, "better",
                             rng.next_unit() < p ? 1.0 : 0.0);
            }
        }
        const JudgmentTable table = hand.table();
        std::vector<std::pair<std::string, double>> means;
        const TensorReport report = estimate::fit_tensor(
            table, {},
            [&](const estimate::TensorCell& cell) {
                means.emplace_back(std::string(cell.group) + " " + std::string(cell.option),
                                   *cell.mean);
            },
            {});
        REQUIRE(report.dimensions.size() == 1);
        CHECK(report.dimensions[0].model == "bradley_terry");
        const auto mean = [&](const std::string& name) {
            const auto found =
                std::ranges::find(means, name, [](const auto& m) { return m.first; });
            REQUIRE(found != means.end());
            return found->second;
        };
        CHECK(mean("left a") > mean("left b"));
        CHECK(mean("left b") > mean("left c"));
        CHECK(mean("right c") > mean("right b"));
        CHECK(mean("right b") > mean("right a"));
        CHECK(mean("everyone b") > mean("everyone d"));
        const auto& side = report.dimensions[0].partitions.at(0);
        CHECK(*side.group_spread > 0.3);
        CHECK(*side.group_p < 0.02);
        CHECK(side.converged);
        CHECK(*side.gradient_norm < 1e-6);
        CHECK(std::ranges::any_of(report.findings, [](const auto& finding) {
            return finding.verdict == "shown" &&
                   finding.title.find("rank differently") != std::string::npos;
        }));
        TensorOptions options;
        options.model = {"beta_votes"};
        CHECK(refusal(table, options).find("davidson") != std::string::npos);
    }

    TEST_CASE("rankings become utilities, pulled together where groups agree") {
        test::HandTable hand;
        Rng rng(5, 9);
        const std::vector<double> theta{1.0, 0.3, -0.3, -1.0};
        for (int r = 0; r < 60; ++r) {
            const std::string rater = "r" + std::to_string(r);
            hand.rater(rater, "side", r % 2 == 0 ? "left" : "right");
            const judgment::Id ballot = hand.builder.next_ballot();
            std::vector<std::size_t> left{0, 1, 2, 3};
            for (int rank = 1; !left.empty(); ++rank) {
                double sum = 0.0;
                for (const std::size_t i : left) sum += std::exp(theta[i]);
                double u = sum * rng.next_unit();
                std::size_t at = 0;
                while (at + 1 < left.size() && (u -= std::exp(theta[left[at]])) > 0.0) ++at;
                judgment::Row row;
                row.option = hand.builder.option_id(hand.builder.case_id("all"),
                                                    std::string(1, "abcd"[left[at]]));
                row.rater = hand.builder.rater_id(rater);
                row.dimension = hand.builder.dimension_id("order", judgment::Kind::ranking);
                row.value = static_cast<float>(rank);
                row.ballot = ballot;
                hand.builder.add(row);
                left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
            }
        }
        const TensorReport report = estimate::fit_tensor(hand.table(), {}, {}, {});
        REQUIRE(report.dimensions.size() == 1);
        CHECK(report.dimensions[0].model == "plackett_luce");
        CHECK(report.dimensions[0].judgments == 60);
        double last = 1.0;
        for (const char* option : {"a", "b", "c", "d"}) {
            const auto found = std::ranges::find_if(report.cells, [&](const auto& cell) {
                return cell.group == "everyone" && cell.option == option;
            });
            REQUIRE(found != report.cells.end());
            CHECK(*found->mean < last);
            last = *found->mean;
        }
        CHECK(*report.dimensions[0].partitions.at(0).group_spread < 0.5);
    }

    TEST_CASE("labels without order become shares that sum to one for every group") {
        test::HandTable hand;
        const judgment::Id dimension = hand.builder.dimension_id("tone", judgment::Kind::label);
        const std::vector<std::string> words{"warm", "cold", "flat"};
        for (int r = 0; r < 24; ++r) {
            const std::string rater = "r" + std::to_string(r);
            hand.rater(rater, "side", r % 2 == 0 ? "left" : "right");
            for (int c = 0; c < 6; ++c) {
                judgment::Row row;
                row.option = hand.builder.option_id(
                    hand.builder.case_id("case " + std::to_string(c)), "only");
                row.rater = hand.builder.rater_id(rater);
                row.dimension = dimension;
                const std::size_t word = r % 2 == 0 ? 0 : static_cast<std::size_t>(1 + r % 4 / 2);
                row.value = static_cast<float>(hand.builder.category_id(dimension, words[word]));
                hand.builder.add(row);
            }
        }
        const TensorReport report = estimate::fit_tensor(hand.table(), {}, {}, {});
        CHECK(report.dimensions[0].model == "dirichlet_labels");
        CHECK(report.cells_total == 6 * 3 * 3);
        double sum = 0.0;
        double left_warm = 0.0;
        for (const auto& cell : report.cells) {
            if (cell.case_ != "case 0") continue;
            sum += *cell.mean;
            if (cell.group == "left" && cell.category == "warm") left_warm = *cell.mean;
            CHECK(cell.interval->low >= 0.0);
            CHECK(cell.interval->high <= 1.0);
        }
        CHECK(sum == doctest::Approx(3.0));
        CHECK(left_warm > 0.8);
    }

    TEST_CASE("raters weighted to margins move the pooled utility towards the scarce group") {
        test::HandTable hand;
        hand.scale("quality", 0.0, 1.0);
        Rng rng(2, 2);
        for (int r = 0; r < 50; ++r) {
            const bool scarce = r < 10;
            hand.rater("r" + std::to_string(r), "side", scarce ? "few" : "many");
            for (int i = 0; i < 8; ++i) {
                hand.rate("c" + std::to_string(i), "o", "r" + std::to_string(r), "quality",
                          std::clamp((scarce ? 0.8 : 0.3) + 0.05 * next_normal(rng), 0.0, 1.0));
            }
        }
        const JudgmentTable table = hand.table();
        const auto file = std::filesystem::temp_directory_path() /
                          ("edgewise-margins-" + std::to_string(::getpid()) + ".csv");
        std::ofstream(file) << "attribute,value,share\nside,few,0.5\nside,many,0.5\n";
        TensorOptions options;
        const TensorReport plain = estimate::fit_tensor(table, options, {}, {});
        options.margins = file.string();
        const TensorReport weighted = estimate::fit_tensor(table, options, {}, {});
        std::filesystem::remove(file);
        CHECK(*plain.cells.at(0).mean < 0.45);
        CHECK(*weighted.cells.at(0).mean > 0.5);
        REQUIRE(weighted.population);
        CHECK(weighted.population->effective < 40.0);
        CHECK(weighted.dimensions[0].n_eff < plain.dimensions[0].n_eff);
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
