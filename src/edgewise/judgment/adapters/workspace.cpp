#include "edgewise/judgment/adapters/workspace.hpp"

#include <system_error>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/judgment/native.hpp"

namespace edgewise::judgment::formats {
namespace {

namespace fs = std::filesystem;

// The folder that `path` is, or that it is the file of judgments of; empty if neither.
fs::path folder_of(const fs::path& path) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) return path;
    const std::string name = path.filename().string();
    if (name != "judgments.jsonl" && name != "judgments.jsonl.gz" &&
        name != "judgments.jsonl.zst") {
        return {};
    }
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

double recognise_workspace(const fs::path& path, std::string& why) {
    const fs::path folder = folder_of(path);
    if (folder.empty() || find_workspace(folder).judgments.empty()) return 0.0;
    why = "it holds judgments.jsonl";
    return 1.0;
}

Imported read_workspace(const ImportOptions& options, const Job& job) {
    const fs::path folder = folder_of(options.path);
    const WorkspaceFiles files = folder.empty() ? WorkspaceFiles() : find_workspace(folder);
    if (files.judgments.empty()) {
        refuse({.file = options.path,
                .line = 0,
                .field = {},
                .expected = "a folder with judgments.jsonl (or .jsonl.gz, .jsonl.zst)",
                .found = {}});
    }
    WorkspaceRead read = read_workspace_files(files, options.most_rows, job);
    ImportReport report;
    const auto name = [](const fs::path& file) { return file.filename().string(); };
    for (const auto& [file, what] :
         {std::pair(files.cases, "cases"), std::pair(files.options, "options"),
          std::pair(files.raters, "raters"), std::pair(files.dimensions, "dimensions"),
          std::pair(files.judgments, "judgments")}) {
        if (file.empty()) {
            report.notes.push_back("there is no file of " + std::string(what) +
                                   ": they are taken from the judgments");
            continue;
        }
        report.files.push_back(file.string());
        report.mapped.push_back({.from = name(file), .to = what});
    }
    if (read.skipped > 0) {
        report.skipped.push_back(
            {.what = "lines after the limit",
             .why = "only that many rows were asked for",
             .count = read.skipped,
             .first = name(files.judgments) + ":" + std::to_string(read.first_skipped)});
    }
    report.rows = read.rows;
    JudgmentTable table = std::move(read.builder).finish();
    report.judgments = table.size();
    return {.table = std::move(table), .report = std::move(report)};
}

}  // namespace edgewise::judgment::formats
