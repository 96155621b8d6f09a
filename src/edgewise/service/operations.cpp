#include <algorithm>
#include <array>
#include <string>

#include "edgewise/base/error.hpp"
#include "edgewise/service/operation.hpp"
#include "edgewise/service/ops/table.hpp"

namespace edgewise::service {
namespace {

Json known(const char* type) { return Json::object({{"type", Json::array({type, "null"})}}); }

Json error_schema() {
    Json code = Json::object({{"type", "string"}});
    Json codes = Json::array();
    for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i) {
        codes.push_back(kind_of(static_cast<ErrorCode>(i)).name);
    }
    code.set("enum", std::move(codes));
    Json properties = Json::object();
    properties.set("code", std::move(code));
    properties.set("message", Json::object({{"type", "string"}}));
    properties.set("file", known("string"));
    properties.set("line", known("integer"));
    properties.set("field", known("string"));
    properties.set("expected", known("string"));
    properties.set("found", known("string"));
    Json required = Json::array();
    for (const auto& member : *properties.members()) required.push_back(member.first);
    Json detail = Json::object({{"type", "object"}});
    detail.set("properties", std::move(properties));
    detail.set("required", std::move(required));
    detail.set("additionalProperties", false);
    Json body = Json::object({{"type", "object"}});
    body.set("properties", Json::object({{"error", std::move(detail)}}));
    body.set("required", Json::array({"error"}));
    body.set("additionalProperties", false);
    return body;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace

std::string_view version() noexcept { return EDGEWISE_VERSION; }

std::span<const Operation> operations() noexcept {
    static const std::array kAll{
        audit_operation(),  demo_operation(),   fit_operation(),
        groups_operation(), import_operation(), leaderboard_operation(),
        raters_operation(), show_operation(),   simulate_operation(),
    };
    return kAll;
}

const Operation& operation(std::string_view name) {
    const auto found = std::ranges::find(operations(), name, &Operation::name);
    if (found != operations().end()) return *found;
    std::string known_names;
    for (const Operation& op : operations()) {
        known_names.append(known_names.empty() ? "" : ", ").append(op.name);
    }
    throw Error(ErrorCode::not_found,
                "there is no operation \"" + std::string(name) + "\"; there are " + known_names);
}

Json operation_schema(const Operation& op) {
    Json out = Json::object();
    out.set("name", op.name);
    out.set("path", op.path);
    out.set("summary", op.summary);
    out.set("effect", op.effect == Effect::reads ? "reads" : "writes");
    out.set("request", op.request_schema());
    out.set("response", op.response_schema());
    return out;
}

Json operations_schema() {
    Json all = Json::array();
    for (const Operation& op : operations()) all.push_back(operation_schema(op));
    Json out = Json::object();
    out.set("operations", std::move(all));
    out.set("error", error_schema());
    return out;
}

Json error_body(const Error& error) {
    const Place& place = error.place();
    Json detail = Json::object();
    detail.set("code", kind_of(error.code()).name);
    detail.set("message", error.what());
    detail.set("file", text_or_null(place.file));
    detail.set("line", place.line == 0 ? Json() : Json(place.line));
    detail.set("field", text_or_null(place.field));
    detail.set("expected", text_or_null(place.expected));
    detail.set("found", text_or_null(place.found));
    return Json::object({{"error", std::move(detail)}});
}

}  // namespace edgewise::service
