#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace edgewise::estimate {

// Numbers known about each option (an embedding, a length, a checklist), row by row.
struct Features {
    std::vector<std::string> feature;  // columns
    std::vector<std::string> option;   // rows
    std::vector<double> value;         // options x features, row-major

    std::span<const double> row(std::size_t option_number) const noexcept {
        return std::span(value).subspan(option_number * feature.size(), feature.size());
    }
};

// A table of options and numbers: CSV or TSV with a column `option` and any number of others, or
// JSON Lines of objects with a text `option` and the same numbers in each ({"option": "a",
// "length": 120}; a list is numbered: {"option": "a", "embedding": [0.1, 0.2]} gives embedding.1,
// embedding.2). Compressed or not. Throws Error(invalid_data), with file, line and field, for a
// number that is none, an option that stands twice, a field that is missing or new, and a file
// without options or without features. O(size).
Features read_features(const std::filesystem::path& path);

// The row of each of `names`, kNoRow where the table has none. O(size).
inline constexpr std::uint32_t kNoRow = 0xFFFFFFFF;
std::vector<std::uint32_t> feature_rows(const Features& features,
                                        std::span<const std::string> names);

}  // namespace edgewise::estimate
