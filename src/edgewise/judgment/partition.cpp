#include "edgewise/judgment/partition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "edgewise/base/csv.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/base/words.hpp"

namespace edgewise::judgment {
namespace {

std::vector<bool> stakeholders(const JudgmentTable& table, const PartitionOptions& options) {
    std::vector<bool> out(table.raters().ids.size(), false);
    for (const Id rater : table.rater()) out[rater] = true;
    if (options.include_machines) return out;
    for (std::size_t r = 0; r < out.size(); ++r) {
        out[r] = out[r] && table.raters().kinds[r] == RaterKind::person;
    }
    return out;
}

// The values of an attribute among the raters that count.
struct Values {
    std::vector<std::uint32_t> raters;  // code -> how many have it
    std::vector<double> numbers;        // code -> number; empty if any value in use is none
    std::size_t distinct = 0;
    std::size_t known = 0;
    std::size_t unknown = 0;
};

Values values_of(const Attribute& attribute, const std::vector<bool>& counts) {
    Values out;
    out.raters.assign(attribute.values.size(), 0);
    for (std::size_t r = 0; r < counts.size(); ++r) {
        if (!counts[r]) continue;
        const Id code = attribute.code(static_cast<Id>(r));
        if (code == kNone) {
            ++out.unknown;
        } else {
            ++out.known;
            if (out.raters[code]++ == 0) ++out.distinct;
        }
    }
    out.numbers.assign(out.raters.size(), 0.0);
    for (std::size_t c = 0; c < out.raters.size(); ++c) {
        if (out.raters[c] == 0 || parse_number(attribute.values[c], out.numbers[c])) continue;
        out.numbers.clear();
        break;
    }
    return out;
}

// The least value that a third, and two thirds, of the raters do not exceed. A cut with nobody
// between it and the other cut, or above it, is dropped; if none is left, because more than two
// thirds have the greatest value, that value is cut off from the rest.
std::vector<double> terciles(const Values& values) {
    std::vector<std::size_t> order;
    for (std::size_t c = 0; c < values.raters.size(); ++c) {
        if (values.raters[c] > 0) order.push_back(c);
    }
    std::ranges::sort(order, {}, [&](std::size_t c) { return values.numbers[c]; });
    std::vector<double> cuts;
    for (const std::size_t third : {std::size_t{1}, std::size_t{2}}) {
        std::size_t below = 0;
        for (const std::size_t c : order) {
            below += values.raters[c];
            if (3 * below < third * values.known) continue;
            const double cut = values.numbers[c];
            const bool repeats = !cuts.empty() && cuts.back() == cut;
            if (!repeats && cut < values.numbers[order.back()]) cuts.push_back(cut);
            break;
        }
    }
    if (cuts.empty() && order.size() > 1) cuts.push_back(values.numbers[order[order.size() - 2]]);
    return cuts;
}

std::vector<std::string> bin_names(std::span<const double> cuts) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < cuts.size(); ++i) {
        out.push_back(i == 0 ? fmt::format("<= {:.4g}", cuts[0])
                             : fmt::format("{:.4g} to {:.4g}", cuts[i - 1], cuts[i]));
    }
    if (!cuts.empty()) out.push_back(fmt::format("> {:.4g}", cuts.back()));
    return out;
}

struct Bins {
    std::vector<std::string> names;
    std::vector<std::uint32_t> of;  // code -> bin
};

Bins bins_at(const Values& values, std::span<const double> cuts) {
    Bins out{.names = bin_names(cuts), .of = std::vector<std::uint32_t>(values.raters.size(), 0)};
    for (std::size_t c = 0; c < values.raters.size(); ++c) {
        const auto bin = std::ranges::lower_bound(cuts, values.numbers[c]);
        out.of[c] = static_cast<std::uint32_t>(bin - cuts.begin());
    }
    return out;
}

