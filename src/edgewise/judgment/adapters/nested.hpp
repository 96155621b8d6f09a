#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "edgewise/base/json.hpp"
#include "edgewise/judgment/adapters/records.hpp"

// Fields of JSON records that are lists or objects themselves.
namespace edgewise::judgment::formats {

// Refuses a record for one of its fields, with file and line.
[[noreturn]] void refuse_field(const Records& records, std::uint64_t line, std::string_view field,
                               std::string expected, std::string_view found,
                               std::string_view remedy = {});

// The value of a field that must be a list or an object of JSON; null where the field is empty.
Json nested(const Records& records, const CsvRecord& record, std::size_t column,
            std::string_view expected);

// A value as an attribute or a text has it: a string as it is, a number or truth as written,
// nothing for null, JSON for the rest.
std::string plain_text(const Json& value);

// The member's plain text; nothing where it is not there.
std::string member_text(const Json& object, std::string_view name);

}  // namespace edgewise::judgment::formats
