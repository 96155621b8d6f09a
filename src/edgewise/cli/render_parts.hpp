#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "edgewise/cli/text.hpp"
#include "edgewise/edge/report_types.hpp"
#include "edgewise/judgment/import.hpp"

// What several answers on the terminal have in common.
namespace edgewise::cli {

// "●" shown, "○" not shown, "?" cannot be told, "!" caution.
Span mark(std::string_view verdict);
// "shown", "not shown", "cannot tell"
std::string verdict_words(std::string_view verdict);

// "0.12", or "–" where it is not known.
std::string known(const std::optional<double>& value, int places);
// "0.10 to 0.14", or "–"
std::string known(const std::optional<edge::Interval>& interval, int places);

// "and 12 more; see --html or --json", when there are more than are shown.
void fold(Paper& paper, std::uint64_t total, std::size_t shown,
          std::string_view where = "see --html or --json");

// "Losses (3 of 24; all: --html or --json)"; the title alone when all are shown.
std::string shown_of(std::string_view title, std::uint64_t total, std::size_t shown);

// "Read as long_table from ratings.csv and annotators.csv; 12 left out; 1 assumption."
std::string import_in_a_line(const judgment::ImportReport& report);

}  // namespace edgewise::cli
