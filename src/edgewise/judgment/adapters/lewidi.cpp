#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/base/source.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/nested.hpp"
#include "edgewise/judgment/adapters/rows.hpp"

// Learning with Disagreement (Le-Wi-Di): one JSON object whose members are items. In the edition of
// 2023 (Leonardelli et al. 2023, SemEval-2023 task 11) annotations are a list in a text, "0,1,1",
// in the order of "annotators"; in that of 2025 an object by annotator. Described in the readme
// files of github.com/Le-Wi-Di/le-wi-di.github.io.
namespace edgewise::judgment::formats {
namespace {

constexpr std::string_view kTask = "annotation task";
constexpr std::string_view kNoTask = "annotation";
constexpr std::string_view kOption = "text";
constexpr std::array<std::string_view, 2> kContext{"split", "lang"};
constexpr std::array<std::string_view, 2> kGroups{"Annotators_group", "Annotators group"};
constexpr std::array<std::string_view, 2> kOthers{"other_annotations", "other annotations"};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

std::vector<std::string> listed(std::string_view text) {
    std::vector<std::string> out;
    if (trimmed(text).empty()) return out;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        out.emplace_back(trimmed(text.substr(at, end - at)));
        at = end + 1;
    }
    return out;
}

// What one object says: a text as it is, an object as lines "name: text".
std::string text_of(std::string_view field) {
    if (!field.starts_with('{')) return std::string(field);
    Json object;
    try {
        object = Json::parse(field);
    } catch (const Error&) {
        return std::string(field);  // a text that begins with a brace
    }
    std::string out;
    for (const auto& [name, value] : *object.members()) {
        out += fmt::format("{}{}: {}", out.empty() ? "" : "\n", name, plain_text(value));
    }
    return out;
}

class Items {
public:
    Items(const Records& records, const Layout& layout)
        : records_(records),
          maker_(records, layout),
          key_(records.column(Records::kKeyColumn)),
          text_(records.column("text")),
          annotators_(records.column("annotators")),
          annotations_(records.column("annotations")),
          task_(records.find(kTask)),
          number_(records.find("number of annotations")),
          other_info_(records.find("other_info")) {}

    void record(const CsvRecord& record);
    Gathered& gathered() noexcept { return maker_.gathered; }

private:
    void judge_all(const CsvRecord& record, Id option, std::string_view dimension,
                   const std::vector<std::string>& raters, const std::vector<std::string>& values,
                   std::string_view field);
    void other_info(const CsvRecord& record, Id id, Id option,
                    const std::vector<std::string>& raters);

    const Records& records_;
    RowMaker maker_;
    std::size_t key_, text_, annotators_, annotations_;
    std::optional<std::size_t> task_, number_, other_info_;
};

void Items::judge_all(const CsvRecord& record, Id option, std::string_view dimension,
                      const std::vector<std::string>& raters,
                      const std::vector<std::string>& values, std::string_view field) {
    if (values.size() != raters.size()) {
        refuse_field(records_, record.line, field,
                     fmt::format("{} values, one for each of the annotators", raters.size()),
                     fmt::format("{}", values.size()));
    }
    Row row{.option = option, .source_row = static_cast<std::uint32_t>(record.line)};
    for (std::size_t i = 0; i < values.size(); ++i) {
        row.rater = gathered().builder.rater_id(raters[i]);
        maker_.judge(row, dimension, values[i], record.line, field);
    }
}

void Items::other_info(const CsvRecord& record, Id id, Id option,
                       const std::vector<std::string>& raters) {
    const Json info = nested(records_, record, *other_info_, "an object");
    if (info.members() == nullptr) return;
    for (const auto& [name, value] : *info.members()) {
        if (std::ranges::find(kOthers, name) != kOthers.end() && value.members() != nullptr) {
            for (const auto& [dimension, values] : *value.members()) {
                judge_all(record, option, dimension, raters, listed(plain_text(values)),
                          fmt::format("other_info: {}: {}", name, dimension));
            }
        } else if (std::ranges::find(kGroups, name) != kGroups.end()) {
            const std::vector<std::string> groups = listed(plain_text(value));
            if (groups.size() != raters.size()) {
                refuse_field(records_, record.line, fmt::format("other_info: {}", name),
                             fmt::format("{} groups, one for each annotator", raters.size()),
                             fmt::format("{}", groups.size()));
            }
            for (std::size_t i = 0; i < groups.size(); ++i) {
                gathered().builder.set_attribute(gathered().builder.rater_id(raters[i]), "group",
                                                 groups[i]);
            }
        } else if (value.members() == nullptr && value.elements() == nullptr) {
            const std::string text = plain_text(value);
            if (!absent_attribute(text)) gathered().builder.set_context(id, name, text);
        }
    }
}

void Items::record(const CsvRecord& record) {
    ++gathered().rows;
    TableBuilder& builder = gathered().builder;
    if (record.fields[key_].empty()) {
        return gathered().skip("items without a name", "the member's name is empty", record.line);
    }
    if (builder.find_case(record.fields[key_]) != kNone) {
        refuse_field(records_, record.line, record.fields[key_], "each item once", "it again");
    }
    std::vector<std::string> raters, values;
    if (record.fields[annotations_].starts_with('{')) {
        const Json object = nested(records_, record, annotations_, "annotations by annotator");
        for (const auto& [rater, value] : *object.members()) {
            raters.push_back(rater);
            values.push_back(plain_text(value));
        }
    } else {
        raters = listed(record.fields[annotators_]);
        values = listed(record.fields[annotations_]);
        double number = 0.0;
        if (!values.empty() && number_ && parse_number(record.fields[*number_], number) &&
            number != static_cast<double>(values.size())) {
            refuse_field(records_, record.line, "number of annotations",
                         fmt::format("{}, as many as there are", values.size()),
                         record.fields[*number_]);
        }
    }
    if (values.empty()) {
        return gathered().skip("items without annotations", "the member is empty", record.line);
    }
    if (std::ranges::find(raters, std::string()) != raters.end()) {
        refuse_field(records_, record.line, "annotators", "a name for each annotator", "none");
    }
    const Id id = builder.case_id(record.fields[key_]);
    const Id option = builder.option_id(id, kOption);
    const std::string text = text_of(record.fields[text_]);
    builder.set_case_text(id, text);
    builder.set_option_text(option, text);
    for (const std::string_view name : kContext) {
        const auto column = records_.find(name);
        if (column && !absent_attribute(record.fields[*column])) {
            builder.set_context(id, name, record.fields[*column]);
        }
    }
    const std::string_view task = task_ ? record.fields[*task_] : std::string_view();
    judge_all(record, option, task.empty() ? kNoTask : task, raters, values, "annotations");
    if (other_info_) other_info(record, id, option, raters);
}

// "MP_annotators_meta" for MP_train, MP_dev and MP_test.
std::filesystem::path people_beside(const std::filesystem::path& path) {
    const std::string stem = stem_of(path);
    const std::size_t end = stem.rfind('_');
    if (end == std::string::npos) return {};
    return sibling(path.parent_path(), stem.substr(0, end) + "_annotators_meta");
}

void read_people(const std::filesystem::path& path, TableBuilder& builder, ImportReport& report) {
    const Records records(path, Records::Shape::keyed);
    report.files.push_back(records.name());
    const std::size_t key = records.column(Records::kKeyColumn);
    report.mapped.push_back({.from = records.name() + ": members' names", .to = "rater"});
    for (std::size_t c = 0; c < records.header().size(); ++c) {
        if (c == key) continue;
        report.mapped.push_back(
            {.from = records.name() + ": " + records.header()[c], .to = "attribute of the rater"});
    }
    std::uint64_t silent = 0, first = 0;
    records.each([&](const CsvRecord& record) {
        const Id rater = builder.find_rater(record.fields[key]);
        if (rater == kNone) {
            if (++silent == 1) first = record.line;
            return;
        }
        for (std::size_t c = 0; c < record.fields.size(); ++c) {
            if (c == key || absent_attribute(record.fields[c])) continue;
            builder.set_attribute(rater, records.header()[c], record.fields[c]);
        }
    });
    if (silent > 0) {
        report.skipped.push_back({.what = "annotators of the side file",
                                  .why = "they judged nothing here",
                                  .count = silent,
                                  .first = fmt::format("{}:{}", records.name(), first)});
    }
}

}  // namespace

