#include "edgewise/estimate/comparisons/grouping.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "edgewise/base/error.hpp"

namespace edgewise::estimate {

using judgment::kNoGroup;

Grouping group_by_rater(const Contests& contests, const judgment::Partition& partition) {
    Grouping out{.attribute = partition.attribute, .groups = partition.groups};
    out.group.reserve(contests.size());
    for (const Id rater : contests.rater) {
        out.group.push_back(rater < partition.group_of.size() ? partition.group_of[rater]
                                                              : kNoGroup);
    }
    out.unit = contests.rater;
    return out;
}

Grouping group_by_context(const Contests& contests, const judgment::JudgmentTable& table,
                          const std::string& attribute, std::uint32_t least_cases,
                          std::size_t most_groups) {
    const auto& all = table.cases().context;
    const auto found = std::ranges::find(all, attribute, &judgment::Attribute::name);
    if (found == all.end()) {
        std::string known;
        for (const auto& one : all) known += (known.empty() ? "" : ", ") + one.name;
        throw Error(ErrorCode::not_found,
                    fmt::format("cases have no attribute \"{}\"; {}", attribute,
                                known.empty() ? "they have none" : "they have: " + known),
                    "attribute");
    }
    // Codes in use, in the order of their numbers.
    std::vector<bool> met(table.cases().ids.size(), false);
    for (const Id c : contests.case_) met[c] = true;
    std::vector<std::uint32_t> cases(found->values.size(), 0);
    for (std::size_t c = 0; c < met.size(); ++c) {
        const Id code = found->code(static_cast<Id>(c));
        if (met[c] && code != judgment::kNone) ++cases[code];
    }
    Grouping out{.attribute = attribute};
    std::vector<std::uint16_t> number(cases.size(), kNoGroup);
    for (std::size_t code = 0; code < cases.size(); ++code) {
        if (cases[code] < std::max(1U, least_cases)) continue;
        if (out.groups.size() == most_groups) {
            throw Error(
                ErrorCode::unsupported,
                fmt::format("cases have more than {} values of \"{}\"", most_groups, attribute),
                "attribute");
        }
        number[code] = static_cast<std::uint16_t>(out.groups.size());
        out.groups.emplace_back(found->values[code]);
    }
    out.group.reserve(contests.size());
    for (const Id c : contests.case_) {
        const Id code = found->code(c);
        out.group.push_back(code == judgment::kNone ? kNoGroup : number[code]);
    }
    out.unit = contests.case_;
    return out;
}

}  // namespace edgewise::estimate
