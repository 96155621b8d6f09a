#include "edgewise/estimate/raters/rater_report.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/random.hpp"
#include "import_files.hpp"
#include "support/tables.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

const DimensionAgreement& on(const RaterReport& report, const std::string& name) {
    const auto at = std::ranges::find(report.dimensions, name, &DimensionAgreement::name);
    REQUIRE(at != report.dimensions.end());
    return *at;
}

// Nominal labels, votes, comparisons and continuous ratings in one table.
judgment::JudgmentTable mixed() {
    test::HandTable hand;
    Rng rng(61, 1);
    for (int i = 0; i < 60; ++i) {
        const std::string c = "c" + std::to_string(i);
        const double centre = next_normal(rng);
        const auto topic = rng.next_below(3);
        for (int r = 0; r < 6; ++r) {
            const std::string who = "r" + std::to_string(r);
            judgment::Row row;
            const auto in = hand.builder.case_id(c);
            row.option = hand.builder.option_id(in, "o");
            row.rater = hand.builder.rater_id(who);
            row.dimension = hand.builder.dimension_id("topic", judgment::Kind::label);
            const std::uint64_t said = rng.next_unit() < 0.7 ? topic : rng.next_below(3);
            const char* names[] = {"health", "sport", "war"};
            row.value = static_cast<float>(hand.builder.category_id(row.dimension, names[said]));
            hand.builder.add(row);
            hand.vote(c, who, centre + next_normal(rng) > 0.0 ? 1.0 : -1.0);
            hand.rate(c, "o", who, "number", centre + next_normal(rng));
            hand.compare(c, "o", "p", who, "better",
                         centre + next_normal(rng) > 0.3 ? 1.0
                         : rng.next_below(2)             ? 0.5
                                                         : 0.0);
        }
    }
    hand.builder.set_rater_kind(hand.builder.rater_id("r5"), judgment::RaterKind::machine);
    return hand.table();
}

}  // namespace

