#include "edgewise/estimate/population/raking.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "edgewise/base/error.hpp"
#include "edgewise/base/join.hpp"
#include "edgewise/base/require.hpp"

namespace edgewise::estimate {
namespace {

using judgment::Id;
using judgment::JudgmentTable;

constexpr std::uint32_t kUnknown = 0xFFFFFFFF;

// Raters with the same categories on every attribute and the same base weight.
struct Unit {
    std::vector<std::uint32_t> code;  // attribute -> category of its margin, or kUnknown
    double base = 1.0;
    double raters = 0.0;
    double weight = 1.0;  // of each
};

class Raker {
public:
    Raker(const JudgmentTable& table, const Margins& margins, const RakingOptions& options)
        : table_(table), margins_(margins), options_(options) {}

    Raking run(const Job& job);

private:
    [[noreturn]] void refuse_category(const Margin& margin, const Margin::Share& share,
                                      std::string expected, std::string found,
                                      std::string_view remedy) const {
        refuse({.file = margins_.file,
                .line = share.line,
                .field = fmt::format("{} = {}", margin.attribute, share.value),
                .expected = std::move(expected),
                .found = std::move(found)},
               remedy);
    }
    void check_options() const;
    std::vector<bool> who_judged() const;
    std::vector<std::vector<std::uint32_t>> codes(const std::vector<bool>& judged) const;
    void make_units(const std::vector<bool>& judged);
    void require_raters() const;
    void require_agreement() const;
    void require_agreement(std::size_t a, std::size_t b) const;
    std::vector<double> sums(std::size_t m) const;
    void fit(std::size_t m);
    bool cut();
    void measure();
    void describe();

    const JudgmentTable& table_;
    const Margins& margins_;
    const RakingOptions& options_;
    std::vector<Unit> units_;
    std::vector<std::uint32_t> unit_of_;  // rater -> unit or kUnknown
    Raking out_;
};

void Raker::check_options() const {
    require(options_.tolerance > 0.0, "tolerance", "a number above 0");
    require(options_.most_iterations >= 1, "most_iterations", "1 or more");
    const double low = options_.least_weight.value_or(0.0);
    const double high = options_.most_weight.value_or(INFINITY);
    require(low >= 0.0 && low <= 1.0, "least_weight", "a number from 0 to 1, the mean weight");
    require(high >= 1.0, "most_weight", "1, the mean weight, or more");
    if (options_.base.empty()) return;
    const std::size_t raters = table_.raters().ids.size();
    if (options_.base.size() != raters) {
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("expected a weight for each of {} raters, found {}", raters,
                                options_.base.size()),
                    "base");
    }
    for (std::size_t r = 0; r < raters; ++r) {
        if (std::isfinite(options_.base[r]) && options_.base[r] > 0.0) continue;
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("expected a finite weight above 0 for rater \"{}\", found {}",
                                table_.raters().ids[r], options_.base[r]),
                    "base");
    }
}

std::vector<bool> Raker::who_judged() const {
    std::vector<bool> judged(table_.raters().ids.size(), false);
    for (const Id r : table_.rater()) judged[r] = true;
    for (std::size_t r = 0; r < judged.size() && !options_.include_machines; ++r) {
        if (table_.raters().kinds[r] != judgment::RaterKind::person) judged[r] = false;
    }
    return judged;
}

