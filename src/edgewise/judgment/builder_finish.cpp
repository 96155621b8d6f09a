#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "edgewise/judgment/builder_state.hpp"

namespace edgewise::judgment {
namespace {

constexpr std::size_t kMostLevels = 11;  // 0 to 10, the longest scale with named points in use

// What the values of one dimension look like.
struct Seen {
    std::array<float, kMostLevels + 1> levels{};
    std::size_t count = 0;  // of levels; kMostLevels + 1: at least so many
    float low = std::numeric_limits<float>::infinity();
    float high = -std::numeric_limits<float>::infinity();
    bool whole = true;

    void add(float value) {
        for (std::size_t i = 0; i < count; ++i) {
            if (levels[i] == value) return;
        }
        low = std::min(low, value);
        high = std::max(high, value);
        whole = whole && value == std::trunc(value);
        if (count <= kMostLevels) levels[count++] = value;
    }
};

// Which of two categories means yes: 0, 1, or 2 when they are no such pair.
std::size_t yes_of(const Texts& categories) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kPairs{
        {{"0", "1"},
         {"no", "yes"},
         {"No", "Yes"},
         {"false", "true"},
         {"False", "True"},
         {"FALSE", "TRUE"}}};
    if (categories.size() != 2) return 2;
    for (const auto& [no, yes] : kPairs) {
        if (categories[0] == no && categories[1] == yes) return 1;
        if (categories[0] == yes && categories[1] == no) return 0;
    }
    return 2;
}

void infer_rating(Dimension& dimension, const Seen& seen) {
    if (!dimension.range_declared && seen.count > 0) {
        dimension.low = double{seen.low};
        dimension.high = double{seen.high};
    }
    if (dimension.scale_declared) return;
    const auto whole = [](double x) { return x == std::trunc(x); };
    const bool two =
        seen.count == 2 && dimension.low == double{seen.low} && dimension.high == double{seen.high};
    const bool steps = dimension.range_declared
                           ? whole(dimension.low) && whole(dimension.high) &&
                                 dimension.high - dimension.low <= double{kMostLevels - 1}
                           : seen.count <= kMostLevels;
    dimension.scale = two                   ? Scale::binary
                      : steps && seen.whole ? Scale::ordinal
                                            : Scale::continuous;
}

void check_range(const Dimension& dimension, const Seen& seen, std::size_t d,
                 std::span<const std::uint16_t> of, std::span<const float> value,
                 std::span<const std::uint32_t> source_row) {
    if (!(dimension.low < dimension.high)) {
        refuse({.file = {},
                .line = 0,
                .field = dimension.name,
                .expected = "a scale whose low end is below its high end",
                .found = fmt::format("{} to {}", dimension.low, dimension.high)});
    }
    if (seen.count == 0) return;
    if (double{seen.low} >= dimension.low && double{seen.high} <= dimension.high) return;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (of[i] != d) continue;
        if (double{value[i]} >= dimension.low && double{value[i]} <= dimension.high) continue;
        refuse({.file = {},
                .line = source_row[i],
                .field = "value",
                .expected = fmt::format("a number from {} to {} on \"{}\"", dimension.low,
                                        dimension.high, dimension.name),
                .found = fmt::format("{}", value[i])});
    }
}

}  // namespace

void infer_scales(std::vector<Dimension>& dimensions, std::span<const std::uint16_t> dimension,
                  std::span<float> value, std::span<const std::uint32_t> source_row) {
    std::vector<Seen> seen(dimensions.size());
    for (std::size_t i = 0; i < value.size(); ++i) seen[dimension[i]].add(value[i]);

    for (std::size_t d = 0; d < dimensions.size(); ++d) {
        Dimension& of = dimensions[d];
        switch (of.kind) {
            case Kind::rating:
                if (of.range_declared) check_range(of, seen[d], d, dimension, value, source_row);
                infer_rating(of, seen[d]);
                break;
            case Kind::vote:
            case Kind::comparison:
            case Kind::approval:
                of.low = of.kind == Kind::vote ? -1.0 : 0.0;
                of.high = 1.0;
                of.scale = of.kind == Kind::approval ? Scale::binary : Scale::ordinal;
                break;
            case Kind::ranking:
                of.low = 1.0;
                of.high = seen[d].count > 0 ? double{seen[d].high} : 1.0;
                of.scale = Scale::ordinal;
                break;
            case Kind::label: {
                of.low = 0.0;
                of.high = static_cast<double>(std::max<std::size_t>(2, of.categories.size()) - 1);
                if (of.scale_declared) break;
                const std::size_t yes = yes_of(of.categories);
                of.scale = yes < 2 ? Scale::binary : Scale::nominal;
                if (yes != 0) break;
                Texts ordered;
                ordered.push_back(of.categories[1]);
                ordered.push_back(of.categories[0]);
                of.categories = std::move(ordered);
                for (std::size_t i = 0; i < value.size(); ++i) {
                    if (dimension[i] == d) value[i] = 1.0F - value[i];
                }
                break;
            }
        }
    }
}

void renumber_values(std::vector<Attribute>& attributes) {
    for (Attribute& attribute : attributes) {
        std::vector<Id> renumbered(attribute.values.size(), kNone);
        Texts values;
        for (Id& code : attribute.codes) {
            if (code == kNone) continue;
            Id& fresh = renumbered[code];
            if (fresh == kNone) {
                fresh = static_cast<Id>(values.size());
                values.push_back(attribute.values[code]);
            }
            code = fresh;
        }
        attribute.values = std::move(values);
        while (!attribute.codes.empty() && attribute.codes.back() == kNone) {
            attribute.codes.pop_back();
        }
    }
}

}  // namespace edgewise::judgment
