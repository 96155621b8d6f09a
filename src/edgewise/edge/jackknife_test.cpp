#include "edgewise/edge/jackknife.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "support/worlds.hpp"

using namespace edgewise;
using namespace edgewise::edge;
using estimate::Judged;
using estimate::Recipe;
using estimate::World;
using judgment::Id;

namespace {

std::vector<Judged> rows_of(const World& world) {
    std::vector<Judged> out;
    for (std::uint32_t item = 0; item < world.view.items(); ++item) {
        for (std::size_t k = 0; k < world.view.raters(item).size(); ++k) {
            out.push_back(
                {item, world.view.raters(item)[k], double{world.view.utilities(item)[k]}});
        }
    }
    return out;
}

World without(const World& world, const std::function<bool(const Judged&)>& drop) {
    auto rows = rows_of(world);
    std::erase_if(rows, drop);
    return estimate::world_of(rows, world.view.items(), world.partition.group_of,
                              world.partition.groups.size());
}

// Krippendorff's alpha from all pairs, as defined.
double alpha_of(const World& world) {
    double observed = 0.0;
    std::vector<double> all;
    for (std::size_t item = 0; item < world.view.items(); ++item) {
        const auto u = world.view.utilities(item);
        if (u.size() < 2) continue;
        for (std::size_t i = 0; i < u.size(); ++i) {
            all.push_back(double{u[i]});
            for (std::size_t j = 0; j < u.size(); ++j) {
                observed +=
                    std::pow(double{u[i]} - double{u[j]}, 2) / static_cast<double>(u.size() - 1);
            }
        }
    }
    double expected = 0.0;
    for (const double x : all) {
        for (const double y : all) {
            expected += (x - y) * (x - y) / static_cast<double>(all.size() - 1);
        }
    }
    return 1.0 - observed / expected;
}

double ratio_of(const World& world) {
    double sum[2] = {0.0, 0.0};
    for (std::size_t item = 0; item < world.view.items(); ++item) {
        const auto who = world.view.raters(item);
        const auto u = world.view.utilities(item);
        double squares[2] = {0.0, 0.0};
        double count[2] = {0.0, 0.0};
        for (std::size_t i = 0; i < u.size(); ++i) {
            for (std::size_t j = i + 1; j < u.size(); ++j) {
                const auto a = world.partition.group_of[who[i]];
                const auto b = world.partition.group_of[who[j]];
                if (a == judgment::kNoGroup || b == judgment::kNoGroup) continue;
                squares[a == b ? 0 : 1] += std::pow(double{u[i]} - double{u[j]}, 2);
                count[a == b ? 0 : 1] += 1.0;
            }
        }
        if (count[0] * count[1] == 0.0) continue;
        const double weight = count[0] * count[1] / (count[0] + count[1]);
        for (const int k : {0, 1}) sum[k] += weight * squares[k] / count[k];
    }
    return sum[1] / sum[0];
}

double jackknife(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    double mean = 0.0, squares = 0.0;
    for (const double x : values) mean += x / n;
    for (const double x : values) squares += (x - mean) * (x - mean);
    return std::sqrt((n - 1.0) / n * squares);
}

std::optional<Clustered> ratio(const World& world) {
    const std::vector<std::int8_t> side(world.view.utility.size(), 1);
    const auto labels = shuffled_labels(world.partition, 0, 1, 1);
    return disagreement_ratio(grouped(world.view, side, world.partition, labels), labels);
}

Recipe recipe() {
    Recipe out{.items = 9, .raters = 12, .groups = 2, .density = 0.7};
    out.sd = {.item = 0.1, .rater = 0.1, .item_by_group = 0.1, .residual = 0.1};
    return out;
}

}  // namespace

