#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edgewise/judgment/table.hpp"

namespace edgewise::judgment {

// Lines of the native files as they stand there, before names become ids; docs/format.md describes
// them. Texts live until the reader's next line.
struct NamedValues {
    std::vector<std::pair<std::string_view, std::string_view>> values;  // empty text: not known
};

struct CaseLine {
    std::string_view id;
    std::string_view text;
    NamedValues context;
};

struct OptionLine {
    std::string_view case_;
    std::string_view id;
    std::string_view text;
};

struct RaterLine {
    std::string_view id;
    RaterKind kind = RaterKind::person;
    NamedValues attributes;
};

struct JudgmentLine {
    Kind kind = Kind::rating;
    std::string_view case_;
    std::string_view option;  // a comparison's a
    std::string_view other;   // a comparison's b
    std::string_view rater;
    std::string_view dimension;
    double value = 0.0;  // of ratings, votes and comparisons, as JudgmentTable::value()
    std::string_view label;
    std::vector<std::pair<std::string_view, std::uint32_t>> ranking;  // option, rank from 1
    std::vector<std::string_view> approved;
    std::vector<std::string_view> offered;
    double weight = 1.0;
    double confidence = std::numeric_limits<double>::quiet_NaN();
    std::int64_t time = std::numeric_limits<std::int64_t>::min();
    std::string_view reason;
    std::uint8_t flags = 0;
};

// Reads one line at a time. At least 64 bytes after the end of a line must be readable
// (kBlockPadding, see base/source.hpp). Throws Error(invalid_data) with file, line, member, what
// was expected and what was found; for text that is no JSON object, members that are missing,
// unknown or repeated, and values of the wrong type or out of range. Not thread-safe.
class NativeLineReader {
public:
    explicit NativeLineReader(std::string file);
    ~NativeLineReader();
    NativeLineReader(const NativeLineReader&) = delete;
    NativeLineReader& operator=(const NativeLineReader&) = delete;

    const CaseLine& read_case(std::string_view text, std::uint64_t line);
    const OptionLine& read_option(std::string_view text, std::uint64_t line);
    const RaterLine& read_rater(std::string_view text, std::uint64_t line);
    const Dimension& read_dimension(std::string_view text, std::uint64_t line);
    const JudgmentLine& read_judgment(std::string_view text, std::uint64_t line);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace edgewise::judgment
