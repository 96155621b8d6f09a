#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "edgewise/edge/audit.hpp"
#include "edgewise/simulate/world.hpp"
#include "support/recovery.hpp"

// What an audit claims about worlds whose truth is known: how often it cries wolf when nothing is
// planted, how often it finds what is, and whether the raters it says are needed are enough.
// docs/calibration.md carries the tables that this prints with EDGEWISE_RECOVERY_SEEDS=200.
//
// A share may miss what is promised by three standard errors, clustered by world. Where all worlds
// agree the error is taken to be one world's.

using namespace edgewise;

namespace {

using recovery::Hits;
using recovery::Share;
using recovery::share;
using recovery::words;
using simulate::Answers;

constexpr double kFdr = 0.10;

edge::AuditOptions audit_options(std::vector<std::string> attributes = {}) {
    edge::AuditOptions out;
    out.permutations = 200;
    out.draws = 20;  // nothing that is looked at here depends on draws
    out.fdr = kFdr;
    out.attributes = std::move(attributes);
    out.most_cases = 1'000'000;
    out.most_flags = 1'000'000;
    out.heat_maps = 0;
    return out;
}

// Raters of unequal severity; three groups of unequal size that select themselves into the sample;
// three further attributes without any effect.
simulate::WorldOptions nothing_planted(Answers answers, std::uint64_t seed) {
    simulate::WorldOptions out;
    out.seed = seed;
    out.answers = answers;
    out.cases = 25;
    out.options_per_case = 2;
    out.raters = 80;
    out.raters_per_case = 24;
    out.severity_sd = 0.15;
    out.groups = {{.name = "A", .population_share = 0.4, .sample_share = 0.6},
                  {.name = "B", .population_share = 0.3, .sample_share = 0.25},
                  {.name = "C", .population_share = 0.3, .sample_share = 0.15}};
    return out;
}

struct Null {
    Hits global;                 // disagreement ratios with p <= 0.05
    std::array<Hits, 4> losses;  // representation nulls with p <= 0.05, 0.1, 0.25, 0.5
    Hits flagged;                // any cell flagged: all discoveries are false
    Hits conflict;               // any value conflict on
    Hits shown;                  // any representation loss "shown"
};

constexpr std::array<double, 4> kLevels{0.05, 0.1, 0.25, 0.5};

Null audit_nothing(Answers answers, std::uint64_t seed) {
    const auto world = simulate::make_world(nothing_planted(answers, seed), Job{});
    auto options = audit_options();
    options.seed = seed;
    const auto report = edge::audit(world.table, options, Job{});
    Null out;
    for (const auto& partition : report.partitions) {
        for (const auto& effect : partition.effects) {
            if (!effect.disagreement_ratio) continue;
            out.global.hits += effect.disagreement_ratio->p <= 0.05 ? 1.0 : 0.0;
            out.global.trials += 1.0;
        }
    }
    bool shown = false;
    for (const auto& loss : report.losses) {
        if (loss.name != "representation" || !loss.null) continue;
        for (std::size_t k = 0; k < kLevels.size(); ++k) {
            out.losses[k].hits += loss.null->p <= kLevels[k] ? 1.0 : 0.0;
            out.losses[k].trials += 1.0;
        }
        shown = shown || loss.verdict == "shown";
    }
    out.flagged = {report.flags_total > 0 ? 1.0 : 0.0, 1.0};
    out.shown = {shown ? 1.0 : 0.0, 1.0};
    const bool conflict = std::ranges::any_of(
        report.cases, [](const auto& row) { return row.value_conflict.state == "on"; });
    out.conflict = {conflict ? 1.0 : 0.0, 1.0};
    return out;
}

template <class T, class Get>
Share of(const std::vector<T>& all, Get get) {
    std::vector<Hits> hits;
    for (const T& one : all) hits.push_back(get(one));
    return share(hits);
}

std::vector<simulate::GroupSpec> equal_groups(std::size_t count) {
    std::vector<simulate::GroupSpec> out;
    for (std::size_t g = 0; g < count; ++g) {
        out.push_back({.name = std::string(1, static_cast<char>('A' + g)),
                       .population_share = 1.0 / static_cast<double>(count)});
    }
    return out;
}

// Three groups of equal size, `n` raters of each (nearly: drawn by chance) on every item.
simulate::WorldOptions planted(double n, double size, bool conflicts, std::uint64_t seed) {
    simulate::WorldOptions out;
    out.seed = seed;
    out.cases = 40;
    out.options_per_case = 2;
    out.raters_per_case = 3.0 * n;
    out.raters = static_cast<std::uint32_t>(std::max(45.0, 3.0 * n));
    out.groups = equal_groups(3);
    if (conflicts) {
        out.conflicts = {{.share = 0.2, .size = size}};
    } else {
        out.disagreements = {{.share = 0.2, .size = size}};
    }
    return out;
}

using CellName = std::tuple<std::string, std::string, std::string>;  // case, option, dimension

struct Found {
    Hits global;       // disagreement ratio with p <= 0.05, one a dimension
    Hits cells;        // planted cells flagged
    Hits correct;      // flags that name the planted group, of those on planted items
    double fdp = 0.0;  // share of the flags on items on which nobody differs
    Hits conflicts;    // planted conflicts on
    Hits off;          // planted conflicts called off
    double conflict_fdp = 0.0;
};

Found audit_planted(const simulate::WorldOptions& options, std::uint64_t seed) {
    const auto world = simulate::make_world(options, Job{});
    auto asked = audit_options({"community"});
    asked.seed = seed;
    // Conflicts of values rest on no shuffle.
    if (!world.truth.conflicts.empty()) asked.permutations = 20;
    const auto report = edge::audit(world.table, asked, Job{});
    const auto& table = world.table;
    Found out;
    for (const auto& effect : report.partitions.at(0).effects) {
        out.global.trials += 1.0;
        out.global.hits += effect.disagreement_ratio && effect.disagreement_ratio->p <= 0.05;
    }
    std::map<CellName, std::string> who;
    for (const auto& d : world.truth.disagreements) {
        who[{std::string(table.cases().ids[d.case_]), std::string(table.options().ids[d.option]),
             table.dimensions()[d.dimension].name}] = world.truth.groups[d.group];
    }
    double wrong = 0.0;
    for (const auto& flag : report.flags) {
        const auto found = who.find({flag.case_id, flag.option, flag.dimension});
        if (found == who.end()) {
            wrong += 1.0;
            continue;
        }
        out.correct.trials += 1.0;
        out.correct.hits += found->second == flag.group ? 1.0 : 0.0;
        out.cells.hits += found->second == flag.group ? 1.0 : 0.0;
    }
    out.cells.trials = static_cast<double>(who.size());
    out.fdp = wrong / std::max(1.0, static_cast<double>(report.flags.size()));
    std::set<std::string> trade_off;
    for (const auto& c : world.truth.conflicts) {
        trade_off.insert(std::string(table.cases().ids[c.case_]));
    }
    double on = 0.0, false_on = 0.0;
    for (const auto& row : report.cases) {
        const bool real = trade_off.contains(row.id);
        const bool lit = row.value_conflict.state == "on";
        on += lit ? 1.0 : 0.0;
        false_on += lit && !real ? 1.0 : 0.0;
        if (!real) continue;
        out.conflicts.trials += 1.0;
        out.conflicts.hits += lit ? 1.0 : 0.0;
        out.off.trials += 1.0;
        out.off.hits += row.value_conflict.state == "off" ? 1.0 : 0.0;
    }
    out.conflict_fdp = false_on / std::max(1.0, on);
    return out;
}

std::vector<double> raters_per_group() { return {3.0, 5.0, 10.0, 20.0, 40.0}; }

// Cases in which one option leads by 0.4 on one dimension and nothing separates them on the other:
// the edge of what is no conflict, where a test errs most often. Any conflict on?
Hits audit_draws(Answers answers, std::uint64_t seed) {
    simulate::WorldOptions world = nothing_planted(answers, seed);
    for (std::uint32_t c = 0; c < world.cases; ++c) {
        const double level = 0.3 + 0.4 * c / world.cases;
        world.scripted.push_back({.id = fmt::format("case {}", c),
                                  .options = {{.id = "a", .utility = {0.7, level}},
                                              {.id = "b", .utility = {0.3, level}}}});
    }
    const auto table = simulate::make_world(world, Job{}).table;
    const auto report = edge::audit(table, audit_options({"community"}), Job{});
    const bool on = std::ranges::any_of(
        report.cases, [](const auto& row) { return row.value_conflict.state == "on"; });
    return {on ? 1.0 : 0.0, 1.0};
}

// A pilot with five raters a group says how many it takes to find `shift`; a world with as many, in
// which one cell in twenty differs, as resolvability supposes.
simulate::WorldOptions as_asked_for(Answers answers, std::size_t groups, double shift) {
    simulate::WorldOptions world;
    world.answers = answers;
    world.cases = 40;
    world.options_per_case = 2;
    world.groups = equal_groups(groups);
    // In a planted case one group differs on one of two options.
    world.disagreements = {{.share = 0.1 * static_cast<double>(groups), .size = shift}};
    world.seed = 999;
    world.raters = static_cast<std::uint32_t>(5 * groups);
    world.raters_per_case = world.raters;
    auto asked = audit_options({"community"});
    asked.target_shift = shift;
    double needed = 0.0;
    const auto pilot = edge::audit(simulate::make_world(world, Job{}).table, asked, Job{});
    for (const auto& r : pilot.resolvability) {
        REQUIRE(r.further_raters > 0);
        needed += r.cell_median + static_cast<double>(r.further_raters);
    }
    needed = std::round(needed / static_cast<double>(pilot.resolvability.size()));
    world.raters = static_cast<std::uint32_t>(needed * static_cast<double>(groups));
    world.raters_per_case = world.raters;
    return world;
}

}  // namespace

