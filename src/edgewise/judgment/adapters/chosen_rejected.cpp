#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/json.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/rows.hpp"

namespace edgewise::judgment::formats {
namespace {

constexpr std::string_view kDimension = "preference";
constexpr std::string_view kTurn = "\n\nAssistant:";

// A dialogue as text: a string is itself, a list of {"role", "content"} becomes "\n\nRole: text".
std::string dialogue(std::string_view field) {
    if (!field.starts_with('[')) return std::string(field);
    Json list;
    try {
        list = Json::parse(field);
    } catch (const Error&) {
        return std::string(field);  // a text that begins with a bracket
    }
    std::string out;
    for (const Json& message : *list.elements()) {
        const Json* role = message.find("role");
        const Json* content = message.find("content");
        if (role == nullptr || content == nullptr || role->string() == nullptr ||
            content->string() == nullptr) {
            return std::string(field);
        }
        std::string name = *role->string();
        if (name == "user") name = "Human";
        if (name == "assistant") name = "Assistant";
        out += "\n\n" + name + ": " + *content->string();
    }
    return out;
}

// How much of both texts is the case: up to and with the last "Assistant:" that they share, else
// the last whole line that they share.
std::size_t common_start(std::string_view a, std::string_view b) {
    const auto differ = std::ranges::mismatch(a, b);
    const std::string_view same = a.substr(0, static_cast<std::size_t>(differ.in1 - a.begin()));
    if (const std::size_t turn = same.rfind(kTurn); turn != std::string_view::npos) {
        return turn + kTurn.size();
    }
    const std::size_t line = same.rfind('\n');
    return line == std::string_view::npos ? 0 : line + 1;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \n\r\t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \n\r\t") - begin + 1);
}

struct Columns {
    std::size_t chosen = 0;
    std::size_t rejected = 0;
    std::optional<std::size_t> prompt;
};

class PreferenceBlock final : public CsvBlockReader {
public:
    PreferenceBlock(const Records& records, Columns columns, Gathered& total)
        : records_(records), columns_(columns), total_(total) {}

    void record(const CsvRecord& record) override {
        ++gathered_.rows;
        const std::string chosen = dialogue(record.fields[columns_.chosen]);
        const std::string rejected = dialogue(record.fields[columns_.rejected]);
        if (chosen.empty() && rejected.empty()) {
            gathered_.skip("lines without texts", "both fields are empty", record.line);
            return;
        }
        const std::size_t common = common_start(chosen, rejected);
        std::string text;
        if (columns_.prompt) text = dialogue(record.fields[*columns_.prompt]);
        text.append(chosen, 0, common);

        TableBuilder& builder = gathered_.builder;
        const Id case_ = builder.case_id(fmt::format("line {}", record.line));
        builder.set_case_text(case_, trimmed(text));
        Row row;
        row.option = builder.option_id(case_, "chosen");
        row.other = builder.option_id(case_, "rejected");
        builder.set_option_text(row.option, trimmed(std::string_view(chosen).substr(common)));
        builder.set_option_text(row.other, trimmed(std::string_view(rejected).substr(common)));
        row.rater = builder.rater_id(kUnknownRater);
        row.dimension = builder.dimension_id(kDimension, Kind::comparison);
        row.value = 1.0F;
        row.source_row = static_cast<std::uint32_t>(record.line);
        builder.add(row);
    }

    void merge() override { total_.append(std::move(gathered_), records_.path().string()); }

private:
    const Records& records_;
    Columns columns_;
    Gathered& total_;
    Gathered gathered_;
};

}  // namespace

double recognise_chosen_rejected(const std::filesystem::path& path, std::string& why) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return 0;
    const Records records(path);
    if (!records.find("chosen") || !records.find("rejected")) return 0;
    why = "each line holds a \"chosen\" and a \"rejected\" text";
    return 1.0;
}

Imported read_chosen_rejected(const ImportOptions& options, const Job& job) {
    Imported result;
    ImportReport& report = result.report;
    const Records records{options.path};
    report.files.push_back(records.name());
    ColumnFinder finder(records, report);
    Columns columns{.chosen = records.column("chosen"),
                    .rejected = records.column("rejected"),
                    .prompt = records.find("prompt")};
    finder.take(columns.chosen, "text of option \"chosen\", preferred");
    finder.take(columns.rejected, "text of option \"rejected\"");
    if (columns.prompt) finder.take(*columns.prompt, "text of the case");
    finder.close("chosen_rejected reads \"chosen\", \"rejected\" and \"prompt\" only");
    report.notes.push_back(fmt::format(
        "WHO JUDGED IS NOT KNOWN: the format does not say, so all comparisons are given to one "
        "rater called \"{}\"; people cannot be told apart, and nothing about groups, about raters "
        "or about disagreement can be shown",
        kUnknownRater));
    report.notes.emplace_back(
        "each line is a case of its own: its text is the start that both dialogues share");
    Gathered total;
    records.read(job, options.most_rows, [&]() -> std::unique_ptr<CsvBlockReader> {
        return std::make_unique<PreferenceBlock>(records, columns, total);
    });
    total.account(records.name(), report);
    result.table = std::move(total.builder).finish();
    return result;
}

}  // namespace edgewise::judgment::formats
