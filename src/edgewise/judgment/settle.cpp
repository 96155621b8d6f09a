#include "edgewise/judgment/settle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "edgewise/base/csv.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"
#include "edgewise/base/parallel.hpp"
#include "edgewise/judgment/amendment.hpp"
#include "edgewise/judgment/attach_raters.hpp"
#include "edgewise/judgment/pseudonym.hpp"

namespace edgewise::judgment {
namespace {

// Attributes of these names are opinion groups, found in the judgments: Polis' own name and that of
// `edgewise groups`. The name is the mark, so that it lives through any format.
constexpr std::array<std::string_view, 2> kOpinionGroups{"group-id", "opinion-group"};

std::string judgment_file(const ImportReport& report, const ImportOptions& options) {
    return report.files.empty() ? options.path : report.files.front();
}

void refuse_nothing(const Imported& imported, const ImportOptions& options) {
    if (imported.table.size() > 0) return;
    std::string why;
    for (const Skipped& skipped : imported.report.skipped) {
        if (skipped.what.starts_with("column")) continue;
        why += fmt::format("{}{} {}: {}", why.empty() ? "" : "; ", skipped.count, skipped.what,
                           skipped.why);
    }
    refuse({.file = options.path,
            .line = 0,
            .field = {},
            .expected = "at least one judgment",
            .found = fmt::format("none in {} rows", imported.report.rows)},
           why);
}

std::size_t dimension_named(const JudgmentTable& table, std::string_view name,
                            std::string_view flag) {
    const auto dimensions = table.dimensions();
    const auto at = std::ranges::find(dimensions, name, &Dimension::name);
    if (at != dimensions.end()) return static_cast<std::size_t>(at - dimensions.begin());
    std::vector<std::string_view> names;
    for (const Dimension& dimension : dimensions) names.push_back(dimension.name);
    throw Error(ErrorCode::not_found,
                fmt::format("there is no dimension \"{}\"; there are: {}", name, join(names, ", ")),
                std::string(flag));
}

void settle_machines(Imported& imported, const ImportOptions& options) {
    Amendment amendment(imported.table);
    const Texts& ids = imported.table.raters().ids;
    for (const std::string& machine : options.machines) {
        Id rater = 0;
        while (rater < ids.size() && ids[rater] != machine) ++rater;
        if (rater == ids.size()) {
            throw Error(ErrorCode::not_found, fmt::format("there is no rater \"{}\"", machine),
                        "--machines");
        }
        amendment.set_rater_kind(rater, RaterKind::machine);
    }
}

struct DeclaredScale {
    std::string dimension;
    double low = 0.0;
    double high = 0.0;
};

DeclaredScale parse_scale(const std::string& text) {
    DeclaredScale scale;
    const std::size_t equals = text.rfind('=');
    const std::size_t dots = equals == std::string::npos ? equals : text.find("..", equals);
    if (dots != std::string::npos) {
        scale.dimension = text.substr(0, equals);
        const std::string_view all = text;
        if (!scale.dimension.empty() &&
            parse_number(all.substr(equals + 1, dots - equals - 1), scale.low) &&
            parse_number(all.substr(dots + 2), scale.high) && scale.low < scale.high) {
            return scale;
        }
    }
    throw Error(ErrorCode::invalid_argument,
                fmt::format("expected dimension=low..high with low < high, found \"{}\"", text),
                "--scales");
}

void settle_scales(Imported& imported, const ImportOptions& options) {
    if (options.scales.empty()) return;
    const JudgmentTable& table = imported.table;
    Amendment amendment(imported.table);
    const std::size_t count = table.dimensions().size();
    for (const std::string& text : options.scales) {
        const DeclaredScale scale = parse_scale(text);
        const bool all = scale.dimension == "*";
        const std::size_t only = all ? 0 : dimension_named(table, scale.dimension, "--scales");
        for (std::size_t d = all ? 0 : only; d < (all ? count : only + 1); ++d) {
            Dimension& dimension = amendment.dimension(d);
            if (dimension.kind != Kind::rating) {
                if (all) continue;
                throw Error(ErrorCode::invalid_argument,
                            fmt::format("\"{}\" holds no ratings, so it has no scale to declare",
                                        dimension.name),
                            "--scales");
            }
            dimension.low = scale.low;
            dimension.high = scale.high;
            dimension.range_declared = true;
        }
    }
    try {
        amendment.infer_scales();
    } catch (const Error& error) {
        Place place = error.place();
        const std::filesystem::path named = options.path;
        std::error_code ignored;
        place.file = std::filesystem::is_directory(named, ignored)
                         ? (named / judgment_file(imported.report, options)).string()
                         : options.path;
        throw Error(error.code(), error.message() + "; the scale was declared with --scales",
                    std::move(place));
    }
}

void settle_polarity(Imported& imported, const ImportOptions& options) {
    Amendment amendment(imported.table);
    for (const std::string& name : options.negative) {
        Dimension& dimension =
            amendment.dimension(dimension_named(imported.table, name, "--negative"));
        dimension.polarity = Polarity::negative;
        dimension.polarity_declared = true;
    }
}

void note_assumptions(Imported& imported) {
    std::vector<std::string> scales, polarities;
    for (const Dimension& dimension : imported.table.dimensions()) {
        if (dimension.kind != Kind::rating) continue;
        if (!dimension.range_declared) {
            scales.push_back(
                fmt::format("\"{}\" {} to {}", dimension.name, dimension.low, dimension.high));
        }
        if (!dimension.polarity_declared) polarities.push_back(dimension.name);
    }
    auto& notes = imported.report.notes;
    if (!scales.empty()) {
        notes.push_back(
            fmt::format("scale taken from the least and greatest value: {}; declare "
                        "with --scales dimension=low..high",
                        join(scales, ", ")));
    }
    if (!polarities.empty()) {
        notes.push_back(
            fmt::format("high values are taken as wanted on: \"{}\"; name those whose "
                        "high values are unwanted with --negative",
                        join(polarities, "\", \"")));
    }
}

void note_repeats(Imported& imported, const ImportOptions& options, const Job& job) {
    const Repeats repeats = count_repeats(imported.table, job);
    if (repeats.count == 0) return;
    imported.report.notes.push_back(fmt::format(
        "{} judgments are given by a rater who judged the same thing on the same dimension before "
        "(first at {}:{}); all are kept",
        repeats.count, judgment_file(imported.report, options),
        imported.table.source_row()[repeats.first]));
}

void settle_pseudonyms(Imported& imported, const ImportOptions& options) {
    if (options.pseudonymise_key_file.empty()) return;
    Pseudonyms pseudonyms(options.pseudonymise_key_file);
    const Raters& raters = imported.table.raters();
    std::uint64_t people = 0;
    Amendment(imported.table).rename_raters([&](Id rater, std::string_view id) {
        if (raters.kinds[rater] != RaterKind::person) return std::string(id);
        ++people;
        return pseudonyms(id);
    });
    imported.report.notes.push_back(
        fmt::format("{} raters' ids were replaced by keyed pseudonyms (HMAC-SHA-256); machines "
                    "keep their names, attributes are kept as they are",
                    people));
    constexpr std::size_t kFew = 20;
    for (const Attribute& attribute : raters.attributes) {
        if (raters.ids.size() < kFew || attribute.values.size() * 10 < raters.ids.size() * 9) {
            continue;
        }
        imported.report.notes.push_back(
            fmt::format("ATTRIBUTE \"{}\" MAY IDENTIFY PEOPLE: it has {} distinct values for {} "
                        "raters and was not replaced; leave it out of the table of raters",
                        attribute.name, attribute.values.size(), raters.ids.size()));
    }
}

struct Judged {
    Id rater, other;
    std::uint16_t dimension;
    std::uint32_t index;

