#pragma once

#include <type_traits>

#include "edgewise/edge/report_types.hpp"
#include "edgewise/service/codec.hpp"
#include "edgewise/service/operation.hpp"

namespace edgewise::service {

// Turns a struct with name, path, summary, effect, positional, examples, outcome, Request, Response
// and run() into a table entry. Only the files under ops/ include this: each operation costs about
// half a second to compile.
template <class Op>
constexpr Operation describe() {
    return {
        .name = Op::name,
        .path = Op::path,
        .summary = Op::summary,
        .effect = Op::effect,
        .page = std::is_base_of_v<edge::AuditReport, typename Op::Response>,
        .positional = Op::positional,
        .examples = Op::examples,
        .outcome = Op::outcome,
        .run =
            [](const Json& request, const Job& job) {
                return encode(Op::run(decode<typename Op::Request>(request), job));
            },
        .request_schema = [] { return schema<typename Op::Request>(); },
        .response_schema = [] { return schema<typename Op::Response>(); },
    };
}

}  // namespace edgewise::service
