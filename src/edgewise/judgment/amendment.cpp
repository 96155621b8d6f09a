#include "edgewise/judgment/amendment.hpp"

#include <utility>

#include "edgewise/judgment/builder_state.hpp"

namespace edgewise::judgment {

void Amendment::rename_raters(const std::function<std::string(Id, std::string_view)>& rename) {
    Texts renamed;
    const Texts& ids = table_.raters_.ids;
    for (Id rater = 0; rater < ids.size(); ++rater) renamed.push_back(rename(rater, ids[rater]));
    table_.raters_.ids = std::move(renamed);
}

void Amendment::infer_scales() {
    judgment::infer_scales(table_.dimensions_, table_.columns_.dimension, table_.columns_.value,
                           table_.columns_.source_row);
}

bool Amendment::set_attribute(Attribute attribute) {
    for (Attribute& known : table_.raters_.attributes) {
        if (known.name != attribute.name) continue;
        known = std::move(attribute);
        return true;
    }
    table_.raters_.attributes.push_back(std::move(attribute));
    return false;
}

void Amendment::mark_learned(std::string_view attribute) {
    for (Attribute& candidate : table_.raters_.attributes) {
        if (candidate.name == attribute) candidate.learned_from_judgments = true;
    }
}

}  // namespace edgewise::judgment
