// Audits of real data against facts that a few lines of Python over the same files count
// independently: group sizes, flips, ratios of disagreement and conflict rates.

#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/edge/audit.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::test;

namespace {

edge::AuditReport audited(const std::string& path, std::vector<std::string> attributes) {
    edge::AuditOptions options;
    options.permutations = 99;
    options.draws = 20;
    options.attributes = std::move(attributes);
    return edge::audit(import_file(from(path), 2).table, options, Job({}, {}, 2));
}

const edge::GroupEffect& effect(const edge::AuditReport& report, std::string_view attribute,
                                std::string_view dimension) {
    for (const auto& partition : report.partitions) {
        for (const auto& each : partition.effects) {
            if (each.attribute == attribute && each.dimension == dimension) return each;
        }
    }
    FAIL("no effect of " << attribute << " on " << dimension);
    return report.partitions.front().effects.front();
}

// Items on which some group of ten judgments or more opposes the majority.
std::uint64_t flips(const edge::GroupEffect& effect) {
    const auto& rate = effect.flips.back().rate;
    CHECK(effect.flips.back().least == 10);
    return static_cast<std::uint64_t>(std::llround(rate.observed * static_cast<double>(rate.n)));
}

}  // namespace

TEST_SUITE("audits of real data") {
    TEST_CASE("politics divides the annotators with attitudes and gender turns no majority") {
        const std::string path = shared("annotators_with_attitudes/small_ratings.csv");
        if (path.empty()) return;
        const auto report =
            audited(path, {"annotatorPolitics", "annotatorGender", "annotatorRace"});
        REQUIRE(report.partitions.size() == 3);
        const auto& politics = report.partitions[0];
        REQUIRE(politics.groups.size() == 3);
        CHECK(politics.groups[0].raters == 368);
        CHECK(politics.groups[1].raters == 92);
        CHECK(politics.groups[2].raters == 180);
        CHECK(politics.verdict == "shown");
        struct Known {
            const char* dimension;
            std::uint64_t flips;
            double politics, gender, race;  // ratios of disagreement
        };
        for (const Known& known : {Known{"racist", 1, 1.483953, 1.029387, 1.021394},
                                   Known{"toany", 0, 1.145195, 1.015713, 0.981607},
                                   Known{"toyou", 2, 1.238518, 1.024428, 1.047222},
                                   Known{"intent", 1, 1.142970, 1.010810, 1.038721}}) {
            CAPTURE(known.dimension);
            const auto& by_politics = effect(report, "annotatorPolitics", known.dimension);
            REQUIRE(by_politics.disagreement_ratio);
            CHECK(by_politics.disagreement_ratio->observed ==
                  doctest::Approx(known.politics).epsilon(1e-5));
            CHECK(by_politics.verdict == "shown");
            CHECK(by_politics.flips.back().rate.n == 12);
            CHECK(flips(by_politics) == known.flips);
            CHECK(by_politics.flips.back().rate.null_mean < 0.02);
            const auto& by_gender = effect(report, "annotatorGender", known.dimension);
            CHECK(by_gender.disagreement_ratio->observed ==
                  doctest::Approx(known.gender).epsilon(1e-5));
            CHECK(flips(by_gender) == 0);
            const auto& by_race = effect(report, "annotatorRace", known.dimension);
            CHECK(by_race.disagreement_ratio->observed ==
                  doctest::Approx(known.race).epsilon(1e-5));
            CHECK(flips(by_race) == 0);
        }
    }

    TEST_CASE("opinion groups of Polis differ and every figure is marked as overstated") {
        struct Known {
            const char* path;
            std::uint64_t judgments, raters;
            double ratio;
            std::uint64_t flips, items;
        };
        for (const Known& known :
             {Known{"polis_open/brexit-consensus", 5303, 204, 1.4801149933, 18, 48},
              Known{"ccai", 38252, 1126, 1.6839332185, 31, 281}}) {
            const std::string path = shared(known.path);
            if (path.empty()) return;
            const auto report = audited(path, {"group-id"});
            CHECK(report.data.judgments == known.judgments);
            CHECK(report.data.raters == known.raters);
            REQUIRE(report.partitions.size() == 1);
            CHECK(report.partitions[0].learned_from_judgments);
            CHECK(report.partitions[0].verdict == "caution");
            const auto& each = report.partitions[0].effects[0];
            CHECK(each.disagreement_ratio->observed == doctest::Approx(known.ratio).epsilon(1e-7));
            CHECK(flips(each) == known.flips);
            CHECK(each.flips.back().rate.n == known.items);
            for (const auto& finding : report.findings) {
                if (finding.axis == "people") CHECK(finding.verdict != "shown");
            }
        }
    }

    TEST_CASE("conflicts of FED and SQuALITY are as counted and within their noise") {
        struct Known {
            const char* path;
            std::uint64_t hits, units;
        };
        for (const Known& known : {Known{"fed/ratings.csv", 503, 2078},
                                   Known{"squality_human_eval/ratings.csv", 74, 882}}) {
            const std::string path = shared(known.path);
            if (path.empty()) return;
            const auto report = audited(path, {});
            const auto& any = report.conflicts.any;
            REQUIRE(any);
            CHECK(any->n == known.units);
            CHECK(any->observed == doctest::Approx(static_cast<double>(known.hits) /
                                                   static_cast<double>(known.units)));
            CHECK(any->floor_known);
            CHECK(any->floor > any->observed);
            CHECK(report.conflicts.verdict == "not_shown");
            CHECK(report.partitions.empty());
        }
    }
}
