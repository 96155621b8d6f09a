#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "edgewise/base/job.hpp"
#include "edgewise/base/stats.hpp"
#include "edgewise/estimate/population/margins.hpp"
#include "edgewise/judgment/table.hpp"

namespace edgewise::estimate {

struct RakingOptions {
    double tolerance = 1e-6;     // the largest error of a share that is left
    int most_iterations = 2000;  // rounds over all attributes
    // Bounds on weights, as multiples of their mean. Margins that these put out of reach are
    // missed, and the result says so.
    std::optional<double> least_weight;
    std::optional<double> most_weight;
    std::vector<double> base;  // design weights to begin from, one a rater; empty: all alike
    bool include_machines = false;
};

// A declared share beside what the raters who judged give.
struct SamplingGap {
    std::string attribute;
    std::string value;
    double declared = 0.0;
    std::uint64_t raters = 0;     // with this value
    std::uint64_t of = 0;         // whose value is known
    std::optional<double> found;  // raters / of; with base weights their share. Empty: nobody known
    Interval interval;            // 95 %, Wilson, of raters / of
    std::optional<double> weighted;  // share after raking
    bool beyond_chance = false;      // the declared share lies outside the interval
};

struct Raking {
    // One a rater of the table, mean 1 over those raked; 1 for those that are not (nothing judged,
    // machines), so that it can be handed to observe().
    std::vector<double> weight;
    std::uint64_t raters = 0;    // raked
    double effective = 0.0;      // Kish: (sum w)^2 / sum w^2
    double design_effect = 1.0;  // raters / effective, at least 1
    double least = 1.0, most = 1.0;
    std::uint64_t trimmed = 0;         // raters whose weight stands at a bound
    double worst_error = 0.0;          // of a share, in absolute terms
    std::string worst;                 // "age 65+", where that is
    std::vector<double> distance;      // per attribute: half the sum of |found - declared|
    std::vector<std::string> unknown;  // "age: 12 raters", whose value is not known
    std::vector<SamplingGap> gaps;     // attribute by attribute, as declared
    std::uint64_t iterations = 0;
    bool converged = true;  // false only where bounds on weights keep the margins out of reach
};

// Iterative proportional fitting of rater weights to declared margins (Deming & Stephan 1940, Ann.
// Math. Statist. 11): weights of one attribute's categories are scaled to their shares, attribute
// after attribute, until no share is off by more than the tolerance. Bounds are kept by cutting
// weights after each round (as in DeBell & Krosnick 2009). Effective number and design effect: Kish
// 1965, Survey Sampling, section 11.7. Raters are those who judged something; one whose value of an
// attribute is not known keeps his weight when that attribute is fitted, and the shares are those
// of the raters whose value is known.
//
// Throws Error(not_found) for an attribute the raters do not have, and Error(invalid_data) where
// the margins cannot be met, with names: a category with a share and no raters, raters with a value
// that no share is declared for, a category all of whose raters lie in categories of another
// attribute with less of a share, and otherwise where the rounds came to rest and how far off. Base
// weights as in observe(). Raters alike on all attributes are one, so that a round costs attributes
// times combinations.
Raking rake(const judgment::JudgmentTable& table, const Margins& margins,
            const RakingOptions& options, const Job& job);

}  // namespace edgewise::estimate
