#include "edgewise/judgment/adapters/nested.hpp"

#include <utility>

#include "edgewise/base/error.hpp"

namespace edgewise::judgment::formats {

void refuse_field(const Records& records, std::uint64_t line, std::string_view field,
                  std::string expected, std::string_view found, std::string_view remedy) {
    refuse({.file = records.path().string(),
            .line = line,
            .field = std::string(field),
            .expected = std::move(expected),
            .found = std::string(found)},
           remedy);
}

Json nested(const Records& records, const CsvRecord& record, std::size_t column,
            std::string_view expected) {
    const std::string_view text = record.fields[column];
    if (text.empty()) return {};
    std::string found = "text that is no JSON";
    try {
        Json value = Json::parse(text);
        if (value.elements() != nullptr || value.members() != nullptr) return value;
        found = "one value";
    } catch (const Error& error) {
        found = error.message();
    }
    refuse_field(records, record.line, records.header()[column], std::string(expected), found);
}

std::string plain_text(const Json& value) {
    if (value.is_null()) return {};
    if (value.string() != nullptr) return *value.string();
    return value.dump();
}

std::string member_text(const Json& object, std::string_view name) {
    const Json* member = object.find(name);
    return member == nullptr ? std::string() : plain_text(*member);
}

}  // namespace edgewise::judgment::formats
