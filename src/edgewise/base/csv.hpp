#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/base/job.hpp"

namespace edgewise {

// One record of a delimited file. Fields are unquoted; they live until the call returns.
struct CsvRecord {
    std::span<const std::string_view> fields;  // exactly as many as the header
    std::uint64_t line = 0;                    // line of the file on which the record starts
};

// What is read of one block of records, on a thread of its own: make one per block, feed it the
// block's records, then merge it, on one thread, in file order.
class CsvBlockReader {
public:
    virtual ~CsvBlockReader() = default;
    virtual void record(const CsvRecord& record) = 0;
    virtual void merge() = 0;
};

// A delimited text file with a header line (RFC 4180: quotes, doubled quotes, quoted line feeds;
// CRLF and a byte order mark are accepted). Reads .gz and .zst as they come.
class CsvFile {
public:
    // `delimiter` 0: a tab if the name ends in .tsv (before .gz, .zst) or the header holds tabs and
    // no comma; else a comma. Throws Error(invalid_data) for an empty file and for a column name
    // that stands twice (naming both columns).
    explicit CsvFile(std::filesystem::path path, char delimiter = 0);

    const std::filesystem::path& path() const noexcept { return path_; }
    const std::vector<std::string>& header() const noexcept { return header_; }
    char delimiter() const noexcept { return delimiter_; }
    bool has(std::string_view column) const noexcept;
    // Throws Error(invalid_data) that lists the columns there are and the nearest name.
    std::size_t column(std::string_view name) const;

    // All records. A record with more or fewer fields than the header throws with its line.
    void read(const Job& job, const std::function<std::unique_ptr<CsvBlockReader>()>& make) const;
    // The simple way, for small side tables: one thread, in order.
    void each(const std::function<void(const CsvRecord&)>& record) const;

private:
    std::filesystem::path path_;
    std::vector<std::string> header_;
    char delimiter_ = ',';
};

// The number that `text` is, exactly: no blanks, no trailing text, no NaN or infinity.
bool parse_number(std::string_view text, double& out) noexcept;

}  // namespace edgewise
