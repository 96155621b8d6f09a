#include "edgewise/cli/help.hpp"

#include <algorithm>
#include <vector>

#include "edgewise/cli/flags.hpp"
#include "edgewise/cli/text.hpp"

namespace edgewise::cli {
namespace {

constexpr std::size_t kLead = 28;

std::string_view value_name(FlagKind kind) {
    switch (kind) {
        case FlagKind::text:
            return " TEXT";
        case FlagKind::number:
        case FlagKind::whole:
            return " N";
        case FlagKind::list:
            return " A,B";
        case FlagKind::yes:
            return "";
    }
    return "";
}

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    });
    return text;
}

// A command line cut at blanks, as a shell would take it.
void put_command(Paper& paper, std::string_view command) {
    const std::vector<std::string> lines = wrap(command, kColumns - 8);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        paper.paragraph(lines[i] + (i + 1 < lines.size() ? " \\" : ""), i == 0 ? 2 : 6, Tone::bold);
    }
}

void put_examples(Paper& paper, std::string_view examples) {
    while (!examples.empty()) {
        const std::size_t end = std::min(examples.find('\n'), examples.size());
        const std::string_view line = examples.substr(0, end);
        const std::size_t meaning = line.find("  # ");
        put_command(paper, line.substr(0, meaning));
        if (meaning != std::string_view::npos) paper.paragraph(line.substr(meaning + 4), 6);
        examples.remove_prefix(std::min(end + 1, examples.size()));
    }
}

void put_flag(Paper& paper, const std::string& lead, std::string_view text) {
    if (display_width(lead) < kLead) {
        paper.item({lead, Tone::bold}, kLead, text);
    } else {
        paper.paragraph(lead, 2, Tone::bold);
        paper.paragraph(text, 2 + kLead);
    }
}

std::string usage(const service::Operation& op) {
    std::string out = "edgewise " + std::string(op.name);
    std::string_view rest = op.positional;
    const std::vector<Flag> flags = flags_of(op);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        const std::string name(rest.substr(0, end));
        const auto flag = std::ranges::find(flags, name, &Flag::member);
        const bool required = flag != flags.end() && flag->required;
        out += required ? " " + upper(name) : " [" + upper(name) + "]";
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out + " [flags]";
}

}  // namespace

std::string overview(bool colour) {
    Paper paper(colour);
    paper.paragraph("edgewise " + std::string(service::version()) +
                    ": what does one number hide in these judgments?");
    paper.heading("Commands");
    for (const service::Operation& op : service::operations()) {
        paper.item({std::string(op.name), Tone::bold}, 14, op.summary);
    }
    paper.item({"schema", Tone::bold}, 14, "Print the JSON Schemas of requests and responses");
    paper.item({"completion", Tone::bold}, 14, "Print a completion script for bash, zsh or fish");
    paper.heading("Start here");
    put_examples(paper,
                 "edgewise demo  # a sample, audited; open edgewise-demo.html\n"
                 "edgewise audit ratings.csv --html report.html  # your own judgments\n"
                 "edgewise audit --help  # every flag, with examples");
    paper.blank();
    paper.paragraph(
        "Errors are one line on standard error; the exit status is 0, or 2 for a mistake that you "
        "can mend, 130 when interrupted, 70 for a bug of ours.");
    return paper.text();
}

std::string help(const service::Operation& op, bool colour) {
    Paper paper(colour);
    paper.paragraph(std::string(op.summary) + ".");
    paper.blank();
    paper.paragraph("Usage: " + usage(op));
    paper.blank();
    paper.paragraph(op.outcome);
    paper.heading("Examples");
    put_examples(paper, op.examples);
    paper.heading("Flags");
    for (const Flag& flag : flags_of(op)) {
        std::string text = flag.description;
        if (!flag.fallback.empty() && flag.fallback != "0") text += " [" + flag.fallback + "]";
        put_flag(paper, flag.name + std::string(value_name(flag.kind)), text);
    }
    paper.heading("Flags of every command");
    for (const CommonFlag& flag : common_flags(op)) {
        std::string lead(flag.name);
        if (!flag.value.empty()) lead.append(" ").append(flag.value);
        put_flag(paper, lead, flag.description);
    }
    paper.blank();
    paper.paragraph("Lists are comma separated, or the flag is repeated.");
    return paper.text();
}

}  // namespace edgewise::cli
