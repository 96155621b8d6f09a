#include "edgewise/base/json.hpp"

#include <bit>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"

using namespace edgewise;

TEST_SUITE("base/json") {
    TEST_CASE("text that is not JSON is refused where it goes wrong") {
        const auto where = [](std::string_view text) -> std::string {
            try {
                Json::parse(text);
            } catch (const Error& e) {
                return e.where() + ": " + e.message();
            }
            return "accepted";
        };
        CHECK(where(R"({"a":[1,2.5e3,-0,"\u00e9\ud83d\ude00",null,true]})") == "accepted");
        CHECK(where("") == "byte 0: not JSON: expected a value");
        CHECK(where("[1,]") == "byte 3: not JSON: expected a value");
        CHECK(where("01") == "byte 2: not JSON: a number starts with 0");
        CHECK(where("1 2") == "byte 2: not JSON: text after the value");
        CHECK(where(R"({"a":1,"a":2})") == "byte 10: not JSON: repeated member name");
        CHECK(where(R"("\ud800")") == "byte 7: not JSON: a lone surrogate");
        CHECK(where("1e999") == "byte 5: not JSON: a number out of range");
        CHECK(where(std::string(65, '[')) == "byte 64: not JSON: nested too deeply");
    }
    TEST_CASE("every finite double survives a round trip") {
        Rng rng(5, 0);
        for (int i = 0; i < 20000; ++i) {
            const double value = std::bit_cast<double>(rng.next_u64());
            if (!(value - value == 0.0)) continue;
            double back = 0.0;
            REQUIRE(Json::parse(Json(value).dump()).get(back));
            REQUIRE(back == value);
        }
    }
    TEST_CASE("integers stay integers") {
        CHECK(Json::parse("18446744073709551615").dump() == "18446744073709551615");
        CHECK(Json::parse("-9223372036854775808").dump() == "-9223372036854775808");
        CHECK(Json(4.0).dump() == "4");
    }
}
