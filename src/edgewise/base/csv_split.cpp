#include "edgewise/base/csv_split.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "edgewise/base/error.hpp"

namespace edgewise {
namespace {

constexpr std::size_t kWords = 128;  // a piece of 8 KiB: text, masks and ends stay in the L1 cache

// Takes the quotes off a field, or says that it has a quote where none may be. `unescaped` has room
// for the field.
bool unquote(std::string_view& field, char*& unescaped) {
    if (field.empty() || field.front() != '"') return field.find('"') == std::string_view::npos;
    if (field.size() < 2 || field.back() != '"') return false;
    field = field.substr(1, field.size() - 2);
    if (field.find('"') == std::string_view::npos) return true;
    char* const begin = unescaped;
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (field[i] == '"' && (++i == field.size() || field[i] != '"')) return false;
        *unescaped++ = field[i];
    }
    field = {begin, unescaped};
    return true;
}

// One record, from the ends of its fields to its fields.
class RecordMaker {
public:
    RecordMaker(std::string_view text, std::size_t columns) : text_(text), fields_(columns) {}

    std::span<const std::string_view> fields() const noexcept { return fields_; }

    // `ends` has one element a column. False: `column` has a stray quote.
    bool make(std::size_t begin, std::span<const std::uint32_t> ends, bool quoted,
              std::size_t& column) {
        std::size_t at = begin;
        for (std::size_t i = 0; i < ends.size(); ++i) {
            fields_[i] = {text_.data() + at, ends[i] - at};
            at = ends[i] + std::size_t{1};
        }
        if (fields_.back().ends_with('\r')) fields_.back().remove_suffix(1);
        if (!quoted) return true;
        unescaped_.resize(std::max(unescaped_.size(), at - begin));
        char* room = unescaped_.data();
        for (column = 0; column < fields_.size(); ++column) {
            if (!unquote(fields_[column], room)) return false;
        }
        return true;
    }

private:
    std::string_view text_;
    std::vector<std::string_view> fields_;
    std::string unescaped_;
};

bool blank(std::string_view text, std::size_t begin, std::size_t end) {
    return begin == end || (end - begin == 1 && text[begin] == '\r');
}

}  // namespace

bool CsvIndex::advance(std::vector<std::uint32_t>& ends, std::size_t& count) {
    quoted_ = inside_ != 0;
    if (at_ >= text_.size()) return false;
    std::array<ByteMasks, kWords> masks;
    const std::size_t words = std::min(kWords, (text_.size() - at_) / 64);
    std::size_t found = words;
    if (words > 0) {
        scan_bytes(text_.data() + at_, words, separator_, masks.data());
    } else {
        std::array<char, 64> tail{};  // zeros are neither separator nor quote nor line feed
        std::copy_n(text_.data() + at_, text_.size() - at_, tail.data());
        scan_bytes(tail.data(), 1, separator_, masks.data());
        found = 1;
    }

    if (ends.size() < count + found * 64) ends.resize(2 * count + kWords * 64);
    std::uint32_t* out = ends.data() + count;
    auto base = static_cast<std::uint32_t>(at_);
    for (std::size_t i = 0; i < found; ++i, base += 64) {
        std::uint64_t bits = masks[i].separator | masks[i].newline;
        if ((masks[i].quote | inside_) != 0) {
            quoted_ = true;
            const std::uint64_t within = prefix_parity(masks[i].quote) ^ inside_;
            bits &= ~within;
            inside_ = (within >> 63) != 0 ? ~std::uint64_t{0} : 0;
        }
        // Eight at a time, whether there are eight or not: the count is what mispredicts.
        const auto here = static_cast<std::size_t>(std::popcount(bits));
        for (std::size_t done = 0; done < here; done += 8) {
            for (std::size_t k = 0; k < 8; ++k) {
                out[done + k] = base + static_cast<std::uint32_t>(std::countr_zero(bits));
                bits &= bits - 1;
            }
        }
        out += here;
    }
    count = static_cast<std::size_t>(out - ends.data());
    at_ += found * 64;
    return true;
}

