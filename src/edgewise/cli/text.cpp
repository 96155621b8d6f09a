#include "edgewise/cli/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/words.hpp"

namespace edgewise::cli {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// Unicode 15, the blocks that matter for alignment.
constexpr std::array kNoWidth{Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                              Range{0x0610, 0x061A}, Range{0x064B, 0x065F}, Range{0x0900, 0x0902},
                              Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200F},
                              Range{0x202A, 0x202E}, Range{0x2060, 0x2064}, Range{0x20D0, 0x20F0},
                              Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}, Range{0xFEFF, 0xFEFF}};
constexpr std::array kTwoWide{
    Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
    Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},
    Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},
    Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
    Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};

template <class Ranges>
bool in(const Ranges& ranges, char32_t c) noexcept {
    return std::ranges::any_of(ranges, [c](Range r) { return r.first <= c && c <= r.last; });
}

struct Glyph {
    std::size_t bytes = 1;
    std::size_t columns = 1;
    bool control = false;
};

Glyph glyph_at(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(at);
    if (first < 0x80) return {1, 1, first < 0x20 || first == 0x7F};
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (length == 1 || at + length > text.size()) return {1, 1, true};
    char32_t c = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80U) return {1, 1, true};
        c = c << 6 | (byte(at + i) & 0x3FU);
    }
    if (c < 0xA0 || c == 0x2028 || c == 0x2029) return {length, 1, true};
    return {length, in(kNoWidth, c) ? 0U : in(kTwoWide, c) ? 2U : 1U, false};
}

constexpr std::string_view code_of(Tone tone) noexcept {
    switch (tone) {
        case Tone::plain:
            return "";
        case Tone::bold:
            return "\x1b[1m";
        case Tone::dim:
            return "\x1b[2m";
        case Tone::good:
            return "\x1b[32m";
        case Tone::bad:
            return "\x1b[1;31m";
        case Tone::warn:
            return "\x1b[33m";
    }
    return "";
}

}  // namespace

std::size_t display_width(std::string_view text) noexcept {
    std::size_t width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Glyph glyph = glyph_at(text, at);
        width += glyph.columns;
        at += glyph.bytes;
    }
    return width;
}

std::string one_line(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const Glyph glyph = glyph_at(text, at);
        if (glyph.control || text[at] == ' ') {
            if (!out.empty() && out.back() != ' ') out.push_back(' ');
        } else {
            out.append(text.substr(at, glyph.bytes));
        }
        at += glyph.bytes;
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

std::string cut(std::string_view text, std::size_t width) {
    if (display_width(text) <= width) return std::string(text);
    if (width == 0) return {};
    std::size_t used = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const Glyph glyph = glyph_at(text, at);
        if (used + glyph.columns > width - 1) break;
        used += glyph.columns;
        at += glyph.bytes;
    }
    std::string out(text.substr(0, at));
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out + "…";
}

std::string cut_middle(std::string_view text, std::size_t width) {
    const std::size_t all = display_width(text);
    if (all <= width || width < 5) return cut(text, width);
    const std::size_t tail = (width - 1) / 2;
    // From the first glyph that leaves no more than `tail` columns to its right.
    std::size_t at = 0;
    for (std::size_t left = all; left > tail;) {
        const Glyph glyph = glyph_at(text, at);
        left -= glyph.columns;
        at += glyph.bytes;
    }
    return cut(text, width - display_width(text.substr(at))) + std::string(text.substr(at));
}

std::string count(std::uint64_t n) { return grouped_digits(n); }

std::string count(std::uint64_t n, std::string_view one, std::string_view many) {
    std::string out = count(n) + " ";
    if (n == 1 || many.empty()) out += one;
    if (n != 1) out += many.empty() ? "s" : many;
    return out;
}

std::string fixed(double value, int places) {
    std::string out = fmt::format("{:.{}f}", value, places);
    if (out.find_first_not_of("-0.") == std::string::npos && out.front() == '-') out.erase(0, 1);
    return out;
}

std::string percent(double share) {
    const double value = share * 100.0;
    return fixed(value, std::abs(value) < 9.95 ? 1 : 0) + " %";
}

