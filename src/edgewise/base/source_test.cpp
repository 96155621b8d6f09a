#include "edgewise/base/source.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"

using namespace edgewise;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "edgewise-source-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    fs::path file(const std::string& name, const std::string& text) const {
        std::ofstream(path / name, std::ios::binary) << text;
        return path / name;
    }
    fs::path packed(const std::string& name, const std::string& text) const {
        AtomicFile file(path / name);
        file.write(text);
        file.commit();
        return path / name;
    }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(path), fs::directory_iterator()));
    }
};

std::string slurp(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

template <class Call>
std::string complaint(Call call, ErrorCode code = ErrorCode::invalid_data) {
    try {
        call();
    } catch (const Error& e) {
        CHECK(e.code() == code);
        const std::string what = e.what();
        return what.substr(what.rfind('/') + 1);
    }
    return "accepted";
}

struct Blocks {
    std::string text;
    std::vector<std::uint64_t> lines;
    std::vector<std::uint64_t> indices;
};

Blocks blocks(const fs::path& path, const ReadOptions& options, unsigned threads = 1) {
    Blocks out;
    read_blocks(path, options, Job({}, {}, threads), [&](const Block& block) {
        std::string copy(block.text);
        const std::uint64_t line = block.first_line;
        const std::uint64_t index = block.index;
        return [&out, copy, line, index] {
            out.text += copy;
            out.lines.push_back(line);
            out.indices.push_back(index);
        };
    });
    return out;
}

std::string numbered(int lines) {
    std::string text;
    for (int i = 1; i <= lines; ++i) text += "line " + std::to_string(i) + "\n";
    return text;
}

}  // namespace

