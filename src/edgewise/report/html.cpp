#include "edgewise/report/html.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/base/json.hpp"
#include "edgewise/report/assets.hpp"

namespace edgewise::report {
namespace {

// A page is the shared scripts, then those of its kind; the last one calls showReport().
struct Page {
    std::string_view kind;
    std::string_view title;  // where the response has none
    std::vector<std::string_view> scripts;
};

const std::vector<Page>& pages() {
    static const std::vector<Page> kPages{
        {"audit",
         "Edgewise audit",
         {"/js/words.js", "/js/overview.js", "/js/groups.js", "/js/conflict.js", "/js/cases.js",
          "/js/audit.js"}},
        {"fit", "Edgewise fit", {"/js/fit.js"}},
        {"groups", "Opinion groups", {"/js/opinion_map.js", "/js/opinion_groups.js"}},
        {"leaderboard", "Edgewise leaderboard", {"/js/board_charts.js", "/js/leaderboard.js"}},
        {"raters", "Edgewise raters", {"/js/raters_map.js", "/js/raters.js"}},
    };
    return kPages;
}

constexpr std::array<std::string_view, 4> kShared{"/js/core.js", "/js/table.js", "/js/charts.js",
                                                  "/js/frame.js"};

std::string_view asset(std::string_view path) {
    const auto all = assets();
    const auto found = std::ranges::find(all, path, &Asset::path);
    ensure(found != all.end(), "every part of the report page is embedded");
    return found->content;
}

// Inside <script type="application/json"> only "<" can end the element or open a comment, and in
// JSON it occurs only within strings, where \u003c means the same. U+2028 and U+2029 (E2 80 A8 and
// A9) end a line for older readers of JavaScript.
std::string escape_json(std::string_view json) {
    std::string out;
    out.reserve(json.size() + json.size() / 16);
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (c == '<') {
            out += "\\u003c";
        } else if (c == '>') {
            out += "\\u003e";
        } else if (c == '&') {
            out += "\\u0026";
        } else if (json.substr(i, 3) == "\xE2\x80\xA8" || json.substr(i, 3) == "\xE2\x80\xA9") {
            out += json[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
            i += 2;
        } else {
            out += c;
        }
    }
    return out;
}

std::string escape_html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

// 'sha256-...' as a Content-Security-Policy names the content of an element.
std::string policy_hash(std::string_view content) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    ensure(EVP_Digest(content.data(), content.size(), digest.data(), &size, EVP_sha256(),
                      nullptr) == 1,
           "SHA-256 is available");
    std::array<unsigned char, 4 * (EVP_MAX_MD_SIZE / 3 + 1) + 1> text{};
    const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
    return "'sha256-" + std::string(text.begin(), text.begin() + length) + "'";
}

}  // namespace

std::string report_page(std::string_view kind, std::string_view json) {
    const auto page = std::ranges::find(pages(), kind, &Page::kind);
    if (page == pages().end()) {
        throw Error(ErrorCode::not_found, "there is no page \"" + std::string(kind) + "\"");
    }
    const Json response = Json::parse(json);
    if (response.members() == nullptr) {
        throw Error(ErrorCode::invalid_argument, "a report is a JSON object", "/");
    }
    const Json* title = response.find("title");
    const std::string* named = title == nullptr ? nullptr : title->string();

    std::string script = "\"use strict\";\n(() => {\n";
    for (const std::string_view part : kShared) script += asset(part);
    for (const std::string_view part : page->scripts) script += asset(part);
    script += "})();\n";
    const std::string_view style = asset("/report.css");

    // The file may be shown by a server, too, so what it may load is said in the file itself.
    const std::string policy = "default-src 'none'; script-src " + policy_hash(script) +
                               "; style-src " + policy_hash(style) +
                               "; base-uri 'none'; form-action 'none'";
    // One pass over the template, so that a mark in somebody's text stays text.
    struct Slot {
        std::string_view mark;
        std::string content;
    };
    const std::array<Slot, 5> slots{
        Slot{"@policy@", policy},
        Slot{"@title@",
             escape_html(named == nullptr || named->empty() ? std::string(page->title) : *named)},
        Slot{"@css@", std::string(style)},
        Slot{"@data@", escape_json(json)},
        Slot{"@js@", script},
    };
    std::string_view rest = asset("/report.html");
    std::string out;
    for (const Slot& slot : slots) {  // they stand in the template in this order
        const std::size_t at = rest.find(slot.mark);
        ensure(at != std::string_view::npos, "the template holds every mark, in order");
        out += rest.substr(0, at);
        out += slot.content;
        rest.remove_prefix(at + slot.mark.size());
    }
    out += rest;
    return out;
}

}  // namespace edgewise::report
