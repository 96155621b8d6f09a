#include "edgewise/estimate/comparisons/leaderboard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/words.hpp"
#include "edgewise/estimate/comparisons/leaderboard_study.hpp"

namespace edgewise::estimate {
namespace board {
namespace {

constexpr std::uint32_t kMostContenders = 1500;  // covariances are contenders squared
constexpr std::size_t kMostListed = 20;
constexpr std::size_t kMostNames = 12;

[[noreturn]] void refuse_option(const char* member, const std::string& expected,
                                const std::string& found) {
    throw Error(
        ErrorCode::invalid_argument, fmt::format("expected {}, found {}", expected, found),
        Place{.file = {}, .line = 0, .field = member, .expected = expected, .found = found});
}

// The components that are ranked, as comparisons among themselves.
struct Ranked {
    Part part;
    std::vector<std::uint32_t> order;  // components of the whole, largest first
};

std::vector<std::uint64_t> comparisons_in(const Contests& contests, const ComparisonGraph& graph) {
    std::vector<std::uint64_t> out(graph.components, 0);
    for (const std::uint32_t first : contests.first) ++out[graph.component[first]];
    return out;
}

Ranked choose_components(const Material& material, const ComparisonGraph& graph,
                         const LeaderboardOptions& options, BoardDimension& out) {
    const Contests& contests = material.contests;
    std::vector<std::vector<std::uint32_t>> members(graph.components);
    for (std::uint32_t i = 0; i < contests.contenders(); ++i) {
        members[graph.component[i]].push_back(i);
    }
    const std::vector<std::uint64_t> held = comparisons_in(contests, graph);
    Ranked ranked;
    ranked.order.resize(graph.components);
    std::iota(ranked.order.begin(), ranked.order.end(), 0U);
    std::ranges::stable_sort(ranked.order, [&](std::uint32_t a, std::uint32_t b) {
        return std::pair(members[a].size(), held[a]) > std::pair(members[b].size(), held[b]);
    });
    std::vector<std::uint8_t> kept(contests.contenders(), 0);
    std::size_t taken = 0;
    for (const std::uint32_t c : ranked.order) {
        BoardComponent component;
        component.contenders = members[c].size();
        component.comparisons = held[c];
        component.ranked = true;
        if (held[c] < options.least) {
            component.ranked = false;
            component.why = fmt::format("{} comparison{}; {} are needed", held[c],
                                        held[c] == 1 ? "" : "s", options.least);
        } else if (taken + members[c].size() > kMostContenders) {
            component.ranked = false;
            component.why = fmt::format("more than {} contenders in all", kMostContenders);
        }
        if (component.ranked) {
            taken += members[c].size();
            for (const std::uint32_t i : members[c]) kept[i] = 1;
        }
        if (out.components.size() >= kMostListed) continue;
        for (const std::uint32_t i : members[c]) {
            if (component.names.size() < kMostNames) {
                component.names.push_back(contests.contender[i]);
            }
        }
        out.components.push_back(std::move(component));
    }
    out.components_total = graph.components;
    ranked.part = part_of(material, kept);
    return ranked;
}

std::vector<std::string> names_of(const Contests& contests,
                                  const std::vector<std::uint32_t>& which) {
    std::vector<std::string> out;
    for (const std::uint32_t i : which) out.push_back(contests.contender[i]);
    return out;
}

void add_separations(const Contests& contests, const ComparisonGraph& graph, BoardDimension& out) {
    for (const ComparisonGraph::Separation& each : graph.separations) {
        if (out.separations.size() >= kMostListed) break;
        BoardSeparation& separation = out.separations.emplace_back();
        separation.above = names_of(contests, each.above);
        separation.below = names_of(contests, each.below);
        separation.words =
            fmt::format("{} never lost to {} and never tied: the data say above, not by how much.",
                        listed(separation.above), listed(separation.below));
    }
}

void add_model(const BradleyTerryFit& fit, const BradleyTerryOptions& asked, bool ranking,
               BoardModel& out) {
    out.name = ranking ? "plackett_luce" : "bradley_terry";
    out.ties = ranking && fit.ties != TieModel::none ? "davidson_luce" : name_of(fit.ties);
    const auto known = [](double value) {
        return std::isfinite(value) ? std::optional(value) : std::nullopt;
    };
    out.log_likelihood = known(fit.log_likelihood);
    out.log_likelihood_davidson = known(fit.log_likelihood_davidson);
    out.log_likelihood_rao_kupper = known(fit.log_likelihood_rao_kupper);
    if (fit.ties == TieModel::davidson || fit.ties == TieModel::rao_kupper) {
        out.tie_parameter = known(fit.tie_parameter);
    }
    out.gradient_norm = fit.gradient_norm;
    out.iterations = static_cast<std::uint64_t>(std::max(0, fit.iterations));
    out.converged = fit.converged;
    if (fit.prior_sd > 0.0) out.prior_sd = fit.prior_sd;
    out.prior_was_needed = fit.prior_was_needed;
    out.note = fit.note;
    if (ranking) {
        out.why = "the model of ties for orders";
    } else if (asked.ties != TieModel::automatic) {
        out.why = "asked for";
    } else if (out.log_likelihood_davidson && out.log_likelihood_rao_kupper) {
        const double gain = *out.log_likelihood_rao_kupper - *out.log_likelihood_davidson;
        out.why = fmt::format("its log-likelihood is {:.1f} above that of {}", std::abs(gain),
                              fit.ties == TieModel::rao_kupper ? "davidson" : "rao_kupper");
    } else {
        out.why = fit.ties == TieModel::none ? "there are no ties" : "the only one that was fitted";
    }
}

void set_state(BoardRow& row, const LeaderboardOptions& options, bool ranked, bool separable) {
    row.state = "insufficient";
    if (row.comparisons < options.least) {
        row.why = fmt::format("{} comparison{}; {} are needed to speak about it", row.comparisons,
                              row.comparisons == 1 ? "" : "s", options.least);
    } else if (!ranked) {
        row.why = "it stands in no piece that is ranked";
    } else if (separable) {
        row.state = "prior_decides";
        row.why = row.losses + row.ties == 0
                      ? "it never lost and never tied: the data say above, the prior how far"
                  : row.wins + row.ties == 0
                      ? "it never won and never tied: the data say below, the prior how far"
                      : "nothing both won and lost between it and others: the prior says how far "
                        "apart they are";
    } else {
        row.state = "observed";
    }
}

// Contenders that a separation leaves alone on its side: nothing but the prior says how far away.
std::vector<std::uint8_t> alone(const Contests& contests, const ComparisonGraph& graph) {
    std::vector<std::uint32_t> size(graph.blocks, 0);
    for (const std::uint32_t block : graph.block) ++size[block];
    std::vector<std::uint8_t> out(contests.contenders(), 0);
    if (!graph.separable()) return out;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = size[graph.block[i]] == 1 ? 1 : 0;
    return out;
}

void add_rows(const Contests& all, const ComparisonGraph& graph, const Ranked& ranked,
              const Strengths* strengths, const LeaderboardOptions& options, BoardDimension& out) {
    const std::vector<Tally> tally = tallies(all);
    const std::vector<std::uint8_t> separable = alone(all, graph);
    std::vector<std::uint32_t> place(graph.components);
    for (std::uint32_t c = 0; c < graph.components; ++c) place[ranked.order[c]] = c;
    constexpr std::uint32_t kNot = 0xFFFFFFFF;
    std::vector<std::uint32_t> in_part(all.contenders(), kNot);
    for (std::uint32_t i = 0; i < ranked.part.whole.size(); ++i) in_part[ranked.part.whole[i]] = i;
    for (std::uint32_t i = 0; i < all.contenders(); ++i) {
        BoardRow row;
        row.name = all.contender[i];
        row.component = place[graph.component[i]];
        row.comparisons = tally[i].comparisons;
        row.raters = tally[i].raters;
        row.wins = tally[i].wins;
        row.ties = tally[i].ties;
        row.losses = tally[i].losses;
        row.both_bad = tally[i].both_bad;
        const bool has = strengths != nullptr && in_part[i] != kNot;
        set_state(row, options, has, has && separable[i] != 0);
        if (has) {
            const std::uint32_t p = in_part[i];
            const Standing& standing = strengths->standing[p];
            row.rank = standing.rank;
            row.rank_low = standing.rank_low;
            row.rank_high = standing.rank_high;
            row.strength = standing.strength;
            row.interval = standing.interval;
            row.utility = strengths->utility[p];
            if (!strengths->utility_interval.empty()) {
                row.utility_interval = strengths->utility_interval[p];
            }
            row.p_best = standing.p_best;
        }
        out.rows.push_back(std::move(row));
    }
    // A contender that is not ranked comes after those of its component that are.
    std::ranges::stable_sort(out.rows, [](const BoardRow& a, const BoardRow& b) {
        const auto key = [](const BoardRow& r) {
            return std::tuple(r.component, r.rank.value_or(~0ULL), -r.strength.value_or(0.0));
        };
        return key(a) < key(b);
    });
    for (std::size_t k = 0; strengths != nullptr && k + 1 < out.rows.size(); ++k) {
        BoardRow& row = out.rows[k];
        if (!row.rank || !out.rows[k + 1].rank || row.component != out.rows[k + 1].component) {
            continue;
        }
        const auto at = std::ranges::find(ranked.part.material.contests.contender, row.name);
        const Standing& standing = strengths->standing[static_cast<std::size_t>(
            std::distance(ranked.part.material.contests.contender.begin(), at))];
        row.p_above_next = standing.p_above_next;
        row.apart_from_next = standing.surely_above_next;
    }
    out.rows_total = out.rows.size();
}

std::uint32_t number_of(const Contests& contests, const std::string& name) {
    const auto at = std::ranges::find(contests.contender, name);
    return static_cast<std::uint32_t>(std::distance(contests.contender.begin(), at));
}

void add_cross(const Contests& contests, const Strengths& strengths,
               const LeaderboardOptions& options, BoardDimension& out) {
    std::vector<std::uint32_t> slot(contests.contenders(), 0xFFFFFFFF);
    std::vector<std::uint32_t> of;
    for (const BoardRow& row : out.rows) {
        if (!row.rank || row.component != 0 || of.size() >= options.cross) continue;
        const std::uint32_t i = number_of(contests, row.name);
        slot[i] = static_cast<std::uint32_t>(of.size());
        of.push_back(i);
        out.cross.names.push_back(row.name);
    }
    out.cross.rows.assign(of.size(), std::vector<BoardMeeting>(of.size()));
    for (std::size_t k = 0; k < contests.size(); ++k) {
        const std::uint32_t a = slot[contests.first[k]];
        const std::uint32_t b = slot[contests.second[k]];
        if (a >= of.size() || b >= of.size()) continue;
        BoardMeeting& one = out.cross.rows[a][b];
        BoardMeeting& two = out.cross.rows[b][a];
        ++one.n;
        ++two.n;
        const Outcome outcome = contests.outcome[k];
        if (outcome == Outcome::first) {
            ++one.wins;
        } else if (outcome == Outcome::second) {
            ++two.wins;
        } else {
            ++one.ties;
            ++two.ties;
        }
    }
    const auto points = [&](std::uint32_t a, std::uint32_t b) {
        const PairProbability p =
            probability(strengths.fit, strengths.fit.theta[a], strengths.fit.theta[b]);
        return p.first + p.tie / 2.0;
    };
    for (std::size_t i = 0; i < of.size(); ++i) {
        for (std::size_t j = 0; j < of.size(); ++j) {
            if (i == j) continue;  // shown first as often as second
            out.cross.rows[i][j].expected = (points(of[i], of[j]) + 1.0 - points(of[j], of[i])) / 2;
        }
    }
}

void describe_whole(const Contests& contests, BoardDimension& out) {
    out.comparisons = contests.size();
    out.contenders = contests.contenders();
    out.raters = distinct(contests.rater);
    out.cases = distinct(contests.case_);
    out.machine = contests.machine;
    out.underspecified = contests.underspecified;
    if (contests.size() == 0) return;
    const auto share = [&](auto... which) {
        const auto n = std::ranges::count_if(
            contests.outcome, [&](Outcome each) { return ((each == which) || ...); });
        return static_cast<double>(n) / static_cast<double>(contests.size());
    };
    out.tie_share = share(Outcome::tie, Outcome::both_bad);
    out.both_bad_share = share(Outcome::both_bad);
}

void study(const judgment::JudgmentTable& table, const Material& material, const Settings& settings,
           const LeaderboardOptions& options, BoardDimension& out, const Job& job) {
    const Contests& contests = material.contests;
    const ComparisonGraph graph = comparison_graph(count_pairs(contests, {}, job));
    const Ranked ranked = choose_components(material, graph, options, out);
    const Contests& own = ranked.part.material.contests;
    if (own.size() == 0) {
        out.verdict = "nothing";
        out.why = graph.components > 1
                      ? fmt::format(
                            "the {} contenders fall into {} pieces that never met, none "
                            "with {} comparisons",
                            grouped_digits(out.contenders), grouped_digits(graph.components),
                            options.least)
                      : fmt::format("{} comparison{}; {} are needed", out.comparisons,
                                    out.comparisons == 1 ? "" : "s", options.least);
        add_rows(contests, graph, ranked, nullptr, options, out);
        return;
    }
    out.verdict = graph.components > 1 ? "pieces" : "ranked";
    if (graph.components > 1) {
        out.why = fmt::format(
            "contenders fall into {} pieces that never met; ranks hold within a piece only",
            grouped_digits(graph.components));
    }
    const Strengths strengths = board::strengths(ranked.part.material, settings.fit,
                                                 settings.errors, options, job.part(0.0, 0.6));
    add_model(strengths.fit, settings.fit, material.ranking, out.model);
    out.errors = strengths.errors;
    add_separations(own, comparison_graph(strengths.pairs), out);
    add_rows(contests, graph, ranked, &strengths, options, out);
    add_runs(out);
    std::uint64_t component = 0;
    std::uint64_t others = ~std::uint64_t{0};  // of the component in rows before: none, after ++
    for (const BoardRow& row : out.rows) {
        if (!row.rank) continue;
        others = row.component == component ? others + 1 : 0;
        component = row.component;
        out.pairs_apart += *row.rank_low - 1;
        out.pairs_total += others;
    }
    add_cross(own, strengths, options, out);
    out.fit = fit_check(own, strengths, material.ranking, options.level);
    if (out.rows.size() > 1 && out.rows[1].rank && out.rows[1].component == 0) {
        out.further = further(own, strengths, number_of(own, out.rows[0].name),
                              number_of(own, out.rows[1].name), options.level);
    }
    if (material.ranking) {
        out.position.verdict = "cannot_tell";
        out.position.words = "Rankings do not say in which order options were shown.";
        return;  // strengths of groups are of comparisons
    }
    out.position =
        position_effect(own, strengths, settings.fit, options.level, job.part(0.6, 0.75));
    out.groupings = groupings(table, own, strengths, out, settings, options, job.part(0.75, 1.0));
}

BoardDimension board_of(const judgment::JudgmentTable& table, std::uint16_t dimension,
                        const Settings& settings, const LeaderboardOptions& options,
                        const Job& job) {
    BoardDimension out;
    out.name = table.dimensions()[dimension].name;
    const Material material =
        read_material(table, dimension, {.include_machines = options.machines_too}, job);
    const Contests& all = material.contests;
    out.kind = material.ranking ? "ranking" : "comparison";
    out.ballots = material.ballots.size();
    describe_whole(all, out);
    if (all.size() == 0) {
        out.verdict = "nothing";
        out.why = out.machine > 0 ? "only models judged it; --machines-too ranks by what they said"
                                  : "nothing was compared";
        return out;
    }
    if (names_of_places(all.contender)) {
        out.verdict = "nothing";
        out.why = fmt::format(
            "\"{}\" and \"{}\" name the places of a pair, not what was judged: every case is a "
            "pair of its own, and no contender meets another across cases",
            all.contender[0], all.contender[1]);
        return out;
    }
    study(table, material, settings, options, out, job.part(0.0, 0.8));
    if (out.machine > 0 && !options.machines_too) {
        const Material machines = read_material(table, dimension, {.only_machines = true}, job);
        out.machines = machine_boards(table, machines, out, settings, options, job.part(0.8, 1.0));
    }
    return out;
}

std::vector<std::uint16_t> dimensions_of(const judgment::JudgmentTable& table,
                                         const std::vector<std::string>& wanted) {
    const auto suits = [](const judgment::Dimension& d) {
        return d.kind == judgment::Kind::comparison || d.kind == judgment::Kind::ranking;
    };
    std::vector<std::uint16_t> out;
    std::string known;
    for (std::size_t d = 0; d < table.dimensions().size(); ++d) {
        if (!suits(table.dimensions()[d])) continue;
        known += (known.empty() ? "" : ", ") + table.dimensions()[d].name;
        if (wanted.empty()) out.push_back(static_cast<std::uint16_t>(d));
    }
    if (known.empty()) {
        throw Error(ErrorCode::invalid_data,
                    "nothing was compared or ranked here: a leaderboard needs two options and a "
                    "winner a row, or orders; for ratings and votes see edgewise audit",
                    Place{.file = {},
                          .line = 0,
                          .field = {},
                          .expected = "comparisons or rankings",
                          .found = "judgments of other kinds only"});
    }
    for (const std::string& name : wanted) {
        const auto at = std::ranges::find(table.dimensions(), name, &judgment::Dimension::name);
        if (at == table.dimensions().end() || !suits(*at)) {
            throw Error(
                ErrorCode::not_found,
                fmt::format("there is no compared or ranked dimension \"{}\"; there {} {}", name,
                            known.find(", ") == std::string::npos ? "is" : "are", known),
                Place{.file = {},
                      .line = 0,
                      .field = "/dimensions",
                      .expected = known,
                      .found = name});
        }
        out.push_back(static_cast<std::uint16_t>(std::distance(table.dimensions().begin(), at)));
    }
    return out;
}

}  // namespace

Settings settings_of(const LeaderboardOptions& options) {
    Settings out;
    constexpr std::array<std::pair<std::string_view, TieModel>, 5> kTies{
        {{"auto", TieModel::automatic},
         {"none", TieModel::none},
         {"half", TieModel::half},
         {"davidson", TieModel::davidson},
         {"rao_kupper", TieModel::rao_kupper}}};
    const auto ties = std::ranges::find(kTies, options.ties, &decltype(kTies)::value_type::first);
    if (ties == kTies.end()) {
        refuse_option("/ties", "auto, none, half, davidson or rao_kupper", options.ties);
    }
    out.fit.ties = ties->second;
    if (options.both_bad != "tie" && options.both_bad != "left_out") {
        refuse_option("/both_bad", "tie or left_out", options.both_bad);
    }
    out.fit.both_bad = options.both_bad == "tie" ? BothBad::as_tie : BothBad::left_out;
    constexpr std::array<std::string_view, 6> kErrors{"auto", "fisher",  "rater",
                                                      "case", "two_way", "bootstrap"};
    if (std::ranges::find(kErrors, options.errors) == kErrors.end()) {
        refuse_option("/errors", "auto, fisher, rater, case, two_way or bootstrap", options.errors);
    }
    out.errors = options.errors;
    if (!(options.level > 0.0 && options.level < 1.0)) {
        refuse_option("/level", "a number between 0 and 1", fmt::format("{}", options.level));
    }
    if (!(options.prior_sd >= 0.0 && std::isfinite(options.prior_sd))) {
        refuse_option("/prior_sd", "0 or a positive number", fmt::format("{}", options.prior_sd));
    }
    if (options.replicates < 100 || options.replicates > 1'000'000) {
        refuse_option("/replicates", "a number from 100 to 1,000,000",
                      fmt::format("{}", options.replicates));
    }
    if (options.permutations < 19 || options.permutations > 1'000'000) {
        refuse_option("/permutations", "a number from 19 to 1,000,000",
                      fmt::format("{}", options.permutations));
    }
    if (options.least < 2) refuse_option("/least", "2 or more", fmt::format("{}", options.least));
    out.fit.prior_sd = options.prior_sd;
    out.fit.position = options.position;
    return out;
}

}  // namespace board

LeaderboardReport leaderboard(const judgment::JudgmentTable& table,
                              const LeaderboardOptions& options, const Job& job) {
    const board::Settings settings = board::settings_of(options);
    const std::vector<std::uint16_t> dimensions = board::dimensions_of(table, options.dimensions);
    LeaderboardReport out;
    out.title = options.title;
    out.level = options.level;
    for (std::size_t k = 0; k < dimensions.size(); ++k) {
        const auto share = [&](std::size_t at) {
            return static_cast<double>(at) / static_cast<double>(dimensions.size());
        };
        out.dimensions.push_back(board::board_of(table, dimensions[k], settings, options,
                                                 job.part(share(k), share(k + 1))));
    }
    out.findings = board::findings(out.dimensions, options);  // of all rows, so before they are cut
    for (BoardDimension& each : out.dimensions) {
        if (options.top > 0 && each.rows.size() > options.top) each.rows.resize(options.top);
    }
    return out;
}

}  // namespace edgewise::estimate
