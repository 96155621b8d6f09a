#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/judgment/native.hpp"
#include "edgewise/judgment/native_line.hpp"

namespace edgewise::judgment {
namespace {

namespace fs = std::filesystem;

fs::path find_file(const fs::path& folder, const std::string& name) {
    fs::path found;
    for (const char* packed : {"", ".gz", ".zst"}) {
        const fs::path path = folder / (name + ".jsonl" + packed);
        std::error_code ignored;
        if (!fs::exists(path, ignored)) continue;
        if (!found.empty()) {
            refuse({.file = folder.string(),
                    .line = 0,
                    .field = {},
                    .expected = "one file of " + name,
                    .found = found.filename().string() + " and " + path.filename().string()},
                   "remove the one that is out of date");
        }
        found = path;
    }
    return found;
}

// Calls take(text, line) for every line that is not blank.
template <class Take>
void each_line(const Block& block, Take take) {
    std::string_view rest = block.text;
    for (std::uint64_t line = block.first_line; !rest.empty(); ++line) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view text = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (text.find_first_not_of(" \t\r") != std::string_view::npos) take(text, line);
    }
}

// Side files are read by one thread: they are short beside the judgments.
template <class Take>
void each_line(const fs::path& path, Take take) {
    if (path.empty()) return;
    read_blocks(path, {}, Job(), [&](const Block& block) {
        each_line(block, take);
        return std::function<void()>();
    });
}

// Knows which names the side files declare, and refuses others.
class Declared {
public:
    bool cases = false;
    bool options = false;
    bool raters = false;
    std::size_t dimensions = 0;  // 0: not declared

    Declared(const WorkspaceFiles& files, TableBuilder& builder) : files_(files), to_(builder) {
        cases = !files.cases.empty();
        options = !files.options.empty();
        raters = !files.raters.empty();
        read_dimensions();
        read_cases();
        read_options();
        read_raters();
    }

    const TableBuilder& builder() const noexcept { return to_; }
    // Are the categories of this dimension declared?
    bool closed(Id dimension) const {
        return dimension < known_.size() && known_[dimension].categories.size() > 0;
    }

    // Gives a block's builder the declared dimensions, so that it can check values against them.
    void seed(TableBuilder& block) const {
        for (Id d = 0; d < dimensions; ++d) {
            const Dimension& declared = known_[d];
            const Id id = block.dimension_id(declared.name, declared.kind);
            for (std::size_t c = 0; c < declared.categories.size(); ++c) {
                block.category_id(id, declared.categories[c]);
            }
            block.dimension(id) = declared;
        }
    }

private:
    // Ids are given in order: one that is not the next was there before.
    static void once(Id id, Id& next, const fs::path& file, std::uint64_t line,
                     std::string_view field, std::string_view name) {
        if (id == next) {
            ++next;
            return;
        }
        refuse({.file = file.string(),
                .line = line,
                .field = std::string(field),
                .expected = "every id once",
                .found = fmt::format("\"{}\" again", name)});
    }

    void read_dimensions() {
        NativeLineReader reader(files_.dimensions.string());
        Id next = 0;
        each_line(files_.dimensions, [&](std::string_view text, std::uint64_t line) {
            const Dimension& read = reader.read_dimension(text, line);
            const Id known = to_.find_dimension(read.name);
            once(known == kNone ? next : known, next, files_.dimensions, line, "name", read.name);
            const Id id = to_.dimension_id(read.name, read.kind);
            for (std::size_t c = 0; c < read.categories.size(); ++c) {
                to_.category_id(id, read.categories[c]);
            }
            to_.dimension(id) = read;
            known_.push_back(read);
        });
        dimensions = next;
    }

    void read_cases() {
        NativeLineReader reader(files_.cases.string());
        Id next = 0;
        each_line(files_.cases, [&](std::string_view text, std::uint64_t line) {
            const CaseLine& read = reader.read_case(text, line);
            const Id id = to_.case_id(read.id);
            once(id, next, files_.cases, line, "id", read.id);
            to_.set_case_text(id, read.text);
            for (const auto& [name, value] : read.context.values) {
                to_.set_context(id, name, value);
            }
        });
    }

    void read_options() {
        NativeLineReader reader(files_.options.string());
        Id next = 0;
        each_line(files_.options, [&](std::string_view text, std::uint64_t line) {
            const OptionLine& read = reader.read_option(text, line);
            if (cases && to_.find_case(read.case_) == kNone) {
                refuse({.file = files_.options.string(),
                        .line = line,
                        .field = "case",
                        .expected = "a case of " + files_.cases.filename().string(),
                        .found = fmt::format("\"{}\"", read.case_)});
            }
            const Id id = to_.option_id(to_.case_id(read.case_), read.id);
            once(id, next, files_.options, line, "id", read.id);
            to_.set_option_text(id, read.text);
        });
    }

    void read_raters() {
        NativeLineReader reader(files_.raters.string());
        Id next = 0;
        each_line(files_.raters, [&](std::string_view text, std::uint64_t line) {
            const RaterLine& read = reader.read_rater(text, line);
            const Id id = to_.rater_id(read.id);
            once(id, next, files_.raters, line, "id", read.id);
            to_.set_rater_kind(id, read.kind);
            for (const auto& [name, value] : read.attributes.values) {
                to_.set_attribute(id, name, value);
            }
        });
    }

    const WorkspaceFiles& files_;
    TableBuilder& to_;
    std::vector<Dimension>
        known_;  // a copy: merging may change the builder's while blocks are read
};

// One block of judgments on its way into a builder of its own.
class BlockReader {
public:
    BlockReader(const WorkspaceFiles& files, const Declared& declared)
        : files_(files), declared_(declared), lines_(files.judgments.string()) {
        declared.seed(builder_);
    }

