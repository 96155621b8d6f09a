#pragma once

#include "edgewise/base/job.hpp"
#include "edgewise/estimate/tensor/tensor_report.hpp"
#include "edgewise/judgment/table.hpp"

namespace edgewise::estimate {

// Turns every dimension of a table into cells of the value tensor, each by the estimator of its
// kind of judgments, and says which and why. `sink` (may be empty) gets every cell: dimension by
// dimension, everybody first, then each partition, item by item, group by group.
// Deterministic in (table, options), whatever job.threads(). Throws Error(invalid_argument) or
// Error(not_found) for options that make no sense or name what is not there, and
// Error(invalid_data) when no dimension can be fitted.
TensorReport fit_tensor(const judgment::JudgmentTable& table, const TensorOptions& options,
                        const TensorSink& sink, const Job& job);

}  // namespace edgewise::estimate