CsvFault split_csv(
    std::string_view text, char separator, std::size_t columns,
    const std::function<void(std::span<const std::string_view>, std::uint64_t)>& record) {
    ensure(text.size() < std::numeric_limits<std::uint32_t>::max(), "a block is below 4 GiB");
    CsvIndex index(text, separator);
    RecordMaker maker(text, columns);
    std::vector<std::uint32_t> ends;
    std::size_t count = 0;   // of ends
    std::size_t first = 0;   // end of the first field of the record under way, in ends
    std::size_t looked = 0;  // no line feed among its ends before this one
    std::size_t begin = 0;   // of the record
    std::uint64_t line = 0;  // on which it starts
    bool held = false;       // it touched a quote in an earlier piece
    CsvFault fault;

    const auto take = [&](std::size_t last, bool quoted) {
        const std::size_t end = ends[last];
        const std::span<const std::uint32_t> own(ends.data() + first, last + 1 - first);
        std::uint64_t lines = 1;
        std::size_t column = 0;
        if (own.size() == 1 && blank(text, begin, end)) {
            // nothing to hand out
        } else if (own.size() != columns) {
            fault = {CsvFault::What::field_count, line, own.size(), 0};
        } else if (!maker.make(begin, own, quoted, column)) {
            fault = {CsvFault::What::stray_quote, line, 0, column};
        } else {
            record(maker.fields(), line);
            if (quoted) lines += count_bytes(text.substr(begin, end - begin)).newlines;
        }
        line += lines;
        begin = end + 1;
        first = looked = last + 1;
        return fault.what == CsvFault::What::none;
    };
    // A record nearly always has as many ends as there are columns, the last of them a line feed.
    const auto regular = [&] {
        if (first + columns > count) return false;
        const std::uint32_t* const own = ends.data() + first;
        bool feed = false;
        for (std::size_t k = 0; k + 1 < columns; ++k) feed |= text[own[k]] == '\n';
        return !feed && text[own[columns - 1]] == '\n';
    };

    while (index.advance(ends, count)) {
        bool quoted = held || index.quoted();
        held = quoted;
        while (true) {
            std::size_t last = first + columns - 1;
            if (!regular()) {
                last = looked;
                while (last < count && text[ends[last]] != '\n') ++last;
                looked = last;
                if (last == count) break;
            }
            if (!take(last, quoted)) return fault;
            held = quoted = index.quoted();
        }
        std::copy(ends.begin() + static_cast<std::ptrdiff_t>(first),
                  ends.begin() + static_cast<std::ptrdiff_t>(count), ends.begin());
        count -= first;
        looked -= first;
        first = 0;
    }
    if (index.inside()) return {CsvFault::What::open_quote, line, 0, 0};
    if (begin < text.size()) {
        ends.resize(count);
        ends.push_back(static_cast<std::uint32_t>(text.size()));
        take(count, true);
    }
    return fault;
}

CsvHead split_head(std::string_view text, char separator, bool whole) {
    CsvHead head;
    CsvIndex index(text, separator);
    std::vector<std::uint32_t> ends;
    std::size_t count = 0;
    std::size_t begin = 0;
    std::size_t first = 0;
    bool more = true;
    for (std::size_t i = 0;; ++i) {
        while (i >= count && more) more = index.advance(ends, count);
        const bool at_end = i >= count;
        if (at_end && (!whole || begin >= text.size())) return head;
        if (at_end && index.inside()) {
            head.fault = {CsvFault::What::open_quote, head.lines, 0, 0};
            return head;
        }
        if (at_end) {
            ends.resize(count);
            ends.push_back(static_cast<std::uint32_t>(text.size()));
        }
        const std::size_t end = ends[i];
        if (!at_end && text[end] != '\n') continue;
        const std::size_t columns = i + 1 - first;
        const std::uint64_t lines = count_bytes(text.substr(begin, end - begin)).newlines + 1;
        if (columns == 1 && blank(text, begin, end)) {
            begin = end + 1;
            first = i + 1;
            head.lines += lines;
            continue;
        }
        RecordMaker maker(text, columns);
        std::size_t column = 0;
        if (!maker.make(begin, std::span(ends).subspan(first, columns), true, column)) {
            head.fault = {CsvFault::What::stray_quote, head.lines, 0, column};
        } else {
            head.fields.assign(maker.fields().begin(), maker.fields().end());
        }
        head.bytes = std::min(text.size(), end + 1);
        head.lines += lines;
        return head;
    }
}

}  // namespace edgewise
