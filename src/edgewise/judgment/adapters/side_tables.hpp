#pragma once

#include <string>
#include <vector>

#include "edgewise/judgment/adapters/rows.hpp"

namespace edgewise::judgment::formats {

// The tables beside a judgment file: one row a rater (its columns become attributes) and one row a
// case, or option where it has the option's column (its text column becomes the text, the others
// context). Given by --raters and --items or found by name: for small_ratings.csv these are
// small_annotators.csv (or _raters, _workers, _participants) and small_items.csv (or _cases,
// _prompts, _posts) in the same folder.
class SideTables {
public:
    // Reads what there is into `gathered`; call after the judgments. A row whose key stands twice
    // throws Error(invalid_data); rows that nobody needs are counted as left out.
    SideTables(const ImportOptions& options, const Records& judgments, const Layout& layout,
               Gathered& gathered, ImportReport& report);

    // A rater whom the table does not have: Error(invalid_data) with the line of the first of his
    // judgments if the table was given, a note if it was found. Call with the finished table.
    void check(const JudgmentTable& table, ImportReport& report) const;

private:
    void read_raters(const Records& side, const Layout& layout, Gathered& gathered,
                     ImportReport& report);
    void read_items(const Records& side, const Layout& layout, Gathered& gathered,
                    ImportReport& report);

    const ImportOptions& options_;
    const Records& judgments_;
    std::string raters_file_, items_file_;
    std::vector<bool> rater_known_, case_known_;
};

// The common end of formats that are tables: reads the side tables of `judgments`, accounts for
// what was left out, finishes the table and checks the raters.
void end_table(Imported& result, const ImportOptions& options, const Records& judgments,
               const Layout& layout, Gathered&& total);

}  // namespace edgewise::judgment::formats
