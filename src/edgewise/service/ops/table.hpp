#pragma once

#include "edgewise/service/operation.hpp"

namespace edgewise::service {

// One function per file under ops/. operations() joins them.
Operation audit_operation() noexcept;
Operation demo_operation() noexcept;
Operation fit_operation() noexcept;
Operation groups_operation() noexcept;
Operation import_operation() noexcept;
Operation leaderboard_operation() noexcept;
Operation raters_operation() noexcept;
Operation show_operation() noexcept;
Operation simulate_operation() noexcept;

}  // namespace edgewise::service
