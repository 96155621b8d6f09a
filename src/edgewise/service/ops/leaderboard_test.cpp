#include "edgewise/service/ops/leaderboard.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "edgewise/base/error.hpp"
#include "edgewise/report/html.hpp"
#include "edgewise/service/codec.hpp"
#include "import_files.hpp"

using namespace edgewise;

namespace {

// Three models in a circle of luck, of which "ant" is the strongest.
std::string pairs() {
    std::string out = "prompt,left,right,worker,winner,topic\n";
    const char* names[] = {"ant", "bee", "cat"};
    for (int k = 0; k < 120; ++k) {
        const int a = k % 3;
        const int b = (a + 1 + k / 3 % 2) % 3;
        const char* winner = k % 5 == 0 ? "tie" : (a < b) != (k % 7 == 0) ? "left" : "right";
        out += "p" + std::to_string(k % 11) + "," + names[a] + "," + names[b] + ",w" +
               std::to_string(k % 8) + "," + winner + "," + (k % 11 < 6 ? "law" : "art") + "\n";
    }
    return out;
}

Json run(const Json& request, unsigned threads = 1) {
    return service::operation("leaderboard").run(request, Job({}, {}, threads));
}

Json request_for(const std::string& path) { return Json::object({{"path", path}}); }

std::string complaint(const std::string& path) {
    try {
        run(request_for(path));
    } catch (const Error& error) {
        CHECK(kind_of(error.code()).exit_status == 2);
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_SUITE("service/leaderboard") {
    TEST_CASE("a response reads back as it was written and fits its page") {
        const test::TemporaryFolder folder;
        const Json answer = run(request_for(folder.write("pairs.csv", pairs())));
        const auto decoded = service::decode<service::Leaderboard::Response>(answer);
        CHECK(service::encode(decoded) == answer);
        REQUIRE(decoded.dimensions.size() == 1);
        CHECK(decoded.dimensions[0].rows[0].name == "ant");
        CHECK(decoded.title.ends_with("pairs.csv"));
        CHECK(decoded.provenance.method.starts_with("bradley_terry, "));
        CHECK(decoded.import.format == "pairwise_table");
        CHECK(!decoded.findings.empty());
        const std::string page = report::report_page("leaderboard", answer.dump());
        CHECK(page.find("<script") != std::string::npos);
        CHECK(page == report::report_page("leaderboard", answer.dump()));
    }

    TEST_CASE("the same bytes come from any number of threads, others from another seed") {
        const test::TemporaryFolder folder;
        Json request = request_for(folder.write("pairs.csv", pairs()));
        const std::string one = run(request, 1).dump();
        CHECK(run(request, 3).dump() == one);
        request.set("seed", std::uint64_t{2});
        CHECK(run(request, 1).dump() != one);
    }

    TEST_CASE("what is not known is null, never zero") {
        const test::TemporaryFolder folder;
        const Json answer = run(request_for(
            folder.write("one.csv", "prompt,left,right,worker,winner\np,ant,bee,w,left\n")));
        const Json* dimensions = answer.find("dimensions");
        REQUIRE(dimensions != nullptr);
        const Json& board = (*dimensions->elements())[0];
        const Json& row = (*board.find("rows")->elements())[0];
        for (const char* name : {"rank", "rank_low", "strength", "interval", "utility", "p_best"}) {
            CAPTURE(name);
            CHECK(row.find(name)->is_null());
        }
        CHECK(board.find("further")->is_null());
        CHECK(board.find("position")->find("effect")->is_null());
        CHECK(board.find("model")->find("log_likelihood")->is_null());
    }

    TEST_CASE("a contender against itself and an unknown winner are refused with file and line") {
        const test::TemporaryFolder folder;
        const std::string head = "prompt,left,right,worker,winner\np,ant,bee,w,left\n";
        const std::string itself =
            complaint(folder.write("itself.csv", head + "p,cat,cat,w,left\n"));
        CHECK(itself.find("itself.csv:3") != std::string::npos);
        CHECK(itself.find("one option twice") != std::string::npos);
        const std::string unknown =
            complaint(folder.write("unknown.csv", head + "p,ant,cat,w,sideways\n"));
        CHECK(unknown.find("unknown.csv:3") != std::string::npos);
        CHECK(unknown.find("sideways") != std::string::npos);
        CHECK(unknown.find("winner") != std::string::npos);
        const std::string ratings = complaint(folder.write(
            "ratings.csv", "item_id,annotator_id,dim,value\ni,r,toxic,1\ni,s,toxic,2\n"));
        CHECK(ratings.find("nothing was compared or ranked") != std::string::npos);
    }
}
