#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/side_tables.hpp"

namespace edgewise::judgment::formats {
namespace {

constexpr std::string_view kDimension = "preference";

struct Verdict {
    float value = 0.5F;
    std::uint8_t flags = 0;
};

struct Word {
    std::string_view word;
    Verdict verdict;
};

// How files write who won, without case and punctuation.
constexpr std::array<Word, 32> kWords{{
    {"left", {1.0F, 0}},
    {"modela", {1.0F, 0}},
    {"a", {1.0F, 0}},
    {"first", {1.0F, 0}},
    {"optiona", {1.0F, 0}},
    {"responsea", {1.0F, 0}},
    {"model1", {1.0F, 0}},
    {"systema", {1.0F, 0}},
    {"option1", {1.0F, 0}},
    {"modelx", {1.0F, 0}},
    {"right", {0.0F, 0}},
    {"modelb", {0.0F, 0}},
    {"b", {0.0F, 0}},
    {"second", {0.0F, 0}},
    {"optionb", {0.0F, 0}},
    {"responseb", {0.0F, 0}},
    {"model2", {0.0F, 0}},
    {"systemb", {0.0F, 0}},
    {"option2", {0.0F, 0}},
    {"modely", {0.0F, 0}},
    {"tie", {0.5F, 0}},
    {"draw", {0.5F, 0}},
    {"equal", {0.5F, 0}},
    {"same", {0.5F, 0}},
    {"both", {0.5F, 0}},
    {"bothgood", {0.5F, 0}},
    {"tiebothgood", {0.5F, 0}},
    {"tiebothbad", {0.5F, kBothBad}},
    {"bothbad", {0.5F, kBothBad}},
    {"neither", {0.5F, kBothBad}},
    {"botharebad", {0.5F, kBothBad}},
    {"tieinconsistent", {0.5F, 0}},
}};

std::string letters(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0) out.push_back(static_cast<char>(std::tolower(byte)));
    }
    return out;
}

class PairBlock final : public CsvBlockReader {
public:
    PairBlock(const Records& records, const Layout& layout, Gathered& total)
        : records_(records), layout_(layout), total_(total), maker_(records, layout) {}

    void record(const CsvRecord& record) override {
        const std::string_view winner = record.fields[*layout_.winner];
        if (absent_value(winner)) {
            ++maker_.gathered.rows;
            maker_.gathered.skip("rows without a winner", "the field is empty", record.line);
            return;
        }
        const std::string_view one = record.fields[layout_.option_columns.front()];
        const std::string_view other = record.fields[*layout_.other];
        const Verdict verdict = verdict_of(winner, one, other, record.line);
        if (one.empty() || other.empty()) {
            ++maker_.gathered.rows;
            maker_.gathered.skip("rows without an option", "the field is empty", record.line);
            return;
        }
        auto row = maker_.start(record);
        if (!row) return;
        const std::string& field = records_.header()[*layout_.winner];
        row->option = maker_.option(record);
        row->other = maker_.gathered.builder.option_id(maker_.case_id(), other);
        const std::string_view name =
            layout_.dimension ? record.fields[*layout_.dimension] : kDimension;
        row->dimension = maker_.dimension(name.empty() ? kDimension : name, Kind::comparison,
                                          record.line, winner, field);
        row->value = verdict.value;
        row->flags = verdict.flags;
        maker_.add(*row, field, winner);
    }

    void merge() override { total_.append(std::move(maker_.gathered), records_.path().string()); }

private:
    Verdict verdict_of(std::string_view winner, std::string_view one, std::string_view other,
                       std::uint64_t line) const {
        if (one != other && winner == one) return {.value = 1.0F, .flags = 0};
        if (one != other && winner == other) return {.value = 0.0F, .flags = 0};
        const std::string word = letters(winner);
        const auto at = std::ranges::find(kWords, word, &Word::word);
        if (at != kWords.end()) return at->verdict;
        const auto& header = records_.header();
        const std::string& side = header[layout_.option_columns.front()];
        if (word == letters(side)) return {.value = 1.0F, .flags = 0};
        if (word == letters(header[*layout_.other])) return {.value = 0.0F, .flags = 0};
        refuse({.file = records_.path().string(),
                .line = line,
                .field = header[*layout_.winner],
                .expected = fmt::format("\"{}\", \"{}\", a tie or one of the two options' names",
                                        side, header[*layout_.other]),
                .found = std::string(winner)});
    }

    const Records& records_;
    const Layout& layout_;
    Gathered& total_;
    RowMaker maker_;
};

}  // namespace

double recognise_pairwise_table(const std::filesystem::path& path, std::string& why) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return 0;
    const Records records(path);
    const auto& header = records.header();
    const auto winner = find_known(Part::winner, header);
    const auto sides = find_sides(header);
    if (!winner || !sides) return 0;
    why = fmt::format("two options and a winner a row: columns \"{}\", \"{}\", \"{}\"",
                      header[sides->one], header[sides->other], header[*winner]);
    return 0.95;
}

Imported read_pairwise_table(const ImportOptions& options, const Job& job) {
    Imported result;
    const Records records{options.path};
    const auto& header = records.header();
    result.report.files.push_back(records.name());
    ColumnFinder finder(records, result.report);
    Layout layout;
    layout.winner = finder.one(Part::winner, options.winner_column, "winner");
    std::optional<Sides> sides = find_sides(header);
    if (!options.option_column.empty() || !options.other_column.empty()) {
        sides = Sides{.one = records.column(options.option_column),
                      .other = records.column(options.other_column)};
    }
    if (!layout.winner || !sides) {
        refuse({.file = records.path().string(),
                .line = 1,
                .field = {},
                .expected = "two columns of options and one that says who won",
                .found = join(header, ", ")},
               "name them with --option-column, --other-column and --winner-column");
    }
    layout.option_columns = {sides->one};
    layout.other = sides->other;
    finder.take(sides->one, "option");
    finder.take(sides->other, "other option");
    finder.subject(options, layout);
    if (!options.dimension_column.empty()) {
        layout.dimension = finder.one(Part::dimension, options.dimension_column, "dimension");
    }
    if (const auto turn = records.find("turn"); turn && options.case_column.empty()) {
        finder.take(*turn, "case, and context of the case");
        layout.case_columns.push_back(*turn);
        layout.context.push_back(*turn);
    }
    const std::vector<std::size_t> context = layout.context;
    finder.rest(options, layout);
    layout.context.insert(layout.context.end(), context.begin(), context.end());
    finder.close("they play no part; keep one with --context-columns or --rater-columns");
    Gathered total;
    records.read(job, options.most_rows, [&]() -> std::unique_ptr<CsvBlockReader> {
        return std::make_unique<PairBlock>(records, layout, total);
    });
    const SideTables tables(options, records, layout, total, result.report);
    total.account(records.name(), result.report);
    result.table = std::move(total.builder).finish();
    tables.check(result.table, result.report);
    return result;
}

}  // namespace edgewise::judgment::formats