std::string p_value(double p) { return p < 0.001 ? "<.001" : fixed(p, 3); }

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
    std::vector<std::string> lines{std::string()};
    std::size_t used = 0;
    const std::string clean = one_line(text);
    std::string_view rest = clean;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        std::string_view word = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        std::size_t columns = display_width(word);
        if (used > 0 && used + 1 + columns > width) {
            lines.emplace_back();
            used = 0;
        }
        while (columns > width) {
            std::size_t at = 0;
            std::size_t taken = 0;
            while (at < word.size()) {
                const Glyph glyph = glyph_at(word, at);
                if (taken + glyph.columns > width && at > 0) break;
                taken += glyph.columns;
                at += glyph.bytes;
            }
            lines.back() = word.substr(0, at);
            lines.emplace_back();
            word.remove_prefix(at);
            columns = display_width(word);
        }
        if (used > 0) lines.back().push_back(' '), ++used;
        lines.back().append(word);
        used += columns;
    }
    if (lines.size() > 1 && lines.back().empty()) lines.pop_back();
    return lines;
}

void Paper::put(std::string_view text, Tone tone) {
    const std::string_view code = colour_ ? code_of(tone) : "";
    text_.append(code).append(text);
    if (!code.empty()) text_ += "\x1b[0m";
}

void Paper::end_line() {
    if (!colour_) {
        while (!text_.empty() && text_.back() == ' ') text_.pop_back();
    }
    text_.push_back('\n');
    ++lines_;
    blank_ = false;
}

void Paper::blank() {
    if (blank_) return;
    end_line();
    blank_ = true;
}

void Paper::heading(std::string_view text) {
    blank();
    put(cut(one_line(text), kColumns), Tone::bold);
    end_line();
}

void Paper::paragraph(std::string_view text, std::size_t indent, Tone tone,
                      std::size_t most_lines) {
    item({"", tone}, 0, text, indent, most_lines, tone);
}

void Paper::item(const Span& lead, std::size_t lead_width, std::string_view text,
                 std::size_t indent, std::size_t most_lines, Tone tone) {
    const std::size_t left = indent + lead_width;
    ensure(left < kColumns, "an indent leaves room for text");
    std::vector<std::string> lines = wrap(text, kColumns - left);
    if (lines.size() > most_lines) {
        std::string tail = lines[most_lines - 1] + " " + lines[most_lines];
        lines.resize(most_lines);
        lines.back() = cut(tail, kColumns - left);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        text_.append(indent, ' ');
        if (lead_width > 0) {
            const std::string shown = i == 0 ? cut(one_line(lead.text), lead_width) : "";
            put(shown, lead.tone);
            text_.append(lead_width - display_width(shown), ' ');
        }
        put(lines[i], tone);
        end_line();
    }
}

void Paper::table(const Table& table, std::size_t indent) {
    constexpr std::size_t kGap = 2;
    const std::size_t n = table.columns.size();
    std::vector<std::vector<Span>> rows;
    std::vector<std::size_t> width(n);
    for (std::size_t c = 0; c < n; ++c) width[c] = display_width(table.columns[c].title);
    for (const auto& row : table.rows) {
        ensure(row.size() == n, "a row has as many cells as there are columns");
        rows.emplace_back();
        for (std::size_t c = 0; c < n; ++c) {
            rows.back().push_back({one_line(row[c].text), row[c].tone});
            width[c] = std::max(width[c], display_width(rows.back().back().text));
        }
    }
    // The widest column that may shrink gives way, column by column, until the table fits.
    std::size_t total = indent + kGap * (n - 1);
    for (const std::size_t w : width) total += w;
    while (total > kColumns) {
        std::size_t widest = n;
        for (std::size_t c = 0; c < n; ++c) {
            if (width[c] > table.columns[c].least && (widest == n || width[c] > width[widest])) {
                widest = c;
            }
        }
        ensure(widest < n, "a table fits once its columns are at their least width");
        --width[widest];
        --total;
    }
    const auto put_row = [&](const std::vector<Span>& cells) {
        text_.append(indent, ' ');
        for (std::size_t c = 0; c < n; ++c) {
            const std::string shown = table.columns[c].name ? cut_middle(cells[c].text, width[c])
                                                            : cut(cells[c].text, width[c]);
            const std::size_t pad = width[c] - display_width(shown);
            const bool right = table.columns[c].align == Align::right;
            if (c > 0) text_.append(kGap, ' ');
            if (right) text_.append(pad, ' ');
            put(shown, cells[c].tone);
            if (!right && c + 1 < n) text_.append(pad, ' ');
        }
        end_line();
    };
    std::vector<Span> titles;
    for (const Column& column : table.columns) titles.push_back({column.title, Tone::dim});
    put_row(titles);
    for (const auto& row : rows) put_row(row);
}

}  // namespace edgewise::cli
