// The small files that go beside judgments: declared margins of a population and features of
// options. Whatever the bytes are, reading ends with what the file promises or with an Error that
// the person who called can mend. The first line says which, by the file's name.

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "edgewise/base/error.hpp"
#include "edgewise/estimate/comparisons/features.hpp"
#include "edgewise/estimate/population/margins.hpp"

namespace {

namespace fs = std::filesystem;

// In memory where there is a memory file system: the fuzzer writes thousands of files a second.
fs::path write(std::string_view extension, std::string_view text) {
    static const fs::path base = fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
    fs::path path = base / ("edgewise-side-" + std::to_string(::getpid()));
    path += extension;
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
    return path;
}

void margins(const fs::path& path) {
    for (const auto& margin : edgewise::estimate::read_margins(path).all) {
        double sum = 0.0;
        for (const auto& share : margin.shares) sum += share.share;
        edgewise::ensure(std::abs(sum - 1.0) < 1e-9, "shares that were read sum to 1");
    }
}

void features(const fs::path& path) {
    const auto read = edgewise::estimate::read_features(path);
    edgewise::ensure(read.value.size() == read.option.size() * read.feature.size(),
                     "every option has every feature");
    for (const double x : read.value) edgewise::ensure(std::isfinite(x), "features are numbers");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t line = std::min(text.find('\n'), text.size());
    const std::string_view named = text.substr(0, line);
    text.remove_prefix(std::min(line + 1, text.size()));
    try {
        if (named == "margins.csv") margins(write(".csv", text));
        if (named == "margins.json") margins(write(".json", text));
        if (named == "features.csv") features(write(".csv", text));
        if (named == "features.jsonl") features(write(".jsonl", text));
    } catch (const edgewise::Error& error) {
        if (error.code() == edgewise::ErrorCode::internal) throw;  // ends the run
    }
    return 0;
}
