#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "edgewise/judgment/table.hpp"

namespace edgewise::judgment {

// What import() still settles in a finished table before anybody else sees it: things that hold
// for all formats alike, so that no adapter repeats them. The judgments themselves stay as read.
class Amendment {
public:
    explicit Amendment(JudgmentTable& table) : table_(table) {}

    // Gives each rater the id that `rename` returns for the present one; ids must stay distinct.
    void rename_raters(const std::function<std::string(Id rater, std::string_view id)>& rename);
    void set_rater_kind(Id rater, RaterKind kind) { table_.raters_.kinds[rater] = kind; }
    Dimension& dimension(std::size_t d) { return table_.dimensions_[d]; }
    // Infers scales again, as finish() does, after ranges were declared; Error(invalid_data) with
    // the line of a rating outside its range.
    void infer_scales();
    // Adds an attribute of raters, in place of one of the same name: true if there was one.
    bool set_attribute(Attribute attribute);
    // Says of a rater attribute, if there is one of this name, that it came from the judgments.
    void mark_learned(std::string_view attribute);

private:
    JudgmentTable& table_;
};

}  // namespace edgewise::judgment
