#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <utility>

#include "edgewise/estimate/comparisons/leaderboard_study.hpp"

namespace edgewise::estimate::board {
namespace {

using judgment::kNone;

// How files name the two places of a pair. Both contenders of a dimension have to be such names.
constexpr std::array<std::string_view, 22> kPlaces{
    "chosen",    "rejected",  "winner",    "loser",     "a",         "b",       "left",   "right",
    "first",     "second",    "optiona",   "optionb",   "option1",   "option2", "modela", "modelb",
    "responsea", "responseb", "response0", "response1", "response2", "other"};

std::string letters(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0) out.push_back(static_cast<char>(std::tolower(byte)));
    }
    return out;
}

// A copy of the rows that `keeps` keeps, with contenders as `number` numbers them.
template <class Keeps>
Contests rows_of(const Contests& from, std::span<const std::uint32_t> number, Keeps keeps) {
    Contests out;
    out.dimension = from.dimension;
    for (std::size_t k = 0; k < from.size(); ++k) {
        if (!keeps(k)) continue;
        out.first.push_back(number[from.first[k]]);
        out.second.push_back(number[from.second[k]]);
        out.outcome.push_back(from.outcome[k]);
        if (!from.weight.empty()) out.weight.push_back(from.weight[k]);
        out.rater.push_back(from.rater[k]);
        out.case_.push_back(from.case_[k]);
    }
    return out;
}

template <class Keeps>
Ballots ballots_of(const Ballots& from, std::span<const std::uint32_t> number, Keeps keeps) {
    Ballots out;
    out.dimension = from.dimension;
    out.begin.push_back(0);
    for (std::size_t b = 0; b < from.size(); ++b) {
        if (!keeps(b)) continue;
        for (const std::uint32_t option : from.options(b)) out.option.push_back(number[option]);
        for (const std::uint32_t level : from.levels(b)) out.level.push_back(level);
        out.begin.push_back(static_cast<std::uint32_t>(out.option.size()));
        if (!from.weight.empty()) out.weight.push_back(from.weight[b]);
        out.rater.push_back(from.rater[b]);
        out.case_.push_back(from.case_[b]);
    }
    return out;
}

Contests implied_by(const Ballots& ballots) {
    Contests out;
    out.dimension = ballots.dimension;
    out.contender = ballots.contender;
    out.machine = ballots.machine;
    out.underspecified = ballots.underspecified;
    for (std::size_t b = 0; b < ballots.size(); ++b) {
        const auto option = ballots.options(b);
        const auto level = ballots.levels(b);
        for (std::size_t i = 0; i < option.size(); ++i) {
            for (std::size_t j = i + 1; j < option.size(); ++j) {
                const bool swap = option[j] < option[i];
                const Outcome better = swap ? Outcome::second : Outcome::first;
                out.first.push_back(swap ? option[j] : option[i]);
                out.second.push_back(swap ? option[i] : option[j]);
                out.outcome.push_back(level[i] == level[j] ? Outcome::tie : better);
                if (!ballots.weight.empty()) out.weight.push_back(ballots.weight[b]);
                out.rater.push_back(ballots.rater[b]);
                out.case_.push_back(ballots.case_[b]);
            }
        }
    }
    return out;
}

}  // namespace

Material read_material(const judgment::JudgmentTable& table, std::uint16_t dimension,
                       const ContestOptions& options, const Job& job) {
    Material out;
    out.ranking = table.dimensions()[dimension].kind == judgment::Kind::ranking;
    if (out.ranking) {
        out.ballots = ballots(
            table, dimension,
            {.include_machines = options.include_machines, .only_machines = options.only_machines},
            job);
        out.contests = implied_by(out.ballots);
    } else {
        out.contests = contests(table, dimension, options, job);
    }
    return out;
}

Part part_of(const Material& material, std::span<const std::uint8_t> kept) {
    Part out;
    const Contests& all = material.contests;
    std::vector<std::uint32_t> number(all.contenders(), kNone);
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < all.contenders(); ++i) {
        if (kept[i] == 0) continue;
        number[i] = static_cast<std::uint32_t>(out.whole.size());
        out.whole.push_back(i);
        names.push_back(all.contender[i]);
    }
    const auto known = [&](std::uint32_t contender) { return number[contender] != kNone; };
    out.material.ranking = material.ranking;
    out.material.contests = rows_of(
        all, number, [&](std::size_t k) { return known(all.first[k]) && known(all.second[k]); });
    if (material.ranking) {
        out.material.ballots = ballots_of(material.ballots, number, [&](std::size_t b) {
            return std::ranges::all_of(material.ballots.options(b), known);
        });
        out.material.ballots.contender = names;
    }
    out.material.contests.contender = std::move(names);
    return out;
}

Material of_rater(const Material& material, Id rater) {
    std::vector<std::uint32_t> number(material.contests.contenders());
    std::iota(number.begin(), number.end(), 0U);
    Material out;
    out.ranking = material.ranking;
    out.contests = rows_of(material.contests, number,
                           [&](std::size_t k) { return material.contests.rater[k] == rater; });
    out.contests.contender = material.contests.contender;
    if (material.ranking) {
        out.ballots = ballots_of(material.ballots, number,
                                 [&](std::size_t b) { return material.ballots.rater[b] == rater; });
        out.ballots.contender = material.contests.contender;
    }
    return out;
}

std::vector<Tally> tallies(const Contests& contests) {
    std::vector<Tally> out(contests.contenders());
    std::vector<std::pair<std::uint32_t, Id>> met;
    met.reserve(2 * contests.size());
    for (std::size_t k = 0; k < contests.size(); ++k) {
        Tally& first = out[contests.first[k]];
        Tally& second = out[contests.second[k]];
        ++first.comparisons;
        ++second.comparisons;
        switch (contests.outcome[k]) {
            case Outcome::first:
                ++first.wins;
                ++second.losses;
                break;
            case Outcome::second:
                ++first.losses;
                ++second.wins;
                break;
            case Outcome::both_bad:
                ++first.both_bad;
                ++second.both_bad;
                [[fallthrough]];
            case Outcome::tie:
                ++first.ties;
                ++second.ties;
                break;
        }
        met.emplace_back(contests.first[k], contests.rater[k]);
        met.emplace_back(contests.second[k], contests.rater[k]);
    }
    std::ranges::sort(met);
    const auto repeated = std::ranges::unique(met);
    met.erase(repeated.begin(), repeated.end());
    for (const auto& [contender, rater] : met) ++out[contender].raters;
    return out;
}

std::uint64_t distinct(std::span<const Id> ids) {
    std::vector<Id> all(ids.begin(), ids.end());
    std::ranges::sort(all);
    return static_cast<std::uint64_t>(std::distance(all.begin(), std::ranges::unique(all).begin()));
}

bool names_of_places(std::span<const std::string> contenders) {
    return contenders.size() == 2 && std::ranges::all_of(contenders, [](const std::string& name) {
               return std::ranges::find(kPlaces, letters(name)) != kPlaces.end();
           });
}

}  // namespace edgewise::estimate::board