// attribute -> rater -> category.
std::vector<std::vector<std::uint32_t>> Raker::codes(const std::vector<bool>& judged) const {
    std::vector<std::vector<std::uint32_t>> all;
    for (const Margin& margin : margins_.all) {
        const auto& known = table_.raters().attributes;
        const auto found = std::ranges::find(known, margin.attribute, &judgment::Attribute::name);
        if (found == known.end()) {
            std::vector<std::string> names;
            for (const judgment::Attribute& each : known) names.push_back(each.name);
            throw Error(ErrorCode::not_found,
                        fmt::format("raters have no attribute \"{}\"; they have: {}",
                                    margin.attribute, names.empty() ? "none" : join(names, ", ")),
                        Place{.file = margins_.file,
                              .line = margin.shares.front().line,
                              .field = "attribute",
                              .expected = {},
                              .found = {}});
        }
        std::vector<std::uint32_t> category(found->values.size(), kUnknown);
        for (std::size_t value = 0; value < found->values.size(); ++value) {
            for (std::uint32_t k = 0; k < margin.shares.size(); ++k) {
                if (margin.shares[k].value == found->values[value]) category[value] = k;
            }
        }
        std::vector<std::uint32_t>& mine = all.emplace_back(judged.size(), kUnknown);
        std::vector<std::uint32_t> undeclared(category.size(), 0);
        for (std::size_t r = 0; r < judged.size(); ++r) {
            const Id code = judged[r] ? found->code(static_cast<Id>(r)) : judgment::kNone;
            if (code == judgment::kNone) continue;
            mine[r] = category[code];
            if (mine[r] == kUnknown) ++undeclared[code];
        }
        std::vector<std::string> missing;
        for (std::size_t value = 0; value < undeclared.size(); ++value) {
            if (undeclared[value] == 0) continue;
            missing.push_back(
                fmt::format("\"{}\" ({} raters)", found->values[value], undeclared[value]));
        }
        if (missing.empty()) continue;
        if (missing.size() > 8) {
            const std::size_t more = missing.size() - 8;
            missing.resize(8);
            missing.push_back(fmt::format("{} more", more));
        }
        refuse({.file = margins_.file,
                .line = margin.shares.front().line,
                .field = "share of " + margin.attribute,
                .expected = "a share for every value that raters have",
                .found = "none for " + join(missing, ", ")},
               "declare a share, 0 if they are not of the population");
    }
    return all;
}

void Raker::make_units(const std::vector<bool>& judged) {
    const std::vector<std::vector<std::uint32_t>> code = codes(judged);
    std::vector<std::uint32_t> order;
    for (std::uint32_t r = 0; r < judged.size(); ++r) {
        if (judged[r]) order.push_back(r);
    }
    const auto base = [&](std::uint32_t r) {
        return options_.base.empty() ? 1.0 : options_.base[r];
    };
    const auto compare = [&](std::uint32_t a, std::uint32_t b) {
        for (const auto& attribute : code) {
            if (attribute[a] != attribute[b]) return attribute[a] < attribute[b] ? -1 : 1;
        }
        return base(a) < base(b) ? -1 : base(a) > base(b) ? 1 : 0;
    };
    std::ranges::stable_sort(order,
                             [&](std::uint32_t a, std::uint32_t b) { return compare(a, b) < 0; });
    unit_of_.assign(judged.size(), kUnknown);
    for (std::size_t k = 0; k < order.size(); ++k) {
        const std::uint32_t r = order[k];
        if (k == 0 || compare(order[k - 1], r) != 0) {
            Unit unit{.code = {}, .base = base(r)};
            for (const auto& attribute : code) unit.code.push_back(attribute[r]);
            units_.push_back(std::move(unit));
        }
        units_.back().raters += 1.0;
        unit_of_[r] = static_cast<std::uint32_t>(units_.size() - 1);
    }
    out_.raters = static_cast<std::uint32_t>(order.size());
    double sum = 0.0;
    for (const Unit& unit : units_) sum += unit.raters * unit.base;
    for (Unit& unit : units_) unit.weight = unit.base * static_cast<double>(order.size()) / sum;
}

// Category -> sum of weights; the last element: of all whose category is known.
std::vector<double> Raker::sums(std::size_t m) const {
    std::vector<double> sum(margins_.all[m].shares.size() + 1, 0.0);
    for (const Unit& unit : units_) {
        if (unit.code[m] == kUnknown) continue;
        sum[unit.code[m]] += unit.raters * unit.weight;
        sum.back() += unit.raters * unit.weight;
    }
    return sum;
}

