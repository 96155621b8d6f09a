#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/judgment/ids.hpp"

namespace edgewise::judgment {

// Many short texts in one piece of memory.
class Texts {
public:
    std::size_t size() const noexcept { return ends_.size(); }
    std::string_view operator[](std::size_t i) const noexcept {
        const std::uint64_t begin = i == 0 ? 0 : ends_[i - 1];
        return std::string_view(bytes_).substr(begin, ends_[i] - begin);
    }
    void push_back(std::string_view text) {
        bytes_.append(text);
        ends_.push_back(bytes_.size());
    }

private:
    std::string bytes_;
    std::vector<std::uint64_t> ends_;
};

// One named property of cases or raters: a code per entity, kNone where it is not known (which is
// never the same as off, no or zero).
struct Attribute {
    std::string name;
    Texts values;           // code -> text, in order of first appearance
    std::vector<Id> codes;  // entity -> code; may be shorter than the number of entities
    // Opinion groups that were clustered on the judgments themselves: splitting the same judgments
    // by them overstates disagreement.
    bool learned_from_judgments = false;
    Id code(Id entity) const noexcept { return entity < codes.size() ? codes[entity] : kNone; }
};

// One value on which options are judged, with what its scale means.
struct Dimension {
    std::string name;
    Kind kind = Kind::rating;
    Scale scale = Scale::ordinal;
    bool scale_declared = false;             // false: told from the values seen
    Polarity polarity = Polarity::positive;  // negative: a high value is unwanted
    bool polarity_declared = false;
    double low = 0.0;  // ends of the scale; for votes -1 and +1
    double high = 1.0;
    bool range_declared = false;  // false: low and high are the least and greatest value seen
    Texts categories;             // labels only
    // What the dimension claims to measure (arXiv 2606.14315). Empty: not declared.
    std::string ideal;  // task_reliability | social_judiciousness | takeover_avoidance | other
    std::string property;
    std::string object;
    std::string threat_model;
    std::string proxy_of;
};

struct Cases {
    Texts ids;
    Texts texts;  // empty text where none was given
    std::vector<Attribute> context;
};

struct Options {
    Texts ids;  // unique within their case
    Texts texts;
    std::vector<Id> case_of;  // option -> case
};

struct Raters {
    Texts ids;
    std::vector<RaterKind> kinds;
    std::vector<Attribute> attributes;
};

// Everything that was judged, column by column. Immutable once TableBuilder::finish() has made it;
// judgments keep the order of the input and are never dropped or merged. About 24 bytes a judgment.
// Columns that no judgment uses are empty: other, ballot, weight, confidence, time.
class JudgmentTable {
public:
    std::size_t size() const noexcept { return columns_.option.size(); }

    std::span<const Id> option() const noexcept { return columns_.option; }
    std::span<const Id> other() const noexcept { return columns_.other; }
    std::span<const Id> rater() const noexcept { return columns_.rater; }
    std::span<const Id> ballot() const noexcept { return columns_.ballot; }
    std::span<const std::uint16_t> dimension() const noexcept { return columns_.dimension; }
    std::span<const std::uint8_t> flags() const noexcept { return columns_.flags; }
    std::span<const float> value() const noexcept { return columns_.value; }
    std::span<const float> weight() const noexcept { return columns_.weight; }
    std::span<const float> confidence() const noexcept { return columns_.confidence; }  // NaN: none
    std::span<const std::int64_t> time() const noexcept { return columns_.time; }  // ms since 1970
    std::span<const std::uint32_t> source_row() const noexcept { return columns_.source_row; }

    const Cases& cases() const noexcept { return cases_; }
    const Options& options() const noexcept { return options_; }
    const Raters& raters() const noexcept { return raters_; }
    std::span<const Dimension> dimensions() const noexcept { return dimensions_; }
    // Free-text reasons, rare: (judgment, text), ascending.
    std::span<const std::pair<std::uint32_t, std::string>> reasons() const noexcept {
        return reasons_;
    }

private:
    friend class TableBuilder;
    friend class Amendment;

    struct Columns {
        std::vector<Id> option, other, rater, ballot;
        std::vector<std::uint16_t> dimension;
        std::vector<std::uint8_t> flags;
        std::vector<float> value, weight, confidence;
        std::vector<std::int64_t> time;
        std::vector<std::uint32_t> source_row;
    };

    Columns columns_;
    Cases cases_;
    Options options_;
    Raters raters_;
    std::vector<Dimension> dimensions_;
    std::vector<std::pair<std::uint32_t, std::string>> reasons_;
};

}  // namespace edgewise::judgment
