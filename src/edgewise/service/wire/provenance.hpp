#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "edgewise/service/codec.hpp"
#include "edgewise/service/operation.hpp"

namespace edgewise::service {

// How a response was made: with these and the same input, the same bytes come out.
struct Provenance {
    std::string version{service::version()};
    std::uint64_t seed = 0;
    std::uint64_t replicates = 0;         // resamples or draws behind intervals; 0: none
    std::string method;                   // "bradley_terry, rao_kupper ties, two-way sandwich"
    std::vector<std::string> parameters;  // name=value, those that are not at their default too

    template <class V>
    static void describe(V& v) {
        using T = Provenance;
        v.field("version", &T::version, "Version of the program");
        v.field("seed", &T::seed, "Where the random numbers started");
        v.field("replicates", &T::replicates, "Resamples or draws behind intervals");
        v.field("method", &T::method, "Estimator, and what its errors rest on");
        v.field("parameters", &T::parameters, "name=value");
    }
};

}  // namespace edgewise::service
