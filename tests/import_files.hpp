#pragma once

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/judgment/import.hpp"

// What tests of the readers share: files written on the spot, and short ways to ask.
namespace edgewise::test {

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "edgewise-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::string write(std::string_view name, std::string_view text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
        return (path_ / name).string();
    }

private:
    std::filesystem::path path_;
};

inline judgment::ImportOptions from(const std::string& path) {
    judgment::ImportOptions options;
    options.path = path;
    return options;
}

inline judgment::Imported import_file(const judgment::ImportOptions& options,
                                      unsigned threads = 1) {
    return judgment::import(options, Job({}, {}, threads));
}

// The error of an import, without the folder in front of the file's name; "accepted" if none.
inline std::string complaint(const judgment::ImportOptions& options) {
    try {
        judgment::import(options, Job());
    } catch (const Error& error) {
        CHECK(kind_of(error.code()).exit_status == 2);
        std::string what = error.what();
        const std::string folder = std::filesystem::path(options.path).parent_path().string() + "/";
        for (std::size_t at = what.find(folder); !folder.empty() && at != std::string::npos;
             at = what.find(folder)) {
            what.erase(at, folder.size());
        }
        return what;
    }
    return "accepted";
}

inline bool noted(const judgment::Imported& imported, std::string_view words) {
    return std::ranges::any_of(imported.report.notes, [&](const std::string& note) {
        return note.find(words) != std::string::npos;
    });
}

inline const judgment::Skipped* skipped(const judgment::Imported& imported,
                                        std::string_view words) {
    for (const judgment::Skipped& entry : imported.report.skipped) {
        if (entry.what.find(words) != std::string::npos) return &entry;
    }
    return nullptr;
}

// The text of an attribute (or context) for an entity; empty if not known or not there.
inline std::string attribute(const std::vector<judgment::Attribute>& all, std::string_view name,
                             judgment::Id entity) {
    for (const judgment::Attribute& attribute : all) {
        if (attribute.name != name) continue;
        const judgment::Id code = attribute.code(entity);
        return code == judgment::kNone ? std::string() : std::string(attribute.values[code]);
    }
    return {};
}

// The path of a real data set, or nothing where it does not lie beside the checkout.
inline std::string shared(std::string_view name) {
    const std::filesystem::path path = std::filesystem::path(EDGEWISE_SHARED) / "data" / name;
    if (std::filesystem::exists(path)) return path.string();
    MESSAGE("skipped, not there: " << path.string());
    return {};
}

}  // namespace edgewise::test
