#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/judgment/table.hpp"

namespace edgewise::judgment {

// What to read, and how columns map. Everything is optional but `path`; what is left out is told
// from the file (header, first lines, neighbours in its folder) and reported.
struct ImportOptions {
    std::string path;             // a file or a folder: the judgments
    std::string format = "auto";  // an adapter's id
    std::string raters;           // side table: one row a rater
    std::string items;            // side table: one row an item (case or option)
    // Column names. Empty: found by well-known names, and reported.
    std::string case_column;
    std::string option_column;
    std::string other_column;
    std::string rater_column;
    std::string dimension_column;
    std::string value_column;
    std::string winner_column;
    std::string text_column;
    std::string time_column;
    std::vector<std::string> value_columns;    // wide tables: one dimension each
    std::vector<std::string> context_columns;  // of the case
    std::vector<std::string> rater_columns;    // attributes of raters in the judgment file itself
    std::vector<std::string> negative;         // dimensions whose high values are unwanted
    std::vector<std::string> scales;           // "dimension=low..high"; "*=1..5" for all
    std::vector<std::string> machines;         // raters that are models, by id
    std::string pseudonymise_key_file;         // HMAC-SHA-256 with this key replaces raters' ids
    std::uint64_t most_rows = 0;               // 0: all
};

struct Mapped {
    std::string from;  // "ratings.csv: annotator_id"
    std::string to;    // "rater"
};

// Something left out on the way in, never silently.
struct Skipped {
    std::string what;  // "rows without a value"
    std::string why;
    std::uint64_t count = 0;
    std::string first;  // "ratings.csv:17"
};

struct ImportReport {
    std::string format;
    std::string why_format;  // how it was told
    std::vector<std::string> files;
    std::vector<Mapped> mapped;
    std::vector<Skipped> skipped;
    std::vector<std::string> notes;  // assumptions made: "scale of \"racist\" taken from the data"
    std::uint64_t rows = 0;          // records read from the judgment files
    std::uint64_t judgments = 0;
};

struct Imported {
    JudgmentTable table;
    ImportReport report;
};

// A public format, one file each under adapters/, one line in adapters().
struct Adapter {
    std::string_view id;  // "long_table"
    std::string_view summary;
    std::string_view source;  // where the format is published
    // How sure the adapter is that `path` is its format, 0 (no) to 1, and why. Must be cheap: reads
    // names and first lines only.
    double (*recognise)(const std::filesystem::path& path, std::string& why);
    Imported (*read)(const ImportOptions& options, const Job& job);
};

// Sorted by id.
std::span<const Adapter> adapters() noexcept;
const Adapter& adapter(std::string_view id);  // Error(not_found) names the known ones

// Reads judgments in any known format. With format "auto" the surest adapter is taken; when none is
// sure, Error(unsupported) says what was tried and how to name columns. Pseudonymises raters' ids
// and ends with the checks that hold for all formats (no judgments: Error(invalid_data)).
Imported import(const ImportOptions& options, const Job& job);

// The native folder: cases.jsonl, options.jsonl, raters.jsonl, dimensions.jsonl, judgments.jsonl
// (each may be .gz or .zst), documented in docs/format.md. Writes all files under temporary names
// and renames them together; `compress` is "", ".gz" or ".zst".
void write_workspace(const JudgmentTable& table, const std::filesystem::path& folder,
                     std::string_view compress, const Job& job);

}  // namespace edgewise::judgment
