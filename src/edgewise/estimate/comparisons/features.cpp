#include "edgewise/estimate/comparisons/features.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "edgewise/base/csv.hpp"
#include "edgewise/base/error.hpp"
#include "edgewise/base/json.hpp"
#include "edgewise/base/source.hpp"

namespace edgewise::estimate {
namespace {

class Table {
public:
    explicit Table(std::string file) : file_(std::move(file)) {}

    [[noreturn]] void fail(std::uint64_t line, std::string field, std::string expected,
                           std::string found) const {
        refuse({.file = file_,
                .line = line,
                .field = std::move(field),
                .expected = std::move(expected),
                .found = std::move(found)});
    }

    void option(std::uint64_t line, std::string_view id) {
        if (id.empty()) fail(line, "option", "the id of an option", "nothing");
        const auto [at, fresh] = line_of_.try_emplace(std::string(id), line);
        if (!fresh) {
            fail(line, "option", "each option once",
                 fmt::format("{} again, after line {}", id, at->second));
        }
        out.option.emplace_back(id);
    }

    Features finish() && {
        if (out.feature.empty()) fail(0, {}, "at least one column of numbers", "none");
        if (out.option.empty()) fail(0, {}, "at least one option", "none");
        return std::move(out);
    }

    Features out;

private:
    std::string file_;
    std::unordered_map<std::string, std::uint64_t> line_of_;  // looked up, never walked
};

Features from_csv(const std::filesystem::path& path) {
    const CsvFile file(path);
    Table table(path.string());
    const std::size_t option = file.column("option");
    for (std::size_t c = 0; c < file.header().size(); ++c) {
        if (c != option) table.out.feature.push_back(file.header()[c]);
    }
    file.each([&](const CsvRecord& record) {
        table.option(record.line, record.fields[option]);
        for (std::size_t c = 0; c < record.fields.size(); ++c) {
            if (c == option) continue;
            double number = 0.0;
            if (!parse_number(record.fields[c], number)) {
                table.fail(
                    record.line, file.header()[c], "a number",
                    record.fields[c].empty() ? "nothing" : fmt::format("\"{}\"", record.fields[c]));
            }
            table.out.value.push_back(number);
        }
    });
    return std::move(table).finish();
}

// One object's features by name, lists spread out.
using Named = std::vector<std::pair<std::string, double>>;

Named features_of(const Table& table, std::uint64_t line, const Json& object) {
    Named out;
    const auto number = [&](std::string name, const Json& value) {
        double x = 0.0;
        if (!value.get(x)) table.fail(line, name, "a number", value.dump());
        out.emplace_back(std::move(name), x);
    };
    for (const auto& [name, value] : *object.members()) {
        if (name == "option") continue;
        if (const Json::Array* list = value.elements(); list != nullptr) {
            for (std::size_t k = 0; k < list->size(); ++k) {
                number(fmt::format("{}.{}", name, k + 1), (*list)[k]);
            }
        } else {
            number(name, value);
        }
    }
    return out;
}

Features from_jsonl(const std::filesystem::path& path) {
    Table table(path.string());
    const std::string text = read_text(path);
    std::uint64_t line = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view one = std::string_view(text).substr(begin, end - begin);
        begin = end + 1;
        ++line;
        if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        Json object;
        try {
            object = Json::parse(one);
        } catch (const Error& error) {
            table.fail(line, {}, "one JSON object", error.what());
        }
        const Json* option = object.members() == nullptr ? nullptr : object.find("option");
        if (option == nullptr || option->string() == nullptr) {
            table.fail(line, "option", "the id of an option, a text",
                       option == nullptr ? "nothing" : option->dump());
        }
        table.option(line, *option->string());
        Named named = features_of(table, line, object);
        if (table.out.option.size() == 1) {
            for (const auto& [name, value] : named) table.out.feature.push_back(name);
        }
        for (const std::string& feature : table.out.feature) {
            const auto at = std::ranges::find(named, feature, &Named::value_type::first);
            if (at == named.end()) table.fail(line, feature, "a number", "nothing");
            table.out.value.push_back(at->second);
        }
        if (named.size() != table.out.feature.size()) {
            for (const auto& [name, value] : named) {
                if (std::ranges::find(table.out.feature, name) == table.out.feature.end()) {
                    table.fail(line, name, "the features of the first line", "one more");
                }
            }
        }
    }
    return std::move(table).finish();
}

}  // namespace

Features read_features(const std::filesystem::path& path) {
    // Told by the first character that is no blank: a brace opens JSON Lines.
    const std::string head = read_head(path);
    const std::size_t first = head.find_first_not_of(" \t\r\n");
    return first != std::string::npos && head[first] == '{' ? from_jsonl(path) : from_csv(path);
}

std::vector<std::uint32_t> feature_rows(const Features& features,
                                        std::span<const std::string> names) {
    std::unordered_map<std::string_view, std::uint32_t> row;
    for (std::uint32_t r = 0; r < features.option.size(); ++r) row.emplace(features.option[r], r);
    std::vector<std::uint32_t> out;
    for (const std::string& name : names) {
        const auto found = row.find(name);
        out.push_back(found == row.end() ? kNoRow : found->second);
    }
    return out;
}

}  // namespace edgewise::estimate
