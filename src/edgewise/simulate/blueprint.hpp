#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/base/parallel.hpp"
#include "edgewise/simulate/link.hpp"
#include "edgewise/simulate/world.hpp"

namespace edgewise::simulate {

// Random streams: Rng(seed, purpose << 56 | index).
enum class Purpose : std::uint64_t {
    groups = 1,     // index 0: which rater belongs to which group
    severity = 2,   // index: rater
    attribute = 3,  // index: attribute << 32 | rater; categories first, then numbers
    planting = 4,   // index 0: which cases are planted with what
    truth = 5,      // index: case
    answers = 6,    // index: case
};

constexpr std::uint64_t stream(Purpose purpose, std::uint64_t index = 0) noexcept {
    return static_cast<std::uint64_t>(purpose) << 56 | index;
}

// One answer, before names.
struct Answer {
    Id rater = kNone;
    std::uint16_t option = 0;  // position in the case
    std::uint16_t dimension = 0;
    float value = 0.0F;  // on the dimension's scale
    bool underspecified = false;
};

// A case drawn: what is true of it and what raters said. Options are numbered within the case.
struct DrawnCase {
    Id case_ = kNone;
    std::size_t options = 0;
    std::vector<float> utility;              // [option][group][dimension]
    std::vector<double> latent;              // the same
    std::vector<PlantedConflict> conflicts;  // with options by position in the case
    std::vector<PlantedDisagreement> disagreements;
    bool ambiguous = false;
    std::vector<Answer> answers;  // by rater, then option, then dimension
};

// All that the cases of a world share. A case can be drawn on its own, in any order and thread.
class Blueprint {
public:
    // Throws what validate() throws. O(raters x attributes + cases).
    explicit Blueprint(WorldOptions options);

    const WorldOptions& options() const noexcept { return options_; }
    std::size_t cases() const noexcept;
    std::size_t options_in(std::size_t case_) const noexcept;
    std::size_t raters() const noexcept { return group_of_.size(); }  // machines come last
    const std::vector<std::uint16_t>& group_of() const noexcept { return group_of_; }
    const std::vector<std::uint32_t>& group_sizes() const noexcept { return group_sizes_; }
    const std::vector<double>& severity() const noexcept { return severity_; }
    // Code of a rater's value of attribute `a`, or kNone: not known, or a machine.
    Id attribute(std::size_t a, Id rater) const noexcept;
    // A rater's value of number `k`; machines have none and must not be asked.
    std::int64_t number(std::size_t k, Id rater) const noexcept;
    const Link& link(bool ambiguous) const noexcept { return ambiguous ? murky_ : clear_; }
    const DimensionSpec& dimension(std::size_t d) const noexcept { return options_.dimensions[d]; }

    // Names are zero-padded, so that they sort by number: "c017", "a", "r0042", "m1".
    std::string case_name(std::size_t case_) const;
    std::string option_name(std::size_t case_, std::size_t option) const;
    std::string rater_name(std::size_t rater) const;

    // What is true of a case, and what raters said of it. draw() does both. O(options x groups x
    // dimensions) and O(answers log raters).
    void draw(std::size_t case_, DrawnCase& out) const;
    void draw_truth(std::size_t case_, DrawnCase& out) const;  // leaves the answers as they are

private:
    enum class Plant : std::uint8_t { none, conflict, disagreement, ambiguous };
    struct Role {
        Plant plant = Plant::none;
        std::uint8_t spec = 0;
    };
    struct Draft;

    void draw_raters();
    void plant_cases();
    void draw_answers(std::size_t case_, DrawnCase& out) const;
    void scripted_truth(const CaseSpec& spec, Draft& draft, DrawnCase& out) const;
    void random_truth(std::size_t case_, Draft& draft, DrawnCase& out) const;

    WorldOptions options_;
    Link clear_;
    Link murky_;
    std::vector<std::uint16_t> group_of_;
    std::vector<std::uint32_t> group_sizes_;
    std::vector<double> severity_;
    std::vector<Role> roles_;  // empty when nothing is planted by share
};

// Draws all cases on job.threads() threads, block by block, and hands the blocks to `use` in the
// order of cases, on the calling thread. `make` turns (Blueprint, first case, past the last) into a
// block. Memory: 64 blocks of 256 cases.
template <class Block, class Make, class Use>
void in_case_order(const Blueprint& blueprint, const Job& job, Make make, Use use) {
    constexpr std::size_t kCases = 256;
    constexpr std::size_t kRound = 64 * kCases;
    const std::size_t cases = blueprint.cases();
    std::vector<Block> blocks;
    for (std::size_t first = 0; first < cases; first += kRound) {
        job.progress(static_cast<double>(first) / static_cast<double>(cases), "simulating");
        const std::size_t count = std::min(kRound, cases - first);
        blocks.assign((count + kCases - 1) / kCases, Block{});
        parallel_blocks(job, count, kCases, [&](std::size_t begin, std::size_t end) {
            blocks[begin / kCases] = make(first + begin, first + end);
        });
        for (Block& block : blocks) use(std::move(block));
    }
}

// Variances of the answers of a world, by dimension, from at most 200 options evenly spaced.
std::vector<TrueComponents> true_components(const Blueprint& blueprint);

}  // namespace edgewise::simulate
