#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/base/byte_scan.hpp"

namespace edgewise {

// Finds the ends of fields and records of a piece of CSV text: the separators and line feeds that
// lie outside double quotes, ascending. A fold over 64-byte words: no branch depends on the text
// but one on whether a word holds quotes (after Langdale and Lemire 2019, and Stadtfeld's simdcsv).
class CsvIndex {
public:
    CsvIndex(std::string_view text, char separator) : text_(text), separator_(separator) {}

    // Adds the ends found in the next piece of text to the first `count` elements of `ends`, which
    // grows as needed and is never cleared; false when there is no more text.
    bool advance(std::vector<std::uint32_t>& ends, std::size_t& count);
    bool quoted() const noexcept { return quoted_; }       // did the last piece touch any quote?
    bool inside() const noexcept { return inside_ != 0; }  // a quote is open

private:
    std::string_view text_;
    char separator_;
    std::size_t at_ = 0;
    std::uint64_t inside_ = 0;  // all ones while a quote is open
    bool quoted_ = false;
};

// Where splitting stopped, and why.
struct CsvFault {
    enum class What { none, field_count, open_quote, stray_quote } what = What::none;
    std::uint64_t line = 0;  // relative to the text, 0-based
    std::size_t fields = 0;  // field_count: how many there are
    std::size_t column = 0;  // stray_quote: in which field, 0-based
};

// Splits whole records of `columns` fields. Calls `record(fields, line)` for each, line 0-based
// within the text; the views live until it returns. Blank lines are skipped. A field that begins
// with a quote ends with one; doubled quotes within stand for one. A quote anywhere else is a
// fault. O(length of text).
CsvFault split_csv(
    std::string_view text, char separator, std::size_t columns,
    const std::function<void(std::span<const std::string_view>, std::uint64_t)>& record);

// The fields of the first record, and how many bytes it takes with its line feed; 0 bytes if its
// end is not in `text` (pass `whole` when nothing follows the text). Blank lines before it are
// skipped and counted.
struct CsvHead {
    std::vector<std::string> fields;
    std::size_t bytes = 0;
    std::uint64_t lines = 0;  // that bytes span
    CsvFault fault;
};
CsvHead split_head(std::string_view text, char separator, bool whole);

}  // namespace edgewise
