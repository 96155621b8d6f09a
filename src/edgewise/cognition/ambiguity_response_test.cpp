#include "edgewise/cognition/ambiguity_response.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"

using namespace edgewise;
using namespace edgewise::cognition;

TEST_SUITE("cognition/ambiguity response") {
    using enum CaseKind;
    using enum Response;

    TEST_CASE("rates are of their own kind of case") {
        const std::vector<CaseKind> kinds{specified,      specified,      specified,   specified,
                                          underspecified, underspecified, unanswerable};
        const std::vector<Response> responses{answer, answer, ask, answer, ask, answer, abstain};
        const auto found = ambiguity_response(kinds, responses);
        CHECK(found.rate(underspecified, answer) == Proportion{1, 2});
        CHECK(found.rate(underspecified, ask) == Proportion{1, 2});
        CHECK(found.over_ask() == Proportion{1, 4});
        CHECK(found.rate(unanswerable, abstain) == Proportion{1, 1});
        CHECK(found.caught() == Proportion{2, 3});
        CHECK(*found.ask_contrast() == doctest::Approx(0.25));
    }

    TEST_CASE("a kind of case that was not seen is unknown, not zero") {
        const auto none = ambiguity_response({}, {});
        CHECK(!none.over_ask().value());
        CHECK(!none.ask_contrast());
        CHECK(!none.caught().value());
        const std::vector<CaseKind> kinds{underspecified};
        CHECK(!ambiguity_response(kinds, std::vector{ask}).ask_contrast());
    }

    TEST_CASE("asking always shows no contrast") {
        const std::vector<CaseKind> kinds{underspecified, specified};
        CHECK(*ambiguity_response(kinds, std::vector{ask, ask}).ask_contrast() == 0.0);
    }

    TEST_CASE("a missing response is refused") {
        const std::vector<CaseKind> kinds{underspecified, specified};
        CHECK_THROWS_AS(ambiguity_response(kinds, std::vector{ask}), Error);
    }
}
