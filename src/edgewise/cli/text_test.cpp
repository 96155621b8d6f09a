#include "edgewise/cli/text.hpp"

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/cli/progress.hpp"

using namespace edgewise;
using namespace edgewise::cli;

TEST_SUITE("cli/text") {
    TEST_CASE("names that begin alike keep their ends when they are cut") {
        CHECK(cut_middle("annotatorPolitics", 17) == "annotatorPolitics");
        CHECK(cut_middle("annotatorPolitics", 9) == "anno…tics");
        CHECK(cut_middle("annotatorAge", 8) == "anno…Age");
        for (std::size_t width = 0; width < 20; ++width) {
            CHECK(display_width(cut_middle("größerÄöÜ漢字wörter", width)) <= width);
        }
    }
    TEST_CASE("width counts what a terminal shows, not bytes") {
        CHECK(display_width("") == 0);
        CHECK(display_width("abc") == 3);
        CHECK(display_width("±–…●") == 4);
        CHECK(display_width("日本") == 4);
        CHECK(display_width("e\u0301") == 1);
        CHECK(display_width("\xff\xfe") == 2);
        CHECK(display_width("\xe2\x82") == 2);
    }

    TEST_CASE("data cannot move the cursor or colour the terminal") {
        CHECK(one_line("a\x1b[31mb\r\nc\td") == "a [31mb c d");
        CHECK(one_line("  a \xff b  ") == "a b");
        CHECK(one_line("\u009bx") == "x");
    }

    TEST_CASE("a cut never splits a character and fits") {
        CHECK(cut("abcdef", 6) == "abcdef");
        CHECK(cut("abcdef", 4) == "abc…");
        CHECK(cut("日本語", 4) == "日…");
        CHECK(cut("abc", 0).empty());
    }

    TEST_CASE("wrapped lines fit and lose no word") {
        Rng rng(7, 1);
        for (int round = 0; round < 1000; ++round) {
            std::string text;
            std::string squeezed;
            const auto words = rng.next_below(20);
            for (std::uint64_t w = 0; w < words; ++w) {
                for (std::uint64_t c = rng.next_below(30); c-- > 0;) {
                    const char* glyphs[] = {"a", "é", "日", "±"};
                    const char* glyph = glyphs[rng.next_below(4)];
                    text += glyph;
                    squeezed += glyph;
                }
                text += " ";
            }
            std::string again;
            for (const std::string& line : wrap(text, 12)) {
                CHECK(display_width(line) <= 12);
                for (const char c : line) {
                    if (c != ' ') again.push_back(c);
                }
            }
            CHECK(again == squeezed);
        }
    }

    TEST_CASE("numbers read as people write them") {
        CHECK(count(0) == "0");
        CHECK(count(999) == "999");
        CHECK(count(1234567) == "1,234,567");
        CHECK(count(1, "rater") == "1 rater");
        CHECK(count(2, "rater") == "2 raters");
        CHECK(fixed(-0.001, 2) == "0.00");
        CHECK(fixed(-0.5, 1) == "-0.5");
        CHECK(percent(0.0123) == "1.2 %");
        CHECK(percent(0.5) == "50 %");
        CHECK(p_value(0.0005) == "<.001");
        CHECK(p_value(0.25) == "0.250");
        CHECK(time_left(10.0, 0.5) == "about 10 s left");
        CHECK(time_left(1.0, 0.0).empty());
    }

    TEST_CASE("a table too wide for the terminal gives way where it may") {
        Paper paper(false);
        paper.table({{{"name", Align::left, 6}, {"n", Align::right}},
                     {{{std::string(200, 'x')}, {"1,000"}}, {{"short"}, {"7"}}}});
        std::size_t lines = 0;
        std::string_view rest = paper.text();
        while (!rest.empty()) {
            const std::size_t end = rest.find('\n');
            CHECK(display_width(rest.substr(0, end)) <= kColumns);
            rest.remove_prefix(end + 1);
            ++lines;
        }
        CHECK(lines == 3);
        CHECK(paper.text().find("1,000") != std::string::npos);
        CHECK(paper.text().find("…") != std::string::npos);
    }

    TEST_CASE("colour is there only when asked for") {
        for (const bool colour : {false, true}) {
            Paper paper(colour);
            paper.heading("A");
            paper.item({"●", Tone::bad}, 2, "text");
            CHECK((paper.text().find('\x1b') != std::string::npos) == colour);
        }
    }
}
