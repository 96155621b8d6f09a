#pragma once

#include "edgewise/edge/audit.hpp"
#include "edgewise/service/field.hpp"

// What an audit can be told.
namespace edgewise::service {

template <class V>
void describe(V& v, Of<edge::AuditOptions>) {
    using T = edge::AuditOptions;
    v.option("title", &T::title, "The heading of the report");
    v.option("seed", &T::seed, "Where the random numbers start; the same seed, the same report");
    v.option("permutations", &T::permutations, "Shuffles of group labels behind every null");
    v.option("draws", &T::draws, "Draws from the posterior behind every interval of a loss");
    v.option("fdr", &T::fdr, "The share of flags that may be false");
    v.option("least_group", &T::least_group, "Raters a group needs; a smaller one is left out");
    v.option("least_cell", &T::least_cell,
             "Judgments a group needs on an item to count in flip rates");
    v.option("target_shift", &T::target_shift, "The difference, in utility, you want to resolve");
    v.option("material", &T::material, "A loss below this, in utility, is not worth acting on");
    v.option("attributes", &T::attributes,
             "Attributes of raters to split by; all if none is named");
    v.option("cuts", &T::cuts, "Bins of a numeric attribute: attribute=c1,c2");
    v.option("dimensions", &T::dimensions, "Values to audit; all if none is named");
    v.option("weights", &T::weights, "Weights of the scalar: dimension=weight; equal if not given");
    v.option("overall", &T::overall, "The dimension that is itself a scalar");
    v.option("include_machines", &T::include_machines, "Count models as raters");
    v.option("most_cases", &T::most_cases, "Cases to list");
    v.option("most_flags", &T::most_flags, "Flags to list");
    v.option("heat_maps", &T::heat_maps, "Cases to show group by value");
}

}  // namespace edgewise::service
