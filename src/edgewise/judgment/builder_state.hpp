#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/base/dictionary.hpp"
#include "edgewise/judgment/builder.hpp"

namespace edgewise::judgment {

// Texts that may be replaced while a table grows.
class Replaceable {
public:
    void set(Id entity, std::string_view text) {
        if (text.empty()) return;
        if (entity >= places_.size()) places_.resize(std::size_t{entity} + 1);
        Place& place = places_[entity];
        if (view(place) == text) return;  // most files repeat a text on every row
        place = {bytes_.size(), text.size()};
        bytes_.append(text);
    }

    // One text for each of `count` entities.
    Texts in_order(std::size_t count) const {
        Texts texts;
        for (std::size_t i = 0; i < count; ++i) texts.push_back((*this)[static_cast<Id>(i)]);
        return texts;
    }

    std::string_view operator[](Id entity) const noexcept {
        return entity < places_.size() ? view(places_[entity]) : std::string_view();
    }

private:
    struct Place {
        std::uint64_t begin = 0;
        std::uint64_t size = 0;
    };
    std::string_view view(const Place& place) const noexcept {
        return std::string_view(bytes_).substr(place.begin, place.size);
    }

    std::string bytes_;
    std::vector<Place> places_;
};

// Distinct texts, numbered in the order of first appearance. `scope` tells apart equal texts that
// are not the same (options of different cases); belongs(id) says whether an id is in scope.
struct Names {
    HashIndex index;
    Id last = kNone;  // files are sorted more often than not

    template <class Belongs>
    Id find(const Texts& texts, std::string_view text, Id scope, Belongs belongs) const {
        return index.find(hash_text(text, scope),
                          [&](Id id) { return texts[id] == text && belongs(id); });
    }
    Id find(const Texts& texts, std::string_view text) const {
        return find(texts, text, 0, [](Id) { return true; });
    }

    // Appends `text` to `texts` if it is new.
    template <class Belongs>
    Id intern(Texts& texts, std::string_view text, Id scope, Belongs belongs) {
        if (last != kNone && texts[last] == text && belongs(last)) return last;
        const auto fresh = static_cast<Id>(texts.size());
        last = index.find_or_add(hash_text(text, scope), fresh,
                                 [&](Id id) { return texts[id] == text && belongs(id); });
        if (last == fresh) texts.push_back(text);
        return last;
    }
    Id intern(Texts& texts, std::string_view text) {
        return intern(texts, text, 0, [](Id) { return true; });
    }
};

struct TableBuilder::State {
    JudgmentTable table;
    Names cases;
    Names options;
    Names raters;
    std::vector<Names> categories;  // dimension -> its labels
    std::vector<Names> contexts;    // attribute -> its values
    std::vector<Names> attributes;
    Replaceable case_texts;
    Replaceable option_texts;
    Id ballots = 0;

    JudgmentTable::Columns& columns() { return table.columns_; }
    Cases& the_cases() { return table.cases_; }
    Options& the_options() { return table.options_; }
    Raters& the_raters() { return table.raters_; }
    std::vector<Dimension>& dimensions() { return table.dimensions_; }
    std::vector<std::pair<std::uint32_t, std::string>>& reasons() { return table.reasons_; }
};

// What finish() does to a table whose columns are complete; see builder.hpp.
void infer_scales(std::vector<Dimension>& dimensions, std::span<const std::uint16_t> dimension,
                  std::span<float> value, std::span<const std::uint32_t> source_row);
void renumber_values(std::vector<Attribute>& attributes);

}  // namespace edgewise::judgment
