#include "edgewise/estimate/label_cells.hpp"

#include <array>
#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "edgewise/base/random.hpp"
#include "edgewise/judgment/builder.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

const std::array<const char*, 3> kWords{"red", "green", "blue"};

struct Made {
    judgment::JudgmentTable table;
    judgment::Partition partition;
    std::vector<std::array<double, 3>> truth;  // item * 2 + group
};

// Two groups of raters who label every item, with shares drawn about the item's.
Made world(std::size_t items, std::size_t raters, double strength, std::uint64_t seed) {
    judgment::TableBuilder builder;
    const auto dimension = builder.dimension_id("colour", judgment::Kind::label);
    Made out;
    out.partition.attribute = "side";
    out.partition.groups = {"left", "right"};
    out.partition.raters_in.assign(2, static_cast<std::uint32_t>(raters / 2));
    Rng rng(seed, 41);
    for (std::size_t r = 0; r < raters; ++r) {
        builder.rater_id("r" + std::to_string(r));
        out.partition.group_of.push_back(static_cast<std::uint16_t>(r % 2));
    }
    const auto dirichlet = [&](std::array<double, 3> a) {
        double total = 0.0;
        for (double& x : a) total += x = next_gamma(rng, x);
        for (double& x : a) x /= total;
        return a;
    };
    for (std::size_t o = 0; o < items; ++o) {
        std::array<double, 3> p = dirichlet({2.0, 1.0, 0.7});
        for (double& x : p) x = std::max(x * strength, 1e-3);
        for (std::size_t g = 0; g < 2; ++g) out.truth.push_back(dirichlet(p));
        for (std::size_t r = 0; r < raters; ++r) {
            const auto& share = out.truth[o * 2 + r % 2];
            const double u = rng.next_unit();
            judgment::Row row;
            row.option = builder.option_id(builder.case_id("c" + std::to_string(o)), "o");
            row.rater = builder.rater_id("r" + std::to_string(r));
            row.dimension = dimension;
            const std::size_t label = u < share[0] ? 0 : u < share[0] + share[1] ? 1 : 2;
            row.value = static_cast<float>(builder.category_id(dimension, kWords.at(label)));
            builder.add(row);
        }
    }
    out.table = std::move(builder).finish();
    return out;
}

// Categories are numbered by first appearance.
std::size_t category_of(const LabelCells& cells, const std::string& word) {
    std::size_t k = 0;
    while (cells.categories[k] != word) ++k;
    return k;
}

}  // namespace

