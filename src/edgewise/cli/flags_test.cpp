#include "edgewise/cli/flags.hpp"

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/cli/help.hpp"
#include "edgewise/cli/text.hpp"

using namespace edgewise;
using namespace edgewise::cli;

namespace {

using Words = std::vector<std::string>;

Json request(const char* operation, Words arguments) {
    return parse(service::operation(operation), std::move(arguments)).request;
}

std::string refusal(const char* operation, Words arguments) {
    try {
        const service::Operation& op = service::operation(operation);
        check_complete(op, parse(op, std::move(arguments)));
    } catch (const Error& e) {
        CHECK(kind_of(e.code()).exit_status == 2);
        return e.what();
    }
    return "accepted";
}

}  // namespace

TEST_SUITE("cli/flags") {
    TEST_CASE("flags become members of the request, with their types") {
        CHECK(request("audit", {"x.csv", "--least-cell", "3", "--fdr=0.2", "--title", "A b",
                                "--include-machines"}) ==
              Json::parse(R"({"path":"x.csv","title":"A b","fdr":0.2,"least_cell":3,)"
                          R"("include_machines":true})"));
        CHECK(request("import", {"a", "b", "--dry-run"}) ==
              Json::parse(R"({"path":"a","out":"b","dry_run":true})"));
        CHECK(request("show", {"c1", "x.csv"}) == Json::parse(R"({"case":"c1","path":"x.csv"})"));
        CHECK(request("show", {"--path", "x.csv", "--case", "c1"}) ==
              Json::parse(R"({"case":"c1","path":"x.csv"})"));
    }

    TEST_CASE("a list is comma separated or repeated, and a binding keeps its commas") {
        CHECK(elements_of("a,b") == Words{"a", "b"});
        CHECK(elements_of("age=30,50") == Words{"age=30,50"});
        CHECK(elements_of("age=30,50,income=2,3") == Words{"age=30,50", "income=2,3"});
        CHECK(elements_of("a=1,b=2") == Words{"a=1", "b=2"});
        CHECK(elements_of("").empty());
        CHECK(elements_of(",a,").size() == 1);
        CHECK(request("audit", {"x", "--negative", "a,b", "--negative", "c"}) ==
              Json::parse(R"({"path":"x","negative":["a","b","c"]})"));
    }

    TEST_CASE("a mistake names its flag and what would do") {
        CHECK(refusal("audit", {"x", "--sed", "3"}) == "--sed: unknown flag; did you mean --seed?");
        CHECK(refusal("audit", {"x", "--sed=3"}) == "--sed: unknown flag; did you mean --seed?");
        CHECK(refusal("audit", {"x", "--wholly-unlike-anything"}) ==
              "--wholly-unlike-anything: unknown flag; see edgewise audit --help");
        CHECK(refusal("audit", {"x", "--seed", "-3"}) ==
              "--seed: expected a whole number from 0, found \"-3\"");
        CHECK(refusal("audit", {"x", "--seed", "3.5"}) ==
              "--seed: expected a whole number from 0, found \"3.5\"");
        CHECK(refusal("audit", {"x", "--fdr", "nan"}) ==
              "--fdr: expected a finite number, found \"nan\"");
        CHECK(refusal("audit", {"x", "--fdr", "a"}) == "--fdr: expected a number, found \"a\"");
        CHECK(refusal("audit", {"x", "--seed", "1", "--seed", "2"}) ==
              "--seed: given more than once");
        CHECK(refusal("audit", {"x", "--seed"}) == "--seed: needs a value");
        CHECK(refusal("audit", {"x", "--threads", "0"}) ==
              "--threads: expected a number from 1 to 1024, found \"0\"");
        CHECK(refusal("audit", {"x", "y"}) ==
              "unexpected argument \"y\"; see edgewise audit --help");
        CHECK(refusal("audit", {}).starts_with("audit needs PATH, a file or a folder"));
        CHECK(
            refusal("import", {"x", "o", "--html", "a.html"}).starts_with("--html: unknown flag"));
    }

    TEST_CASE("every flag of every command is in its help and its completions") {
        for (const service::Operation& op : service::operations()) {
            const std::string text = help(op, false);
            for (const Flag& flag : flags_of(op)) {
                CHECK_MESSAGE(text.find(flag.name) != std::string::npos, flag.name);
                CHECK(completion("bash").find(flag.name) != std::string::npos);
                CHECK(completion("zsh").find(flag.name) != std::string::npos);
                CHECK(completion("fish").find(flag.name.substr(2)) != std::string::npos);
            }
            std::string_view rest = text;
            while (!rest.empty()) {
                const std::size_t end = rest.find('\n');
                CHECK_MESSAGE(display_width(rest.substr(0, end)) <= kColumns, rest.substr(0, end));
                rest.remove_prefix(end + 1);
            }
        }
        CHECK_THROWS_AS(completion("tcsh"), const Error&);
    }

    TEST_CASE("no word is near to one that has nothing in common with it") {
        CHECK(nearest("audt", {"audit", "show"}) == "audit");
        CHECK(nearest("xyz", {"audit", "show"}).empty());
        CHECK(nearest("anything", {}).empty());
    }
}
