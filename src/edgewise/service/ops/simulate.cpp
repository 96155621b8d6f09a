#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>

#include "edgewise/base/csv.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/service/describe.hpp"
#include "edgewise/service/ops/folder.hpp"
#include "edgewise/service/ops/ops.hpp"
#include "edgewise/service/ops/table.hpp"
#include "edgewise/simulate/long_table_writer.hpp"
#include "edgewise/simulate/workspace_writer.hpp"

namespace edgewise::service {
namespace {

[[noreturn]] void refuse_member(const std::string& member, const std::string& expected,
                                const std::string& found) {
    throw Error(
        ErrorCode::invalid_argument, "expected " + expected + ", found \"" + found + "\"",
        Place{.file = {}, .line = 0, .field = member, .expected = expected, .found = found});
}

std::uint32_t small(std::uint64_t n, const std::string& member) {
    if (n > std::numeric_limits<std::uint32_t>::max()) {
        refuse_member(member, "a number below 4,294,967,296", std::to_string(n));
    }
    return static_cast<std::uint32_t>(n);
}

simulate::Answers answers_from(const std::string& name) {
    if (name == "ordinal") return simulate::Answers::ordinal;
    if (name == "continuous") return simulate::Answers::continuous;
    if (name == "votes") return simulate::Answers::votes;
    refuse_member("/answers", "ordinal, continuous or votes", name);
}

// "name=share"
simulate::GroupSpec group_from(const std::string& text) {
    const std::size_t at = text.rfind('=');
    simulate::GroupSpec group;
    group.name = text.substr(0, at);
    if (at == std::string::npos || at == 0 ||
        !parse_number(std::string_view(text).substr(at + 1), group.population_share)) {
        refuse_member("/groups", "name=share, as in left=0.4", text);
    }
    return group;
}

simulate::WorldOptions world_from(const Simulate::Request& request) {
    simulate::WorldOptions world;
    world.seed = request.seed;
    world.cases = small(request.cases, "/cases");
    world.options_per_case = small(request.options_per_case, "/options_per_case");
    world.raters = small(request.raters, "/raters");
    world.raters_per_case = request.raters_per_case;
    world.answers = answers_from(request.answers);
    world.dimensions.clear();
    for (const std::string& name : request.dimensions) {
        world.dimensions.push_back({.name = name});
    }
    for (const std::string& name : request.negative) {
        const auto found =
            std::ranges::find(world.dimensions, name, &simulate::DimensionSpec::name);
        if (found == world.dimensions.end()) {
            refuse_member("/negative", "one of the dimensions", name);
        }
        found->polarity = judgment::Polarity::negative;
    }
    world.groups.clear();
    for (const std::string& text : request.groups) world.groups.push_back(group_from(text));
    if (request.conflict_share != 0.0) {
        world.conflicts.push_back({.share = request.conflict_share, .size = request.conflict_size});
    }
    if (request.disagreement_share != 0.0) {
        world.disagreements.push_back(
            {.share = request.disagreement_share, .size = request.disagreement_size});
    }
    world.ambiguous.share = request.ambiguous_share;
    world.machines.count = small(request.machines, "/machines");
    world.dimension_correlation = request.dimension_correlation;
    world.item_sd = request.item_sd;
    world.item_by_group_sd = request.item_by_group_sd;
    world.severity_sd = request.severity_sd;
    world.residual_sd = request.residual_sd;
    return world;
}

std::vector<std::string> planted_in(const Simulate::Request& request) {
    std::vector<std::string> out;
    const auto say = [&](double share, const std::string& what) {
        if (share > 0.0) out.push_back(fmt::format("{:.3g} % of the cases: {}", share * 100, what));
    };
    say(request.conflict_share,
        fmt::format("values trade off by {:.2f} in utility", request.conflict_size));
    say(request.disagreement_share,
        fmt::format("one group sees it {:.2f} in utility differently", request.disagreement_size));
    say(request.ambiguous_share, "it cannot be answered as put");
    if (request.item_by_group_sd > 0.0) {
        out.push_back(fmt::format("every group has its own view of every option, spread {:.2f}",
                                  request.item_by_group_sd));
    }
    return out;
}

}  // namespace

Simulate::Response Simulate::run(const Request& request, const Job& job) {
    const std::string ending = compression_ending(request.compress);
    const simulate::WorldOptions world = world_from(request);
    simulate::validate(world);
    const bool csv = request.format == "csv";
    if (!csv && request.format != "workspace") {
        refuse_member("/format", "workspace or csv", request.format);
    }
    if (csv && !ending.empty()) refuse_member("/compress", "nothing with csv", request.compress);
    check_workspace_folder(request.out);
    if (csv) {
        simulate::write_long_table(world, request.out, true, job);
    } else {
        simulate::write_world(world, request.out, ending, job);
    }
    Response response;
    response.written = request.out;
    response.format = request.format;
    response.seed = request.seed;
    response.planted = planted_in(request);
    for (const auto& entry : std::filesystem::directory_iterator(request.out)) {
        response.files.push_back(entry.path().filename().string());
    }
    std::ranges::sort(response.files);
    return response;
}

Operation simulate_operation() noexcept { return describe<Simulate>(); }

}  // namespace edgewise::service
