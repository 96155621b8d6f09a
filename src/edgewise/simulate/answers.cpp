#include <algorithm>
#include <cmath>
#include <vector>

#include "edgewise/base/rng.hpp"
#include "edgewise/judgment/partition.hpp"
#include "edgewise/simulate/blueprint.hpp"
#include "edgewise/simulate/gaussian.hpp"

namespace edgewise::simulate {
namespace {

// `count` different numbers below `total`, ascending (Floyd; in Bentley and Bloom, CACM 1987).
// O(count log count): `taken` is scratch that is left all false.
void sample(std::size_t total, std::size_t count, Rng& rng, std::vector<char>& taken,
            std::vector<Id>& out) {
    taken.resize(std::max(taken.size(), total));
    out.clear();
    for (std::size_t j = total - count; j < total; ++j) {
        auto chosen = static_cast<std::size_t>(rng.next_below(j + 1));
        if (taken[chosen] != 0) chosen = j;
        taken[chosen] = 1;
        out.push_back(static_cast<Id>(chosen));
    }
    for (const Id chosen : out) taken[chosen] = 0;
    std::sort(out.begin(), out.end());
}

// Puts the dimensions on which something is planted in a case before those that were drawn, and
// keeps as many as were drawn: what nobody is asked about cannot be found.
void ask_about_planted(const DrawnCase& drawn, std::vector<Id>& asked) {
    std::vector<Id> first;
    for (const PlantedConflict& planted : drawn.conflicts) {
        first.insert(first.end(), {planted.gains, planted.costs});
    }
    for (const PlantedDisagreement& planted : drawn.disagreements) {
        first.push_back(planted.dimension);
    }
    if (first.empty() || first.size() > asked.size()) return;
    for (const Id d : asked) {
        if (first.size() == asked.size()) break;
        if (std::find(first.begin(), first.end(), d) == first.end()) first.push_back(d);
    }
    std::sort(first.begin(), first.end());
    asked = first;
}

}  // namespace

void Blueprint::draw_answers(std::size_t case_, DrawnCase& out) const {
    Rng rng(options_.seed, stream(Purpose::answers, case_));
    Gaussian normal(rng);
    const std::size_t dimensions = options_.dimensions.size();
    const std::size_t groups = options_.groups.size();

    // Scratch of the thread; nothing in it outlives the call but its memory.
    thread_local std::vector<char> taken;
    thread_local std::vector<Id> who;
    thread_local std::vector<Id> asked;
    const double floor = std::floor(options_.raters_per_case);
    const bool one_more = rng.next_unit() < options_.raters_per_case - floor;
    sample(options_.raters, static_cast<std::size_t>(floor) + (one_more ? 1 : 0), rng, taken, who);
    for (std::uint32_t m = 0; m < options_.machines.count; ++m) who.push_back(options_.raters + m);
    const std::size_t few = options_.dimensions_per_case;
    sample(dimensions, few == 0 ? dimensions : few, rng, taken, asked);
    if (few != 0) ask_about_planted(out, asked);

    std::vector<double> seen_by_machines;
    if (options_.machines.count > 0) {
        seen_by_machines.assign(out.options * dimensions, 0.0);
        for (std::size_t i = 0; i < out.latent.size(); ++i) {
            const std::size_t group = i / dimensions % groups;
            const std::size_t cell = i / dimensions / groups * dimensions + i % dimensions;
            seen_by_machines[cell] += out.latent[i] * group_sizes_[group] / options_.raters;
        }
    }

    const double extra = out.ambiguous ? options_.ambiguous.extra_sd : 0.0;
    const double noise = std::sqrt(options_.residual_sd * options_.residual_sd + extra * extra);
    const Scale& scale = clear_.scale();
    out.answers.clear();
    for (const Id rater : who) {
        const std::uint16_t group = group_of_[rater];
        const bool machine = group == judgment::kNoGroup;
        const double sd = machine ? options_.machines.sd : noise;
        for (std::size_t o = 0; o < out.options; ++o) {
            const double* opinion = machine ? &seen_by_machines[o * dimensions]
                                            : &out.latent[(o * groups + group) * dimensions];
            for (const Id d : asked) {
                const DimensionSpec& dimension = options_.dimensions[d];
                double y = scale.answer(opinion[d] - severity_[rater] + sd * normal());
                if (scale.cuts().empty()) y = std::round(y * 1e4) * 1e-4;
                if (dimension.polarity == judgment::Polarity::negative) y = 1.0 - y;
                // Rounded once more, so that low + 0.35 * width is the number people would write.
                double value = dimension.low + y * (dimension.high - dimension.low);
                value = std::round(value * 1e6) * 1e-6;
                const bool marked = out.ambiguous && rng.next_unit() < options_.ambiguous.marked;
                out.answers.push_back({.rater = rater,
                                       .option = static_cast<std::uint16_t>(o),
                                       .dimension = static_cast<std::uint16_t>(d),
                                       .value = static_cast<float>(value),
                                       .underspecified = marked});
            }
        }
    }
}

}  // namespace edgewise::simulate