    auto order() const { return std::tuple(rater, dimension, other, index); }
    bool same(const Judged& as) const {
        return rater == as.rater && dimension == as.dimension && other == as.other;
    }
};

}  // namespace

Repeats count_repeats(const JudgmentTable& table, const Job& job) {
    const std::size_t n = table.size();
    const std::size_t options = table.options().ids.size();
    const auto pair = [&](std::size_t i) {
        const Id one = table.option()[i];
        const Id other = table.other().empty() ? kNone : table.other()[i];
        return std::pair(std::min(one, other), std::max(one, other));
    };
    // Judgments sorted by option (counting sort), then by rater within each.
    std::vector<std::uint32_t> begin(options + 1, 0), order(n);
    for (std::size_t i = 0; i < n; ++i) ++begin[pair(i).first + 1];
    for (std::size_t o = 0; o < options; ++o) begin[o + 1] += begin[o];
    {
        std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
        for (std::size_t i = 0; i < n; ++i) {
            order[next[pair(i).first]++] = static_cast<std::uint32_t>(i);
        }
    }
    constexpr std::size_t kGrain = 4096;
    const auto count = [&](std::size_t from, std::size_t to) {
        Repeats found;
        std::vector<Judged> judged;
        for (std::size_t o = from; o < to; ++o) {
            judged.clear();
            for (std::uint32_t at = begin[o]; at < begin[o + 1]; ++at) {
                const std::uint32_t i = order[at];
                const Kind kind = table.dimensions()[table.dimension()[i]].kind;
                if (kind == Kind::ranking || kind == Kind::approval) continue;
                judged.push_back({.rater = table.rater()[i],
                                  .other = pair(i).second,
                                  .dimension = table.dimension()[i],
                                  .index = i});
            }
            std::ranges::sort(judged, {}, &Judged::order);
            for (std::size_t k = 1; k < judged.size(); ++k) {
                if (!judged[k].same(judged[k - 1])) continue;
                const std::uint64_t index = judged[k].index;
                found.first = found.count == 0 ? index : std::min(found.first, index);
                ++found.count;
            }
        }
        return found;
    };
    return parallel_reduce(job, options, kGrain, Repeats{}, count, [](Repeats a, Repeats b) {
        if (a.count == 0) return b;
        if (b.count == 0) return a;
        return Repeats{.count = a.count + b.count, .first = std::min(a.first, b.first)};
    });
}

void settle(Imported& imported, const ImportOptions& options, const Job& job) {
    refuse_nothing(imported, options);
    attach_raters(imported, options);
    settle_machines(imported, options);
    settle_scales(imported, options);
    settle_polarity(imported, options);
    for (const std::string_view name : kOpinionGroups) {
        Amendment(imported.table).mark_learned(name);
    }
    note_repeats(imported, options, job);
    note_assumptions(imported);
    settle_pseudonyms(imported, options);
    imported.report.judgments = imported.table.size();
}

}  // namespace edgewise::judgment
