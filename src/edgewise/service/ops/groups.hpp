#pragma once

#include <string>
#include <string_view>

#include "edgewise/estimate/opinions/opinion_report.hpp"
#include "edgewise/judgment/import.hpp"
#include "edgewise/service/operation.hpp"
#include "edgewise/service/wire/groups.hpp"
#include "edgewise/service/wire/import.hpp"
#include "edgewise/service/wire/provenance.hpp"

namespace edgewise::service {

struct Groups {
    static constexpr std::string_view name = "groups";
    static constexpr std::string_view path = "/v1/groups";
    static constexpr std::string_view summary =
        "Find opinion groups in votes, and say how far to believe them";
    static constexpr std::string_view positional = "path";
    static constexpr std::string_view examples =
        "edgewise groups polis-export/ --html groups.html  # the map, who stands for what\n"
        "edgewise groups votes.csv --groups 3  # as many groups as you say\n"
        "edgewise groups polis-export/ --write groups.csv  # then:\n"
        "edgewise audit polis-export/ --raters groups.csv --attributes opinion-group\n"
        "edgewise groups polis-export/ --json > groups.json  # everything, for programs";
    static constexpr std::string_view outcome =
        "Says which opinion groups there are and whether they are more than noise, what sets each "
        "apart, what all of them agree on, and which statements bridge them.";
    static constexpr std::string_view page = "groups";
    static constexpr Effect effect = Effect::reads;

    struct Request : judgment::ImportOptions, estimate::OpinionOptions {
        std::string write;
        template <class V>
        static void describe(V& v) {
            service::describe(v, Of<judgment::ImportOptions>{});
            service::describe(v, Of<estimate::OpinionOptions>{});
            v.option("write", &Request::write, "Write who is in which group to this CSV file");
        }
    };
    struct Response : estimate::OpinionReport {
        judgment::ImportReport import;
        Provenance provenance;
        std::string written;
        template <class V>
        static void describe(V& v) {
            service::describe(v, Of<estimate::OpinionReport>{});
            v.field("import", &Response::import, "What was read, and how");
            v.field("provenance", &Response::provenance, "How it was made");
            v.field("written", &Response::written, "The file with raters and groups; or empty");
        }
    };
    static Response run(const Request& request, const Job& job);
};

}  // namespace edgewise::service
