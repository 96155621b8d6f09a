#include "edgewise/base/error.hpp"

#include <array>
#include <cstddef>

namespace edgewise {
namespace {

// Order follows ErrorCode.
constexpr std::array kKinds{
    ErrorKind{ErrorCode::invalid_argument, "invalid_argument", 400, 2},
    ErrorKind{ErrorCode::invalid_data, "invalid_data", 422, 2},
    ErrorKind{ErrorCode::not_found, "not_found", 404, 2},
    ErrorKind{ErrorCode::conflict, "conflict", 409, 2},
    ErrorKind{ErrorCode::unsupported, "unsupported", 501, 2},
    ErrorKind{ErrorCode::cancelled, "cancelled", 499, 130},
    ErrorKind{ErrorCode::unavailable, "unavailable", 503, 2},
    ErrorKind{ErrorCode::corruption, "corruption", 500, 2},
    ErrorKind{ErrorCode::internal, "internal", 500, 70},
};

static_assert([] {
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
        if (static_cast<std::size_t>(kKinds[i].code) != i) return false;
    }
    return true;
}());

std::string position(const Place& place) {
    if (place.file.empty()) return {};
    return place.line == 0 ? place.file : place.file + ":" + std::to_string(place.line);
}

std::string sentence(const std::string& message, const Place& place) {
    std::string out = position(place);
    if (!out.empty()) out += ": ";
    if (!place.field.empty()) {
        const bool speaks = place.field.front() == '/' || place.field.starts_with("--");
        out += speaks ? place.field + ": " : "field \"" + place.field + "\": ";
    }
    return out + message;
}

std::string shortened(const std::string& text) {
    constexpr std::size_t kMost = 80;
    if (text.size() <= kMost) return text;
    std::size_t end = kMost;  // never in the middle of a UTF-8 sequence
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end) + "…";
}

}  // namespace

const ErrorKind& kind_of(ErrorCode code) noexcept { return kKinds[static_cast<std::size_t>(code)]; }

Error::Error(ErrorCode code, const std::string& message, Place place)
    : std::runtime_error(sentence(message, place)),
      code_(code),
      message_(message),
      place_(std::move(place)) {}

Error::Error(ErrorCode code, const std::string& message, std::string where)
    : Error(code, message,
            Place{.file = {}, .line = 0, .field = std::move(where), .expected = {}, .found = {}}) {}

std::string Error::where() const {
    std::string at = position(place_);
    return at.empty() ? place_.field : at;
}

void refuse(Place place, std::string_view remedy) {
    std::string message = "expected " + place.expected;
    place.found = shortened(place.found);
    if (!place.found.empty()) message += ", found " + place.found;
    if (!remedy.empty()) message.append("; ").append(remedy);
    throw Error(ErrorCode::invalid_data, message, std::move(place));
}

}  // namespace edgewise
