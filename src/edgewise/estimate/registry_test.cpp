#include <algorithm>

#include <doctest/doctest.h>

#include "edgewise/estimate/estimator.hpp"

using namespace edgewise;
using namespace edgewise::estimate;

TEST_SUITE("estimate/registry") {
    TEST_CASE("estimators are sorted, and each is found by its id") {
        CHECK(std::ranges::is_sorted(estimators(), {}, &Estimator::id));
        for (const Estimator& e : estimators()) CHECK(estimator(e.id).id == e.id);
    }
    TEST_CASE("an unknown estimator is an error that names the known ones") {
        try {
            estimator("magic");
            FAIL("expected an Error");
        } catch (const Error& e) {
            CHECK(e.code() == ErrorCode::not_found);
            for (const Estimator& known : estimators()) {
                CHECK(e.message().find(known.id) != std::string::npos);
            }
        }
    }
    TEST_CASE("votes and binary views take beta_votes, other views hierarchical_ratings") {
        DimensionView view;
        CHECK(choose(view).id == "hierarchical_ratings");
        view.binary = true;
        CHECK(choose(view).id == "beta_votes");
        view.binary = false;
        view.votes = true;
        CHECK(choose(view).id == "beta_votes");
    }
}
