#pragma once

// A request, a response, or a domain type on the wire says what its members are, once:
//
//     template <class V> static void describe(V& v) {
//         v.field("case", &Request::case_id, "The case to show");
//         v.option("seed", &Request::seed, "Where the random numbers start");
//     }
//
// `field` must be present; `option` may be left out, and its default is the initializer in the
// struct. Members of a base class count as the struct's own. The codec, the JSON Schema, the
// command-line flags, and later the Python signatures are all derived from this. A domain type,
// which stays free of wire concerns, is described by a free function `describe(V&, Of<T>)` in
// service/wire/.

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
