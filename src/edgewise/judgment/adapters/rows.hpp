#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/judgment/adapters/columns.hpp"
#include "edgewise/judgment/builder.hpp"

namespace edgewise::judgment::formats {

// Rows left out for one reason.
struct Tally {
    std::string_view what;  // literals
    std::string_view why;
    std::uint64_t count = 0;
    std::uint64_t line = 0;  // of the first
};

// The kind that the first value of a dimension gave it, and where.
struct FirstKind {
    std::string name;
    Kind kind = Kind::rating;
    Id id = kNone;
    std::uint64_t line = 0;
    std::string text;  // that value
};

// What one block of records gives and, appended in file order, the whole file.
struct Gathered {
    TableBuilder builder;
    std::uint64_t rows = 0;
    std::vector<Tally> tallies;
    std::vector<FirstKind> dimensions;

    void skip(std::string_view what, std::string_view why, std::uint64_t line);
    // `file` names the file in errors: a dimension must not hold numbers here and texts there.
    void append(Gathered&& later, const std::string& file);
    // Adds what was left out to the report.
    void account(const std::string& file, ImportReport& report) const;
};

// Turns records into rows of a Gathered: the steps that long, wide and pairwise tables share. One
// for each block. Remembers the last case and rater, since files mostly come in runs of them.
class RowMaker {
public:
    RowMaker(const Records& records, const Layout& layout) : records_(records), layout_(layout) {}

    Gathered gathered;

    // The case, rater and time of the record in a new row. Nothing if the case or the rater has no
    // name; the record is then counted as left out.
    std::optional<Row> start(const CsvRecord& record);
    // The last started record's case.
    Id case_id() const noexcept { return case_; }
    // The option of that case that the layout's option columns name, or the only one.
    Id option(const CsvRecord& record);
    // Adds a judgment of `text` on a dimension: a rating if it is a number, a label otherwise.
    // Counts an absent value (see absent_value) as left out. `field` names the column in errors.
    void judge(Row row, std::string_view dimension, std::string_view text, std::uint64_t line,
               std::string_view field);
    // Adds a row that is complete; gives an error of the builder its file and line.
    void add(const Row& row, std::string_view field, std::string_view found);
    // The dimension, of a kind that is known beforehand.
    Id dimension(std::string_view name, Kind kind, std::uint64_t line, std::string_view text,
                 std::string_view field);

private:
    void set_time(const CsvRecord& record, Row& row);

    const Records& records_;
    const Layout& layout_;
    std::string joined_;
    std::string last_case_, last_rater_, last_option_;
    Id case_ = kNone, rater_ = kNone, option_ = kNone, option_case_ = kNone;
};

// True for what files write where nothing was judged: nothing at all, NA, N/A, N/A (and a reason),
// null. NaN is not one of them: it is refused.
bool absent_value(std::string_view text) noexcept;
// True for an attribute that is not known: as above, or NaN as data frames write it.
bool absent_attribute(std::string_view text) noexcept;

// Milliseconds since 1970 of a number (seconds below 1e11, else milliseconds) or of an ISO 8601
// time ("2023-07-18", "2023-07-18T06:20:33.5+02:00"; no zone is UTC).
bool parse_time(std::string_view text, std::int64_t& out) noexcept;

}  // namespace edgewise::judgment::formats
