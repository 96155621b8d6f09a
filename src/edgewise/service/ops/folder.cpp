#include "edgewise/service/ops/folder.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "edgewise/base/error.hpp"

namespace edgewise::service {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void unavailable(const fs::path& path, const std::string& reason) {
    throw Error(ErrorCode::unavailable, "cannot write here: " + reason,
                Place{.file = path.string(), .line = 0, .field = {}, .expected = {}, .found = {}});
}

void check_writable(const fs::path& folder) {
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        unavailable(folder, std::generic_category().message(errno));
    }
}

bool holds_workspace(const fs::path& folder) {
    for (const char* ending : {"", ".gz", ".zst"}) {
        if (fs::exists(folder / (std::string("judgments.jsonl") + ending))) return true;
    }
    return fs::exists(folder / "ratings.csv") && fs::exists(folder / "truth.json");
}

}  // namespace

void check_workspace_folder(const fs::path& folder) {
    if (folder.empty()) {
        throw Error(ErrorCode::invalid_argument, "expected the folder to write to", "/out");
    }
    std::error_code error;
    const fs::file_status status = fs::status(folder, error);
    if (fs::exists(status)) {
        if (!fs::is_directory(status)) unavailable(folder, "it is a file, not a folder");
        check_writable(folder);
        if (fs::is_empty(folder) || holds_workspace(folder)) return;
        throw Error(
            ErrorCode::conflict,
            "expected an unused folder or an earlier workspace, found a folder with other files",
            Place{.file = folder.string(),
                  .line = 0,
                  .field = {},
                  .expected = "an unused folder or an earlier workspace",
                  .found = "a folder with other files"});
    }
    fs::path above = fs::absolute(folder).lexically_normal();
    do {
        if (above == above.parent_path()) break;
        above = above.has_filename() ? above.parent_path() : above.parent_path().parent_path();
    } while (!fs::exists(above, error));
    if (!fs::is_directory(above, error)) {
        unavailable(folder, above.string() + " is a file, not a folder");
    }
    check_writable(above);
}

std::string compression_ending(const std::string& compress) {
    if (compress.empty() || compress == "none") return {};
    if (compress == "gz" || compress == ".gz" || compress == "gzip") return ".gz";
    if (compress == "zst" || compress == ".zst" || compress == "zstd") return ".zst";
    throw Error(ErrorCode::invalid_argument, "expected gz, zst or none, found " + compress,
                Place{.file = {},
                      .line = 0,
                      .field = "/compress",
                      .expected = "gz, zst or none",
                      .found = compress});
}

}  // namespace edgewise::service
