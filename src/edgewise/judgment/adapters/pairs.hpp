#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "edgewise/judgment/adapters/rows.hpp"

namespace edgewise::judgment::formats {

// The dimension of comparisons whose file names none.
inline constexpr std::string_view kPreference = "preference";

struct Verdict {
    float value = 0.5F;  // as JudgmentTable::value() has it
    std::uint8_t flags = 0;
};

// The two options of a comparison, and by which names their sides go.
struct Sided {
    std::string_view one, other;
    std::string_view one_name, other_name;
};

// Who won: an option's own name, a side's name, or one of the words that files use ("left",
// "model_a", "tie", "tie (bothbad)", ...; case and punctuation do not matter). Nothing for any
// other text.
std::optional<Verdict> verdict_of(std::string_view winner, const Sided& sided);

// Reads records with two options (the layout's first option column and `other`) and a winner; one
// for each block, merged into `total`. A winner who is none of the known words throws
// Error(invalid_data) with file, line and field.
std::unique_ptr<CsvBlockReader> pair_block(const Records& records, const Layout& layout,
                                           Gathered& total);

}  // namespace edgewise::judgment::formats
