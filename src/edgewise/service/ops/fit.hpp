#pragma once

#include <cstdint>
#include <string>

#include "edgewise/estimate/tensor/fit_tensor.hpp"
#include "edgewise/judgment/import.hpp"
#include "edgewise/service/operation.hpp"
#include "edgewise/service/wire/fit.hpp"
#include "edgewise/service/wire/import.hpp"
#include "edgewise/service/wire/provenance.hpp"

namespace edgewise::service {

struct Fit {
    static constexpr std::string_view name = "fit";
    static constexpr std::string_view path = "/v1/fit";
    static constexpr std::string_view summary =
        "Turn judgments into the value tensor: group by value by option, with uncertainty";
    static constexpr std::string_view positional = "path";
    static constexpr std::string_view examples =
        "edgewise fit ratings.csv --raters annotators.csv --model auto"
        "  # which model suits each value, and why\n"
        "edgewise fit workspace --tensor cells.csv  # every cell, one a row\n"
        "edgewise fit workspace --margins population.csv"
        "  # raters weighted to the population's shares\n"
        "edgewise fit pairs.csv --attributes expertise --html fit.html"
        "  # strengths group by group";
    static constexpr std::string_view outcome =
        "Says which model was fitted to each value and why, how groups shift, and how much each "
        "cell rests on; --tensor writes all cells with their intervals as CSV.";
    static constexpr Effect effect = Effect::writes;
    static constexpr std::string_view page = "fit";

    struct Request : judgment::ImportOptions, estimate::TensorOptions {
        std::string tensor;
        template <class V>
        static void describe(V& v) {
            service::describe(v, Of<judgment::ImportOptions>{});
            service::describe(v, Of<estimate::TensorOptions>{});
            v.option("tensor", &Request::tensor, "A CSV file to write all cells to");
        }
    };
    struct Response : estimate::TensorReport {
        std::string written;
        judgment::ImportReport import;
        Provenance provenance;
        template <class V>
        static void describe(V& v) {
            service::describe(v, Of<estimate::TensorReport>{});
            v.field("written", &Response::written, "The file with all cells; empty: none");
            v.field("import", &Response::import, "What was read, and how");
            v.field("provenance", &Response::provenance, "How this was made");
        }
    };
    static Response run(const Request& request, const Job& job);
};

}  // namespace edgewise::service
