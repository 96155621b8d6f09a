#pragma once

#include "edgewise/judgment/import.hpp"
#include "edgewise/service/field.hpp"

// How the import of judgments looks on the wire.
namespace edgewise::service {

template <class V>
void describe(V& v, Of<judgment::ImportOptions>) {
    using T = judgment::ImportOptions;
    v.field("path", &T::path, "A file or a folder with judgments");
    v.option("format", &T::format, "How to read it: an adapter's id, or auto");
    v.option("raters", &T::raters, "A side table with one row a rater");
    v.option("items", &T::items, "A side table with one row an item (case or option)");
    v.option("case_column", &T::case_column, "The column that says which case was judged");
    v.option("option_column", &T::option_column, "The column that says which option was judged");
    v.option("other_column", &T::other_column, "The column with the second option of a pair");
    v.option("rater_column", &T::rater_column, "The column that says who judged");
    v.option("dimension_column", &T::dimension_column, "The column that says on which value");
    v.option("value_column", &T::value_column, "The column with the judgment itself");
    v.option("winner_column", &T::winner_column, "The column that says which of a pair won");
    v.option("text_column", &T::text_column, "The column with the text of the case");
    v.option("time_column", &T::time_column, "The column that says when");
    v.option("value_columns", &T::value_columns, "Wide tables: the columns to read, one a value");
    v.option("context_columns", &T::context_columns, "Columns that describe the case");
    v.option("rater_columns", &T::rater_columns, "Columns that describe the rater");
    v.option("negative", &T::negative, "Dimensions whose high values are unwanted");
    v.option("scales", &T::scales, "Ends of scales: dimension=low..high, or *=low..high for all");
    v.option("machines", &T::machines, "Raters that are models, by id");
    v.option("pseudonymise_key_file", &T::pseudonymise_key_file,
             "Replace raters' ids by a hash under the key in this file");
    v.option("most_rows", &T::most_rows, "Read no more rows than this; 0 reads all");
}

template <class V>
void describe(V& v, Of<judgment::Mapped>) {
    using T = judgment::Mapped;
    v.field("from", &T::from, "What stands in the file");
    v.field("to", &T::to, "What it was read as");
}

template <class V>
void describe(V& v, Of<judgment::Skipped>) {
    using T = judgment::Skipped;
    v.field("what", &T::what, "What was left out");
    v.field("why", &T::why, "Why");
    v.field("count", &T::count, "How many");
    v.field("first", &T::first, "Where the first one stands");
}

template <class V>
void describe(V& v, Of<judgment::ImportReport>) {
    using T = judgment::ImportReport;
    v.field("format", &T::format, "The adapter that read the input");
    v.field("why_format", &T::why_format, "How the format was told");
    v.field("files", &T::files, "The files that were read");
    v.field("mapped", &T::mapped, "What was read as what");
    v.field("skipped", &T::skipped, "What was left out, and why");
    v.field("notes", &T::notes, "Assumptions that were made");
    v.field("rows", &T::rows, "Records in the judgment files");
    v.field("judgments", &T::judgments, "Judgments made of them");
}

}  // namespace edgewise::service
