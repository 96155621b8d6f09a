#include "edgewise/judgment/attach_raters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"
#include "edgewise/judgment/adapters/columns.hpp"
#include "edgewise/judgment/adapters/records.hpp"
#include "edgewise/judgment/adapters/rows.hpp"
#include "edgewise/judgment/amendment.hpp"

namespace edgewise::judgment {
namespace {

using formats::Records;

std::size_t key_column(const Records& side) {
    auto key = formats::find_known(formats::Part::rater, side.header());
    if (!key) key = side.find("participant");
    if (!key) key = side.find("id");
    if (key) return *key;
    refuse({.file = side.path().string(),
            .line = 1,
            .field = {},
            .expected = "a column of raters' ids, such as \"rater\"",
            .found = join(side.header(), ", ")});
}

class Column {
public:
    Column(std::string name, std::size_t raters) {
        attribute_.name = std::move(name);
        attribute_.codes.assign(raters, kNone);
    }
    void set(Id rater, std::string_view value) {
        const auto [at, fresh] =
            known_.try_emplace(std::string(value), static_cast<Id>(attribute_.values.size()));
        if (fresh) attribute_.values.push_back(value);
        attribute_.codes[rater] = at->second;
    }
    Attribute take() && { return std::move(attribute_); }

private:
    Attribute attribute_;
    std::unordered_map<std::string, Id> known_;
};

}  // namespace

void attach_raters(Imported& imported, const ImportOptions& options) {
    if (options.raters.empty()) return;
    const Records side(options.raters);
    ImportReport& report = imported.report;
    if (std::ranges::find(report.files, side.name()) != report.files.end()) return;
    const Texts& ids = imported.table.raters().ids;
    std::unordered_map<std::string_view, Id> rater_of;
    for (Id r = 0; r < ids.size(); ++r) rater_of.emplace(ids[r], r);
    const std::size_t key = key_column(side);
    std::vector<Column> columns;
    for (std::size_t c = 0; c < side.header().size(); ++c) {
        columns.emplace_back(side.header()[c], ids.size());
        report.mapped.push_back({.from = side.name() + ": " + side.header()[c],
                                 .to = c == key ? "rater" : "attribute of the rater"});
    }
    const bool hidden = !options.pseudonymise_key_file.empty();
    std::vector<bool> known(ids.size(), false);
    std::uint64_t silent = 0, first_silent = 0;
    side.each([&](const CsvRecord& record) {
        const auto at = rater_of.find(record.fields[key]);
        if (at == rater_of.end()) {
            if (++silent == 1) first_silent = record.line;
            return;
        }
        if (known[at->second]) {
            refuse({.file = side.path().string(),
                    .line = record.line,
                    .field = side.header()[key],
                    .expected = "each id once",
                    .found = hidden ? std::string() : std::string(record.fields[key])});
        }
        known[at->second] = true;
        for (std::size_t c = 0; c < record.fields.size(); ++c) {
            if (c == key || formats::absent_attribute(record.fields[c])) continue;
            columns[c].set(at->second, record.fields[c]);
        }
    });
    const auto missing = static_cast<std::size_t>(std::ranges::count(known, false));
    if (missing > 0) {
        const auto first =
            static_cast<std::size_t>(std::ranges::find(known, false) - known.begin());
        refuse({.file = side.path().string(),
                .line = 0,
                .field = side.header()[key],
                .expected = "every rater of " + options.path,
                .found =
                    hidden ? "not one whose id is hidden" : fmt::format("not \"{}\"", ids[first])},
               fmt::format("{} rater(s) are missing from it", missing));
    }
    if (silent > 0) {
        report.skipped.push_back({.what = "raters of the side table",
                                  .why = "they judged nothing",
                                  .count = silent,
                                  .first = fmt::format("{}:{}", side.name(), first_silent)});
    }
    report.files.push_back(side.name());
    Amendment amendment(imported.table);
    for (std::size_t c = 0; c < columns.size(); ++c) {
        if (c == key) continue;
        if (amendment.set_attribute(std::move(columns[c]).take())) {
            report.notes.push_back(fmt::format("\"{}\" of the raters was replaced by that of {}",
                                               side.header()[c], side.name()));
        }
    }
}

}  // namespace edgewise::judgment
