#include "edgewise/service/codec.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "edgewise/base/error.hpp"

using namespace edgewise;

namespace {

struct Base {
    std::string path;
    template <class V>
    static void describe(V& v) {
        v.field("path", &Base::path, "A file");
    }
};

struct Inner {
    double low = 0.0;
    template <class V>
    static void describe(V& v) {
        v.field("low", &Inner::low, "Lower end");
    }
};

struct Sample : Base {
    std::uint64_t seed = 1;
    std::optional<double> p;
    std::optional<Inner> inner;
    std::vector<std::vector<double>> rows;
    std::vector<Inner> inners;
    template <class V>
    static void describe(V& v) {
        Base::describe(v);
        v.option("seed", &Sample::seed, "Where numbers start");
        v.option("p", &Sample::p, "Maybe");
        v.option("inner", &Sample::inner, "Maybe");
        v.option("rows", &Sample::rows, "Rows");
        v.option("inners", &Sample::inners, "Many");
    }
};

// "accepted", or where and why it was refused.
std::string refusal(const char* text) {
    try {
        service::decode<Sample>(Json::parse(text));
    } catch (const Error& e) {
        return e.where() + ": " + e.message();
    }
    return "accepted";
}

}  // namespace

TEST_SUITE("service/codec") {
    TEST_CASE("a mistake is reported where it is") {
        CHECK(refusal(R"({"path":"a"})") == "accepted");
        CHECK(refusal(R"({"path":"a","rows":[[1,2],[]],"inner":null,"p":0.5})") == "accepted");
        CHECK(refusal(R"({"seed":1})") == "/: missing member \"path\"");
        CHECK(refusal(R"({"path":1})") == "/path: expected a string");
        CHECK(refusal(R"({"path":"a","sed":1})") == "/sed: unknown member");
        CHECK(refusal(R"({"path":"a","seed":-1})") ==
              "/seed: expected an integer that is not negative");
        CHECK(refusal(R"({"path":"a","rows":[[1],["x"]]})") == "/rows/1/0: expected a number");
        CHECK(refusal(R"({"path":"a","inners":[{"low":1},{}]})") ==
              "/inners/1: missing member \"low\"");
    }

    TEST_CASE("what is encoded decodes to itself") {
        Sample sample;
        sample.path = "a\n\"ü\"";
        sample.seed = std::numeric_limits<std::uint64_t>::max();
        sample.p = 0.1;
        sample.inner = Inner{-3.5};
        sample.rows = {{1.0, 2.5}, {}};
        sample.inners = {{1.0}, {2.0}};
        const Json json = service::encode(sample);
        CHECK(service::encode(service::decode<Sample>(json)) == json);
        CHECK(Json::parse(json.dump()) == json);
    }

    TEST_CASE("a number that is not finite is our bug and named") {
        const double bad[] = {std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity()};
        for (const double value : bad) {
            Sample optional;
            optional.p = value;
            Sample nested;
            nested.inner = Inner{value};
            Sample row;
            row.rows = {{value}};
            for (const Sample& sample : {optional, nested, row}) {
                CHECK_THROWS_AS(service::encode(sample), const Error&);
            }
            try {
                service::encode(nested);
            } catch (const Error& e) {
                CHECK(e.code() == ErrorCode::internal);
                CHECK(e.message().find("\"low\"") != std::string::npos);
            }
        }
    }

    TEST_CASE("a schema knows what is required, optional, and the default") {
        const Json schema = service::schema<Sample>();
        CHECK(*schema.find("required") == Json::array({"path"}));
        const Json& properties = *schema.find("properties");
        CHECK(*properties.find("seed")->find("default") == Json(std::uint64_t{1}));
        CHECK(*properties.find("p")->find("type") == Json::array({"number", "null"}));
        CHECK(*properties.find("inner")->find("type") == Json::array({"object", "null"}));
        CHECK(*properties.find("rows")->find("items")->find("items")->find("type") ==
              Json("number"));
    }
}
