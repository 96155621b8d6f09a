#include "edgewise/simulate/sample.hpp"

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include <doctest/doctest.h>

#include "edgewise/simulate/sample_texts.hpp"

using namespace edgewise;
using namespace edgewise::simulate;

TEST_SUITE("simulate/sample") {
    TEST_CASE("the sample has 60 cases with different texts and at least two different answers") {
        const auto cases = sample_cases();
        CHECK(cases.size() == 60);
        std::set<std::string_view> prompts;
        for (const SampleCase& one : cases) {
            CHECK(prompts.insert(one.prompt).second);
            CHECK_FALSE(one.topic.empty());
            CHECK_FALSE(one.direct.empty());
            CHECK_FALSE(one.cautious.empty());
            CHECK(one.direct != one.cautious);
            CHECK(one.asks != one.cautious);
            // Who asks back ends with a question, or explains one.
            if (!one.asks.empty()) CHECK(one.asks.size() > 15);
        }
    }
    TEST_CASE("the sample says that it is simulated and holds what its README promises") {
        const World world = make_world(sample_options(1), Job());
        const judgment::JudgmentTable& table = world.table;
        CHECK(table.cases().ids.size() == 60);
        CHECK(table.raters().ids.size() == 240);
        CHECK(table.dimensions().size() == 4);
        CHECK(table.dimensions()[3].name == "harm_to_others");
        CHECK(table.dimensions()[3].polarity == judgment::Polarity::negative);
        CHECK(world.truth.group_sizes == std::vector<std::uint32_t>{144, 60, 36});
        bool source = false;
        for (const judgment::Attribute& attribute : table.cases().context) {
            if (attribute.name != "source") continue;
            source = true;
            for (Id c = 0; c < 60; ++c) CHECK(attribute.values[attribute.code(c)] == "simulated");
        }
        CHECK(source);
        CHECK(sample_readme().find("invented") != std::string_view::npos);
        CHECK(world.truth.conflicts.size() == 9);
        CHECK(world.truth.disagreements.size() == 11 * 3);
        CHECK(world.truth.ambiguous.size() == 6);
        for (const PlantedConflict& planted : world.truth.conflicts) CHECK(planted.size > 0.2);
        for (const PlantedDisagreement& planted : world.truth.disagreements) {
            CHECK(planted.size < -0.25);
        }
    }
    TEST_CASE("ratings of the sample use the whole scale and nothing else") {
        const World world = make_world(sample_options(1), Job());
        std::map<float, int> seen;
        for (const float value : world.table.value()) ++seen[value];
        CHECK(seen.size() == 5);
        CHECK(seen.begin()->first == 1.0F);
        CHECK(seen.rbegin()->first == 5.0F);
    }
    TEST_CASE("another seed gives other judgments on the same texts") {
        const World one = make_world(sample_options(1), Job());
        const World two = make_world(sample_options(2), Job());
        CHECK(one.table.cases().texts[7] == two.table.cases().texts[7]);
        CHECK(one.truth.utilities != two.truth.utilities);
    }
    TEST_CASE("the benchmark's world has ten ratings an item, eight dimensions, four attributes") {
        const World world = make_world(benchmark_options(1, 2000), Job());
        CHECK(world.table.size() == 20'000);
        CHECK(world.table.cases().ids.size() == 2000);
        CHECK(world.table.raters().ids.size() == 20);
        CHECK(world.table.raters().attributes.size() == 4);
        CHECK(world.table.dimensions().size() == 8);
    }
}