// One bin a value, the largest first, in order of appearance among equals.
Bins bins_by_value(const Attribute& attribute, const Values& values) {
    std::vector<std::size_t> order;
    for (std::size_t c = 0; c < values.raters.size(); ++c) {
        if (values.raters[c] > 0) order.push_back(c);
    }
    std::ranges::stable_sort(order, std::greater(),
                             [&](std::size_t c) { return values.raters[c]; });
    Bins out{.names = {}, .of = std::vector<std::uint32_t>(values.raters.size(), 0)};
    for (const std::size_t c : order) {
        out.of[c] = static_cast<std::uint32_t>(out.names.size());
        out.names.emplace_back(attribute.values[c]);
    }
    return out;
}

// Bins of enough raters become groups; the others are left out by name.
Partition settle(const Attribute& attribute, const Values& values, const Bins& bins,
                 const std::vector<bool>& counts, const PartitionOptions& options) {
    Partition out;
    out.attribute = attribute.name;
    out.unknown = static_cast<std::uint32_t>(values.unknown);
    out.learned_from_judgments = attribute.learned_from_judgments;
    std::vector<std::uint32_t> raters(bins.names.size(), 0);
    for (std::size_t c = 0; c < values.raters.size(); ++c) {
        if (values.raters[c] > 0) raters[bins.of[c]] += values.raters[c];
    }
    std::vector<std::uint16_t> group(bins.names.size(), kNoGroup);
    for (std::size_t b = 0; b < bins.names.size(); ++b) {
        if (raters[b] < std::max(1U, options.least_raters)) {
            out.left_out.push_back({.group = bins.names[b],
                                    .raters = raters[b],
                                    .reason = fmt::format("fewer than {} raters",
                                                          std::max(1U, options.least_raters))});
        } else if (out.groups.size() < kNoGroup) {
            group[b] = static_cast<std::uint16_t>(out.groups.size());
            out.groups.push_back(bins.names[b]);
            out.raters_in.push_back(raters[b]);
        }
    }
    out.group_of.assign(counts.size(), kNoGroup);
    for (std::size_t r = 0; r < counts.size(); ++r) {
        const Id code = attribute.code(static_cast<Id>(r));
        if (counts[r] && code != kNone) out.group_of[r] = group[bins.of[code]];
    }
    return out;
}

const Attribute& find_attribute(const JudgmentTable& table, const std::string& name) {
    const std::vector<Attribute>& all = table.raters().attributes;
    const auto found = std::ranges::find(all, name, &Attribute::name);
    if (found != all.end()) return *found;
    std::string known;
    for (const Attribute& attribute : all) {
        known += (known.empty() ? "" : ", ") + attribute.name;
    }
    throw Error(ErrorCode::not_found,
                fmt::format("raters have no attribute \"{}\"; {}", name,
                            known.empty() ? "they have none" : "they have: " + known),
                "attribute");
}

std::string why_unsuitable(const Partition& partition, const Values& values,
                           const PartitionOptions& options) {
    if (values.known == 0) return "not known for any rater";
    if (values.distinct == 1) return "the same for all raters";
    std::string spread = fmt::format("{} distinct values among {} raters",
                                     grouped_digits(values.distinct), grouped_digits(values.known));
    if (partition.groups.size() > options.most_groups) {
        return fmt::format("{}: more than {} groups", spread, options.most_groups);
    }
    if (partition.groups.size() >= 2) return {};
    if (values.distinct > options.most_groups) return spread;
    return fmt::format("{} with at least {} raters",
                       partition.groups.empty() ? "no group" : "only one group",
                       options.least_raters);
}

}  // namespace

