#include "edgewise/base/error.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace edgewise;

namespace {

// The sentence that refuse() makes of a place.
std::string refusal(Place place, std::string_view remedy = {}) {
    try {
        refuse(std::move(place), remedy);
    } catch (const Error& e) {
        CHECK(e.code() == ErrorCode::invalid_data);
        return e.what();
    }
}

}  // namespace

TEST_SUITE("base/error") {
    TEST_CASE("a refusal names file, line, field, what was expected and what was found") {
        CHECK(refusal({.file = "ratings.csv",
                       .line = 12,
                       .field = "value",
                       .expected = "a number from 1 to 5",
                       .found = "\"abc\""},
                      "name the scale with --scales") ==
              "ratings.csv:12: field \"value\": expected a number from 1 to 5, found \"abc\"; name "
              "the scale with --scales");
    }
    TEST_CASE("parts of a place that are not known leave no trace in the sentence") {
        CHECK(
            refusal({.file = "a.csv", .line = 0, .field = {}, .expected = "a file", .found = {}}) ==
            "a.csv: expected a file");
        CHECK(refusal({.file = {}, .line = 7, .field = {}, .expected = "x", .found = "y"}) ==
              "expected x, found y");
        // A JSON pointer stands as it is.
        CHECK(refusal({.file = {}, .line = 0, .field = "/a/0", .expected = "x", .found = {}}) ==
              "/a/0: expected x");
    }
    TEST_CASE("what was found is cut to a line, never within a character") {
        std::string found(79, 'x');
        for (int i = 0; i < 100; ++i) found += "é";
        const std::string text =
            refusal({.file = {}, .line = 0, .field = {}, .expected = "less", .found = found});
        // Byte 80 is the second half of the first é, which therefore goes.
        CHECK(text == "expected less, found " + std::string(79, 'x') + "…");
        CHECK(refusal({.file = {},
                       .line = 0,
                       .field = {},
                       .expected = "less",
                       .found = std::string(80, 'x')}) ==
              "expected less, found " + std::string(80, 'x'));
    }
    TEST_CASE("what a person can mend exits with 2, our bugs with 70, an interrupt with 130") {
        CHECK(kind_of(ErrorCode::invalid_data).exit_status == 2);
        CHECK(kind_of(ErrorCode::not_found).exit_status == 2);
        CHECK(kind_of(ErrorCode::unavailable).exit_status == 2);
        CHECK(kind_of(ErrorCode::cancelled).exit_status == 130);
        CHECK(kind_of(ErrorCode::internal).exit_status == 70);
        CHECK(kind_of(ErrorCode::conflict).name == "conflict");
    }
    TEST_CASE("where() is the line if there is one and the field otherwise") {
        const Place place{
            .file = "a.csv", .line = 3, .field = "value", .expected = {}, .found = {}};
        CHECK(Error(ErrorCode::not_found, "gone", place).where() == "a.csv:3");
        CHECK(Error(ErrorCode::not_found, "gone", std::string("--seed")).where() == "--seed");
        CHECK(Error(ErrorCode::not_found, "gone").where().empty());
        CHECK(Error(ErrorCode::not_found, "gone").message() == "gone");
    }
    TEST_CASE("a broken invariant is internal and says in which of our files") {
        ensure(true, "holds");
        try {
            ensure(false, "one is two");
            FAIL("expected an Error");
        } catch (const Error& e) {
            CHECK(e.code() == ErrorCode::internal);
            CHECK(e.message() == "one is two");
            CHECK(e.where().find("error_test.cpp:") != std::string::npos);
        }
    }
}
