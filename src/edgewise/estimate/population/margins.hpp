#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace edgewise::estimate {

// What share of the population has each value of one attribute of raters.
struct Margin {
    struct Share {
        std::string value;
        double share = 0.0;      // in [0, 1]
        std::uint64_t line = 0;  // of the file; 0: not from a line
    };
    std::string attribute;
    std::vector<Share> shares;  // they sum to 1
};

struct Margins {
    std::vector<Margin> all;
    std::string file;  // empty: not from a file
};

// Shares of one attribute may miss 1 by this much (declared figures are rounded); they are then
// scaled to 1.
inline constexpr double kShareTolerance = 5e-3;

// Reads declared margins from a file, .gz and .zst too. A CSV file has the columns attribute, value
// and share, others are ignored; a JSON file is an object of objects,
// {"age": {"18-34": 0.3, "35+": 0.7}}, or an array of {"attribute", "value", "share"}. Checked as
// check_margins() does. Throws Error(invalid_data) with file, line, field, expected and found, and
// what read_text() and CsvFile throw.
Margins read_margins(const std::filesystem::path& path);

// Throws Error(invalid_data) for no attribute, one that stands twice or has no value, a value that
// stands twice, a share that is not in [0, 1], and shares that do not sum to 1, naming the
// attribute, the line where known, and the sum. Scales the rest to a sum of exactly 1.
void check_margins(Margins& margins);

}  // namespace edgewise::estimate
