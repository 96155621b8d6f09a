#include "edgewise/edge/signals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "edgewise/base/stats.hpp"

namespace edgewise::edge {
namespace {

// 97.5 %: V is the lesser of two leads, and neither may exceed its bound.
constexpr double kZBound = 1.959963984540054;

// Where option i is ahead of option j: the largest lead, and the surest.
struct Lead {
    double most = 0.0;
    double upper = 0.0;
    double z = -std::numeric_limits<double>::infinity();
    std::size_t on = 0;
};

Lead lead(const Tensor& tensor, std::span<const std::size_t> axis, std::size_t i, std::size_t j) {
    Lead out;
    for (const std::size_t d : axis) {
        const auto& a = tensor.everyone(d, i);
        const auto& b = tensor.everyone(d, j);
        const double difference = a.mean - b.mean;
        // A mirrored pair is one estimate and its complement: their errors move together.
        const double se = tensor.mirrored ? a.sd + b.sd : std::hypot(a.sd, b.sd);
        out.upper = std::max(out.upper, difference + kZBound * se);
        if (difference > out.most) {
            out.most = difference;
            out.on = d;
        }
        const double z = se > 0.0
                             ? difference / se
                             : std::copysign(std::numeric_limits<double>::infinity(), difference);
        if (difference != 0.0) out.z = std::max(out.z, z);
    }
    return out;
}

}  // namespace

ValueConflict value_conflict(const Tensor& tensor, const Scalar& scalar) {
    ValueConflict out;
    std::vector<std::size_t> axis;
    for (std::size_t d = 0; d < tensor.dimensions; ++d) {
        if (tensor.judged[d] != 0 && scalar.value[d] != 0) axis.push_back(d);
    }
    if (axis.size() < 2 || tensor.options < 2) return out;
    out.known = true;
    const auto dimensions = static_cast<double>(axis.size());
    const auto pairs = 0.5 * static_cast<double>(tensor.options * (tensor.options - 1));
    for (std::size_t i = 0; i < tensor.options; ++i) {
        for (std::size_t j = i + 1; j < tensor.options; ++j) {
            const Lead ahead = lead(tensor, axis, i, j);
            const Lead behind = lead(tensor, axis, j, i);
            const double v = std::min(ahead.most, behind.most);
            if (v > out.v) {
                out.v = v;
                out.first = i;
                out.second = j;
                out.on_first = ahead.on;
                out.on_second = behind.on;
            }
            out.upper = std::max(out.upper, std::min(ahead.upper, behind.upper));
            const double z = std::min(ahead.z, behind.z);
            const double p = z == -std::numeric_limits<double>::infinity() ? 1.0
                             : std::isinf(z)                               ? 0.0
                                                                           : normal_cdf(-z);
            out.p = std::min(out.p, std::min(1.0, p * dimensions * pairs));
        }
    }
    return out;
}

std::string suggested_outcome(const CaseRow& row) {
    const auto on = [](const SignalState& s) { return s.state == "on"; };
    if (on(row.value_conflict) && on(row.disagreement) && on(row.ambiguity)) return "escalate";
    if (on(row.ambiguity)) return "ask";
    if (on(row.value_conflict) || on(row.disagreement)) return "options";
    return "answer";
}

}  // namespace edgewise::edge
