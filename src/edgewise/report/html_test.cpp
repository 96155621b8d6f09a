#include "edgewise/report/html.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/json.hpp"
#include "edgewise/base/rng.hpp"
#include "edgewise/report/assets.hpp"
#include "edgewise/service/operation.hpp"

using namespace edgewise;
std::string audit_page(std::string_view json) { return report::report_page("audit", json); }

namespace {

// Laws:
//   what the page holds between its data marks reads back as the JSON that went in
//   no text of the audit can open or close an element, or stand for a mark of the template
//   the page names no address that a browser would load
//   same JSON, same bytes

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size())) {
        ++n;
    }
    return n;
}

// What stands between `open` and the next `close`.
std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
    const std::size_t from = text.find(open);
    REQUIRE(from != std::string_view::npos);
    const std::size_t start = from + open.size();
    return text.substr(start, text.find(close, start) - start);
}

std::string_view embedded(std::string_view page) {
    return between(page, "<script type=\"application/json\" id=\"response\">", "</script>");
}

Json with_text(const std::string& text) {
    return Json::object({{"title", text}, {"findings", Json::array({text, Json(text.size())})}});
}

}  // namespace

TEST_SUITE("report/html") {
    TEST_CASE("hostile texts stay text and read back unchanged") {
        const std::string plain = audit_page(with_text("plain").dump());
        for (const std::string text :
             {"</script><script>alert(1)</script>", "<!-- <script>", "]]>", "@js@ @css@ @data@",
              "</title><img src=x onerror=alert(1)>", "\xE2\x80\xA8 and \xE2\x80\xA9",
              "quotes \" ' ` and \\ and &lt; &amp;", "\xE2\x80", "a\tb\nc", ""}) {
            CAPTURE(text);
            const Json audit = with_text(text);
            std::string page;
            try {
                page = audit_page(audit.dump());
            } catch (const Error&) {
                CHECK(text == "\xE2\x80");  // not UTF-8, so not JSON
                continue;
            }
            CHECK(Json::parse(embedded(page)) == audit);
            for (const std::string_view part : {"<script", "</script", "<!--", "<img", "<title"}) {
                CAPTURE(part);
                CHECK(count(page, part) == count(plain, part));
            }
            for (const char c : {'<', '>', '&'}) CHECK(embedded(page).find(c) == std::string::npos);
            CHECK(embedded(page).find("\xE2\x80\xA8") == std::string::npos);
            CHECK(embedded(page).find("\xE2\x80\xA9") == std::string::npos);
        }
    }
    TEST_CASE("random texts of the characters that matter never leave their element") {
        constexpr std::string_view kLetters = "<>/!-&\"'\\scriptSCRIPT @{}$\t";
        const std::size_t elements = count(audit_page("{}"), "<");
        Rng rng(11, 0);
        for (int round = 0; round < 200; ++round) {
            std::string text;
            for (int i = 0; i < 40; ++i) text += kLetters[rng.next_u64() % kLetters.size()];
            CAPTURE(text);
            const Json audit = with_text(text);
            const std::string page = audit_page(audit.dump());
            CHECK(Json::parse(embedded(page)) == audit);
            CHECK(count(page, "<") == elements);
        }
    }
    TEST_CASE("the title is the audit's, and a default where there is none") {
        CHECK(between(audit_page(R"({"title":"A < B & \"C\""})"), "<title>", "</title>") ==
              "A &lt; B &amp; &quot;C&quot;");
        CHECK(between(audit_page(R"({"title":""})"), "<title>", "</title>") == "Edgewise audit");
        CHECK(between(audit_page(R"({"title":7})"), "<title>", "</title>") == "Edgewise audit");
        CHECK(between(audit_page("{}"), "<title>", "</title>") == "Edgewise audit");
    }
    TEST_CASE("what is not one JSON object is refused") {
        for (const std::string_view text :
             {"", "[]", "3", "null", "{}{}", "{\"title\":", "<html>"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(audit_page(text), Error);
        }
    }
    TEST_CASE("the page loads nothing") {
        const std::string page = audit_page(with_text("see https://example.org").dump());
        for (const std::string_view part :
             {"src=", "@import", "url(http", "url(//", "url(\"", "fetch(", "XMLHttpRequest",
              "WebSocket", "sendBeacon", "<link", "<iframe", "import(", "href=\"http"}) {
            CAPTURE(part);
            CHECK(count(page, part) == 0);
        }
        // The one address in the program's own text is the name of SVG.
        CHECK(count(page, "http://") == 1);
        CHECK(count(page, "http://www.w3.org/2000/svg") == 1);
        // Any other is a word of the audit: in the title, and twice in the JSON.
        CHECK(count(page, "https://") == 3);
        CHECK(count(embedded(page), "https://") == 2);
    }
    TEST_CASE("the policy allows the page's own script and style, and nothing else") {
        const std::string page = audit_page("{}");
        const std::string_view policy =
            between(page, "http-equiv=\"Content-Security-Policy\" content=\"", "\">");
        CHECK(policy.starts_with("default-src 'none'; script-src 'sha256-"));
        CHECK(policy.find("; style-src 'sha256-") != std::string_view::npos);
        CHECK(count(policy, "'sha256-") == 2);
        CHECK(count(policy, "=' ") + count(policy, "=';") == 2);  // 32 bytes end in one "="
        CHECK(policy.find("unsafe") == std::string_view::npos);
        CHECK(page.find("Content-Security-Policy") < page.find("<style"));
    }
    TEST_CASE("texts enter the page only as text: no script parses markup") {
        for (const report::Asset& part : report::assets()) {
            if (!part.path.ends_with(".js")) continue;
            CAPTURE(part.path);
            for (const std::string_view word :
                 {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser",
                  "eval(", "Function(", "</script", "<!--"}) {
                CAPTURE(word);
                CHECK(part.content.find(word) == std::string_view::npos);
            }
        }
    }
    TEST_CASE("every script under page/js is part of some page, once") {
        std::vector<std::string> pages;
        for (const service::Operation& op : service::operations()) {
            if (!op.page.empty()) pages.push_back(report::report_page(op.page, "{}"));
        }
        std::size_t scripts = 0;
        for (const report::Asset& part : report::assets()) {
            if (!part.path.starts_with("/js/")) continue;
            ++scripts;
            CAPTURE(part.path);
            std::size_t pages_with_it = 0;
            for (const std::string& page : pages) {
                const std::size_t times = count(page, part.content);
                CHECK(times <= 1);
                pages_with_it += times;
            }
            CHECK(pages_with_it >= 1);
        }
        CHECK(scripts > 0);
        CHECK_THROWS_AS(static_cast<void>(report::report_page("absent", "{}")), Error);
    }
    TEST_CASE("the same JSON gives the same bytes") {
        const std::string json = with_text("one").dump();
        CHECK(audit_page(json) == audit_page(json));
        CHECK(audit_page(json) != audit_page(with_text("two").dump()));
    }
}