TEST_SUITE("edge/jackknife") {
    TEST_CASE("alpha is that of other programs with the interval metric") {
        const auto path =
            std::filesystem::path(EDGEWISE_SHARED) / "oracles/prefmodels/krippendorff_alpha.json";
        if (!std::filesystem::exists(path)) {
            MESSAGE("skipped: no ", path.string());
            return;
        }
        std::ifstream in(path);
        std::size_t compared = 0;
        for (const auto& one : nlohmann::json::parse(in)) {
            if (one["input"].value("level", "") != "interval" || !one["input"].contains("matrix") ||
                !one["output"]["alpha"].is_number()) {
                continue;
            }
            std::vector<Judged> rows;
            double low = 1e300, high = -1e300;
            for (const auto& row : one["input"]["matrix"]) {
                for (const auto& x : row) {
                    if (x.is_null()) continue;
                    low = std::min(low, x.get<double>());
                    high = std::max(high, x.get<double>());
                }
            }
            std::uint32_t rater = 0;
            std::size_t items = 0;
            for (const auto& row : one["input"]["matrix"]) {
                items = row.size();
                for (std::uint32_t item = 0; item < row.size(); ++item) {
                    if (row[item].is_null()) continue;
                    rows.push_back({item, rater, (row[item].get<double>() - low) / (high - low)});
                }
                ++rater;
            }
            const auto world =
                estimate::world_of(rows, items, std::vector<std::uint16_t>(rater, 0), 1);
            const auto got = krippendorff_alpha(world.view, rater);
            REQUIRE(got);
            CAPTURE(one["id"].get<std::string>());
            // Utilities are stored in single precision.
            CHECK(got->value ==
                  doctest::Approx(one["output"]["alpha"].get<double>()).epsilon(1e-6));
            ++compared;
        }
        CHECK(compared > 0);
    }

    TEST_CASE("alpha and its errors are those of deleting raters and items one by one") {
        for (std::uint64_t seed = 1; seed <= 6; ++seed) {
            const auto world = estimate::simulate_ratings(recipe(), seed);
            const auto got = krippendorff_alpha(world.view, 12);
            REQUIRE(got);
            CHECK(got->value == doctest::Approx(alpha_of(world)).epsilon(1e-9));
            std::vector<double> by_rater, by_item;
            for (std::uint32_t k = 0; k < 12; ++k) {
                by_rater.push_back(alpha_of(without(world, [&](auto& j) { return j.rater == k; })));
            }
            for (std::uint32_t k = 0; k < 9; ++k) {
                by_item.push_back(alpha_of(without(world, [&](auto& j) { return j.item == k; })));
            }
            CHECK(got->se_rater == doctest::Approx(jackknife(by_rater)).epsilon(1e-7));
            CHECK(got->se_item == doctest::Approx(jackknife(by_item)).epsilon(1e-7));
            CHECK(got->se() == doctest::Approx(std::sqrt(got->se_rater * got->se_rater +
                                                         got->se_item * got->se_item)));
            CHECK(got->interval().high - got->value == doctest::Approx(1.959964 * got->se()));
        }
    }

    TEST_CASE("the ratio of disagreement and its errors are those counted over all pairs") {
        for (std::uint64_t seed = 1; seed <= 6; ++seed) {
            auto how = recipe();
            how.ungrouped = seed % 2 == 0 ? 0.2 : 0.0;
            how.groups = 2 + seed % 2;
            const auto world = estimate::simulate_ratings(how, seed);
            const auto got = ratio(world);
            REQUIRE(got);
            CHECK(got->value == doctest::Approx(ratio_of(world)).epsilon(1e-8));
            std::vector<double> by_rater, by_item;
            for (std::uint32_t k = 0; k < 12; ++k) {
                if (world.partition.group_of[k] == judgment::kNoGroup) continue;
                by_rater.push_back(ratio_of(without(world, [&](auto& j) { return j.rater == k; })));
            }
            for (std::uint32_t k = 0; k < 9; ++k) {
                by_item.push_back(ratio_of(without(world, [&](auto& j) { return j.item == k; })));
            }
            CHECK(got->se_rater == doctest::Approx(jackknife(by_rater)).epsilon(1e-6));
            CHECK(got->se_item == doctest::Approx(jackknife(by_item)).epsilon(1e-6));
        }
    }

    TEST_CASE("alpha is 1 in full agreement and about 0 when items do not matter") {
        std::vector<Judged> agree;
        for (std::uint32_t i = 0; i < 8; ++i) {
            for (Id r = 0; r < 4; ++r) agree.push_back({i, r, i / 8.0});
        }
        const auto world = estimate::world_of(agree, 8, {0, 0, 0, 0}, 1);
        const auto full = krippendorff_alpha(world.view, 4);
        REQUIRE(full);
        CHECK(full->value == doctest::Approx(1.0).epsilon(1e-9));
        CHECK(full->se() == doctest::Approx(0.0));
        Recipe noise{.items = 400, .raters = 5, .groups = 1};
        noise.sd = {.item = 0.0, .rater = 0.0, .item_by_group = 0.0, .residual = 0.2};
        const auto none = krippendorff_alpha(estimate::simulate_ratings(noise, 2).view, 5);
        REQUIRE(none);
        CHECK(std::abs(none->value) < 0.06);
        CHECK(none->interval().low < 0.0);
        CHECK(none->interval().high > 0.0);
    }

    TEST_CASE("without pairs or variance there is neither alpha nor ratio") {
        const auto none = [](std::vector<Judged> rows) {
            const auto world = estimate::world_of(std::move(rows), 3, {0, 0, 1, 1}, 2);
            return !krippendorff_alpha(world.view, 4) && !ratio(world);
        };
        CHECK(none({}));
        CHECK(none({{0, 0, 0.3}}));
        CHECK(none({{0, 0, 0.3}, {1, 1, 0.6}, {2, 2, 0.9}}));
        CHECK(none({{0, 0, 0.7}, {0, 1, 0.7}, {0, 2, 0.7}, {1, 0, 0.7}, {1, 3, 0.7}}));
    }
}
