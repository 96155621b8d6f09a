#include <doctest/doctest.h>

#include <algorithm>

#include "edgewise/base/source.hpp"
#include "edgewise/service/operation.hpp"

using namespace edgewise;

TEST_SUITE("service/operations") {
    TEST_CASE("operations are sorted, and each has its schemas") {
        CHECK(std::ranges::is_sorted(service::operations(), {}, &service::Operation::name));
        for (const service::Operation& op : service::operations()) {
            CHECK(op.request_schema().find("properties") != nullptr);
            CHECK(op.response_schema().find("properties") != nullptr);
            CHECK(&service::operation(op.name) == &op);
            CHECK(std::ranges::count(op.examples, '\n') >= 1);  // two examples or more
        }
        CHECK_THROWS_AS(service::operation("audits"), const Error&);
    }

    TEST_CASE("the written schemas are those of the program") {
        const std::string written = read_text(EDGEWISE_SOURCE "/docs/schema/operations.json");
        CHECK_MESSAGE(written == service::operations_schema().dump(2) + "\n",
                      "run: build/dev/edgewise schema > docs/schema/operations.json");
    }

    TEST_CASE("an error says where, and null where it does not know") {
        const Error error(ErrorCode::invalid_data, "expected a number",
                          Place{.file = "a.csv",
                                .line = 12,
                                .field = "value",
                                .expected = "a number",
                                .found = "x"});
        const Json body = service::error_body(error);
        const Json* detail = body.find("error");
        REQUIRE(detail != nullptr);
        CHECK(*detail->find("code") == Json("invalid_data"));
        CHECK(*detail->find("line") == Json(std::uint64_t{12}));
        CHECK(*detail->find("found") == Json("x"));
        const Json bare = service::error_body(Error(ErrorCode::internal, "oh"));
        CHECK(bare.find("error")->find("file")->is_null());
        CHECK(bare.find("error")->find("line")->is_null());
    }
}
