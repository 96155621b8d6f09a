#include "edgewise/judgment/adapters/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "edgewise/base/error.hpp"
#include "edgewise/base/time.hpp"

namespace edgewise::judgment::formats {
namespace {

constexpr std::string_view kNoRater = "rows without a rater";
constexpr std::string_view kNoCase = "rows without a case";
constexpr std::string_view kNoOption = "rows without an option";
constexpr std::string_view kNoValue = "fields without a value";
constexpr std::string_view kNoDimension = "rows without a dimension";
constexpr std::string_view kNoTime = "times that cannot be read";
constexpr std::string_view kEmpty = "the field is empty";

bool same_letters(std::string_view text, std::string_view lower) noexcept {
    return std::ranges::equal(text, lower, [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == b;
    });
}

// Points a joined name at `scratch`, a single one at the record itself.
std::string_view joined(const CsvRecord& record, const std::vector<std::size_t>& columns,
                        std::string& scratch) {
    if (columns.size() == 1) return record.fields[columns.front()];
    scratch.clear();
    bool any = false;
    for (const std::size_t column : columns) {
        if (column != columns.front()) scratch.push_back('/');
        scratch.append(record.fields[column]);
        any = any || !record.fields[column].empty();
    }
    return any ? std::string_view(scratch) : std::string_view{};
}

const char* what_kind(Kind kind) { return kind == Kind::label ? "a label (text)" : "a number"; }

[[noreturn]] void mixed(const std::string& file, std::uint64_t line, std::string_view field,
                        const FirstKind& first, std::string_view found) {
    refuse({.file = file,
            .line = line,
            .field = std::string(field),
            .expected = fmt::format("{} for \"{}\", as on line {}", what_kind(first.kind),
                                    first.name, first.line),
            .found = std::string(found)},
           "one dimension holds either numbers or texts");
}

}  // namespace

bool absent_value(std::string_view text) noexcept {
    if (text.empty()) return true;
    if (text.front() != 'n' && text.front() != 'N') return false;
    if (same_letters(text, "na") || same_letters(text, "null")) return true;
    return same_letters(text.substr(0, 3), "n/a") &&
           (text.size() == 3 || text[3] == ' ' || text[3] == '(');
}

bool absent_attribute(std::string_view text) noexcept {
    return absent_value(text) || same_letters(text, "nan");
}

bool parse_time(std::string_view text, std::int64_t& out) noexcept {
    double number = 0.0;
    if (parse_number(text, number)) {
        constexpr double kSecondsBelow = 1e11;
        constexpr double kMost = 9e15;
        if (std::abs(number) > kMost) return false;
        out = static_cast<std::int64_t>(
            std::floor(std::abs(number) < kSecondsBelow ? number * 1000.0 : number));
        return true;
    }
    return parse_iso_time(text, out);
}

void Gathered::skip(std::string_view what, std::string_view why, std::uint64_t line) {
    for (Tally& tally : tallies) {
        if (tally.what == what && tally.why == why) {
            ++tally.count;
            return;
        }
    }
    tallies.push_back({.what = what, .why = why, .count = 1, .line = line});
}

void Gathered::append(Gathered&& later, const std::string& file) {
    for (const FirstKind& theirs : later.dimensions) {
        const auto ours = std::ranges::find(dimensions, theirs.name, &FirstKind::name);
        if (ours == dimensions.end()) {
            dimensions.push_back(theirs);
        } else if (ours->kind != theirs.kind) {
            mixed(file, theirs.line, {}, *ours, theirs.text);
        }
    }
    builder.merge(std::move(later.builder));
    rows += later.rows;
    for (const Tally& tally : later.tallies) {
        skip(tally.what, tally.why, tally.line);
        std::ranges::find_if(tallies, [&](const Tally& t) {
            return t.what == tally.what && t.why == tally.why;
        })->count += tally.count - 1;
    }
}

void Gathered::account(const std::string& file, ImportReport& report) const {
    report.rows += rows;
    for (const Tally& tally : tallies) {
        report.skipped.push_back({.what = std::string(tally.what),
                                  .why = std::string(tally.why),
                                  .count = tally.count,
                                  .first = fmt::format("{}:{}", file, tally.line)});
    }
}

std::optional<Row> RowMaker::start(const CsvRecord& record) {
    ++gathered.rows;
    TableBuilder& builder = gathered.builder;
    std::string_view rater = layout_.rater;
    if (!layout_.rater_columns.empty()) {
        rater = joined(record, layout_.rater_columns, joined_);
        if (rater.empty()) {
            gathered.skip(kNoRater, kEmpty, record.line);
            return std::nullopt;
        }
    }
    if (rater_ == kNone || rater != last_rater_) {
        rater_ = builder.rater_id(rater);
        last_rater_.assign(rater);
        if (layout_.rater_kind != RaterKind::person) {
            builder.set_rater_kind(rater_, layout_.rater_kind);
        }
        for (const std::size_t column : layout_.attributes) {
            const std::string_view value = record.fields[column];
            if (!absent_attribute(value)) {
                builder.set_attribute(rater_, records_.header()[column], value);
            }
        }
    }
    const std::string_view id = joined(record, layout_.case_columns, joined_);
    if (id.empty()) {
        gathered.skip(kNoCase, kEmpty, record.line);
        return std::nullopt;
    }
    if (case_ == kNone || id != last_case_) {
        case_ = builder.case_id(id);
        last_case_.assign(id);
        for (const std::size_t column : layout_.context) {
            const std::string_view value = record.fields[column];
            if (!absent_attribute(value)) {
                builder.set_context(case_, records_.header()[column], value);
            }
        }
        if (layout_.text) builder.set_case_text(case_, record.fields[*layout_.text]);
    }
    Row row;
    row.rater = rater_;
    row.source_row = static_cast<std::uint32_t>(record.line);
    if (layout_.time) set_time(record, row);
    return row;
}

void RowMaker::set_time(const CsvRecord& record, Row& row) {
    const std::string_view text = record.fields[*layout_.time];
    if (absent_attribute(text) || parse_time(text, row.time)) return;
    if (layout_.time_given) {
        refuse({.file = records_.path().string(),
                .line = record.line,
                .field = records_.header()[*layout_.time],
                .expected = "a time (ISO 8601, or seconds or milliseconds since 1970)",
                .found = std::string(text)});
    }
    gathered.skip(kNoTime, "neither ISO 8601 nor seconds since 1970; the judgment is kept",
                  record.line);
}

Id RowMaker::option(const CsvRecord& record) {
    std::string_view id = kOnlyOption;
    if (!layout_.option_columns.empty()) {
        id = joined(record, layout_.option_columns, joined_);
        if (id.empty()) {
            gathered.skip(kNoOption, kEmpty, record.line);
            return kNone;
        }
    }
    if (option_ == kNone || option_case_ != case_ || id != last_option_) {
        option_ = gathered.builder.option_id(case_, id);
        option_case_ = case_;
        last_option_.assign(id);
    }
    return option_;
}

Id RowMaker::dimension(std::string_view name, Kind kind, std::uint64_t line, std::string_view text,
                       std::string_view field) {
    for (const FirstKind& known : gathered.dimensions) {
        if (known.name != name) continue;
        if (known.kind != kind) mixed(records_.path().string(), line, field, known, text);
        return known.id;
    }
    const Id id = gathered.builder.dimension_id(name, kind);
    gathered.dimensions.push_back({.name = std::string(name),
                                   .kind = kind,
                                   .id = id,
                                   .line = line,
                                   .text = std::string(text)});
    return id;
}

void RowMaker::judge(Row row, std::string_view name, std::string_view text, std::uint64_t line,
                     std::string_view field) {
    double number = 0.0;
    const bool numeric = parse_number(text, number);
    if (!numeric && absent_value(text)) {
        gathered.skip(kNoValue, text.empty() ? kEmpty : "the field says that nothing applies",
                      line);
        return;
    }
    if (name.empty()) {
        gathered.skip(kNoDimension, kEmpty, line);
        return;
    }
    std::string_view bare = text;
    if (bare.front() == '-' || bare.front() == '+') bare.remove_prefix(1);
    if (!numeric && (same_letters(bare, "nan") || same_letters(bare, "inf") ||
                     same_letters(bare, "infinity"))) {
        refuse({.file = records_.path().string(),
                .line = line,
                .field = std::string(field),
                .expected = "a finite number",
                .found = std::string(text)},
               "leave the field empty where nothing was judged");
    }
    row.dimension = dimension(name, numeric ? Kind::rating : Kind::label, line, text, field);
    row.value = numeric ? static_cast<float>(number)
                        : static_cast<float>(gathered.builder.category_id(row.dimension, text));
    add(row, field, text);
}

void RowMaker::add(const Row& row, std::string_view field, std::string_view found) {
    try {
        gathered.builder.add(row);
    } catch (const Error& error) {
        throw Error(error.code(), error.message(),
                    Place{.file = records_.path().string(),
                          .line = row.source_row,
                          .field = std::string(field),
                          .expected = error.place().expected,
                          .found = std::string(found)});
    }
}

}  // namespace edgewise::judgment::formats
