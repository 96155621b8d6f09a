#include "edgewise/base/source.hpp"

#include <simdjson.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "edgewise/base/byte_scan.hpp"
#include "edgewise/base/decoder.hpp"
#include "edgewise/base/error.hpp"

namespace edgewise {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

using Merge = std::function<void()>;
using Parse = std::function<Merge(const Block&)>;

struct Buffer {
    std::unique_ptr<char[]> bytes;
    std::size_t capacity = 0;

    void grow(std::size_t wanted, std::size_t keep) {
        if (wanted + kBlockPadding <= capacity) return;
        auto larger = std::make_unique_for_overwrite<char[]>(wanted + kBlockPadding);
        std::copy_n(bytes.get(), keep, larger.get());
        bytes = std::move(larger);
        capacity = wanted + kBlockPadding;
    }
};

// Cuts a decoded file into blocks of whole records.
class Cutter {
public:
    Cutter(const std::filesystem::path& path, const ReadOptions& options)
        : decoder_(path), path_(path.string()), options_(options) {
        ensure(options.longest_record > 0 && options.block_bytes > 0, "a block holds something");
    }

    // False at the end of the file.
    bool next(Buffer& buffer, Block& block) {
        const std::size_t step = std::min(options_.block_bytes, options_.longest_record);
        std::size_t size = rest_.size();
        buffer.grow(std::max(step, size), 0);
        std::copy_n(rest_.data(), size, buffer.bytes.get());
        std::size_t begin = 0;
        std::size_t cut = 0;
        bool inside = false;  // a quote is open at the end of what was scanned
        while (true) {
            const std::size_t target =
                std::max(step, std::min(2 * size, options_.longest_record + step));
            buffer.grow(target, size);
            const std::size_t got = decoder_.read({buffer.bytes.get() + size, target - size});
            const bool end = got < target - size;
            const std::string_view fresh(buffer.bytes.get() + size, got);
            if (index_ == 0 && begin == 0) begin = leading_mark({buffer.bytes.get(), size + got});
            // The carried rest of the last block has not been scanned either.
            const std::string_view unscanned =
                size == rest_.size() ? std::string_view(buffer.bytes.get(), size + got) : fresh;
            if (options_.quoted && count_bytes(unscanned).quotes % 2 == 1) inside = !inside;
            size += got;
            if (end) {
                cut = size;
                break;
            }
            cut = last_record_end({buffer.bytes.get(), size}, inside);
            if (cut > begin) break;
            if (size - begin >= options_.longest_record) refuse_length(size - begin);
        }
        rest_.assign(buffer.bytes.get() + cut, size - cut);
        std::memset(buffer.bytes.get() + cut, 0, kBlockPadding);
        block.text = {buffer.bytes.get() + begin, cut - begin};
        block.first_line = line_;
        block.index = index_++;
        line_ += count_bytes(block.text).newlines;
        return !block.text.empty();
    }

    double fraction() const noexcept { return decoder_.fraction(); }

private:
    std::size_t leading_mark(std::string_view text) const {
        if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
            refuse({.file = path_, .line = 1, .field = {}, .expected = "UTF-8", .found = "UTF-16"},
                   "save the file as UTF-8");
        }
        return text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    }

    // Just after the last line feed that ends a record; 0 if there is none.
    std::size_t last_record_end(std::string_view text, bool inside) const {
        std::size_t end = text.size();
        while (true) {
            const std::size_t feed = text.substr(0, end).rfind('\n');
            if (feed == std::string_view::npos) return 0;
            if (!options_.quoted) return feed + 1;
            if (count_bytes(text.substr(feed + 1, end - feed - 1)).quotes % 2 == 1) {
                inside = !inside;
            }
            if (!inside) return feed + 1;
            end = feed;
        }
    }

    [[noreturn]] void refuse_length(std::size_t length) const {
        refuse({.file = path_,
                .line = line_,
                .field = {},
                .expected =
                    "a record of at most " + std::to_string(options_.longest_record) + " bytes",
                .found = "no end after " + std::to_string(length) + " bytes"},
               options_.quoted ? "is a quote left open, or is this no text file?"
                               : "is this no text file?");
    }

    Decoder decoder_;
    std::string path_;
    ReadOptions options_;
    std::string rest_;  // begins a record
    std::uint64_t line_ = 1;
    std::uint64_t index_ = 0;
};

void check_utf8(const std::string& path, std::string_view text, std::uint64_t line) {
    if (simdjson::validate_utf8(text.data(), text.size())) return;
    // The first line that is wrong by itself: no UTF-8 sequence contains a line feed.
    while (true) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (!simdjson::validate_utf8(text.data(), end)) break;
        ensure(end < text.size(), "one line is not UTF-8");
        text.remove_prefix(end + 1);
        ++line;
    }
    refuse({.file = path,
            .line = line,
            .field = {},
            .expected = "UTF-8 text",
            .found = "bytes that are none"},
           "convert the file, for example with iconv -t UTF-8");
}

// Blocks on their way through the threads. One thread cuts and all parse; whoever finishes a block
// merges what is due, so that merging waits for nobody and holds nobody up.
class Pipeline {
public:
    Pipeline(const std::filesystem::path& path, const ReadOptions& options, const Job& job,
             const Parse& parse)
        : job_(job),
          parse_(parse),
          name_(path.string()),
          stage_("reading " + path.filename().string()),
          cutter_(path, options),
          // Alone, a thread parses what it has just cut, while that is still in its cache.
          most_in_flight_(job.threads() <= 1 ? 1 : job.threads() + 2) {}