Partitions partitions(const JudgmentTable& table, std::span<const std::string> attributes,
                      const PartitionOptions& options) {
    std::vector<const Attribute*> wanted;
    for (const std::string& name : attributes) wanted.push_back(&find_attribute(table, name));
    if (attributes.empty()) {
        for (const Attribute& attribute : table.raters().attributes) wanted.push_back(&attribute);
    }
    const std::vector<bool> counts = stakeholders(table, options);
    Partitions out;
    for (const Attribute* attribute : wanted) {
        const Values values = values_of(*attribute, counts);
        const bool binned = !values.numbers.empty() && values.distinct > options.bin_above;
        const std::vector<double> cuts = binned ? terciles(values) : std::vector<double>();
        Partition partition = settle(
            *attribute, values, binned ? bins_at(values, cuts) : bins_by_value(*attribute, values),
            counts, options);
        const std::string reason = why_unsuitable(partition, values, options);
        if (!reason.empty()) {
            out.unsuitable.push_back({.attribute = attribute->name, .reason = reason});
            continue;
        }
        if (binned) {
            partition.note = fmt::format(
                "{} distinct numbers, cut at the {} of the raters' values ({:.4g}); a value on a "
                "cut "
                "belongs below it",
                grouped_digits(values.distinct), cuts.size() == 2 ? "terciles" : "tercile",
                fmt::join(cuts, " and "));
        }
        out.usable.push_back(std::move(partition));
    }
    return out;
}

Partition partition_at(const JudgmentTable& table, const std::string& attribute,
                       std::span<const double> cuts, const PartitionOptions& options) {
    const Attribute& cut = find_attribute(table, attribute);
    if (cuts.empty() || std::ranges::adjacent_find(cuts, std::greater_equal()) != cuts.end()) {
        throw Error(ErrorCode::invalid_argument, "expected one or more cuts that ascend", "cuts");
    }
    const std::vector<bool> counts = stakeholders(table, options);
    const Values values = values_of(cut, counts);
    if (values.numbers.empty() && values.known > 0) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("expected numbers as values of \"{}\", found others", attribute),
                    "attribute");
    }
    Partition out = settle(cut, values, bins_at(values, cuts), counts, options);
    out.note = fmt::format("cut at {:.4g}, as asked for; a value on a cut belongs below it",
                           fmt::join(cuts, " and "));
    return out;
}

namespace {

// "attribute=c1,c2" -> the partition cut there.
Partition cut_as_asked(const JudgmentTable& table, const std::string& text,
                       const PartitionOptions& options) {
    const std::size_t equals = text.find('=');
    std::vector<double> cuts;
    std::size_t at = equals == std::string::npos ? text.size() : equals + 1;
    bool good = at < text.size();
    while (good && at <= text.size()) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        double cut = 0.0;
        good = parse_number(std::string_view(text).substr(at, comma - at), cut) &&
               (cuts.empty() || cut > cuts.back());
        cuts.push_back(cut);
        at = comma + 1;
    }
    if (!good) {
        throw Error(ErrorCode::invalid_argument,
                    "expected attribute=cut,cut,... with ascending numbers, found " + text, "cuts");
    }
    return partition_at(table, text.substr(0, equals), cuts, options);
}

}  // namespace

Partitions partitions(const JudgmentTable& table, std::span<const std::string> attributes,
                      std::span<const std::string> cuts, const PartitionOptions& options) {
    Partitions out = partitions(table, attributes, options);
    for (const std::string& text : cuts) {
        Partition cut = cut_as_asked(table, text, options);
        const auto same = std::ranges::find(out.usable, cut.attribute, &Partition::attribute);
        std::erase_if(out.unsuitable,
                      [&](const Unsuitable& each) { return each.attribute == cut.attribute; });
        if (cut.groups.size() < 2 || cut.groups.size() > options.most_groups) {
            out.unsuitable.push_back(
                {cut.attribute,
                 fmt::format("cut as asked for it has {} groups of at least {} raters; 2 to {} can "
                             "be compared",
                             cut.groups.size(), options.least_raters, options.most_groups)});
            if (same != out.usable.end()) out.usable.erase(same);
        } else if (same != out.usable.end()) {
            *same = std::move(cut);
        } else {
            out.usable.push_back(std::move(cut));
        }
    }
    return out;
}

Partition everyone(const JudgmentTable& table) {
    const std::size_t raters = table.raters().ids.size();
    Partition out;
    out.groups = {"everyone"};
    out.group_of.assign(raters, 0);
    out.raters_in = {static_cast<std::uint32_t>(raters)};
    return out;
}

}  // namespace edgewise::judgment
