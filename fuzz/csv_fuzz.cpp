// The CSV splitter: never reads outside the text, and splits as a reader does that goes one
// character at a time.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/base/csv_split.hpp"
#include "edgewise/base/error.hpp"

namespace {

using Record = std::vector<std::string>;

// RFC 4180, strictly; false where a quote stands where none may.
bool plainly(std::string_view text, std::vector<Record>& out) {
    enum { start, plain, inside, after } state = start;
    Record record(1);
    const auto end_record = [&] {
        if (!record.back().empty() && record.back().back() == '\r' && state == plain) {
            record.back().pop_back();
        }
        const bool blank = record.size() == 1 && record[0].empty() && state != after;
        if (!blank) out.push_back(record);
        record.assign(1, {});
        state = start;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (state == inside) {
            if (c != '"') {
                record.back() += c;
            } else if (i + 1 < text.size() && text[i + 1] == '"') {
                record.back() += text[++i];
            } else {
                state = after;
            }
        } else if (c == '"') {
            if (state != start) return false;
            state = inside;
        } else if (c == ',') {
            record.emplace_back();
            state = start;
        } else if (c == '\n') {
            end_record();
        } else if (state == after) {
            const bool carriage = c == '\r' && (i + 1 == text.size() || text[i + 1] == '\n');
            if (!carriage) return false;
        } else {
            record.back() += c;
            state = plain;
        }
    }
    if (state == inside) return false;
    if (state != start || record.size() > 1) end_record();
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace edgewise;
    // A copy of exactly this size: the address sanitizer sees a read past its end.
    const std::vector<char> copy(data, data + size);
    const std::string_view text(copy.data(), size);
    const CsvHead head = split_head(text, ',', true);
    if (head.fault.what != CsvFault::What::none || head.bytes == 0) return 0;
    ensure(head.bytes <= size, "the header lies in the text");

    std::vector<Record> got{Record(head.fields.begin(), head.fields.end())};
    const CsvFault fault = split_csv(text.substr(head.bytes), ',', head.fields.size(),
                                     [&](std::span<const std::string_view> fields, std::uint64_t) {
                                         got.emplace_back(fields.begin(), fields.end());
                                     });
    if (fault.what != CsvFault::What::none) return 0;
    std::vector<Record> expected;
    ensure(plainly(text, expected) && got == expected, "both readers agree");
    return 0;
}
