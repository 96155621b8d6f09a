#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/entries.hpp"

// MultiPref (Miranda et al. 2024, arXiv 2410.19133; huggingface.co/datasets/allenai/multipref):
// two completions of a prompt, compared by two crowd workers and two experts overall and on three
// aspects.
namespace edgewise::judgment::formats {
namespace {

constexpr std::array<std::string_view, 9> kNeeded{"comparison_id",
                                                  "prompt_id",
                                                  "text",
                                                  "model_a",
                                                  "completion_a",
                                                  "model_b",
                                                  "completion_b",
                                                  "normal_worker_annotations",
                                                  "expert_worker_annotations"};
constexpr std::array<std::string_view, 4> kContext{"source", "category", "subject_study",
                                                   "highest_level_degree"};
constexpr std::array<std::string_view, 4> kAspects{"overall", "helpful", "truthful", "harmless"};

struct Word {
    std::string_view word;
    float value;
};
constexpr std::array<Word, 5> kWords{{{"A-is-clearly-better", 1.0F},
                                      {"A-is-slightly-better", 1.0F},
                                      {"Tie", 0.5F},
                                      {"B-is-slightly-better", 0.0F},
                                      {"B-is-clearly-better", 0.0F}}};

// The preference as it was given, how sure the annotator was, and why.
std::string reason_of(const Json& annotation, std::string_view aspect, std::string_view word) {
    std::string out(word);
    const std::string sure = member_text(annotation, fmt::format("{}_confidence", aspect));
    if (!sure.empty()) out += ", " + sure;
    const Json* checked = annotation.find(fmt::format("{}_checked_reasons", aspect));
    if (checked != nullptr && checked->elements() != nullptr) {
        for (const Json& one : *checked->elements()) out += "; " + plain_text(one);
    }
    const std::string own = member_text(annotation, fmt::format("{}_own_reason", aspect));
    return own.empty() ? out : out + "; " + own;
}

class Reader {
public:
    explicit Reader(const Records& records)
        : entries(records),
          prompt_(records.column("prompt_id")),
          text_(records.column("text")),
          model_a_(records.column("model_a")),
          model_b_(records.column("model_b")),
          completion_a_(records.column("completion_a")),
          completion_b_(records.column("completion_b")) {}

    void record(const CsvRecord& record) {
        const Records& records = entries.records();
        TableBuilder& builder = entries.builder();
        for (const std::size_t column : {prompt_, model_a_, model_b_}) {
            if (!record.fields[column].empty()) continue;
            entries.gathered.skip("lines without a prompt or a model", "the member is empty",
                                  record.line);
            return;
        }
        const Id id = builder.case_id(record.fields[prompt_]);
        builder.set_case_text(id, record.fields[text_]);
        for (const std::string_view name : kContext) {
            const auto column = records.find(name);
            if (column && !absent_attribute(record.fields[*column])) {
                builder.set_context(id, name, record.fields[*column]);
            }
        }
        Row row{.source_row = static_cast<std::uint32_t>(record.line)};
        row.option = entries.response(id, record.fields[model_a_], record.fields[completion_a_]);
        row.other = entries.response(id, record.fields[model_b_], record.fields[completion_b_]);
        if (row.option == row.other) {
            entries.gathered.skip("lines with one completion twice", "there is nothing to compare",
                                  record.line);
            return;
        }
        for (const std::string_view group : {"normal", "expert"}) {
            const std::string name = fmt::format("{}_worker_annotations", group);
            const Json list =
                nested(records, record, records.column(name), "a list of annotations");
            if (list.elements() == nullptr) continue;
            for (const Json& annotation : *list.elements()) {
                annotate(row, annotation, group, name);
            }
        }
    }

    Entries entries;

private:
    void annotate(Row row, const Json& annotation, std::string_view group,
                  const std::string& name) {
        const Records& records = entries.records();
        TableBuilder& builder = entries.builder();
        const std::string evaluator = member_text(annotation, "evaluator");
        if (evaluator.empty()) {
            entries.gathered.skip("annotations without a rater", "\"evaluator\" is empty",
                                  row.source_row);
            return;
        }
        row.rater = builder.rater_id(evaluator);
        builder.set_attribute(row.rater, "worker", group);
        const std::string time = member_text(annotation, "timestamp");
        if (!absent_attribute(time) && !parse_time(time, row.time)) {
            refuse_field(records, row.source_row, name + ": timestamp", "a time (ISO 8601)", time);
        }
        for (const std::string_view aspect : kAspects) {
            const std::string member = fmt::format("{}_pref", aspect);
            const std::string word = member_text(annotation, member);
            if (absent_value(word)) {
                entries.gathered.skip("preferences that are not there", "the member is empty",
                                      row.source_row);
                continue;
            }
            const auto known = std::ranges::find(kWords, word, &Word::word);
            if (known == kWords.end()) {
                refuse_field(records, row.source_row, fmt::format("{}: {}", name, member),
                             "A-is-clearly-better, A-is-slightly-better, Tie, "
                             "B-is-slightly-better or B-is-clearly-better",
                             word);
            }
            const std::string reason = reason_of(annotation, aspect, word);
            row.dimension = entries.comparison_dimension(aspect);
            row.value = known->value;
            row.reason = reason;
            entries.add(row, member, word);
        }
    }

    std::size_t prompt_, text_, model_a_, model_b_, completion_a_, completion_b_;
};

}  // namespace

double recognise_multipref(const std::filesystem::path& path, std::string& why) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return 0;
    const Records records(path);
    if (!records.has(kNeeded)) return 0;
    why = "two completions with annotations of normal and of expert workers a line";
    return 1.0;
}

Imported read_multipref(const ImportOptions& options, const Job& job) {
    refuse_options(options, "multipref", Takes::nothing);
    Imported result;
    ImportReport& report = result.report;
    const Records records{options.path};
    for (const std::string_view name : kNeeded) records.column(name);  // throws where one lacks
    report.files.push_back(records.name());
    ColumnFinder finder(records, report);
    finder.take(records.column("prompt_id"), "case");
    finder.take(records.column("text"), "text of the case");
    take_all(finder, records, kContext, "context of the case");
    finder.take(records.column("model_a"), "option");
    finder.take(records.column("completion_a"), "text of the option");
    finder.take(records.column("model_b"), "other option");
    finder.take(records.column("completion_b"), "text of the other option");
    finder.take(records.column("normal_worker_annotations"),
                "comparisons; evaluator is the rater, of the \"worker\" kind normal");
    finder.take(records.column("expert_worker_annotations"),
                "comparisons; evaluator is the rater, of the \"worker\" kind expert");
    finder.close("they number the pairs of completions");
    Reader reader(records);
    each_entry(reader.entries, options.most_rows, job,
               [&](const CsvRecord& record) { reader.record(record); });
    report.notes.emplace_back(
        "whether a completion is clearly or slightly better, how sure the annotator was and why "
        "stand in the reason only: both are read as a win");
    reader.entries.gathered.account(records.name(), report);
    result.table = std::move(reader.entries.builder()).finish();
    return result;
}

}  // namespace edgewise::judgment::formats
