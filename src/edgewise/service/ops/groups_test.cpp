#include "edgewise/service/ops/groups.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <fmt/format.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/cli/render.hpp"
#include "edgewise/report/html.hpp"
#include "edgewise/service/codec.hpp"
#include "edgewise/service/ops/ops.hpp"

// Laws:
//   the same votes give the same bytes on any number of threads
//   what --write writes, an audit reads, and marks as learned from the votes
//   each answer can be shown on a terminal and on a page
//   bad input is refused with the place

using namespace edgewise;
using service::Audit;
using service::Groups;

namespace {

struct Folder {
    Folder()
        : path(std::filesystem::temp_directory_path() /
               fmt::format("edgewise-groups-{}", ::getpid())) {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path); }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path / name) << text;
        return (path / name).string();
    }
    std::filesystem::path path;
};

// A Polis export of two camps on 24 statements.
std::string export_of_two_camps(const Folder& folder, const std::string& name) {
    constexpr int kStatements = 24, kRaters = 60;
    const std::filesystem::path out = folder.path / name;
    std::filesystem::create_directories(out);
    Rng rng(3, 0);
    std::string votes = "participant,group-id,n-votes";
    std::vector<int> agrees(kStatements, 0), disagrees(kStatements, 0);
    for (int s = 0; s < kStatements; ++s) votes += fmt::format(",{}", s);
    for (int r = 0; r < kRaters; ++r) {
        votes += fmt::format("\n{},{},{}", r, r % 2, kStatements);
        for (int s = 0; s < kStatements; ++s) {
            const int side = s % 3 == 0 ? 1 : (s + r) % 2 == 0 ? 1 : -1;
            const int vote = rng.next_unit() < 0.1 ? -side : side;
            (vote > 0 ? agrees : disagrees)[static_cast<std::size_t>(s)] += 1;
            votes += fmt::format(",{}", vote);
        }
    }
    std::string comments = "comment-id,agrees,disagrees,moderated,comment-body";
    for (int s = 0; s < kStatements; ++s) {
        const auto at = static_cast<std::size_t>(s);
        comments += fmt::format("\n{},{},{},1,Statement {}", s, agrees[at], disagrees[at], s);
    }
    std::ofstream(out / "participants-votes.csv") << votes << "\n";
    std::ofstream(out / "comments.csv") << comments << "\n";
    return out.string();
}

Groups::Request request(const std::string& path) {
    Groups::Request out;
    out.path = path;
    out.permutations = 19;
    out.splits = 4;
    out.resamples = 4;
    return out;
}

std::string slurp(const std::filesystem::path& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
}

}  // namespace

TEST_SUITE("service/groups") {
    TEST_CASE("two camps are found and agree with the published groups") {
        const Folder folder;
        const auto r = Groups::run(request(export_of_two_camps(folder, "two")), Job{});
        CHECK(r.title == "two");
        REQUIRE(r.groups.size() == 2);
        REQUIRE(r.known.size() == 1);
        CHECK(r.known[0].attribute == "group-id");
        CHECK(r.known[0].learned_from_judgments);
        CHECK(*r.known[0].adjusted_rand == doctest::Approx(1.0));
        CHECK(r.findings.at(0).verdict == "shown");
        CHECK(r.agreed == 8);
        CHECK(r.honest.held == 16);
        CHECK(r.provenance.method.starts_with("principal components"));
    }
    TEST_CASE("the same votes give the same bytes on any number of threads") {
        const Folder folder;
        const auto path = export_of_two_camps(folder, "two");
        const std::string one = service::encode(Groups::run(request(path), Job{})).dump();
        const std::string three =
            service::encode(Groups::run(request(path), Job({}, {}, 3))).dump();
        CHECK(one == three);
    }
    TEST_CASE("who is in which group is read by an audit, and marked as learned") {
        const Folder folder;
        const auto path = export_of_two_camps(folder, "two");
        auto ask = request(path);
        ask.write = (folder.path / "groups.csv").string();
        const auto r = Groups::run(ask, Job{});
        CHECK(r.written == ask.write);
        CHECK(slurp(ask.write).starts_with("rater,opinion-group\n0,"));
        Audit::Request audit;
        audit.path = path;
        audit.raters = ask.write;
        audit.attributes = {"opinion-group"};
        audit.permutations = 19;
        const auto report = Audit::run(audit, Job{});
        REQUIRE(report.partitions.size() == 1);
        CHECK(report.partitions[0].learned_from_judgments);
        CHECK(report.partitions[0].groups.size() == 2);
        // Someone is missing from the table, or stands in it twice.
        audit.raters = folder.write("few.csv", "rater,opinion-group\n0,A\n1,B\n");
        CHECK_THROWS_WITH_AS(Audit::run(audit, Job{}), doctest::Contains("58 rater(s) are missing"),
                             Error);
        audit.raters = folder.write("twice.csv", "rater,opinion-group\n0,A\n0,B\n");
        CHECK_THROWS_WITH_AS(Audit::run(audit, Job{}), doctest::Contains("each id once"), Error);
        audit.raters = folder.write("keyless.csv", "who,opinion-group\n0,A\n");
        CHECK_THROWS_WITH_AS(Audit::run(audit, Job{}), doctest::Contains("raters' ids"), Error);
    }
    TEST_CASE("ratings are read as votes, and it says so") {
        const Folder folder;
        std::string csv = "item,rater,rating\n";
        for (int r = 0; r < 20; ++r) {
            for (int s = 0; s < 10; ++s) {
                csv += fmt::format("i{},r{},{}\n", s, r, (r + s) % 2 == 0 ? 5 : 1 + s % 3);
            }
        }
        const auto r = Groups::run(request(folder.write("ratings.csv", csv)), Job{});
        CHECK(r.data.kind.starts_with("ratings, read as votes"));
        CHECK(r.data.agree > 0);
    }
    TEST_CASE("where nothing can be written and what is not there is refused first") {
        const Folder folder;
        auto ask = request(export_of_two_camps(folder, "two"));
        ask.write = (folder.path / "no" / "such" / "place.csv").string();
        CHECK_THROWS_AS(Groups::run(ask, Job{}), Error);
        CHECK_THROWS_AS(Groups::run(request((folder.path / "gone").string()), Job{}), Error);
        ask.write.clear();
        ask.dimension = "kindness";
        CHECK_THROWS_WITH_AS(Groups::run(ask, Job{}), doctest::Contains("agreement"), Error);
    }
    TEST_CASE("a terminal and a page show it, and hostile texts stay text") {
        const Folder folder;
        auto r = Groups::run(request(export_of_two_camps(folder, "two")), Job{});
        r.statements[0].text = "</script><script>alert(1)</script>\x1b[31m";
        for (const bool colour : {false, true}) {
            const std::string text = cli::render_groups(r, colour);
            CHECK(text.find("What to do next") != std::string::npos);
            CHECK(text.find("nan") == std::string::npos);
            CHECK(text.find("[31malert") == std::string::npos);
        }
        const std::string page = report::report_page("groups", service::encode(r).dump());
        CHECK(page.find("<script>alert") == std::string::npos);
        CHECK(page.find("opinionmap") != std::string::npos);
    }
}
