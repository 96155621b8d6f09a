#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"
#include "edgewise/judgment/adapters/adapters.hpp"
#include "edgewise/judgment/adapters/pairs.hpp"
#include "edgewise/judgment/adapters/side_tables.hpp"

namespace edgewise::judgment::formats {

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
        return pair_block(records, layout, total);
    });
    end_table(result, options, records, layout, std::move(total));
    return result;
}

}  // namespace edgewise::judgment::formats
