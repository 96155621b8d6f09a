#include "edgewise/judgment/adapters/json_objects.hpp"

#include <fmt/format.h>

#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/json.hpp"

namespace edgewise::judgment::formats {

JsonObjects::JsonObjects(std::string file, std::string_view text, bool keyed, bool cut)
    : file_(std::move(file)), text_(text), keyed_(keyed), cut_(cut) {}

void JsonObjects::fail(std::string_view expected) const {
    refuse({.file = file_,
            .line = line_,
            .field = {},
            .expected = std::string(expected),
            .found = at_ < text_.size() ? fmt::format("\"{}\"", text_[at_]) : "the end"});
}

void JsonObjects::skip_space() {
    for (; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (c == '\n') {
            ++line_;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            return;
        }
    }
}

bool JsonObjects::take(char wanted, std::string_view expected) {
    skip_space();
    if (at_ == text_.size() && cut_) return false;
    if (look() != wanted || at_ == text_.size()) fail(expected);
    ++at_;
    return true;
}

// From after the opening quote to after the closing one.
bool JsonObjects::pass_string() {
    for (; at_ < text_.size(); ++at_) {
        if (text_[at_] == '\\') {
            ++at_;
        } else if (text_[at_] == '"') {
            ++at_;
            return true;
        } else if (text_[at_] == '\n') {
            ++line_;
        }
    }
    return false;
}

// From after the opening brace to after the closing one.
bool JsonObjects::pass_object() {
    for (std::size_t depth = 1; at_ < text_.size();) {
        const char c = text_[at_++];
        if (c == '"') {
            if (!pass_string()) return false;
        } else if (c == '{') {
            ++depth;
        } else if (c == '}') {
            if (--depth == 0) return true;
        } else if (c == '\n') {
            ++line_;
        }
    }
    return false;
}

bool JsonObjects::next(JsonObject& out) {
    if (done_) return false;
    const char close = keyed_ ? '}' : ']';
    const std::string_view whole =
        keyed_ ? "one JSON object of objects" : "one JSON array of objects";
    if (first_ && !take(keyed_ ? '{' : '[', whole)) return false;
    skip_space();
    if (look() == close) {
        ++at_;
        done_ = true;
        skip_space();
        if (at_ < text_.size()) fail("nothing after " + std::string(whole));
        return false;
    }
    if (!first_ && !take(',', keyed_ ? "a comma or the end of the object"
                                     : "a comma or the end of the array")) {
        return false;
    }
    first_ = false;
    out.key.clear();
    if (keyed_) {
        if (!take('"', "a member's name")) return false;
        const std::size_t begin = at_;
        if (!pass_string()) {
            if (cut_) return false;
            fail("the end of a member's name");
        }
        const std::string_view key = text_.substr(begin, at_ - 1 - begin);
        if (key.find('\\') == std::string_view::npos) {
            out.key.assign(key);
        } else {
            try {
                out.key = *Json::parse(text_.substr(begin - 1, at_ - begin + 1)).string();
            } catch (const Error&) {
                fail("a member's name");
            }
        }
        if (!take(':', "a colon after the member's name")) return false;
    }
    skip_space();
    out.begin = at_;
    out.line = line_;
    if (!take('{', "a JSON object")) return false;
    if (!pass_object()) {
        if (cut_) return false;
        fail(fmt::format("the end of the object that begins on line {}", out.line));
    }
    out.size = at_ - out.begin;
    return true;
}

}  // namespace edgewise::judgment::formats
