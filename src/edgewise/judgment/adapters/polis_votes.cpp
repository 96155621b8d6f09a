#include "edgewise/judgment/adapters/polis_votes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "edgewise/base/error.hpp"

namespace edgewise::judgment::formats {
namespace {

constexpr double kMostOff = 0.25;  // share of the counted votes by which a reading may be off

std::uint64_t key_of(const Vote& vote) { return std::uint64_t{vote.voter} << 32U | vote.statement; }

}  // namespace

void settle_sign(const std::filesystem::path& file, const std::vector<Statement>& statements,
                 const std::string& comments, std::vector<Vote>& votes, ImportReport& report) {
    std::vector<double> plus(statements.size()), minus(statements.size());
    bool any = false;
    for (const Vote& vote : votes) {
        if (vote.value > 0) plus[vote.statement] += 1.0;
        if (vote.value < 0) minus[vote.statement] += 1.0;
        any = any || vote.value != 0;
    }
    if (!any) {
        report.notes.push_back(file.filename().string() + ": every vote is a pass");
        return;
    }
    double total = 0.0, as_is = 0.0, turned = 0.0;
    std::size_t checked = 0;
    for (std::size_t s = 0; s < statements.size(); ++s) {
        const Statement& known = statements[s];
        if (known.line == 0) continue;
        ++checked;
        total += known.agrees + known.disagrees;
        as_is += std::abs(plus[s] - known.agrees) + std::abs(minus[s] - known.disagrees);
        turned += std::abs(minus[s] - known.agrees) + std::abs(plus[s] - known.disagrees);
    }
    const double off = std::min(as_is, turned);
    if (as_is == turned || off > kMostOff * total) {
        refuse({.file = file.string(),
                .line = 0,
                .field = "vote",
                .expected = fmt::format("votes that fit the {:.0f} agrees and disagrees counted "
                                        "in {} for one sign of \"agree\"",
                                        total, comments),
                .found = fmt::format("counts off by {:.0f} if +1 is agree, by {:.0f} if -1 is",
                                     as_is, turned)},
               "is it the comments file of the same export?");
    }
    if (turned < as_is) {
        for (Vote& vote : votes) vote.value = -vote.value;
    }
    report.notes.push_back(fmt::format(
        "{}: {} is \"agree\", told by the counts of {} statements in {}: off by {:.0f} of {:.0f} "
        "votes (the other reading by {:.0f})",
        file.filename().string(), turned < as_is ? "-1" : "+1", checked, comments, off, total,
        std::max(as_is, turned)));
}

void settle_repeats(const std::string& file, std::vector<Vote>& votes, ImportReport& report) {
    std::unordered_map<std::uint64_t, std::int64_t> last;
    std::uint64_t repeats = 0, first = 0;
    bool ordered = true;
    for (const Vote& vote : votes) {
        const auto [at, fresh] = last.try_emplace(key_of(vote), vote.time);
        if (fresh) continue;
        if (++repeats == 1) first = vote.line;
        ordered = ordered && at->second <= vote.time;
        at->second = vote.time;
    }
    if (repeats == 0) return;
    if (!ordered) {
        std::ranges::stable_sort(votes, {}, &Vote::time);
        report.notes.push_back(file + " is not in the order of time; it was sorted");
    }
    report.notes.push_back(fmt::format(
        "{} votes change or repeat an earlier one of the same participant on the same statement "
        "(first at {}:{}): all are kept in order, the last is the current one",
        repeats, file, first));
}

void compare_votes(const std::string& wide_file, const std::vector<Vote>& wide,
                   const std::string& single_file, const std::vector<Vote>& single,
                   ImportReport& report) {
    std::unordered_map<std::uint64_t, int> current;
    for (const Vote& vote : single) current[key_of(vote)] = vote.value;
    std::uint64_t same = 0, differ = 0, missing = 0;
    for (const Vote& vote : wide) {
        const auto at = current.find(key_of(vote));
        if (at == current.end()) {
            ++missing;
        } else {
            ++(at->second == vote.value ? same : differ);
        }
    }
    report.notes.push_back(fmt::format(
        "{} and {} agree on {} of {} current votes ({} differ, {} stand only in the first, {} "
        "only in the second); the votes come from {}, the groups from {}",
        wide_file, single_file, same, wide.size(), differ, missing, current.size() - same - differ,
        single_file, wide_file));
}

}  // namespace edgewise::judgment::formats
