#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace edgewise::cli {

inline constexpr std::size_t kColumns = 80;

// Columns that UTF-8 text takes on a terminal: combining marks take none, East Asian wide
// characters two. Bytes that are not UTF-8 take one each. O(length).
std::size_t display_width(std::string_view text) noexcept;

// `text` as one line for people: control characters (which could move the cursor or colour the
// terminal) and line ends become blanks, runs of blanks become one.
std::string one_line(std::string_view text);

// At most `width` columns; what is cut is replaced by "…".
std::string cut(std::string_view text, std::size_t width);
// The same, but what is cut is in the middle: names that begin alike are told apart by their ends.
std::string cut_middle(std::string_view text, std::size_t width);

// 1234567 -> "1,234,567"
std::string count(std::uint64_t n);
// "1 rater", "2 raters"; `many` is given where the plural is not one + "s".
std::string count(std::uint64_t n, std::string_view one, std::string_view many = {});
// Fixed places without a sign for zero: "0.12".
std::string fixed(double value, int places);
// 0.123 -> "12 %"; below ten "1.2 %".
std::string percent(double share);
// "0.004", "<.001"
std::string p_value(double p);

enum class Tone { plain, bold, dim, good, bad, warn };

struct Span {
    std::string text;
    Tone tone = Tone::plain;
};

// Words, wrapped between blanks to lines of at most `width` columns. A word longer than a line is
// broken. Never empty.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

enum class Align { left, right };

struct Column {
    std::string title;
    Align align = Align::left;
    std::size_t least = 4;  // a column is cut to no less than this when the table is too wide
    bool name = false;      // its texts are names: cut in the middle
};

struct Table {
    std::vector<Column> columns;
    std::vector<std::vector<Span>> rows;  // as many cells as columns
};

// Text for a terminal, line by line, none longer than kColumns. Colours are ANSI codes, and only
// when asked for.
class Paper {
public:
    explicit Paper(bool colour) : colour_(colour) {}

    void blank();  // at most one between two lines, none at the top
    void heading(std::string_view text);
    void paragraph(std::string_view text, std::size_t indent = 0, Tone tone = Tone::plain,
                   std::size_t most_lines = 1000);
    // `lead` in `lead_width` columns, then the text, wrapped beside it.
    void item(const Span& lead, std::size_t lead_width, std::string_view text,
              std::size_t indent = 2, std::size_t most_lines = 1000, Tone tone = Tone::plain);
    void table(const Table& table, std::size_t indent = 2);

    std::size_t lines() const noexcept { return lines_; }
    const std::string& text() const noexcept { return text_; }

private:
    void put(std::string_view text, Tone tone);
    void end_line();

    std::string text_;
    std::size_t lines_ = 0;
    bool colour_;
    bool blank_ = true;
};

}  // namespace edgewise::cli
