#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/entries.hpp"

// HelpSteer (Wang et al. 2023, arXiv 2311.09528) and HelpSteer2 (arXiv 2406.08673 and 2410.01257;
// huggingface.co/datasets/nvidia/HelpSteer2): responses rated 0 to 4 on five attributes, as means
// (train, validation) or as lists of each annotator's (disagreements), and preferences from -3
// (response 1 is much better) to 3, with each annotator's in all_preferences_unprocessed.
namespace edgewise::judgment::formats {
namespace {

constexpr std::array<std::string_view, 5> kAttributes{"helpfulness", "correctness", "coherence",
                                                      "complexity", "verbosity"};
constexpr double kLow = 0.0, kHigh = 4.0;
constexpr std::string_view kPreference = "preference";
constexpr std::string_view kEach = "all_preferences_unprocessed";
constexpr double kNeitherValid = -100.0;
constexpr double kStrongest = 3.0;

bool rates(const Records& records) {
    return records.find("prompt") && records.find("response") && records.has(kAttributes);
}

bool compares(const Records& records) {
    constexpr std::array<std::string_view, 4> kNames{"prompt", "response_1", "response_2",
                                                     "preference_strength"};
    return records.has(kNames);
}

class Reader {
public:
    Reader(const Records& records, ImportReport& report) : entries(records), report_(report) {}

    void ratings(const ImportOptions& options, const Job& job);
    void preferences(const ImportOptions& options, const Job& job);

    Entries entries;

private:
    // The case of a prompt, named by the line on which it first stands.
    Id case_of(std::string_view prompt, std::uint64_t line) {
        const auto [known, fresh] = cases_.try_emplace(std::string(prompt), kNone);
        if (fresh) {
            known->second = entries.builder().case_id(fmt::format("line {}", line));
            entries.builder().set_case_text(known->second, prompt);
        }
        return known->second;
    }
    Id response(Id case_, std::string_view text) {
        return entries.response(case_, "response", text);
    }
    Id slot(std::size_t number) {
        slots_ = true;
        return entries.builder().rater_id(fmt::format("annotator {}", number + 1));
    }
    void prefer(Row row, double strength, std::string_view field, std::string_view found);
    void note_raters(std::string_view why_unknown);