    void run() {
        const unsigned helpers = std::max(1U, job_.threads()) - 1;
        {
            std::vector<std::jthread> pool;
            const Closing before_the_pool_joins{*this};
            for (unsigned i = 0; i < helpers; ++i) pool.emplace_back([this] { help(); });
            cut_all();
            drain();
        }
        if (failure_.error) std::rethrow_exception(failure_.error);
    }

private:
    struct Piece {
        Buffer buffer;
        Block block;
    };
    struct Failure {
        std::uint64_t index = std::numeric_limits<std::uint64_t>::max();
        std::exception_ptr error;
    };
    struct Closing {
        Pipeline& pipeline;
        ~Closing() {
            const std::scoped_lock lock(pipeline.guard_);
            pipeline.closed_ = true;
            pipeline.changed_.notify_all();
        }
    };
    using Lock = std::unique_lock<std::mutex>;

    void fail(std::uint64_t index) {
        const std::scoped_lock lock(guard_);
        if (index < failure_.index) failure_ = {index, std::current_exception()};
        changed_.notify_all();
    }

    void cut_all() {
        std::uint64_t index = 0;
        try {
            while (true) {
                if (job_.stopped()) index = 0;  // nothing of a cancelled job is wanted
                job_.check();
                Piece piece{.buffer = spare(), .block = {}};
                if (!cutter_.next(piece.buffer, piece.block)) break;
                job_.progress(cutter_.fraction(), stage_);
                ++index;
                Lock lock(guard_);
                queue_.push_back(std::move(piece));
                ++in_flight_;
                total_ = index;
                changed_.notify_one();
                while (in_flight_ >= most_in_flight_ && !failure_.error) help_or_wait(lock);
                if (failure_.error) break;
            }
        } catch (...) {
            fail(index);
        }
    }

    // Until all blocks are merged, or all those before the first that failed.
    void drain() {
        Lock lock(guard_);
        while (merged_ < std::min(total_, failure_.index)) help_or_wait(lock);
    }

    void help() {
        Lock lock(guard_);
        while (!closed_) help_or_wait(lock);
    }

    void help_or_wait(Lock& lock) {
        if (queue_.empty()) {
            changed_.wait(lock);
            return;
        }
        Piece piece = std::move(queue_.front());
        queue_.pop_front();
        if (piece.block.index > failure_.index) return;
        lock.unlock();
        Merge merge;
        try {
            check_utf8(name_, piece.block.text, piece.block.first_line);
            merge = parse_(piece.block);
        } catch (...) {
            fail(piece.block.index);
        }
        lock.lock();
        spare_.push_back(std::move(piece.buffer));
        parsed_.emplace(piece.block.index, std::move(merge));
        merge_due(lock);
    }

    void merge_due(Lock& lock) {
        if (merging_) return;
        merging_ = true;
        while (true) {
            const auto due = parsed_.find(merged_);
            if (due == parsed_.end() || merged_ >= failure_.index) break;
            Merge merge = std::move(due->second);
            parsed_.erase(due);
            lock.unlock();
            try {
                if (merge) merge();
            } catch (...) {
                fail(merged_);
            }
            merge = nullptr;  // what it holds is freed outside the lock
            lock.lock();
            ++merged_;
            --in_flight_;
            changed_.notify_all();
        }
        merging_ = false;
    }

    Buffer spare() {
        const std::scoped_lock lock(guard_);
        if (spare_.empty()) return {};
        Buffer buffer = std::move(spare_.back());
        spare_.pop_back();
        return buffer;
    }

    const Job& job_;
    const Parse& parse_;
    std::string name_;
    std::string stage_;
    Cutter cutter_;
    std::size_t most_in_flight_;

    std::mutex guard_;
    std::condition_variable changed_;
    std::deque<Piece> queue_;
    std::map<std::uint64_t, Merge> parsed_;
    std::vector<Buffer> spare_;
    std::size_t in_flight_ = 0;
    std::uint64_t total_ = 0;
    std::uint64_t merged_ = 0;
    bool merging_ = false;
    bool closed_ = false;
    Failure failure_;
};

}  // namespace

void read_blocks(const std::filesystem::path& path, const ReadOptions& options, const Job& job,
                 const std::function<std::function<void()>(const Block&)>& parse_then_merge) {
    Pipeline(path, options, job, parse_then_merge).run();
}

std::string read_text(const std::filesystem::path& path, std::size_t limit) {
    std::string text = read_head(path, limit + 1);
    if (text.size() > limit) {
        refuse({.file = path.string(),
                .line = 0,
                .field = {},
                .expected = "at most " + std::to_string(limit) + " bytes",
                .found = "more"});
    }
    check_utf8(path.string(), text, 1);
    return text;
}

std::string read_head(const std::filesystem::path& path, std::size_t most) {
    Decoder decoder(path);
    const std::size_t wanted =
        std::min(most, std::numeric_limits<std::size_t>::max() - kByteOrderMark.size()) +
        kByteOrderMark.size();
    std::string text;
    std::size_t size = 0;
    while (size < wanted) {
        const std::size_t step = std::min(wanted - size, std::max<std::size_t>(size, 64 << 10));
        text.resize(size + step);
        const std::size_t got = decoder.read(std::span(text).subspan(size));
        size += got;
        if (got < step) break;
    }
    text.resize(size);
    if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
    if (text.size() > most) text.resize(most);
    return text;
}

}  // namespace edgewise
