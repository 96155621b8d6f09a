#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>

#include "edgewise/base/error.hpp"
#include "edgewise/judgment/table.hpp"

namespace edgewise::judgment {

// One judgment on its way in. Ids come from the builder that it is added to.
struct Row {
    Id option = kNone;
    Id other = kNone;  // comparisons only
    Id rater = kNone;
    Id dimension = kNone;
    float value = std::numeric_limits<float>::quiet_NaN();
    float weight = 1.0F;
    float confidence = std::numeric_limits<float>::quiet_NaN();
    std::int64_t time = std::numeric_limits<std::int64_t>::min();  // min: not known
    Id ballot = kNone;
    std::uint8_t flags = 0;
    std::uint32_t source_row = 0;  // line of the file, 1-based
    std::string_view reason = {};
};

// Takes judgments in as they stream by and makes an immutable JudgmentTable. Names become dense ids
// in the order of first appearance. Not thread-safe: parse blocks of a file into builders of their
// own and merge() them in file order, which gives the same table as one pass by one thread.
class TableBuilder {
public:
    TableBuilder();
    ~TableBuilder();
    TableBuilder(TableBuilder&&) noexcept;
    TableBuilder& operator=(TableBuilder&&) noexcept;

    // Find or add. Amortised O(length of the name).
    Id case_id(std::string_view id);
    Id option_id(Id case_, std::string_view id);
    Id rater_id(std::string_view id);
    // A dimension seen for the first time takes `kind`; later calls must agree with it, or the call
    // throws Error(invalid_data) (the adapter adds file and line).
    Id dimension_id(std::string_view name, Kind kind);
    Id category_id(Id dimension, std::string_view label);
    Id next_ballot();

    // kNone if the name has not been seen.
    Id find_case(std::string_view id) const;
    Id find_option(Id case_, std::string_view id) const;
    Id find_rater(std::string_view id) const;
    Id find_dimension(std::string_view name) const;

    // Replaces what was said before, except that an empty text or value replaces nothing (an empty
    // value does make the attribute known, for the order of attributes).
    void set_case_text(Id case_, std::string_view text);
    void set_option_text(Id option, std::string_view text);
    void set_rater_kind(Id rater, RaterKind kind);
    void set_context(Id case_, std::string_view attribute, std::string_view value);
    void set_attribute(Id rater, std::string_view attribute, std::string_view value);
    Dimension& dimension(Id dimension);  // to declare scale, polarity and claim

    // Checks the row against its dimension (finite value, inside a declared range, both options of
    // a comparison in one case) and appends it. Throws Error(invalid_data) without a file or line.
    void add(const Row& row);
    std::size_t size() const noexcept;

    // Appends what `later` holds, as if it had been read after what is here. Category codes, ids
    // and ballots are renumbered. What `later` declares of a dimension replaces what is declared
    // here. Throws Error(invalid_data), with the row's line, where a dimension's kinds differ.
    void merge(TableBuilder&& later);

    // Checks every rating against its declared range, infers undeclared scales and ends.
    //   ratings: binary if there are two values, ordinal if there are up to 11, all whole numbers,
    //     else continuous; where the range is declared, binary needs its two ends and ordinal needs
    //     whole ends at most 10 apart;
    //   labels: binary if the categories are two words for no and yes (then no is 0), else nominal.
    // Values of attributes are numbered by the first case or rater that has them, so that it does
    // not matter in which order side tables were read. O(judgments).
    JudgmentTable finish() &&;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace edgewise::judgment