void Raker::require_raters() const {
    for (std::size_t m = 0; m < margins_.all.size(); ++m) {
        const Margin& margin = margins_.all[m];
        const std::vector<double> sum = sums(m);
        for (std::size_t k = 0; k < margin.shares.size(); ++k) {
            if (margin.shares[k].share <= 0.0 || sum[k] > 0.0) continue;
            refuse_category(
                margin, margin.shares[k],
                fmt::format("a rater to stand for a share of {:.4g}", margin.shares[k].share),
                "none", "merge it with another category, or ask such people");
        }
    }
}

// Those of `a` in one category can weigh no more than the categories of `b` they lie in.
void Raker::require_agreement(std::size_t a, std::size_t b) const {
    const Margin& one = margins_.all[a];
    const Margin& two = margins_.all[b];
    for (std::uint32_t k = 0; k < one.shares.size(); ++k) {
        std::vector<bool> meets(two.shares.size(), false);
        bool unknown = false;
        for (const Unit& unit : units_) {
            // Raters unknown to one of the two may take up the difference.
            unknown = unknown || unit.code[b] == kUnknown || unit.code[a] == kUnknown;
            if (unit.code[a] == k && unit.code[b] != kUnknown) meets[unit.code[b]] = true;
        }
        if (unknown) return;
        double room = 0.0;
        std::vector<std::string> names;
        for (std::size_t j = 0; j < meets.size(); ++j) {
            if (!meets[j]) continue;
            room += two.shares[j].share;
            names.push_back("\"" + two.shares[j].value + "\"");
        }
        if (one.shares[k].share <= room + options_.tolerance) continue;
        refuse_category(
            one, one.shares[k],
            fmt::format("a share of at most {:.4g}, that of {} {}, where all its raters are", room,
                        two.attribute, join(names, ", ")),
            fmt::format("{:.4g}", one.shares[k].share), "no weights meet both margins");
    }
}

void Raker::require_agreement() const {
    for (std::size_t a = 0; a < margins_.all.size(); ++a) {
        for (std::size_t b = 0; b < margins_.all.size(); ++b) {
            if (a != b) require_agreement(a, b);
        }
    }
}

void Raker::fit(std::size_t m) {
    const std::vector<double> sum = sums(m);
    std::vector<double> factor(sum.size(), 1.0);
    for (std::size_t k = 0; k + 1 < sum.size(); ++k) {
        const double share = margins_.all[m].shares[k].share;
        factor[k] = sum[k] > 0.0 ? share * sum.back() / sum[k] : 1.0;
    }
    for (Unit& unit : units_) {
        if (unit.code[m] != kUnknown) unit.weight *= factor[unit.code[m]];
    }
}

// True where a bound was met.
bool Raker::cut() {
    if (!options_.least_weight && !options_.most_weight) return false;
    const double low = options_.least_weight.value_or(0.0);
    const double high = options_.most_weight.value_or(INFINITY);
    bool any = false;
    // Cutting moves the mean, by which bounds are measured; what is left after a few turns is less
    // than the next round moves.
    for (int turn = 0; turn < 200; ++turn) {
        double sum = 0.0;
        for (const Unit& unit : units_) sum += unit.raters * unit.weight;
        const double mean = sum / static_cast<double>(out_.raters);
        bool now = false;
        for (Unit& unit : units_) {
            // A weight of 0 is a share of 0, which was declared.
            if (unit.weight == 0.0) continue;
            const double within = std::clamp(unit.weight, low * mean, high * mean);
            now = now || std::abs(within - unit.weight) > 1e-12 * mean;
            unit.weight = within;
        }
        any = any || now;
        if (!now) break;
    }
    return any;
}

void Raker::measure() {
    out_.worst_error = 0.0;
    for (std::size_t m = 0; m < margins_.all.size(); ++m) {
        const std::vector<double> sum = sums(m);
        for (std::size_t k = 0; k + 1 < sum.size(); ++k) {
            const Margin::Share& share = margins_.all[m].shares[k];
            const double error =
                std::abs((sum.back() > 0.0 ? sum[k] / sum.back() : 0.0) - share.share);
            if (error <= out_.worst_error) continue;
            out_.worst_error = error;
            out_.worst = margins_.all[m].attribute + " " + share.value;
        }
    }
}

