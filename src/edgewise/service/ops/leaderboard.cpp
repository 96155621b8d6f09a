#include "edgewise/service/ops/leaderboard.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "edgewise/base/error.hpp"
#include "edgewise/service/describe.hpp"
#include "edgewise/service/ops/table.hpp"
#include "edgewise/service/ops/title.hpp"

namespace edgewise::service {
namespace {

Provenance provenance_of(const Leaderboard::Request& request,
                         const estimate::LeaderboardReport& report) {
    Provenance out;
    out.seed = request.seed;
    out.replicates = request.replicates;
    for (const estimate::BoardDimension& board : report.dimensions) {
        if (board.model.name.empty()) continue;
        const auto used = std::ranges::find(board.errors, true, &estimate::BoardErrors::used);
        if (!out.method.empty()) out.method += "; ";
        if (report.dimensions.size() > 1) out.method += board.name + ": ";
        out.method += fmt::format("{}, {} ties, {} errors", board.model.name, board.model.ties,
                                  used == board.errors.end() ? "no" : used->kind);
    }
    out.parameters = {
        "ties=" + request.ties,
        "both_bad=" + request.both_bad,
        "errors=" + request.errors,
        fmt::format("level={}", request.level),
        fmt::format("prior_sd={}", request.prior_sd),
        fmt::format("position={}", request.position),
        fmt::format("machines_too={}", request.machines_too),
        fmt::format("permutations={}", request.permutations),
        fmt::format("least={}", request.least),
    };
    return out;
}

}  // namespace

Leaderboard::Response Leaderboard::run(const Request& request, const Job& job) {
    const judgment::Imported in = judgment::import(request, job.part(0.0, 0.3));
    estimate::LeaderboardOptions options = request;
    if (options.title.empty()) options.title = title_of(request.path);
    Response response;
    static_cast<estimate::LeaderboardReport&>(response) =
        estimate::leaderboard(in.table, options, job.part(0.3, 1.0));
    response.import = in.report;
    response.provenance = provenance_of(request, response);
    return response;
}

Operation leaderboard_operation() noexcept { return describe<Leaderboard>(); }

}  // namespace edgewise::service
