#include "edgewise/simulate/long_table_writer.hpp"

#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "edgewise/base/csv_write.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/judgment/partition.hpp"
#include "edgewise/simulate/blueprint.hpp"
#include "edgewise/simulate/truth_file.hpp"

namespace edgewise::simulate {
namespace {

std::string field(std::string_view text) {
    std::string out;
    append_csv_field(out, text);
    return out;
}

std::string annotators(const Blueprint& blueprint) {
    const WorldOptions& options = blueprint.options();
    const bool machines = options.machines.count > 0;
    std::string out = "annotator_id," + field(options.group_attribute);
    for (const AttributeSpec& attribute : options.attributes) out += "," + field(attribute.name);
    for (const NumberSpec& number : options.numbers) out += "," + field(number.name);
    out += machines ? ",kind\n" : "\n";
    for (std::size_t r = 0; r < blueprint.raters(); ++r) {
        const auto rater = static_cast<Id>(r);
        const std::uint16_t group = blueprint.group_of()[r];
        const bool person = group != judgment::kNoGroup;
        out += blueprint.rater_name(r) + ",";
        if (person) out += field(options.groups[group].name);
        for (std::size_t a = 0; a < options.attributes.size(); ++a) {
            out += ',';
            const Id code = blueprint.attribute(a, rater);
            if (code != kNone) out += field(options.attributes[a].values[code]);
        }
        for (std::size_t k = 0; k < options.numbers.size(); ++k) {
            out += ',';
            if (person) out += fmt::format("{}", blueprint.number(k, rater));
        }
        if (machines) out += person ? ",person" : ",machine";
        out += '\n';
    }
    return out;
}

struct Block {
    std::string ratings;
    std::string items;
};

class Formatter {
public:
    explicit Formatter(const Blueprint& blueprint)
        : blueprint_(blueprint),
          with_options_(!blueprint.options().scripted.empty() ||
                        blueprint.options().options_per_case > 1),
          with_marks_(blueprint.options().ambiguous.share > 0.0 ||
                      !blueprint.options().scripted.empty()) {
        for (std::size_t r = 0; r < blueprint.raters(); ++r) {
            raters_.push_back(blueprint.rater_name(r));
        }
        for (const DimensionSpec& dimension : blueprint.options().dimensions) {
            dimensions_.push_back("," + field(dimension.name) + ",");
        }
    }

    std::string header() const {
        return fmt::format("item_id,{}annotator_id,dim,value{}\n",
                           with_options_ ? "option_id," : "", with_marks_ ? ",underspecified" : "");
    }

    Block format(std::size_t first, std::size_t end) const {
        Block block;
        DrawnCase drawn;
        for (std::size_t c = first; c < end; ++c) {
            blueprint_.draw(c, drawn);
            const std::string name = field(blueprint_.case_name(c)) + ",";
            block.items += name + "simulated\n";
            for (const Answer& answer : drawn.answers) {
                block.ratings += name;
                if (with_options_) {
                    block.ratings += field(blueprint_.option_name(c, answer.option)) + ",";
                }
                block.ratings += raters_[answer.rater];
                block.ratings += dimensions_[answer.dimension];
                fmt::format_to(std::back_inserter(block.ratings), "{}", answer.value);
                if (with_marks_) block.ratings += answer.underspecified ? ",1" : ",0";
                block.ratings += '\n';
            }
        }
        return block;
    }

private:
    const Blueprint& blueprint_;
    bool with_options_;
    bool with_marks_;
    std::vector<std::string> raters_;
    std::vector<std::string> dimensions_;
};

}  // namespace

void write_long_table(const WorldOptions& options, const std::filesystem::path& folder,
                      bool with_truth, const Job& job) {
    const Blueprint blueprint(options);
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) {
        throw Error(
            ErrorCode::unavailable, fmt::format("the folder cannot be made: {}", failed.message()),
            Place{.file = folder.string(), .line = 0, .field = {}, .expected = {}, .found = {}});
    }
    AtomicFile ratings(folder / "ratings.csv");
    AtomicFile raters(folder / "annotators.csv");
    AtomicFile items(folder / "items.csv");
    const Formatter formatter(blueprint);
    raters.write(annotators(blueprint));
    ratings.write(formatter.header());
    items.write("item_id,source\n");
    in_case_order<Block>(
        blueprint, job,
        [&](std::size_t first, std::size_t end) { return formatter.format(first, end); },
        [&](Block&& block) {
            ratings.write(block.ratings);
            items.write(block.items);
        });
    if (with_truth) write_truth(blueprint, folder / "truth.json", job);
    raters.commit();
    items.commit();
    ratings.commit();
}

}  // namespace edgewise::simulate
