#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <utility>

#include "edgewise/base/dictionary.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/estimate/comparisons/leaderboard_study.hpp"

namespace edgewise::estimate::board {
namespace {

using judgment::kNone;

constexpr std::size_t kRowsBetweenChecks = std::size_t{1} << 20;

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

// One option of a ballot.
struct Place {
    Id ballot = kNone;
    std::uint32_t contender = 0;
    float rank = 0.0F;
    std::uint32_t row = 0;
};

}  // namespace

Contests contests_of_rankings(const judgment::JudgmentTable& table, std::uint16_t dimension,
                              const ContestOptions& options, std::uint64_t& ballots,
                              const Job& job) {
    Contests out;
    out.dimension = dimension;
    std::vector<std::uint32_t> of_option(table.options().ids.size(), kNone);
    HashIndex index;
    std::vector<Place> places;
    const auto rated = table.ballot();
    for (std::size_t row = 0; row < table.size(); ++row) {
        if (row % kRowsBetweenChecks == 0) job.check();
        if (table.dimension()[row] != dimension) continue;
        const bool person = table.raters().kinds[table.rater()[row]] == judgment::RaterKind::person;
        if (!person) ++out.machine;
        if (options.only_machines ? person : !person && !options.include_machines) continue;
        std::uint32_t& contender = of_option[table.option()[row]];
        if (contender == kNone) {
            const std::string_view name = table.options().ids[table.option()[row]];
            const auto fresh = static_cast<std::uint32_t>(out.contender.size());
            contender = index.find_or_add(hash_text(name), fresh, [&](std::uint32_t id) {
                return out.contender[id] == name;
            });
            if (contender == fresh) out.contender.emplace_back(name);
        }
        places.push_back({.ballot = rated[row],
                          .contender = contender,
                          .rank = table.value()[row],
                          .row = static_cast<std::uint32_t>(row)});
    }
    std::ranges::stable_sort(places, {}, &Place::ballot);
    ballots = 0;
    for (std::size_t begin = 0; begin < places.size();) {
        std::size_t end = begin;
        while (end < places.size() && places[end].ballot == places[begin].ballot) ++end;
        ++ballots;
        for (std::size_t i = begin; i < end; ++i) {
            for (std::size_t j = i + 1; j < end; ++j) {
                const bool swap = places[j].contender < places[i].contender;
                const Place& one = swap ? places[j] : places[i];
                const Place& two = swap ? places[i] : places[j];
                if (one.contender == two.contender) {
                    refuse({.file = {},
                            .line = table.source_row()[two.row],
                            .field = "ranking",
                            .expected = "every option once",
                            .found = fmt::format("\"{}\" twice", out.contender[one.contender])});
                }
                out.first.push_back(one.contender);
                out.second.push_back(two.contender);
                out.outcome.push_back(one.rank < two.rank   ? Outcome::first
                                      : one.rank > two.rank ? Outcome::second
                                                            : Outcome::tie);
                if (!table.weight().empty()) out.weight.push_back(table.weight()[one.row]);
                out.rater.push_back(table.rater()[one.row]);
                out.case_.push_back(table.options().case_of[table.option()[one.row]]);
            }
        }
        begin = end;
    }
    return out;
}

Part part_of(const Contests& contests, std::span<const std::uint8_t> kept) {
    Part out;
    std::vector<std::uint32_t> number(contests.contenders(), kNone);
    for (std::uint32_t i = 0; i < contests.contenders(); ++i) {
        if (kept[i] == 0) continue;
        number[i] = static_cast<std::uint32_t>(out.whole.size());
        out.whole.push_back(i);
        out.contests.contender.push_back(contests.contender[i]);
    }
    Contests& in = out.contests;
    in.dimension = contests.dimension;
    for (std::size_t k = 0; k < contests.size(); ++k) {
        const std::uint32_t first = number[contests.first[k]];
        const std::uint32_t second = number[contests.second[k]];
        if (first == kNone || second == kNone) continue;
        in.first.push_back(first);
        in.second.push_back(second);
        in.outcome.push_back(contests.outcome[k]);
        if (!contests.weight.empty()) in.weight.push_back(contests.weight[k]);
        in.rater.push_back(contests.rater[k]);
        in.case_.push_back(contests.case_[k]);
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
