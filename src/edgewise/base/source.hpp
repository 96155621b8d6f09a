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

// A run of whole lines of a file, decompressed, UTF-8 checked and without a byte order mark.
struct Block {
    std::string_view text;
    std::uint64_t first_line = 1;  // 1-based number of its first line
    std::uint64_t index = 0;
};

// Reads a file that may be gzip (.gz) or zstandard (.zst) compressed (told by its first bytes, not
// its name) and hands it out in blocks of whole records, about `block_bytes` each: decompression on
// the calling thread, `parse` on up to job.threads() threads, `merge` on one thread in file order.
// Memory stays within a few blocks whatever the size of the file. A record ends at a line feed that
// is not inside double quotes when `quoted` is set (CSV), at any line feed otherwise.
//
// Throws Error(not_found), Error(unavailable) and Error(invalid_data): a folder instead of a file,
// a truncated or damaged stream, invalid UTF-8 (with its line), a record longer than
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

// Writes a file under a temporary name in the same folder and renames it into place on commit(), so
// that a reader never sees half of it and a crash leaves the old one. Compresses when the name ends
// in .gz or .zst. Destroyed without commit(): nothing remains.
class AtomicFile {
public:
    explicit AtomicFile(std::filesystem::path path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::string_view text);
    void commit();  // flushes to disk, renames; Error(unavailable) names the path and the reason

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace edgewise
