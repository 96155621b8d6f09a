#include "edgewise/estimate/raters/ppi.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "edgewise/base/require.hpp"

namespace edgewise::estimate {
namespace {

constexpr double kZ = 1.959963984540054;

double mean(std::span<const double> x) { return pairwise_sum(x) / static_cast<double>(x.size()); }

// Sample covariance about the given means.
double covariance(std::span<const double> x, std::span<const double> y, double mx, double my) {
    CompensatedSum sum;
    for (std::size_t i = 0; i < x.size(); ++i) sum.add((x[i] - mx) * (y[i] - my));
    return sum.value() / (static_cast<double>(x.size()) - 1.0);
}

Interval around(double centre, double variance) {
    const double half = kZ * std::sqrt(variance);
    return {centre - half, centre + half};
}

}  // namespace

PredictionPowered prediction_powered_mean(std::span<const double> people,
                                          std::span<const double> machine,
                                          std::span<const double> machine_only,
                                          std::uint64_t least) {
    require(people.size() == machine.size(), "machine", "an answer for each of people's");
    require_finite(people, 1, "people");
    require_finite(machine, 1, "machine");
    require_finite(machine_only, 1, "machine_only");
    PredictionPowered out;
    out.labelled = people.size();
    out.unlabelled = machine_only.size();
    std::vector<double> all(machine.begin(), machine.end());
    all.insert(all.end(), machine_only.begin(), machine_only.end());
    if (!all.empty()) out.machine = mean(all);
    if (people.empty()) {
        out.why = "no item was judged by people and by the machine";
        return out;
    }
    const auto n = static_cast<double>(people.size());
    const auto others = static_cast<double>(machine_only.size());
    const double my = mean(people);
    out.people = my;
    if (people.size() < std::max<std::uint64_t>(2, least)) {
        out.why = "too few items judged by people and by the machine";
        return out;
    }
    const double variance = covariance(people, people, my, my);
    out.people_interval = around(my, variance / n);
    if (machine_only.empty()) {
        out.why = "people judged every item that the machine did: there is nothing to extend";
        return out;
    }
    const double mf = mean(machine);
    const double mo = mean(machine_only);
    const double spread = covariance(all, all, *out.machine, *out.machine);
    double power = 0.0;
    if (spread > 0.0) {
        power = covariance(people, machine, my, mf) / ((1.0 + n / others) * spread);
    }
    power = std::clamp(power, 0.0, 1.0);
    std::vector<double> rest(people.size());
    for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = people[i] - power * machine[i];
    const double mr = mean(rest);
    const double of_rest = covariance(rest, rest, mr, mr);
    const double corrected_variance = of_rest / n + power * power * spread / others;
    out.power = power;
    out.corrected = power * mo + mr;
    out.corrected_interval = around(*out.corrected, corrected_variance);
    out.saved = 0.0;
    if (corrected_variance > 0.0) {
        out.saved = std::max(0.0, variance / corrected_variance - n);
    }
    return out;
}

}  // namespace edgewise::estimate
