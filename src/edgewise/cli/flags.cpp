#include "edgewise/cli/flags.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <thread>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/words.hpp"

namespace edgewise::cli {
namespace {

constexpr unsigned kMostThreads = 1024;

[[noreturn]] void refuse_flag(const std::string& flag, const std::string& expected,
                              const std::string& found) {
    throw Error(ErrorCode::invalid_argument, "expected " + expected + ", found \"" + found + "\"",
                Place{.file = {}, .line = 0, .field = flag, .expected = expected, .found = found});
}

std::string text_of(const Json* json) {
    const std::string* text = json == nullptr ? nullptr : json->string();
    return text == nullptr ? std::string() : *text;
}

FlagKind kind_of_schema(const Json& property) {
    const std::string type = text_of(property.find("type"));
    if (type == "boolean") return FlagKind::yes;
    if (type == "number") return FlagKind::number;
    if (type == "integer") return FlagKind::whole;
    if (type == "array") return FlagKind::list;
    ensure(type == "string", "a request's members can be told on a command line");
    return FlagKind::text;
}

std::string told_default(const Json& property) {
    const Json* fallback = property.find("default");
    if (fallback == nullptr || fallback->boolean() != nullptr) return {};
    if (const Json::Array* elements = fallback->elements()) {
        std::string out;
        for (const Json& element : *elements) out += (out.empty() ? "" : ",") + text_of(&element);
        return out;
    }
    return fallback->string() != nullptr ? *fallback->string() : fallback->dump();
}

template <class T>
T exactly(const std::string& flag, const std::string& text, const std::string& expected) {
    T out{};
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, out);
    if (error != std::errc() || at != end) refuse_flag(flag, expected, text);
    return out;
}

Json value_of(const Flag& flag, const std::vector<std::string>& given) {
    if (flag.kind == FlagKind::list) {
        Json out = Json::array();
        for (const std::string& value : given) {
            for (std::string& element : elements_of(value)) out.push_back(std::move(element));
        }
        return out;
    }
    const std::string& value = given.front();
    if (flag.kind == FlagKind::text) return value;
    if (flag.kind == FlagKind::whole) {
        return exactly<std::uint64_t>(flag.name, value, "a whole number from 0");
    }
    const double number = exactly<double>(flag.name, value, "a number");
    if (!std::isfinite(number)) refuse_flag(flag.name, "a finite number", value);
    return number;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        out.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

[[noreturn]] void refuse_extra(const service::Operation& op, std::string extra,
                               const std::vector<std::string>& known) {
    const std::string shown = extra;
    if (extra.front() != '-') {
        throw Error(ErrorCode::invalid_argument, "unexpected argument \"" + shown +
                                                     "\"; see edgewise " + std::string(op.name) +
                                                     " --help");
    }
    extra.erase(std::min(extra.find('='), extra.size()));
    const std::string near = nearest(extra, known);
    throw Error(
        ErrorCode::invalid_argument,
        "unknown flag; " + (near.empty() ? "see edgewise " + std::string(op.name) + " --help"
                                         : "did you mean " + near + "?"),
        extra);
}

// CLI11 says "--seed: 1 required TEXT missing".
std::string flag_in(const std::string& message) {
    return message.substr(0, std::min(message.find_first_of(": "), message.size()));
}

unsigned threads_from(const std::string& text) {
    if (text.empty()) return std::max(1U, std::thread::hardware_concurrency());
    const auto n = exactly<std::uint64_t>("--threads", text, "a whole number from 1");
    if (n < 1 || n > kMostThreads) refuse_flag("--threads", "a number from 1 to 1024", text);
    return static_cast<unsigned>(n);
}

}  // namespace

std::vector<Flag> flags_of(const service::Operation& op) {
    const Json schema = op.request_schema();
    const Json::Array& required = *schema.find("required")->elements();
    std::vector<Flag> flags;
    for (const auto& [member, property] : *schema.find("properties")->members()) {
        Flag flag;
        flag.member = member;
        flag.name = "--" + member;
        std::ranges::replace(flag.name, '_', '-');
        flag.kind = kind_of_schema(property);
        flag.description = text_of(property.find("description"));
        flag.fallback = told_default(property);
        flag.required = std::ranges::find(required, Json(member)) != required.end();
        flags.push_back(std::move(flag));
    }
    return flags;
}

std::vector<CommonFlag> common_flags(const service::Operation& op) {
    std::vector<CommonFlag> flags{
        {"--json", "", "One JSON document on standard output, nothing else"}};
    if (!op.page.empty())
        flags.push_back({"--html", "FILE", "Also write the report as one HTML file"});
    flags.push_back({"--threads", "N", "Threads to use; all there are if not given"});
    flags.push_back({"--quiet", "", "No progress"});
    flags.push_back({"--no-color", "", "No colours; the variable NO_COLOR does the same"});
    flags.push_back({"--help", "", "This text"});
    return flags;
}

CommandLine parse(const service::Operation& op, std::vector<std::string> arguments) {
    const std::vector<Flag> flags = flags_of(op);
    CommandLine line;
    std::string threads;
    std::string html;
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    app.add_flag("-h,--help", line.help);
    app.add_flag("--json", line.json);
    app.add_flag("-q,--quiet", line.quiet);
    app.add_flag("--no-color", line.no_color);
    app.add_option("--threads", threads);
    if (!op.page.empty()) app.add_option("--html", html);
    std::vector<std::string> known;
    for (const CommonFlag& flag : common_flags(op)) known.emplace_back(flag.name);

    const std::vector<std::string> positional = words_of(op.positional);
    std::vector<std::vector<std::string>> given(flags.size());
    std::vector<CLI::Option*> options(flags.size());
    const auto add = [&](std::size_t i, const std::string& names) {
        if (flags[i].kind == FlagKind::yes) {
            options[i] = app.add_flag(names);
        } else if (flags[i].kind == FlagKind::list) {
            options[i] = app.add_option(names, given[i])
                             ->expected(1)
                             ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        } else {
            // Bound to one text: else the first positional argument would swallow the second.
            options[i] = app.add_option(names, given[i].emplace_back());
        }
    };
    // CLI11 fills positional arguments in the order in which they were added.
    for (const std::string& name : positional) {
        const auto flag = std::ranges::find(flags, name, &Flag::member);
        ensure(flag != flags.end(), "a positional argument is a member of the request");
        add(static_cast<std::size_t>(flag - flags.begin()), flag->name + "," + name);
    }
    for (std::size_t i = 0; i < flags.size(); ++i) {
        known.push_back(flags[i].name);
        if (options[i] == nullptr) add(i, flags[i].name);
    }
    std::ranges::reverse(arguments);  // CLI11 wants them so
    try {
        app.parse(std::move(arguments));
    } catch (const CLI::ArgumentMismatch& e) {
        const std::string what = e.what();
        const bool missing = what.find("missing") != std::string::npos;
        throw Error(ErrorCode::invalid_argument, missing ? "needs a value" : "given more than once",
                    flag_in(what));
    } catch (const CLI::ParseError& e) {
        throw Error(ErrorCode::invalid_argument, e.what());
    }
    std::vector<std::string> extras = app.remaining();
    const auto dashed = [](const std::string& s) { return s.size() > 1 && s.front() == '-'; };
    std::ranges::stable_partition(extras, dashed);
    if (!extras.empty()) refuse_extra(op, extras.front(), known);

    for (std::size_t i = 0; i < flags.size(); ++i) {
        if (options[i]->count() == 0) continue;
        line.request.set(flags[i].member, flags[i].kind == FlagKind::yes
                                              ? Json(true)
                                              : value_of(flags[i], given[i]));
    }
    if (!op.page.empty() && app.count("--html") > 0) line.html = html;
    line.threads = threads_from(threads);
    return line;
}

void check_complete(const service::Operation& op, const CommandLine& line) {
    for (const Flag& flag : flags_of(op)) {
        if (!flag.required || line.request.find(flag.member) != nullptr) continue;
        std::string upper = flag.member;
        for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        std::string what = flag.description;
        what.front() = static_cast<char>(what.front() - 'A' + 'a');
        throw Error(ErrorCode::invalid_argument, std::string(op.name) + " needs " + upper + ", " +
                                                     what + "; see edgewise " +
                                                     std::string(op.name) + " --help");
    }
}

std::vector<std::string> elements_of(std::string_view value) {
    std::vector<std::string> out;
    bool named = false;  // the element before is "name=...", and may hold commas itself
    while (true) {
        const std::size_t end = std::min(value.find(','), value.size());
        const std::string_view part = value.substr(0, end);
        const bool names = part.find('=') != std::string_view::npos;
        if (named && !names) {
            out.back().append(",").append(part);
        } else if (!part.empty()) {
            out.emplace_back(part);
            named = names;
        }
        if (end == value.size()) return out;
        value.remove_prefix(end + 1);
    }
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
    std::string best;
    std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        std::size_t d = edit_distance(word, candidate);
        if (word.size() >= 4 && candidate.starts_with(word)) d = std::min<std::size_t>(d, 1);
        if (d < least) {
            least = d;
            best = candidate;
        }
    }
    return best;
}

}  // namespace edgewise::cli
