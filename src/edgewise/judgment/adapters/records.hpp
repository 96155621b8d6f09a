#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/base/csv.hpp"
#include "edgewise/base/job.hpp"
#include "edgewise/judgment/adapters/json_objects.hpp"

namespace edgewise::judgment::formats {

// A file of records with named fields, whichever way it is written: CSV, TSV, JSON Lines (told by
// its first character, a brace) or a JSON array of objects (told by a bracket before a brace),
// plain or compressed. A field of a JSON record is its text: a
// string without quotes, a number as written, a list or object as JSON, null as nothing. The
// columns of a JSON Lines file are the members of its first 1,000 objects, in order of appearance;
// a member that first appears later is not read. Lines are read in blocks; a JSON array
// must fit into memory and have at most 256 MiB.
class Records {
public:
    // What a file is whose first character is a brace: objects on lines, or one object whose
    // members are the records. Their names then make the first column, kKeyColumn.
    enum class Shape { lines, keyed };
    static constexpr std::string_view kKeyColumn = "(key)";

    // Throws what CsvFile throws; Error(invalid_data) for a JSON file without any object.
    explicit Records(std::filesystem::path path, Shape shape = Shape::lines);

    const std::filesystem::path& path() const noexcept { return path_; }
    // The file's name without its folder, as reports and errors give it.
    const std::string& name() const noexcept { return name_; }
    const std::vector<std::string>& header() const noexcept { return header_; }
    bool json() const noexcept { return !csv_; }
    std::optional<std::size_t> find(std::string_view column) const noexcept;
    bool has(std::span<const std::string_view> columns) const noexcept;  // all of them
    // Throws Error(invalid_data) that lists the columns there are.
    std::size_t column(std::string_view name) const;

    // Blocks in parallel, merged in file order. With `most` > 0 only that many records are read,
    // all into one reader.
    void read(const Job& job, std::uint64_t most,
              const std::function<std::unique_ptr<CsvBlockReader>()>& make) const;
    // In order, on this thread.
    void each(const std::function<void(const CsvRecord&)>& record) const;
    // Copies of the first records: at most `most`, and only the first 256 KiB or so are looked at.
    std::vector<std::vector<std::string>> sample(std::size_t most) const;

private:
    enum class Form { lines, array, keyed };  // of a JSON file

    void each_whole(std::size_t most, bool start,
                    const std::function<void(std::string_view, const JsonObject&)>& object) const;

    std::filesystem::path path_;
    std::string name_;
    std::vector<std::string> header_;
    std::optional<CsvFile> csv_;
    Form form_ = Form::lines;
};

// True if the first character that is no space is a brace, or a bracket before a brace. Throws for
// what cannot be read.
bool looks_like_json(const std::filesystem::path& path);

// "ratings" for ratings.csv, ratings.tsv.gz, ratings.jsonl.zst; the name itself otherwise.
std::string stem_of(const std::filesystem::path& path);

// `folder`/`stem` with any of the endings this program reads; empty if there is none.
std::filesystem::path sibling(const std::filesystem::path& folder, std::string_view stem);

}  // namespace edgewise::judgment::formats
