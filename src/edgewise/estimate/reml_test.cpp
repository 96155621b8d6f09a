#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../../../tests/support/worlds.hpp"
#include "edgewise/base/json.hpp"
#include "edgewise/estimate/variance_components.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

namespace {

std::string slurp(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// A line of a CSV file with quoted fields, which is all these files need.
std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            fields.emplace_back();
        } else if (c != '\r') {
            fields.back() += c;
        }
    }
    return fields;
}

std::size_t find(const std::vector<std::string>& header, const std::string& name) {
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (header[i] == name) return i;
    }
    FAIL("no column " << name);
    return 0;
}

// As the oracle's script coded it: the attribute's values as they are, politics cut at -1/4 and
// 1/4, raters whose attribute is missing dropped.
World attitudes(const std::string& size, const std::string& dimension,
                const std::string& attribute) {
    const std::filesystem::path folder =
        std::filesystem::path(EDGEWISE_SHARED) / "data/annotators_with_attitudes";
    std::ifstream people(folder / (size + "_annotators.csv"));
    std::string line;
    std::getline(people, line);
    auto header = split(line);
    const bool politics = attribute == "pol";
    const std::size_t id = find(header, "annotator_id");
    const std::size_t column = find(header, politics ? "annotatorPolitics" : attribute);
    std::map<std::string, std::uint16_t> groups;
    std::map<std::string, std::string> group_of_rater;
    std::string pending;
    while (std::getline(people, line)) {
        pending += line;
        if (std::count(pending.begin(), pending.end(), '"') % 2 != 0) continue;
        const auto fields = split(pending);
        pending.clear();
        std::string value = fields[column];
        if (value.empty()) continue;
        if (politics) {
            const double p = std::stod(value);
            value = p <= -0.25 ? "low" : p <= 0.25 ? "middle" : "high";
        }
        groups.emplace(value, static_cast<std::uint16_t>(groups.size()));
        group_of_rater[fields[id]] = value;
    }
    std::ifstream ratings(folder / (size + "_ratings.csv"));
    std::getline(ratings, line);
    header = split(line);
    std::map<std::string, std::uint32_t> items, raters;
    std::vector<std::uint16_t> group_of;
    std::vector<Judged> judged;
    while (std::getline(ratings, line)) {
        const auto fields = split(line);
        if (fields[2] != dimension || !group_of_rater.contains(fields[1])) continue;
        const auto item = items.emplace(fields[0], items.size()).first->second;
        const auto [rater, fresh] = raters.emplace(fields[1], raters.size());
        if (fresh) group_of.push_back(groups.at(group_of_rater.at(fields[1])));
        judged.push_back({item, rater->second, (std::stod(fields[3]) - 1.0) / 4.0});
    }
    return world_of(std::move(judged), items.size(), std::move(group_of), groups.size());
}

double number(const Json& json, std::string_view name) {
    double value = std::nan("");
    if (const Json* member = json.find(name)) member->get(value);
    return value;
}

Recipe balanced() {
    Recipe recipe{.items = 40, .raters = 45, .groups = 3, .group_mean = {0.45, 0.5, 0.55}};
    recipe.sd = {.item = 0.12, .rater = 0.05, .item_by_group = 0.06, .residual = 0.1};
    return recipe;
}

}  // namespace

