#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace edgewise::simulate {

// What is planted in a case of the sample.
enum class SamplePlant : std::uint8_t {
    nothing,
    conflict,   // the direct answer helps at the price of somebody's privacy
    hill,       // the community of that name sees the direct answer much lower
    market,     // sees the cautious answer much lower
    northbank,  // sees the direct answer much lower
    ambiguous,  // cannot be answered as put
};

struct SampleCase {
    std::string_view topic;
    SamplePlant plant = SamplePlant::nothing;
    std::string_view prompt;
    std::string_view direct;
    std::string_view cautious;
    std::string_view asks;  // empty: two options only
};

// Invented prompts to the assistant of an invented community health service, with invented
// answers. They are no medical advice.
std::span<const SampleCase> sample_cases() noexcept;

}  // namespace edgewise::simulate
