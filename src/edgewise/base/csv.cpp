#include "edgewise/base/csv.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <mutex>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "edgewise/base/csv_split.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/base/words.hpp"

namespace edgewise {
namespace {

constexpr std::size_t kLongestHeader = std::size_t{64} << 20;

[[noreturn]] void refuse_fault(const std::filesystem::path& path, const CsvFault& fault,
                               std::uint64_t first_line, const std::vector<std::string>& header) {
    Place place{.file = path.string(),
                .line = first_line + fault.line,
                .field = {},
                .expected = {},
                .found = {}};
    std::string remedy;
    switch (fault.what) {
        case CsvFault::What::open_quote:
            place.expected = "a quote (\") that closes the one opened in this record";
            place.found = "the end of the file";
            break;
        case CsvFault::What::stray_quote:
            if (fault.column < header.size()) place.field = header[fault.column];
            place.expected = "quotes (\") only around a whole field";
            place.found = "one inside it";
            remedy = "double the quotes in a field and put quotes around it";
            break;
        case CsvFault::What::field_count:
            place.expected = std::to_string(header.size()) + " fields, as in the header";
            place.found = std::to_string(fault.fields);
            break;
        case CsvFault::What::none:
            ensure(false, "a fault has a kind");
    }
    refuse(std::move(place), remedy);
}

bool named_tsv(std::filesystem::path path) {
    const std::string last = path.extension().string();
    if (last == ".gz" || last == ".zst") path.replace_extension();
    return path.extension() == ".tsv";
}

}  // namespace

CsvFile::CsvFile(std::filesystem::path path, char delimiter)
    : path_(std::move(path)), delimiter_(delimiter) {
    std::string text;
    CsvHead head;
    for (std::size_t most = std::size_t{64} << 10;; most *= 8) {
        text = read_head(path_, most);
        const bool whole = text.size() < most;
        if (delimiter == 0) {
            // The first line tells; quotes around its names do not hide the tabs between them.
            const std::string_view line = std::string_view(text).substr(0, text.find('\n'));
            const bool tabs = line.find('\t') != std::string_view::npos &&
                              line.find(',') == std::string_view::npos;
            delimiter_ = tabs || named_tsv(path_) ? '\t' : ',';
        }
        head = split_head(text, delimiter_, whole);
        if (head.bytes > 0 || head.fault.what != CsvFault::What::none || whole) break;
        if (most >= kLongestHeader) {
            refuse({.file = path_.string(),
                    .line = 1,
                    .field = {},
                    .expected = "a header line",
                    .found = "no line end in its first 64 MB"});
        }
    }
    if (head.fault.what != CsvFault::What::none) refuse_fault(path_, head.fault, 1, {});
    const std::uint64_t line = std::max<std::uint64_t>(1, head.lines);
    if (head.bytes == 0) {
        refuse({.file = path_.string(),
                .line = 0,
                .field = {},
                .expected = "a header line with the names of the columns",
                .found = "an empty file"});
    }
    header_ = std::move(head.fields);
    std::unordered_map<std::string_view, std::size_t> seen;
    for (std::size_t i = 0; i < header_.size(); ++i) {
        if (header_[i].find('\r') != std::string::npos) {
            refuse({.file = path_.string(),
                    .line = line,
                    .field = {},
                    .expected = "lines that end in LF or CRLF",
                    .found = "CR alone"});
        }
        const auto [first, fresh] = seen.emplace(header_[i], i);
        if (fresh) continue;
        refuse({.file = path_.string(),
                .line = line,
                .field = header_[i],
                .expected = "every column name once",
                .found = "it in columns " + std::to_string(first->second + 1) + " and " +
                         std::to_string(i + 1)},
               "rename one of them");
    }
}

bool CsvFile::has(std::string_view column) const noexcept {
    return std::ranges::find(header_, column) != header_.end();
}

std::size_t CsvFile::column(std::string_view name) const {
    const auto found = std::ranges::find(header_, name);
    if (found != header_.end()) return static_cast<std::size_t>(found - header_.begin());
    std::string known;
    std::size_t named = 0;
    constexpr std::size_t kMostNamed = 40;
    for (const std::string& column : header_) {
        if (named++ == kMostNamed) {
            known += ", ... (" + std::to_string(header_.size()) + " in all)";
            break;
        }
        known += (known.empty() ? "" : ", ") + column;
    }
    const auto nearest = std::ranges::min_element(header_, {}, [&](const std::string& column) {
        return edit_distance(name, column, Case::ignored);
    });
    const bool near =
        edit_distance(name, *nearest, Case::ignored) <= std::max<std::size_t>(2, name.size() / 3);
    throw Error(ErrorCode::invalid_data,
                "there is no column \"" + std::string(name) + "\"" +
                    (near ? ", did you mean \"" + *nearest + "\"?" : ";") + " There are: " + known,
                Place{.file = path_.string(), .line = 1, .field = {}, .expected = {}, .found = {}});
}

void CsvFile::read(const Job& job,
                   const std::function<std::unique_ptr<CsvBlockReader>()>& make) const {
    std::mutex making;
    const ReadOptions options{.quoted = true};
    read_blocks(path_, options, job, [&](const Block& block) -> std::function<void()> {
        std::string_view text = block.text;
        std::uint64_t line = block.first_line;
        if (block.index == 0) {
            const CsvHead head = split_head(text, delimiter_, true);
            text.remove_prefix(head.bytes);
            line += head.lines;
        }
        std::shared_ptr<CsvBlockReader> reader;
        {
            const std::scoped_lock lock(making);
            reader = make();
        }
        const CsvFault fault =
            split_csv(text, delimiter_, header_.size(),
                      [&](std::span<const std::string_view> fields, std::uint64_t at) {
                          reader->record({.fields = fields, .line = line + at});
                      });
        if (fault.what != CsvFault::What::none) refuse_fault(path_, fault, line, header_);
        return [reader] { reader->merge(); };
    });
}

void CsvFile::each(const std::function<void(const CsvRecord&)>& record) const {
    class Direct final : public CsvBlockReader {
    public:
        explicit Direct(const std::function<void(const CsvRecord&)>& to) : to_(to) {}
        void record(const CsvRecord& record) override { to_(record); }
        void merge() override {}

    private:
        const std::function<void(const CsvRecord&)>& to_;
    };
    read(Job(), [&] { return std::make_unique<Direct>(record); });
}

bool parse_number(std::string_view text, double& out) noexcept {
    double number = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
        return false;
    }
    out = number;
    return true;
}

}  // namespace edgewise