TEST_SUITE("base/source") {
    TEST_CASE("plain, gzip and zstandard files hold the same text whatever they are called") {
        const Folder folder;
        const std::string text = numbered(30'000) + "no line feed at the end";
        for (const std::string name : {"a.txt", "a.gz", "a.zst"}) {
            CAPTURE(name);
            const fs::path path = folder.packed(name, text);
            CHECK(read_text(path) == text);
            fs::rename(path, folder.path / "nameless");
            CHECK(read_text(folder.path / "nameless") == text);
            CHECK(read_head(folder.path / "nameless", 10) == text.substr(0, 10));
        }
        CHECK(slurp(folder.packed("b.gz", text)).size() < text.size() / 2);
    }

    TEST_CASE("members and frames that follow each other are one text") {
        const Folder folder;
        for (const std::string name : {"a.gz", "a.zst"}) {
            const std::string once = slurp(folder.packed(name, "one\n"));
            CHECK(read_text(folder.file(name, once + once)) == "one\none\n");
        }
    }

    TEST_CASE("every prefix of a compressed file is refused as truncated") {
        const Folder folder;
        for (const std::string name : {"a.gz", "a.zst"}) {
            const std::string all = slurp(folder.packed(name, numbered(50)));
            for (std::size_t size = 5; size < all.size(); ++size) {
                const fs::path path = folder.file("cut", all.substr(0, size));
                const std::string expected = name == "a.gz"
                                                 ? "cut: this gzip file is truncated"
                                                 : "cut: this zstandard file is truncated";
                REQUIRE(complaint([&] { read_text(path); }) == expected);
            }
        }
    }

    TEST_CASE("a damaged compressed file is refused") {
        const Folder folder;
        for (const std::string name : {"a.gz", "a.zst"}) {
            std::string all = slurp(folder.packed(name, numbered(5000)));
            for (std::size_t i = all.size() / 2; i < all.size() / 2 + 30; ++i) all[i] = 'x';
            const fs::path path = folder.file("bad", all);
            const std::string said = complaint([&] { read_text(path); });
            CHECK(said.find("damaged") != std::string::npos);
        }
    }

    TEST_CASE("blocks join to the file, hold whole lines and know their line numbers") {
        const Folder folder;
        const std::string text = numbered(20'000);
        const fs::path path = folder.file("a.txt", text);
        for (const unsigned threads : {1U, 2U, 5U}) {
            const Blocks got = blocks(path, {.block_bytes = 1000}, threads);
            REQUIRE(got.text == text);
            REQUIRE(got.lines.size() > 100);
            std::size_t at = 0;
            for (std::size_t i = 0; i < got.lines.size(); ++i) {
                REQUIRE(got.indices[i] == i);
                const std::string first = "line " + std::to_string(got.lines[i]) + "\n";
                at = text.find(first, at);
                REQUIRE(at != std::string::npos);
            }
        }
    }

    TEST_CASE("a quoted line feed never ends a block") {
        const Folder folder;
        std::string text;
        for (int i = 0; i < 3000; ++i) text += "a,\"x\ny \"\"\n z\",b\n";
        const fs::path path = folder.file("a.csv", text);
        std::string joined;
        read_blocks(path, {.quoted = true, .block_bytes = 100}, {}, [&](const Block& block) {
            REQUIRE(block.text.starts_with("a,"));
            REQUIRE(block.text.ends_with(",b\n"));
            REQUIRE((block.first_line - 1) % 3 == 0);
            joined += block.text;
            return std::function<void()>();
        });
        CHECK(joined == text);
    }

    TEST_CASE("a byte order mark is skipped and UTF-16 is named") {
        const Folder folder;
        const fs::path marked = folder.file("a.txt", "\xEF\xBB\xBFhello\n");
        CHECK(blocks(marked, {}).text == "hello\n");
        CHECK(read_text(marked) == "hello\n");
        CHECK(read_head(marked, 3) == "hel");
        CHECK(blocks(folder.file("mark.txt", "\xEF\xBB\xBF"), {}).lines.empty());
        CHECK(blocks(folder.file("empty.txt", ""), {}).lines.empty());
        const fs::path wide = folder.file("w.txt", std::string("\xFF\xFEh\0i\0", 6));
        CHECK(complaint([&] { blocks(wide, {}); }) ==
              "w.txt:1: expected UTF-8, found UTF-16; save the file as UTF-8");
    }

    TEST_CASE("bytes that are no UTF-8 are refused with their line") {
        const Folder folder;
        const fs::path path = folder.file("a.txt", numbered(2000) + "caf\xE9\n" + numbered(3));
        for (const unsigned threads : {1U, 3U}) {
            const std::string said = complaint([&] { blocks(path, {.block_bytes = 64}, threads); });
            CHECK(said.starts_with("a.txt:2001: expected UTF-8 text"));
        }
    }

    TEST_CASE("a line without end is refused before it is held in memory") {
        const Folder folder;
        const fs::path path = folder.file("a.txt", "ok\n" + std::string(1 << 20, 'x'));
        const std::string said =
            complaint([&] { blocks(path, {.block_bytes = 1024, .longest_record = 10'000}); });
        CHECK(said.starts_with("a.txt:2: expected a record of at most 10000 bytes, found no end"));
        CHECK(blocks(path, {.block_bytes = 1024, .longest_record = 2 << 20}).lines.size() == 2);
    }

    TEST_CASE("what cannot be read is told apart") {
        const Folder folder;
        CHECK(complaint([&] {
                  read_text(folder.path);
              }).ends_with(": expected a file, found a folder"));
        CHECK(complaint([&] { read_text(folder.path / "no"); }, ErrorCode::not_found) ==
              "no: there is no such file");
        const fs::path path = folder.file("big", "12345");
        CHECK(read_text(path, 5) == "12345");
        CHECK(complaint([&] { read_text(path, 4); }) ==
              "big: expected at most 4 bytes, found more");
    }

    TEST_CASE("the first failing block of the file is the one reported") {
        const Folder folder;
        const fs::path path = folder.file("a.txt", numbered(5000));
        for (int round = 0; round < 20; ++round) {
            std::uint64_t merged = 0;
            const auto read = [&] {
                read_blocks(path, {.block_bytes = 500}, Job({}, {}, 4), [&](const Block& block) {
                    const std::uint64_t index = block.index;
                    if (index == 20) ::usleep(2000);  // later ones fail sooner
                    if (index >= 20) {
                        throw Error(ErrorCode::invalid_data, "block " + std::to_string(index));
                    }
                    return [&merged, index] {
                        CHECK(merged == index);
                        ++merged;
                    };
                });
            };
            CHECK(complaint(read) == "block 20");
            CHECK(merged == 20);
        }
    }

    TEST_CASE("a stopped job ends reading") {
        const Folder folder;
        const fs::path path = folder.file("a.txt", numbered(5000));
        std::stop_source stop;
        std::atomic<int> seen = 0;
        const auto read = [&] {
            read_blocks(path, {.block_bytes = 100}, Job(stop.get_token(), {}, 2),
                        [&](const Block&) {
                            if (++seen == 5) stop.request_stop();
                            return [] {};
                        });
        };
        CHECK(complaint(read, ErrorCode::cancelled) == "the caller cancelled this operation");
        CHECK(seen < 50);
    }
}

TEST_SUITE("base/atomic_file") {
    TEST_CASE("nothing is seen before commit and nothing remains without it") {
        const Folder folder;
        const fs::path path = folder.file("a.txt", "old");
        {
            AtomicFile file(path);
            file.write("fresh and long " + std::string(1'000'000, 'x'));
            CHECK(slurp(path) == "old");
        }
        CHECK(slurp(path) == "old");
        CHECK(folder.files() == 1);
        AtomicFile file(path);
        file.write("new");
        file.commit();
        CHECK(slurp(path) == "new");
        CHECK(folder.files() == 1);
    }

    TEST_CASE("where a file cannot be written the path and the reason are named") {
        const Folder folder;
        const auto write = [](const fs::path& path) {
            AtomicFile file(path);
            file.write("x");
            file.commit();
        };
        CHECK(complaint([&] { write(folder.path / "no" / "a"); }, ErrorCode::unavailable) ==
              "a: cannot be written: No such file or directory");
        CHECK(complaint([&] { write(folder.path); }, ErrorCode::unavailable)
                  .ends_with("cannot be written: it is a folder"));
        CHECK(complaint([&] { write("/dev/full"); }, ErrorCode::unavailable) ==
              "full: cannot be written: it is no ordinary file");
        if (::geteuid() != 0) {
            fs::permissions(folder.path, fs::perms::owner_read | fs::perms::owner_exec);
            CHECK(complaint([&] { write(folder.path / "a"); }, ErrorCode::unavailable) ==
                  "a: cannot be written: Permission denied");
            fs::permissions(folder.path, fs::perms::owner_all);
        }
        CHECK(folder.files() == 0);
    }
}
