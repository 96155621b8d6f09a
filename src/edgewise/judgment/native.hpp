#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/judgment/builder.hpp"

namespace edgewise::judgment {

// The files of a native folder, as found: with .gz or .zst appended or not; empty if absent.
struct WorkspaceFiles {
    std::filesystem::path cases;
    std::filesystem::path options;
    std::filesystem::path raters;
    std::filesystem::path dimensions;
    std::filesystem::path judgments;
};

// Throws Error(invalid_data) where one of them is there twice (plain and compressed).
WorkspaceFiles find_workspace(const std::filesystem::path& folder);

// Reads side files, then judgments on job.threads() threads, at most `most_rows` lines of them
// (0: all). Names must be declared where a side file exists for them; every error names file, line
// and member. O(bytes); the table does not depend on the number of threads.
struct WorkspaceRead {
    TableBuilder builder;
    std::uint64_t rows = 0;           // lines of judgments read
    std::uint64_t skipped = 0;        // lines beyond most_rows
    std::uint64_t first_skipped = 0;  // line of the file
};
WorkspaceRead read_workspace_files(const WorkspaceFiles& files, std::uint64_t most_rows,
                                   const Job& job);

}  // namespace edgewise::judgment
