#include "edgewise/base/words.hpp"

#include <doctest/doctest.h>

using namespace edgewise;

TEST_SUITE("base/words") {
    TEST_CASE("an edit distance counts insertions, deletions and replacements") {
        CHECK(edit_distance("", "") == 0);
        CHECK(edit_distance("abc", "") == 3);
        CHECK(edit_distance("kitten", "sitting") == 3);
        CHECK(edit_distance("sitting", "kitten") == 3);
        CHECK(edit_distance("Rater", "rater") == 1);
        CHECK(edit_distance("Rater", "rATER", Case::ignored) == 0);
    }
    TEST_CASE("digits stand in groups of three from the right") {
        CHECK(grouped_digits(0) == "0");
        CHECK(grouped_digits(999) == "999");
        CHECK(grouped_digits(1000) == "1,000");
        CHECK(grouped_digits(1216488) == "1,216,488");
        CHECK(grouped_digits(18446744073709551615U) == "18,446,744,073,709,551,615");
    }
}
