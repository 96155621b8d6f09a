#include "edgewise/estimate/population/raking.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>

#include <doctest/doctest.h>

#include "edgewise/base/rng.hpp"
#include "edgewise/estimate/observations.hpp"
#include "edgewise/judgment/builder.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

using Person = std::vector<std::string>;  // values of attributes; empty: not known

judgment::JudgmentTable table_of(const std::vector<std::string>& attributes,
                                 const std::vector<Person>& people) {
    judgment::TableBuilder builder;
    const auto option = builder.option_id(builder.case_id("c"), "o");
    const auto dimension = builder.dimension_id("d", judgment::Kind::rating);
    for (std::size_t r = 0; r < people.size(); ++r) {
        judgment::Row row;
        row.option = option;
        row.rater = builder.rater_id("r" + std::to_string(r));
        row.dimension = dimension;
        row.value = static_cast<float>(r % 5);
        builder.add(row);
        for (std::size_t a = 0; a < attributes.size(); ++a) {
            if (!people[r][a].empty()) {
                builder.set_attribute(row.rater, attributes[a], people[r][a]);
            }
        }
    }
    return std::move(builder).finish();
}

Margins margins_of(std::vector<Margin> all) { return {.all = std::move(all), .file = {}}; }

Margin margin(std::string attribute, const std::vector<std::pair<std::string, double>>& shares) {
    Margin out{.attribute = std::move(attribute), .shares = {}};
    for (const auto& [value, share] : shares) out.shares.push_back({value, share, 0});
    return out;
}

// n people with two and three categories, unevenly and not independently.
std::vector<Person> people(std::size_t n, std::uint64_t seed) {
    Rng rng(seed, 17);
    std::vector<Person> out;
    for (std::size_t r = 0; r < n; ++r) {
        const bool young = rng.next_unit() < 0.7;
        const double u = rng.next_unit() * (young ? 0.8 : 1.2);
        out.push_back({young ? "young" : "old", u < 0.3 ? "north" : u < 0.6 ? "mid" : "south"});
    }
    return out;
}

std::vector<Margin> declared() {
    return {margin("age", {{"young", 0.45}, {"old", 0.55}}),
            margin("region", {{"north", 0.25}, {"mid", 0.25}, {"south", 0.5}})};
}

std::string refusal(const judgment::JudgmentTable& table, std::vector<Margin> all,
                    const RakingOptions& options = {}) {
    try {
        rake(table, margins_of(std::move(all)), options, {});
    } catch (const Error& e) {
        return e.what();
    }
    return "no error";
}

std::filesystem::path written(const std::string& name, const std::string& text) {
    const auto folder = std::filesystem::temp_directory_path() / "edgewise_margins_test";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / name, std::ios::binary) << text;
    return folder / name;
}

std::string read_refusal(const std::string& name, const std::string& text) {
    try {
        read_margins(written(name, text));
    } catch (const Error& e) {
        return e.what();
    }
    return "no error";
}

}  // namespace

