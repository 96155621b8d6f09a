#pragma once

#include <string_view>

#include "edgewise/estimate/comparisons/leaderboard.hpp"
#include "edgewise/judgment/import.hpp"
#include "edgewise/service/operation.hpp"
#include "edgewise/service/wire/import.hpp"
#include "edgewise/service/wire/leaderboard.hpp"
#include "edgewise/service/wire/provenance.hpp"

namespace edgewise::service {

struct Leaderboard {
    static constexpr std::string_view name = "leaderboard";
    static constexpr std::string_view path = "/v1/leaderboard";
    static constexpr std::string_view summary =
        "Rank what was compared, and say which ranks are sure";
    static constexpr std::string_view positional = "path";
    static constexpr std::string_view examples =
        "edgewise leaderboard pairs.csv  # two options and a winner a row\n"
        "edgewise leaderboard pairs.csv --html board.html  # with pictures\n"
        "edgewise leaderboard pairs.csv --case-column prompt --rater-column worker"
        "  # who judged, and on what: errors are clustered by both\n"
        "edgewise leaderboard pairs.csv --machines gpt-4 --json"
        "  # a model's verdicts beside the people's, for programs";
    static constexpr std::string_view outcome =
        "Prints contenders by rank, with intervals of rank that hold for all of them at once, says "
        "which neighbours cannot be told apart, and how many comparisons more would do.";
    static constexpr std::string_view page = "leaderboard";
    static constexpr Effect effect = Effect::reads;

    struct Request : judgment::ImportOptions, estimate::LeaderboardOptions {
        template <class V>
        static void describe(V& v) {
            service::describe(v, Of<judgment::ImportOptions>{});
            service::describe(v, Of<estimate::LeaderboardOptions>{});
        }
    };
    struct Response : estimate::LeaderboardReport {
        judgment::ImportReport import;
        Provenance provenance;
        template <class V>
        static void describe(V& v) {
            service::describe(v, Of<estimate::LeaderboardReport>{});
            v.field("import", &Response::import, "What was read, and how");
            v.field("provenance", &Response::provenance, "How this was computed");
        }
    };
    static Response run(const Request& request, const Job& job);
};

}  // namespace edgewise::service