TEST_SUITE("recovery") {
    TEST_CASE("with nothing planted an audit cries wolf no more often than it says") {
        const std::uint64_t worlds = recovery::worlds(20);
        for (const auto& [answers, name] :
             {std::pair{Answers::ordinal, "ordinal"}, {Answers::votes, "votes"}}) {
            const auto all = recovery::over_worlds<Null>(
                worlds, [&](std::uint64_t seed) { return audit_nothing(answers, seed); });
            const Share global = of(all, [](const Null& w) { return w.global; });
            const Share flagged = of(all, [](const Null& w) { return w.flagged; });
            const Share conflict = of(all, [](const Null& w) { return w.conflict; });
            const Share shown = of(all, [](const Null& w) { return w.shown; });
            MESSAGE(
                fmt::format("{}: global p <= 0.05 {}; any cell flagged {}; any conflict on {}; "
                            "any representation loss shown {}",
                            name, words(global), words(flagged), words(conflict), words(shown)));
            CHECK(global.value <= 0.05 + 3.0 * global.se);
            // A test that never rejects would pass the last check and be worth nothing.
            CHECK(global.value + 3.0 * global.se >= 0.03);
            // Every discovery is false here, so that the false discovery rate is the share of
            // audits with one.
            CHECK(flagged.value <= kFdr + 3.0 * flagged.se);
            CHECK(conflict.value <= kFdr + 3.0 * conflict.se);
            CHECK(shown.value <= kFdr + 3.0 * shown.se);
            for (std::size_t k = 0; k < kLevels.size(); ++k) {
                const Share loss = of(all, [k](const Null& w) { return w.losses[k]; });
                MESSAGE(fmt::format("{}: representation p <= {:.2f} {}", name, kLevels[k],
                                    words(loss)));
                CHECK(loss.value <= kLevels[k] + 3.0 * loss.se);
            }
        }
    }

    TEST_CASE("a lead on one dimension and a draw on the other is no value conflict") {
        const std::uint64_t worlds = recovery::worlds(20);
        for (const auto& [answers, name] :
             {std::pair{Answers::ordinal, "ordinal"}, {Answers::votes, "votes"}}) {
            const auto all = recovery::over_worlds<Hits>(
                worlds, [&](std::uint64_t seed) { return audit_draws(answers, seed); });
            const Share on = share(all);
            MESSAGE(fmt::format("{}: audits with any conflict on {}", name, words(on)));
            CHECK(on.value <= kFdr + 3.0 * on.se);
        }
    }

    TEST_CASE("planted disagreements are found the better the more raters, at the nominal rate") {
        const std::uint64_t worlds = recovery::worlds(4);
        MESSAGE("size | n | global test | cells flagged | right group | false discoveries");
        for (const double size : {0.1, 0.2, 0.3}) {
            Share last;
            for (const double n : raters_per_group()) {
                const auto all = recovery::over_worlds<Found>(worlds, [&](std::uint64_t seed) {
                    return audit_planted(planted(n, size, false, seed), seed);
                });
                const Share global = of(all, [](const Found& f) { return f.global; });
                const Share power = of(all, [](const Found& f) { return f.cells; });
                const Share right = of(all, [](const Found& f) { return f.correct; });
                const Share wrong = of(all, [](const Found& f) { return Hits{f.fdp, 1.0}; });
                MESSAGE(fmt::format("{:.1f} | {:.0f} | {} | {} | {} | {}", size, n, words(global),
                                    words(power), words(right), words(wrong)));
                CHECK(wrong.value <= kFdr + 3.0 * wrong.se);
                CHECK(power.value >= last.value - 3.0 * std::hypot(power.se, last.se));
                last = power;
                if (size == 0.3 && n >= 20.0) CHECK(power.value > 0.9);
                if (size == 0.3 && n >= 20.0) CHECK(global.value > 0.95);
                if (size == 0.1 && n <= 5.0) CHECK(power.value < 0.05);
            }
        }
    }

    TEST_CASE("planted value conflicts are found the better the more raters, at the nominal rate") {
        const std::uint64_t worlds = recovery::worlds(4);
        MESSAGE("size | n | on | off | false discoveries");
        for (const double size : {0.1, 0.2, 0.3}) {
            Share last;
            for (const double n : raters_per_group()) {
                const auto all = recovery::over_worlds<Found>(worlds, [&](std::uint64_t seed) {
                    return audit_planted(planted(n, size, true, seed), seed);
                });
                const Share power = of(all, [](const Found& f) { return f.conflicts; });
                const Share off = of(all, [](const Found& f) { return f.off; });
                const Share wrong =
                    of(all, [](const Found& f) { return Hits{f.conflict_fdp, 1.0}; });
                MESSAGE(fmt::format("{:.1f} | {:.0f} | {} | {} | {}", size, n, words(power),
                                    words(off), words(wrong)));
                CHECK(wrong.value <= kFdr + 3.0 * wrong.se);
                CHECK(power.value >= last.value - 3.0 * std::hypot(power.se, last.se));
                last = power;
                // "Off" says that no trade-off reaches 0.25: at most one in twenty is wrong.
                if (size == 0.3) CHECK(off.value <= 0.05 + 3.0 * off.se);
                if (size == 0.3 && n >= 10.0) CHECK(power.value > 0.9);
            }
        }
    }

    TEST_CASE("the raters that resolvability asks for find four shifts in five") {
        const std::uint64_t worlds = recovery::worlds(3);
        MESSAGE("answers | groups | shift | raters needed | cells flagged");
        for (const auto& [answers, name] :
             {std::pair{Answers::ordinal, "ordinal"}, {Answers::votes, "votes"}}) {
            for (const std::size_t groups : {2U, 3U, 4U}) {
                for (const double shift : {0.15, 0.25, 0.35}) {
                    if (answers == Answers::votes && shift < 0.2) continue;  // slow: 200 raters
                    const simulate::WorldOptions world = as_asked_for(answers, groups, shift);
                    const auto all = recovery::over_worlds<Found>(worlds, [&](std::uint64_t seed) {
                        simulate::WorldOptions one = world;
                        one.seed = seed;
                        return audit_planted(one, seed);
                    });
                    const Share power = of(all, [](const Found& f) { return f.cells; });
                    MESSAGE(fmt::format("{} | {} | {:.2f} | {} | {}", name, groups, shift,
                                        world.raters / groups, words(power)));
                    CHECK(power.value > 0.75 - 3.0 * power.se);
                    CHECK(power.value < 0.92 + 3.0 * power.se);
                }
            }
        }
    }
}