double recognise_lewidi(const std::filesystem::path& path, std::string& why) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored) || !looks_like_json(path)) return 0;
    // The first item tells it, so that a fault further on is reported when the file is read.
    constexpr std::size_t kEnough = std::size_t{1} << 20;
    try {
        const std::string head = read_head(path, kEnough);
        JsonObjects objects(path.string(), head, true, true);
        JsonObject at;
        if (!objects.next(at)) return 0;
        const Json item = Json::parse(std::string_view(head).substr(at.begin, at.size));
        for (const std::string_view member : {"text", "annotators", "annotations"}) {
            if (item.find(member) == nullptr) return 0;
        }
    } catch (const Error&) {
        return 0;  // other JSON: no fault of the file
    }
    why = "one JSON object of items with \"text\", \"annotators\" and \"annotations\"";
    return 1.0;
}

Imported read_lewidi(const ImportOptions& options, const Job& job) {
    refuse_options(options, "lewidi", Takes::raters);
    Imported result;
    ImportReport& report = result.report;
    const Records records(options.path, Records::Shape::keyed);
    report.files.push_back(records.name());
    const Layout layout;
    Items items(records, layout);
    ColumnFinder finder(records, report);
    const auto maybe = [&](std::string_view name, std::string_view role) {
        if (const auto column = records.find(name)) finder.take(*column, role);
    };
    maybe(Records::kKeyColumn, "case");
    maybe("text", "text of the case and of its one option");
    maybe(kTask, "dimension");
    maybe("annotators", "rater");
    maybe("annotations", "value");
    maybe("number of annotations", "check of the annotations");
    for (const std::string_view name : kContext) maybe(name, "context of the case");
    maybe("other_info",
          "other annotations: dimensions; groups: attribute of the rater \"group\"; "
          "single values: context of the case");
    finder.close("they are computed from the annotations");
    std::uint64_t rows = 0;
    records.each([&](const CsvRecord& record) {
        if (options.most_rows > 0 && rows == options.most_rows) return;
        if (rows++ % 1024 == 0) job.check();
        items.record(record);
    });
    Gathered& gathered = items.gathered();
    gathered.account(records.name(), report);
    const std::filesystem::path people = options.raters.empty()
                                             ? people_beside(records.path())
                                             : std::filesystem::path(options.raters);
    if (!people.empty()) read_people(people, gathered.builder, report);
    report.notes.emplace_back(
        "annotators' names hold within one dataset: \"Ann1\" of another is somebody else");
    result.table = std::move(gathered.builder).finish();
    return result;
}

}  // namespace edgewise::judgment::formats
