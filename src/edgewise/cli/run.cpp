#include "edgewise/cli/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/cli/flags.hpp"
#include "edgewise/cli/help.hpp"
#include "edgewise/cli/interrupt.hpp"
#include "edgewise/cli/progress.hpp"
#include "edgewise/cli/render.hpp"
#include "edgewise/cli/text.hpp"
#include "edgewise/report/html.hpp"
#include "edgewise/service/operation.hpp"

namespace edgewise::cli {
namespace {

using Arguments = std::vector<std::string>;

constexpr int kBrokenPipe = 128 + 13;

// Standard output is gone: nobody reads any more. Not a mistake of anybody's.
struct BrokenPipe {};

void print(std::string_view text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (written && std::fflush(stdout) == 0) return;
    if (errno == EPIPE) throw BrokenPipe{};
    throw Error(ErrorCode::unavailable,
                "cannot write to standard output: " + std::generic_category().message(errno));
}

void complain(const std::string& text) {
    const std::string line = "edgewise: " + one_line(text) + "\n";
    static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
}

bool wants_colour(bool no_color) {
    const char* term = std::getenv("TERM");
    return !no_color && ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr &&
           (term == nullptr || std::string_view(term) != "dumb");
}

// A report file, opened before the long work starts, so that a place that cannot be written to is
// known at once.
std::unique_ptr<AtomicFile> open_page(const std::string& path) {
    if (path.empty()) {
        throw Error(ErrorCode::invalid_argument, "expected the name of a file", "--html");
    }
    if (std::filesystem::is_directory(path)) {
        throw Error(ErrorCode::unavailable, "cannot write here: it is a folder, not a file",
                    Place{.file = path, .line = 0, .field = {}, .expected = {}, .found = {}});
    }
    return std::make_unique<AtomicFile>(path);
}

std::string text_member(const Json& json, std::string_view name) {
    const Json* found = json.find(name);
    const std::string* text = found == nullptr ? nullptr : found->string();
    return text == nullptr ? std::string() : *text;
}

// What --html is when it is not given: a demonstration always makes a page.
std::string page_of(const service::Operation& op, const CommandLine& line) {
    if (line.html) return *line.html;
    if (op.name != service::Demo::name) return {};
    const std::string out = text_member(line.request, "out");
    return (out.empty() ? service::Demo::Request{}.out : out) + ".html";
}

void execute(const service::Operation& op, const CommandLine& line, const Interrupt& interrupt) {
    const std::string page = page_of(op, line);
    std::unique_ptr<AtomicFile> file;
    if (line.html || !page.empty()) file = open_page(page);

    const bool terminal = ::isatty(STDERR_FILENO) != 0;
    Progress progress(line.quiet ? Verbosity::quiet : terminal ? Verbosity::bar : Verbosity::lines);
    const Job job(
        interrupt.token(),
        [&](double fraction, std::string_view stage) { progress.report(fraction, stage); },
        line.threads);
    const Json response = op.run(line.request, job);
    if (file) {
        file->write(report::report_page(op.page, response.dump()));
        job.check();
        file->commit();
    }
    progress.clear();
    if (line.json) {
        print(response.dump(2) + "\n");
        return;
    }
    const bool colour = wants_colour(line.no_color);
    print(render(op.name, response, colour));
    if (file) {
        Paper paper(colour);
        paper.blank();
        paper.paragraph("The whole report is in " + page + "; open it in a browser.");
        print("\n" + paper.text());
    }
}

void schema(const Arguments& arguments) {
    if (arguments.size() > 2) {
        throw Error(ErrorCode::invalid_argument, "schema takes one operation, or none");
    }
    const Json out = arguments.size() == 1
                         ? service::operations_schema()
                         : service::operation_schema(service::operation(arguments[1]));
    print(out.dump(2) + "\n");
}

[[noreturn]] void refuse_command(const std::string& command) {
    Arguments known{"schema", "completion", "--help", "--version"};
    for (const service::Operation& op : service::operations()) known.emplace_back(op.name);
    const std::string near = nearest(command, known);
    throw Error(ErrorCode::invalid_argument,
                "unknown command \"" + command + "\"; " +
                    (near.empty() ? "see edgewise --help" : "did you mean " + near + "?"));
}

void dispatch(const Arguments& arguments, const Interrupt& interrupt) {
    const std::string command = arguments.empty() ? "--help" : arguments.front();
    const bool asks_help = std::ranges::find(arguments, "--help") != arguments.end();
    if (command == "--help" || command == "-h" || command == "help") {
        print(overview(wants_colour(false)));
    } else if (command == "--version") {
        print("edgewise " + std::string(service::version()) + "\n");
    } else if (command == "schema" && asks_help) {
        print(
            "Usage: edgewise schema [OPERATION]\n\nPrints the JSON Schemas of requests and "
            "responses, of all operations or one.\n\n  edgewise schema audit\n");
    } else if (command == "completion" && (asks_help || arguments.size() != 2)) {
        print(
            "Usage: edgewise completion bash|zsh|fish\n\nPrints a completion script.\n\n"
            "  source <(edgewise completion bash)\n");
    } else if (command == "schema") {
        schema(arguments);
    } else if (command == "completion") {
        print(completion(arguments[1]));
    } else {
        const auto op =
            std::ranges::find(service::operations(), command, &service::Operation::name);
        if (op == service::operations().end()) refuse_command(command);
        const CommandLine line = parse(*op, {arguments.begin() + 1, arguments.end()});
        if (line.help) {
            print(help(*op, wants_colour(line.no_color)));
            return;
        }
        check_complete(*op, line);
        execute(*op, line, interrupt);
    }
}

// A place in the request is a flag to people.
Error in_flags(const Error& error) {
    const std::string& field = error.place().field;
    if (!field.starts_with("/") || field.size() < 2) return error;
    Place place = error.place();
    place.field = "--" + field.substr(1, std::min(field.find('/', 1), field.size()) - 1);
    std::ranges::replace(place.field, '_', '-');
    return {error.code(), error.message(), std::move(place)};
}

int report_error(const Error& raw, bool json, const Interrupt& interrupt) {
    const Error error = in_flags(raw);
    if (json) {
        const std::string body = service::error_body(error).dump(2) + "\n";
        static_cast<void>(std::fwrite(body.data(), 1, body.size(), stdout));
        static_cast<void>(std::fflush(stdout));
    }
    if (error.code() == ErrorCode::cancelled) {
        complain("interrupted");
        return interrupt.signal() == 0 ? kind_of(error.code()).exit_status
                                       : 128 + interrupt.signal();
    }
    complain("error: " + std::string(error.what()));
    return kind_of(error.code()).exit_status;
}

// Runs `work` and turns what escapes into an Error: the one catch-all of the program.
template <class Work>
void guarded(Work&& work) {
    try {
        work();
    } catch (const Error&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::unavailable, "there is not enough memory for this");
    } catch (const std::filesystem::filesystem_error& e) {
        throw Error(
            ErrorCode::unavailable, e.code().message(),
            Place{.file = e.path1().string(), .line = 0, .field = {}, .expected = {}, .found = {}});
    } catch (const std::exception& e) {
        throw Error(ErrorCode::internal, e.what());
    }
}

}  // namespace

int run(int argc, const char* const* argv) {
    Arguments arguments(argv + 1, argv + argc);
    const bool json = std::ranges::find(arguments, "--json") != arguments.end();
    // Schemas and completions are what they are: there --json asks for nothing but the error body.
    if (!arguments.empty() && (arguments[0] == "schema" || arguments[0] == "completion")) {
        std::erase(arguments, "--json");
    }
    const Interrupt interrupt;
    try {
        guarded([&] { dispatch(arguments, interrupt); });
        return 0;
    } catch (const BrokenPipe&) {
        return kBrokenPipe;
    } catch (const Error& error) {
        return report_error(error, json, interrupt);
    }
}

}  // namespace edgewise::cli