TEST_SUITE("estimate/label_cells") {
    TEST_CASE("90 % intervals of shares hold the truth nine times in ten, and shares add up") {
        double inside = 0.0, count = 0.0;
        for (std::uint64_t seed = 0; seed < 25; ++seed) {
            const Made made = world(30, 24, 6.0, seed);
            const LabelCells cells =
                label_cells(observe_labels(made.table, 0), made.partition, {}, {});
            REQUIRE(cells.defined);
            for (std::size_t o = 0; o < 30; ++o) {
                for (std::size_t row = 0; row < 3; ++row) {
                    double sum = 0.0;
                    for (std::size_t k = 0; k < 3; ++k) sum += cells.at(o, row, k).mean;
                    CHECK(sum == doctest::Approx(1.0));
                }
                for (std::size_t g = 0; g < 2; ++g) {
                    for (std::size_t k = 0; k < 3; ++k) {
                        const Interval i = cells.interval(o, g, category_of(cells, kWords.at(k)));
                        const double truth = made.truth[o * 2 + g].at(k);
                        inside += i.low <= truth && truth <= i.high;
                        count += 1.0;
                    }
                }
            }
        }
        MESSAGE("shares covered " << inside / count);
        CHECK(inside / count > 0.85);
        CHECK(inside / count < 0.95);
    }

    TEST_CASE("cells say how many labels they rest on, and empty ones are pooled") {
        Made made = world(4, 6, 6.0, 3);
        made.partition.group_of.assign(6, 0);
        made.partition.group_of[5] = judgment::kNoGroup;
        const LabelCells cells =
            label_cells(observe_labels(made.table, 0), made.partition, {.least_cell = 6}, {});
        CHECK(cells.n[cells.cell(0, 0)] == 5);
        CHECK(cells.state[cells.cell(0, 0)] == CellState::insufficient);
        CHECK(cells.n[cells.cell(0, 1)] == 0);
        CHECK(cells.state[cells.cell(0, 1)] == CellState::pooled);
        CHECK(cells.n[cells.cell(0, 2)] == 6);
        CHECK(cells.state[cells.cell(0, 2)] == CellState::observed);
        CHECK(cells.as_cell(0, 0, 0).family == Family::beta);
    }

    TEST_CASE("weights count by Kish and undo over-representation, scale does not matter") {
        // Of ten raters without groups nine say red; the tenth stands for as many.
        judgment::TableBuilder builder;
        const auto dimension = builder.dimension_id("colour", judgment::Kind::label);
        for (int o = 0; o < 40; ++o) {
            for (int r = 0; r < 10; ++r) {
                judgment::Row row;
                row.option = builder.option_id(builder.case_id(std::to_string(o)), "o");
                row.rater = builder.rater_id(std::to_string(r));
                row.dimension = dimension;
                const char* word = (o == 0 && r == 0) ? "blue" : r < 9 ? "red" : "green";
                row.value = static_cast<float>(builder.category_id(dimension, word));
                builder.add(row);
            }
        }
        const auto table = std::move(builder).finish();
        std::vector<double> weight(10, 1.0);
        weight[9] = 9.0;
        const LabelView view = observe_labels(table, 0, false, weight);
        const LabelCells cells = label_cells(view, {}, {}, {});
        CHECK(cells.at(5, 0, category_of(cells, "red")).mean == doctest::Approx(0.5).epsilon(0.06));
        CHECK(cells.n_eff[5] == doctest::Approx(18.0 * 18.0 / 90.0));
        CHECK(cells.n[5] == 10);
        for (double& w : weight) w *= 4.0;
        const LabelCells scaled = label_cells(observe_labels(table, 0, false, weight), {}, {}, {});
        CHECK(scaled.at(5, 0, 1).mean == doctest::Approx(cells.at(5, 0, 1).mean));
        weight[9] = -1.0;
        CHECK_THROWS_AS(observe_labels(table, 0, false, weight), Error);
        const LabelCells plain = label_cells(observe_labels(table, 0), {}, {}, {});
        CHECK(plain.at(5, 0, category_of(plain, "red")).mean > 0.85);
    }

    TEST_CASE("a later label of the same rater replaces the earlier one") {
        judgment::TableBuilder builder;
        const auto dimension = builder.dimension_id("colour", judgment::Kind::label);
        for (const char* word : {"red", "green", "blue"}) {
            judgment::Row row;
            row.option = builder.option_id(builder.case_id("c"), "o");
            row.rater = builder.rater_id("a");
            row.dimension = dimension;
            row.value = static_cast<float>(builder.category_id(dimension, word));
            builder.add(row);
        }
        const LabelView view = observe_labels(std::move(builder).finish(), 0);
        CHECK(view.repeated == 2);
        REQUIRE(view.category.size() == 1);
        CHECK(view.categories[view.category[0]] == "blue");
    }

    TEST_CASE("no labels and one category are not defined, ratings are refused") {
        const LabelCells none = label_cells({}, {}, {}, {});
        CHECK_FALSE(none.defined);
        CHECK(none.why == "there are no labels by people");
        LabelView one;
        one.categories = {"red"};
        one.option = {0};
        one.begin = {0, 1};
        one.rater = {0};
        one.category = {0};
        CHECK(label_cells(one, {}, {}, {}).why == "every label is \"red\"");
        judgment::TableBuilder builder;
        builder.dimension_id("d", judgment::Kind::rating);
        const auto table = std::move(builder).finish();
        CHECK_THROWS_AS(observe_labels(table, 0), Error);
    }
}
