#pragma once

#include <string_view>

#include "edgewise/service/operation.hpp"
#include "edgewise/service/wire/import.hpp"
#include "edgewise/service/wire/provenance.hpp"
#include "edgewise/service/wire/raters.hpp"

namespace edgewise::service {

struct Raters {
    static constexpr std::string_view name = "raters";
    static constexpr std::string_view path = "/v1/raters";
    static constexpr std::string_view summary = "Say how far each rater can be relied on";
    static constexpr std::string_view positional = "path";
    static constexpr std::string_view examples =
        "edgewise raters ratings.csv --html raters.html  # the summary here, the rest in one file\n"
        "edgewise raters workspace --dimensions helpfulness --metric interval"
        "  # one value, distances as numbers\n"
        "edgewise raters labels.csv --machines gpt-4,reward-model"
        "  # models beside people, with a correction\n"
        "edgewise raters workspace --json > raters.json  # everything, for programs";
    static constexpr std::string_view outcome =
        "Says how far raters agree on each value, with an interval over raters and items; who "
        "stands out, and what would change without them; and how far models can stand in for "
        "people. Nothing is deleted.";
    static constexpr std::string_view page = "raters";
    static constexpr Effect effect = Effect::reads;

    struct Request : judgment::ImportOptions, estimate::RaterOptions {
        template <class V>
        static void describe(V& v) {
            service::describe(v, Of<judgment::ImportOptions>{});
            service::describe(v, Of<estimate::RaterOptions>{});
        }
    };
    struct Response : estimate::RaterReport {
        judgment::ImportReport import;
        Provenance provenance;
        template <class V>
        static void describe(V& v) {
            service::describe(v, Of<estimate::RaterReport>{});
            v.field("import", &Response::import, "What was read, and how");
            v.field("provenance", &Response::provenance, "How this was computed");
        }
    };
    static Response run(const Request& request, const Job& job);
};

}  // namespace edgewise::service
