#pragma once

#include <string>

namespace edgewise::estimate {

// What a report comes to, in plain words, most important first.
struct Finding {
    std::string verdict;  // shown | not_shown | cannot_tell | caution
    std::string title;
    std::string text;
    std::string next;  // what to do about it; empty: nothing
};

}  // namespace edgewise::estimate
