#include "edgewise/simulate/world.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include <doctest/doctest.h>

#include "edgewise/judgment/partition.hpp"
#include "edgewise/simulate/blueprint.hpp"

using namespace edgewise;
using namespace edgewise::simulate;

namespace {

Job threads(unsigned count) { return Job({}, {}, count); }

double to_utility(const judgment::Dimension& dimension, float value) {
    const double u =
        (static_cast<double>(value) - dimension.low) / (dimension.high - dimension.low);
    return dimension.polarity == judgment::Polarity::negative ? 1.0 - u : u;
}

struct Mean {
    double sum = 0.0;
    double squares = 0.0;
    double n = 0.0;
    void add(double x) { sum += x, squares += x * x, n += 1.0; }
    double mean() const { return sum / n; }
    double variance() const { return squares / n - mean() * mean(); }
};

// Raw means by (group, dimension, option), persons only.
using Cells = std::map<std::tuple<std::size_t, std::size_t, std::size_t>, Mean>;

Cells cells_of(const World& world) {
    Cells cells;
    const judgment::JudgmentTable& table = world.table;
    for (std::size_t i = 0; i < table.size(); ++i) {
        const std::uint16_t group = world.truth.group_of[table.rater()[i]];
        if (group == judgment::kNoGroup) continue;
        const std::uint16_t d = table.dimension()[i];
        cells[{group, d, table.option()[i]}].add(
            to_utility(table.dimensions()[d], table.value()[i]));
    }
    return cells;
}

// Few cases, everybody judges everything, so that raw means are close to the truth.
WorldOptions dense() {
    WorldOptions options;
    options.cases = 20;
    options.options_per_case = 3;
    options.raters = 3000;
    options.raters_per_case = 3000;
    options.severity_sd = 0.1;
    options.residual_sd = 0.2;
    return options;
}

bool same_bytes(const World& a, const World& b) {
    const auto same = [](auto x, auto y) { return std::ranges::equal(x, y); };
    return same(a.table.option(), b.table.option()) && same(a.table.rater(), b.table.rater()) &&
           same(a.table.dimension(), b.table.dimension()) &&
           same(a.table.value(), b.table.value()) && same(a.table.flags(), b.table.flags()) &&
           a.truth.utilities == b.truth.utilities && a.truth.severity == b.truth.severity &&
           a.truth.group_of == b.truth.group_of;
}

std::string refusal(const std::function<void(WorldOptions&)>& spoil) {
    WorldOptions options;
    spoil(options);
    try {
        validate(options);
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::invalid_argument);
        return error.place().field + ": " + error.message();
    }
    return "accepted";
}

}  // namespace

