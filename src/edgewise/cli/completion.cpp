#include <fmt/format.h>

#include <string>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/cli/flags.hpp"
#include "edgewise/cli/help.hpp"

namespace edgewise::cli {
namespace {

struct Said {
    std::string name;
    std::string text;
    bool takes_value = false;
};

std::vector<Said> flags_said(const service::Operation& op) {
    std::vector<Said> out;
    for (const Flag& flag : flags_of(op)) {
        out.push_back({flag.name, flag.description, flag.kind != FlagKind::yes});
    }
    for (const CommonFlag& flag : common_flags(op)) {
        out.push_back({std::string(flag.name), std::string(flag.description), !flag.value.empty()});
    }
    return out;
}

std::vector<Said> commands_said() {
    std::vector<Said> out;
    for (const service::Operation& op : service::operations()) {
        out.push_back({std::string(op.name), std::string(op.summary)});
    }
    out.push_back({"schema", "Print the JSON Schemas of requests and responses"});
    out.push_back({"completion", "Print a completion script"});
    return out;
}

std::string bash() {
    std::string commands;
    for (const Said& command : commands_said()) commands += command.name + " ";
    std::string cases;
    std::string names;
    for (const service::Operation& op : service::operations()) {
        std::string flags;
        for (const Said& flag : flags_said(op)) flags += " " + flag.name;
        cases += fmt::format("        {}) flags=\"{}\" ;;\n", op.name, flags.substr(1));
        names += std::string(op.name) + " ";
    }
    return "# edgewise completion bash > ~/.local/share/bash-completion/completions/edgewise\n"
           "_edgewise() {\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} flags=\"\"\n"
           "    if ((COMP_CWORD == 1)); then\n"
           "        COMPREPLY=($(compgen -W \"" +
           commands +
           "--help --version\" -- \"$cur\"))\n"
           "        return\n"
           "    fi\n"
           "    case ${COMP_WORDS[1]} in\n" +
           cases + "        schema) flags=\"" + names +
           "\" ;;\n"
           "        completion) flags=\"bash zsh fish\" ;;\n"
           "    esac\n"
           "    if [[ $cur == -* || ${COMP_WORDS[1]} == schema || ${COMP_WORDS[1]} == completion "
           "]]; then\n"
           "        COMPREPLY=($(compgen -W \"$flags\" -- \"$cur\"))\n"
           "    else\n"
           "        COMPREPLY=($(compgen -f -- \"$cur\"))\n"
           "    fi\n"
           "}\n"
           "complete -o filenames -F _edgewise edgewise\n";
}

// Text inside single quotes, with what the shell or the completion system would read taken care of.
std::string quoted(const std::string& text, bool brackets) {
    std::string out;
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            if (brackets && (c == '[' || c == ']' || c == ':')) out.push_back('\\');
            out.push_back(c);
        }
    }
    return out;
}

std::string zsh() {
    std::string out =
        "#compdef edgewise\n"
        "# edgewise completion zsh > ~/.zfunc/_edgewise\n"
        "_edgewise() {\n"
        "    local -a commands=(\n";
    for (const Said& command : commands_said()) {
        out += fmt::format("        '{}:{}'\n", command.name, quoted(command.text, true));
    }
    out +=
        "    )\n"
        "    if ((CURRENT == 2)); then\n"
        "        _describe command commands\n"
        "        return\n"
        "    fi\n"
        "    local command=${words[2]}\n"
        "    shift words\n"
        "    ((CURRENT--))\n"
        "    case $command in\n";
    for (const service::Operation& op : service::operations()) {
        out += fmt::format("        {})\n            _arguments \\\n", op.name);
        for (const Said& flag : flags_said(op)) {
            out += fmt::format("                '*{}[{}]{}' \\\n", flag.name,
                               quoted(flag.text, true), flag.takes_value ? ":value:_files" : "");
        }
        out += "                '*:file:_files' ;;\n";
    }
    return out +
           "        completion) _values shell bash zsh fish ;;\n"
           "    esac\n"
           "}\n"
           "_edgewise \"$@\"\n";
}

std::string fish() {
    std::string out = "# edgewise completion fish > ~/.config/fish/completions/edgewise.fish\n";
    for (const Said& command : commands_said()) {
        out += fmt::format("complete -c edgewise -n __fish_use_subcommand -f -a {} -d '{}'\n",
                           command.name, quoted(command.text, false));
    }
    for (const service::Operation& op : service::operations()) {
        for (const Said& flag : flags_said(op)) {
            out += fmt::format(
                "complete -c edgewise -n '__fish_seen_subcommand_from {}' -l {}{} -d '{}'\n",
                op.name, flag.name.substr(2), flag.takes_value ? " -r" : "",
                quoted(flag.text, false));
        }
    }
    return out +
           "complete -c edgewise -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh "
           "fish'\n";
}

}  // namespace

std::string completion(std::string_view shell) {
    if (shell == "bash") return bash();
    if (shell == "zsh") return zsh();
    if (shell == "fish") return fish();
    throw Error(ErrorCode::invalid_argument,
                "expected bash, zsh or fish, found \"" + std::string(shell) + "\"");
}

}  // namespace edgewise::cli
