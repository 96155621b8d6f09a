#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/nested.hpp"
#include "edgewise/judgment/adapters/rows.hpp"

// The public data of Community Notes (github.com/twitter/communitynotes, documentation/
// under-the-hood/download-data.md): ratings-00000.tsv and on, notes-00000.tsv. Columns have come
// and gone over the years, so they are found by name: raterParticipantId was participantId;
// helpfulnessLevel replaced helpful and notHelpful in June 2021, when agree and disagree ended.
namespace edgewise::judgment::formats {
namespace {

constexpr std::string_view kOption = "note";
constexpr std::string_view kHelpfulness = "helpfulness";
constexpr std::string_view kAgreement = "agreement";

struct Level {
    std::string_view name;
    float value;
};
constexpr std::array<Level, 3> kLevels{
    {{"HELPFUL", 1.0F}, {"SOMEWHAT_HELPFUL", 0.5F}, {"NOT_HELPFUL", 0.0F}}};

struct Columns {
    std::optional<std::size_t> level, helpful, unhelpful, agree, disagree;
};

Columns columns_of(const Records& records) {
    return {.level = records.find("helpfulnessLevel"),
            .helpful = records.find("helpful"),
            .unhelpful = records.find("notHelpful"),
            .agree = records.find("agree"),
            .disagree = records.find("disagree")};
}

std::optional<std::size_t> rater_of(const Records& records) {
    const auto rater = records.find("raterParticipantId");
    return rater ? rater : records.find("participantId");
}

bool holds_ratings(const Records& records) {
    const Columns columns = columns_of(records);
    return records.find("noteId") && rater_of(records) &&
           (columns.level || (columns.helpful && columns.unhelpful));
}

// The files of a folder whose names begin so ("ratings-00000.tsv.gz"), sorted.
std::vector<std::filesystem::path> parts_of(const std::filesystem::path& folder,
                                            std::string_view start) {
    std::vector<std::filesystem::path> found;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        const std::string stem = stem_of(entry.path());
        const std::string name = entry.path().filename().string();
        if (!stem.starts_with(start) || name.find(".tsv") == std::string::npos) continue;
        if (stem.size() == start.size() || stem[start.size()] == '-') found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
}

class RatingBlock final : public CsvBlockReader {
public:
    RatingBlock(const Records& records, const Layout& layout, const Columns& columns,
                Gathered& total)
        : records_(records), columns_(columns), total_(total), maker_(records, layout) {}

    void record(const CsvRecord& record) override {
        auto row = maker_.start(record);
        if (!row) return;
        row->option = maker_.gathered.builder.option_id(maker_.case_id(), kOption);
        bool any = false;
        if (const auto value = helpfulness(record)) {
            add(*row, kHelpfulness, Kind::rating, *value, record);
            any = true;
        }
        if (const int agree = pair(record, columns_.agree, columns_.disagree); agree != 0) {
            add(*row, kAgreement, Kind::vote, static_cast<float>(agree), record);
            any = true;
        }
        if (!any) {
            maker_.gathered.skip("rows without a rating", "no question of the form is answered",
                                 record.line);
        }
    }

    void merge() override { total_.append(std::move(maker_.gathered), records_.path().string()); }

private:
    void add(Row row, std::string_view dimension, Kind kind, float value, const CsvRecord& record) {
        row.dimension = maker_.dimension(dimension, kind, record.line, {}, dimension);
        row.value = value;
        maker_.add(row, dimension, {});
    }

    std::optional<float> helpfulness(const CsvRecord& record) const {
        if (columns_.level && !absent_attribute(record.fields[*columns_.level])) {
            const std::string_view text = record.fields[*columns_.level];
            const auto level = std::ranges::find(kLevels, text, &Level::name);
            if (level != kLevels.end()) return level->value;
            refuse_field(records_, record.line, "helpfulnessLevel",
                         "HELPFUL, SOMEWHAT_HELPFUL or NOT_HELPFUL", text);
        }
        switch (pair(record, columns_.helpful, columns_.unhelpful)) {
            case 1:
                return 1.0F;
            case -1:
                return 0.0F;
            default:
                return std::nullopt;
        }
    }

    // 1 if the first is ticked, -1 if the second is, 0 if none.
    int pair(const CsvRecord& record, std::optional<std::size_t> yes,
             std::optional<std::size_t> no) const {
        const bool first = ticked(record, yes), second = ticked(record, no);
        if (first && second) {
            refuse_field(records_, record.line, records_.header()[*no],
                         fmt::format("0, since \"{}\" is 1", records_.header()[*yes]), "1");
        }
        return first ? 1 : second ? -1 : 0;
    }

    bool ticked(const CsvRecord& record, std::optional<std::size_t> column) const {
        if (!column || absent_attribute(record.fields[*column])) return false;
        double number = 0.0;
        if (!parse_number(record.fields[*column], number) || (number != 0.0 && number != 1.0)) {
            refuse_field(records_, record.line, records_.header()[*column], "0 or 1",
                         record.fields[*column]);
        }
        return number == 1.0;
    }

