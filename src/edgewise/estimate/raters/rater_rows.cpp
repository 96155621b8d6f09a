#include <algorithm>
#include <cmath>

#include "edgewise/estimate/raters/machines.hpp"
#include "edgewise/estimate/raters/rater_study.hpp"

namespace edgewise::estimate {
namespace {

// What is found must also matter: shares of agreement, and of the range of the scale.
constexpr double kMaterialAgreement = 0.10;
constexpr double kMaterialShift = 0.15;
constexpr double kMaterialBits = 0.1;

RaterMeasure measure(const std::optional<Measured>& m) {
    if (!m) return {};
    return {.value = m->value, .interval = m->interval, .q = m->q};
}

std::vector<std::string> flags_of(const RaterStudy& study, const DimensionStudy& d,
                                  const RaterBehaviour& b, std::uint32_t rater) {
    const double fdr = study.options.fdr;
    const double shift = kMaterialShift * d.range;
    std::vector<std::string> out;
    if (b.below_others && b.below_others->q <= fdr &&
        b.below_others->value <= -kMaterialAgreement) {
        out.emplace_back("disagrees");
    }
    // The first and the second of a pair are not high and low.
    if (b.severity && d.report.kind != "comparison" && b.severity->q <= fdr &&
        std::fabs(b.severity->value) >= shift) {
        out.emplace_back(b.severity->value > 0.0 ? "gives_higher" : "gives_lower");
    }
    if ((b.severity_drift && b.severity_drift->q <= fdr &&
         std::fabs(b.severity_drift->value) >= shift) ||
        (b.agreement_drift && b.agreement_drift->q <= fdr &&
         std::fabs(b.agreement_drift->value) >= kMaterialShift)) {
        out.emplace_back("drifts");
    }
    // Who looks at no item agrees less than others do; who agrees as much has reason to repeat.
    if (b.straight_q && *b.straight_q <= fdr && b.below_others && b.below_others->value < 0.0 &&
        *b.expected_entropy - *b.entropy >= kMaterialBits &&
        (*b.entropy <= 0.5 * *b.expected_entropy ||
         static_cast<double>(*b.longest_run) >= 3.0 * *b.expected_run)) {
        out.emplace_back("straight_lining");
    }
    if (study.fast[rater] != 0) out.emplace_back("too_fast");
    return out;
}

CountedRate counted(const Rate& rate) {
    return {.n = rate.n, .value = rate.value, .interval = rate.interval};
}

}  // namespace

std::vector<RaterRow> rater_rows(const RaterStudy& study, std::size_t at,
                                 const std::vector<DuplicatePair>& duplicates) {
    const DimensionStudy& d = study.dimensions[at];
    const std::string& dimension = d.report.name;
    // Units that people judged: only there the model's labels are more than its prior.
    CodedRatings known = d.view.ratings;
    if (d.model && d.people.size() != d.view.ratings.size()) {
        known.begin.assign(1, 0);
        known.rater.clear();
        known.code.clear();
        for (std::size_t u = 0; u < d.view.ratings.units(); ++u) {
            if (!d.people.codes(u).empty()) {
                const auto who = d.view.ratings.who(u);
                const auto codes = d.view.ratings.codes(u);
                known.rater.insert(known.rater.end(), who.begin(), who.end());
                known.code.insert(known.code.end(), codes.begin(), codes.end());
            }
            known.begin.push_back(static_cast<std::uint32_t>(known.code.size()));
        }
    }
    const RatingsByRater by = by_rater(known);
    std::vector<RaterRow> out;
    for (std::uint32_t r = 0; r < d.behaviour.size(); ++r) {
        const RaterBehaviour& b = d.behaviour[r];
        if (b.n == 0) continue;
        RaterRow row;
        row.rater = study.name(r);
        row.dimension = dimension;
        switch (study.table.raters().kinds[r]) {
            case judgment::RaterKind::person:
                row.kind = "person";
                break;
            case judgment::RaterKind::machine:
                row.kind = "machine";
                break;
            case judgment::RaterKind::check:
                row.kind = "check";
                break;
        }
        row.n = b.n;
        row.shared = b.shared;
        const bool enough = b.shared >= study.options.least_shared;
        row.state = enough ? "observed" : "insufficient";
        if (enough) {
            row.agreement = {.value = b.agreement, .interval = b.agreement_interval, .q = {}};
            row.others_agreement = b.others_agreement;
            row.below_others = measure(b.below_others);
            row.correlation = {.value = b.correlation, .interval = b.correlation_interval, .q = {}};
            row.severity = d.report.kind == "comparison" ? RaterMeasure{} : measure(b.severity);
            row.severity_drift = measure(b.severity_drift);
            row.agreement_drift = measure(b.agreement_drift);
            row.longest_run = b.longest_run;
            row.expected_run = b.expected_run;
            row.entropy = b.entropy;
            row.expected_entropy = b.expected_entropy;
            row.straight_q = b.straight_q;
        }
        row.flags = flags_of(study, d, b, r);
        for (const DuplicatePair& pair : duplicates) {
            if (pair.dimension == dimension && (pair.a == row.rater || pair.b == row.rater)) {
                row.flags.emplace_back("duplicates_another");
                break;
            }
        }
        if (d.alpha_without[r]) {
            row.alpha_without = d.alpha_without[r];
            if (d.report.alpha) row.alpha_change = *d.alpha_without[r] - *d.report.alpha;
        }
        row.items_turned = b.turned;
        if (d.model && enough) {
            const RaterSkill skill = skill_of(known, by, *d.model, r);
            row.accuracy = {.value = skill.accuracy, .interval = skill.interval, .q = {}};
            if (!row.flags.empty() || row.kind != "person") row.confusion = skill.counts;
        }
        out.push_back(std::move(row));
    }
    std::ranges::stable_sort(out, [](const RaterRow& a, const RaterRow& b) {
        if (a.flags.size() != b.flags.size()) return a.flags.size() > b.flags.size();
        if (a.state != b.state) return a.state == "observed";
        return a.below_others.value.value_or(1.0) < b.below_others.value.value_or(1.0);
    });
    return out;
}

MachineRater machine_row(const RaterStudy& study, std::size_t at, std::uint32_t machine) {
    const DimensionStudy& d = study.dimensions[at];
    const bool ties = d.report.kind == "comparison" || d.report.kind == "vote";
    const MachineAgainstPeople m = against_people(d.view, d.person, machine, ties);
    MachineRater row;
    row.rater = study.name(machine);
    row.dimension = d.report.name;
    row.n = m.n;
    row.shared = m.shared;
    row.state = m.shared >= study.options.least_shared ? "observed" : "insufficient";
    row.labelled = m.mean.labelled;
    row.unlabelled = m.mean.unlabelled;
    if (row.state == "insufficient") {
        row.why = "too few items judged by people and by the machine";
        return row;
    }
    row.with_majority = counted(m.with_majority);
    row.person_with_majority = counted(m.person_with_majority);
    row.difference = counted(m.difference);
    row.with_person = counted(m.with_person);
    row.people_with_people = counted(m.people_with_people);
    if (ties) {
        row.with_person_strict = counted(m.with_person_strict);
        row.people_with_people_strict = counted(m.people_with_people_strict);
    }
    for (const ClassShare& each : d.report.classes) row.classes.push_back(each.name);
    row.confusion = m.confusion;
    row.people_mean = {
        .n = m.mean.labelled, .value = m.mean.people, .interval = m.mean.people_interval};
    row.machine_mean = m.mean.machine;
    row.corrected_mean = {.n = m.mean.labelled + m.mean.unlabelled,
                          .value = m.mean.corrected,
                          .interval = m.mean.corrected_interval};
    row.power = m.mean.power;
    row.saved = m.mean.saved;
    row.why = m.mean.why;
    return row;
}

}  // namespace edgewise::estimate