    ImportReport& report_;
    std::unordered_map<std::string, Id> cases_;
    bool slots_ = false, unknown_ = false;
};

void Reader::note_raters(std::string_view why_unknown) {
    if (slots_) {
        report_.notes.emplace_back(
            "RATERS ARE POSITIONS, NOT PEOPLE: annotators have no names, so \"annotator 1\" is the "
            "first of each list and need not be the same person twice; rater effects mean little");
    }
    if (unknown_) {
        report_.notes.push_back(
            fmt::format("WHO JUDGED IS NOT KNOWN: {} are given to one rater called \"{}\"; nothing "
                        "about groups, about raters or about disagreement can be shown from them",
                        why_unknown, kUnknownRater));
    }
}

void Reader::ratings(const ImportOptions& options, const Job& job) {
    const Records& records = entries.records();
    ColumnFinder finder(records, report_);
    const std::size_t prompt = records.column("prompt"), response_text = records.column("response");
    finder.take(prompt, "text of the case");
    finder.take(response_text, "text of the option");
    std::vector<std::size_t> columns;
    for (const std::string_view name : kAttributes) {
        columns.push_back(records.column(name));
        finder.take(columns.back(), "dimension, from 0 to 4");
    }
    finder.close("they play no part");
    each_entry(entries, options.most_rows, job, [&](const CsvRecord& record) {
        if (record.fields[response_text].empty() && record.fields[prompt].empty()) {
            entries.gathered.skip("lines without texts", "both fields are empty", record.line);
            return;
        }
        Row row{.source_row = static_cast<std::uint32_t>(record.line)};
        row.option =
            response(case_of(record.fields[prompt], record.line), record.fields[response_text]);
        for (std::size_t k = 0; k < columns.size(); ++k) {
            const std::string_view text = record.fields[columns[k]];
            row.dimension = entries.rating_dimension(kAttributes.at(k), kLow, kHigh);
            if (!text.starts_with('[')) {
                unknown_ = true;
                row.rater = entries.builder().rater_id(kUnknownRater);
                entries.rate(row, text, kAttributes.at(k));
                continue;
            }
            const Json list = nested(records, record, columns[k], "a list of numbers");
            for (std::size_t a = 0; a < list.elements()->size(); ++a) {
                row.rater = slot(a);
                entries.rate(row, plain_text((*list.elements())[a]), kAttributes.at(k));
            }
        }
    });
    note_raters("means over annotators");
    report_.notes.emplace_back(
        "the same prompt on several lines is one case, called by the first of them");
}

void Reader::prefer(Row row, double strength, std::string_view field, std::string_view found) {
    const bool whole = strength == static_cast<double>(static_cast<int>(strength));
    if (strength != kNeitherValid && (!whole || strength < -kStrongest || strength > kStrongest)) {
        refuse_field(entries.records(), row.source_row, field,
                     "a whole number from -3 to 3, or -100 for neither", found);
    }
    row.dimension = entries.comparison_dimension(kPreference);
    row.value = 0.5F;
    if (strength == kNeitherValid) {
        row.flags = kBothBad;
    } else if (strength != 0.0) {
        row.value = strength < 0.0 ? 1.0F : 0.0F;
    }
    entries.add(row, field, {});
}

void Reader::preferences(const ImportOptions& options, const Job& job) {
    const Records& records = entries.records();
    ColumnFinder finder(records, report_);
    const std::size_t prompt = records.column("prompt"), one = records.column("response_1"),
                      other = records.column("response_2"),
                      strength = records.column("preference_strength");
    const auto split = records.find("split"), each = records.find(kEach);
    finder.take(prompt, "text of the case");
    finder.take(one, "text of the option");
    finder.take(other, "text of the other option");
    if (split) finder.take(*split, "context of the case");
    if (each) finder.take(*each, "comparisons, one an annotator; reasons");
    finder.take(strength, each ? "comparison where there are no single ones" : "comparison");
    finder.close("they are made from the annotators' own");
    each_entry(entries, options.most_rows, job, [&](const CsvRecord& record) {
        const Id id = case_of(record.fields[prompt], record.line);
        if (split && !absent_attribute(record.fields[*split])) {
            entries.builder().set_context(id, "split", record.fields[*split]);
        }
        Row row{.source_row = static_cast<std::uint32_t>(record.line)};
        row.option = response(id, record.fields[one]);
        row.other = response(id, record.fields[other]);
        if (row.option == row.other) {
            entries.gathered.skip("lines with one text twice", "there is nothing to compare",
                                  record.line);
            return;
        }
        Json list;
        if (each) list = nested(records, record, *each, "a list of annotators' preferences");
        if (list.elements() != nullptr && !list.elements()->empty()) {
            for (std::size_t a = 0; a < list.elements()->size(); ++a) {
                const Json& given = (*list.elements())[a];
                const std::string text = member_text(given, "strength");
                double number = 0.0;
                if (absent_value(text)) {
                    entries.gathered.skip("preferences without a strength", "the member is empty",
                                          record.line);
                    continue;
                }
                if (!parse_number(text, number)) {
                    refuse_field(records, record.line, kEach, "a number as \"strength\"", text);
                }
                const std::string reason =
                    fmt::format("strength {}: {}", text, member_text(given, "justification"));
                row.rater = slot(a);
                row.reason = reason;
                prefer(row, number, kEach, text);
            }
            return;
        }
        const std::string_view text = record.fields[strength];
        double number = 0.0;
        if (absent_value(text)) {
            entries.gathered.skip("lines without a preference", "the field is empty", record.line);
            return;
        }
        if (!parse_number(text, number)) {
            refuse_field(records, record.line, "preference_strength", "a number", text);
        }
        unknown_ = true;
        const std::string reason = fmt::format("strength {}", text);
        row.rater = entries.builder().rater_id(kUnknownRater);
        row.reason = reason;
        prefer(row, number, "preference_strength", text);
    });
    note_raters("preferences put together from several annotators'");
    report_.notes.emplace_back(
        "how strong a preference is stands in its reason only: a slight and a strong one are both "
        "read as a win");
}

}  // namespace

double recognise_helpsteer(const std::filesystem::path& path, std::string& why) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return 0;
    const Records records(path);
    if (rates(records)) {
        why = "a prompt, a response and HelpSteer's five attributes a line";
        return 1.0;
    }
    if (!compares(records)) return 0;
    why = "a prompt, two responses and the strength of a preference a line";
    return 1.0;
}

Imported read_helpsteer(const ImportOptions& options, const Job& job) {
    refuse_options(options, "helpsteer", Takes::nothing);
    Imported result;
    const Records records{options.path};
    result.report.files.push_back(records.name());
    Reader reader(records, result.report);
    if (compares(records)) {
        reader.preferences(options, job);
    } else {
        reader.ratings(options, job);
    }
    reader.entries.gathered.account(records.name(), result.report);
    result.table = std::move(reader.entries.builder()).finish();
    return result;
}

}  // namespace edgewise::judgment::formats
