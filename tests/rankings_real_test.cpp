#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "edgewise/base/csv.hpp"
#include "edgewise/estimate/comparisons/standings.hpp"
#include "edgewise/estimate/rankings/plackett_luce.hpp"
#include "edgewise/judgment/builder.hpp"

// Ranks beside ratings by the same people: three summarisers judged by several reviewers on three
// dimensions (SQuALITY; Wang et al. 2022). What Plackett-Luce makes of the ranks should order the
// systems as their mean ratings do.

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

struct Squality {
    judgment::JudgmentTable table;
    // dimension -> system -> sum and count of ratings
    std::map<std::string, std::map<std::string, std::pair<double, double>>> rating;
};

Squality read(const std::filesystem::path& path) {
    Squality out;
    judgment::TableBuilder builder;
    std::map<std::string, Id> ballot;
    const CsvFile file(path);
    file.each([&](const CsvRecord& record) {
        const auto field = [&](const char* name) {
            return std::string(record.fields[file.column(name)]);
        };
        double rank = 0.0, rating = 0.0;
        if (!parse_number(field("rank"), rank) || !parse_number(field("rating"), rating)) return;
        const std::string key =
            field("prompt_id") + '/' + field("annotator_id") + '/' + field("dim");
        const auto [at, fresh] = ballot.try_emplace(key, 0);
        if (fresh) at->second = builder.next_ballot();
        judgment::Row row;
        row.option = builder.option_id(builder.case_id(field("prompt_id")), field("system"));
        row.rater = builder.rater_id(field("annotator_id"));
        row.dimension = builder.dimension_id(field("dim"), judgment::Kind::ranking);
        row.value = static_cast<float>(rank);
        row.ballot = at->second;
        row.source_row = static_cast<std::uint32_t>(record.line);
        builder.add(row);
        auto& [sum, count] = out.rating[field("dim")][field("system")];
        sum += rating;
        count += 1.0;
    });
    out.table = std::move(builder).finish();
    return out;
}

}  // namespace

TEST_SUITE("rankings of real data") {
    TEST_CASE("ranks of summaries order the systems as their mean ratings do") {
        const auto path =
            std::filesystem::path(EDGEWISE_SHARED) / "data/squality_human_eval/ratings.csv";
        if (!std::filesystem::exists(path)) {
            MESSAGE("skipped: no data beside the checkout");
            return;
        }
        const Squality all = read(path);
        REQUIRE(all.table.dimensions().size() == 3);
        for (std::uint16_t d = 0; d < 3; ++d) {
            const std::string& name = all.table.dimensions()[d].name;
            const Ballots b = ballots(all.table, d, {}, Job{});
            REQUIRE(b.contenders() == 3);
            const PlackettLuceFit fit = fit_plackett_luce(b, {}, Job{});
            CHECK(fit.converged);
            CHECK(fit.note == "");
            const Covariance fisher = covariance(b, fit, {}, estimate::ErrorKind::fisher, Job{});
            const Covariance by_rater =
                covariance(b, fit, {}, estimate::ErrorKind::sandwich_rater, Job{});
            const StrengthDraws draws = bootstrap(b, fit, {}, Resample::rater_and_case, 400, 1, {});
            const std::vector<Standing> standing =
                standings(fit.theta, draws.theta, fit.component, 0.95);
            const std::vector<double> u = utilities(fit);
            for (std::size_t i = 0; i < 3; ++i) {
                const auto& [sum, count] = all.rating.at(name).at(b.contender[i]);
                MESSAGE(fmt::format(
                    "{} {}: strength {:+.2f} (se {:.2f}, by rater {:.2f}), rank {} to {}, P(best) "
                    "{:.2f}, utility {:.2f}, mean rating {:.1f} of {}; tie of two {:.2f}; {} "
                    "ballots by {} raters",
                    name, b.contender[i], fit.theta[i], fisher.se[i], by_rater.se[i],
                    standing[i].rank_low, standing[i].rank_high, standing[i].p_best, u[i],
                    sum / count, count, fit.ties.empty() ? 0.0 : fit.ties[0].delta, fit.ballots,
                    by_rater.clusters));
                for (std::size_t j = 0; j < 3; ++j) {
                    const auto& [sum_j, count_j] = all.rating.at(name).at(b.contender[j]);
                    // Where the ranks tell two apart, the ratings agree with them.
                    if (fit.theta[i] - fit.theta[j] > 2.0 * (by_rater.se[i] + by_rater.se[j])) {
                        CHECK(sum / count > sum_j / count_j);
                    }
                }
            }
            const auto human = std::ranges::find(b.contender, "human") - b.contender.begin();
            CHECK(standing[static_cast<std::size_t>(human)].rank == 1);
            CHECK(standing[static_cast<std::size_t>(human)].p_best > 0.99);
        }
    }
}