TEST_SUITE("estimate/population/raking") {
    TEST_CASE("weighted shares meet every margin and keep the odds ratios of the sample") {
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const auto who = people(300, seed);
            const Raking raking =
                rake(table_of({"age", "region"}, who), margins_of(declared()), {}, {});
            CHECK(raking.converged);
            CHECK(raking.worst_error <= 1e-6);
            for (const SamplingGap& gap : raking.gaps) {
                CHECK(*gap.weighted == doctest::Approx(gap.declared).epsilon(1e-5));
            }
            // log weight = row + column, so that cross ratios of weights are 1 (Deming & Stephan).
            const auto weight = [&](const Person& p) {
                const auto at = std::ranges::find(who, p);
                return raking.weight[static_cast<std::size_t>(at - who.begin())];
            };
            CHECK(weight({"young", "north"}) * weight({"old", "south"}) ==
                  doctest::Approx(weight({"young", "south"}) * weight({"old", "north"})));
            CHECK(std::accumulate(raking.weight.begin(), raking.weight.end(), 0.0) ==
                  doctest::Approx(300.0));
            double squares = 0.0;
            for (const double w : raking.weight) squares += w * w;
            CHECK(raking.effective == doctest::Approx(300.0 * 300.0 / squares));
            CHECK(raking.design_effect == doctest::Approx(300.0 / raking.effective));
            CHECK(raking.design_effect > 1.0);
        }
    }

    TEST_CASE("one margin is post-stratification") {
        std::vector<Person> who(90, {"a"});
        who.resize(100, {"b"});
        const Raking raking =
            rake(table_of({"g"}, who), margins_of({margin("g", {{"a", 0.5}, {"b", 0.5}})}), {}, {});
        CHECK(raking.iterations == 1);
        CHECK(raking.weight.front() == doctest::Approx(0.5 / 0.9));
        CHECK(raking.weight.back() == doctest::Approx(5.0));
        CHECK(raking.effective == doctest::Approx(36.0));
        CHECK(raking.gaps.at(0).found.value() == doctest::Approx(0.9));
        CHECK(raking.gaps.at(0).beyond_chance);
        CHECK(raking.distance.at(0) == doctest::Approx(0.4));
    }

    TEST_CASE("a sample that is like the population keeps weights of 1") {
        std::vector<Person> who;
        for (int k = 0; k < 100; ++k) who.push_back({k % 2 ? "a" : "b", k % 4 < 2 ? "x" : "y"});
        const Raking raking = rake(table_of({"g", "h"}, who),
                                   margins_of({margin("g", {{"a", 0.5}, {"b", 0.5}}),
                                               margin("h", {{"x", 0.5}, {"y", 0.5}})}),
                                   {}, {});
        for (const double w : raking.weight) CHECK(w == doctest::Approx(1.0));
        CHECK(raking.design_effect == doctest::Approx(1.0));
        for (const SamplingGap& gap : raking.gaps) CHECK_FALSE(gap.beyond_chance);
    }

    TEST_CASE("raters of unknown value keep their share and the known meet the margin") {
        std::vector<Person> who(60, {"a"});
        who.resize(80, {"b"});
        who.resize(100, {""});
        const Raking raking =
            rake(table_of({"g"}, who), margins_of({margin("g", {{"a", 0.5}, {"b", 0.5}})}), {}, {});
        CHECK(raking.weight.back() == doctest::Approx(1.0));
        CHECK(raking.unknown.at(0) == "g: 20 raters");
        CHECK(raking.gaps.at(0).of == 80);
        CHECK(*raking.gaps.at(0).weighted == doctest::Approx(0.5));
    }

    TEST_CASE("bounds hold, and margins they put out of reach are missed and said to be") {
        const auto table = table_of({"age", "region"}, people(300, 3));
        const Raking free = rake(table, margins_of(declared()), {}, {});
        const Raking loose = rake(table, margins_of(declared()),
                                  {.least_weight = 0.1, .most_weight = free.most * 1.01}, {});
        CHECK(loose.converged);
        CHECK(loose.trimmed == 0);
        const Raking tight =
            rake(table, margins_of(declared()), {.most_iterations = 200, .most_weight = 1.3}, {});
        CHECK_FALSE(tight.converged);
        CHECK(tight.most <= 1.3 + 1e-6);
        CHECK(tight.trimmed > 0);
        CHECK(tight.worst_error > 0.01);
        CHECK_FALSE(tight.worst.empty());
        CHECK(tight.effective > free.effective);
    }

    TEST_CASE("base weights are where raking starts and only their ratios matter") {
        const auto table = table_of({"age", "region"}, people(200, 5));
        RakingOptions options;
        for (std::size_t r = 0; r < 200; ++r)
            options.base.push_back(1.0 + static_cast<double>(r % 3));
        const Raking one = rake(table, margins_of(declared()), options, {});
        for (double& w : options.base) w *= 7.0;
        const Raking two = rake(table, margins_of(declared()), options, {});
        for (std::size_t r = 0; r < 200; ++r) {
            CHECK(one.weight[r] == doctest::Approx(two.weight[r]));
        }
        options.base[4] = -1.0;
        CHECK(refusal(table, declared(), options) ==
              "field \"base\": expected a finite weight above 0 for rater \"r4\", found -1");
    }

    TEST_CASE("a share of 0 takes the say from those raters") {
        const Raking raking =
            rake(table_of({"g"}, {{"a"}, {"b"}, {"c"}}),
                 margins_of({margin("g", {{"a", 0.5}, {"b", 0.5}, {"c", 0.0}})}), {}, {});
        CHECK(raking.weight[2] == 0.0);
        CHECK(raking.weight[0] == doctest::Approx(1.5));
    }

    TEST_CASE("margins that cannot be raked are refused by name") {
        const auto table = table_of({"g", "h"}, {{"a", "x"}, {"a", "x"}, {"b", "y"}, {"b", "x"}});
        CHECK(refusal(table, {margin("g", {{"a", 0.5}, {"b", 0.3}, {"c", 0.2}})}) ==
              "field \"g = c\": expected a rater to stand for a share of 0.2, found none; merge it "
              "with another category, or ask such people");
        CHECK(refusal(table, {margin("g", {{"a", 1.0}})}) ==
              "field \"share of g\": expected a share for every value that raters have, found none "
              "for \"b\" (2 raters); declare a share, 0 if they are not of the population");
        CHECK(refusal(table, {margin("g", {{"a", 0.5}, {"b", 0.43}})}) ==
              "field \"share of g\": expected shares that sum to 1, found a sum of 0.93");
        CHECK(refusal(table, {margin("k", {{"a", 1.0}})}).find("they have: g, h") !=
              std::string::npos);
        CHECK(refusal(table, {margin("g", {{"a", 50}, {"b", 50}})}).find("not per cent") !=
              std::string::npos);
        // Everybody of g "a" is of h "x".
        CHECK(refusal(table, {margin("g", {{"a", 0.8}, {"b", 0.2}}),
                              margin("h", {{"x", 0.5}, {"y", 0.5}})}) ==
              "field \"g = a\": expected a share of at most 0.5, that of h \"x\", where all its "
              "raters are, found 0.8; no weights meet both margins");
    }

    TEST_CASE("contradictions among three margins are refused after the rounds come to rest") {
        // x = 1 for a and b, y = 1 for b and c, z = 1 for c and a; nobody has all three, so that
        // the three shares of 1 cannot sum above 2.
        const auto table =
            table_of({"x", "y", "z"}, {{"1", "0", "1"}, {"1", "1", "0"}, {"0", "1", "1"}});
        std::vector<Margin> all;
        for (const char* name : {"x", "y", "z"})
            all.push_back(margin(name, {{"0", 0.2}, {"1", 0.8}}));
        const std::string said = refusal(table, all);
        CHECK(said.find("margins that some weights of these raters meet") != std::string::npos);
        CHECK(said.find("off after 2000 rounds") != std::string::npos);
    }

    TEST_CASE("raked weights flow into what is observed") {
        std::vector<Person> who(30, {"a"});
        who.resize(40, {"b"});
        const auto table = table_of({"g"}, who);
        const Raking raking =
            rake(table, margins_of({margin("g", {{"a", 0.5}, {"b", 0.5}})}), {}, {});
        const auto seen = observe(table, {}, false, raking.weight);
        CHECK(effective_number(seen.dimensions.at(0).weight, 40) ==
              doctest::Approx(raking.effective));
    }

    TEST_CASE("margins are read from CSV and JSON alike") {
        const std::string csv =
            "attribute,value,share,note\nage,young,0.4,x\nage,old,0.6,\nsex,f,1,\n";
        const std::string object = R"({"age": {"young": 0.4, "old": 0.6}, "sex": {"f": 1}})";
        const std::string list =
            R"([{"attribute":"age","value":"young","share":0.4},
                {"attribute":"age","value":"old","share":0.6},
                {"attribute":"sex","value":"f","share":1}])";
        for (const auto& [name, text] : {std::pair<std::string, std::string>{"m.csv", csv},
                                         {"m.json", object},
                                         {"list.json", list}}) {
            CAPTURE(name);
            const Margins margins = read_margins(written(name, text));
            REQUIRE(margins.all.size() == 2);
            CHECK(margins.all[0].attribute == "age");
            CHECK(margins.all[0].shares.at(1).value == "old");
            CHECK(margins.all[0].shares.at(1).share == doctest::Approx(0.6));
        }
        CHECK(read_margins(written("m.csv", csv)).all[0].shares[1].line == 3);
    }

    TEST_CASE("a margins file that is wrong is refused with its line or field") {
        const auto has = [](const std::string& said, const std::string& part) {
            INFO(said);
            CHECK(said.find(part) != std::string::npos);
        };
        has(read_refusal("a.csv", "attribute,value,share\nage,young,x\n"),
            "a.csv:2: field \"share\": expected a number from 0 to 1, found \"x\"");
        has(read_refusal("a.csv", "attribute,value,share\nage,young,0.5\nage,young,0.5\n"),
            "a.csv:3: field \"value\": expected each value of an attribute once");
        has(read_refusal("a.csv", "attribute,value,share\nage,young,0.5\nage,old,0.4\n"),
            "shares that sum to 1, found a sum of 0.9");
        has(read_refusal("a.csv", "attribute,value,share\nage,young,-0.5\n"), "a.csv:2");
        has(read_refusal("a.csv", "attribute,value\nage,young\n"), "share");
        has(read_refusal("a.csv", "attribute,value,share\n"), "one attribute or more");
        has(read_refusal("a.json", R"({"age": [1]})"), "a.json: /age: expected an object");
        has(read_refusal("a.json", R"({"age": {"young": "x"}})"), "/age/young: expected a number");
        has(read_refusal("a.json", R"({"age": )"), "expected JSON");
        has(read_refusal("a.json", R"([{"attribute":"age","share":1}])"),
            "/0/value: expected a text, found nothing");
    }
}
