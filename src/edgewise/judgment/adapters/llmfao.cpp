#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/pairs.hpp"
#include "edgewise/judgment/adapters/side_tables.hpp"

// LLMFAO (Dustalov 2023, github.com/dustalov/llmfao): pairwise comparisons of language models by
// crowd workers, and the verdicts of two models on the same pairs. prompts.jsonl has the prompts,
// models.jsonl the models' names.
namespace edgewise::judgment::formats {
namespace {

constexpr std::string_view kCrowd = "crowd-comparisons";

struct Source {
    std::string_view stem;
    std::string_view judge;  // empty: the worker column says
};

// The README says which models judged.
constexpr std::array<Source, 3> kSources{{{kCrowd, ""},
                                          {"gpt3-crowd-comparisons", "gpt-3.5-turbo-instruct"},
                                          {"gpt4-crowd-comparisons", "gpt-4"}}};

std::string_view judge_of(const std::filesystem::path& file) {
    const std::string stem = stem_of(file);
    if (stem.starts_with("gpt3-")) return kSources[1].judge;
    if (stem.starts_with("gpt4-")) return kSources[2].judge;
    return {};
}

constexpr std::array<std::string_view, 6> kColumns{"prompt", "model_x", "model_y",
                                                   "left",   "right",   "winner"};

// Refuses a record whose numbers of models are not those of the names shown left and right.
class Numbers {
public:
    Numbers(const std::filesystem::path& path, ImportReport& report) {
        const Records models(path);
        name_ = models.name();
        const std::size_t id = models.column("id"), name = models.column("name");
        models.each([&](const CsvRecord& record) {
            names_.emplace(record.fields[id], record.fields[name]);
        });
        report.files.push_back(name_);
        report.mapped.push_back(
            {.from = name_ + ": id, name", .to = "check of model_x and model_y"});
    }

    void check(const Records& records) const {
        const std::array<std::pair<std::size_t, std::size_t>, 2> sides{
            {{records.column("model_x"), records.column("left")},
             {records.column("model_y"), records.column("right")}}};
        records.each([&](const CsvRecord& record) {
            for (const auto& [number, shown] : sides) {
                const auto known = names_.find(std::string(record.fields[number]));
                if (known != names_.end() && known->second == record.fields[shown]) continue;
                refuse({.file = records.path().string(),
                        .line = record.line,
                        .field = records.header()[number],
                        .expected = known == names_.end()
                                        ? "a model of " + name_
                                        : fmt::format("the number of \"{}\" in {}",
                                                      record.fields[shown], name_),
                        .found = std::string(record.fields[number])});
            }
        });
    }

private:
    std::string name_;
    std::unordered_map<std::string, std::string> names_;
};

// Reads one file of comparisons into `total`; returns its layout.
Layout read_source(const Records& records, const ImportOptions& options, Gathered& total,
                   ImportReport& report, const Job& job) {
    report.files.push_back(records.name());
    ColumnFinder finder(records, report);
    Layout layout;
    layout.case_columns = {records.column("prompt")};
    layout.option_columns = {records.column("left")};
    layout.other = records.column("right");
    layout.winner = records.column("winner");
    finder.take(layout.case_columns.front(), "case");
    finder.take(layout.option_columns.front(), "option, shown first");
    finder.take(*layout.other, "other option, shown second");
    finder.take(*layout.winner, "winner");
    const std::string_view judge = judge_of(records.path());
    if (judge.empty()) {
        layout.rater_columns = {records.column("worker")};
        finder.take(layout.rater_columns.front(), "rater");
    } else {
        layout.rater = judge;
        layout.rater_kind = RaterKind::machine;
        report.mapped.push_back(
            {.from = records.name(), .to = fmt::format("judgments of the machine \"{}\"", judge)});
    }
    finder.close("they number the pair and its models, which left and right name");
    Gathered own;
    records.read(job, options.most_rows, [&]() -> std::unique_ptr<CsvBlockReader> {
        return pair_block(records, layout, own);
    });
    own.account(records.name(), report);
    own.rows = 0;
    own.tallies.clear();
    total.append(std::move(own), records.path().string());
    return layout;
}

}  // namespace

double recognise_llmfao(const std::filesystem::path& path, std::string& why) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) return 0;  // a single file: pairwise_table
    const std::filesystem::path crowd = sibling(path, kCrowd);
    if (crowd.empty() || !Records(crowd).has(kColumns)) return 0;
    why = "a folder with " + crowd.filename().string() + ", whose columns are LLMFAO's";
    return 1.0;
}

Imported read_llmfao(const ImportOptions& options, const Job& job) {
    refuse_options(options, "llmfao", Takes::raters_and_items);
    Imported result;
    ImportReport& report = result.report;
    const std::filesystem::path given = options.path;
    std::error_code ignored;
    std::vector<std::filesystem::path> files;
    std::filesystem::path folder = given;
    if (std::filesystem::is_directory(given, ignored)) {
        for (const Source& source : kSources) {
            std::filesystem::path found = sibling(folder, source.stem);
            if (!found.empty()) {
                files.push_back(std::move(found));
            } else {
                report.notes.push_back(fmt::format("there is no {}.csv", source.stem));
            }
        }
    } else {
        folder = given.parent_path();
        files = {given};
    }
    if (files.empty()) {
        refuse({.file = options.path,
                .line = 0,
                .field = {},
                .expected = "crowd-comparisons.csv",
                .found = "a folder without it"});
    }
    std::vector<Records> sources;
    for (const std::filesystem::path& file : files) sources.emplace_back(file);
    Gathered total;
    Layout layout;
    for (const Records& records : sources) {
        Layout own = read_source(records, options, total, report, job);
        if (&records == &sources.front()) layout = std::move(own);
    }
    if (const auto models = sibling(folder, "models"); !models.empty()) {
        const Numbers numbers(models, report);
        for (const Records& records : sources) numbers.check(records);
    }
    ImportOptions with = options;
    if (with.items.empty()) with.items = sibling(folder, "prompts").string();
    report.notes.emplace_back(
        "left was shown first and right second: the option is the left one, so a preference for a "
        "side can be told");
    end_table(result, with, sources.front(), layout, std::move(total));
    return result;
}

}  // namespace edgewise::judgment::formats
