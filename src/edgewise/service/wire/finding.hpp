#pragma once

#include "edgewise/estimate/finding.hpp"
#include "edgewise/service/field.hpp"

namespace edgewise::service {

template <class V>
void describe(V& v, Of<estimate::Finding>) {
    using T = estimate::Finding;
    v.field("verdict", &T::verdict, "shown, not_shown, cannot_tell or caution");
    v.field("title", &T::title, "In a line");
    v.field("text", &T::text, "With its figures");
    v.field("next", &T::next, "What to do next");
}

}  // namespace edgewise::service
