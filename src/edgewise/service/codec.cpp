#include "edgewise/service/codec.hpp"

#include <algorithm>
#include <cmath>

#include "edgewise/base/error.hpp"

namespace edgewise::service {
namespace {

std::string pointer(const At* at) {
    if (at == nullptr) return "";
    return pointer(at->up) + "/" +
           (at->name.empty() ? std::to_string(at->index) : std::string(at->name));
}

[[noreturn]] void refuse(const std::string& what, const At* at) {
    throw Error(ErrorCode::invalid_argument, what, at == nullptr ? "/" : pointer(at));
}

Json typed(const char* type) { return Json::object({{"type", type}}); }

}  // namespace

void read(bool& out, const Json& json, const At* at) {
    const bool* held = json.boolean();
    if (held == nullptr) refuse("expected true or false", at);
    out = *held;
}

void read(std::int64_t& out, const Json& json, const At* at) {
    if (!json.get(out)) refuse("expected an integer", at);
}

void read(std::uint64_t& out, const Json& json, const At* at) {
    if (!json.get(out)) refuse("expected an integer that is not negative", at);
}

void read(double& out, const Json& json, const At* at) {
    if (!json.get(out)) refuse("expected a number", at);
}

void read(std::string& out, const Json& json, const At* at) {
    const std::string* held = json.string();
    if (held == nullptr) refuse("expected a string", at);
    out = *held;
}

void ensure_finite(std::string_view member, double value) {
    if (std::isfinite(value)) return;
    throw Error(ErrorCode::internal,
                "a number that is not finite was about to be reported" +
                    (member.empty() ? "" : " as \"" + std::string(member) + "\""));
}

const Json::Array& read_array(const Json& json, const At* at) {
    const Json::Array* held = json.elements();
    if (held == nullptr) refuse("expected an array", at);
    return *held;
}

Json schema_of(const bool*) { return typed("boolean"); }
Json schema_of(const std::int64_t*) { return typed("integer"); }
Json schema_of(const std::uint64_t*) {
    Json out = typed("integer");
    out.set("minimum", std::int64_t{0});
    return out;
}
Json schema_of(const double*) { return typed("number"); }
Json schema_of(const std::string*) { return typed("string"); }

Json optional_schema(Json of) {
    Json types = Json::array({*of.find("type"), "null"});
    of.set("type", std::move(types));
    return of;
}

Json array_schema(Json items) {
    Json out = typed("array");
    out.set("items", std::move(items));
    return out;
}

MemberReader::MemberReader(const Json& object, const At* place) : json(object), at(place) {
    if (json.members() == nullptr) refuse("expected an object", at);
}

const Json* MemberReader::take(std::string_view name, bool required) {
    names.push_back(name);
    const Json* found = json.find(name);
    if (found != nullptr) ++taken;
    if (found == nullptr && required) refuse("missing member \"" + std::string(name) + "\"", at);
    return found;
}

void MemberReader::refuse_unknown() const {
    if (taken == json.members()->size()) return;
    for (const auto& [name, value] : *json.members()) {
        const At here{at, name, 0};
        if (std::ranges::find(names, name) == names.end()) refuse("unknown member", &here);
    }
}

void MemberSchema::add(std::string_view name, std::string_view summary, Json schema,
                       const Json* fallback) {
    schema.set("description", summary);
    if (fallback != nullptr) {
        schema.set("default", *fallback);
    } else {
        required.push_back(name);
    }
    properties.set(name, std::move(schema));
}

Json MemberSchema::finish() {
    Json out = typed("object");
    out.set("properties", std::move(properties));
    out.set("required", std::move(required));
    out.set("additionalProperties", false);
    return out;
}

}  // namespace edgewise::service