    void take(std::string_view text, std::uint64_t line) {
        const JudgmentLine& read = lines_.read_judgment(text, line);
        line_ = line;
        try {
            add(read);
        } catch (const Error& e) {
            if (!e.place().file.empty()) throw;
            Place place = e.place();
            place.file = files_.judgments.string();
            place.line = line;
            throw Error(e.code(), e.message(), std::move(place));
        }
    }

    TableBuilder builder_;

private:
    [[noreturn]] void unknown(std::string_view field, const fs::path& file,
                              std::string_view name) const {
        refuse({.file = files_.judgments.string(),
                .line = line_,
                .field = std::string(field),
                .expected = "one that " + file.filename().string() + " names",
                .found = fmt::format("\"{}\"", name)});
    }

    // Ids are dense: a name that gets the next id is new to this block, and is looked up once.
    Id case_of(std::string_view name) {
        const Id id = builder_.case_id(name);
        if (id != cases_) return id;
        ++cases_;
        if ((declared_.cases || declared_.options) &&
            declared_.builder().find_case(name) == kNone) {
            unknown("case", declared_.cases ? files_.cases : files_.options, name);
        }
        return id;
    }
    Id option_of(Id case_, std::string_view case_name, std::string_view name,
                 std::string_view field) {
        const Id id = builder_.option_id(case_, name);
        if (id != options_) return id;
        ++options_;
        if (declared_.options && declared_.builder().find_option(
                                     declared_.builder().find_case(case_name), name) == kNone) {
            unknown(field, files_.options, name);
        }
        return id;
    }
    Id rater_of(std::string_view name) {
        const Id id = builder_.rater_id(name);
        if (id != raters_) return id;
        ++raters_;
        if (declared_.raters && declared_.builder().find_rater(name) == kNone) {
            unknown("rater", files_.raters, name);
        }
        return id;
    }

    void add(const JudgmentLine& read) {
        Row row;
        const Id case_ = case_of(read.case_);
        row.rater = rater_of(read.rater);
        row.dimension = builder_.dimension_id(read.dimension, read.kind);
        if (!files_.dimensions.empty() && row.dimension >= declared_.dimensions) {
            unknown("dimension", files_.dimensions, read.dimension);
        }
        row.weight = static_cast<float>(read.weight);
        row.confidence = static_cast<float>(read.confidence);
        row.time = read.time;
        row.flags = read.flags;
        row.reason = read.reason;
        row.source_row = static_cast<std::uint32_t>(line_);
        row.value = static_cast<float>(read.value);
        switch (read.kind) {
            case Kind::rating:
            case Kind::vote:
                row.option = option_of(case_, read.case_, read.option, "option");
                builder_.add(row);
                break;
            case Kind::comparison:
                row.option = option_of(case_, read.case_, read.option, "a");
                row.other = option_of(case_, read.case_, read.other, "b");
                builder_.add(row);
                break;
            case Kind::label: {
                row.option = option_of(case_, read.case_, read.option, "option");
                const std::size_t known = builder_.dimension(row.dimension).categories.size();
                const Id category = builder_.category_id(row.dimension, read.label);
                if (category >= known && declared_.closed(row.dimension)) {
                    unknown("label", files_.dimensions, read.label);
                }
                row.value = static_cast<float>(category);
                builder_.add(row);
                break;
            }
            case Kind::ranking:
                row.ballot = builder_.next_ballot();
                for (const auto& [option, rank] : read.ranking) {
                    row.option = option_of(case_, read.case_, option, "ranking");
                    row.value = static_cast<float>(rank);
                    builder_.add(row);
                    row.reason = {};
                }
                break;
            case Kind::approval:
                row.ballot = builder_.next_ballot();
                for (const std::string_view option : read.offered) {
                    row.option = option_of(case_, read.case_, option, "offered");
                    const bool approved =
                        std::ranges::find(read.approved, option) != read.approved.end();
                    row.value = approved ? 1.0F : 0.0F;
                    builder_.add(row);
                    row.reason = {};
                }
                break;
        }
    }

    const WorkspaceFiles& files_;
    const Declared& declared_;
    NativeLineReader lines_;
    std::uint64_t line_ = 0;
    Id cases_ = 0;
    Id options_ = 0;
    Id raters_ = 0;
};

}  // namespace

WorkspaceFiles find_workspace(const fs::path& folder) {
    return {.cases = find_file(folder, "cases"),
            .options = find_file(folder, "options"),
            .raters = find_file(folder, "raters"),
            .dimensions = find_file(folder, "dimensions"),
            .judgments = find_file(folder, "judgments")};
}

WorkspaceRead read_workspace_files(const WorkspaceFiles& files, std::uint64_t most_rows,
                                   const Job& job) {
    WorkspaceRead out;
    const Declared declared(files, out.builder);
    // A limit counts lines in their order, which only one thread knows as it goes.
    const Job alone;
    read_blocks(files.judgments, {}, most_rows > 0 ? alone : job, [&](const Block& block) {
        auto reader = std::make_shared<BlockReader>(files, declared);
        std::uint64_t rows = 0;
        each_line(block, [&](std::string_view text, std::uint64_t line) {
            if (most_rows > 0 && out.rows + rows >= most_rows) {
                if (out.skipped++ == 0) out.first_skipped = line;
                return;
            }
            reader->take(text, line);
            ++rows;
        });
        return [reader, rows, &out] {
            out.builder.merge(std::move(reader->builder_));
            out.rows += rows;
        };
    });
    return out;
}

}  // namespace edgewise::judgment
