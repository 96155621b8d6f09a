#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "edgewise/base/csv.hpp"
#include "edgewise/estimate/comparisons/group_strengths.hpp"

// MT-Bench's human judgments (Zheng et al. 2023): do experts and authors, or the eight categories
// of questions, put six models in different orders?

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

struct Judged {
    Contests contests;
    Grouping by_kind, by_category;
};

Judged read(const std::filesystem::path& path) {
    Judged out;
    std::vector<std::string> raters, questions;
    const auto number = [](std::vector<std::string>& names, std::string_view name) {
        const auto at = std::ranges::find(names, name);
        const auto found = static_cast<std::uint32_t>(at - names.begin());
        if (at == names.end()) names.emplace_back(name);
        return found;
    };
    const CsvFile file(path);
    file.each([&](const CsvRecord& record) {
        const auto field = [&](const char* name) { return record.fields[file.column(name)]; };
        const std::string_view winner = field("winner");
        Contests& c = out.contests;
        c.first.push_back(number(c.contender, field("model_a")));
        c.second.push_back(number(c.contender, field("model_b")));
        c.outcome.push_back(winner == "model_a"   ? Outcome::first
                            : winner == "model_b" ? Outcome::second
                                                  : Outcome::tie);
        c.rater.push_back(number(raters, field("annotator_id")));
        c.case_.push_back(number(questions, field("question_id")));
        out.by_kind.group.push_back(
            static_cast<std::uint16_t>(number(out.by_kind.groups, field("annotator_group"))));
        out.by_category.group.push_back(
            static_cast<std::uint16_t>(number(out.by_category.groups, field("category"))));
    });
    out.by_kind.unit = out.contests.rater;
    out.by_category.unit = out.contests.case_;
    return out;
}

void show(const Judged& judged, const Grouping& grouping, const GroupStrengths& s) {
    MESSAGE(fmt::format("{} groups: tau {:.2f}, p by likelihood {:.3g}, by shuffles {:.3g}, {}; {}",
                        grouping.groups.size(), s.tau, s.p_value, *s.permutation_p, s.method,
                        s.note.empty() ? "no note" : s.note));
    for (std::size_t g = 0; g < grouping.groups.size(); ++g) {
        std::string line = grouping.groups[g] + ":";
        for (std::size_t i = 0; i < s.contenders; ++i) {
            line += fmt::format(" {} {:.2f} ± {:.2f} (n {});", judged.contests.contender[i],
                                s.cell(g, i).mean, s.cell(g, i).sd, s.cell(g, i).n);
        }
        MESSAGE(line);
    }
}

}  // namespace

TEST_SUITE("groups of real comparisons") {
    TEST_CASE("categories of MT-Bench differ but none puts another model above gpt-4 once shrunk") {
        const auto path =
            std::filesystem::path(EDGEWISE_SHARED) / "data/mtbench_human/comparisons.csv";
        if (!std::filesystem::exists(path)) {
            MESSAGE("skipped: no data beside the checkout");
            return;
        }
        const Judged judged = read(path);
        for (const Grouping* grouping : {&judged.by_kind, &judged.by_category}) {
            const GroupStrengths s = group_strengths(judged.contests, *grouping,
                                                     {.permutations = 999, .seed = 1}, Job{});
            show(judged, *grouping, s);
            CHECK(s.converged);
            CHECK(s.gradient_norm <= 1e-7);
            CHECK(s.ties == TieModel::rao_kupper);
            CHECK(s.components == 1);
            const auto& names = judged.contests.contender;
            const auto best =
                static_cast<std::size_t>(std::ranges::find(names, "gpt-4") - names.begin());
            REQUIRE(best < names.size());
            for (std::size_t g = 0; g < s.groups; ++g) {
                for (std::size_t i = 0; i < s.contenders; ++i) {
                    CHECK(s.cell(g, i).mean <= s.cell(g, best).mean);
                }
            }
            if (grouping == &judged.by_category) CHECK(*s.permutation_p <= 0.01);
        }
    }
}
