#pragma once

#include <cmath>
#include <numbers>

#include "edgewise/base/rng.hpp"

namespace edgewise::simulate {

// Standard normal draws from one random stream, two at a time (Box and Muller, 1958).
class Gaussian {
public:
    explicit Gaussian(Rng& rng) noexcept : rng_(rng) {}

    double operator()() noexcept {
        if (spare_ready_) {
            spare_ready_ = false;
            return spare_;
        }
        // 1 - [0, 1) keeps the logarithm finite.
        const double radius = std::sqrt(-2.0 * std::log(1.0 - rng_.next_unit()));
        const double angle = 2.0 * std::numbers::pi * rng_.next_unit();
        spare_ = radius * std::sin(angle);
        spare_ready_ = true;
        return radius * std::cos(angle);
    }

private:
    Rng& rng_;
    double spare_ = 0.0;
    bool spare_ready_ = false;
};

}  // namespace edgewise::simulate
