// edgewise raters from a file to every answer it gives.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/json.hpp"
#include "edgewise/base/random.hpp"
#include "edgewise/cli/render.hpp"
#include "edgewise/cli/text.hpp"
#include "edgewise/report/html.hpp"
#include "edgewise/service/operation.hpp"

using namespace edgewise;

namespace {

// 80 items by 12 people and a model that judges 240 more; r0 is strict, r1 says 3 to everything.
std::string sample_file() {
    const auto path = std::filesystem::temp_directory_path() / "edgewise_raters_test.csv";
    std::ofstream out(path);
    out << "item_id,annotator_id,dim,value,time\n";
    Rng rng(71, 1);
    for (int item = 0; item < 320; ++item) {
        const double centre = 3.0 + next_normal(rng);
        const auto say = [&](const std::string& who, double x, int second) {
            const int value = static_cast<int>(std::clamp(std::round(x), 1.0, 5.0));
            out << "i" << item << ',' << who << ",quality," << value << ",2024-05-01T"
                << 10 + item / 60 << ':' << (item % 60 < 10 ? "0" : "") << item % 60 << ':'
                << 10 + second << "Z\n";
        };
        for (int r = 0; r < 12 && item < 80; ++r) {
            const double noise = 0.6 * next_normal(rng);
            say("r" + std::to_string(r),
                r == 0   ? centre - 1.5 + noise
                : r == 1 ? 3.0
                         : centre + noise,
                r);
        }
        say("judge", centre + 0.3 + 0.5 * next_normal(rng), 40);
    }
    return path.string();
}

Json ask(const std::string& path) {
    Json request = Json::object({{"path", path}});
    request.set("machines", Json::array({"judge"}));
    request.set("replicates", std::uint64_t{200});
    return request;
}

const Json& row_of(const Json& response, const std::string& rater) {
    for (const Json& row : *response.find("raters")->elements()) {
        if (*row.find("rater")->string() == rater) return row;
    }
    FAIL("no row of " << rater);
    return response;
}

bool has_flag(const Json& row, const std::string& flag) {
    for (const Json& each : *row.find("flags")->elements()) {
        if (*each.string() == flag) return true;
    }
    return false;
}

}  // namespace

TEST_SUITE("raters from end to end") {
    TEST_CASE("who is strict or says the same to everything stands out, on one screen or two") {
        const std::string path = sample_file();
        const auto& op = service::operation("raters");
        const Json response = op.run(ask(path), Job({}, {}, 1));
        CHECK(has_flag(row_of(response, "r0"), "gives_lower"));
        CHECK(has_flag(row_of(response, "r1"), "straight_lining"));
        for (int r = 2; r < 12; ++r) {
            CAPTURE(r);
            CHECK(row_of(response, "r" + std::to_string(r)).find("flags")->elements()->empty());
        }
        CHECK(*row_of(response, "judge").find("kind")->string() == "machine");
        const Json& machine = response.find("machine_rows")->elements()->front();
        CHECK(machine.find("saved")->dump() != "null");
        CHECK(response.find("times_known")->dump() == "true");

        SUBCASE("the same bytes come from any number of threads") {
            CHECK(op.run(ask(path), Job({}, {}, 4)).dump() == response.dump());
        }
        SUBCASE("the terminal shows it in lines that fit") {
            const std::string text = cli::render("raters", response, false);
            std::size_t lines = 0;
            for (std::size_t at = 0; at < text.size(); ++lines) {
                const std::size_t end = std::min(text.find('\n', at), text.size());
                CHECK(cli::display_width(text.substr(at, end - at)) <= cli::kColumns);
                at = end + 1;
            }
            CHECK(lines < 2 * cli::kMostLines);
            for (const char* words : {"r0", "lower", "repeats", "judge", "What to do next"}) {
                CAPTURE(words);
                CHECK(text.find(words) != std::string::npos);
            }
            CHECK(text.find("nan") == std::string::npos);
        }
        SUBCASE("the page holds it") {
            const std::string page = report::report_page("raters", response.dump());
            CHECK(page.find("showRatersHeader") != std::string::npos);
            CHECK(page.find("\"straight_lining\"") != std::string::npos);
        }
        std::filesystem::remove(path);
    }

    TEST_CASE("what cannot be is refused by name") {
        const std::string path = sample_file();
        Json request = ask(path);
        request.set("metric", "cosine");
        CHECK_THROWS_WITH_AS(service::operation("raters").run(request, {}),
                             doctest::Contains("cosine"), Error);
        request = ask(path);
        request.set("dimensions", Json::array({"qualty"}));
        CHECK_THROWS_WITH_AS(service::operation("raters").run(request, {}),
                             doctest::Contains("quality"), Error);
        std::filesystem::remove(path);
    }
}
