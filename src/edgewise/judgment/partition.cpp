#include "edgewise/judgment/partition.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "edgewise/base/csv.hpp"
#include "edgewise/base/stats.hpp"

namespace edgewise::judgment {
namespace {

// Raters that take part: those with a judgment, machines only where asked for.
std::vector<std::uint8_t> active_raters(const JudgmentTable& table,
                                        const PartitionOptions& options) {
    std::vector<std::uint8_t> active(table.raters().ids.size());
    for (const Id rater : table.rater()) active[rater] = 1;
    const auto& kinds = table.raters().kinds;
    for (std::size_t r = 0; r < kinds.size() && !options.include_machines; ++r) {
        if (kinds[r] != RaterKind::person) active[r] = 0;
    }
    return active;
}

// The value of each code as a number; empty unless every code used is one.
std::vector<double> numbers(const Attribute& attribute) {
    std::vector<double> out(attribute.values.size());
    for (std::size_t code = 0; code < out.size(); ++code) {
        if (!parse_number(attribute.values[code], out[code])) return {};
    }
    return out;
}

std::string bin_name(std::span<const double> cuts, std::size_t bin) {
    if (bin == 0) return fmt::format("<= {:g}", cuts[0]);
    if (bin == cuts.size()) return fmt::format("> {:g}", cuts.back());
    return fmt::format("{:g} to {:g}", cuts[bin - 1], cuts[bin]);
}

// Groups from a key per rater (kNone: not known), names by key, in the order of the names given.
Partition assemble(const Attribute& attribute, std::span<const Id> key,
                   std::span<const std::string> names, std::span<const std::uint8_t> active,
                   const PartitionOptions& options) {
    Partition out;
    out.attribute = attribute.name;
    out.learned_from_judgments = attribute.learned_from_judgments;
    std::vector<std::uint32_t> count(names.size());
    for (std::size_t r = 0; r < key.size(); ++r) {
        if (active[r] == 0) continue;
        if (key[r] == kNone) {
            ++out.unknown;
        } else {
            ++count[key[r]];
        }
    }
    std::vector<std::uint16_t> group(names.size(), kNoGroup);
    for (std::size_t k = 0; k < names.size(); ++k) {
        if (count[k] == 0) continue;
        if (count[k] < options.least_raters) {
            out.left_out.push_back(
                {names[k], count[k], fmt::format("fewer than {} raters", options.least_raters)});
            continue;
        }
        if (out.groups.size() >= options.most_groups) {
            out.left_out.push_back(
                {names[k], count[k],
                 fmt::format("beyond the {} largest groups", options.most_groups)});
            continue;
        }
        group[k] = static_cast<std::uint16_t>(out.groups.size());
        out.groups.push_back(names[k]);
        out.raters_in.push_back(count[k]);
    }
    out.group_of.assign(key.size(), kNoGroup);
    for (std::size_t r = 0; r < key.size(); ++r) {
        if (active[r] != 0 && key[r] != kNone) out.group_of[r] = group[key[r]];
    }
    return out;
}

Partition binned(const Attribute& attribute, std::span<const double> value,
                 std::span<const double> cuts, std::span<const std::uint8_t> active,
                 const PartitionOptions& options) {
    std::vector<std::string> names;
    for (std::size_t bin = 0; bin <= cuts.size(); ++bin) names.push_back(bin_name(cuts, bin));
    std::vector<Id> key(active.size(), kNone);
    for (std::size_t r = 0; r < key.size(); ++r) {
        const Id code = attribute.code(static_cast<Id>(r));
        if (code == kNone) continue;
        key[r] = static_cast<Id>(std::ranges::lower_bound(cuts, value[code]) - cuts.begin());
    }
    Partition out = assemble(attribute, key, names, active, options);
    out.note = fmt::format("{} is a number; cut into {}", attribute.name, fmt::join(names, ", "));
    return out;
}

// Terciles of the raters' values (lower empirical quantiles); a cut that makes an empty bin is
// dropped.
std::vector<double> tercile_cuts(const Attribute& attribute, std::span<const double> value,
                                 std::span<const std::uint8_t> active) {
    std::vector<double> all;
    for (std::size_t r = 0; r < active.size(); ++r) {
        const Id code = attribute.code(static_cast<Id>(r));
        if (active[r] != 0 && code != kNone) all.push_back(value[code]);
    }
    std::ranges::sort(all);
    std::vector<double> cuts;
    for (const std::size_t third : {std::size_t{1}, std::size_t{2}}) {
        const std::size_t rank = (all.size() * third + 2) / 3;  // ceil(n third / 3)
        const double cut = all[std::max<std::size_t>(rank, 1) - 1];
        if (cut < all.back() && (cuts.empty() || cut > cuts.back())) cuts.push_back(cut);
    }
    if (cuts.empty() && all.front() < all.back()) {  // more than two thirds share the top value
        cuts.push_back(*std::prev(std::ranges::lower_bound(all, all.back())));
    }
    return cuts;
}

std::size_t distinct_known(const Attribute& attribute, std::span<const std::uint8_t> active,
                           std::size_t& raters) {
    std::vector<std::uint8_t> seen(attribute.values.size());
    raters = 0;
    for (std::size_t r = 0; r < active.size(); ++r) {
        const Id code = attribute.code(static_cast<Id>(r));
        if (active[r] == 0 || code == kNone) continue;
        seen[code] = 1;
        ++raters;
    }
    return static_cast<std::size_t>(std::ranges::count(seen, 1));
}

Partition by_value(const Attribute& attribute, std::span<const double> value,
                   std::span<const std::uint8_t> active, const PartitionOptions& options) {
    // Largest first, numbers ascending; equal sizes by name, so that the input's order is no
    // matter.
    std::vector<std::uint32_t> count(attribute.values.size());
    for (std::size_t r = 0; r < active.size(); ++r) {
        const Id code = attribute.code(static_cast<Id>(r));
        if (active[r] != 0 && code != kNone) ++count[code];
    }
    std::vector<Id> order(count.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](Id a, Id b) {
        if (!value.empty() && value[a] != value[b]) return value[a] < value[b];
        if (count[a] != count[b]) return count[a] > count[b];
        return attribute.values[a] < attribute.values[b];
    });
    std::vector<Id> rank(order.size());
    std::vector<std::string> names;
    for (Id k = 0; k < order.size(); ++k) {
        rank[order[k]] = k;
        names.emplace_back(attribute.values[order[k]]);
    }
    std::vector<Id> key(active.size(), kNone);
    for (std::size_t r = 0; r < key.size(); ++r) {
        const Id code = attribute.code(static_cast<Id>(r));
        if (code != kNone) key[r] = rank[code];
    }
    return assemble(attribute, key, names, active, options);
}

// Either a usable partition or the reason why not.
std::string sort_by(const Attribute& attribute, std::span<const std::uint8_t> active,
                    const PartitionOptions& options, Partition& out) {
    std::size_t raters = 0;
    const std::size_t distinct = distinct_known(attribute, active, raters);
    if (raters == 0) return "not known of any rater";
    if (distinct < 2) return "all raters share one value";
    const std::vector<double> value = numbers(attribute);
    if (!value.empty() && distinct > options.bin_above) {
        out = binned(attribute, value, tercile_cuts(attribute, value, active), active, options);
    } else if (distinct > 2 * options.most_groups && distinct * 2 > raters) {
        return fmt::format("{} distinct values among {} raters: names, not groups", distinct,
                           raters);
    } else {
        out = by_value(attribute, value, active, options);
    }
    if (out.groups.size() >= 2) return {};
    return fmt::format("fewer than two groups of at least {} raters ({} distinct values among {})",
                       options.least_raters, distinct, raters);
}

const Attribute& find_attribute(const JudgmentTable& table, const std::string& name) {
    std::string known;
    for (const Attribute& attribute : table.raters().attributes) {
        if (attribute.name == name) return attribute;
        known += (known.empty() ? "" : ", ") + attribute.name;
    }
    throw Error(ErrorCode::not_found,
                fmt::format("no attribute \"{}\" of raters; there are: {}", name,
                            known.empty() ? "none" : known),
                "attributes");
}

}  // namespace

Partitions partitions(const JudgmentTable& table, std::span<const std::string> attributes,
                      const PartitionOptions& options) {
    Partitions out;
    const std::vector<std::uint8_t> active = active_raters(table, options);
    const auto take = [&](const Attribute& attribute) {
        Partition partition;
        std::string why = sort_by(attribute, active, options, partition);
        if (why.empty()) {
            out.usable.push_back(std::move(partition));
        } else {
            out.unsuitable.push_back({attribute.name, std::move(why)});
        }
    };
    if (attributes.empty()) {
        for (const Attribute& attribute : table.raters().attributes) take(attribute);
    } else {
        for (const std::string& name : attributes) take(find_attribute(table, name));
    }
    return out;
}

Partition partition_at(const JudgmentTable& table, const std::string& attribute,
                       std::span<const double> cuts, const PartitionOptions& options) {
    const Attribute& found = find_attribute(table, attribute);
    const std::vector<double> value = numbers(found);
    if (value.empty()) {
        throw Error(ErrorCode::invalid_argument,
                    "attribute \"" + attribute + "\" holds values that are no numbers", "cuts");
    }
    return binned(found, value, cuts, active_raters(table, options), options);
}

}  // namespace edgewise::judgment
