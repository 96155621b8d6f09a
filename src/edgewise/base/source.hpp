#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "edgewise/base/job.hpp"

namespace edgewise {

// A run of whole lines of a file, decompressed, UTF-8 checked and without a byte order mark. At
// least kBlockPadding bytes after the text may be read (their content means nothing), so that a
// parser can take whole vectors without copying the end.
inline constexpr std::size_t kBlockPadding = 64;

struct Block {
    std::string_view text;
    std::uint64_t first_line = 1;  // 1-based number of its first line
    std::uint64_t index = 0;
};

// Reads a file that may be gzip (.gz) or zstandard (.zst) compressed (told by its first bytes, not
// its name) and hands it out in blocks of whole records, about `block_bytes` each: decompression on
// the calling thread, `parse_then_merge` on up to job.threads() threads at once; the function that
// it returns (if any) is called later, one at a time and in file order. Memory stays within
// job.threads() + 3 blocks whatever the size of the file. A record ends at a line feed that is not
// inside double quotes when `quoted` is set (CSV), at any line feed otherwise.
//
// When several blocks fail, the error of the first one in the file is thrown, as one thread would.
//
// Throws Error(not_found), Error(unavailable) and Error(invalid_data): a folder instead of a file,
// a truncated or damaged stream, invalid UTF-8 (with its line), a record that has not ended after
// `longest_record` bytes (with its line and length so far: a 2 GB line must not take 2 GB).
struct ReadOptions {
    bool quoted = false;
    std::size_t block_bytes = std::size_t{4} << 20;
    std::size_t longest_record = std::size_t{64} << 20;
};

void read_blocks(const std::filesystem::path& path, const ReadOptions& options, const Job& job,
                 const std::function<std::function<void()>(const Block&)>& parse_then_merge);

// The whole file as text, for small ones (at most `limit` bytes after decompression).
std::string read_text(const std::filesystem::path& path, std::size_t limit = std::size_t{1} << 30);

// The first `most` bytes of the text, or all of it when it is shorter: enough to tell a format by.
// Without a byte order mark; the last line may be cut short, and UTF-8 is not checked.
std::string read_head(const std::filesystem::path& path, std::size_t most = std::size_t{64} << 10);

// Writes a file under a temporary name in the same folder and renames it into place on commit(), so
// that a reader never sees half of it and a crash leaves the old one. Compresses when the name ends
// in .gz or .zst. Destroyed without commit(): nothing remains.
class AtomicFile {
public:
    explicit AtomicFile(std::filesystem::path path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    // All three, like the constructor, throw Error(unavailable) with the path and the reason.
    void write(std::string_view text);
    void finish();  // flushes to disk, so that a commit() that follows can hardly fail
    void commit();  // finishes and renames

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace edgewise
