#include "edgewise/base/json.hpp"

#include <bit>
#include <limits>

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
        CHECK(where("") ==
              "byte 0: not JSON: unexpected end of input; expected '[', '{', or a literal");
        CHECK(where("[1,]") == "byte 3: not JSON: unexpected ']'; expected '[', '{', or a literal");
        CHECK(where("01").starts_with("byte 1: not JSON: unexpected number literal"));
        CHECK(where("1 2").starts_with("byte 2: not JSON: unexpected number literal"));
        CHECK(where(R"({"a":{"b":1},"a":2})") == "a: not JSON: repeated member name");
        CHECK(where(R"("\ud800")").find("surrogate") != std::string::npos);
        CHECK(where("\"\xFF\"").find("ill-formed UTF-8") != std::string::npos);
        CHECK(where("NaN").starts_with("byte "));
        CHECK(where("1e999").find("number overflow") != std::string::npos);
        CHECK(where(std::string(64, '[') + std::string(64, ']')) == "accepted");
        CHECK(where(std::string(65, '[') + std::string(65, ']')) ==
              ": not JSON: nested too deeply");
    }
    TEST_CASE("what is parsed is dumped as it was") {
        const std::string text =
            R"({"b":[[],{},[1,[2,"x"]]],"a":{"c":{"d":null,"e":false}},"f":-0.5})";
        CHECK(Json::parse(text).dump() == text);
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
    TEST_CASE("text that a program wrote reads back to the same value and the same text") {
        const std::string text =
            R"({"quotes":"a\"b\\c","control":"\n\r\t\u0001","plain":"é😀/","list":[true,false,null,)"
            R"([],{}],"real":-2.5,"big":18446744073709551615})";
        const Json json = Json::parse(text);
        CHECK(json.dump() == text);
        CHECK(Json::parse(json.dump(2)) == json);
        CHECK(Json::parse(R"({"a":[1,{"b":2}]})").dump(2) ==
              "{\n  \"a\": [\n    1,\n    {\n      \"b\": 2\n    }\n  ]\n}");
        // Escapes are one way to write a character, not another character.
        CHECK(Json::parse(R"("\u0041\u00e9\u20ac\ud83d\ude00\/\b\f")") == Json("Aé€😀/\b\f"));
    }
    TEST_CASE("strings that are no strings are refused") {
        for (const std::string_view text :
             {R"("\x")", R"("\u12g4")", R"("\u12)", R"("\ud83d")", R"("\ud83dx")",
              R"("\ud83d\u0041")", R"("open)", "\"line\nfeed\""}) {
            CAPTURE(text);
            CHECK_THROWS_AS(Json::parse(text), Error);
        }
    }
    TEST_CASE("a number is read as a type only if it is one of that type") {
        std::int64_t small = 7;
        std::uint64_t large = 7;
        double real = 7.0;
        CHECK_FALSE(Json(2.5).get(small));
        CHECK_FALSE(Json(-1.0).get(large));
        CHECK_FALSE(Json("3").get(real));
        CHECK_FALSE(Json(~std::uint64_t{0}).get(small));
        CHECK(small == 7);
        CHECK(large == 7);
        CHECK(real == 7.0);
        CHECK(Json(~std::uint64_t{0}).get(large));
        CHECK(large == ~std::uint64_t{0});
        CHECK(Json(std::int64_t{3}).get(real));
        CHECK(real == 3.0);
        CHECK(Json(std::uint64_t{3}) == Json(3.0));
        CHECK_THROWS_AS(Json(std::numeric_limits<double>::infinity()).dump(), Error);
    }
    TEST_CASE("members keep their order, and setting one twice keeps the last") {
        Json json;
        json.set("b", Json(1.0));
        json.set("a", Json(true));
        json.set("b", Json("x"));
        CHECK(json.dump() == R"({"b":"x","a":true})");
        CHECK(json.find("a")->boolean() != nullptr);
        CHECK(json.find("c") == nullptr);
        CHECK(Json(1.0).find("a") == nullptr);
        Json list;
        list.push_back(Json());
        list.push_back(json);
        CHECK(list.elements()->size() == 2);
        CHECK(list.dump() == R"([null,{"b":"x","a":true}])");
        CHECK(list.members() == nullptr);
        CHECK(Json::object({{"k", Json::array({Json(1.0)})}}).dump() == R"({"k":[1]})");
    }
}
