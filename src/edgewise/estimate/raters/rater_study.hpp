#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "edgewise/estimate/raters/behaviour.hpp"
#include "edgewise/estimate/raters/dawid_skene.hpp"
#include "edgewise/estimate/raters/rater_report.hpp"
#include "edgewise/estimate/raters/rater_view.hpp"

// The parts of a rater report: inside this folder only.
namespace edgewise::estimate {

// One dimension while it is studied.
struct DimensionStudy {
    RaterView view;
    std::vector<std::uint8_t> person;  // by rater; all, where no person judged
    CodedRatings people;               // what they said, on the units of `view`
    double range = 0.0;                // of the scale
    std::optional<DawidSkene> model;
    std::vector<std::optional<double>> alpha_without;
    std::vector<RaterBehaviour> behaviour;
    DimensionAgreement report;
};

struct RaterStudy {
    const judgment::JudgmentTable& table;
    const RaterOptions& options;
    std::vector<DimensionStudy> dimensions;
    std::vector<std::uint8_t> fast;  // by rater: flagged for speed

    std::string name(std::uint32_t rater) const { return std::string(table.raters().ids[rater]); }
};

// Streams of random numbers: one range a dimension and purpose.
inline std::uint64_t rater_stream(std::size_t dimension, std::uint64_t purpose) noexcept {
    return (std::uint64_t{dimension} + 1) << 40 | purpose << 36;
}

Metric metric_asked(const RaterOptions& options, const RaterView& view);
void study_agreement(RaterStudy& study, std::size_t d, const Job& job);  // and truth models
std::vector<RaterRow> rater_rows(const RaterStudy& study, std::size_t d,
                                 const std::vector<DuplicatePair>& duplicates);
MachineRater machine_row(const RaterStudy& study, std::size_t d, std::uint32_t machine);
std::vector<Finding> rater_findings(const RaterReport& report, const RaterOptions& options);

}  // namespace edgewise::estimate
