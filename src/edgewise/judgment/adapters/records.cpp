#include "edgewise/judgment/adapters/records.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "edgewise/base/csv_split.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"
#include "edgewise/base/source.hpp"

namespace edgewise::judgment::formats {
namespace {

constexpr std::size_t kHeaderObjects = 1000;
constexpr std::size_t kFirstLook = std::size_t{256} << 10;
constexpr std::size_t kLastLook = std::size_t{64} << 20;
constexpr std::size_t kLargestWhole = std::size_t{256} << 20;

// Whole lines from the start of the file: about 256 KiB of them, at least one.
std::string first_lines(const std::filesystem::path& path) {
    for (std::size_t most = kFirstLook;; most *= 8) {
        std::string text = read_head(path, most);
        if (text.size() < most || most >= kLastLook) return text;
        const std::size_t end = text.rfind('\n');
        if (end == std::string::npos) continue;
        text.resize(end + 1);
        return text;
    }
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// One JSON object a line, its members laid out along a header.
class ObjectLine {
public:
    // Calls member(name, text) for each member; names and texts live until the next call.
    template <class Member>
    void parse(std::string_view line, const Member& member) {
        buffer_.assign(line);
        buffer_.append(simdjson::SIMDJSON_PADDING, ' ');
        auto document = parser_.iterate(buffer_.data(), line.size(), buffer_.size());
        simdjson::ondemand::object object = document.get_object();
        for (simdjson::ondemand::field field : object) {
            const std::string_view name = field.unescaped_key();
            simdjson::ondemand::value value = field.value();
            switch (value.type()) {
                case simdjson::ondemand::json_type::string:
                    member(name, value.get_string());
                    break;
                case simdjson::ondemand::json_type::null:
                    member(name, std::string_view{});
                    break;
                case simdjson::ondemand::json_type::array:
                case simdjson::ondemand::json_type::object:
                    member(name, trimmed(simdjson::to_json_string(value)));
                    break;
                default:
                    member(name, trimmed(value.raw_json_token()));
            }
        }
    }

private:
    simdjson::ondemand::parser parser_;
    std::string buffer_;
};

// The line itself is not shown: it may hold ids that are to be replaced.
[[noreturn]] void not_an_object(const std::string& name, std::uint64_t line, const char* reason) {
    refuse({.file = name,
            .line = line,
            .field = {},
            .expected = "one JSON object on the line",
            .found = reason});
}

// Lays the members of one object out along a header.
class Laid {
public:
    Laid(std::string name, const std::vector<std::string>& header)
        : name_(std::move(name)), header_(header), fields_(header.size()) {}

    // `key`, if there is one, is the first column.
    void feed(std::string_view text, std::uint64_t line, const std::string* key,
              const std::function<void(const CsvRecord&)>& record) {
        std::ranges::fill(fields_, std::string_view{});
        const std::size_t own = key == nullptr ? 0 : 1;
        if (own == 1) fields_.front() = *key;
        std::size_t next = own;  // members mostly come in the order of the header
        try {
            object_.parse(text, [&](std::string_view member, std::string_view value) {
                if (next >= header_.size() || header_[next] != member) {
                    next = static_cast<std::size_t>(
                        std::ranges::find(header_.begin() + static_cast<std::ptrdiff_t>(own),
                                          header_.end(), member) -
                        header_.begin());
                }
                if (next < header_.size()) fields_[next++] = value;
            });
        } catch (const simdjson::simdjson_error& error) {
            not_an_object(name_, line, error.what());
        }
        record(CsvRecord{.fields = fields_, .line = line});
    }

private:
    std::string name_;
    const std::vector<std::string>& header_;
    ObjectLine object_;
    std::vector<std::string_view> fields_;
};

// Feeds the lines of one text to `record`, in the order of `header`.
void each_object(const std::string& name, const std::vector<std::string>& header,
                 std::string_view text, std::uint64_t line_number,
                 const std::function<void(const CsvRecord&)>& record) {
    Laid laid(name, header);
    for (std::size_t at = 0; at < text.size(); ++line_number) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = trimmed(text.substr(at, end - at));
        at = end + 1;
        if (!line.empty()) laid.feed(line, line_number, nullptr, record);
    }
}

bool is_array(std::string_view head) {
    head = trimmed(head);
    return head.starts_with('[') && trimmed(head.substr(1)).starts_with('{');
}

constexpr std::array<std::string_view, 2> kPacked{".gz", ".zst"};
constexpr std::array<std::string_view, 6> kEndings{".csv",    ".tsv", ".jsonl",
                                                   ".ndjson", ".txt", ".json"};

}  // namespace

bool looks_like_json(const std::filesystem::path& path) {
    constexpr std::size_t kEnough = 4096;
    const std::string head = read_head(path, kEnough);
    return trimmed(head).starts_with('{') || is_array(head);
}

Records::Records(std::filesystem::path path, Shape shape)
    : path_(std::move(path)), name_(path_.filename().string()) {
    const auto add_members = [&](ObjectLine& object, std::string_view text, std::uint64_t line) {
        try {
            object.parse(text, [&](std::string_view member, std::string_view) {
                if (std::ranges::find(header_, member) == header_.end()) {
                    header_.emplace_back(member);
                }
            });
        } catch (const simdjson::simdjson_error& error) {
            not_an_object(path_.string(), line, error.what());
        }
    };
    if (!looks_like_json(path_)) {
        csv_.emplace(path_);
        header_ = csv_->header();
        return;
    }
    const bool array = is_array(read_head(path_, kFirstLook));
    ObjectLine object;
    if (array || shape == Shape::keyed) {
        form_ = array ? Form::array : Form::keyed;
        if (!array) header_.emplace_back(kKeyColumn);
        each_whole(kHeaderObjects, true, [&](std::string_view text, const JsonObject& at) {
            add_members(object, text, at.line);
        });
        return;
    }
    const std::string text = first_lines(path_);
    std::uint64_t number = 0;
    std::size_t objects = 0;
    for (std::size_t at = 0; at < text.size() && objects < kHeaderObjects;) {
        ++number;
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = trimmed(std::string_view(text).substr(at, end - at));
        at = end + 1;
        if (line.empty()) continue;
        ++objects;
        add_members(object, line, number);
    }
}

// At most `most` objects of one JSON value (0: all), of its first 256 KiB or so if `start` is set.
void Records::each_whole(
    std::size_t most, bool start,
    const std::function<void(std::string_view, const JsonObject&)>& object) const {
    const std::string path = path_.string();
    for (std::size_t look = kFirstLook;; look *= 8) {
        const std::string text = start ? read_head(path_, look) : read_text(path_, kLargestWhole);
        const bool cut = start && text.size() >= look;
        JsonObjects objects(path, text, form_ == Form::keyed, cut);
        JsonObject at;
        std::size_t count = 0;
        while ((most == 0 || count < most) && objects.next(at)) {
            object(std::string_view(text).substr(at.begin, at.size), at);
            ++count;
        }
        if (count > 0 || !cut || look >= kLastLook) return;
    }
}

std::optional<std::size_t> Records::find(std::string_view column) const noexcept {
    const auto at = std::ranges::find(header_, column);
    if (at == header_.end()) return std::nullopt;
    return static_cast<std::size_t>(at - header_.begin());
}

bool Records::has(std::span<const std::string_view> columns) const noexcept {
    return std::ranges::all_of(columns,
                               [&](std::string_view name) { return find(name).has_value(); });
}

std::size_t Records::column(std::string_view name) const {
    if (csv_) return csv_->column(name);
    if (const auto at = find(name)) return *at;
    refuse({.file = path_.string(),
            .line = 1,
            .field = {},
            .expected = fmt::format("a member \"{}\"", name),
            .found = join(header_, ", ")});
}

void Records::read(const Job& job, std::uint64_t most,
                   const std::function<std::unique_ptr<CsvBlockReader>()>& make) const {
    if (most > 0) {
        const std::unique_ptr<CsvBlockReader> only = make();
        each([&](const CsvRecord& record) {
            if (most == 0) return;
            --most;
            only->record(record);
        });
        only->merge();
        return;
    }
    if (csv_) return csv_->read(job, make);
    if (form_ != Form::lines) {
        const std::unique_ptr<CsvBlockReader> only = make();
        each([&](const CsvRecord& record) { only->record(record); });
        only->merge();
        return;
    }
    read_blocks(path_, ReadOptions{}, job, [&](const Block& block) -> std::function<void()> {
        std::shared_ptr<CsvBlockReader> reader = make();
        each_object(path_.string(), header_, block.text, block.first_line,
                    [&](const CsvRecord& record) { reader->record(record); });
        return [reader] { reader->merge(); };
    });
}

void Records::each(const std::function<void(const CsvRecord&)>& record) const {
    if (csv_) return csv_->each(record);
    if (form_ != Form::lines) {
        Laid laid(path_.string(), header_);
        return each_whole(0, false, [&](std::string_view text, const JsonObject& at) {
            laid.feed(text, at.line, form_ == Form::keyed ? &at.key : nullptr, record);
        });
    }
    read_blocks(path_, ReadOptions{}, Job{}, [&](const Block& block) -> std::function<void()> {
        each_object(path_.string(), header_, block.text, block.first_line, record);
        return [] {};
    });
}

std::vector<std::vector<std::string>> Records::sample(std::size_t most) const {
    std::vector<std::vector<std::string>> rows;
    const auto keep = [&](std::span<const std::string_view> fields) {
        if (rows.size() < most) rows.emplace_back(fields.begin(), fields.end());
    };
    if (form_ != Form::lines) {
        Laid laid(path_.string(), header_);
        each_whole(most, true, [&](std::string_view text, const JsonObject& at) {
            laid.feed(text, at.line, form_ == Form::keyed ? &at.key : nullptr,
                      [&](const CsvRecord& record) { keep(record.fields); });
        });
        return rows;
    }
    const std::string text = first_lines(path_);
    if (!csv_) {
        each_object(path_.string(), header_, text, 1,
                    [&](const CsvRecord& record) { keep(record.fields); });
        return rows;
    }
    const CsvHead head = split_head(text, csv_->delimiter(), true);
    // A fault is no concern here: a quoted field may be cut short, and reading reports the others.
    split_csv(std::string_view(text).substr(head.bytes), csv_->delimiter(), header_.size(),
              [&](std::span<const std::string_view> fields, std::uint64_t) { keep(fields); });
    return rows;
}

std::string stem_of(const std::filesystem::path& path) {
    std::string name = path.filename().string();
    for (const std::string_view packed : kPacked) {
        if (name.ends_with(packed)) name.resize(name.size() - packed.size());
    }
    for (const std::string_view ending : kEndings) {
        if (name.ends_with(ending)) {
            name.resize(name.size() - ending.size());
            break;
        }
    }
    return name;
}

std::filesystem::path sibling(const std::filesystem::path& folder, std::string_view stem) {
    for (const std::string_view ending : kEndings) {
        std::filesystem::path plain = folder / (std::string(stem) + std::string(ending));
        std::error_code ignored;
        if (std::filesystem::is_regular_file(plain, ignored)) return plain;
        for (const std::string_view packed : kPacked) {
            std::filesystem::path with = plain;
            with += packed;
            if (std::filesystem::is_regular_file(with, ignored)) return with;
        }
    }
    return {};
}

}  // namespace edgewise::judgment::formats
