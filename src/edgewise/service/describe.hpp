#pragma once

#include "edgewise/service/codec.hpp"
#include "edgewise/service/operation.hpp"

namespace edgewise::service {

template <class Op>
constexpr std::string_view page_of() {
    if constexpr (requires { Op::page; }) {
        return Op::page;
    } else {
        return {};
    }
}

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
        .page = page_of<Op>(),
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