TEST_SUITE("estimate/raters/report") {
    TEST_CASE("every kind of judgment gets its metric, its model or the reason for none") {
        const auto t = mixed();
        RaterOptions options;
        options.replicates = 100;
        const RaterReport report = rater_report(t, options, {});
        CHECK(report.people == 5);
        CHECK(report.machines == 1);
        CHECK(on(report, "topic").metric == "nominal");
        CHECK(on(report, "agree").metric == "nominal");  // nobody passed: two answers
        CHECK(on(report, "better").metric == "nominal");
        CHECK(on(report, "number").metric == "interval");
        CHECK(on(report, "number").models.empty());
        CHECK_FALSE(on(report, "number").model_why.empty());
        for (const char* name : {"topic", "agree", "better", "number"}) {
            const auto& d = on(report, name);
            CAPTURE(name);
            CHECK(d.raters == 5);
            CHECK(d.state == "observed");
            REQUIRE(d.alpha);
            REQUIRE(d.alpha_interval);
            CHECK(d.alpha_interval->low < *d.alpha);
            CHECK(*d.alpha < d.alpha_interval->high);
        }
        CHECK(std::ranges::count(on(report, "topic").models, true, &TruthModel::chosen) == 1);
        CHECK(on(report, "topic").classes.size() == 3);
        CHECK(report.machine_rows.size() == 4);
        CHECK(report.raters_total == 24);
        const auto machine = std::ranges::find(report.raters, "r5", &RaterRow::rater);
        REQUIRE(machine != report.raters.end());
        CHECK(machine->kind == "machine");
        CHECK_FALSE(machine->alpha_without);  // it has no part in people's alpha
        CHECK_FALSE(report.times_known);
        CHECK_FALSE(report.findings.empty());
    }

    TEST_CASE("the same report comes from any number of threads") {
        const auto t = mixed();
        RaterOptions options;
        options.replicates = 200;
        const RaterReport one = rater_report(t, options, Job({}, {}, 1));
        const RaterReport many = rater_report(t, options, Job({}, {}, 4));
        for (std::size_t d = 0; d < one.dimensions.size(); ++d) {
            CHECK(one.dimensions[d].alpha_items_only == many.dimensions[d].alpha_items_only);
            CHECK(one.dimensions[d].alpha_interval == many.dimensions[d].alpha_interval);
        }
        for (std::size_t r = 0; r < one.raters.size(); ++r) {
            CHECK(one.raters[r].rater == many.raters[r].rater);
            CHECK(one.raters[r].straight_q == many.raters[r].straight_q);
            CHECK(one.raters[r].accuracy.value == many.raters[r].accuracy.value);
        }
    }

    TEST_CASE("one rater, one answer, or nothing but the same answer is insufficient") {
        const auto state = [](test::HandTable& hand) {
            const RaterReport report = rater_report(hand.table(), {}, {});
            CHECK(report.dimensions.front().state == "insufficient");
            CHECK_FALSE(report.dimensions.front().why.empty());
            CHECK_FALSE(report.findings.empty());
            return report;
        };
        test::HandTable one;
        one.rate("a", "o", "r", "d", 0.0);
        CHECK_FALSE(state(one).dimensions.front().alpha);
        test::HandTable alone;
        for (int i = 0; i < 30; ++i) alone.rate("c" + std::to_string(i), "o", "r", "d", i % 2);
        CHECK(state(alone).raters.front().state == "insufficient");
        test::HandTable same;
        for (int i = 0; i < 30; ++i) {
            for (const char* r : {"x", "y", "z"}) {
                same.rate("c" + std::to_string(i), "o", r, "d", 1.0);
            }
        }
        CHECK_FALSE(state(same).dimensions.front().alpha);
        test::HandTable rare;
        for (int i = 0; i < 30; ++i) {
            for (const char* r : {"x", "y", "z"}) {
                rare.rate("c" + std::to_string(i), "o", r, "d", i == 0 && r[0] == 'x' ? 1.0 : 0.0);
            }
        }
        CHECK(state(rare).dimensions.front().why.find("1 of 90") != std::string::npos);
    }

    TEST_CASE("machines alone are compared with each other, and that is said") {
        test::HandTable hand;
        for (int i = 0; i < 30; ++i) {
            for (const char* r : {"x", "y", "z"}) {
                hand.rate("c" + std::to_string(i), "o", r, "d", (i + (r[0] == 'x')) % 3 == 0);
            }
        }
        for (const char* r : {"x", "y", "z"}) {
            hand.builder.set_rater_kind(hand.builder.rater_id(r), judgment::RaterKind::machine);
        }
        const RaterReport report = rater_report(hand.table(), {}, {});
        CHECK(report.dimensions.front().machines_only);
        CHECK(report.dimensions.front().alpha);
        CHECK(report.machine_rows.empty());
    }

    TEST_CASE("options that make no sense are refused by name") {
        const auto t = mixed();
        const auto refused = [&](auto&& change) {
            RaterOptions options;
            change(options);
            try {
                rater_report(t, options, {});
            } catch (const Error& error) {
                return std::string(error.what()) + " " + error.where();
            }
            return std::string();
        };
        CHECK(refused([](RaterOptions& o) { o.metric = "cosine"; }).find("metric") !=
              std::string::npos);
        CHECK(refused([](RaterOptions& o) { o.fdr = 0.0; }).find("fdr") != std::string::npos);
        CHECK(refused([](RaterOptions& o) { o.least_shared = 1; }).find("least_shared") !=
              std::string::npos);
        CHECK(refused([](RaterOptions& o) { o.dimensions = {"toppic"}; }).find("topic") !=
              std::string::npos);
        // Ratio needs values of at least 0.
        CHECK(refused([](RaterOptions& o) { o.metric = "ratio"; }).find("at least 0") !=
              std::string::npos);
    }

    TEST_CASE("published agreement on real data is reproduced") {
        struct Known {
            const char* path;
            const char* dimension;
            double alpha;
        };
        for (const Known& known :
             {Known{"fed/ratings.csv", "Overall", 0.30}, Known{"fed/ratings.csv", "Fluent", 0.14},
              Known{"sbic_dev/ratings.csv", "offensiveYN", 0.72},
              Known{"lewidi2023_convabuse/ratings.csv", "abusivness detection", 0.66}}) {
            const std::string path = test::shared(known.path);
            if (path.empty()) continue;
            RaterOptions options;
            options.replicates = 100;
            options.dimensions = {known.dimension};
            const RaterReport report =
                rater_report(test::import_file(test::from(path), 2).table, options, {});
            CAPTURE(known.dimension);
            const auto& d = report.dimensions.front();
            CHECK(std::fabs(*d.alpha - known.alpha) < 0.011);
            // Raters matter more than items (annotator jackknife .092 against .013 on ConvAbuse).
            if (known.alpha == 0.66) {
                CHECK(*d.se_raters > 0.08);
                CHECK(*d.se_raters < 0.10);
                CHECK(*d.se_items == doctest::Approx(0.013).epsilon(0.1));
            }
        }
    }
}
