#include "edgewise/estimate/tensor/slices.hpp"

#include <algorithm>

#include "edgewise/base/distributions.hpp"

namespace edgewise::estimate {

Interval credible_interval(const Cell& cell, double level) {
    const double tail = (1.0 - level) / 2.0;
    const double mean = std::clamp(cell.mean, 0.0, 1.0);
    const double widest = mean * (1.0 - mean);
    if (cell.sd <= 0.0) return {mean, mean};
    if (cell.family == Family::beta && widest > 0.0) {
        const double size = widest / (cell.sd * cell.sd) - 1.0;
        if (size > 0.0) {
            const double a = mean * size;
            const double b = (1.0 - mean) * size;
            // A posterior piled up at an end can have its mean outside its central interval.
            return {std::min(mean, beta_quantile(tail, a, b)),
                    std::max(mean, beta_quantile(1.0 - tail, a, b))};
        }
    }
    const double z = normal_quantile(1.0 - tail);
    return {std::max(0.0, mean - z * cell.sd), std::min(1.0, mean + z * cell.sd)};
}

void emit(const SliceTask& task, TensorCell cell, const Cell& posterior, CellCounts& counts) {
    cell.mean = posterior.mean;
    cell.sd = posterior.sd;
    cell.interval = credible_interval(posterior, task.options.level);
    cell.n = posterior.n;
    cell.n_eff = posterior.n_eff;
    if (posterior.n == 0) {
        cell.state = "pooled";
        ++counts.pooled;
    } else if (posterior.n < task.options.least_cell) {
        cell.state = "insufficient";
        ++counts.insufficient;
    } else {
        cell.state = "observed";
        ++counts.observed;
    }
    if (task.sink) task.sink(cell);
}

}  // namespace edgewise::estimate
