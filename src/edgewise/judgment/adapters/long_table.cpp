#include <fmt/format.h>

#include <memory>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/side_tables.hpp"

namespace edgewise::judgment::formats {
namespace {

class LongBlock final : public CsvBlockReader {
public:
    LongBlock(const Records& records, const Layout& layout, Gathered& total)
        : records_(records),
          layout_(layout),
          total_(total),
          maker_(records, layout),
          field_(records.header()[*layout.value]) {}

    void record(const CsvRecord& record) override {
        const std::string_view text = record.fields[*layout_.value];
        const std::string_view dimension =
            layout_.dimension ? record.fields[*layout_.dimension] : std::string_view(field_);
        if (absent_value(text)) {  // before a case or rater without judgments is made of it
            ++maker_.gathered.rows;
            maker_.judge(Row{}, dimension, text, record.line, field_);
            return;
        }
        auto row = maker_.start(record);
        if (!row) return;
        row->option = maker_.option(record);
        if (row->option == kNone) return;
        maker_.judge(*row, dimension, text, record.line, field_);
    }

    void merge() override { total_.append(std::move(maker_.gathered), records_.path().string()); }

private:
    const Records& records_;
    const Layout& layout_;
    Gathered& total_;
    RowMaker maker_;
    const std::string& field_;
};

// The judgment file of a folder: ratings.csv. A file is itself.
std::filesystem::path judgment_file(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) return path;
    for (const std::string_view stem : {"ratings", "judgments", "annotations"}) {
        std::filesystem::path file = sibling(path, stem);
        if (!file.empty()) return file;
    }
    throw Error(ErrorCode::invalid_argument,
                "expected a file, found a folder without ratings.csv; name one of its files",
                path.string());
}

}  // namespace

double recognise_long_table(const std::filesystem::path& path, std::string& why) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored) && sibling(path, "ratings").empty()) return 0;
    const Records records(judgment_file(path));
    const auto& header = records.header();
    const auto value = find_known(Part::value, header);
    const auto case_column = find_known(Part::case_id, header);
    if (!value || !case_column || value == case_column) return 0;
    const auto dimension = find_known(Part::dimension, header);
    why = fmt::format("one judgment a row: columns \"{}\" and \"{}\"", header[*case_column],
                      header[*value]);
    if (dimension && dimension != case_column) {
        why += fmt::format(", dimension \"{}\"", header[*dimension]);
        return 0.9;
    }
    return find_known(Part::rater, header) ? 0.8 : 0.6;
}

Imported read_long_table(const ImportOptions& options, const Job& job) {
    Imported result;
    const Records records(judgment_file(options.path));
    result.report.files.push_back(records.name());
    ColumnFinder finder(records, result.report);
    Layout layout;
    finder.subject(options, layout);
    layout.dimension = finder.one(Part::dimension, options.dimension_column, "dimension");
    layout.value = finder.one(Part::value, options.value_column, "value");
    if (!layout.value) {
        refuse({.file = records.path().string(),
                .line = 1,
                .field = {},
                .expected = "a column of values",
                .found = join(records.header(), ", ")},
               "name it with --value-column");
    }
    layout.option_columns = finder.several(Part::option, options.option_column, "option");
    finder.rest(options, layout);
    finder.close("they play no part; keep one with --context-columns or --rater-columns");
    if (!layout.dimension) {
        result.report.notes.push_back(
            fmt::format("no dimension column: everything is on one dimension, \"{}\"",
                        records.header()[*layout.value]));
    }
    Gathered total;
    records.read(job, options.most_rows, [&]() -> std::unique_ptr<CsvBlockReader> {
        return std::make_unique<LongBlock>(records, layout, total);
    });
    end_table(result, options, records, layout, std::move(total));
    return result;
}

}  // namespace edgewise::judgment::formats
