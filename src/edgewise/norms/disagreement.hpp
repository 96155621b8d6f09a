#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "edgewise/base/divergence.hpp"
#include "edgewise/base/proportion.hpp"
#include "edgewise/base/rng.hpp"

namespace edgewise::norms {

// Judgments counted by group and category on one item: a view of a row-major group x category
// matrix.
struct GroupCounts {
    std::span<const std::uint64_t> counts;
    std::size_t groups = 0;
    std::size_t categories = 0;

    std::span<const std::uint64_t> row(std::size_t group) const {
        return counts.subspan(group * categories, categories);
    }
};

// Pooled entropy = within + between, exactly: edgewise::entropy_split (base/divergence.hpp). The
// same from counts, each group weighted by its size. Empty without counts. O(G C).
std::optional<EntropySplit> entropy_split(const GroupCounts& counts);

enum class JsdMethod : std::uint8_t {
    none,                   // one group or one category: nothing to test, p = 1
    chi_squared,            // every expected count is 5 or more
    exact_permutation,      // all tables with these margins
    simulated_permutation,  // `shuffles` random relabellings
};
std::string_view name_of(JsdMethod method) noexcept;

struct JsdTest {
    double jsd = 0.0;             // nats, in [0, H(w)]
    double corrected = 0.0;       // max(0, jsd - df / (2 N)): plug-in bias taken off (Miller 1955)
    double pooled_entropy = 0.0;  // H(pooled), nats
    std::optional<double> share;  // jsd / H(pooled), in [0, 1]; empty where everybody agrees
    std::optional<double> share_corrected;
    double g = 0.0;               // 2 N jsd
    double df = 0.0;              // (filled groups - 1) (filled categories - 1)
    double p_chi_squared = 1.0;   // asymptotic
    double least_expected = 0.0;  // over filled rows and columns
    double p = 1.0;               // by `method`
    JsdMethod method = JsdMethod::none;
    std::uint64_t shuffles = 0;  // for simulated_permutation
    std::uint64_t n = 0;         // N
};

// Do groups answer differently on this item? G = 2 N JSD with group sizes as weights is the
// likelihood-ratio statistic of independence, chi-squared with df degrees of freedom (Wilks 1938).
// Where an expected count is below 5 the p-value comes from relabelling instead: exactly, over all
// tables with the same margins, where these are few (Freeman and Halton 1951, ordered by G), else
// (1 + hits) / (1 + shuffles) over `shuffles` draws from `rng` (Phipson and Smyth 2010).
//
// Valid for one judgment a rater: judgments of the same rater on many items are not independent,
// and a test across items must shuffle raters. Throws Error(invalid_argument) for sizes that
// disagree or shuffles = 0. O(G C), and O(N shuffles) where simulated.
JsdTest jsd_test(const GroupCounts& counts, Rng rng, std::uint64_t shuffles = 9'999);

// The category with the most counts; empty without counts and for a tie: no majority to speak of.
std::optional<std::size_t> majority(std::span<const std::uint64_t> counts);

struct MajorityOverride {
    std::vector<Proportion>
        by_group;    // items on which the pooled majority differs from the group's
    Proportion any;  // items on which it differs from that of some group
};

// How often the pooled answer is not what a group says. `items` holds one count matrix an item, all
// of the same shape. A group counts on an item where it has at least `least` judgments there and a
// majority; an item counts where its pool, all judgments of all groups, has a majority. The raw
// rate is inflated by small cells: show it beside its null. O(items G C).
MajorityOverride majority_override(std::span<const GroupCounts> items, std::uint64_t least);

}  // namespace edgewise::norms
