#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/entries.hpp"

// UltraFeedback (Cui et al. 2023, arXiv 2310.01377; github.com/OpenBMB/UltraFeedback): an
// instruction, several models' completions, and GPT-4's ratings of each on four aspects.
namespace edgewise::judgment::formats {
namespace {

constexpr std::string_view kJudge = "gpt-4";
constexpr std::array<std::string_view, 4> kAspects{"instruction_following", "honesty",
                                                   "truthfulness", "helpfulness"};
constexpr double kLow = 1.0, kHigh = 5.0;
constexpr std::string_view kOverall = "overall_score";

class CompletionBlock final : public CsvBlockReader {
public:
    CompletionBlock(const Records& records, Gathered& total)
        : total_(total),
          entries_(records),
          instruction_(records.column("instruction")),
          completions_(records.column("completions")),
          source_(records.find("source")) {}

    void record(const CsvRecord& record) override {
        ++entries_.gathered.rows;
        const Records& records = entries_.records();
        const Json list = nested(records, record, completions_, "a list of completions");
        if (list.elements() == nullptr || list.elements()->empty()) {
            entries_.gathered.skip("lines without completions", "the list is empty", record.line);
            return;
        }
        TableBuilder& builder = entries_.builder();
        const Id id = builder.case_id(fmt::format("line {}", record.line));
        builder.set_case_text(id, record.fields[instruction_]);
        if (source_ && !absent_attribute(record.fields[*source_])) {
            builder.set_context(id, "source", record.fields[*source_]);
        }
        for (const Json& completion : *list.elements()) complete(completion, id, record);
    }

    void merge() override {
        total_.append(std::move(entries_.gathered), entries_.records().path().string());
    }

private:
    void complete(const Json& completion, Id id, const CsvRecord& record) {
        const std::string model = member_text(completion, "model");
        if (model.empty()) {
            refuse_field(entries_.records(), record.line, "completions", "a model of each",
                         "a completion without one");
        }
        Row row{.source_row = static_cast<std::uint32_t>(record.line)};
        row.option = entries_.response(id, model, member_text(completion, "response"));
        row.rater = entries_.builder().rater_id(kJudge);
        entries_.builder().set_rater_kind(row.rater, RaterKind::machine);
        const Json* annotations = completion.find("annotations");
        for (const std::string_view aspect : kAspects) {
            const Json* given = annotations == nullptr ? nullptr : annotations->find(aspect);
            // In some exports each aspect is a list that holds the one annotation.
            if (given != nullptr && given->elements() != nullptr &&
                given->elements()->size() == 1) {
                given = given->elements()->data();
            }
            row.dimension = entries_.rating_dimension(aspect, kLow, kHigh);
            entries_.rate(row, given == nullptr ? std::string() : member_text(*given, "Rating"),
                          fmt::format("completions: annotations: {}: Rating", aspect));
        }
        const std::string overall = member_text(completion, kOverall);
        if (overall.empty()) return;  // not in the first release
        row.dimension = entries_.builder().dimension_id(kOverall, Kind::rating);
        entries_.rate(row, overall, "completions: overall_score");
    }

    Gathered& total_;
    Entries entries_;
    std::size_t instruction_, completions_;
    std::optional<std::size_t> source_;
};

}  // namespace

double recognise_ultrafeedback(const std::filesystem::path& path, std::string& why) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return 0;
    const Records records(path);
    const auto completions = records.find("completions");
    if (!records.json() || !records.find("instruction") || !completions) return 0;
    const auto rows = records.sample(1);
    if (rows.empty() || !rows.front()[*completions].starts_with('[')) return 0;
    why = "an instruction and a list of completions a line";
    return 1.0;
}

Imported read_ultrafeedback(const ImportOptions& options, const Job& job) {
    refuse_options(options, "ultrafeedback", Takes::nothing);
    Imported result;
    ImportReport& report = result.report;
    const Records records{options.path};
    report.files.push_back(records.name());
    ColumnFinder finder(records, report);
    finder.take(records.column("instruction"), "text of the case");
    finder.take(records.column("completions"), "options by model, and their ratings by gpt-4");
    if (const auto source = records.find("source")) finder.take(*source, "context of the case");
    finder.close("they are no judgments");
    report.notes.emplace_back(
        "the one rater is the machine \"gpt-4\", as the paper says; no person judged");
    report.notes.emplace_back(
        "of each completion, model, response, the four ratings and overall_score are read; "
        "fine-grained_score is the mean of the four, and rationales are left out");
    Gathered total;
    records.read(job, options.most_rows, [&]() -> std::unique_ptr<CsvBlockReader> {
        return std::make_unique<CompletionBlock>(records, total);
    });
    total.account(records.name(), report);
    result.table = std::move(total.builder).finish();
    return result;
}

}  // namespace edgewise::judgment::formats