    const Records& records_;
    const Columns& columns_;
    Gathered& total_;
    RowMaker maker_;
};

void read_ratings(const Records& records, const ImportOptions& options, Gathered& total,
                  ImportReport& report, const Job& job) {
    if (!holds_ratings(records)) {
        refuse({.file = records.path().string(),
                .line = 1,
                .field = {},
                .expected = "columns noteId, raterParticipantId and helpfulnessLevel",
                .found = join(records.header(), ", ")});
    }
    std::uint64_t most = options.most_rows;
    if (most > 0) {
        if (report.rows >= most) {
            report.notes.push_back(records.name() + " was not read: it lies after the limit");
            return;
        }
        most -= report.rows;
    }
    report.files.push_back(records.name());
    ColumnFinder finder(records, report);
    Layout layout;
    layout.case_columns = {*records.find("noteId")};
    layout.rater_columns = {*rater_of(records)};
    layout.time = records.find("createdAtMillis");
    layout.time_given = true;  // by the format: what cannot be read is an error
    finder.take(layout.case_columns.front(), "case");
    finder.take(layout.rater_columns.front(), "rater");
    if (layout.time) finder.take(*layout.time, "time");
    const Columns columns = columns_of(records);
    for (const auto& [column, role] :
         {std::pair(columns.level, "helpfulness: 1, 0.5 or 0"),
          std::pair(columns.helpful, "helpfulness 1, where there is no level"),
          std::pair(columns.unhelpful, "helpfulness 0, where there is no level"),
          std::pair(columns.agree, "agreement: a vote"),
          std::pair(columns.disagree, "agreement: a vote")}) {
        if (column) finder.take(*column, role);
    }
    finder.close("reasons that were ticked, and what the system recorded");
    Gathered own;
    records.read(job, most, [&]() -> std::unique_ptr<CsvBlockReader> {
        return std::make_unique<RatingBlock>(records, layout, columns, own);
    });
    own.account(records.name(), report);
    own.rows = 0;
    own.tallies.clear();
    total.append(std::move(own), records.path().string());
}

// Texts of the notes that somebody rated. Returns how many rows nobody did.
void read_notes(const Records& records, TableBuilder& builder, std::vector<bool>& known,
                ImportReport& report) {
    const std::size_t id = records.column("noteId");
    const auto summary = records.find("summary"), classification = records.find("classification");
    report.files.push_back(records.name());
    report.mapped.push_back({.from = records.name() + ": noteId", .to = "case"});
    if (summary) {
        report.mapped.push_back(
            {.from = records.name() + ": summary", .to = "text of the case and of its one option"});
    }
    if (classification) {
        report.mapped.push_back(
            {.from = records.name() + ": classification", .to = "context of the case"});
    }
    std::uint64_t silent = 0, first = 0;
    records.each([&](const CsvRecord& record) {
        const Id note = builder.find_case(record.fields[id]);
        if (note == kNone) {
            if (++silent == 1) first = record.line;
            return;
        }
        if (note >= known.size()) known.resize(std::size_t{note} + 1, false);
        if (known[note]) {
            refuse_field(records, record.line, "noteId", "each note once", record.fields[id]);
        }
        known[note] = true;
        if (summary) {
            builder.set_case_text(note, record.fields[*summary]);
            builder.set_option_text(builder.find_option(note, kOption), record.fields[*summary]);
        }
        if (classification && !absent_attribute(record.fields[*classification])) {
            builder.set_context(note, "classification", record.fields[*classification]);
        }
    });
    if (silent > 0) {
        report.skipped.push_back({.what = "notes",
                                  .why = "nobody rated them",
                                  .count = silent,
                                  .first = fmt::format("{}:{}", records.name(), first)});
    }
}

}  // namespace

double recognise_community_notes(const std::filesystem::path& path, std::string& why) {
    std::error_code ignored;
    std::filesystem::path file = path;
    if (std::filesystem::is_directory(path, ignored)) {
        const auto parts = parts_of(path, "ratings");
        if (parts.empty()) return 0;
        file = parts.front();
    }
    const Records records(file);
    if (!holds_ratings(records)) return 0;
    why = fmt::format("{} has \"noteId\", \"{}\" and how helpful the note is", records.name(),
                      records.header()[*rater_of(records)]);
    return 1.0;
}

Imported read_community_notes(const ImportOptions& options, const Job& job) {
    refuse_options(options, "community_notes", Takes::nothing);
    Imported result;
    ImportReport& report = result.report;
    const std::filesystem::path given = options.path;
    std::error_code ignored;
    const bool folder = std::filesystem::is_directory(given, ignored);
    const auto parts =
        folder ? parts_of(given, "ratings") : std::vector<std::filesystem::path>{given};
    if (parts.empty()) {
        refuse({.file = options.path,
                .line = 0,
                .field = {},
                .expected = "ratings-00000.tsv, or several of them",
                .found = "a folder without ratings"});
    }
    Gathered total;
    for (const std::filesystem::path& part : parts) {
        read_ratings(Records(part), options, total, report, job);
    }
    TableBuilder& builder = total.builder;
    const auto notes = parts_of(folder ? given : given.parent_path(), "notes");
    std::vector<bool> known;
    for (const std::filesystem::path& part : notes) {
        read_notes(Records(part), builder, known, report);
    }
    if (notes.empty()) report.notes.emplace_back("there is no notes.tsv: cases have no text");
    if (const Id id = builder.find_dimension(kHelpfulness); id != kNone) {
        Dimension& dimension = builder.dimension(id);
        dimension.low = 0.0;
        dimension.high = 1.0;
        dimension.range_declared = true;
        dimension.scale = Scale::ordinal;
        dimension.scale_declared = true;
        dimension.polarity_declared = true;
    }
    report.notes.emplace_back(
        "raters chose which notes to rate: a rate over all ratings is not one over all people");
    result.table = std::move(total.builder).finish();
    return result;
}

}  // namespace edgewise::judgment::formats
