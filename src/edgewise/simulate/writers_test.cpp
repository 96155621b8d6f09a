#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/json.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/judgment/import.hpp"
#include "edgewise/judgment/table_equal.hpp"
#include "edgewise/simulate/blueprint.hpp"
#include "edgewise/simulate/long_table_writer.hpp"
#include "edgewise/simulate/sample.hpp"
#include "edgewise/simulate/truth_file.hpp"
#include "edgewise/simulate/workspace_writer.hpp"

using namespace edgewise;
using namespace edgewise::simulate;

namespace {

// A folder that is gone when the test ends.
class Scratch {
public:
    explicit Scratch(std::string_view name)
        : path_(std::filesystem::temp_directory_path() /
                ("edgewise-simulate-" + std::string(name))) {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ~Scratch() { std::filesystem::remove_all(path_); }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

std::vector<std::string> lines_of(const std::filesystem::path& path) {
    const std::string text = read_text(path);
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

WorldOptions rich() {
    WorldOptions options;
    options.cases = 40;
    options.options_per_case = 2;
    options.raters = 30;
    options.raters_per_case = 4;
    options.groups = {{.name = "A, B", .population_share = 0.5, .sample_share = 0.7},
                      {.name = "the \"rest\"", .population_share = 0.5, .sample_share = 0.3}};
    options.conflicts = {{.share = 0.1, .size = 0.3}};
    options.disagreements = {{.share = 0.1, .size = 0.3, .dimension = "honesty"}};
    options.ambiguous.share = 0.1;
    options.machines.count = 1;
    return options;
}

}  // namespace

TEST_SUITE("simulate/writers") {
    TEST_CASE("truth.json holds the truth of the world of the same options") {
        const Scratch folder("truth");
        const WorldOptions options = rich();
        write_truth(Blueprint(options), folder / "truth.json", Job());
        const World world = make_world(options, Job());
        const Json truth = Json::parse(read_text(folder / "truth.json"));

        CHECK(*truth.find("format")->string() == "edgewise-truth");
        CHECK(truth.find("groups")->elements()->size() == 2);
        CHECK(*truth.find("groups")->elements()->at(1).find("name")->string() == "the \"rest\"");
        CHECK(truth.find("dimensions")->elements()->size() == 2);
        const Json::Array& raters = *truth.find("raters")->elements();
        CHECK(raters.size() == 31);
        double severity = 0.0;
        CHECK(raters[3].find("severity")->get(severity));
        CHECK(severity == world.truth.severity[3]);
        CHECK(raters[30].find("group")->is_null());

        const Json::Array& cells = *truth.find("cells")->elements();
        CHECK(cells.size() == 80);
        for (std::size_t o = 0; o < cells.size(); ++o) {
            CHECK(*cells[o].find("option")->string() == world.table.options().ids[o]);
            const Json::Array& by_group = *cells[o].find("utility")->elements();
            for (std::size_t g = 0; g < 2; ++g) {
                for (std::size_t d = 0; d < 2; ++d) {
                    double utility = 0.0;
                    CHECK(by_group[g].elements()->at(d).get(utility));
                    CHECK(static_cast<float>(utility) ==
                          static_cast<float>(world.truth.utility(g, d, o)));
                }
            }
        }
        CHECK(truth.find("conflicts")->elements()->size() == 4);
        CHECK(truth.find("disagreements")->elements()->size() == 4);
        CHECK(truth.find("ambiguous")->elements()->size() == 4);
        CHECK(*truth.find("ambiguous")->elements()->front().string() ==
              world.table.cases().ids[world.truth.ambiguous.front()]);
    }
    TEST_CASE("a long table has the published columns and one line a judgment") {
        const Scratch folder("long");
        WorldOptions options;
        options.cases = 300;
        options.raters_per_case = 3;
        write_long_table(options, folder / "new", true, Job());
        const World world = make_world(options, Job());
        const auto ratings = lines_of(folder / "new/ratings.csv");
        CHECK(ratings[0] == "item_id,annotator_id,dim,value");
        CHECK(ratings.size() == world.table.size() + 1);
        const judgment::JudgmentTable& table = world.table;
        for (const std::size_t i : {std::size_t{0}, std::size_t{777}, table.size() - 1}) {
            const std::string expected =
                std::string(table.cases().ids[table.options().case_of[table.option()[i]]]) + "," +
                std::string(table.raters().ids[table.rater()[i]]) + "," +
                table.dimensions()[table.dimension()[i]].name + "," +
                std::to_string(static_cast<int>(table.value()[i]));
            CHECK(ratings[i + 1] == expected);
        }
        const auto raters = lines_of(folder / "new/annotators.csv");
        CHECK(raters[0] == "annotator_id,community,region,age_band,years_online");
        CHECK(raters.size() == 301);
        CHECK(lines_of(folder / "new/items.csv").size() == 301);
        CHECK(std::filesystem::exists(folder / "new/truth.json"));
    }
    TEST_CASE(
        "a long table has further columns only where the world needs them, and quotes names") {
        const Scratch folder("columns");
        write_long_table(rich(), folder / "", false, Job());
        const auto ratings = lines_of(folder / "ratings.csv");
        CHECK(ratings[0] == "item_id,option_id,annotator_id,dim,value,underspecified");
        CHECK(ratings[1].starts_with("c01,a,r"));
        const auto raters = lines_of(folder / "annotators.csv");
        CHECK(raters[0] == "annotator_id,community,region,age_band,years_online,kind");
        CHECK(raters[31] == "m1,,,,,machine");
        std::set<std::string> communities;
        for (std::size_t i = 1; i < 31; ++i) communities.insert(raters[i].substr(4, 6));
        CHECK(communities == std::set<std::string>{"\"A, B\"", "\"the \""});
        CHECK_FALSE(std::filesystem::exists(folder / "truth.json"));
    }
    TEST_CASE("a workspace that was written reads back as the world that was made") {
        const Scratch folder("workspace");
        write_sample(folder / "sample", 1, Job());
        CHECK(read_text(folder / "sample/README.txt") == sample_readme());
        CHECK(std::filesystem::exists(folder / "sample/truth.json"));
        judgment::ImportOptions options;
        options.path = (folder / "sample").string();
        const judgment::JudgmentTable read = judgment::import(options, Job()).table;
        const judgment::JudgmentTable made = make_world(sample_options(1), Job()).table;
        CHECK(judgment::difference(read, made) == "");
        CHECK(read.dimensions()[3].polarity == judgment::Polarity::negative);
        CHECK(read.dimensions()[3].ideal == "social_judiciousness");
        CHECK(read.raters().attributes.size() == 3);
    }
    TEST_CASE("files are the same for any number of threads") {
        const Scratch folder("threads");
        WorldOptions options = rich();
        options.cases = 2000;
        write_long_table(options, folder / "one", true, Job({}, {}, 1));
        write_long_table(options, folder / "three", true, Job({}, {}, 3));
        for (const char* name : {"ratings.csv", "items.csv", "annotators.csv", "truth.json"}) {
            CHECK(read_text(folder / "one" / name) == read_text(folder / "three" / name));
        }
    }
    TEST_CASE("a folder that cannot be made is refused, and refused options leave nothing behind") {
        const Scratch folder("refused");
        WorldOptions options;
        CHECK_THROWS_AS(write_long_table(options, "/proc/nothing/here", true, Job()), Error);
        options.raters = 0;
        CHECK_THROWS_AS(write_long_table(options, folder / "bad", true, Job()), Error);
        CHECK_FALSE(std::filesystem::exists(folder / "bad"));
    }
}