TEST_SUITE("estimate/reml") {
    TEST_CASE("components and likelihoods are those of lme4 on real ratings") {
        const auto path =
            std::filesystem::path(EDGEWISE_SHARED) / "oracles/prefmodels/lmm_lme4.json";
        if (!std::filesystem::exists(path)) {
            MESSAGE("skipped: " << path.string() << " is not here");
            return;
        }
        const Json oracle = Json::parse(slurp(path));
        int compared = 0;
        for (const auto& [name, expected] : *oracle.members()) {
            if (!name.starts_with("att_")) {
                MESSAGE("skipped " << name << ": its data are not here");
                continue;
            }
            CAPTURE(name);
            const auto space = name.find(' ');
            const std::string size = name.substr(4, 5);
            const World world =
                attitudes(size, name.substr(10, space - 10), name.substr(space + 1));
            const Crossed design = cross(world.view, world.partition, Job{});
            double n = 0.0;
            expected.find("n")->get(n);
            REQUIRE(static_cast<double>(design.total) == n);
            // Utilities are ratings over four: variances 16 times smaller, and a density of n
            // judgments 4^n times larger. The oracle compared its models by likelihood ratio and
            // so maximised the full likelihood (its item variances are 11/12 of REML's).
            const double jacobian = n * std::log(4.0);
            const Job job({}, {}, 2);
            const Reml full = reml(design, true, job, Likelihood::full);
            const Reml without = reml(design, false, job, Likelihood::full);
            CHECK(full.converged);
            CHECK(without.converged);
            CHECK(std::abs(full.log_likelihood - jacobian - number(expected, "loglik1")) < 1e-4);
            CHECK(full.log_likelihood - jacobian > number(expected, "loglik1") - 1e-6);
            CHECK(std::abs(without.log_likelihood - jacobian - number(expected, "loglik0")) < 1e-4);
            const Json& c = *expected.find("comp");
            // The likelihood is so flat along the cell component of 627 posts by 3 groups that lme4
            // stops 0.3 % off its maximum; ours, checked above, is no lower than theirs.
            const auto close = [](double ours, double theirs, double tolerance = 1e-3) {
                return std::abs(16.0 * ours - theirs) < tolerance * theirs + 1e-6;
            };
            CAPTURE(16.0 * full.components.item);
            CAPTURE(16.0 * full.components.rater);
            CAPTURE(16.0 * full.components.item_by_group);
            CHECK(close(full.components.item, number(c, "item_id")));
            CHECK(close(full.components.rater, number(c, "annotator_id")));
            CHECK(close(full.components.item_by_group, number(c, "cell"), 5e-3));
            CHECK(close(full.components.residual, number(c, "Residual")));
            ++compared;
        }
        CHECK(compared == 9);
    }

    TEST_CASE("the criterion at the optimum is never above that nearby") {
        for (std::uint64_t seed = 0; seed < 12; ++seed) {
            Recipe recipe = balanced();
            recipe.items = 12 + seed;
            recipe.density = 0.3 + 0.05 * static_cast<double>(seed);
            recipe.ungrouped = seed % 2 == 0 ? 0.0 : 0.2;
            if (seed % 3 == 0) recipe.sd.item_by_group = 0.0;
            const World world = simulate_ratings(recipe, seed);
            const Crossed design = cross(world.view, world.partition, Job{});
            const Reml best = reml(design, true, Job{});
            CHECK(best.converged);
            const double residual = best.components.residual;
            const double item = std::sqrt(best.components.item / residual);
            const double rater = std::sqrt(best.components.rater / residual);
            const double cell = std::sqrt(best.components.item_by_group / residual);
            const double lowest = -2.0 * best.log_likelihood;
            for (const double by : {-0.05, -0.005, 0.005, 0.05}) {
                CHECK(reml_criterion(design, std::max(0.0, item + by), rater, cell) >=
                      lowest - 1e-6);
                CHECK(reml_criterion(design, item, std::max(0.0, rater + by), cell) >=
                      lowest - 1e-6);
                CHECK(reml_criterion(design, item, rater, std::max(0.0, cell + by)) >=
                      lowest - 1e-6);
            }
        }
    }

    TEST_CASE("which side is integrated out does not change the criterion") {
        // Few items and many raters, then the same judgments as a wider table with empty-handed
        // extra items is not possible; so compare with the dense covariance matrix instead.
        for (const auto& [items, raters] : {std::pair{4, 30}, {30, 6}}) {
            Recipe recipe = balanced();
            recipe.items = static_cast<std::size_t>(items);
            recipe.raters = static_cast<std::size_t>(raters);
            recipe.density = 0.8;
            recipe.ungrouped = 0.2;
            const World world = simulate_ratings(recipe, 5);
            const Crossed design = cross(world.view, world.partition, Job{});
            // Dense: H from its definition, Cholesky by hand.
            const std::size_t n = design.total;
            std::vector<std::size_t> item_of;
            for (std::size_t o = 0; o < world.view.items(); ++o) {
                item_of.insert(item_of.end(), world.view.raters(o).size(), o);
            }
            const double a = 0.9, b = 0.5, c = 0.4;
            std::vector<std::vector<double>> h(n, std::vector<double>(n));
            for (std::size_t i = 0; i < n; ++i) {
                for (std::size_t j = 0; j <= i; ++j) {
                    const Id r = world.view.rater[i], s = world.view.rater[j];
                    const bool grouped = design.level_of[r] != design.groups;
                    h[i][j] = (i == j) + (item_of[i] == item_of[j]) * a * a + (r == s) * b * b +
                              (item_of[i] == item_of[j] && grouped &&
                               design.level_of[r] == design.level_of[s]) *
                                  c * c;
                }
            }
            double log_det = 0.0;
            for (std::size_t j = 0; j < n; ++j) {
                for (std::size_t k = 0; k < j; ++k) h[j][j] -= h[j][k] * h[j][k];
                h[j][j] = std::sqrt(h[j][j]);
                log_det += 2.0 * std::log(h[j][j]);
                for (std::size_t i = j + 1; i < n; ++i) {
                    for (std::size_t k = 0; k < j; ++k) h[i][j] -= h[i][k] * h[j][k];
                    h[i][j] /= h[j][j];
                }
            }
            // Whitened columns of X and y, orthogonalised in turn (Gram-Schmidt): the squared
            // lengths multiply to |X'H^-1 X| and the last is the residual sum of squares.
            std::vector<std::vector<double>> basis;
            double squares = 0.0, p = 0.0;
            for (std::size_t l = 0; l <= design.levels(); ++l) {
                if (l < design.levels() && design.judgments[l] == 0) continue;
                std::vector<double> v(n);
                for (std::size_t i = 0; i < n; ++i) {
                    v[i] = l == design.levels() ? static_cast<double>(world.view.utility[i])
                                                : design.level_of[world.view.rater[i]] == l;
                    for (std::size_t k = 0; k < i; ++k) v[i] -= h[i][k] * v[k];
                    v[i] /= h[i][i];
                }
                for (const auto& u : basis) {
                    double along = 0.0;
                    for (std::size_t i = 0; i < n; ++i) along += u[i] * v[i];
                    for (std::size_t i = 0; i < n; ++i) v[i] -= along * u[i];
                }
                squares = 0.0;
                for (const double x : v) squares += x * x;
                if (l == design.levels()) break;
                log_det += std::log(squares);
                for (double& x : v) x /= std::sqrt(squares);
                basis.push_back(v);
                p += 1.0;
            }
            const double freedom = static_cast<double>(n) - p;
            const double expected =
                log_det + freedom * (1.0 + std::log(2.0 * 3.14159265358979324 * squares / freedom));
            CHECK(reml_criterion(design, a, b, c) == doctest::Approx(expected).epsilon(1e-10));
        }
    }

    TEST_CASE("a component that is not there ends at exactly zero about half the time") {
        int zeros = 0;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            Recipe recipe = balanced();
            recipe.items = 15;
            recipe.raters = 30;
            recipe.sd.item_by_group = 0.0;
            const World world = simulate_ratings(recipe, 100 + seed);
            const Crossed design = cross(world.view, world.partition, Job{});
            zeros += reml(design, true, Job{}).components.item_by_group == 0.0;
        }
        CHECK(zeros >= 4);
        CHECK(zeros <= 17);
    }

    TEST_CASE("moments are close to REML on balanced data, and both to the truth") {
        Components moments, exact;
        constexpr double kWorlds = 12.0;
        for (std::uint64_t seed = 0; seed < 12; ++seed) {
            const World world = simulate_ratings(balanced(), 40 + seed);
            const Crossed design = cross(world.view, world.partition, Job{});
            const Components m = moment_components(design, Job{});
            const Components e = reml(design, true, Job{}).components;
            CHECK(m.residual == doctest::Approx(e.residual).epsilon(0.05));
            CHECK(m.item == doctest::Approx(e.item).epsilon(0.1));
            moments.rater += m.rater / kWorlds;
            exact.rater += e.rater / kWorlds;
            moments.item_by_group += m.item_by_group / kWorlds;
            exact.item_by_group += e.item_by_group / kWorlds;
        }
        CHECK(moments.rater == doctest::Approx(0.0025).epsilon(0.15));
        CHECK(exact.rater == doctest::Approx(0.0025).epsilon(0.15));
        CHECK(moments.item_by_group == doctest::Approx(0.0036).epsilon(0.15));
        CHECK(exact.item_by_group == doctest::Approx(0.0036).epsilon(0.15));
    }

    TEST_CASE("moments recover the components of a large sparse world") {
        Recipe recipe = balanced();
        recipe.items = 3000;
        recipe.raters = 600;
        recipe.density = 0.02;
        const World world = simulate_ratings(recipe, 9);
        const Crossed design = cross(world.view, world.partition, Job{});
        const Components m = moment_components(design, Job{});
        CHECK(m.item == doctest::Approx(0.0144).epsilon(0.1));
        CHECK(m.rater == doctest::Approx(0.0025).epsilon(0.2));
        CHECK(m.item_by_group == doctest::Approx(0.0036).epsilon(0.2));
        CHECK(m.residual == doctest::Approx(0.01).epsilon(0.05));
    }

    TEST_CASE("moments and REML have the same bits for any number of threads") {
        Recipe recipe = balanced();
        recipe.items = 2000;
        recipe.raters = 50;
        recipe.density = 0.1;
        const World world = simulate_ratings(recipe, 10);
        const auto all = [&](unsigned threads) {
            const Job job({}, {}, threads);
            const Crossed design = cross(world.view, world.partition, job);
            const Components m = moment_components(design, job);
            const Reml e = reml(design, true, job);
            return std::vector{m.item,
                               m.rater,
                               m.item_by_group,
                               m.residual,
                               e.components.item,
                               e.components.rater,
                               e.components.residual,
                               e.log_likelihood};
        };
        const auto alone = all(1);
        CHECK(all(2) == alone);
        CHECK(all(3) == alone);
    }
}
