// The readers of public formats: whatever the bytes are, an import ends with a table or with an
// Error that the person who called can mend, never with a broken invariant. The first line names
// the format (any other word: it is told from the file), the rest is the judgment file; formats
// that are folders have their files, with NUL between them, in the order below.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

#include "edgewise/base/error.hpp"
#include "edgewise/judgment/import.hpp"

namespace {

namespace fs = std::filesystem;

// In memory where there is a memory file system: the fuzzer writes thousands of files a second.
const fs::path& folder() {
    static const fs::path path = [] {
        const fs::path base = fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
        fs::path made = base / ("edgewise-fuzz-" + std::to_string(::getpid()));
        fs::create_directories(made);
        return made;
    }();
    return path;
}

void write(std::string_view name, std::string_view text) {
    std::ofstream(folder() / name, std::ios::binary | std::ios::trunc) << text;
}

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 1> kPlain{"judged.csv"};
constexpr std::array<std::string_view, 3> kNotes{"ratings-00000.tsv", "ratings-00001.tsv",
                                                 "notes-00000.tsv"};
constexpr std::array<std::string_view, 4> kLlmfao{
    "crowd-comparisons.csv", "gpt4-crowd-comparisons.csv", "models.jsonl", "prompts.jsonl"};
constexpr std::array<std::string_view, 2> kMtBench{"comparisons_joined.csv", "question.jsonl"};
constexpr std::array<std::string_view, 3> kPolis{"comments.csv", "votes.csv",
                                                 "participants-votes.csv"};

constexpr std::array<std::string_view, 2> kPrism{"utterances.jsonl", "survey.jsonl"};

struct Layout {
    std::string_view format;
    Names names;
};

constexpr std::array<Layout, 5> kFolders{{{"community_notes", kNotes},
                                          {"llmfao", kLlmfao},
                                          {"mt_bench", kMtBench},
                                          {"polis_export", kPolis},
                                          {"prism", kPrism}}};

// Writes the parts of `text` under the names; the path to import. One part is a file, not a folder.
std::string lay_out(std::string_view format, std::string_view text) {
    for (const auto& entry : fs::directory_iterator(folder())) fs::remove(entry.path());
    const auto known = std::ranges::find(kFolders, format, &Layout::format);
    const bool parts = known != kFolders.end() && text.find('\0') != std::string_view::npos;
    for (const std::string_view name : parts ? known->names : Names(kPlain)) {
        const std::size_t end = parts ? std::min(text.find('\0'), text.size()) : text.size();
        if (end > 0) write(name, text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    const fs::path file = folder() / kPlain.front();
    if (!parts && !fs::exists(file)) write(kPlain.front(), {});
    return parts ? folder().string() : file.string();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace edgewise;
    using namespace edgewise::judgment;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t line = std::min(text.find('\n'), text.size());
    const std::string_view named = text.substr(0, line);
    text.remove_prefix(std::min(line + 1, text.size()));
    if (named == "workspace") return 0;  // has a target of its own
    ImportOptions options;
    if (std::ranges::find(adapters(), named, &Adapter::id) != adapters().end()) {
        options.format = named;
    }
    options.path = lay_out(named, text);
    try {
        const Imported got = import(options, Job());
        ensure(got.table.size() > 0, "an import without judgments is refused");
        ensure(got.report.judgments == got.table.size(), "the report counts the table");
    } catch (const Error& error) {
        if (error.code() == ErrorCode::internal) throw;  // ends the run: a broken invariant
    }
    return 0;
}