void Raker::describe() {
    double sum = 0.0;
    for (const Unit& unit : units_) sum += unit.raters * unit.weight;
    const double mean = sum / static_cast<double>(out_.raters);
    double squares = 0.0;
    out_.least = INFINITY;
    out_.most = 0.0;
    for (Unit& unit : units_) {
        unit.weight /= mean;
        squares += unit.raters * unit.weight * unit.weight;
        out_.least = std::min(out_.least, unit.weight);
        out_.most = std::max(out_.most, unit.weight);
        const bool low = options_.least_weight && unit.weight > 0.0 &&
                         unit.weight <= *options_.least_weight * (1.0 + 1e-9);
        const bool high =
            options_.most_weight && unit.weight >= *options_.most_weight * (1.0 - 1e-9);
        if (low || high) out_.trimmed += static_cast<std::uint32_t>(unit.raters);
    }
    const auto raters = static_cast<double>(out_.raters);
    out_.effective = raters * raters / squares;
    out_.design_effect = std::max(1.0, squares / raters);
    for (std::size_t m = 0; m < margins_.all.size(); ++m) {
        const Margin& margin = margins_.all[m];
        const std::vector<double> weighted = sums(m);
        std::vector<double> found(margin.shares.size(), 0.0);
        std::vector<std::uint32_t> count(margin.shares.size(), 0);
        double total = 0.0;
        std::uint32_t of = 0, unknown = 0;
        for (const Unit& unit : units_) {
            const auto n = static_cast<std::uint32_t>(unit.raters);
            if (unit.code[m] == kUnknown) {
                unknown += n;
                continue;
            }
            count[unit.code[m]] += n;
            found[unit.code[m]] += unit.raters * unit.base;
            of += n;
            total += unit.raters * unit.base;
        }
        double distance = 0.0;
        for (std::size_t k = 0; k < margin.shares.size(); ++k) {
            SamplingGap gap{.attribute = margin.attribute,
                            .value = margin.shares[k].value,
                            .declared = margin.shares[k].share,
                            .raters = count[k],
                            .of = of,
                            .found = found[k] / total,
                            .interval = wilson(count[k], of),
                            .weighted = weighted[k] / weighted.back()};
            gap.beyond_chance = gap.declared < gap.interval.low || gap.declared > gap.interval.high;
            distance += 0.5 * std::abs(*gap.found - gap.declared);
            out_.gaps.push_back(std::move(gap));
        }
        out_.distance.push_back(distance);
        if (unknown > 0) {
            out_.unknown.push_back(fmt::format("{}: {} raters", margin.attribute, unknown));
        }
    }
    out_.weight.assign(unit_of_.size(), 1.0);
    for (std::size_t r = 0; r < unit_of_.size(); ++r) {
        if (unit_of_[r] != kUnknown) out_.weight[r] = units_[unit_of_[r]].weight;
    }
}

Raking Raker::run(const Job& job) {
    check_options();
    make_units(who_judged());
    require_raters();
    require_agreement();
    bool bounded = false;
    out_.converged = false;
    while (!out_.converged &&
           out_.iterations < static_cast<std::uint64_t>(options_.most_iterations)) {
        job.check();
        ++out_.iterations;
        for (std::size_t m = 0; m < margins_.all.size(); ++m) fit(m);
        bounded = cut();
        measure();
        out_.converged = out_.worst_error <= options_.tolerance;
    }
    if (!out_.converged && !bounded) {
        refuse({.file = margins_.file,
                .line = 0,
                .field = "share of " + out_.worst,
                .expected = "margins that some weights of these raters meet",
                .found = fmt::format("a share still {:.3g} off after {} rounds", out_.worst_error,
                                     out_.iterations)},
               "the margins contradict each other among these raters; merge small categories");
    }
    if (out_.converged) out_.worst = {};
    describe();
    return std::move(out_);
}

}  // namespace

Raking rake(const JudgmentTable& table, const Margins& margins, const RakingOptions& options,
            const Job& job) {
    Margins checked = margins;
    check_margins(checked);
    return Raker(table, checked, options).run(job);
}

}  // namespace edgewise::estimate
