#include "edgewise/base/decoder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include "edgewise/base/error.hpp"

namespace edgewise {
namespace {

constexpr std::size_t kInputBytes = std::size_t{256} << 10;
constexpr std::string_view kGzip = "\x1f\x8b";
constexpr std::string_view kZstd = "\x28\xb5\x2f\xfd";

enum class Form { plain, gzip, zstd };

}  // namespace

struct Decoder::State {
    std::string path;
    int file = -1;
    std::uint64_t file_bytes = 0;
    std::uint64_t taken = 0;
    Form form = Form::plain;
    std::unique_ptr<char[]> input = std::make_unique_for_overwrite<char[]>(kInputBytes);
    std::size_t at = 0;  // what is left of input: [at, end)
    std::size_t end = 0;
    bool finished = false;  // the file holds no more bytes
    bool between = true;    // no member or frame is open
    z_stream gzip{};
    bool gzip_open = false;
    std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> zstd{nullptr, &ZSTD_freeDStream};

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (gzip_open) inflateEnd(&gzip);
        if (file >= 0) ::close(file);
    }

    [[noreturn]] void fail(ErrorCode code, const std::string& message) const {
        throw Error(code, message,
                    Place{.file = path, .line = 0, .field = {}, .expected = {}, .found = {}});
    }

    std::size_t take(char* out, std::size_t size) {
        while (true) {
            const ssize_t got = ::read(file, out, size);
            if (got >= 0) {
                taken += static_cast<std::size_t>(got);
                return static_cast<std::size_t>(got);
            }
            if (errno != EINTR) {
                fail(ErrorCode::unavailable,
                     "cannot be read: " + std::generic_category().message(errno));
            }
        }
    }

    // True when input holds something.
    bool refill() {
        if (at < end) return true;
        if (finished) return false;
        at = 0;
        end = take(input.get(), kInputBytes);
        finished = end == 0;
        return !finished;
    }

    std::size_t read_plain(char* out, std::size_t size) {
        const std::size_t held = std::min(size, end - at);
        std::copy_n(input.get() + at, held, out);
        at += held;
        std::size_t done = held;
        while (done < size && !finished) {
            const std::size_t got = take(out + done, size - done);
            finished = got == 0;
            done += got;
        }
        return done;
    }

    std::size_t read_gzip(char* out, std::size_t size) {
        std::size_t done = 0;
        while (done < size) {
            if (!refill()) {
                if (!between) fail(ErrorCode::invalid_data, "this gzip file is truncated");
                break;
            }
            // zlib's interface predates const and 64 bits; it does not write to next_in.
            gzip.next_in = reinterpret_cast<Bytef*>(input.get() + at);
            gzip.avail_in = static_cast<uInt>(end - at);
            gzip.next_out = reinterpret_cast<Bytef*>(out + done);
            const std::size_t room = std::min(size - done, std::size_t{1} << 30);
            gzip.avail_out = static_cast<uInt>(room);
            between = false;
            const int outcome = inflate(&gzip, Z_NO_FLUSH);
            at = end - gzip.avail_in;
            done += room - gzip.avail_out;
            if (outcome == Z_STREAM_END) {
                between = true;
                inflateReset(&gzip);
            } else if (outcome != Z_OK && outcome != Z_BUF_ERROR) {
                fail(ErrorCode::invalid_data, "this gzip file is damaged");
            }
        }
        return done;
    }

    std::size_t read_zstd(char* out, std::size_t size) {
        std::size_t done = 0;
        while (done < size) {
            // A frame may hold back output that fits no more: ask before the input ends.
            if (!refill() && between) break;
            ZSTD_inBuffer from{input.get() + at, end - at, 0};
            ZSTD_outBuffer to{out + done, size - done, 0};
            const std::size_t outcome = ZSTD_decompressStream(zstd.get(), &to, &from);
            at += from.pos;
            done += to.pos;
            if (ZSTD_isError(outcome) != 0) {
                fail(ErrorCode::invalid_data, "this zstandard file is damaged");
            }
            between = outcome == 0;
            if (!between && from.pos == 0 && to.pos == 0 && finished) {
                fail(ErrorCode::invalid_data, "this zstandard file is truncated");
            }
        }
        return done;
    }
};

Decoder::Decoder(const std::filesystem::path& path) : state_(std::make_unique<State>()) {
    State& state = *state_;
    state.path = path.string();
    state.file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (state.file < 0) {
        const int reason = errno;
        if (reason == ENOENT || reason == ENOTDIR) {
            state.fail(ErrorCode::not_found, "there is no such file");
        }
        state.fail(ErrorCode::unavailable,
                   "cannot be opened: " + std::generic_category().message(reason));
    }
    struct stat status{};
    if (::fstat(state.file, &status) == 0) {
        if (S_ISDIR(status.st_mode)) {
            state.fail(ErrorCode::invalid_data, "expected a file, found a folder");
        }
        if (S_ISREG(status.st_mode)) state.file_bytes = static_cast<std::uint64_t>(status.st_size);
    }

    // A pipe may hand out its first bytes one by one.
    while (state.end < kZstd.size() && !state.finished) {
        const std::size_t got = state.take(state.input.get() + state.end, kInputBytes - state.end);
        state.finished = got == 0;
        state.end += got;
    }
    const std::string_view head(state.input.get(), state.end);
    if (head.starts_with(kGzip)) {
        state.form = Form::gzip;
        constexpr int kGzipWindow = 15 + 16;  // 32 KiB, gzip header expected
        ensure(inflateInit2(&state.gzip, kGzipWindow) == Z_OK, "zlib starts");
        state.gzip_open = true;
    } else if (head.starts_with(kZstd)) {
        state.form = Form::zstd;
        state.zstd.reset(ZSTD_createDStream());
        ensure(state.zstd != nullptr, "zstandard starts");
    }
}

Decoder::~Decoder() = default;

std::size_t Decoder::read(std::span<char> out) {
    switch (state_->form) {
        case Form::gzip:
            return state_->read_gzip(out.data(), out.size());
        case Form::zstd:
            return state_->read_zstd(out.data(), out.size());
        case Form::plain:
            break;
    }
    return state_->read_plain(out.data(), out.size());
}

double Decoder::fraction() const noexcept {
    if (state_->file_bytes == 0) return 0.0;
    const double share =
        static_cast<double>(state_->taken) / static_cast<double>(state_->file_bytes);
    return std::min(1.0, share);
}

}  // namespace edgewise
