#include "edgewise/simulate/truth_file.hpp"

#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "edgewise/base/json.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/judgment/partition.hpp"
#include "edgewise/simulate/blueprint.hpp"

namespace edgewise::simulate {
namespace {

using Members = Json::Object;

Json whole(std::size_t number) { return Json(std::uint64_t{number}); }

std::string_view name_of(Answers answers) {
    switch (answers) {
        case Answers::ordinal:
            return "ordinal";
        case Answers::continuous:
            return "continuous";
        case Answers::votes:
            break;
    }
    return "votes";
}

Json asked_for(const WorldOptions& options) {
    Json out = Json::object({{"seed", Json(options.seed)},
                             {"answers", Json(name_of(options.answers))},
                             {"raters_per_case", Json(options.raters_per_case)},
                             {"dimensions_per_case", whole(options.dimensions_per_case)},
                             {"pass_width", Json(options.pass_width)},
                             {"severity_sd", Json(options.severity_sd)},
                             {"residual_sd", Json(options.residual_sd)},
                             {"ambiguous_marked", Json(options.ambiguous.marked)},
                             {"ambiguous_extra_sd", Json(options.ambiguous.extra_sd)}});
    if (options.machines.count > 0) {
        out.set("machines", Json::object({{"count", whole(options.machines.count)},
                                          {"sd", Json(options.machines.sd)},
                                          {"leniency", Json(options.machines.leniency)}}));
    }
    if (!options.scripted.empty()) return out;
    out.set("item_sd", Json(options.item_sd));
    out.set("item_by_group_sd", Json(options.item_by_group_sd));
    out.set("dimension_correlation", Json(options.dimension_correlation));
    Json conflicts = Json::array();
    for (const ConflictSpec& spec : options.conflicts) {
        conflicts.push_back(Json::object({{"share", Json(spec.share)}, {"size", Json(spec.size)}}));
    }
    Json disagreements = Json::array();
    for (const DisagreementSpec& spec : options.disagreements) {
        disagreements.push_back(Json::object({{"share", Json(spec.share)},
                                              {"size", Json(spec.size)},
                                              {"group", Json(spec.group)},
                                              {"dimension", Json(spec.dimension)}}));
    }
    out.set("conflicts", std::move(conflicts));
    out.set("disagreements", std::move(disagreements));
    out.set("ambiguous_share", Json(options.ambiguous.share));
    return out;
}

Json groups_of(const Blueprint& blueprint) {
    Json out = Json::array();
    for (std::size_t g = 0; g < blueprint.group_sizes().size(); ++g) {
        const GroupSpec& group = blueprint.options().groups[g];
        out.push_back(Json::object({{"name", Json(group.name)},
                                    {"raters", whole(blueprint.group_sizes()[g])},
                                    {"sample_share", Json(group.sample_share)},
                                    {"population_share", Json(group.population_share)}}));
    }
    return out;
}

Json dimensions_of(const Blueprint& blueprint) {
    const std::vector<TrueComponents> components = true_components(blueprint);
    Json out = Json::array();
    for (std::size_t d = 0; d < components.size(); ++d) {
        const DimensionSpec& dimension = blueprint.dimension(d);
        const bool negative = dimension.polarity == judgment::Polarity::negative;
        out.push_back(Json::object(
            {{"name", Json(dimension.name)},
             {"polarity", Json(negative ? "negative" : "positive")},
             {"low", Json(dimension.low)},
             {"high", Json(dimension.high)},
             {"components", Json::object({{"item", Json(components[d].item)},
                                          {"rater", Json(components[d].rater)},
                                          {"item_by_group", Json(components[d].item_by_group)},
                                          {"residual", Json(components[d].residual)}})}}));
    }
    return out;
}

// One member of the document whose value is an array with one element a line.
class Lines {
public:
    explicit Lines(std::string_view name) : text_(fmt::format(",\n\"{}\": [", name)) {}
    void add(std::string_view element) {
        text_ += first_ ? "\n" : ",\n";
        text_ += element;
        first_ = false;
    }
    void flush(AtomicFile& file) {
        file.write(text_);
        text_.clear();
    }
    void end(AtomicFile& file) {
        text_ += "]";
        flush(file);
    }

private:
    std::string text_;
    bool first_ = true;
};

void write_raters(const Blueprint& blueprint, AtomicFile& file) {
    Lines raters("raters");
    for (std::size_t r = 0; r < blueprint.raters(); ++r) {
        const std::uint16_t group = blueprint.group_of()[r];
        const bool machine = group == judgment::kNoGroup;
        raters.add(Json::object(
                       {{"id", Json(blueprint.rater_name(r))},
                        {"group", machine ? Json() : Json(blueprint.options().groups[group].name)},
                        {"severity", Json(blueprint.severity()[r])}})
                       .dump());
    }
    raters.end(file);
}

// {"case":"c1","option":"a","utility":[[group A's dimensions],[group B's], ...]}
std::string cell_line(const Blueprint& blueprint, const DrawnCase& drawn, std::size_t option) {
    const std::size_t groups = blueprint.options().groups.size();
    const std::size_t dimensions = blueprint.options().dimensions.size();
    std::string line = fmt::format("{{\"case\":{},\"option\":{},\"utility\":[",
                                   Json(blueprint.case_name(drawn.case_)).dump(),
                                   Json(blueprint.option_name(drawn.case_, option)).dump());
    for (std::size_t g = 0; g < groups; ++g) {
        line += g == 0 ? "[" : ",[";
        for (std::size_t d = 0; d < dimensions; ++d) {
            const float utility = drawn.utility[(option * groups + g) * dimensions + d];
            fmt::format_to(std::back_inserter(line), "{}{}", d == 0 ? "" : ",", utility);
        }
        line += "]";
    }
    return line + "]}";
}

struct Block {
    std::vector<std::string> cells;
    std::vector<Json> conflicts;
    std::vector<Json> disagreements;
    std::vector<Json> ambiguous;
};

Block block_of(const Blueprint& blueprint, std::size_t first, std::size_t end) {
    Block block;
    DrawnCase drawn;
    for (std::size_t c = first; c < end; ++c) {
        blueprint.draw_truth(c, drawn);
        const Json name(blueprint.case_name(c));
        for (std::size_t o = 0; o < drawn.options; ++o) {
            block.cells.push_back(cell_line(blueprint, drawn, o));
        }
        for (const PlantedConflict& planted : drawn.conflicts) {
            block.conflicts.push_back(Json::object(
                {{"case", name},
                 {"gains", Json(blueprint.dimension(planted.gains).name)},
                 {"costs", Json(blueprint.dimension(planted.costs).name)},
                 {"better_on_gains", Json(blueprint.option_name(c, planted.better_on_gains))},
                 {"better_on_costs", Json(blueprint.option_name(c, planted.better_on_costs))},
                 {"size", Json(std::round(planted.size * 1e6) * 1e-6)}}));
        }
        for (const PlantedDisagreement& planted : drawn.disagreements) {
            block.disagreements.push_back(
                Json::object({{"case", name},
                              {"group", Json(blueprint.options().groups[planted.group].name)},
                              {"option", Json(blueprint.option_name(c, planted.option))},
                              {"dimension", Json(blueprint.dimension(planted.dimension).name)},
                              {"size", Json(std::round(planted.size * 1e6) * 1e-6)}}));
        }
        if (drawn.ambiguous) block.ambiguous.push_back(name);
    }
    return block;
}

}  // namespace

void write_truth(const Blueprint& blueprint, const std::filesystem::path& path, const Job& job) {
    AtomicFile file(path);
    std::string head = Json::object({{"format", Json("edgewise-truth")},
                                     {"version", Json(std::int64_t{1})},
                                     {"source", Json("simulated")},
                                     {"options", asked_for(blueprint.options())},
                                     {"group_attribute", Json(blueprint.options().group_attribute)},
                                     {"groups", groups_of(blueprint)},
                                     {"dimensions", dimensions_of(blueprint)}})
                           .dump(1);
    // The lists below are written line by line into the same object: its brace closes at the end.
    head.erase(head.find_last_not_of('\n', head.rfind('}') - 1) + 1);
    file.write(head);
    write_raters(blueprint, file);
    Lines cells("cells");
    Lines conflicts("conflicts");
    Lines disagreements("disagreements");
    Lines ambiguous("ambiguous");
    in_case_order<Block>(
        blueprint, job,
        [&](std::size_t first, std::size_t end) { return block_of(blueprint, first, end); },
        [&](Block&& block) {
            for (const std::string& line : block.cells) cells.add(line);
            for (const Json& planted : block.conflicts) conflicts.add(planted.dump());
            for (const Json& planted : block.disagreements) disagreements.add(planted.dump());
            for (const Json& case_ : block.ambiguous) ambiguous.add(case_.dump());
            cells.flush(file);
        });
    cells.end(file);
    conflicts.end(file);
    disagreements.end(file);
    ambiguous.end(file);
    file.write("\n}\n");
    file.commit();
}

}  // namespace edgewise::simulate
