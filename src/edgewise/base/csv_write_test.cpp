#include "edgewise/base/csv_write.hpp"

#include <doctest/doctest.h>

#include <string>

namespace edgewise {
namespace {

std::string written(std::string_view text) {
    std::string out = "x,";
    append_csv_field(out, text);
    return out;
}

TEST_SUITE("base/csv") {
    TEST_CASE("a field is quoted only where a reader would misread it") {
        CHECK(written("plain words") == "x,plain words");
        CHECK(written("") == "x,");
        CHECK(written("a,b") == "x,\"a,b\"");
        CHECK(written("say \"so\"") == "x,\"say \"\"so\"\"\"");
        CHECK(written("two\nlines") == "x,\"two\nlines\"");
        CHECK(written("old\rline") == "x,\"old\rline\"");
    }
}

}  // namespace
}  // namespace edgewise
