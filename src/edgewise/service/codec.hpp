#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "edgewise/base/json.hpp"
#include "edgewise/service/field.hpp"

namespace edgewise::service {

// Where we are in a request: a chain of names on the stack, rendered only when something is
// refused.
struct At {
    const At* up;
    std::string_view name;
    std::size_t index;
};

// --- leaves and the parts that need no template: codec.cpp ---

void read(bool& out, const Json& json, const At* at);
void read(std::int64_t& out, const Json& json, const At* at);
void read(std::uint64_t& out, const Json& json, const At* at);
void read(double& out, const Json& json, const At* at);
void read(std::string& out, const Json& json, const At* at);
const Json::Array& read_array(const Json& json, const At* at);

Json schema_of(const bool*);
Json schema_of(const std::int64_t*);
Json schema_of(const std::uint64_t*);
Json schema_of(const double*);
Json schema_of(const std::string*);
Json optional_schema(Json of);
Json array_schema(Json items);

struct MemberReader {
    MemberReader(const Json& object, const At* place);
    const Json* take(std::string_view name, bool required);
    void refuse_unknown() const;

    const Json& json;
    const At* at;
    std::vector<std::string_view> names;
    std::size_t taken = 0;
};

struct MemberSchema {
    void add(std::string_view name, std::string_view summary, Json schema, const Json* fallback);
    Json finish();

    Json properties = Json::object();
    Json required = Json::array();
};

// Not a number and infinity have no place on the wire: whoever computed them should have left the
// value out. Throws Error(internal) that names the member, since it is our bug.
void ensure_finite(std::string_view member, double value);
inline void ensure_finite(std::string_view member, const std::optional<double>& value) {
    if (value) ensure_finite(member, *value);
}
template <class T>
void ensure_finite(std::string_view, const T&) {}

// --- composites ---

inline Json write(bool v) { return v; }
inline Json write(std::int64_t v) { return v; }
inline Json write(std::uint64_t v) { return v; }
inline Json write(double v) {
    ensure_finite({}, v);
    return v;
}
inline Json write(const std::string& v) { return v; }

template <class T>
void read(std::optional<T>& out, const Json& json, const At* at);
template <class T>
void read(std::vector<T>& out, const Json& json, const At* at);
template <class T>
    requires std::is_class_v<T>
void read(T& out, const Json& json, const At* at);

template <class T>
Json write(const std::optional<T>& v);
template <class T>
Json write(const std::vector<T>& v);
template <class T>
    requires std::is_class_v<T>
Json write(const T& v);

template <class T>
Json schema_of(const std::optional<T>*);
template <class T>
Json schema_of(const std::vector<T>*);
template <class T>
    requires std::is_class_v<T>
Json schema_of(const T*);

template <class T>
struct Reader {
    T& out;
    MemberReader members;

    template <class M, class B>
    void one(std::string_view name, M B::* member, bool required) {
        if (const Json* json = members.take(name, required)) {
            const At here{members.at, name, 0};
            read(out.*member, *json, &here);
        }
    }
    template <class M, class B>
    void field(std::string_view name, M B::* member, std::string_view) {
        one(name, member, true);
    }
    template <class M, class B>
    void option(std::string_view name, M B::* member, std::string_view) {
        one(name, member, false);
    }
};

template <class T>
struct Writer {
    const T& in;
    Json out = Json::object();

    template <class M, class B>
    void field(std::string_view name, M B::* member, std::string_view) {
        ensure_finite(name, in.*member);
        out.set(name, write(in.*member));
    }
    template <class M, class B>
    void option(std::string_view name, M B::* member, std::string_view summary) {
        field(name, member, summary);
    }
};

template <class T>
struct Schemer {
    MemberSchema out{};
    T defaults{};

    template <class M, class B>
    void field(std::string_view name, M B::*, std::string_view summary) {
        out.add(name, summary, schema_of(static_cast<const M*>(nullptr)), nullptr);
    }
    template <class M, class B>
    void option(std::string_view name, M B::* member, std::string_view summary) {
        const Json fallback = write(defaults.*member);
        out.add(name, summary, schema_of(static_cast<const M*>(nullptr)), &fallback);
    }
};

template <class T>
void read(std::optional<T>& out, const Json& json, const At* at) {
    if (json.is_null()) {
        out.reset();
    } else {
        read(out.emplace(), json, at);
    }
}

template <class T>
void read(std::vector<T>& out, const Json& json, const At* at) {
    const Json::Array& elements = read_array(json, at);
    out.resize(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const At here{at, {}, i};
        read(out[i], elements[i], &here);
    }
}

template <class T>
    requires std::is_class_v<T>
void read(T& out, const Json& json, const At* at) {
    Reader<T> reader{out, MemberReader(json, at)};
    describe_members<T>(reader);
    reader.members.refuse_unknown();
}

template <class T>
Json write(const std::optional<T>& v) {
    return v ? write(*v) : Json();
}

template <class T>
Json write(const std::vector<T>& v) {
    Json out = Json::array();
    for (const auto& element : v) out.push_back(write(element));
    return out;
}

template <class T>
    requires std::is_class_v<T>
Json write(const T& v) {
    Writer<T> writer{v};
    describe_members<T>(writer);
    return std::move(writer.out);
}

template <class T>
Json schema_of(const std::optional<T>*) {
    return optional_schema(schema_of(static_cast<const T*>(nullptr)));
}

template <class T>
Json schema_of(const std::vector<T>*) {
    return array_schema(schema_of(static_cast<const T*>(nullptr)));
}

template <class T>
    requires std::is_class_v<T>
Json schema_of(const T*) {
    Schemer<T> schemer;
    describe_members<T>(schemer);
    return schemer.out.finish();
}

// --- what the rest of the program calls ---

// Strict: unknown members, wrong types, lossy numbers and missing fields throw
// Error(invalid_argument) whose where() is a JSON pointer.
template <class T>
T decode(const Json& json) {
    T out{};
    read(out, json, nullptr);
    return out;
}

template <class T>
Json encode(const T& value) {
    return write(value);
}

// JSON Schema in the dialect OpenAPI 3.1 uses; defaults come from T{}.
template <class T>
Json schema() {
    return schema_of(static_cast<const T*>(nullptr));
}

}  // namespace edgewise::service