TEST_SUITE("simulate/world") {
    TEST_CASE("raw means of many raters are the true utilities, on every scale") {
        for (const Answers answers : {Answers::ordinal, Answers::continuous, Answers::votes}) {
            WorldOptions options = dense();
            options.answers = answers;
            options.item_by_group_sd = 0.1;
            if (answers != Answers::votes) {
                options.dimensions[1].polarity = judgment::Polarity::negative;
            }
            const World world = make_world(options, threads(2));
            for (const float u : world.truth.utilities) CHECK((u >= 0.0F && u <= 1.0F));
            // The severities of a group's raters do not average to zero: they move all its cells
            // alike, which is taken out first.
            std::map<std::size_t, Mean> off;
            const Cells cells = cells_of(world);
            CHECK(cells.size() == 3 * 2 * 60);
            for (const auto& [cell, mean] : cells) {
                const auto [g, d, o] = cell;
                off[g].add(mean.mean() - world.truth.utility(g, d, o));
            }
            for (const auto& [cell, mean] : cells) {
                const auto [g, d, o] = cell;
                const double error = mean.mean() - world.truth.utility(g, d, o) - off[g].mean();
                CHECK(std::abs(off[g].mean()) < 0.03);
                CHECK(std::abs(error) < 5.0 * std::sqrt(mean.variance() / mean.n) + 1e-3);
            }
        }
    }
    TEST_CASE("groups have the shares of raters that were asked for, to one rater") {
        WorldOptions options;
        options.raters = 997;
        options.groups = {{.name = "A", .population_share = 0.2, .sample_share = 0.7},
                          {.name = "B", .population_share = 0.5, .sample_share = 0.2},
                          {.name = "C", .population_share = 0.3, .sample_share = 0.1}};
        const World world = make_world(options, Job());
        std::map<std::string, int> seen;
        const judgment::Attribute& community = world.table.raters().attributes.front();
        CHECK(community.name == "community");
        for (Id r = 0; r < 997; ++r) {
            const Id code = community.code(r);
            ++seen[std::string(community.values[code])];
            CHECK(community.values[code] == world.truth.groups[world.truth.group_of[r]]);
        }
        for (std::size_t g = 0; g < 3; ++g) {
            const GroupSpec& spec = options.groups[g];
            CHECK(std::abs(seen[spec.name] - spec.sample_share * 997) <= 1.0);
            CHECK(world.truth.group_sizes[g] == static_cast<std::uint32_t>(seen[spec.name]));
            CHECK(world.truth.population_shares[g] == spec.population_share);
        }
    }
    TEST_CASE("a planted conflict has the promised size in truth and in the data") {
        WorldOptions options = dense();
        options.conflicts = {{.share = 0.5, .size = 0.4}};
        const World world = make_world(options, Job());
        CHECK(world.truth.conflicts.size() == 10);
        std::map<std::tuple<std::size_t, std::size_t>, Mean> pooled;
        for (const auto& [cell, mean] : cells_of(world)) {
            Mean& all = pooled[{std::get<1>(cell), std::get<2>(cell)}];
            all.sum += mean.sum, all.n += mean.n;
        }
        for (const PlantedConflict& planted : world.truth.conflicts) {
            CHECK(std::abs(planted.size - 0.4) < 1e-3);
            const Id a = planted.better_on_gains;
            const Id b = planted.better_on_costs;
            CHECK(a != b);
            CHECK(world.table.options().case_of[a] == planted.case_);
            const double gain =
                pooled[{planted.gains, a}].mean() - pooled[{planted.gains, b}].mean();
            const double cost =
                pooled[{planted.costs, b}].mean() - pooled[{planted.costs, a}].mean();
            CHECK(std::abs(gain - 0.4) < 0.03);
            CHECK(std::abs(cost - 0.4) < 0.03);
        }
    }
    TEST_CASE("with correlation 1 no options trade off but the planted ones") {
        WorldOptions options = dense();
        options.raters = 30;
        options.raters_per_case = 1;
        options.conflicts = {{.share = 0.25, .size = 0.3}};
        const World world = make_world(options, Job());
        std::set<Id> planted;
        for (const PlantedConflict& conflict : world.truth.conflicts)
            planted.insert(conflict.case_);
        CHECK(planted.size() == 5);
        for (std::size_t a = 0; a < 60; ++a) {
            for (std::size_t b = 0; b < 60; ++b) {
                const Id case_ = world.table.options().case_of[a];
                if (case_ != world.table.options().case_of[b] || planted.contains(case_)) continue;
                const double first = world.truth.by_raters(0, a) - world.truth.by_raters(0, b);
                const double second = world.truth.by_raters(1, a) - world.truth.by_raters(1, b);
                CHECK(first * second >= -1e-9);
            }
        }
    }
    TEST_CASE("a planted disagreement has the promised size in truth and in the data") {
        for (const std::uint32_t options_per_case : {1U, 3U}) {
            WorldOptions options = dense();
            options.options_per_case = options_per_case;
            options.disagreements = {{.share = 0.3, .size = 0.35, .group = "C"}};
            const World world = make_world(options, Job());
            CHECK(world.truth.disagreements.size() == 6 * 2);  // on both dimensions
            Cells cells = cells_of(world);
            // A group's severities average to something: the same on all its cells.
            Mean c_elsewhere;
            Mean a_elsewhere;
            std::set<std::size_t> moved;
            for (const PlantedDisagreement& d : world.truth.disagreements) moved.insert(d.option);
            for (const auto& [cell, mean] : cells) {
                const auto [g, d, o] = cell;
                if (moved.contains(o)) continue;
                if (g == 0) a_elsewhere.add(mean.mean());
                if (g == 2) c_elsewhere.add(mean.mean());
            }
            const double severity = c_elsewhere.mean() - a_elsewhere.mean();
            for (const PlantedDisagreement& planted : world.truth.disagreements) {
                CHECK(planted.group == 2);
                CHECK(std::abs(std::abs(planted.size) - 0.35) < 1e-3);
                if (options_per_case > 1) CHECK(planted.size < 0.0);
                const double difference = cells[{2, planted.dimension, planted.option}].mean() -
                                          cells[{0, planted.dimension, planted.option}].mean() -
                                          severity;
                CHECK(std::abs(difference - planted.size) < 0.04);
            }
        }
    }
    TEST_CASE("with nothing planted all groups and all values of attributes are alike") {
        WorldOptions options = dense();
        options.severity_sd = 0.0;
        const World world = make_world(options, Job());
        for (std::size_t o = 0; o < world.truth.options(); ++o) {
            for (std::size_t g = 1; g < 3; ++g) {
                CHECK(world.truth.utility(g, 0, o) == world.truth.utility(0, 0, o));
            }
        }
        CHECK(world.truth.conflicts.empty());
        CHECK(world.truth.disagreements.empty());
        CHECK(world.truth.ambiguous.empty());
        CHECK(world.truth.components[0].item_by_group == 0.0);
        const auto& raters = world.table.raters();
        CHECK(raters.attributes.size() == 4);
        for (const judgment::Attribute& attribute : raters.attributes) {
            std::map<Id, Mean> by_value;
            Mean all;
            for (std::size_t i = 0; i < world.table.size(); ++i) {
                const double value = static_cast<double>(world.table.value()[i]);
                by_value[attribute.code(world.table.rater()[i])].add(value);
                all.add(value);
            }
            CHECK(by_value.size() > 1);
            for (const auto& [code, mean] : by_value) {
                CHECK(std::abs(mean.mean() - all.mean()) <
                      5.0 * std::sqrt(all.variance() / mean.n));
            }
        }
    }
    TEST_CASE("ambiguous cases are marked as often as promised and vary more") {
        WorldOptions options = dense();
        options.answers = Answers::continuous;
        options.item_sd = 0.02;  // away from the ends of the scale
        options.ambiguous = {.share = 0.4, .marked = 0.3, .extra_sd = 0.25};
        const World world = make_world(options, Job());
        CHECK(world.truth.ambiguous.size() == 8);
        const std::set<Id> ambiguous(world.truth.ambiguous.begin(), world.truth.ambiguous.end());
        Mean marked;
        std::map<std::pair<bool, Id>, Mean> spread;
        for (std::size_t i = 0; i < world.table.size(); ++i) {
            const Id option = world.table.option()[i];
            const bool is = ambiguous.contains(world.table.options().case_of[option]);
            const bool mark = (world.table.flags()[i] & judgment::kUnderspecified) != 0;
            if (is) marked.add(mark ? 1.0 : 0.0);
            if (!is) CHECK_FALSE(mark);
            spread[{is, option}].add(static_cast<double>(world.table.value()[i]) / 100.0);
        }
        CHECK(std::abs(marked.mean() - 0.3) < 0.005);
        for (const auto& [which, mean] : spread) {
            if (which.first) CHECK(mean.variance() > 0.07);
            if (!which.first) CHECK(mean.variance() < 0.06);
        }
    }
    TEST_CASE("severity lowers all that a rater says, by its size") {
        WorldOptions options = dense();
        options.answers = Answers::continuous;
        options.item_sd = 0.0;
        options.raters = 50;
        options.raters_per_case = 50;
        options.cases = 400;
        const World world = make_world(options, Job());
        std::map<Id, Mean> by_rater;
        for (std::size_t i = 0; i < world.table.size(); ++i) {
            by_rater[world.table.rater()[i]].add(static_cast<double>(world.table.value()[i]) /
                                                 100.0);
        }
        for (const auto& [rater, mean] : by_rater) {
            CHECK(std::abs(0.5 - mean.mean() - world.truth.severity[rater]) < 0.04);
        }
    }
    TEST_CASE("true components are those of the answers") {
        WorldOptions options;
        options.answers = Answers::continuous;
        options.cases = 200;
        options.raters = 400;
        options.raters_per_case = 400;
        options.dimensions = {{.name = "one"}};
        options.item_sd = 0.1;
        options.item_by_group_sd = 0.08;
        options.severity_sd = 0.06;
        options.residual_sd = 0.12;
        const World world = make_world(options, threads(2));
        const TrueComponents& found = world.truth.components[0];
        CHECK(found.item == doctest::Approx(0.01).epsilon(0.3));
        CHECK(found.item_by_group == doctest::Approx(0.0064).epsilon(0.2));
        CHECK(found.rater == doctest::Approx(0.0036).epsilon(0.03));
        CHECK(found.residual == doctest::Approx(0.0144).epsilon(0.05));
        Mean within;
        for (const auto& [cell, mean] : cells_of(world)) within.add(mean.variance());
        CHECK(within.mean() == doctest::Approx(found.rater + found.residual).epsilon(0.06));
    }
    TEST_CASE("machines judge every case, know no group and follow the mean of all") {
        WorldOptions options = dense();
        options.raters = 100;
        options.raters_per_case = 10;
        options.machines = {.count = 2, .sd = 0.05, .leniency = 0.1};
        const World world = make_world(options, Job());
        CHECK(world.table.raters().kinds.size() == 102);
        CHECK(world.table.raters().kinds[101] == judgment::RaterKind::machine);
        CHECK(world.truth.group_of[101] == judgment::kNoGroup);
        std::size_t by_machines = 0;
        for (const Id rater : world.table.rater()) by_machines += rater >= 100 ? 1 : 0;
        CHECK(by_machines == 2 * 60 * 2);
        for (const judgment::Attribute& attribute : world.table.raters().attributes) {
            CHECK(attribute.code(100) == kNone);
        }
    }
    TEST_CASE("the number of raters and of dimensions of a case is as asked for") {
        WorldOptions options;
        options.cases = 2000;
        options.raters_per_case = 2.25;
        options.dimensions = {{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}};
        options.dimensions_per_case = 2;
        const World world = make_world(options, Job());
        std::map<Id, std::set<Id>> raters;
        std::map<Id, std::set<std::uint16_t>> dimensions;
        std::set<std::tuple<Id, Id, Id>> rows;
        for (std::size_t i = 0; i < world.table.size(); ++i) {
            const Id option = world.table.option()[i];
            raters[option].insert(world.table.rater()[i]);
            dimensions[option].insert(world.table.dimension()[i]);
            rows.insert({option, world.table.rater()[i], world.table.dimension()[i]});
        }
        CHECK(rows.size() == world.table.size());
        double more = 0.0;
        for (const auto& [option, who] : raters) {
            CHECK((who.size() == 2 || who.size() == 3));
            more += who.size() == 3 ? 1.0 : 0.0;
            CHECK(dimensions[option].size() == 2);
        }
        CHECK(std::abs(more / 2000.0 - 0.25) < 0.05);
    }
    TEST_CASE("a case is judged on the dimensions on which something is planted") {
        WorldOptions options;
        options.cases = 200;
        options.raters_per_case = 2;
        options.dimensions = {{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}};
        options.dimensions_per_case = 2;
        options.conflicts = {{.share = 0.5, .size = 0.3}};
        options.disagreements = {{.share = 0.2, .size = 0.3, .dimension = "d"}};
        const World world = make_world(options, Job());
        std::map<Id, std::set<std::uint16_t>> judged;
        for (std::size_t i = 0; i < world.table.size(); ++i) {
            judged[world.table.option()[i]].insert(world.table.dimension()[i]);
        }
        for (const PlantedConflict& planted : world.truth.conflicts) {
            CHECK(judged[planted.better_on_gains] ==
                  std::set<std::uint16_t>{planted.gains, planted.costs});
        }
        for (const PlantedDisagreement& planted : world.truth.disagreements) {
            CHECK(judged[planted.option].contains(3));
            CHECK(judged[planted.option].size() == 2);
        }
    }
    TEST_CASE("the same seed gives the same bytes whatever the threads, another seed others") {
        WorldOptions options;
        options.cases = 700;
        options.raters_per_case = 5;
        options.conflicts = {{.share = 0.1, .size = 0.3}};
        options.options_per_case = 2;
        options.ambiguous.share = 0.1;
        const World one = make_world(options, threads(1));
        const World four = make_world(options, threads(4));
        CHECK(same_bytes(one, four));
        options.seed = 2;
        CHECK_FALSE(same_bytes(one, make_world(options, threads(1))));
    }
    TEST_CASE("one case, one rater, one dimension and one group make a world") {
        WorldOptions options;
        options.cases = 1;
        options.raters = 1;
        options.raters_per_case = 1;
        options.dimensions = {{.name = "only"}};
        options.groups = {{.name = "all"}};
        const World world = make_world(options, Job());
        CHECK(world.table.size() == 1);
        CHECK(world.table.options().ids[0] == "a");
        CHECK(world.truth.utilities.size() == 1);
        CHECK(world.truth.components[0].item == 0.0);
    }
    TEST_CASE("another number of raters leaves what is true of the cases as it was") {
        WorldOptions options;
        options.disagreements = {{.share = 0.2, .size = 0.3}};
        options.severity_sd = 0.1;
        const World few = make_world(options, Job());
        options.raters = 500;
        const World many = make_world(options, Job());
        CHECK(few.truth.utilities == many.truth.utilities);
        CHECK(few.table.dimensions()[0].scale_declared);
        CHECK(few.table.dimensions()[0].low == 1.0);
        CHECK(few.table.dimensions()[0].high == 5.0);
    }
    TEST_CASE("a world without any noise repeats itself exactly") {
        WorldOptions options = dense();
        options.raters = 30;
        options.raters_per_case = 30;
        options.severity_sd = 0.0;
        options.residual_sd = 0.0;
        const World world = make_world(options, Job());
        for (const auto& [cell, mean] : cells_of(world)) {
            const auto [g, d, o] = cell;
            CHECK(mean.mean() == doctest::Approx(world.truth.utility(g, d, o)).epsilon(1e-6));
        }
    }
    TEST_CASE("options that make no world are refused by name") {
        CHECK(refusal([](WorldOptions&) {}) == "accepted");
        CHECK(refusal([](WorldOptions& o) { o.raters = 0; }) ==
              "raters: expected at least one rater, found 0");
        CHECK(refusal([](WorldOptions& o) { o.cases = 0; }) ==
              "cases: expected at least one case, found 0");
        CHECK(refusal([](WorldOptions& o) { o.groups[0].population_share = 0.4; }) ==
              "groups: expected shares that sum to 1, found 0.9");
        CHECK(refusal([](WorldOptions& o) {
                  o.groups[0].sample_share = 0.9;
              }).starts_with("groups: expected shares that sum to 1"));
        CHECK(refusal([](WorldOptions& o) { o.severity_sd = -0.1; }) ==
              "severity_sd: expected a standard deviation from 0 to 10, found -0.1");
        CHECK(refusal([](WorldOptions& o) {
                  o.residual_sd = std::nan("");
              }).starts_with("residual_sd"));
        CHECK(refusal([](WorldOptions& o) {
                  o.raters_per_case = 301;
              }).starts_with("raters_per_case"));
        CHECK(
            refusal([](WorldOptions& o) { o.raters_per_case = 0; }).starts_with("raters_per_case"));
        CHECK(refusal([](WorldOptions& o) { o.dimensions.clear(); }).starts_with("dimensions"));
        CHECK(refusal([](WorldOptions& o) { o.dimensions[1].name = "helpfulness"; }) ==
              "dimensions: expected dimensions with different names, found \"helpfulness\" twice");
        CHECK(refusal([](WorldOptions& o) { o.dimensions[0].low = 3; }).starts_with("dimensions"));
        CHECK(refusal([](WorldOptions& o) {
                  o.answers = Answers::votes;
                  o.dimensions[0].polarity = judgment::Polarity::negative;
              }).starts_with("dimensions: expected positive"));
        CHECK(refusal([](WorldOptions& o) {
                  o.conflicts = {{.share = 0.6}};
                  o.ambiguous.share = 0.5;
              }).starts_with("conflicts: expected shares of planted cases that sum to at most 1"));
        CHECK(refusal([](WorldOptions& o) {
                  o.conflicts = {{.share = 0.1, .size = 0.95}};
              }).starts_with("conflicts: expected a size from 0 to 0.9"));
        CHECK(refusal([](WorldOptions& o) {
                  o.conflicts = {{.share = 0.1}};
                  o.dimensions.pop_back();
              }) == "conflicts: expected at least two dimensions, found one");
        CHECK(refusal([](WorldOptions& o) { o.disagreements = {{.share = 0.1, .group = "D"}}; }) ==
              "disagreements: expected one of \"A\", \"B\", \"C\", found \"D\"");
        CHECK(refusal([](WorldOptions& o) {
                  o.attributes[0].name = "community";
              }).starts_with("attributes: expected attributes with different names"));
        CHECK(refusal([](WorldOptions& o) {
                  o.options_per_case = 27;
              }).starts_with("options_per_case"));
    }
}
