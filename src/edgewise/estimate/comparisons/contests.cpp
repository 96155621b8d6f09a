#include "edgewise/estimate/comparisons/contests.hpp"

#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "edgewise/base/dictionary.hpp"
#include "edgewise/base/error.hpp"

namespace edgewise::estimate {
namespace {

using judgment::JudgmentTable;
using judgment::kNone;

constexpr std::size_t kRowsBetweenChecks = std::size_t{1} << 20;

// Options are unique within their case; contenders are their names, pooled over cases.
class Contenders {
public:
    Contenders(const judgment::Options& options, std::vector<std::string>& names)
        : options_(options), names_(names), of_option_(options.ids.size(), kNone) {}

    std::uint32_t of(Id option) {
        std::uint32_t& known = of_option_[option];
        if (known != kNone) return known;
        const std::string_view name = options_.ids[option];
        const auto fresh = static_cast<std::uint32_t>(names_.size());
        known = index_.find_or_add(hash_text(name), fresh,
                                   [&](std::uint32_t id) { return names_[id] == name; });
        if (known == fresh) names_.emplace_back(name);
        return known;
    }

private:
    const judgment::Options& options_;
    std::vector<std::string>& names_;
    std::vector<std::uint32_t> of_option_;
    HashIndex index_;
};

Outcome outcome_of(float value, std::uint8_t flags, bool mirrored) {
    if (value == 0.5F) {
        return (flags & judgment::kBothBad) != 0 ? Outcome::both_bad : Outcome::tie;
    }
    return (value > 0.5F) != mirrored ? Outcome::first : Outcome::second;
}

[[noreturn]] void refuse_row(const JudgmentTable& table, std::size_t row, std::string field,
                             std::string expected, std::string found) {
    refuse({.file = {},
            .line = table.source_row()[row],
            .field = std::move(field),
            .expected = std::move(expected),
            .found = std::move(found)});
}

}  // namespace

Contests contests(const JudgmentTable& table, std::uint16_t dimension,
                  const ContestOptions& options, const Job& job) {
    if (dimension >= table.dimensions().size()) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("expected a number below {}, found {}", table.dimensions().size(),
                                dimension),
                    "dimension");
    }
    const judgment::Dimension& asked = table.dimensions()[dimension];
    if (asked.kind != judgment::Kind::comparison) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("expected a dimension on which options were compared; \"{}\" "
                                "holds judgments of another kind",
                                asked.name),
                    "dimension");
    }
    Contests out;
    out.dimension = dimension;
    Contenders contenders(table.options(), out.contender);
    const bool mirrored = asked.polarity == judgment::Polarity::negative;
    const auto weights = table.weight();
    double total = 0.0;
    for (std::size_t row = 0; row < table.size(); ++row) {
        if (row % kRowsBetweenChecks == 0) job.check();
        if (table.dimension()[row] != dimension) continue;
        const Id rater = table.rater()[row];
        const bool person = table.raters().kinds[rater] == judgment::RaterKind::person;
        const std::uint8_t flags = table.flags()[row];
        if (!person) ++out.machine;
        if (options.only_machines ? person : !person && !options.include_machines) continue;
        if ((flags & judgment::kUnderspecified) != 0) ++out.underspecified;

        const Id option = table.option()[row];
        const std::uint32_t first = contenders.of(option);
        const std::uint32_t second = contenders.of(table.other()[row]);
        if (first == second) {
            refuse_row(table, row, "option", "two different options",
                       fmt::format("\"{}\" twice", out.contender[first]));
        }
        if (!weights.empty()) {
            const float weight = weights[row];
            if (!std::isfinite(weight) || weight < 0.0F) {
                refuse_row(table, row, "weight", "a finite number, 0 or more",
                           fmt::format("{}", weight));
            }
            total += double{weight};
            out.weight.push_back(weight);
        }
        out.first.push_back(first);
        out.second.push_back(second);
        out.outcome.push_back(outcome_of(table.value()[row], flags, mirrored));
        out.rater.push_back(rater);
        out.case_.push_back(table.options().case_of[option]);
    }
    if (!out.weight.empty() && total == 0.0) {
        refuse({.file = {},
                .line = 0,
                .field = "weight",
                .expected = fmt::format("a weight above 0 on \"{}\"", asked.name),
                .found = fmt::format("0 on all {} comparisons", out.size())});
    }
    return out;
}

}  // namespace edgewise::estimate
