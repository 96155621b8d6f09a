#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "edgewise/judgment/import.hpp"

namespace edgewise::judgment::formats {

struct Statement {
    std::string text, moderated;
    double agrees = 0.0, disagrees = 0.0;
    std::uint64_t line = 0;  // of comments.csv; 0: not there
};

struct Vote {
    std::uint32_t voter = 0;
    std::uint32_t statement = 0;
    int value = 0;
    std::uint32_t line = 0;
    std::int64_t time = std::numeric_limits<std::int64_t>::min();
};

// Whether +1 or -1 is "agree" differs between the files and years of Polis exports, so it is told
// by the counts of agrees and disagrees in comments.csv, never assumed: turns the votes round where
// -1 is agree, so that +1 is agree afterwards, and notes which it was. Throws Error(invalid_data)
// where the counts fit neither reading (off by more than a quarter) or both alike. `statements` is
// indexed by Vote::statement. O(votes + statements).
void settle_sign(const std::filesystem::path& file, const std::vector<Statement>& statements,
                 const std::string& comments, std::vector<Vote>& votes, ImportReport& report);

// Counts the votes that a participant gave again on a statement and puts all votes in the order of
// time if any of those is not, so that the last one is the current one.
void settle_repeats(const std::string& file, std::vector<Vote>& votes, ImportReport& report);

// Notes on how many current votes the two files of an export agree.
void compare_votes(const std::string& wide_file, const std::vector<Vote>& wide,
                   const std::string& single_file, const std::vector<Vote>& single,
                   ImportReport& report);

}  // namespace edgewise::judgment::formats
