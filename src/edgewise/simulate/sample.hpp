#pragma once

#include <cstdint>
#include <string_view>

#include "edgewise/simulate/world.hpp"

namespace edgewise::simulate {

// The bundled sample: 60 invented prompts to the assistant of an invented community health service,
// two or three answers each, judged by 240 simulated raters of three communities on helpfulness,
// honesty, privacy and harm to others (negative), 1 to 5. Planted: conflicts of helpfulness and
// privacy, cases that one community sees differently, and cases that cannot be answered as put. The
// community of Northbank is over-represented among the raters, Hill under-represented; age band and
// region have no effect. `seed` draws everything but the texts and what is planted where.
WorldOptions sample_options(std::uint64_t seed);

// Says what the folder holds, and that all of it is invented.
std::string_view sample_readme() noexcept;

// The world of the benchmark: `items` items (10 ratings each: five raters on two of eight
// dimensions, 1 to 5), items / 100 raters (at least 10) with four attributes, a few per cent of the
// items planted.
WorldOptions benchmark_options(std::uint64_t seed, std::uint32_t items);

}  // namespace edgewise::simulate
