#pragma once

#include "edgewise/estimate/tensor/tensor_report.hpp"

namespace edgewise::estimate {

// Corrects the shifts of groups for their number and says in plain words what a fitted tensor
// shows, what it cannot tell and what to do next, most important first.
void conclude_tensor(const TensorOptions& options, TensorReport& report);

}  // namespace edgewise::estimate
