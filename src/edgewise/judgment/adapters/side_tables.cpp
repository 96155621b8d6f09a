#include "edgewise/judgment/adapters/side_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"

namespace edgewise::judgment::formats {
namespace {

constexpr std::array<std::string_view, 5> kJudgmentStems{"ratings", "judgments", "annotations",
                                                         "labels", "comparisons"};
constexpr std::array<std::string_view, 4> kRaterStems{"annotators", "raters", "workers",
                                                      "participants"};
constexpr std::array<std::string_view, 4> kItemStems{"items", "cases", "prompts", "posts"};

std::filesystem::path find_beside(const Records& judgments,
                                  std::span<const std::string_view> stems) {
    const std::string stem = stem_of(judgments.path());
    for (const std::string_view ending : kJudgmentStems) {
        if (!stem.ends_with(ending)) continue;
        const std::string prefix = stem.substr(0, stem.size() - ending.size());
        for (const std::string_view name : stems) {
            std::filesystem::path found =
                sibling(judgments.path().parent_path(), prefix + std::string(name));
            if (!found.empty()) return found;
        }
    }
    return {};
}

// The columns of `side` that hold what the judgments' columns hold: of the same names, or the one
// well-known name. Empty: none.
std::vector<std::size_t> key_columns(const Records& judgments,
                                     const std::vector<std::size_t>& columns, const Records& side,
                                     Part part) {
    std::vector<std::size_t> found;
    for (const std::size_t column : columns) {
        const auto same = side.find(judgments.header()[column]);
        if (same) found.push_back(*same);
    }
    if (found.size() == columns.size()) return found;
    found.clear();
    if (columns.size() == 1) {
        auto known = find_known(part, side.header());
        if (!known) known = side.find("id");
        if (known) found = {*known};
    }
    return found;
}

std::string joined(const CsvRecord& record, const std::vector<std::size_t>& columns) {
    std::string out;
    for (const std::size_t column : columns) {
        if (column != columns.front()) out.push_back('/');
        out.append(record.fields[column]);
    }
    return out;
}

void mark(std::vector<bool>& known, Id id) {
    if (id >= known.size()) known.resize(std::size_t{id} + 1, false);
    known[id] = true;
}

bool marked(const std::vector<bool>& known, std::size_t id) {
    return id < known.size() && known[id];
}

[[noreturn]] void twice(const Records& side, std::uint64_t line, std::size_t column,
                        const std::string& found) {
    refuse({.file = side.path().string(),
            .line = line,
            .field = side.header()[column],
            .expected = "each id once",
            .found = found});
}

}  // namespace

SideTables::SideTables(const ImportOptions& options, const Records& judgments, const Layout& layout,
                       Gathered& gathered, ImportReport& report)
    : options_(options), judgments_(judgments) {
    const std::filesystem::path raters = options.raters.empty()
                                             ? find_beside(judgments, kRaterStems)
                                             : std::filesystem::path(options.raters);
    const std::filesystem::path items = options.items.empty()
                                            ? find_beside(judgments, kItemStems)
                                            : std::filesystem::path(options.items);
    if (!raters.empty()) {
        if (!layout.rater_columns.empty()) {
            read_raters(Records(raters), layout, gathered, report);
        } else if (!options.raters.empty()) {
            refuse({.file = judgments.path().string(),
                    .line = 1,
                    .field = {},
                    .expected = "a rater column, since a table of raters is given",
                    .found = {}},
                   "name it with --rater-column");
        }
    }
    if (!items.empty()) read_items(Records(items), layout, gathered, report);
}

void SideTables::read_raters(const Records& side, const Layout& layout, Gathered& gathered,
                             ImportReport& report) {
    const auto keys = key_columns(judgments_, layout.rater_columns, side, Part::rater);
    if (keys.empty()) {
        if (options_.raters.empty()) {
            report.notes.push_back(side.name() +
                                   " lies beside the judgments but has no column of "
                                   "raters' ids; it was not read");
            return;
        }
        refuse({.file = side.path().string(),
                .line = 1,
                .field = {},
                .expected = fmt::format("the rater column \"{}\"",
                                        judgments_.header()[layout.rater_columns.front()]),
                .found = join(side.header(), ", ")});
    }
    raters_file_ = side.name();
    report.files.push_back(side.name());
    for (std::size_t c = 0; c < side.header().size(); ++c) {
        const bool key = std::ranges::find(keys, c) != keys.end();
        report.mapped.push_back({.from = side.name() + ": " + side.header()[c],
                                 .to = key ? "rater" : "attribute of the rater"});
    }
    std::uint64_t silent = 0, first_silent = 0;
    side.each([&](const CsvRecord& record) {
        const std::string key = joined(record, keys);
        const Id rater = gathered.builder.find_rater(key);
        if (rater == kNone) {
            if (++silent == 1) first_silent = record.line;
            return;
        }
        if (marked(rater_known_, rater)) {
            const bool hidden = !options_.pseudonymise_key_file.empty();
            twice(side, record.line, keys.front(), hidden ? std::string{} : key);
        }
        mark(rater_known_, rater);
        for (std::size_t c = 0; c < record.fields.size(); ++c) {
            if (std::ranges::find(keys, c) != keys.end()) continue;
            if (absent_attribute(record.fields[c])) continue;
            gathered.builder.set_attribute(rater, side.header()[c], record.fields[c]);
        }
    });
    if (silent > 0) {
        report.skipped.push_back({.what = "raters of the side table",
                                  .why = "they judged nothing",
                                  .count = silent,
                                  .first = fmt::format("{}:{}", side.name(), first_silent)});
    }
}

void SideTables::read_items(const Records& side, const Layout& layout, Gathered& gathered,
                            ImportReport& report) {
    const auto keys = key_columns(judgments_, layout.case_columns, side, Part::case_id);
    if (keys.empty()) {
        if (options_.items.empty()) {
            report.notes.push_back(side.name() +
                                   " lies beside the judgments but has no column of "
                                   "cases' ids; it was not read");
            return;
        }
        refuse({.file = side.path().string(),
                .line = 1,
                .field = {},
                .expected = fmt::format("the case column \"{}\"",
                                        judgments_.header()[layout.case_columns.front()]),
                .found = join(side.header(), ", ")});
    }
    std::vector<std::size_t> option_keys;
    if (!layout.option_columns.empty() && !layout.other) {
        option_keys = key_columns(judgments_, layout.option_columns, side, Part::option);
    }
    std::optional<std::size_t> text;
    if (!options_.text_column.empty()) text = side.find(options_.text_column);
    if (!text) text = find_known(Part::text, side.header());
    if (text && std::ranges::find(keys, *text) != keys.end()) text.reset();
    items_file_ = side.name();
    report.files.push_back(side.name());
    const auto role_of = [&](std::size_t c) -> std::string_view {
        if (std::ranges::find(keys, c) != keys.end()) return "case";
        if (std::ranges::find(option_keys, c) != option_keys.end()) return "option";
        if (c == text) return option_keys.empty() ? "text of the case" : "text of the option";
        return "context of the case";
    };
    for (std::size_t c = 0; c < side.header().size(); ++c) {
        report.mapped.push_back(
            {.from = side.name() + ": " + side.header()[c], .to = std::string(role_of(c))});
    }
    std::uint64_t silent = 0, first_silent = 0;
    TableBuilder& builder = gathered.builder;
    side.each([&](const CsvRecord& record) {
        const std::string key = joined(record, keys);
        const Id id = builder.find_case(key);
        const Id option = id == kNone || option_keys.empty()
                              ? kNone
                              : builder.find_option(id, joined(record, option_keys));
        if (id == kNone || (!option_keys.empty() && option == kNone)) {
            if (++silent == 1) first_silent = record.line;
            return;
        }
        if (option_keys.empty() && marked(case_known_, id)) {
            twice(side, record.line, keys.front(), key);
        }
        mark(case_known_, id);
        for (std::size_t c = 0; c < record.fields.size(); ++c) {
            const std::string_view value = record.fields[c];
            if (c == text) {
                option_keys.empty() ? builder.set_case_text(id, value)
                                    : builder.set_option_text(option, value);
            } else if (role_of(c).starts_with("context") && !absent_attribute(value)) {
                builder.set_context(id, side.header()[c], value);
            }
        }
    });
    if (silent > 0) {
        report.skipped.push_back({.what = "rows of the side table of items",
                                  .why = "nobody judged them",
                                  .count = silent,
                                  .first = fmt::format("{}:{}", side.name(), first_silent)});
    }
}

void SideTables::check(const JudgmentTable& table, ImportReport& report) const {
    if (!raters_file_.empty()) {
        std::uint64_t unknown = 0;
        Id first = kNone;
        for (Id rater = 0; rater < table.raters().ids.size(); ++rater) {
            if (marked(rater_known_, rater)) continue;
            if (++unknown == 1) first = rater;
        }
        if (unknown > 0) {
            const auto at = std::ranges::find(table.rater(), first);
            const std::uint64_t line =
                at == table.rater().end()
                    ? 0
                    : table.source_row()[static_cast<std::size_t>(at - table.rater().begin())];
            if (!options_.raters.empty()) {
                const bool hidden = !options_.pseudonymise_key_file.empty();
                refuse({.file = judgments_.path().string(),
                        .line = line,
                        .field = "rater",
                        .expected = "a rater of " + raters_file_,
                        .found = hidden ? "an id that is not there (hidden)"
                                        : std::string(table.raters().ids[first])},
                       fmt::format("{} rater(s) are missing from it", unknown));
            }
            report.notes.push_back(fmt::format(
                "{} of {} raters are not in {} (the first judges at {}:{}): their attributes are "
                "unknown",
                unknown, table.raters().ids.size(), raters_file_, judgments_.name(), line));
        }
    }
    if (!items_file_.empty()) {
        std::size_t unknown = 0;
        for (std::size_t c = 0; c < table.cases().ids.size(); ++c) {
            if (!marked(case_known_, c)) ++unknown;
        }
        if (unknown > 0) {
            report.notes.push_back(
                fmt::format("{} of {} cases are not in {}: they have no text or context from it",
                            unknown, table.cases().ids.size(), items_file_));
        }
    }
}

void end_table(Imported& result, const ImportOptions& options, const Records& judgments,
               const Layout& layout, Gathered&& total) {
    const SideTables sides(options, judgments, layout, total, result.report);
    total.account(judgments.name(), result.report);
    result.table = std::move(total.builder).finish();
    sides.check(result.table, result.report);
}

}  // namespace edgewise::judgment::formats
