#pragma once

// A request, a response, or a domain type on the wire says what its members are, once:
//
//     template <class V> static void describe(V& v) {
//         v.field("profile", &Request::profile, "Alternatives and ballots");
//         v.option("rule", &Request::rule, "A rule id from collective.rules");
//     }
//
// `field` must be present; `option` may be left out, and its default is the initializer in the
// struct. The codec, the OpenAPI schema, the command-line flags, the Python signatures and the
// TypeScript types are all derived from this. A domain type, which stays free of wire concerns, is
// described by a free function `describe(V&, Of<T>)` in api/wire.hpp.

namespace edgewise::service {

template <class T>
struct Of {};

template <class T, class V>
void describe_members(V& v) {
    if constexpr (requires { T::describe(v); }) {
        T::describe(v);
    } else {
        describe(v, Of<T>{});
    }
}

}  // namespace edgewise::service
