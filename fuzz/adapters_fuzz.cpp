// The readers of public formats: whatever the bytes are, an import ends with a table or with an
// Error that the person who called can mend, never with a broken invariant. The first byte chooses
// the format, the rest is the judgment file (a Polis export splits it at the first NUL into
// comments and votes).

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace edgewise;
    using namespace edgewise::judgment;
    if (size == 0) return 0;
    const std::string text(data + 1, data + size);
    ImportOptions options;
    const auto formats = adapters();
    const std::size_t choice = data[0] % (formats.size() + 1);
    if (choice < formats.size()) options.format = formats[choice].id;
    if (options.format == "workspace") return 0;  // has a target of its own
    if (options.format == "polis_export") {
        const std::size_t split = text.find('\0');
        write("comments.csv", std::string_view(text).substr(0, split));
        write("votes.csv", split == std::string::npos ? std::string_view()
                                                      : std::string_view(text).substr(split + 1));
        options.path = (folder() / "votes.csv").string();
    } else {
        write("judged.csv", text);
        options.path = (folder() / "judged.csv").string();
    }
    try {
        const Imported got = import(options, Job());
        ensure(got.table.size() > 0, "an import without judgments is refused");
        ensure(got.report.judgments == got.table.size(), "the report counts the table");
    } catch (const Error& error) {
        if (error.code() == ErrorCode::internal) throw;  // ends the run: a broken invariant
    }
    return 0;
}
