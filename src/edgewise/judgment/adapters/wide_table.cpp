#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/side_tables.hpp"

namespace edgewise::judgment::formats {
namespace {

constexpr std::size_t kSampled = 1000;

class WideBlock final : public CsvBlockReader {
public:
    WideBlock(const Records& records, const Layout& layout, Gathered& total)
        : records_(records), layout_(layout), total_(total), maker_(records, layout) {}

    void record(const CsvRecord& record) override {
        auto row = maker_.start(record);
        if (!row) return;
        row->option = maker_.option(record);
        if (row->option == kNone) return;
        for (const std::size_t column : layout_.values) {
            const std::string& name = records_.header()[column];
            maker_.judge(*row, name, record.fields[column], record.line, name);
        }
    }

    void merge() override { total_.append(std::move(maker_.gathered), records_.path().string()); }

private:
    const Records& records_;
    const Layout& layout_;
    Gathered& total_;
    RowMaker maker_;
};

// Columns of which every value seen is a number, and at least one is there.
std::vector<std::size_t> numeric_columns(const Records& records) {
    const auto rows = records.sample(kSampled);
    std::vector<std::size_t> found;
    for (std::size_t c = 0; c < records.header().size(); ++c) {
        std::size_t numbers = 0, others = 0;
        for (const auto& row : rows) {
            double number = 0.0;
            if (parse_number(row[c], number)) {
                ++numbers;
            } else if (!absent_value(row[c])) {
                ++others;
            }
        }
        if (numbers > 0 && others == 0) found.push_back(c);
    }
    return found;
}

}  // namespace

double recognise_wide_table(const std::filesystem::path& path, std::string& why) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return 0;
    const Records records(path);
    const auto& header = records.header();
    const auto case_column = find_known(Part::case_id, header);
    if (!case_column || find_known(Part::value, header)) return 0;
    std::vector<std::string> names;
    for (const std::size_t c : numeric_columns(records)) {
        if (c == case_column || is_known(Part::rater, header[c]) ||
            is_known(Part::option, header[c]) || is_known(Part::time, header[c])) {
            continue;
        }
        names.push_back(header[c]);
    }
    if (names.size() < 2) return 0;
    why = fmt::format("no column of values, but several of numbers: {}", join(names, ", "));
    return 0.6;
}

Imported read_wide_table(const ImportOptions& options, const Job& job) {
    Imported result;
    const Records records{options.path};
    result.report.files.push_back(records.name());
    ColumnFinder finder(records, result.report);
    Layout layout;
    layout.values = finder.named(options.value_columns, "dimension");
    finder.subject(options, layout);
    layout.option_columns = finder.several(Part::option, options.option_column, "option");
    finder.rest(options, layout);
    if (options.value_columns.empty()) {
        std::vector<std::string> names;
        for (const std::size_t column : numeric_columns(records)) {
            if (finder.used(column)) continue;
            finder.take(column, "dimension");
            layout.values.push_back(column);
            names.push_back(records.header()[column]);
        }
        if (names.empty()) {
            refuse({.file = records.path().string(),
                    .line = 1,
                    .field = {},
                    .expected = "columns of numbers, one for each dimension",
                    .found = join(records.header(), ", ")},
                   "name them with --value-columns");
        }
        result.report.notes.push_back(
            fmt::format("every free column of numbers is taken as a dimension: {}; choose with "
                        "--value-columns",
                        join(names, ", ")));
    }
    finder.close("they play no part; keep one with --context-columns or --rater-columns");
    Gathered total;
    records.read(job, options.most_rows, [&]() -> std::unique_ptr<CsvBlockReader> {
        return std::make_unique<WideBlock>(records, layout, total);
    });
    end_table(result, options, records, layout, std::move(total));
    return result;
}

}  // namespace edgewise::judgment::formats
