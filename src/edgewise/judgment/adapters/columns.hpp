#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/judgment/adapters/records.hpp"
#include "edgewise/judgment/import.hpp"

namespace edgewise::judgment::formats {

// The option of a case that has only one.
inline constexpr std::string_view kOnlyOption = "only";
// The rater of a file that does not say who judged.
inline constexpr std::string_view kUnknownRater = "unknown";

// The parts that a column can play and the names by which each is known. Names are compared
// without case, blanks, points, hyphens and underscores; the first that fits is taken.
enum class Part { case_id, option, rater, dimension, value, winner, text, time };
std::span<const std::string_view> known_names(Part part) noexcept;

// True if `name` is one of the well-known names of the part.
bool is_known(Part part, std::string_view name) noexcept;
// The column of `header` with the best known name of the part.
std::optional<std::size_t> find_known(Part part, std::span<const std::string> header);

// Of the options that say how to read a table, those that a format with files and columns of its
// own does not take: throws Error(invalid_argument) that names the first one given. `tables` are
// the side tables that it does take.
enum class Takes { nothing, raters, raters_and_items };
void refuse_options(const ImportOptions& options, std::string_view format, Takes tables);

// The two sides of a comparison, where both are there by well-known names.
struct Sides {
    std::size_t one = 0;
    std::size_t other = 0;
};
std::optional<Sides> find_sides(std::span<const std::string> header);

// Which column of a file plays which part. Columns are indices into the header.
struct Layout {
    std::vector<std::size_t> case_columns;  // several are joined by "/"
    std::vector<std::size_t> option_columns;
    std::vector<std::size_t> rater_columns;
    std::optional<std::size_t> other;
    std::optional<std::size_t> dimension;
    std::optional<std::size_t> value;
    std::optional<std::size_t> winner;
    std::optional<std::size_t> text;
    std::optional<std::size_t> time;
    bool time_given = false;              // asked for by name, so an unreadable time is an error
    std::vector<std::size_t> values;      // one dimension each
    std::vector<std::size_t> context;     // of the case
    std::vector<std::size_t> attributes;  // of the rater
    // Who judged where there is no rater column.
    std::string rater{kUnknownRater};
    RaterKind rater_kind = RaterKind::person;
};

// Finds columns and keeps the account of what was taken for what.
class ColumnFinder {
public:
    ColumnFinder(const Records& records, ImportReport& report)
        : records_(records), report_(report), used_(records.header().size(), false) {}

    // `given` is a column's name, or several (commas between); empty: the best known name among
    // the columns that are still free. Nothing found: empty. A given name that is not there throws.
    std::vector<std::size_t> several(Part part, const std::string& given, std::string_view role);
    std::optional<std::size_t> one(Part part, const std::string& given, std::string_view role);
    // All of `given` by name; throws for one that is not there.
    std::vector<std::size_t> named(std::span<const std::string> given, std::string_view role);
    void take(std::size_t column, std::string_view role);
    bool used(std::size_t column) const { return used_[column]; }

    // Rater and case. Throws Error(invalid_data) if no case column is found. A rater column that
    // does not tell people apart ("rater_slot", "session") and a missing one are noted.
    void subject(const ImportOptions& options, Layout& layout);
    // Text, time, context and raters' attributes, after the parts that a format needs are taken.
    void rest(const ImportOptions& options, Layout& layout);
    // Reports the columns that play no part, as one entry.
    void close(std::string_view why);

private:
    const Records& records_;
    ImportReport& report_;
    std::vector<bool> used_;
};

}  // namespace edgewise::judgment::formats
