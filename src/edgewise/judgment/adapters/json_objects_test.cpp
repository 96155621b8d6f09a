#include "edgewise/judgment/adapters/json_objects.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"

using namespace edgewise;
using namespace edgewise::judgment::formats;

namespace {

std::vector<std::string> all(std::string_view text, bool keyed, bool cut) {
    JsonObjects objects("f", text, keyed, cut);
    std::vector<std::string> out;
    JsonObject at;
    while (objects.next(at)) {
        out.push_back(at.key + "@" + std::to_string(at.line) +
                      std::string(text.substr(at.begin, at.size)));
    }
    return out;
}

std::string fault(std::string_view text, bool keyed) {
    try {
        all(text, keyed, false);
    } catch (const Error& error) {
        return error.what();
    }
    return "accepted";
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("objects end at their own brace, whatever their texts hold") {
    CHECK(all(" [ {\"a\":\"}]\\\"{\"} ,\n{\"b\":{\"c\":[{}]}}]\n", false, false) ==
          List{"@1{\"a\":\"}]\\\"{\"}", "@2{\"b\":{\"c\":[{}]}}"});
    CHECK(all("{\"x\\n\\\"y\":{},\"\":{ }}", true, false) == List{"x\n\"y@1{}", "@1{ }"});
    CHECK(all("[]", false, false).empty());
    CHECK(all("{\n}", true, false).empty());
}

TEST_CASE("a text that is cut gives the objects before the cut and no fault") {
    const std::string text = "{\"a\":{\"k\":1},\"b\":{\"k\":\"}\"}}";
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const auto found = all(std::string_view(text).substr(0, size), true, true);
        CHECK(found.size() == (size >= 26 ? 2U : size >= 12 ? 1U : 0U));
    }
}

TEST_CASE("what stands between, after or instead of objects is refused with its line") {
    CHECK(fault("[{}\n{}]", false) == "f:2: expected a comma or the end of the array, found \"{\"");
    CHECK(fault("[{},\n1]", false) == "f:2: expected a JSON object, found \"1\"");
    CHECK(fault("[{},]", false) == "f:1: expected a JSON object, found \"]\"");
    CHECK(fault("[{}]\nx", false) ==
          "f:2: expected nothing after one JSON array of objects, found \"x\"");
    CHECK(fault("[{}", false) == "f:1: expected a comma or the end of the array, found the end");
    CHECK(fault("[{\n\"", false) ==
          "f:2: expected the end of the object that begins on line 1, found the end");
    CHECK(fault("{\"a\":1}", true) == "f:1: expected a JSON object, found \"1\"");
    CHECK(fault("{\"a\" {}}", true) ==
          "f:1: expected a colon after the member's name, found \"{\"");
    CHECK(fault("{a:{}}", true) == "f:1: expected a member's name, found \"a\"");
    CHECK(fault("{\"a", true) == "f:1: expected the end of a member's name, found the end");
    CHECK(fault("{\"\\q\":{}}", true).starts_with("f:1: expected a member's name"));
    CHECK(fault("", true) == "f:1: expected one JSON object of objects, found the end");
}
