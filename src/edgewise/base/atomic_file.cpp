#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/source.hpp"

namespace edgewise {
namespace {

constexpr std::size_t kPending = std::size_t{256} << 10;

// No two writers, in this process or another, share a temporary name.
std::string temporary_name(const std::filesystem::path& path) {
    static std::atomic<unsigned> count = 0;
    return "." + path.filename().string() + "." + std::to_string(::getpid()) + "-" +
           std::to_string(count++) + ".partial";
}

}  // namespace

struct AtomicFile::State {
    std::filesystem::path path;
    std::filesystem::path temporary;
    int file = -1;
    bool finished = false;
    std::string pending;
    z_stream gzip{};
    bool gzip_open = false;
    std::unique_ptr<ZSTD_CStream, decltype(&ZSTD_freeCStream)> zstd{nullptr, &ZSTD_freeCStream};

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (gzip_open) deflateEnd(&gzip);
        if (file >= 0) ::close(file);
        if (!temporary.empty()) ::unlink(temporary.c_str());
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw Error(
            ErrorCode::unavailable, "cannot be written: " + what,
            Place{.file = path.string(), .line = 0, .field = {}, .expected = {}, .found = {}});
    }
    [[noreturn]] void fail() const { fail(std::generic_category().message(errno)); }

    void put(const char* bytes, std::size_t size) const {
        while (size > 0) {
            const ssize_t done = ::write(file, bytes, size);
            if (done < 0) {
                if (errno == EINTR) continue;
                fail();
            }
            bytes += done;
            size -= static_cast<std::size_t>(done);
        }
    }

    // Sends `pending` on its way, compressed or not; `last` ends the stream.
    void flush(bool last) {
        if (gzip_open) {
            flush_gzip(last);
        } else if (zstd != nullptr) {
            flush_zstd(last);
        } else {
            put(pending.data(), pending.size());
        }
        pending.clear();
    }

    void flush_gzip(bool last) {
        std::array<char, std::size_t{64} << 10> out;
        gzip.next_in = reinterpret_cast<Bytef*>(pending.data());
        gzip.avail_in = static_cast<uInt>(pending.size());
        do {
            gzip.next_out = reinterpret_cast<Bytef*>(out.data());
            gzip.avail_out = static_cast<uInt>(out.size());
            deflate(&gzip, last ? Z_FINISH : Z_NO_FLUSH);
            put(out.data(), out.size() - gzip.avail_out);
        } while (gzip.avail_out == 0);
    }

    void flush_zstd(bool last) {
        std::array<char, std::size_t{64} << 10> out;
        ZSTD_inBuffer from{pending.data(), pending.size(), 0};
        while (true) {
            ZSTD_outBuffer to{out.data(), out.size(), 0};
            const std::size_t left =
                ZSTD_compressStream2(zstd.get(), &to, &from, last ? ZSTD_e_end : ZSTD_e_continue);
            if (ZSTD_isError(left) != 0) fail(ZSTD_getErrorName(left));
            put(out.data(), to.pos);
            if (last ? left == 0 : from.pos == from.size && to.pos < to.size) break;
        }
    }
};

AtomicFile::AtomicFile(std::filesystem::path path) : state_(std::make_unique<State>()) {
    State& state = *state_;
    state.path = std::move(path);
    std::error_code ignored;
    const auto status = std::filesystem::status(state.path, ignored);
    if (std::filesystem::is_directory(status)) state.fail("it is a folder");
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        state.fail("it is no ordinary file");
    }
    if (!state.path.has_filename()) state.fail("the name of a file is missing");
    const std::filesystem::path temporary = state.path.parent_path() / temporary_name(state.path);
    constexpr mode_t kReadWrite = 0666;  // less the process's umask
    state.file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kReadWrite);
    if (state.file < 0) state.fail();
    state.temporary = temporary;

    if (state.path.extension() == ".gz") {
        constexpr int kGzipWindow = 15 + 16;
        constexpr int kMemory = 8;
        ensure(deflateInit2(&state.gzip, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemory,
                            Z_DEFAULT_STRATEGY) == Z_OK,
               "zlib starts");
        state.gzip_open = true;
    } else if (state.path.extension() == ".zst") {
        state.zstd.reset(ZSTD_createCStream());
        ensure(state.zstd != nullptr, "zstandard starts");
        ZSTD_CCtx_setParameter(state.zstd.get(), ZSTD_c_checksumFlag, 1);
    }
}

AtomicFile::~AtomicFile() = default;

void AtomicFile::write(std::string_view text) {
    ensure(!state_->finished, "nothing is written to a finished file");
    while (!text.empty()) {
        const std::string_view part = text.substr(0, kPending - state_->pending.size());
        state_->pending.append(part);
        text.remove_prefix(part.size());
        if (state_->pending.size() == kPending) state_->flush(false);
    }
}

void AtomicFile::finish() {
    State& state = *state_;
    if (state.finished) return;
    state.flush(true);
    if (::fsync(state.file) != 0 && errno != EINVAL) state.fail();
    if (::close(std::exchange(state.file, -1)) != 0) state.fail();
    state.finished = true;
}

void AtomicFile::commit() {
    finish();
    State& state = *state_;
    if (::rename(state.temporary.c_str(), state.path.c_str()) != 0) state.fail();
    state.temporary.clear();
    // The name itself reaches the disk with its folder; not every file system can do that.
    const std::filesystem::path parent = state.path.parent_path();
    const int folder = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_CLOEXEC);
    if (folder >= 0) {
        ::fsync(folder);
        ::close(folder);
    }
}

}  // namespace edgewise
